-- SPDX-License-Identifier: MIT
-- Limits cost a script that stays within them next to nothing: no hook is
-- installed while it behaves. Instructions are counted, not time.
local sandbox = require "tests.support.sandbox"

local SANITIZED = (os.getenv("SANITIZE") or "") ~= ""

describe("--timeout and --memory-limit", function()
  it("cost a script that behaves less than 3 %", function()
    if SANITIZED or not os.execute("command -v valgrind >/dev/null") then
      pending("it takes valgrind, and no sanitizer")
    end
    local box = sandbox.new()
    local status, out, err = box:sh(("exec %s loop small"):format(
      sandbox.quote(sandbox.root .. "/bench/limits")),
      { LUMIGRATE = sandbox.program })
    box:destroy()
    assert.equal(0, status, out .. err)
    for _, name in ipairs { "as in lua", "loop", "small" } do
      local without, with = out:match("\n" .. name .. " +(%d+) +(%d+) ")
      assert.is_true(tonumber(without) > 1e6, out)
      assert.is_true(with / without < 1.03, out)
    end
  end)
end)
