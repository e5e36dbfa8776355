-- SPDX-License-Identifier: MIT
-- check: may the program that needs this database start? Its answers, exit
-- statuses and JSON; that it only reads, whatever others do meanwhile.
local container = require "tests.support.container"
local hold = require "tests.support.holder"
local json = require "tests.support.json"
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has

local null = json.null

local CHECK = { "format", "status", "current_version", "latest_version",
  "pending_count", "applied_count", "schema_valid", "migrations", "warnings",
  "problems", "database", "error" }
local ITEM = { "id", "file", "description", "status", "applied_at" }

describe("check", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  -- Its JSON when it exits so, and standard error.
  local function ask(expected, ...)
    local status, out, err = box:run("check", "--json", ...)
    assert.equal(expected, status, out .. err)
    local o = json.decode(out)
    assert.same(CHECK, json.keys(o))
    return o, err
  end

  local function counts(o)
    return { o.status, o.current_version, o.latest_version, o.pending_count,
      o.applied_count, o.schema_valid }
  end

  local function files()
    return (select(2, box:sh("ls -A")))
  end

  local function two()
    box:migration("2026_01_01_a",
      [[conn:execute("CREATE TABLE a (x PRIMARY KEY)")]])
    box:sql_file("2026_01_02_b.sql", "CREATE TABLE b (x REFERENCES a);")
  end

  it("says once what is wrong", function()
    for _, id in ipairs { "2026_01_01_a", "2026_01_02_b" } do
      box:migration(id, "")
    end
    box:up()
    for _, id in ipairs { "2026_01_01_a", "2026_01_02_b" } do
      box:migration(id, "print(1)")
    end
    local err = box:fails(4, "check", "--strict")
    assert.truthy(err:find("error: 2026_01_01_a was edited", 1, true), err)
    assert.truthy(err:find("warning: 2026_01_02_b was edited", 1, true), err)
    assert.falsy(err:find("warning: 2026_01_01_a", 1, true), err)
  end)

  describe("of a database", function()
    it("that is up to date is ready", function()
      two()
      box:up()
      local before, names = box:bytes(), files()
      local status, out, err = box:run("check")
      assert.same({ 0, "✓ ready: 2 applied, 0 pending\n", "" },
        { status, out, err })
      local o = ask(0)
      assert.same({ "ready", "2026_01_02_b", "2026_01_02_b", 0, 2, true },
        counts(o))
      assert.same({ {}, {}, null, "app.db" },
        { o.warnings, o.problems, o.error, o.database })
      assert.equal(2, #o.migrations)
      for _, item in ipairs(o.migrations) do
        assert.same(ITEM, json.keys(item))
      end
      local item = o.migrations[1]
      assert.same({ "2026_01_01_a", "2026_01_01_a.lua", "", "applied" },
        { item.id, item.file, item.description, item.status })
      assert.truthy(item.applied_at:find("^%d+-%d+-%d+T.*Z$"))
      assert.same({ before, names }, { box:bytes(), files() })
      assert.equal(0, (box:run("check", "--deep")))
      assert.equal("", (select(2, box:run("check", "-q"))))
    end)

    it("with something pending is that", function()
      two()
      box:up("1")
      local before = box:bytes()
      local status, out, err = box:run("check")
      assert.same({ 3, "· pending: 1 applied, 1 pending\n" ..
        "  · 2026_01_02_b\n", "" }, { status, out, err })
      local o = ask(3)
      assert.same({ "pending", "2026_01_01_a", "2026_01_02_b", 1, 1, true },
        counts(o))
      assert.same({ "pending", null },
        { o.migrations[2].status, o.migrations[2].applied_at })
      assert.equal(null, o.error)
      assert.equal(before, box:bytes())
    end)

    it("that is not there has everything pending, and is not made",
      function()
        two()
        local status, out, err = box:run("check")
        assert.same({ 3, "" }, { status, err })
        has(out, "· pending: app.db does not exist yet, 0 applied, " ..
          "2 pending\n")
        assert.same({ "pending", null, "2026_01_02_b", 2, 0, true },
          counts(ask(3)))
        assert.equal("absent", box:bytes())
        assert.equal(3, (box:run("check", "--database", "no/such/x.db")))
        assert.is_false(box:exists("no"))
      end)

    it("is known under its other names", function()
      two()
      for _, name in ipairs { "ready", "validate" } do
        assert.equal(3, (box:run(name)))
      end
    end)

    it("counts what failed, is partial or out of order as pending",
      function()
        box:migration("b", "")
        box:up()
        box:migration("a", "")
        box:migration("c", [[error("no")]])
        box:run("up", "--out-of-order", "apply")
        box:sql("DELETE FROM schema_migrations WHERE id = 'a'")
        local o = ask(3)
        assert.same({ "out_of_order", "applied", "failed" },
          { o.migrations[1].status, o.migrations[2].status,
            o.migrations[3].status })
        assert.equal(2, o.pending_count)
        o = ask(4, "--out-of-order", "error")
        assert.equal("error", o.status)
        has(o.error.message, "a is out of order")
      end)

    it("counts what runs at every up as done", function()
      box:migration("a", 'RUN = "always"\nfunction upgrade() end')
      box:migration("b", 'RUN = "on_change"\nfunction upgrade() end')
      box:up()
      box:migration("a", 'RUN = "always"\nfunction upgrade() local x end')
      assert.equal("ready", ask(0).status)
      box:migration("b", 'RUN = "on_change"\nfunction upgrade() local x end')
      local o = ask(3)
      assert.same({ "applied", "pending" },
        { o.migrations[1].status, o.migrations[2].status })
    end)
  end)

  describe("warns of", function()
    it("what was edited or is missing, an error with --strict", function()
      two()
      box:migration("2026_01_03_c", "")
      box:up()
      box:sh("rm migrations/2026_01_01_a.lua")
      local o, err = ask(0)
      assert.equal("ready", o.status)
      assert.same({ "2026_01_01_a is applied, but its file is missing" },
        o.warnings)
      has(err, "lumigrate: warning: 2026_01_01_a is applied, but its file")
      o, err = ask(4, "--strict")
      assert.same({ "error", 3 }, { o.status, o.applied_count })
      has(err, "lumigrate: error: 2026_01_01_a is applied, but its file")
      assert.equal(4, o.error.code)
      box:sh("rm migrations/2026_01_03_c.lua")
      two()
      box:migration("2026_01_01_a", "")
      assert.same({ "2026_01_01_a was edited after it was applied",
        "2026_01_03_c is applied, but its file is missing" }, ask(0).warnings)
      assert.equal("error", ask(4, "--strict").status)
    end)

    it("a newer release, an error of its own with --if-ahead", function()
      two()
      box:up()
      box:sh("rm migrations/2026_01_02_b.sql")
      assert.same({ "ready", "2026_01_02_b", "2026_01_01_a", 0, 2, true },
        counts(ask(0)))
      assert.equal("ready", ask(0, "--strict", "--if-ahead", "ok").status)
      local o, err = ask(6, "--if-ahead", "error")
      assert.equal("error", o.status)
      has(err, "the database is ahead of this folder: 2026_01_02_b")
    end)
  end)

  describe("is an error", function()
    it("for two files with one ID", function()
      two()
      box:up()
      box:sql_file("2026_01_01_a.sql", "SELECT 1;")
      local o, err = ask(4)
      assert.same({ "error", null, null, null, null, null }, counts(o))
      assert.same({}, o.migrations)
      has(err, "two migrations have the ID 2026_01_01_a")
    end)

    it("for another tool's ledger, which it does not touch", function()
      two()
      box:sql("CREATE TABLE schema_migrations (version uint64, dirty bool);" ..
        "CREATE UNIQUE INDEX v ON schema_migrations (version)")
      local before = box:bytes()
      local o, err = ask(4)
      assert.equal("error", o.status)
      has(err, "belongs to golang-migrate")
      assert.equal(before, box:bytes())
    end)

    it("for a view that does not compile", function()
      two()
      box:up()
      box:sql("CREATE VIEW v AS SELECT x FROM a; DROP TABLE a")
      local o, err = ask(4)
      assert.same({ "error", "2026_01_02_b", "2026_01_02_b", 0, 2, false },
        counts(o))
      assert.same({ "the view v does not compile: no such table: main.a" },
        o.problems)
      has(err, "lumigrate: error: the view v does not compile: no such " ..
        "table: main.a\n")
    end)

    it("for triggers that do not, each by name", function()
      two()
      box:up()
      box:sql([[
        CREATE TABLE log (x);
        CREATE TRIGGER i AFTER INSERT ON a BEGIN INSERT INTO log SELECT 1;
        END;
        CREATE TRIGGER u UPDATE OF x ON a BEGIN DELETE FROM log; END;
        CREATE TRIGGER d DELETE ON a BEGIN DELETE FROM log; END;
        CREATE TRIGGER good INSERT ON a BEGIN SELECT 1; END;
        DROP TABLE log;
      ]])
      local o, err = ask(4)
      -- SQLite compiles those of one event together.
      for i, name in ipairs { "one of the triggers i, good on a",
        "the trigger u on a", "the trigger d on a" } do
        assert.equal(name .. " does not compile: no such table: main.log",
          o.problems[i])
        has(err, o.problems[i])
      end
      assert.equal(3, #o.problems)
      -- Though something is pending.
      box:migration("2026_01_03_c", "")
      o = ask(4)
      assert.same({ "error", 1 }, { o.status, o.pending_count })
    end)

    it("for a folder that is not there, empty or unreadable", function()
      local o, err = ask(2)
      assert.equal("error", o.status)
      has(err, "there is no migration in the folder migrations")
      local status, out
      status, out, err = box:lumigrate("check", "--json", "-u", "app.db",
        "--dir", "nowhere")
      assert.equal(2, status)
      assert.equal("error", json.decode(out).status)
      has(err, "the migrations folder nowhere does not exist")
      box:write("migrations/a.lua", "MIGRATION_ID = 5")
      o = ask(2)
      assert.equal("error", o.status)
      assert.equal("absent", box:bytes())
    end)

    it("for words that it does not know", function()
      two()
      for words, sentence in pairs {
        ["now"] = '"now" is one argument too many for "check"',
        ["--deep=maybe"] = '--deep: "maybe" is not yes or no',
        ["--timeout=x"] = '--timeout: "x" is not a number of seconds',
        ["--exec"] = "--exec needs a command after --",
      } do
        has(box:fails(2, "check", words), "lumigrate: error: " .. sentence)
      end
      has(box:fails(2, "status", "--deep"), '"status" has no option --deep')
      local status, _, err = box:lumigrate("check")
      assert.equal(2, status)
      has(err, "no database is given")
    end)
  end)

  describe("finds damage", function()
    it("in what is no database", function()
      two()
      box:write("app.db", ("no database at all"):rep(100))
      local o, err = ask(7)
      assert.same({ "error", 7 }, { o.status, o.error.code })
      has(err, "is not a SQLite database")
    end)

    local function damaged()
      two()
      box:up()
      box:sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 " ..
        "FROM n LIMIT 3000) INSERT INTO a SELECT printf('%0100d', i) FROM n")
      local page = box:value("SELECT max(pageno) FROM dbstat WHERE name = " ..
        "'a' AND pagetype = 'leaf'")
      box:sh(("printf '\\377%%.0s' $(seq 200) | dd of=app.db bs=1 seek=%d " ..
        "conv=notrunc status=none"):format((page - 1) * 4096))
    end

    it("in pages that only a deep look reads", function()
      damaged()
      assert.equal("ready", ask(0).status)
      local o, err = ask(7, "--deep")
      assert.same({ "error", false, 7 },
        { o.status, o.schema_valid, o.error.code })
      has(err, "lumigrate: error: the database is damaged: ")
      has(err, "restore a backup")
    end)

    it("but not in rows that break a rule: they are an error", function()
      box:migration("a", [[conn:executescript("CREATE TABLE p (x PRIMARY " ..
        "KEY); CREATE TABLE c (x REFERENCES p, y CHECK (y > 0));")]])
      box:up()
      box:sql("INSERT INTO c VALUES (1, 1), (2, 1)")
      assert.equal("ready", ask(0).status)
      local o, err = ask(4, "--deep")
      assert.same({ "error", false }, { o.status, o.schema_valid })
      assert.same({ "2 rows of c refer to no row of p" }, o.problems)
      has(err, "2 rows of c refer to no row of p")
      box:sql("DELETE FROM c; PRAGMA ignore_check_constraints = 1; " ..
        "INSERT INTO c VALUES (NULL, 0)")
      o = ask(4, "--deep")
      assert.same({ "a row breaks a rule of its table: CHECK constraint " ..
        "failed in c" }, o.problems)
    end)

    it("not, and no key either that cannot be checked", function()
      box:migration("a", "")
      box:up()
      box:sql("CREATE TABLE p (x); CREATE TABLE c (x REFERENCES p (x)); " ..
        "INSERT INTO c VALUES (1)")
      local o = ask(4, "--deep")
      assert.equal(1, #o.problems)
      has(o.problems[1], "the foreign keys cannot be checked: foreign key " ..
        "mismatch")
    end)
  end)

  describe("beside another process", function()
    it("that has begun to write answers at once", function()
      for _, mode in ipairs { "delete", "wal" } do
        two()
        box:sql("PRAGMA journal_mode = " .. mode)
        box:up()
        local let_go = hold(box, "BEGIN IMMEDIATE; INSERT INTO b VALUES (1)")
        local o = ask(0, "--lock-timeout", "0")
        assert.equal("ready", o.status)
        let_go()
        box:sh("rm -f app.db*")
      end
    end)

    it("that migrates a WAL database answers what was before", function()
      two()
      box:sql("PRAGMA journal_mode = wal")
      box:up("1")
      box:migration("2026_01_02_b2", [[
        conn:execute("CREATE TABLE big (x)")
        conn:execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT " ..
          "i + 1 FROM n LIMIT 100000) INSERT INTO big SELECT i FROM n")
        print("inside")
        for i = 1, 1e12 do end
      ]])
      local job = box:spawn("up")
      repeat
        assert.is_true(box:running(job))
      until (box:read(job.base .. ".out") or ""):find("inside", 1, true)
      assert.same({ "pending", "2026_01_02_b", "2026_01_02_b2", 1, 2, true },
        counts(ask(3, "--lock-timeout", "0")))
      box:kill(job)
      assert.equal(143, (box:wait(job)))
    end)

    it("that keeps readers out waits, and says so", function()
      two()
      box:up()
      local let_go = hold(box, "BEGIN EXCLUSIVE")
      local o, err = ask(5, "--lock-timeout", "0.2")
      assert.same({ "error", 5 }, { o.status, o.error.code })
      has(err, "lumigrate: error: database is locked")
      has(err, "hint")
      local job = box:spawn("check", "--lock-timeout", "20")
      let_go()
      assert.equal(0, (box:wait(job)))
    end)

    it("leaves a -wal with rows in it where it is", function()
      two()
      box:sql("PRAGMA journal_mode = wal")
      box:up()
      -- As a crash leaves it: the last connection never closed.
      box:sh("cp app.db saved.db")
      local let_go = hold(box, "INSERT INTO a VALUES ('kept'); BEGIN")
      box:sh("cp app.db-wal saved.db-wal")
      let_go()
      local before = box:bytes("saved.db") .. box:bytes("saved.db-wal")
      assert.equal(0, (box:run("check", "--deep", "--database", "saved.db")))
      assert.equal(before, box:bytes("saved.db") .. box:bytes("saved.db-wal"))
      assert.is_false(box:exists("saved.db-shm"))
      assert.equal(1, box:value("SELECT count(*) FROM a", "saved.db"))
    end)
  end)

  describe("on a read-only volume", function()
    local function prepare(mode)
      if container.missing() then
        pending(container.missing())
      end
      two()
      box:sql("PRAGMA journal_mode = " .. mode)
      box:up()
      container.open(box)
    end

    for _, mode in ipairs { "delete", "wal" } do
      it("reads a database in mode " .. mode, function()
        prepare(mode)
        local names = files()
        for _, words in ipairs { "check", "check --deep" } do
          local status, out, err = box:sh(container.line(box, "",
            sandbox.quote(sandbox.program) .. " " .. words .. " -u app.db"))
          assert.equal(0, status, out .. err)
          assert.equal("✓ ready: 2 applied, 0 pending\n", out)
        end
        assert.equal(names, files())
      end)
    end
  end)

  describe("with --exec", function()
    it("becomes the command when it is ready", function()
      two()
      box:up()
      local status, out, err = box:lumigrate("check", "-u", "app.db", "--exec",
        "--", "sh", "-c", "echo $#; exit 9", "sh", "a b")
      assert.same({ 9, "1\n", "✓ ready: 2 applied, 0 pending\n" },
        { status, out, err })
    end)

    it("never starts it when it is not", function()
      two()
      local function check(...)
        return box:lumigrate("check", "-u", "app.db", ...)
      end
      local status, out, err = check("--exec", "--", "touch", "started")
      assert.same({ 3, "" }, { status, out })
      has(err, "· pending: app.db does not exist yet")
      box:up()
      box:sql("CREATE VIEW v AS SELECT * FROM a; DROP TABLE a")
      assert.equal(4, (check("--exec", "--", "touch", "started")))
      assert.is_false(box:exists("started"))
    end)

    it("says when the command is not there", function()
      two()
      box:up()
      local status, _, err = box:lumigrate("check", "-u", "app.db", "--exec",
        "--", "no-such-program")
      assert.equal(127, status)
      has(err, 'cannot run "no-such-program"')
      has(err, "the database is ready")
    end)

    it("becomes it unasked with LUMIGRATE_SKIP", function()
      two()
      local status, out, err = box:lumigrate_env({ LUMIGRATE_SKIP = "1" },
        "check", "-u", "app.db", "--exec", "--", "echo", "started")
      assert.same({ 0, "started\n" }, { status, out })
      has(err, "LUMIGRATE_SKIP is set")
      -- Without a command it is asked for an answer, and gives it.
      assert.equal(3, (box:run_env({ LUMIGRATE_SKIP = "1" }, "check")))
    end)
  end)

  it("is one line with --jsonl", function()
    two()
    local status, out = box:run("check", "--jsonl")
    assert.equal(3, status)
    assert.equal(1, select(2, out:gsub("\n", "")))
    assert.same(CHECK, json.keys(json.decode(out)))
  end)
end)
