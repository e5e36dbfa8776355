-- SPDX-License-Identifier: MIT
-- Any number may start at once, any of them may be killed at any moment, and
-- nobody waits for a lock for longer than allowed.
--
-- LUMIGRATE_TEST_ROUNDS   how many processes are killed in each journal mode
--                         (10; 50 is the long form)
-- LUMIGRATE_TEST_SEED     of the moments at which they are
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local system = require "system"

local ROUNDS = tonumber(os.getenv("LUMIGRATE_TEST_ROUNDS") or 10)
local SEED = tonumber(os.getenv("LUMIGRATE_TEST_SEED") or 20260128)
local PROCESSES = 32

describe("concurrency:", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  -- Migrations that each write their name down: twice, if they ran twice.
  local function make_migrations(first, last)
    for i = first, last do
      box:migration(("2026_01_%02d_step"):format(i), ([[
        if not table_exists("work") then
          conn:execute("CREATE TABLE work (id TEXT)")
        end
        conn:execute("INSERT INTO work VALUES (?)", MIGRATION_ID)
        conn:execute("CREATE TABLE step_%02d (x)")
        conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL " ..
          "SELECT i + 1 FROM n WHERE i < 200) " ..
          "INSERT INTO step_%02d SELECT zeroblob(100) FROM n")
      ]]):format(i, i))
    end
  end

  -- Every migration that has a row has done its work, once and wholly, and
  -- no other one has.
  local function assert_whole(count, hint, path)
    local tables, n = {}, 0
    for _, row in ipairs(box:query("SELECT name FROM sqlite_schema " ..
        "WHERE type = 'table'", path)) do
      tables[row.name] = true
      n = row.name:find("^step_") and n + 1 or n
    end
    local ids = not tables.schema_migrations and {} or box:query(
      "SELECT id, position FROM schema_migrations ORDER BY position", path)
    local work = not tables.work and {} or box:query(
      "SELECT id FROM work ORDER BY id", path)
    assert.equal(#ids, n, "tables and rows" .. hint)
    assert.equal(#ids, #work, "work and rows" .. hint)
    local counts = { "SELECT 200" }
    for i, row in ipairs(ids) do
      assert.equal(i, row.position, hint)
      assert.equal(row.id, work[i].id, hint)
      counts[i + 1] = "SELECT count(*) FROM step_" ..
        row.id:match("^2026_01_(%d%d)_step$")
    end
    assert.equal("200,200", box:value("SELECT min(n) || ',' || max(n) FROM " ..
      "(SELECT 0 AS n WHERE 0 UNION ALL " ..
      table.concat(counts, " UNION ALL ") .. ")", path), "rows" .. hint)
    assert.equal("ok", box:value("PRAGMA integrity_check", path), hint)
    if count then
      assert.equal(count, #ids, hint)
    end
  end

  local function assert_no_litter(hint)
    for _, suffix in ipairs { "-journal", "-wal", "-shm" } do
      assert.is_false(box:exists("app.db" .. suffix), suffix .. hint)
    end
  end

  describe("processes started at once", function()
    -- They wait for a lock on a file together, and together they go.
    local START = [[
      exec 9>gate
      flock 9
      for i in $(seq %d); do
        ( flock -s gate true; exec %s >out.$i 2>&1 ) 9>&- &
        pids="$pids $!"
      done
      exec 9>&-
      for p in $pids; do wait $p; echo $?; done
    ]]

    -- Their statuses, and how many migrations they say they have applied.
    local function race()
      local command = START:format(PROCESSES, box:defaults("up"))
      local _, out, err = box:sh("bash -c " .. sandbox.quote(command))
      assert.equal("", err)
      local statuses, applied = {}, 0
      for status in out:gmatch("%d+") do
        statuses[#statuses + 1] = status
      end
      for i = 1, PROCESSES do
        local said = box:read("out." .. i)
        local _, n = said:gsub("✓ applied in", "")
        applied = applied + n
        assert.equal("0", statuses[i], said)
        has(said, n > 0 and (" applied in "):format(n) or
          "All migrations already applied")
      end
      assert.equal(PROCESSES, #statuses)
      return applied
    end

    local function assert_history(count)
      assert.equal(count, box:value(
        "SELECT count(*) FROM schema_migrations_history"))
      assert.equal(count, box:value("SELECT count(DISTINCT id) FROM " ..
        "schema_migrations_history WHERE outcome = 'done'"))
    end

    it("apply 20 migrations to an absent database once", function()
      make_migrations(1, 20)
      assert.equal(20, race())
      assert_whole(20, "")
      assert_history(20)
      assert_no_litter("")
    end)

    it("apply the one that is pending once", function()
      make_migrations(1, 19)
      box:up()
      make_migrations(20, 20)
      assert.equal(1, race())
      assert_whole(20, "")
      assert_history(20)
      assert_no_litter("")
    end)

    it("apply 20 to a database in WAL mode once", function()
      box:sql("PRAGMA journal_mode = wal; CREATE TABLE mine (x)")
      make_migrations(1, 20)
      assert.equal(20, race())
      assert_whole(20, "")
      assert_history(20)
      assert_no_litter("")
    end)

    it("run a migration outside a transaction once", function()
      box:migration("2026_01_01_outside", [[
        TRANSACTION = false
        function upgrade(conn)
          conn:execute("CREATE TABLE work (id)")
          conn:execute("INSERT INTO work VALUES (1)")
          conn:execute("VACUUM")
        end
      ]])
      assert.equal(1, race())
      assert.equal(1, box:value("SELECT count(*) FROM work"))
      assert.same({ { "started", outcome = "started", n = 1 },
        { "done", outcome = "done", n = 1 } }, box:query(
        "SELECT outcome FROM schema_migrations_history ORDER BY seq"))
    end)
  end)

  describe("a process that is killed", function()
    local STEPS = 12

    local function seconds_of_a_run()
      local begun = system.monotime()
      box:up()
      return system.monotime() - begun
    end

    -- What the killed process left, looked at where looking cannot mend it.
    local function assert_copy_whole(hint)
      assert(os.execute(("cd %s && rm -rf copy && mkdir copy && " ..
        "cp app.db* copy"):format(sandbox.quote(box.dir))))
      assert_whole(nil, hint, "copy/app.db")
    end

    local function killed_after(seconds)
      return box:sh(("%s >out 2>&1 & p=$!; sleep %.4f; kill -KILL $p; " ..
        "wait $p"):format(box:defaults("up"), seconds)) == 137
    end

    -- The moments are spread over the length of a whole run.
    local function kill_often(mode)
      local killed, length = 0, nil
      make_migrations(1, STEPS)
      math.randomseed(SEED)
      for round = 0, ROUNDS do
        box:sh("rm -rf app.db*")
        box:sql("PRAGMA journal_mode = " .. mode .. "; CREATE TABLE mine (x)")
        if round == 0 then
          length = seconds_of_a_run()
        else
          local delay = length * (round - math.random()) / ROUNDS
          local hint = (" (seed %d, round %d, %.4f s)"):format(SEED, round,
            delay)
          killed = killed_after(delay) and killed + 1 or killed
          assert_copy_whole(hint)
          local status, out, err = box:run("up")
          assert.equal(0, status, out .. err .. hint)
          assert_no_litter(hint)
          assert_whole(STEPS, hint)
        end
      end
      assert.is_true(killed > 0, "all had ended before they were killed")
    end

    it("leaves whole migrations, with a rollback journal", function()
      kill_often("delete")
    end)

    it("leaves whole migrations, in WAL mode", function()
      kill_often("wal")
    end)

    it("loses the migration that was running, and no other", function()
      make_migrations(1, 2)
      box:migration("2026_01_03_step", [[
        conn:execute("INSERT INTO work VALUES ('2026_01_03_step')")
        conn:execute("CREATE TABLE step_03 (x)")
        conn:execute("CREATE TABLE big AS WITH RECURSIVE n (i) AS (SELECT " ..
          "1 UNION ALL SELECT i + 1 FROM n) SELECT zeroblob(1000) FROM n")
      ]])
      local job = box:spawn("up")
      -- It has spilled its cache into the file: only the journal can tell
      -- what was there before.
      local function size()
        return #(box:read("app.db") or "")
      end
      local deadline = system.monotime() + 30
      while size() < 5e6 and system.monotime() < deadline do
        system.sleep(0.01)
      end
      box:kill(job, "KILL")
      assert.equal(137, (box:wait(job)))
      assert.is_true(box:exists("app.db-journal"))
      assert_copy_whole("")
      make_migrations(3, 3)
      has(box:up(), "2 applied, 1 pending")
      assert_whole(3, "")
      assert_no_litter("")
    end)
  end)

  describe("another program that", function()
    local holder

    -- The sqlite3 shell says `sql` and stays until it is let go, which it is
    -- after half a minute in any case.
    local function hold(sql)
      local status = box:sh("mkfifo hold")
      assert.equal(0, status)
      box:write("hold.sql", sql .. ";\n.shell touch held\n")
      holder = box:spawn_sh("{ cat hold.sql; timeout 30 cat hold; } | " ..
        "sqlite3 -batch -init /dev/null app.db")
      local deadline = system.monotime() + 30
      while not box:exists("held") do
        assert.is_true(system.monotime() < deadline and box:running(holder))
        system.sleep(0.005)
      end
    end

    local function let_go()
      if holder then
        box:sh("timeout 10 sh -c 'echo >hold'")
        box:wait(holder)
        holder = nil
      end
    end
    after_each(let_go)

    before_each(function()
      box:sql("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)")
      make_migrations(1, 1)
      box:up()
      make_migrations(2, 2)
    end)

    -- Exit 5 after so many seconds, and nothing is changed.
    local function assert_locked(seconds, ...)
      local before = box:bytes()
      local begun = system.monotime()
      local err = box:fails(5, "up", ...)
      local took = system.monotime() - begun
      assert.equal("lumigrate: error: database is locked",
        err:match("^[^\n]*"))
      has(err, "SQLITE_BUSY (5)")
      has(err, ("another program kept the database locked for longer than " ..
        "the lock timeout of %g s"):format(seconds))
      assert.is_true(took >= seconds, took .. " s")
      assert.is_true(took < seconds + 5, took .. " s")
      assert.equal(before, box:bytes())
      let_go()
      assert_whole(1, "")
      assert.equal(1, box:value(
        "SELECT count(*) FROM schema_migrations_history"))
      assert_no_litter("")
      return err, took
    end

    it("holds the write lock for too long: exit 5", function()
      hold("BEGIN IMMEDIATE")
      has(assert_locked(0.4, "--lock-timeout", "0.4"),
        "nothing was changed")
    end)

    it("holds the write lock: exit 5 at once without a timeout", function()
      hold("BEGIN IMMEDIATE")
      local err, took = assert_locked(0, "--lock-timeout", "0")
      has(err, "nothing was changed")
      assert.is_true(took < 2)
    end)

    it("holds the write lock for more than a moment: says so", function()
      hold("BEGIN IMMEDIATE")
      local _, out = box:fails(5, "up", "--lock-timeout", "1.2")
      local _, n = out:gsub("waiting for another process that holds the " ..
        "lock\n", "")
      assert.equal(1, n)
    end)

    it("shuts out readers: exit 5", function()
      hold("BEGIN EXCLUSIVE")
      has(assert_locked(0.4, "--lock-timeout", "0.4"),
        "nothing was changed")
    end)

    -- With a rollback journal, a reader keeps a writer from committing.
    it("reads for too long: exit 5", function()
      hold("BEGIN; SELECT * FROM mine")
      local err, took = assert_locked(1.5, "--lock-timeout", "1.5")
      has(err, "the migration was rolled back")
      has(err, "2026_01_02_step")
      assert.is_true(took < 2.75, "it has waited twice")
    end)

    it("reads a database without a ledger for too long: exit 5", function()
      box:sql("DROP TABLE schema_migrations; " ..
        "DROP TABLE schema_migrations_history; " ..
        "DROP TABLE work; DROP TABLE step_01")
      hold("BEGIN; SELECT * FROM mine")
      local before = box:bytes()
      local err = box:fails(5, "up", "--lock-timeout", "0.2")
      has(err, "database is locked")
      has(err, "nothing was changed")
      assert.equal(before, box:bytes())
    end)

    local function assert_waits(sql)
      hold(sql)
      local job = box:spawn("up")
      -- It has begun to wait when the journal is there, or when nothing more
      -- comes; either way it must not have ended.
      system.sleep(0.3)
      assert.is_true(box:running(job))
      let_go()
      local status, out, err = box:wait(job)
      assert.equal(0, status, err)
      has(out, "✓ 1 migration applied in ")
      assert_whole(2, "")
      assert_no_litter("")
    end

    it("lets go of the write lock in time is waited for", function()
      assert_waits("BEGIN IMMEDIATE")
    end)

    it("stops reading in time is waited for", function()
      assert_waits("BEGIN; SELECT * FROM mine")
    end)

    it("reads in WAL mode is not waited for", function()
      box:sql("PRAGMA journal_mode = wal")
      hold("BEGIN; SELECT * FROM mine")
      has(box:up("--lock-timeout", "0"), "✓ 1 migration applied in ")
    end)
  end)
end)
