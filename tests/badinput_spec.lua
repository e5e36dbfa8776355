-- SPDX-License-Identifier: MIT
-- Bad input gets a clear error: the exact first line, the exit status, and
-- nothing is lost. What fails before BEGIN changes not a byte; what fails
-- after it leaves only its row in the history.
local hold = require "tests.support.holder"
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has

describe("bad input:", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function lacks(text, words)
    assert.falsy(text:find(words, 1, true), words .. "\nis in:\n" .. text)
  end

  local function good(id)
    box:migration(id or "a", ("conn:execute('CREATE TABLE %s (x)')")
      :format(id or "a"))
  end

  -- The first line of standard error, after the exit with this status.
  local function first_line(status, expected, code, out, err)
    assert.equal(status, code, out .. err)
    assert.equal("lumigrate: error: " .. expected, err:match("^[^\n]*"))
    assert.equal("", out)
    return err
  end

  -- up, status, current and history say the same; the file stays as it is.
  local function refused(status, expected, name, ...)
    local before = box:bytes("app.db")
    local err
    for _, command in ipairs { "history", "current", "status", "up" } do
      err = first_line(status, expected,
        box:lumigrate(command, "--database", name, ...))
    end
    assert.equal(before, box:bytes("app.db"))
    assert.equal("", select(2, box:sh("ls | grep -v -e '^migrations$' " ..
      "-e '^app.db$' -e '^lumigrate$' -e '^elsewhere$'")))
    return err
  end

  describe("the name of the database", function()
    before_each(function() good() end)

    it("is missing: both ways to give it are shown", function()
      for _, command in ipairs { "up", "status", "current", "history" } do
        local err = first_line(2, "no database is given",
          box:lumigrate(command))
        has(err, "--database PATH")
        has(err, "DATABASE_URL=PATH")
      end
    end)

    it("is empty", function()
      for _, name in ipairs { "", "file:", "sqlite:", "sqlite3:" } do
        refused(2, "the name of the database is empty", name)
      end
    end)

    it("means memory", function()
      for _, name in ipairs { ":memory:", "sqlite::memory:",
          "file::memory:", "sqlite://:memory:" } do
        local err = refused(2, ("the database %s is in memory: nothing " ..
          "would be kept"):format(name), name)
        has(err, "give the path of a file")
      end
      for _, query in ipairs { "mode=memory", "cache=shared&mode=memory" } do
        refused(2, "the database file:x.db is in memory: nothing would be " ..
          "kept", "file:x.db?" .. query)
      end
    end)

    it("asks for what is not safe", function()
      for _, p in ipairs { "immutable", "nolock", "vfs" } do
        refused(2, ("the database file:app.db is refused: with %s " ..
          "migrations would not be safe"):format(p),
          "file:app.db?cache=private&" .. p .. "=1")
      end
      refused(2, "the database file:app.db is refused: mode=ro asks for " ..
        "reading only", "file:app.db?mode=ro")
    end)

    it("is another engine's: its password is not shown", function()
      for url, engine in pairs {
        ["postgres://user:secret@h/db"] = "postgres",
        ["postgresql+psycopg://user:secret@h:5432/db"] =
          "postgresql+psycopg",
        ["mysql://user:secret@h/db?x=secret"] = "mysql",
        ["libsql://h?authToken=secret"] = "libsql",
      } do
        local err = refused(2, ("the database engine %s is not supported: " ..
          "lumigrate migrates SQLite"):format(engine), url)
        lacks(err, "secret")
        local _, out = box:lumigrate("up", "--json", "--database", url)
        lacks(out, "secret")
      end
    end)

    it("names a host: its password is not shown either", function()
      for _, url in ipairs { "sqlite://user:secret@h/x.db",
          "sqlite://user:se/secret@h/x.db", "sqlite://h/x.db",
          "file://h/x.db" } do
        local err = refused(2, "the database URL names a host: lumigrate " ..
          "migrates files", url)
        lacks(err, "secret")
        has(err, "sqlite:data/app.db is a path from here")
      end
      refused(2, "the database URL names no file", "sqlite://")
    end)

    it("holds a key that is not shown", function()
      local err = refused(2, "the database file:x.db is refused: with vfs " ..
        "migrations would not be safe", "file:x.db?key=secret&vfs=unix-none")
      lacks(err, "secret")
    end)

    it("has a broken escape", function()
      for _, name in ipairs { "file:x%zz.db", "file:x%00.db", "file:x%4" } do
        refused(2, ("the database URL %s has a broken %% escape")
          :format(name), name)
      end
    end)

    it("is absolute where a path from here is there", function()
      box:sh("mkdir elsewhere")
      box:sql("CREATE TABLE t (x)", "elsewhere/app.db")
      local err = refused(2, "the database sqlite:///elsewhere/app.db is " ..
        "the absolute path /elsewhere/app.db, which is not there; " ..
        "elsewhere/app.db is", "sqlite:///elsewhere/app.db")
      has(err, "write sqlite:elsewhere/app.db for the one that is there")
    end)

    it("is good in each of its other forms", function()
      for i, name in ipairs { "app.db", "sqlite:app.db", "sqlite3:app.db",
          "sqlite:./app.db", "sqlite://" .. box.dir .. "/app.db",
          "file:app.db", "file:%61pp.db", "file:app.db?cache=private",
          "file://localhost" .. box.dir .. "/app.db" } do
        good("t" .. i)
        assert.equal(0, (box:lumigrate("up", "--database", name)), name)
      end
      assert.equal(10, box:value("SELECT count(*) FROM schema_migrations"))
      assert.equal("app.db\nmigrations\n", select(2, box:sh("ls")))
    end)
  end)

  describe("the database", function()
    before_each(function() good() end)

    it("is a folder", function()
      refused(2, "the database migrations is a folder, not a file",
        "migrations")
    end)

    it("is a FIFO or a device", function()
      box:sh("mkfifo migrations/.f")
      refused(2, "the database migrations/.f is not a file", "migrations/.f")
      refused(2, "the database /dev/null is not a file", "/dev/null")
    end)

    it("is not a database", function()
      for _, text in ipairs { "Some notes.\n", ("A long text.\n"):rep(900),
          ("\0"):rep(4096), "xy" } do
        box:write("app.db", text)
        local err = refused(7, "the file " .. box.db ..
          " is not a SQLite database", "app.db")
        has(err, "SQLITE_NOTADB (26)")
        has(err, "nothing was changed")
        assert.equal(text, box:read("app.db"))
      end
    end)

    it("is cut off", function()
      box:sql("CREATE TABLE t (x); WITH RECURSIVE n (i) AS (SELECT 1 UNION " ..
        "ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO t SELECT " ..
        "'some text' FROM n; CREATE TABLE schema_migrations (id TEXT)")
      box:sh("head -c 5000 app.db >cut && mv cut app.db")
      local err = refused(7, "the database " .. box.db .. " is damaged",
        "app.db")
      has(err, "SQLITE_CORRUPT")
      has(err, "nothing was changed")
      has(err, "restore a backup")
    end)

    it("is damaged where a migration reads: only that is rolled back",
        function()
      box:up()
      box:sql("PRAGMA journal_mode = delete; CREATE TABLE t (x); " ..
        "INSERT INTO t VALUES (1)")
      local page = box:value("SELECT rootpage FROM sqlite_schema WHERE " ..
        "name = 't'")
      local text = box:read("app.db")
      local size = box:value("PRAGMA page_size")
      box:write("app.db", text:sub(1, (page - 1) * size) ..
        ("\255"):rep(size) .. text:sub(page * size + 1))
      box:migration("b", [[conn:execute("CREATE TABLE b (x)")
        conn:execute("SELECT * FROM t"):fetchall()]])
      local err = box:fails(7, "up")
      assert.equal("lumigrate: error: the database " .. box.db ..
        " is damaged", err:match("^[^\n]*"))
      has(err, "migration  b (migrations/b.lua:2)")
      has(err, "the migration was rolled back")
      assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema " ..
        "WHERE name = 'b'"))
      assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
    end)

    it("is two levels of folders away", function()
      local err = first_line(2, "cannot make the folder no/such for the " ..
        "database: No such file or directory",
        box:lumigrate("up", "--database", "no/such/app.db"))
      has(err, "nothing was changed")
      assert.is_false(box:exists("no"))
    end)

    it("lies below a file", function()
      box:write("file", "x")
      local code = box:lumigrate("up", "--database", "file/app.db")
      assert.equal(2, code)
      assert.equal("x", box:read("file"))
    end)

    it("is not made for a script that does not compile", function()
      box:migration("b", "local = 1")
      box:fails(2, "up")
      local code = box:lumigrate("up", "--database", "data/app.db")
      assert.equal(2, code)
      assert.is_false(box:exists("data"))
      assert.equal("absent", box:bytes())
    end)
  end)

  describe("without the rights to", function()
    local runs

    -- Root may write anywhere: then it is done as somebody who may not.
    before_each(function()
      local prefix = ""
      good()
      box:up()
      good("b")
      if select(2, box:sh("id -u")) == "0\n" then
        prefix = "setpriv --reuid 65534 --regid 65534 --clear-groups "
      end
      box:sh("cp " .. sandbox.quote(sandbox.program) .. " lumigrate; " ..
        "chmod 755 . lumigrate migrations; chmod 644 migrations/*")
      function runs(command, name)
        return box:sh(prefix .. "./lumigrate " .. command ..
          " --database " .. name)
      end
    end)

    local function matches(status, pattern, code, out, err)
      assert.equal(status, code, out .. err)
      local line = err:match("^[^\n]*")
      assert.truthy(line:find("^lumigrate: error: " .. pattern .. "$"), line)
      has(err, "nothing was changed")
      return err
    end

    it("write the file", function()
      box:sh("chmod 444 app.db")
      local before = box:bytes()
      local err = matches(2, "no permission to write the database app%.db: " ..
        "this process is uid %d+, gid %d+; it belongs to uid %d+, gid %d+ " ..
        "and has mode 0444", runs("up", "app.db"))
      has(err, "app.db")
      local code, out = runs("status", "app.db")
      assert.equal(0, code)
      has(out, "✓ a  applied")
      has(out, "· b  pending")
      assert.equal(before, box:bytes())
    end)

    it("write the folder", function()
      box:sh("mkdir closed; cp app.db closed; chmod 666 closed/app.db; " ..
        "chmod 555 closed")
      local before = box:bytes("closed/app.db")
      for _, name in ipairs { "closed/app.db", "closed/new.db" } do
        matches(2, "no permission to write the database's folder closed: " ..
          "this process is uid %d+, gid %d+; it belongs to uid %d+, gid " ..
          "%d+ and has mode 0555", runs("up", name))
      end
      assert.equal(0, (runs("status", "closed/app.db")))
      assert.equal(before, box:bytes("closed/app.db"))
      assert.equal("app.db\n", select(2, box:sh("ls -A closed")))
    end)

    it("read the file", function()
      box:sh("chmod 000 app.db")
      matches(2, "no permission to read the database app%.db: this process " ..
        "is uid %d+, gid %d+; it belongs to uid %d+, gid %d+ and has mode " ..
        "0000", runs("up", "app.db"))
    end)

    it("look into the folder", function()
      box:sh("mkdir closed; cp app.db closed; chmod 000 closed")
      for _, command in ipairs { "up", "status" } do
        local code, out, err = runs(command, "closed/app.db")
        assert.equal(2, code, out)
        assert.truthy(err:find("^lumigrate: error: no permission to enter " ..
          "the folder closed: this process is uid %d+, gid %d+; it " ..
          "belongs to uid %d+, gid %d+ and has mode 0000\n"), err)
        assert.truthy(err:find("\n  hint       ch%a+ [^\n]*closed"), err)
      end
    end)
  end)

  it("a lock that is held for too long: exit 5", function()
    good()
    box:up()
    good("b")
    local before = box:bytes()
    local let_go = hold(box, "BEGIN EXCLUSIVE")
    local results = {}
    for i, command in ipairs { "up", "status", "current", "history" } do
      results[i] = { box:run(command, "--lock-timeout", "0.05") }
    end
    let_go()
    for _, result in ipairs(results) do
      local err = first_line(5, "database is locked",
        table.unpack(result))
      has(err, "SQLITE_BUSY (5)")
      has(err, "another program kept the database locked for longer than " ..
        "the lock timeout of 0.05 s")
    end
    assert.equal(before, box:bytes())
  end)

  describe("a ledger", function()
    before_each(function()
      good()
      box:up()
      box:migration("b", [[conn:execute("CREATE TABLE b (x)")]])
    end)

    local function foreign(sql, expected, command_status)
      box:sql(sql)
      local err = refused(command_status or 4, expected, "app.db")
      has(err, "nothing was changed")
      return err
    end

    it("whose id is a blob", function()
      foreign("UPDATE schema_migrations SET id = x'ff00'",
        "the table schema_migrations holds a row whose id is no text " ..
        "(position 1)")
    end)

    it("whose id holds a NUL", function()
      foreign("UPDATE schema_migrations SET id = 'a' || char(0) || 'b'",
        "the table schema_migrations holds a row whose id is no text " ..
        "(position 1)")
    end)

    it("that is a view", function()
      foreign("DROP TABLE schema_migrations; CREATE VIEW schema_migrations " ..
        "AS SELECT 'a' AS id", "schema_migrations is a view in this " ..
        "database, so no ledger can have its name")
    end)

    it("that is a view, broken or not, whatever reads it", function()
      box:sql("DROP TABLE schema_migrations")
      for _, sql in ipairs { "AS SELECT 'a' AS id", "AS SELECT nowhere" } do
        box:sql("DROP VIEW IF EXISTS schema_migrations; " ..
          "CREATE VIEW schema_migrations " .. sql)
        local before = box:bytes()
        for _, words in ipairs { { "status" }, { "check" }, { "wait" },
            { "up" }, { "down" }, { "redo" }, { "current" }, { "history" },
            { "adopt" }, { "adopt", "--rename" }, { "baseline", "--all" },
            { "dump" }, { "repair", "--accept", "a" } } do
          local err = box:fails(4, table.unpack(words))
          assert.equal("lumigrate: error: schema_migrations is a view in " ..
            "this database, so no ledger can have its name",
            err:match("^[^\n]*"))
          has(err, "--table NAME (LUMIGRATE_TABLE)")
        end
        for _, words in ipairs { {}, { "--from", "schema_migrations" } } do
          has(box:fails(4, "adopt", "--table", "other", table.unpack(words)),
            "schema_migrations is a view, not a table: no tool keeps its " ..
            "ledger so\n")
        end
        assert.equal(before, box:bytes())
      end
    end)

    it("that is another program's", function()
      local err = foreign("DROP TABLE schema_migrations; CREATE TABLE " ..
        "schema_migrations (k, v)", "the table schema_migrations in this " ..
        "database belongs to another program; it was not touched")
      has(err, "--table NAME (LUMIGRATE_TABLE)")
    end)

    it("whose history is another program's", function()
      local err = foreign("DROP TABLE schema_migrations_history; CREATE " ..
        "TABLE schema_migrations_history (seq INTEGER PRIMARY KEY, what)",
        "schema_migrations_history is a table of another program, so the " ..
        "history cannot be kept there; it was not touched")
      has(err, "--table NAME (LUMIGRATE_TABLE)")
    end)

    it("whose history is a view", function()
      foreign("DROP TABLE schema_migrations_history; CREATE VIEW " ..
        "schema_migrations_history AS SELECT 1 AS seq",
        "schema_migrations_history is a view, so the history cannot be " ..
        "kept there; it was not touched")
    end)

    it("that somebody wrote by hand, with all columns, is ours", function()
      box:sql("ALTER TABLE schema_migrations_history RENAME TO h; " ..
        "CREATE TABLE schema_migrations_history (seq INTEGER PRIMARY KEY " ..
        "AUTOINCREMENT, id, action, outcome, error, checksum, source, " ..
        "started_at, duration_ms, runner, sqlite, host, user, run_id, " ..
        "repeats, last_at, note TEXT); DROP TABLE h")
      box:up()
      assert.equal("b", box:value("SELECT id FROM " ..
        "schema_migrations_history"))
    end)

    it("with values that are none still tells what is applied", function()
      for _, sql in ipairs {
        "applied_at = 1.5", "duration_ms = 'soon'", "duration_ms = -5",
        "duration_ms = 9e999", "description = x'00ff'", "effect = 7",
        "position = 'first'", "position = -9e18",
      } do
        box:sql("UPDATE schema_migrations SET " .. sql)
        local out = select(2, box:run("status"))
        has(out, "a  applied")
        has(out, "1 applied, 1 pending\n")
        assert.equal(0, (box:run("status", "--json")))
      end
      box:sql("UPDATE schema_migrations SET checksum = 't1:00'")
      has(select(2, box:run("status")), "a  edited")
      box:up()
      assert.equal(2, box:value("SELECT count(*) FROM schema_migrations"))
    end)

    it("with garbage in its history still tells what it can", function()
      box:sql("INSERT INTO schema_migrations_history (id, action, outcome, " ..
        "error, duration_ms, repeats) VALUES (NULL, NULL, NULL, x'00ff', " ..
        "'x', 'y'), (x'ff', 1, 2.5, char(10), -1, -1); " ..
        "DELETE FROM schema_migrations; DROP TABLE a")
      for _, command in ipairs { "status", "history", "current" } do
        assert.equal(0, (box:run(command)), command)
        assert.equal(0, (box:run(command, "--json")), command)
      end
      box:up()
      assert.equal(2, box:value("SELECT count(*) FROM schema_migrations"))
    end)

    it("whose name cannot be one", function()
      for name, words in pairs {
        [""] = "the name of the ledger's table is empty",
        sqlite_x = "names that begin with sqlite_ belong to SQLite: sqlite_x",
      } do
        refused(2, words, "app.db", "--table", name)
      end
    end)
  end)

  describe("a script that cannot be read", function()
    -- Before the first one begins: with a database and without.
    local function rejected(text, expected, place)
      box:migration("0_good", [[conn:execute("CREATE TABLE good (x)")]])
      box:write("migrations/a.lua", text)
      box:sh("rm -f app.db")
      local err = first_line(2, expected, box:run("up"))
      has(err, place)
      has(err, "nothing was changed")
      assert.equal("absent", box:bytes())
      box:sql("CREATE TABLE mine (x)")
      local before = box:bytes()
      first_line(2, expected, box:run("up"))
      assert.equal(before, box:bytes())
      return err
    end

    it("has a syntax error: file, line, text", function()
      rejected("MIGRATION_ID = 'a'\nfunction upgrade()\n  x = = 1\nend\n",
        "syntax error: unexpected symbol near '='",
        "migration  a (migrations/a.lua:3)")
      rejected("MIGRATION_ID = 'a'\nfunction upgrade()\n  if x then\n",
        "syntax error: 'end' expected (to close 'if' at line 3) near <eof>",
        "migration  a (migrations/a.lua:4)")
      has(rejected("MIGRATION_ID = 'a'\nfunction upgrade()\nen\n",
        "syntax error: near <eof>", "migration  a (migrations/a.lua:4)"),
        "\n  hint       correct the script: all that are pending are " ..
        "compiled before the first one runs\n")
      rejected("MIGRATION_ID = 'a'\n\nfunction upgrade() x() + 1 end\n",
        "syntax error: unexpected symbol near '+'",
        "migration  a (migrations/a.lua:3)")
    end)

    it("is damaged", function()
      for _, text in ipairs { "MIGRATION_ID = 'a'\nx = 'b\0'\n",
          "MIGRATION_ID = 'a'\n\0", "\0", "\27Lua" .. ("\0"):rep(40) } do
        rejected(text .. "\nfunction upgrade() end\n",
          "there is a NUL byte in the script: the file is damaged, or not " ..
          "UTF-8", "file       migrations/a.lua\n")
      end
    end)

    it("has no ID, or one that cannot be", function()
      local err = rejected("function upgrade() end",
        "a.lua sets no MIGRATION_ID", "file       migrations/a.lua\n")
      has(err, 'add the line: MIGRATION_ID = "a"')
      rejected("", "a.lua sets no MIGRATION_ID",
        "file       migrations/a.lua\n")
      for literal, words in pairs {
        ['""'] = "is empty", ['"a/b"'] = "has a slash in it",
        ['"a\\nb"'] = "has a control character in it",
        ['"\\xff"'] = "is not valid UTF-8",
      } do
        rejected("MIGRATION_ID = " .. literal .. "\nfunction upgrade() end",
          "the MIGRATION_ID of a.lua " .. words,
          "file       migrations/a.lua\n")
      end
      for _, value in ipairs { "1", "x .. y", "nil", "true", "f()" } do
        rejected("\nMIGRATION_ID = " .. value .. "\nfunction upgrade() end",
          "MIGRATION_ID must be one string literal",
          "file       migrations/a.lua:2:1\n")
      end
    end)

    it("has the ID of another", function()
      local err = rejected("MIGRATION_ID = '0_good'\nfunction upgrade() end",
        "two migrations have the ID 0_good: 0_good.lua and a.lua", "")
      has(err, "give one of them another ID")
    end)
  end)

  describe("a migration that fails", function()
    -- Rolled back, with its row in the history and no other.
    local function fails(body, expected, line, text)
      box:sh("rm -f app.db")
      box:migration("0_good", [[conn:execute("CREATE TABLE good (x)")]])
      box:up("1")
      box:migration("a", "conn:execute('CREATE TABLE work (x)')\n" .. body)
      local code, out, err = box:run("up")
      assert.equal(1, code, out .. err)
      assert.equal("lumigrate: error: " .. expected, err:match("^[^\n]*"))
      has(err, ("  migration  a (migrations/a.lua:%d)\n"):format(line or 2))
      has(err, "the migration was rolled back")
      has(out, "  ✗ failed after ")
      local rows = box:query("SELECT id, action, outcome, error, repeats " ..
        "FROM schema_migrations_history ORDER BY seq")
      assert.equal(2, #rows)
      local row = rows[2]
      assert.same({ "a", "up", "failed", text or expected, 0 },
        { row.id, row.action, row.outcome, row.error, row.repeats })
      assert.equal("0_good",
        box:value("SELECT group_concat(id) FROM schema_migrations"))
      assert.equal("good", box:value("SELECT group_concat(name) FROM " ..
        "sqlite_schema WHERE type = 'table' AND name NOT LIKE 'schema_%'"))
      return err
    end

    it("with a text", function()
      local err = fails([[error("so it is")]], "so it is")
      has(err, "  traceback  ")
      has(err, "migrations/a.lua:2: in ")
      fails([[error("no place", 0)]], "no place")
      fails([[error(42)]], "42")
    end)

    it("with a table, nil or nothing at all", function()
      fails([[error({ code = 1 })]], "error object is a table value")
      fails([[error(nil)]], "error object is a nil value")
      fails([[error()]], "error object is a nil value")
      fails([[error(true)]], "error object is a boolean value")
      fails([[error(print)]], "error object is a function value")
      fails([[error(setmetatable({}, { __tostring = function()
        return "as it says" end }))]], "as it says")
    end)

    it("in Lua", function()
      fails([[local t; t.x = 1]], "attempt to index a nil value (local 't')")
      fails("\n\nnope()", "attempt to call a nil value (global 'nope')", 4)
    end)

    it("in SQL, with a caret under the fault", function()
      local err = fails([[conn:execute("SELECT 1 FRM work")]],
        'near "work": syntax error')
      has(err, "  SQL        SELECT 1 FRM work\n" ..
               "                          ^\n" ..
               "  SQLite     SQLITE_ERROR (1)\n")
      err = fails([[conn:execute("INSERT INTO nope VALUES (1)")]],
        "no such table: nope")
      has(err, "  SQL        INSERT INTO nope VALUES (1)\n")
      err = fails([[conn:execute("CREATE TABLE u (x UNIQUE)")
        conn:execute("INSERT INTO u VALUES (1), (1)")]],
        "UNIQUE constraint failed: u.x", 3)
      has(err, "SQLITE_CONSTRAINT_UNIQUE (2067)")
    end)

    it("again: the same failure is counted, not repeated", function()
      fails([[error("no")]], "no")
      box:fails(1, "up")
      box:fails(1, "up")
      local rows = box:query("SELECT repeats FROM " ..
        "schema_migrations_history WHERE id = 'a'")
      assert.equal(1, #rows)
      assert.equal(2, rows[1].repeats)
    end)

    it("keeps what was applied before it", function()
      for _, id in ipairs { "a", "b", "d" } do
        good(id)
      end
      box:migration("c", [[conn:execute("CREATE TABLE c (x)") error("no")]])
      local err = box:fails(1, "up")
      has(err, "2 migrations applied before it stay applied")
      assert.equal("a,b", box:value("SELECT group_concat(name) FROM " ..
        "sqlite_schema WHERE type = 'table' AND name NOT LIKE 'schema_%'"))
      box:migration("c", [[conn:execute("CREATE TABLE c (x)")]])
      box:up()
      assert.equal(4, box:value("SELECT count(*) FROM schema_migrations"))
    end)

    it("has no upgrade function", function()
      box:migration("a", "function downgrade() end\nupgrade = nil")
      local err = box:fails(1, "up")
      assert.equal("lumigrate: error: the script has no function upgrade",
        err:match("^[^\n]*"))
      box:migration("a", "upgrade = 1")
      err = box:fails(1, "up")
      assert.equal("lumigrate: error: upgrade is a number, not a function",
        err:match("^[^\n]*"))
    end)
  end)
end)
