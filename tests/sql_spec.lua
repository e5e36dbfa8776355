-- SPDX-License-Identifier: MIT
-- SQL files as migrations: how they are cut into statements, what is refused
-- before anything runs, and dbmate's marks. Other tools' folders have a spec
-- of their own.
local sandbox = require "tests.support.sandbox"
local look = require "tests.support.look"
local has, first_line = look.has, look.first_line

local box
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

local function ids()
  return box:rows("SELECT id FROM schema_migrations ORDER BY position")
end

-- The file a.sql with this text runs.
local function runs(text, name)
  box:sql_file(name or "a.sql", text)
  return box:up()
end

-- It is refused before anything: exit 2, this sentence, this place.
local function refused(sentence, place, text, name)
  name = name or "a.sql"
  box:migration("0", [[conn:execute("CREATE TABLE never (x)")]])
  box:sql_file(name, text)
  local err, out = box:fails(2, "up")
  assert.equal(sentence, first_line(err))
  has(err, "migrations/" .. name .. (place and ":" .. place or ""))
  has(err, "nothing was changed")
  assert.equal("", out)
  assert.equal("absent", box:bytes())
end

describe("a plain .sql file", function()
  it("is the way up, all of it", function()
    has(runs([[
      CREATE TABLE t (x);
      INSERT INTO t VALUES (1), (2);
      UPDATE t SET x = x + 1;
    ]]), ", 4 rows changed")
    assert.equal(5, box:value("SELECT sum(x) FROM t"))
    assert.same({ "a" }, ids())
    assert.equal("changed",
      box:value("SELECT effect FROM schema_migrations"))
    assert.equal(box:read("migrations/a.sql"),
      box:value("SELECT source FROM schema_migrations_history"))
  end)

  it("is called by its name, and described by its first comment", function()
    runs("\n/* block */\n--\n--- Make t.\n-- More.\nCREATE TABLE t (x);",
      "2026_01_28_make t.v2.sql")
    local row = box:query("SELECT id, description FROM schema_migrations")[1]
    assert.equal("2026_01_28_make t.v2", row.id)
    assert.equal("Make t.", row.description)
  end)

  it("may hold trigger bodies", function()
    runs([[
      CREATE TABLE t (x); CREATE TABLE log (x);
      CREATE TRIGGER a AFTER INSERT ON t BEGIN
        INSERT INTO log VALUES (new.x);
        UPDATE log SET x = CASE WHEN x > 1 THEN 1 ELSE 0 END; -- ; END
        SELECT 'END;', "end" FROM (SELECT 1 AS "end");
      END;
      CREATE TEMP TRIGGER b AFTER DELETE ON t BEGIN SELECT 1; END;
      CREATE VIEW v AS SELECT x FROM t;
      CREATE TRIGGER IF NOT EXISTS c /* ; */ INSTEAD OF INSERT ON v
        WHEN new.x > 0 BEGIN SELECT 1; END;
      CREATE TABLE "trigger" ("begin", "end"); INSERT INTO t VALUES (5)
    ]])
    assert.equal("a c log t trigger v", box:names())
    assert.equal(1, box:value("SELECT x FROM log"))
  end)

  it("may hold semicolons, quotes and comments everywhere", function()
    runs([[
      -- a; comment 'with a quote
      ;;; /* and; "another */ ;
      CREATE TABLE "a;b" ([c;d], `e;f` TEXT DEFAULT 'it''s; fine' /* ; */);
      INSERT INTO "a;b" VALUES ('-- no comment', '/* neither */');
      INSERT INTO "a;b" ([c;d]) VALUES (x'3b'), (';') -- last; one
      ;
      SELECT ';' /* an open star * slash / ; */;
    ]])
    assert.equal(3, box:value('SELECT count(*) FROM "a;b"'))
    assert.equal("it's; fine",
      box:value([[SELECT "e;f" FROM "a;b" WHERE [c;d] = ';']]))
    assert.equal("-- no comment", box:value('SELECT [c;d] FROM "a;b"'))
  end)

  it("may have CRLF, a BOM and no last semicolon", function()
    runs("\u{feff}-- first\r\nCREATE TABLE t (x);\r\n" ..
      "INSERT INTO t VALUES ('a\r\nb');\r\nINSERT INTO t VALUES (2)")
    assert.equal("a\r\nb", box:value("SELECT x FROM t"))
    assert.equal(2, box:value("SELECT count(*) FROM t"))
  end)

  it("may return rows, which nobody reads", function()
    has(runs("CREATE TABLE t (x); INSERT INTO t VALUES (1) RETURNING x;\n" ..
      "SELECT * FROM t; WITH w AS (SELECT 1) INSERT INTO t SELECT * FROM w;" ..
      " PRAGMA table_info(t); EXPLAIN SELECT 1; ANALYZE;"), "rows changed")
    assert.equal(2, box:value("SELECT count(*) FROM t"))
  end)

  for what, text in pairs {
    ["nothing in it"] = "", ["only blanks"] = " \n\t\r\n",
    ["only a BOM"] = "\u{feff}", ["only comments"] = "-- a\n/* b */\n-- c",
    ["only semicolons"] = ";;\n;",
  } do
    it("may have " .. what, function()
      has(runs(text), "(no change)")
      assert.same({ "a" }, ids())
      assert.equal("no_op", box:value("SELECT effect FROM schema_migrations"))
    end)
  end

  it("mixes with scripts in one natural order", function()
    box:sql_file("10_d.sql", "INSERT INTO t VALUES ('d');")
    box:migration("9_c", [[conn:execute("INSERT INTO t VALUES ('c')")]])
    box:sql_file("2_b.sql", "INSERT INTO t VALUES ('b');")
    box:migration("1_a", [[conn:execute("CREATE TABLE t (x)")]])
    box:sql_file("11_e.SQL", "INSERT INTO t VALUES ('no migration');")
    box:up()
    assert.same({ "1_a", "2_b", "9_c", "10_d" }, ids())
    assert.equal("bcd", box:value("SELECT group_concat(x, '') FROM t"))
  end)

  it("is told from a script in status", function()
    runs("SELECT 1;")
    local _, out = box:run("status", "--json")
    assert.truthy(out:match('"kind": *"sql"'), out)
  end)

  it("sees what scripts see: one transaction, nothing temporary stays",
    function()
      box:sql_file("a.sql", "CREATE TABLE t (x); CREATE TEMP TABLE u (x); " ..
        "PRAGMA case_sensitive_like = 1;")
      box:sql_file("b.sql", "CREATE TEMP TABLE u (y); INSERT INTO t " ..
        "SELECT 'a' LIKE 'A'; INSERT INTO t VALUES (nothing);")
      box:fails(1, "up")
      assert.same({ "a" }, ids())
      assert.equal(0, box:value("SELECT count(*) FROM t"))
      box:sql_file("b.sql", "CREATE TEMP TABLE u (y); INSERT INTO t " ..
        "SELECT 'a' LIKE 'A';")
      box:up()
      assert.equal(1, box:value("SELECT x FROM t"))
    end)
end)

