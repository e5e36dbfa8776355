-- SPDX-License-Identifier: MIT
-- A commit that cannot come about: somebody else still reads, and in
-- rollback-journal mode the last lock is granted only when all have read. It
-- waits, as for every lock, for the lock timeout, and a signal ends it.
local sandbox = require "tests.support.sandbox"
local hold = require "tests.support.holder"
local system = require "system"
local try = require "tests.support.try"
local has = try.has

local SANITIZED = (os.getenv("SANITIZE") or "") ~= ""
local STATUS = { TERM = 143, INT = 130, HUP = 129 }

describe("a commit that waits for readers", function()
  local box, let_go

  before_each(function()
    box = sandbox.new()
    box:migration("a", [[conn:execute("CREATE TABLE a (x)")]])
    box:up()
    box:migration("b", [[conn:execute("INSERT INTO a VALUES (1)")]])
    let_go = hold(box, "BEGIN; SELECT * FROM a")
  end)
  after_each(function()
    let_go()
    box:destroy()
  end)

  -- It has taken the lock that keeps new readers out: that is inside COMMIT.
  local function wait_for_commit(job)
    local deadline = system.monotime() + 30
    repeat
      assert.is_true(box:running(job) and system.monotime() < deadline,
        "it does not commit")
      local _, _, err = box:sh("sqlite3 -batch -init /dev/null " ..
        "-cmd '.timeout 0' app.db 'SELECT * FROM a'")
    until err:find("database is locked", 1, true)
  end

  local function assert_as_before()
    assert.is_false(box:exists("app.db-journal"))
    assert.equal(0, box:value("SELECT count(*) FROM a"))
    assert.equal("a", box:value(
      "SELECT group_concat(id) FROM schema_migrations"))
  end

  -- The history cannot be written either, as long as somebody reads.
  for signal, expected in pairs(STATUS) do
    it("ends by SIG" .. signal, function()
      local took
      -- On a busy machine an answer may come late, but not every time.
      for _ = 1, 5 do
        local job = box:spawn("up")
        wait_for_commit(job)
        local begun = system.monotime()
        box:kill(job, signal)
        local status, out, err = box:wait(job)
        took = system.monotime() - begun
        assert.equal(expected, status, out .. err)
        assert.equal("interrupted by SIG" .. signal, try.first_line(err))
        has(err, "\n  state      the migration was rolled back\n")
        has(err, "\n  hint       run it again to go on\n")
        assert.is_nil(err:find("SQLITE_BUSY", 1, true))
        assert_as_before()
        if took < 0.1 or SANITIZED then
          break
        end
      end
      assert.is_true(took < 0.1 or SANITIZED, took .. " s")
      let_go()
      has(box:up(), "✓ 1 migration applied in ")
      assert.equal(1, box:value("SELECT count(*) FROM a"))
    end)
  end

  it("ends with 5 after the lock timeout", function()
    local err = box:fails(5, "up", "--lock-timeout", "0.2")
    assert.equal("database is locked", try.first_line(err))
    has(err, "\n  state      the migration was rolled back\n")
    has(err, "\n  hint       another program kept the database locked for " ..
      "longer than the lock timeout of 0.2 s; ")
    assert_as_before()
  end)

  -- When the page cache is full, pages go into the file before the commit,
  -- for which SQLite wants the same lock; without it they stay in memory.
  it("is the first thing that waits: writing does not", function()
    box:migration("b", [[
      conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT " ..
        "i + 1 FROM n WHERE i < 20000) INSERT INTO a SELECT " ..
        "zeroblob(1000) FROM n")
      print("written")
    ]])
    local job = box:spawn("up", "--lock-timeout", "600")
    -- The reader stays for half a minute.
    local deadline = system.monotime() + 20
    repeat
      system.sleep(0.01)
      assert.is_true(box:running(job) and system.monotime() < deadline,
        "writing waits")
    until (box:read(job.base .. ".out") or ""):find("written\n", 1, true)
    wait_for_commit(job)
    let_go()
    assert.equal(0, (box:wait(job)))
    assert.equal(20000, box:value("SELECT count(*) FROM a"))
  end)

  it("comes about when they are done", function()
    local job = box:spawn("up")
    wait_for_commit(job)
    let_go()
    assert.equal(0, (box:wait(job)))
    assert.equal(1, box:value("SELECT count(*) FROM a"))
  end)

  -- Its own error is told with nothing of what became of the history.
  it("of a failure's row in the history spoils no error", function()
    box:migration("b", [[
      conn:execute("INSERT INTO a VALUES (1)")
      error("the script's own")
    ]])
    local err = box:fails(1, "up", "--lock-timeout", "0.2")
    assert.equal("the script's own", try.first_line(err))
    has(err, '\n  hint       correct the migration and run "lumigrate up" ')
    assert.is_nil(err:find("SQLITE_BUSY", 1, true))
    assert_as_before()
  end)
end)
