-- SPDX-License-Identifier: MIT
-- What --json and --jsonl promise to programs: one object, always the same
-- keys in the same order, and nothing else on standard output.
local hold = require "tests.support.holder"
local json = require "tests.support.json"
local sandbox = require "tests.support.sandbox"

local null = json.null

local UP = { "format", "ok", "ran", "failed", "remaining", "backup",
  "waited_ms", "total_duration_ms", "error" }
local RAN = { "id", "status", "duration_ms", "effect", "rows" }
local ERROR = { "id", "file", "line", "column", "message", "sql",
  "sqlite_code", "traceback", "state", "hint", "code" }
local STATUS = { "format", "database", "exists", "state", "applied",
  "pending", "current", "migrations", "warnings", "error" }
local ITEM = { "id", "file", "kind", "description", "status", "applied_at",
  "duration_ms", "effect", "checksum" }
local ATTEMPT = { "seq", "id", "action", "outcome", "error", "checksum",
  "started_at", "duration_ms", "runner", "sqlite", "host", "user", "run_id",
  "repeats", "last_at" }

local TIME = "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$"

describe("JSON", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function with(keys, ...)
    local list = { table.unpack(keys) }
    for _, key in ipairs { ... } do
      list[#list + 1] = key
    end
    return list
  end

  -- The object of a run that exits so, and standard error.
  local function ask(status, ...)
    local code, out, err = box:run(...)
    assert.equal(status, code, out .. err)
    local object = json.decode(out)
    assert.equal("format", json.keys(object)[1])
    assert.equal(1, object.format)
    return object, err
  end

  local function story()
    box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
    box:migration("2026_01_02_b", [[
      conn:execute("INSERT INTO a VALUES (1), (2), (3)")]])
    box:migration("2026_01_03_c", "")
  end

  describe("of up", function()
    it("tells what ran", function()
      story()
      local o, err = ask(0, "up", "--json")
      assert.same(UP, json.keys(o))
      assert.is_true(o.ok)
      assert.equal(3, #o.ran)
      for _, ran in ipairs(o.ran) do
        assert.same(RAN, json.keys(ran))
        assert.equal("applied", ran.status)
        assert.truthy(ran.duration_ms > 0 and ran.duration_ms < 60000)
      end
      assert.same({ "2026_01_01_a", "changed", 0 },
        { o.ran[1].id, o.ran[1].effect, o.ran[1].rows })
      assert.same({ "2026_01_02_b", "changed", 3 },
        { o.ran[2].id, o.ran[2].effect, o.ran[2].rows })
      assert.same({ "2026_01_03_c", "no_op", 0 },
        { o.ran[3].id, o.ran[3].effect, o.ran[3].rows })
      assert.same({ null, {}, null, null },
        { o.failed, o.remaining, o.backup, o.error })
      assert.equal("number", type(o.waited_ms))
      assert.truthy(o.total_duration_ms >= o.ran[2].duration_ms)
      -- What is meant for people goes to standard error.
      assert.truthy(err:find("→ 2026_01_01_a\n", 1, true))
      assert.truthy(err:find("✓ 3 migrations applied in ", 1, true))
    end)

    it("tells that there was nothing to do", function()
      story()
      box:up()
      local o, err = ask(0, "up", "--json")
      assert.same(UP, json.keys(o))
      assert.same({ true, {}, null, {}, null },
        { o.ok, o.ran, o.failed, o.remaining, o.error })
      assert.equal("✓ All migrations already applied\n", err)
      o, err = ask(0, "up", "--json", "-q")
      assert.is_true(o.ok)
      assert.equal("", err)
    end)

    it("tells what remains of a run that goes so far", function()
      story()
      local o = ask(0, "up", "1", "--json")
      assert.equal(1, #o.ran)
      assert.same({ "2026_01_02_b", "2026_01_03_c" }, o.remaining)
      o = ask(0, "up", "--to", "2026_01_02_b", "--json")
      assert.same({ "2026_01_03_c" }, o.remaining)
      o = ask(0, "up", "--before", "2026_01_03_c", "--json")
      assert.same({ {}, { "2026_01_03_c" } }, { o.ran, o.remaining })
    end)

    it("has the same keys when a migration fails", function()
      story()
      box:migration("2026_01_02_b", [[
        conn:execute("INSERT INTO a VALUES (1)")
        conn:execute("INSERT INTO nope VALUES (1)")
      ]])
      local o, err = ask(1, "up", "--json")
      assert.same(UP, json.keys(o))
      assert.is_false(o.ok)
      assert.equal("2026_01_01_a", o.ran[1].id)
      assert.equal(1, #o.ran)
      local f = o.failed
      assert.same(with(ERROR, "rolled_back"), json.keys(f))
      assert.same({ "2026_01_02_b", 2, "no such table: nope",
          "INSERT INTO nope VALUES (1)", "SQLITE_ERROR", true, 1 },
        { f.id, f.line, f.message, f.sql, f.sqlite_code, f.rolled_back,
          f.code })
      assert.truthy(f.file:find("2026_01_02_b%.lua$"))
      assert.truthy(f.traceback:find("2026_01_02_b.lua:2:", 1, true))
      assert.truthy(f.state:find("rolled back", 1, true))
      assert.same({ "2026_01_03_c" }, o.remaining)
      assert.equal(null, o.error)
      assert.truthy(err:find("lumigrate: error: no such table: nope", 1,
        true))
    end)

    it("has none that ran when all was one transaction", function()
      story()
      box:migration("2026_01_04_d", [[error("no")]])
      local o = ask(1, "up", "--json", "--transaction", "all")
      assert.same(UP, json.keys(o))
      assert.same({}, o.ran)
      assert.equal("2026_01_04_d", o.failed.id)
      assert.same({ "2026_01_01_a", "2026_01_02_b", "2026_01_03_c" },
        o.remaining)
    end)

    it("has the same keys when words are wrong", function()
      story()
      for _, words in ipairs {
        { "--json", "--bogus" }, { "--bogus", "--json" },
        { "--json", "0" }, { "--json", "1", "2" },
        { "--json", "--timeout", "nan" }, { "--json", "--to" },
        { "--json", "--to", "zz" }, { "--json", "--color", "x" },
        { "--json", "--env-file", "nope" },
      } do
        local o, err = ask(2, "up", table.unpack(words))
        assert.same(UP, json.keys(o))
        assert.same({ false, {}, null, {} },
          { o.ok, o.ran, o.failed, o.remaining })
        assert.same(ERROR, json.keys(o.error))
        assert.equal(2, o.error.code)
        assert.equal("lumigrate: error: " .. o.error.message,
          err:match("^[^\n]*"))
      end
      assert.equal("absent", box:bytes())
    end)

    it("has the same keys when a script does not compile", function()
      box:migration("a", "local = 1")
      local o = ask(2, "up", "--json")
      assert.same(UP, json.keys(o))
      assert.equal(null, o.failed)
      assert.same({ "a", 1, 2 },
        { o.error.id, o.error.line, o.error.code })
      assert.truthy(o.error.message:find("^syntax error: "))
      assert.equal("nothing was changed", o.error.state)
    end)

    it("has the same keys when the database is locked", function()
      story()
      box:sql("CREATE TABLE t (x)")
      local let_go = hold(box, "BEGIN IMMEDIATE")
      local code, out = box:run("up", "--json", "--lock-timeout", "0.05")
      let_go()
      assert.equal(5, code)
      local o = json.decode(out)
      assert.same(UP, json.keys(o))
      assert.same({ false, {}, null }, { o.ok, o.ran, o.failed })
      assert.same(ERROR, json.keys(o.error))
      assert.same({ 5, "SQLITE_BUSY", "nothing was changed" },
        { o.error.code, o.error.sqlite_code, o.error.state })
    end)

    it("says that it was skipped", function()
      local code, out = box:run_env({ LUMIGRATE_SKIP = "1" }, "up",
        "--json")
      local o = json.decode(out)
      assert.equal(0, code)
      assert.is_true(o.ok)
      assert.is_true(o.skipped)
      assert.same({}, o.ran)
    end)
  end)

  describe("of status", function()
    it("lists every migration", function()
      story()
      box:sql_file("2026_01_04_d.sql", "CREATE TABLE d (x);")
      box:up("--before", "2026_01_03_c")
      local o, err = ask(0, "status", "--json")
      assert.equal("", err)
      assert.same(STATUS, json.keys(o))
      assert.same({ "app.db", true, "pending", 2, 2, "2026_01_02_b" },
        { o.database, o.exists, o.state, o.applied, o.pending,
          o.current })
      assert.equal(4, #o.migrations)
      for _, item in ipairs(o.migrations) do
        assert.same(ITEM, json.keys(item))
        assert.truthy(item.checksum:find("^t1:%x+$"))
        assert.equal(67, #item.checksum)
      end
      local a, c, d = o.migrations[1], o.migrations[3], o.migrations[4]
      assert.same({ "2026_01_01_a", "2026_01_01_a.lua", "lua", "applied",
        "changed" }, { a.id, a.file, a.kind, a.status, a.effect })
      assert.truthy(a.applied_at:find(TIME))
      assert.truthy(a.duration_ms > 0)
      assert.same({ "pending", null, null, null },
        { c.status, c.applied_at, c.duration_ms, c.effect })
      assert.same({ "2026_01_04_d", "2026_01_04_d.sql", "sql", "pending" },
        { d.id, d.file, d.kind, d.status })
      assert.same({ {}, null }, { o.warnings, o.error })
    end)

    it("names the database when words are wrong, before and after", function()
      for _, words in ipairs {
        { "--json", "-u", "x.db", "--bogus" }, { "--json", "--bogus",
          "--database", "x.db" }, { "--bogus", "--database=x.db", "--json" },
        { "--bogus", "-ux.db", "--json" }, { "--json", "-u", "x.db", "nope" },
        { "--lock-timeout", "1x", "--url", "x.db", "--json" },
      } do
        for _, command in ipairs { "status", "check", "wait" } do
          local code, out = box:lumigrate(command, table.unpack(words))
          local o = json.decode(out)
          assert.same({ 2, "x.db", 2 }, { code, o.database, o.error.code })
        end
      end
      local _, out = box:lumigrate("status", "--json", "--bogus", "-u")
      assert.equal(null, json.decode(out).database)
      _, out = box:lumigrate("status", "--bogus", "-u",
        "sqlite://me:secret@h/x", "--json")
      assert.equal("sqlite://me:***@h/x", json.decode(out).database)
    end)

    it("names every state of the database", function()
      story()
      local o = ask(0, "status", "--json")
      assert.same({ false, "pending", 0, 3, null },
        { o.exists, o.state, o.applied, o.pending, o.current })
      assert.falsy(box:exists("app.db"))
      box:up()
      assert.equal("current", ask(0, "status", "--json").state)
      box:sh("mv migrations/2026_01_03_c.lua kept")
      o = ask(0, "status", "--json")
      assert.equal("ahead", o.state)
      box:sh("mv kept migrations/2026_01_03_c.lua; " ..
        "rm migrations/2026_01_01_a.lua")
      assert.equal("mismatch", ask(0, "status", "--json").state)
    end)

    it("names every status of a migration", function()
      story()
      box:up("--to", "2026_01_02_b")
      box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE b (x)")]])
      box:sh("rm migrations/2026_01_02_b.lua")
      box:migration("2026_01_01_z", "")
      box:migration("2026_01_03_c", [[error("no")]])
      box:migration("2026_01_05_e", "TRANSACTION = false\n" ..
        [[function upgrade() error("half way") end]])
      box:fails(1, "up")
      box:sh("mv migrations/2026_01_03_c.lua kept")
      box:fails(1, "up")
      box:sh("mv kept migrations/2026_01_03_c.lua")
      -- As it stands when the runner was killed before it could say so.
      box:sql("UPDATE schema_migrations_history SET outcome = 'started' " ..
        "WHERE id = '2026_01_05_e'")
      box:migration("2026_01_00_y", "")
      box:migration("2026_01_06_f", "")
      local seen = {}
      for _, item in ipairs(ask(0, "status", "--json").migrations) do
        seen[item.id] = item.status
      end
      assert.same({
        ["2026_01_00_y"] = "out_of_order",
        ["2026_01_01_a"] = "edited",
        ["2026_01_01_z"] = "applied",
        ["2026_01_02_b"] = "missing",
        ["2026_01_03_c"] = "failed",
        ["2026_01_05_e"] = "partial",
        ["2026_01_06_f"] = "pending",
      }, seen)
    end)

    it("has the same keys when it fails", function()
      story()
      box:write("app.db", ("no database "):rep(20))
      local o = ask(7, "status", "--json")
      assert.same(STATUS, json.keys(o))
      assert.same({ "app.db", null, null, null, null, null, {}, {} },
        { o.database, o.exists, o.state, o.applied, o.pending, o.current,
          o.migrations, o.warnings })
      assert.same(ERROR, json.keys(o.error))
      assert.same({ 7, "SQLITE_NOTADB" },
        { o.error.code, o.error.sqlite_code })
      o = ask(2, "status", "--json", "extra")
      assert.same(STATUS, json.keys(o))
    end)

    it("names the database when it fails, without a password", function()
      for _, command in ipairs { "status", "check" } do
        for given, shown in pairs { ["app.db"] = "app.db",
            ["postgres://me:secret@host/x"] = "postgres://me:***@host/x" } do
          local code, out = box:lumigrate(command, "--json", "--database",
            given, "--migrations", "nowhere")
          assert.equal(2, code)
          assert.equal(shown, json.decode(out).database)
        end
      end
    end)
  end)

  it("of history lists the attempts", function()
    local o = ask(0, "history", "--json")
    assert.same({ "format", "attempts", "error" }, json.keys(o))
    assert.same({}, o.attempts)
    box:migration("a", "")
    box:migration("b", [[error("no")]])
    box:fails(1, "up")
    box:fails(1, "up")
    o = ask(0, "history", "--json")
    assert.equal(2, #o.attempts)
    local a, b = o.attempts[1], o.attempts[2]
    assert.same(ATTEMPT, json.keys(a))
    assert.same({ 1, "a", "up", "done", null, 0, null },
      { a.seq, a.id, a.action, a.outcome, a.error, a.repeats, a.last_at })
    assert.truthy(a.started_at:find(TIME))
    assert.truthy(a.duration_ms > 0)
    assert.truthy(a.runner:find("^lumigrate %d"))
    assert.truthy(a.checksum:find("^t1:%x+$"))
    assert.truthy(#a.run_id > 0 and #a.host > 0 and #a.user > 0)
    assert.same({ "b", "up", "failed", "no", 1 },
      { b.id, b.action, b.outcome, b.error, b.repeats })
    assert.truthy(b.last_at:find(TIME))
    o = ask(2, "history", "--json", "--bogus")
    assert.same({ "format", "attempts", "error" }, json.keys(o))
    assert.same(ERROR, json.keys(o.error))
  end)

  it("of current names the last one", function()
    box:migration("a", "")
    box:migration("b", "")
    local o = ask(0, "current", "--json")
    assert.same({ "format", "current", "error" }, json.keys(o))
    assert.same({ null, null }, { o.current, o.error })
    box:up()
    o = ask(0, "current", "--json")
    assert.same({ "b", null }, { o.current, o.error })
    o = ask(2, "current", "--json", "extra")
    assert.same({ "format", "current", "error" }, json.keys(o))
    assert.same({ null, 2 }, { o.current, o.error.code })
  end)

  it("of new and templates has the same keys when it fails", function()
    local keys = { "format", "ok", "id", "path", "error" }
    local o = ask(0, "new", "x", "--json", "--date", "2026-01-28")
    assert.same(keys, json.keys(o))
    assert.same({ true, "2026_01_28_x", "migrations/2026_01_28_x.lua", null },
      { o.ok, o.id, o.path, o.error })
    o = ask(2, "new", "x", "--json", "--date", "2026-01-28")
    assert.same(keys, json.keys(o))
    assert.same({ false, null, null }, { o.ok, o.id, o.path })
    assert.same(ERROR, json.keys(o.error))

    keys = { "format", "ok", "templates", "error" }
    o = ask(0, "templates", "--json")
    assert.same(keys, json.keys(o))
    assert.same({ true, null }, { o.ok, o.error })
    box:write("migrations/templates/broken.lua", "--@var\n")
    o = ask(2, "templates", "--json")
    assert.same(keys, json.keys(o))
    assert.same({ false, {} }, { o.ok, o.templates })
    assert.same(ERROR, json.keys(o.error))
  end)

  it("of version names three", function()
    local o, err = ask(0, "version", "--json")
    local keys = { "format", "lumigrate", "sqlite", "lua", "error" }
    assert.same(keys, json.keys(o))
    assert.equal(null, o.error)
    assert.truthy(o.lumigrate:find("^%d+%.%d+%.%d+"))
    assert.truthy(o.sqlite:find("^3%.%d+%.%d+$"))
    assert.truthy(o.lua:find("^5%.4%.%d+$"))
    assert.equal("", err)
    o = ask(2, "version", "--json", "extra")
    assert.same(keys, json.keys(o))
    assert.equal(2, o.error.code)
  end)

  it("of env lists the settings", function()
    box:write(".env", "LUMIGRATE_TIMEOUT=5\n")
    local o = ask(0, "env", "--json")
    assert.same({ "format", "settings", "error" }, json.keys(o))
    assert.equal(null, o.error)
    local settings = {}
    for _, setting in ipairs(o.settings) do
      assert.same({ "name", "value", "source", "from" },
        json.keys(setting))
      settings[setting.name] = setting
    end
    assert.same({ name = "database", value = "app.db", source = "option",
      from = "--database" }, settings.database)
    assert.same({ name = "timeout", value = "5", source = "env-file",
      from = "LUMIGRATE_TIMEOUT in .env" }, settings.timeout)
    assert.same({ name = "table", value = "schema_migrations",
      source = "default", from = null }, settings.table)
    o = ask(2, "env", "--json", "--timeout", "nan")
    assert.same({ "format", "settings", "error" }, json.keys(o))
    assert.same({ {}, 2 }, { o.settings, o.error.code })
  end)

  it("is one object even where no command is known", function()
    for _, words in ipairs { { "--json" }, { "--json", "upp" } } do
      local code, out, err = box:lumigrate(table.unpack(words))
      assert.equal(2, code)
      assert.truthy(err:find("^lumigrate: error: "))
      local o = json.decode(out)
      assert.same({ "format", "ok", "error" }, json.keys(o))
      assert.same({ 1, false, 2 }, { o.format, o.ok, o.error.code })
    end
  end)

  describe("--jsonl", function()
    local function events(status, ...)
      local code, out, err = box:run(...)
      assert.equal(status, code, out .. err)
      local list = json.lines(out)
      for _, event in ipairs(list) do
        local keys = json.keys(event)
        assert.same({ "format", "event" }, { keys[1], keys[2] })
        assert.equal(1, event.format)
      end
      return list, err
    end

    local function names(list)
      local seen = {}
      for _, event in ipairs(list) do
        seen[#seen + 1] = event.event .. (event.id and " " .. event.id or "")
      end
      return seen
    end

    it("writes an event a line, in order", function()
      box:migration("a", [[
        if not column_exists("a", "x") then
          conn:execute("CREATE TABLE a (x)")
        end
        print("made", 1)
        log.warn("careful")
        local step = progress(2, "steps")
        step()
        conn:execute("INSERT INTO a VALUES (1), (2)")
      ]])
      box:migration("b", "")
      local list = events(0, "up", "--jsonl")
      local seen = names(list)
      assert.equal("done", seen[#seen])
      local wanted, at = { "discovered", "start a", "guard a",
        "statement a", "print a", "log a", "statement a", "applied a",
        "start b", "applied b", "done" }, 1
      for _, name in ipairs(seen) do
        if name == wanted[at] then
          at = at + 1
        end
      end
      assert.equal(#wanted + 1, at, table.concat(seen, ", "))
      local by = {}
      for _, event in ipairs(list) do
        by[event.event] = by[event.event] or event
      end
      assert.same({ "format", "event", "id", "file", "description" },
        json.keys(by.start))
      assert.truthy(by.start.file:find("a%.lua$"))
      assert.same({ "format", "event", "id", "call", "answer" },
        json.keys(by.guard))
      assert.same({ [[column_exists("a", "x")]], false },
        { by.guard.call, by.guard.answer })
      assert.equal("CREATE TABLE a (x)", by.statement.sql)
      assert.equal("made\t1", (by.print.text:gsub("\n$", "")))
      assert.same({ "warn", "careful" }, { by.log.level, by.log.text })
      assert.same({ "format", "event", "id", "duration_ms", "effect",
        "rows" }, json.keys(by.applied))
      assert.same({ "a", "changed", 2 },
        { by.applied.id, by.applied.effect, by.applied.rows })
      assert.same({ 2, 0, 2 }, { by.discovered.found,
        by.discovered.applied, by.discovered.pending })
      local done = table.move(UP, 2, #UP, 3, { "format", "event" })
      assert.same(done, json.keys(by.done))
      assert.equal(2, #by.done.ran)
    end)

    it("says what failed and ends with done", function()
      box:migration("a", "")
      box:migration("b", [[conn:execute("SELECT 1 FROM nope")]])
      box:migration("c", "")
      local list = events(1, "up", "--jsonl")
      local seen = names(list)
      assert.truthy((" " .. table.concat(seen, " ")):find(
        " start a applied a start b failed b done", 1, true))
      local failed, done = list[#list - 1], list[#list]
      assert.same({ "no such table: nope", true, "SQLITE_ERROR" },
        { failed.message, failed.rolled_back, failed.sqlite_code })
      assert.is_false(done.ok)
      assert.equal("b", done.failed.id)
      assert.same({ "c" }, done.remaining)
    end)

    it("is one line for every other command", function()
      box:migration("a", "")
      for _, command in ipairs { "status", "history", "current", "env",
          "version" } do
        local _, out = box:run(command, "--jsonl")
        local list = json.lines(out)
        assert.equal(1, #list, command)
        assert.equal(1, list[1].format)
      end
    end)

    it("is one line when words are wrong", function()
      local list = events(2, "up", "--jsonl", "--bogus")
      assert.equal(1, #list)
      assert.same({ "done", false, "unknown option --bogus" },
        { list[1].event, list[1].ok, list[1].error.message })
    end)
  end)

  describe("shows bytes that are not UTF-8 as U+FFFD", function()
    it("in what a script prints", function()
      box:migration("a", [[print("a\xff\0z\u{e9}")]])
      local code, out = box:run("up", "--jsonl")
      assert.equal(0, code)
      local found
      for _, event in ipairs(json.lines(out)) do
        if event.event == "print" then
          found = event
        end
      end
      assert.equal("a\u{fffd}\0z\u{e9}", (found.text:gsub("\n$", "")))
      assert.is_true(found.lossy)
    end)

    it("in an error message", function()
      box:migration("a", [[error("bad \xff byte")]])
      local o = ask(1, "up", "--json")
      assert.equal("bad \u{fffd} byte", o.failed.message)
      assert.is_true(o.failed.lossy)
      box:migration("a", [[error("good \u{e9}")]])
      o = ask(1, "up", "--json")
      assert.equal("good é", o.failed.message)
      assert.equal(nil, o.failed.lossy)
    end)

    it("in the name of a file", function()
      box:migration("a", "", "b\xff.lua")
      local o = ask(0, "status", "--json")
      assert.equal("b\u{fffd}.lua", o.migrations[1].file)
      assert.is_true(o.migrations[1].lossy)
    end)

    it("in the name of the database", function()
      box:migration("a", "")
      local code, out = box:lumigrate("status", "--json", "--database",
        "x\xff.db")
      assert.equal(0, code)
      local o = json.decode(out)
      assert.equal("x\u{fffd}.db", o.database)
      assert.is_true(o.lossy)
    end)
  end)

  describe("writes what a script hands it", function()
    -- The lines of up --jsonl with this event in them, as they are.
    local function lines(event, script)
      box:migration("a", script)
      local code, out, err = box:run("up", "--jsonl")
      assert.equal(0, code, err)
      local list = {}
      for line in out:gmatch("[^\n]+") do
        if json.decode(line).event == event then
          list[#list + 1] = line:match('"id":"a",(.*)}$')
        end
      end
      return list
    end

    it("with every character escaped that has to be", function()
      assert.same({ [["text":"\u0000\u0001\u001F \b\t\n\u000B\f\r ]] ..
          [[\"\\/ \u001B[0m ]] .. "\x7f\u{e9}\u{2028}\u{10ffff}\"" },
        lines("print", [[print("\0\1\x1f \b\t\n\v\f\r \"\\/ \27[0m " ..
          "\x7f\u{e9}\u{2028}\u{10ffff}")]]))
    end)

    it("with numbers as short as they can be, and always a fraction",
      function()
        assert.same({
          [["label":"","done":3.0,"total":3.0]],
          [["label":"","done":0.3,"total":0.3]],
          [["label":"","done":1e20,"total":1e20]],
          [["label":"","done":1e-7,"total":1e-7]],
          [["label":"","done":1.5e300,"total":12345678.25]],
          [["label":"","done":9007199254740.0,"total":null]],
        }, lines("progress", [[
          for _, n in ipairs { 3, 0.1 + 0.2, 1e20, 1e-7 } do
            progress(n)(n)
          end
          progress(12345678.25)(1.5e300)
          progress()(9007199254740)
        ]]))
      end)

    it("with null for what is no number", function()
      assert.same({ [["label":"","done":null,"total":3.0]],
          [["label":"","done":null,"total":null]] },
        lines("progress", [[
          progress(3)(1 / 0)
          progress(1 / 0)(1 / 0)
        ]]))
    end)
  end)

  it("is whole or not there at all when memory runs out", function()
    if (os.getenv("SANITIZE") or "") ~= "" then
      pending("the sanitizers must be loaded first")
    end
    box:write("lean.c", [[
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <stdlib.h>

      /* The n-th text that would grow to 1 MiB does not. */
      void *realloc(void *p, size_t size)
      {
          static void *(*real)(void *, size_t);
          static int n;

          if (real == NULL)
              real = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
          if (size == 1 << 20 && ++n == atoi(getenv("LEAN")))
              return NULL;
          return real(p, size);
      }
    ]])
    assert.equal(0, (box:sh("${CC:-cc} -shared -fPIC -o lean.so lean.c")))
    box:sql_file("a.sql", "-- " .. ("x"):rep(700000) .. "\nSELECT 1;")
    box:up()
    local silent, whole, n = 0, false, 0
    repeat
      n = n + 1
      local code, out, err = box:run_env({ LEAN = tostring(n),
        LD_PRELOAD = box:path("lean.so") }, "history", "--show", "a", "--json")
      if out == "" then
        assert.equal(1, code)
        assert.equal("lumigrate: error: standard output: Cannot allocate " ..
          "memory", err:match("^[^\n]*"))
        silent = silent + 1
      else
        local o = json.decode(out)
        assert.equal(code, o.error == null and 0 or o.error.code)
        whole = code == 0
      end
    until whole or n > 20
    assert.is_true(whole)
    -- The answer as it is put together, and as it is spread over lines.
    assert.is_true(silent >= 2)
  end)
end)