describe("a SQL file that is cut off or damaged", function()
  -- What SQLite itself would stop at is found when its turn comes.
  local function fails(sentence, place, text)
    box:migration("0", [[conn:execute("CREATE TABLE before (x)")]])
    box:sql_file("a.sql", text)
    local err = box:fails(1, "up")
    assert.equal(sentence, first_line(err))
    has(err, "migrations/a.sql:" .. place)
    has(err, "the migration was rolled back")
    assert.equal("before", box:names())
    assert.same({ "0" }, ids())
  end

  it("fails: an open quote", function()
    for _, quote in ipairs { "'", '"', "`", "[" } do
      fails("a quote that begins here is never closed", "3:10",
        "CREATE TABLE t (x);\n\n  SELECT " .. quote .. "open;\n\nSELECT 2;")
    end
  end)

  it("is refused: an open comment", function()
    refused("the comment that begins here is never closed", "2:11",
      "SELECT 1;\nSELECT 2; /* and so on;\nSELECT 3;\n")
    refused("the comment that begins here is never closed", "1:1", "/*/")
  end)

  it("fails: a trigger without its END", function()
    fails("the trigger that begins here has no END", "2:3",
      "CREATE TABLE t (x);\n  CREATE TRIGGER g AFTER INSERT ON t BEGIN\n" ..
      "SELECT 1;\nCREATE TABLE u (x);\n")
  end)

  it("is refused: a placeholder, which nobody fills in", function()
    refused("a placeholder stands here, which nobody fills in", "2:14",
      "SELECT '${fine}';\nCREATE TABLE ${name} (x);\n")
  end)

  it("is refused: a NUL byte", function()
    refused("there is a NUL byte in the file", "2:8",
      "SELECT 1;\nSELECT \0 2;\n")
  end)

  it("is refused: UTF-16", function()
    for _, text in ipairs { "\255\254S\0E\0", "\254\255\0S\0E" } do
      refused("the file is UTF-16: save it as UTF-8", nil, text)
    end
  end)

  it("is refused: lines that end in CR alone", function()
    refused("the lines end in CR alone, which ends no comment in SQL: save " ..
      "the file with LF", nil, "-- make t\rCREATE TABLE t (x);\r")
  end)

  it("is refused: a parameter, which nobody binds", function()
    for _, name in ipairs { "?", "?1", ":name", "@name", "$name" } do
      refused("a parameter stands here, and a SQL file has no values for it",
        "2:32", "SELECT ':no';\nSELECT 1; INSERT INTO t VALUES(" .. name ..
        ");\n")
    end
  end)

  it("is refused: a name that can be no ID", function()
    for name, problem in pairs {
      ["a\tb.sql"] = "has a control character in it",
      ["a\255b.sql"] = "is not valid UTF-8",
    } do
      box:sql_file(name, "SELECT 1;")
      assert.equal("the name of the file cannot be an ID: it " .. problem,
        first_line(box:fails(2, "up")))
      assert.equal("absent", box:bytes())
      os.remove(box:path("migrations/" .. name))
    end
  end)
end)

