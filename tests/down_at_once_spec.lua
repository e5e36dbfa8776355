-- SPDX-License-Identifier: MIT
-- The way back under fire: many at once, signals, kills, a child that is
-- gone. Each migration is reverted wholly and once, or not at all.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local holder = require "tests.support.holder"
local json = require "tests.support.json"
local system = require "system"

local PROCESSES = 32
local STUCK = [[string.find(string.rep("a", 40), string.rep("a?", 40) ..
  string.rep("a", 41))]]
local BUSY = [[conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL " ..
  "SELECT i + 1 FROM n) INSERT INTO log SELECT i FROM n")]]

describe("a way down", function()
  local box, jobs
  before_each(function() box, jobs = sandbox.new(), {} end)
  after_each(function()
    for _, job in ipairs(jobs) do
      if box:running(job) then
        box:kill(job, "KILL")
      end
    end
    box:destroy()
  end)

  local function slurp(path)
    local file = io.open(path)
    local text = file and file:read("a")
    if file then
      file:close()
    end
    return text or ""
  end

  local function start(job)
    jobs[#jobs + 1] = job
    return job
  end

  local function wait_until(what, check)
    local deadline = system.monotime() + 60
    while not check() do
      assert.is_true(system.monotime() < deadline, what)
      system.sleep(0.005)
    end
  end

  -- Each writes down that it was reverted: twice, if it was so twice.
  local function steps(n)
    box:sql("CREATE TABLE log (id)")
    for i = 1, n do
      box:migration(tostring(i), ([[
        function upgrade(conn) conn:execute("CREATE TABLE t%d (x)") end
        function downgrade(conn)
          conn:execute("DROP TABLE t%d")
          conn:execute("INSERT INTO log VALUES (%d)")
        end
      ]]):format(i, i, i))
    end
    box:up()
  end

  local function log()
    return box:value("SELECT coalesce(group_concat(id), '') FROM (SELECT id " ..
      "FROM log ORDER BY rowid)")
  end

  -- All of them have chosen what to revert before the first may begin.
  local function race(...)
    local let_go = holder(box, "BEGIN IMMEDIATE")
    for i = 1, PROCESSES do
      start(box:spawn("down", "--json", ...))
      jobs[i].waits = false
    end
    wait_until("not all are waiting", function()
      for _, job in ipairs(jobs) do
        job.waits = job.waits or slurp(job.base .. ".err"):find("waiting")
        if not job.waits then
          return false
        end
      end
      return true
    end)
    let_go()
    local count = {}
    for _, job in ipairs(jobs) do
      local status, out, err = box:wait(job)
      assert.equal(0, status, out .. err)
      for _, ran in ipairs(json.decode(out).ran) do
        count[ran.status] = (count[ran.status] or 0) + 1
      end
    end
    return count
  end

  it("is gone once, however many processes are at it", function()
    steps(3)
    local count = race()
    assert.equal(1, count.reverted)
    assert.equal(PROCESSES - 1, count.skipped)
    assert.equal("3", log())
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations"))
    assert.equal(4, box:value("SELECT count(*) FROM " ..
      "schema_migrations_history"))
  end)

  it("is gone once, as all the others before it", function()
    steps(3)
    local count = race("--to", "1")
    assert.equal(2, count.reverted)
    assert.equal(2 * (PROCESSES - 1), count.skipped)
    assert.equal("3,2", log())
    assert.equal("1", box:value("SELECT group_concat(id) FROM " ..
      "schema_migrations"))
  end)

  it("that another process was faster with is told in words", function()
    steps(1)
    local let_go = holder(box, "BEGIN IMMEDIATE")
    local job = start(box:spawn("down"))
    wait_until("it does not wait", function()
      return slurp(job.base .. ".out"):find("waiting")
    end)
    let_go()
    -- Whoever of the two is first: one reverts, the other one passes over.
    local _, second = box:run("down")
    local _, first = box:wait(job)
    local said = first .. second
    has(said, "✓ 1 migration reverted in ")
    assert.equal("1", log())
    assert.truthy(said:find("1   another process has reverted it\n.*✓ " ..
      "Another process has done it already\n") or
      said:find("Nothing to revert: no migration is applied", 1, true), said)
  end)

  -- `body` runs in the way down, after it has said "here".
  local function prepare(body, head)
    box:sql("CREATE TABLE log (id)")
    box:migration("1", (head or "") .. [[
      function upgrade(conn) conn:execute("CREATE TABLE t1 (x)") end
      function downgrade(conn)
        conn:execute("DROP TABLE IF EXISTS t1")
        print("here")
    ]] .. body .. "\nend\n")
    box:migration("2", [[
      function upgrade(conn) conn:execute("CREATE TABLE t2 (x)") end
      function downgrade(conn) conn:execute("DROP TABLE t2") end
    ]])
    box:up()
  end

  local function begin(...)
    local job = start(box:spawn("down", "2", ...))
    wait_until("the way down has not begun", function()
      assert.is_true(box:running(job), slurp(job.base .. ".err"))
      return (slurp(job.base .. ".out") .. slurp(job.base .. ".err"))
        :find("here\n", 1, true)
    end)
    return job
  end

  local function child_of(job)
    local pid = tonumber(slurp(job.base .. ".pid"))
    return tonumber(slurp(("/proc/%d/task/%d/children"):format(pid, pid))
      :match("%d+"))
  end

  local function assert_stays(outcome)
    assert.equal("1", box:value("SELECT group_concat(id) FROM " ..
      "schema_migrations"))
    assert.equal(0, box:value("SELECT count(*) FROM t1"))
    assert.equal(0, box:value("SELECT count(*) FROM log"))
    assert.equal("1 down " .. outcome, box:value("SELECT id || ' ' || " ..
      "action || ' ' || outcome FROM schema_migrations_history " ..
      "ORDER BY seq DESC"))
    assert.equal("ok", box:value("PRAGMA integrity_check"))
    assert.is_false(box:exists("app.db-journal"))
  end

  for name, body in pairs { ["one SQL statement"] = BUSY,
      ["what does not answer"] = STUCK } do
    it("stays applied when a signal comes in " .. name, function()
      prepare(body)
      local job = begin()
      box:kill(job, "TERM")
      local status, out, err = box:wait(job)
      assert.equal(143, status, out .. err)
      has(err, "lumigrate: error: interrupted by SIGTERM\n")
      has(err, "\n  state      the way down was rolled back; 1 migration " ..
        "reverted before it stays reverted\n")
      assert_stays("interrupted")
    end)
  end

  it("stays applied when its time is up and it does not answer", function()
    prepare(STUCK)
    local err = box:fails(1, "down", "2", "--timeout", "0.2")
    has(err, "timeout: the migration took longer than 0.2 s")
    has(err, "the way down was rolled back; 1 migration reverted before it " ..
      "stays reverted")
    assert_stays("failed")
  end)

  it("stays applied when its process is killed, which its parent tells",
    function()
      prepare(BUSY)
      local job = begin("--json")
      os.execute("kill -KILL " .. assert(child_of(job)))
      local status, out, err = box:wait(job)
      assert.equal(137, status, out .. err)
      has(err, "the process that ran the migration was killed by signal 9")
      assert_stays("failed")
      local o = json.decode(out)
      assert.is_false(o.ok)
      assert.equal(1, #o.ran)
      assert.equal("2", o.ran[1].id)
      assert.equal("reverted", o.ran[1].status)
      assert.equal("1", o.failed.id)
      assert.same({}, o.remaining)
    end)

  it("of a file is recorded with the file's text when it is killed",
    function()
      prepare("")
      box:migration("1", "function upgrade() end\nfunction downgrade(conn) " ..
        'print("here")\n' .. BUSY .. "\nend\n")
      local job = begin("--from-file")
      os.execute("kill -KILL " .. assert(child_of(job)))
      box:wait(job)
      assert_stays("failed")
      has(box:value("SELECT source FROM schema_migrations_history ORDER BY " ..
        "seq DESC"), "function upgrade() end\n")
    end)

  it("of --transaction all leaves everything when it is killed", function()
    prepare(STUCK)
    local job = begin("--transaction", "all", "--json")
    box:kill(job, "TERM")
    local status, out, err = box:wait(job)
    assert.equal(143, status)
    has(err, "the whole run was one transaction and was rolled back: " ..
      "nothing was changed\n")
    assert.same({}, json.decode(out).ran)
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations"))
    assert.equal(0, box:value("SELECT count(*) FROM t2"))
  end)

  it("is whole or not there when everything is killed", function()
    prepare(BUSY)
    local job = begin()
    box:kill(job, "KILL")
    box:wait(job)
    -- The child goes with its parent, and the next one may have the lock.
    box:migration("1", "function upgrade() end\n" ..
      "function downgrade(conn) conn:execute('DROP TABLE t1') end")
    local status, out, err = box:run("down", "--from-file")
    assert.equal(0, status, out .. err)
    assert.equal(0, box:value("SELECT count(*) FROM schema_migrations"))
    assert.equal(0, box:value("SELECT count(*) FROM log"))
  end)

  it("outside a transaction stays applied, and says so the next time",
    function()
      prepare(STUCK, "TRANSACTION = false\n")
      local job = begin()
      box:kill(job, "TERM")
      local _, _, err = box:wait(job)
      has(err, "the way down ran outside a transaction: what it had done " ..
        "stays, and the migration is still recorded as applied")
      assert.equal("1", box:value("SELECT group_concat(id) FROM " ..
        "schema_migrations"))
      assert.equal("started,interrupted", box:value("SELECT " ..
        "group_concat(outcome) FROM schema_migrations_history WHERE action " ..
        "= 'down' AND id = '1'"))
      local _, _, second = box:run("down", "--timeout", "0.1")
      has(second, "1 was begun to be reverted outside a transaction, and " ..
        "not finished")
    end)

  it("waits for a lock no longer than allowed", function()
    steps(1)
    local let_go = holder(box, "BEGIN IMMEDIATE")
    local err = box:fails(5, "down", "--lock-timeout", "0")
    has(err, "locked")
    let_go()
    assert.equal("", log())
    assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
  end)
end)
