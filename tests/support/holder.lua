-- SPDX-License-Identifier: MIT
--
-- Another program that has the sandbox's database open in a transaction.
--
--   local hold = require "tests.support.holder"
--   local let_go = hold(box, "BEGIN IMMEDIATE" [, path])
--   ...
--   let_go()      its transaction is rolled back; may be called twice
--
-- It stays for half a minute at most, so that nothing hangs when a test fails.
local system = require "system"

return function(box, sql, path)
  assert(box:sh("rm -f hold held; mkfifo hold") == 0, "mkfifo failed")
  box:write("hold.sql", sql .. ";\n.shell touch held\n")
  local job = box:spawn_sh("{ cat hold.sql; timeout 30 cat hold; } | " ..
    "sqlite3 -batch -init /dev/null " .. (path or "app.db"))
  local deadline = system.monotime() + 30
  while not box:exists("held") do
    if system.monotime() > deadline or not box:running(job) then
      error("the database is not held", 2)
    end
    system.sleep(0.005)
  end
  return function()
    if job then
      box:sh("timeout 10 sh -c 'echo >hold'")
      box:wait(job)
      job = nil
    end
  end
end