describe("an error in a SQL file", function()
  local function fails(text)
    box:sql_file("a.sql", text)
    local err = box:fails(1, "up")
    assert.equal("", box:names())
    assert.same({}, ids())
    assert.equal(first_line(err), box:value("SELECT error FROM " ..
      "schema_migrations_history ORDER BY seq DESC"))
    return err
  end

  it("is shown with file, line, column and the statement", function()
    local err = fails("-- a\nCREATE TABLE t (x);\n\nINSERT INTO t\n" ..
      "  VALUES (1, nope);\nCREATE TABLE u (x);\n")
    assert.equal("no such column: nope", first_line(err))
    has(err, "  migration  a (migrations/a.sql:5:14)\n")
    assert.truthy(err:match("  SQL line 2 [^\n]*VALUES %(1, nope%);\n" ..
      " +%^\n"), err)
    has(err, "SQLITE_ERROR (1)")
    has(err, "the migration was rolled back")
  end)

  it("counts columns in characters", function()
    has(fails("\u{feff}CREATE TABLE t (x); SELECT 'äöü', nope;\n"),
      "migrations/a.sql:1:35")
  end)

  it("is shown with CRLF as with LF", function()
    has(fails("SELECT 1;\r\n\r\n  SELEC 2;\r\n"), "migrations/a.sql:3:3")
  end)

  it("is at the statement where SQLite gives no place", function()
    local err = fails("CREATE TABLE t (x UNIQUE);\nINSERT INTO t VALUES " ..
      "(1);\n\n  INSERT INTO t VALUES (1);\n")
    assert.equal("UNIQUE constraint failed: t.x", first_line(err))
    has(err, "migrations/a.sql:4:3)")
    has(err, "SQLITE_CONSTRAINT_UNIQUE (2067)")
  end)
end)

