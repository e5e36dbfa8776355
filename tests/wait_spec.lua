-- SPDX-License-Identifier: MIT
-- wait: until check would say ready, reading only. What waiting mends is
-- waited for, anything else ends it, and so do its time and a signal.
local hold = require "tests.support.holder"
local json = require "tests.support.json"
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local system = require "system"

describe("wait", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function two()
    box:migration("a", [[conn:execute("CREATE TABLE a (x)")]])
    box:migration("b", "")
  end

  -- A wait in the background that has said that it waits for this.
  local function waiting(reason, ...)
    local job = box:spawn("wait", ...)
    repeat
      assert.is_true(box:running(job), box:read(job.base .. ".err"))
    until (box:read(job.base .. ".out") or ""):find(reason, 1, true)
    return job
  end

  local function ends(job, expected)
    local status, out, err = box:wait(job, 20)
    assert.equal(expected, status, out .. err)
    return out, err
  end

  it("ends at once where all is ready", function()
    two()
    box:up()
    local before = box:bytes()
    local status, out, err = box:run("wait")
    assert.same({ 0, "✓ ready: 2 applied, 0 pending\n", "" },
      { status, out, err })
    assert.equal(before, box:bytes())
  end)

  it("ends soon after another process has migrated", function()
    two()
    box:up("1")
    local job = waiting("1 migration is pending")
    box:up()
    local since = system.monotime()
    has(ends(job, 0), "· waiting: 1 migration is pending\n" ..
      "✓ ready: 2 applied, 0 pending\n")
    assert.is_true(system.monotime() - since < 5)
  end)

  it("waits for a database, and its folder, that are not there", function()
    two()
    local job = waiting("2 migrations are pending, and the database does " ..
      "not exist yet")
    assert.equal("absent", box:bytes())
    box:up()
    ends(job, 0)
    job = box:spawn_sh(sandbox.quote(sandbox.program) ..
      " wait -u volume/app.db")
    box:sh("mkdir volume && cp app.db volume/new && mv volume/new " ..
      "volume/app.db")
    ends(job, 0)
  end)

  it("waits for a folder of migrations that is not there or empty",
    function()
      two()
      box:up()
      box:sh("mv migrations away")
      local job = waiting("the migrations folder migrations does not exist")
      box:sh("mv away migrations")
      ends(job, 0)
      box:sh("mv migrations away; mkdir migrations")
      job = waiting("there is no migration in the folder migrations")
      box:sh("mv away/* migrations")
      ends(job, 0)
    end)

  it("goes on where a writer shuts readers out", function()
    two()
    box:up()
    local let_go = hold(box, "BEGIN EXCLUSIVE")
    local job = waiting("database is locked", "--lock-timeout", "0")
    let_go()
    ends(job, 0)
  end)

  it("lets any number wait for one that migrates, in either mode", function()
    for _, mode in ipairs { "delete", "wal" } do
      box:sql("PRAGMA journal_mode = " .. mode)
      for i = 1, 20 do
        box:migration(("m%02d"):format(i), ([[
          conn:execute("CREATE TABLE t%d (x)")
          conn:execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT " ..
            "i + 1 FROM n LIMIT 3000) INSERT INTO t%d SELECT i FROM n")
        ]]):format(i, i))
      end
      local jobs = {}
      for i = 1, 6 do
        jobs[i] = box:spawn("wait", "--timeout", "60")
      end
      box:up("--lock-timeout", "20")
      for i = 1, 6 do
        has(ends(jobs[i], 0), "✓ ready: 20 applied, 0 pending\n")
      end
      assert.equal(20, box:value("SELECT count(*) FROM schema_migrations"))
      box:sh("rm -f app.db*")
    end
  end)

  it("waits while what is pending may mend what does not compile", function()
    two()
    box:up()
    box:sql("CREATE VIEW v AS SELECT y FROM a")
    local err = box:fails(4, "wait")
    has(err, "the view v does not compile: no such column: y")
    box:migration("c", [[conn:execute("ALTER TABLE a ADD COLUMN y")]])
    local job = waiting("the view v does not compile")
    box:up()
    ends(job, 0)
  end)

  describe("ends at once with the status of check for", function()
    it("what was edited, under --strict", function()
      two()
      box:up()
      box:migration("a", "")
      has(box:fails(4, "wait", "--strict"), "a was edited after it was ")
      local status, _, err = box:run("wait")
      assert.equal(0, status)
      has(err, "warning: a was edited after it was applied")
    end)

    it("a newer release, where that is an error", function()
      two()
      box:up()
      box:sh("rm migrations/b.lua")
      has(box:fails(6, "wait", "--if-ahead", "error"), "is ahead")
    end)

    it("two files with one ID", function()
      two()
      box:sql_file("a.sql", "SELECT 1;")
      has(box:fails(4, "wait"), "two migrations have the ID a")
    end)

    it("another tool's ledger", function()
      two()
      box:sql("CREATE TABLE schema_migrations (version uint64, dirty bool);" ..
        "CREATE UNIQUE INDEX v ON schema_migrations (version)")
      has(box:fails(4, "wait"), "belongs to golang-migrate")
    end)

    it("what is no database, or no file", function()
      two()
      box:write("app.db", ("no database"):rep(99))
      has(box:fails(7, "wait"), "is not a SQLite database")
      box:sh("rm app.db; mkdir app.db")
      has(box:fails(2, "wait"), "is a folder")
    end)

    it("a migration that cannot be read", function()
      box:write("migrations/a.lua", "MIGRATION_ID = 5")
      box:fails(2, "wait")
    end)
  end)

  describe("has a time of its own,", function()
    it("after which it ends with 5 and says for what it waited", function()
      two()
      local since = system.monotime()
      local err = box:fails(5, "wait", "--timeout", "0.2")
      assert.is_true(system.monotime() - since >= 0.2)
      has(err, "lumigrate: error: not ready within 0.2 s: 2 migrations are " ..
        "pending, and the database does not exist yet\n")
      local more = "; or give wait more time with --timeout " ..
        "(LUMIGRATE_WAIT_TIMEOUT)\n"
      has(err, '  hint       "lumigrate up" applies what is pending' .. more)
      box:up()
      local let_go = hold(box, "BEGIN EXCLUSIVE")
      err = box:fails(5, "wait", "--timeout", "0.1")
      has(err, "database is locked\n  hint       another program keeps the " ..
        "database locked: end it" .. more)
      let_go()
      box:sh("rm -r migrations")
      has(box:fails(5, "wait", "--timeout", "0.1"), "put the migrations " ..
        "there, or name their folder with --migrations " ..
        "(LUMIGRATE_MIGRATIONS)" .. more)
    end)

    it("with the JSON of what it saw last", function()
      two()
      box:up("1")
      local status, out, err = box:run("wait", "--timeout", "0.1", "--json")
      assert.equal(5, status)
      local o = json.decode(out)
      assert.same({ "pending", "a", "b", 1, 1, true, 5 }, { o.status,
        o.current_version, o.latest_version, o.pending_count,
        o.applied_count, o.schema_valid, o.error.code })
      has(err, "· waiting: 1 migration is pending\n")
      box:up()
      status, out = box:run("wait", "--json")
      assert.same({ 0, "ready" }, { status, json.decode(out).status })
    end)

    it("by option before or after its name, or by its variable", function()
      two()
      local function took(env, ...)
        local status, _, err = box:lumigrate_env(env, ...)
        assert.equal(5, status, err)
        return err:match("within ([%d.]+) s")
      end
      assert.equal("0.01", took(nil, "wait", "-u", "x", "--timeout=0.01"))
      assert.equal("0.02", took(nil, "--timeout", "0.02", "wait", "-u", "x"))
      local env = { LUMIGRATE_WAIT_TIMEOUT = "0.03", LUMIGRATE_TIMEOUT = "9" }
      assert.equal("0.03", took(env, "wait", "-u", "x"))
      assert.equal("0.04", took(env, "wait", "-u", "x", "--timeout", "0.04"))
      box:write("seconds", "0.05\n")
      assert.equal("0.05", took({ LUMIGRATE_WAIT_TIMEOUT_FILE = "seconds" },
        "wait", "-u", "x"))
      box:write(".env", "LUMIGRATE_WAIT_TIMEOUT=0.06\n")
      assert.equal("0.06", took(nil, "wait", "-u", "x"))
    end)

    it("which is a number of seconds", function()
      two()
      for _, word in ipairs { "1x", "-1", "nan", "", "1e3" } do
        has(box:fails(2, "wait", "--timeout=" .. word), '--timeout: "' ..
          word .. '" is not a number of seconds, 0 or more')
      end
      local status, _, err = box:run_env({ LUMIGRATE_WAIT_TIMEOUT = "soon" },
        "wait")
      assert.equal(2, status)
      has(err, 'LUMIGRATE_WAIT_TIMEOUT: "soon" is not a number of seconds')
      -- It is wait's alone.
      assert.equal(0, (box:run_env({ LUMIGRATE_WAIT_TIMEOUT = "soon" },
        "up")))
      local _, help = box:lumigrate("help", "wait")
      assert.equal(1, select(2, help:gsub("%-%-timeout S", "")))
    end)
  end)

  it("ends at once for a signal", function()
    two()
    for signal, status in pairs { TERM = 143, INT = 130, HUP = 129 } do
      local job = waiting("are pending")
      local since = system.monotime()
      box:kill(job, signal)
      local _, err = ends(job, status)
      assert.is_true(system.monotime() - since < 5)
      has(err, "lumigrate: error: interrupted by SIG" .. signal)
    end
    assert.equal("absent", box:bytes())
  end)

  describe("with --exec", function()
    local function spawn(...)
      local words = { sandbox.program, "wait", "-u", "app.db", ... }
      for i, word in ipairs(words) do
        words[i] = sandbox.quote(word)
      end
      return box:spawn_sh("exec " .. table.concat(words, " "))
    end

    it("becomes the command when it is ready, the same process", function()
      two()
      local job = spawn("--exec", "--", "sh", "-c",
        "echo $$ $#; exit 7", "sh", "x")
      repeat
        assert.is_true(box:running(job))
      until (box:read(job.base .. ".err") or ""):find("waiting", 1, true)
      local pid = box:read(job.base .. ".pid"):match("%d+")
      box:up()
      local out, err = ends(job, 7)
      assert.equal(pid .. " 1\n", out)
      has(err, "✓ ready: 2 applied, 0 pending\n")
    end)

    it("never starts it when its time is up or a signal comes", function()
      two()
      ends(spawn("--timeout", "0.05", "--exec", "--", "touch", "started"), 5)
      local job = spawn("--exec", "--", "touch", "started")
      repeat
        assert.is_true(box:running(job))
      until (box:read(job.base .. ".err") or ""):find("waiting", 1, true)
      box:kill(job)
      ends(job, 143)
      assert.is_false(box:exists("started"))
    end)

    it("needs the command, and --exec before one", function()
      two()
      local status, _, err = box:lumigrate("wait", "-u", "app.db", "--exec")
      assert.equal(2, status)
      has(err, "--exec needs a command after --")
      status, _, err = box:lumigrate("wait", "-u", "app.db", "--", "ls")
      assert.equal(2, status)
      has(err, '"ls" follows --, and there is no --exec')
    end)
  end)

  it("does nothing with LUMIGRATE_SKIP", function()
    two()
    local env = { LUMIGRATE_SKIP = "1" }
    local status, out = box:run_env(env, "wait")
    assert.equal(0, status)
    has(out, "LUMIGRATE_SKIP is set: nothing was done")
    status, out = box:run_env(env, "wait", "--json")
    assert.equal(0, status)
    assert.is_true(json.decode(out).skipped)
    status, out = box:lumigrate_env(env, "wait", "-u", "app.db", "--exec",
      "--", "echo", "started")
    assert.same({ 0, "started\n" }, { status, out })
    assert.equal("absent", box:bytes())
  end)
end)