describe("transactions in a SQL file", function()
  it("are taken as meant: BEGIN first, COMMIT or END last", function()
    for i, pair in ipairs { { "BEGIN;", "COMMIT;" },
        { "-- x\nbegin transaction ;", "END TRANSACTION" },
        { "BEGIN IMMEDIATE;", "end; -- y" }, { "BEGIN EXCLUSIVE;", "COMMIT" },
        { "/* x */ BEGIN DEFERRED TRANSACTION;", "COMMIT TRANSACTION;;" } } do
      runs(("%s CREATE TABLE t%d (x); %s"):format(pair[1], i, pair[2]),
        i .. ".sql")
    end
    assert.equal("t1 t2 t3 t4 t5", box:names())
    assert.equal(5, #ids())
  end)

  it("are still the runner's: a failure rolls all of it back", function()
    box:sql_file("a.sql", "BEGIN; CREATE TABLE t (x); SELECT nope; COMMIT;")
    box:fails(1, "up")
    assert.equal("", box:names())
  end)

  local SENTENCE = "BEGIN, COMMIT and ROLLBACK are the runner's: only a " ..
    "BEGIN as first and a COMMIT as last statement may stand in the file"
  for text, place in pairs {
    ["BEGIN; CREATE TABLE t (x);"] = "1:1",
    ["CREATE TABLE t (x); COMMIT;"] = "1:21",
    ["CREATE TABLE t (x);\nROLLBACK;\nSELECT 1"] = "2:1",
    ["BEGIN; SELECT 1; COMMIT; SELECT 2;"] = "1:1",
    ["BEGIN; SELECT 1;\nCOMMIT;\nBEGIN; SELECT 2; COMMIT;"] = "2:1",
    ["SELECT 1; BEGIN; SELECT 2; END;"] = "1:11",
    ["BEGIN; SELECT 1; ROLLBACK;"] = "1:1",
    ["begin;\n-- x\nrollback transaction; COMMIT"] = "3:1",
  } do
    it("are refused otherwise: " .. text:gsub("\n", " "), function()
      refused(SENTENCE, place, text)
    end)
  end

  it("do not mean savepoints", function()
    runs([[
      CREATE TABLE t (x);
      SAVEPOINT s; INSERT INTO t VALUES (1); ROLLBACK TO s;
      ROLLBACK TRANSACTION TO SAVEPOINT s; RELEASE s;
    ]])
    assert.equal(0, box:value("SELECT count(*) FROM t"))
  end)
end)

describe("PRAGMA in a SQL file:", function()
  it("foreign_keys around a rebuild is harmless, and left out", function()
    box:sql [[
      CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE c (p REFERENCES p ON DELETE CASCADE);
      INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);
    ]]
    runs([[
      PRAGMA foreign_keys = OFF;
      BEGIN;
      CREATE TABLE p2 (id INTEGER PRIMARY KEY, name);
      INSERT INTO p2 (id) SELECT id FROM p;
      DROP TABLE p;
      ALTER TABLE p2 RENAME TO p;
      COMMIT;
      PRAGMA foreign_keys = ON;
    ]])
    assert.equal(1, box:value("SELECT count(*) FROM c"))
  end)

  it("foreign_keys alone", function()
    runs("PRAGMA foreign_keys=off;\nCREATE TABLE t (x);\n" ..
      "pragma main.foreign_keys(1);\n")
    assert.equal("t", box:names())
  end)

  it("foreign_keys = ON is harmless where none can act", function()
    runs("PRAGMA foreign_keys = ON;\nCREATE TABLE p (id INTEGER PRIMARY " ..
      "KEY);\nCREATE TABLE c (p REFERENCES p ON DELETE CASCADE);\n" ..
      "INSERT INTO c VALUES (1);\nINSERT INTO p VALUES (1);\n")
    assert.equal("c p", box:names())
    box:sql_file("b.sql", "PRAGMA foreign_keys;\nDELETE FROM p;\n" ..
      "DELETE FROM c;\nPRAGMA foreign_keys = 'on';\n")
    box:up()
    assert.equal(0, box:value("SELECT count(*) FROM c"))
  end)

  for statement, pragma in pairs {
    ["DELETE FROM p"] = "PRAGMA foreign_keys = ON",
    ["UPDATE OR IGNORE p SET id = 2"] = "pragma main.Foreign_Keys = true",
    ["REPLACE INTO p VALUES (1)"] = "PRAGMA foreign_keys = 1",
    ["WITH w AS (SELECT 1) DELETE FROM main.\"p\""] =
      "PRAGMA foreign_keys('yes')",
    ["DROP TABLE p"] = "PRAGMA \"foreign_keys\" = on",
  } do
    it("foreign_keys = ON where a key would have to act is an error: " ..
      statement, function()
        local KEYS = "CREATE TABLE p (id INTEGER PRIMARY KEY);\nCREATE " ..
          "TABLE c (p REFERENCES P%s);\nINSERT INTO p VALUES (1);\n" ..
          "INSERT INTO c VALUES (1);"
        box:sql(KEYS:format(" ON DELETE CASCADE ON UPDATE SET NULL"))
        for _, head in ipairs { "SELECT 1;\n",
            "-- migrate:up transaction:false\n" } do
          box:sql_file("a.sql", head .. pragma .. ";\nCREATE TABLE x (y);\n" ..
            statement .. ";\n")
          local err = box:fails(1, "up")
          assert.equal("PRAGMA foreign_keys has no effect in a migration: " ..
            "foreign keys that point to p do not act while it runs",
            first_line(err))
          has(err, "migrations/a.sql:2:1")
          has(err, "write a Lua script with FOREIGN_KEYS = true")
          assert.equal(1, box:value("SELECT count(*) FROM c"))
        end
        -- No key has anything to do: it is as harmless as ever.
        box:sql("DROP TABLE c; DROP TABLE p; DROP TABLE x; " ..
          KEYS:format(""):gsub("INSERT INTO c[^;]*;", ""))
        runs(pragma .. ";\n" .. statement .. ";\n")
      end)
  end

  it("foreign_keys = ON before a rebuild is harmless", function()
    box:sql("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p " ..
      "REFERENCES p ON DELETE CASCADE); INSERT INTO p VALUES (1); " ..
      "INSERT INTO c VALUES (1)")
    runs("PRAGMA foreign_keys = ON;\nCREATE TABLE n (id INTEGER PRIMARY " ..
      "KEY);\nINSERT INTO n SELECT * FROM p;\nDROP TABLE p;\nALTER TABLE n " ..
      "RENAME TO p;\n")
    assert.equal(1, box:value("SELECT count(*) FROM c"))
  end)

  for statement, word in pairs {
    ["PRAGMA journal_mode = WAL"] = "journal_mode",
    ["PRAGMA synchronous = OFF"] = "synchronous",
    ["PRAGMA page_size = 8192"] = "page_size",
  } do
    it("one that does nothing there is an error: " .. statement, function()
      box:sql_file("a.sql", "CREATE TABLE t (x);\n" .. statement .. ";\n")
      local err = box:fails(1, "up")
      assert.truthy(first_line(err):find("PRAGMA " .. word, 1, true), err)
      has(err, "migrations/a.sql:2:1")
      assert.equal("", box:names())
    end)
  end
end)

describe("dbmate's marks", function()
  it("tell up from down", function()
    runs([[
-- migrate:up
CREATE TABLE t (x);
INSERT INTO t VALUES (1);

-- migrate:down
DROP TABLE t;
]], "20260128093000_make_t.sql")
    assert.equal("t", box:names())
    assert.same({ "20260128093000_make_t" }, ids())
    local _, out = box:run("status", "--json")
    assert.truthy(out:match('"kind": *"dbmate"'), out)
  end)

  it("may come several times", function()
    runs("-- A comment.\n\n--migrate:up\nCREATE TABLE a (x);\n" ..
      "-- migrate:down\nDROP TABLE a;\n--  migrate:up\r\n" ..
      "CREATE TABLE b (x);\n-- migrate:down\nDROP TABLE b;\n")
    assert.equal("a b", box:names())
  end)

  it("may leave out the way down, or the way up's statements", function()
    runs("-- migrate:up\nCREATE TABLE a (x);\n", "1.sql")
    runs("-- migrate:up\n\n-- migrate:down\nDROP TABLE a;\n", "2.sql")
    assert.equal("a", box:names())
  end)

  it("with transaction:false run outside a transaction", function()
    box:sql("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(9000)); " ..
      "DELETE FROM t")
    runs("-- migrate:up transaction:false\nVACUUM;\nPRAGMA journal_mode = " ..
      "WAL;\n-- migrate:down\n")
    assert.equal("wal", box:value("PRAGMA journal_mode"))
    assert.same({ { "started", n = 1, outcome = "started" },
      { "done", n = 1, outcome = "done" } },
      box:query("SELECT outcome FROM schema_migrations_history"))
  end)

  it("with transaction:true run inside one", function()
    box:sql_file("a.sql", "-- migrate:up transaction:true\n" ..
      "CREATE TABLE t (x); SELECT nope;\n")
    box:fails(1, "up")
    assert.equal("", box:names())
  end)

  it("refuse SQL before them", function()
    refused("something stands before the first -- migrate:up", "2:1",
      "-- fine\nCREATE TABLE t (x);\n-- migrate:up\nSELECT 1;\n")
    refused("-- migrate:down stands before -- migrate:up", "1:1",
      "-- migrate:down\nDROP TABLE t;\n-- migrate:up\nCREATE TABLE t (x);\n")
  end)

  it("count only as comments of their own line", function()
    runs("CREATE TABLE t (x);\nINSERT INTO t VALUES ('\n-- migrate:down\n" ..
      "'), (1);\n/*\n-- migrate:up\n*/\n" ..
      "-- see -- migrate:down, and migrate:upward\n" ..
      "INSERT INTO t VALUES (2);\n")
    assert.equal(3, box:value("SELECT count(*) FROM t"))
  end)

  it("elsewhere in a line are no marks, and nothing to guess at", function()
    refused("something stands before the first -- migrate:up", "1:1",
      "CREATE TABLE t (x); -- migrate:up\nDROP TABLE t; -- migrate:down\n")
    refused("dbmate sees no mark here: it must begin its line, as " ..
      "-- migrate:up", "1:3", "  -- migrate:up\n  CREATE TABLE t (x);\n" ..
      "  -- migrate:down\n  DROP TABLE t;\n")
    refused("dbmate sees no mark here: it must begin its line, as " ..
      "-- migrate:up", "3:2", "-- migrate:up\nCREATE TABLE t (x);\n" ..
      "\t-- migrate:down\nDROP TABLE t;\n")
  end)

  it("give an error its place in the file", function()
    box:sql_file("a.sql", "-- migrate:up\nCREATE TABLE t (x);\n" ..
      "-- migrate:down\nDROP TABLE t;\n-- migrate:up\nSELECT 1,\n nope;\n")
    has(box:fails(1, "up"), "migrations/a.sql:7:2")
  end)

  it("leave the way down to the day that it is needed", function()
    runs("-- migrate:up\nCREATE TABLE t (x);\n-- migrate:down\n" ..
      "SELECT 'open\n")
    assert.equal("t", box:names())
  end)
end)

describe("a plain folder", function()
  it("may speak of other tools", function()
    runs([[
      CREATE TABLE t (x); -- migrated by a goose
      INSERT INTO t VALUES ('
-- +goose Down
'), ('-- +migrate Down'), ('--> statement-breakpoint'),
      ("-- no-transaction"), ('-- migrate:down');
      /*
-- +goose Down
      */
      SELECT 1 AS "
-- +migrate Down
", '
-- migrate:down
';
    ]], "V_for_vendetta_R__not.up_down.sql")
    assert.equal(5, box:value("SELECT count(*) FROM t"))
  end)

  it("may hold folders of other things", function()
    box:write("migrations/old/1_a.up.sql", "DROP TABLE t;")
    box:write("migrations/old/V1__a.sql", "DROP TABLE t;")
    box:write("migrations/lib/slug.lua", "return 1")
    box:write("migrations/meta/notes.txt", "x")
    runs("CREATE TABLE t (x);")
    assert.equal("t", box:names())
  end)
end)
