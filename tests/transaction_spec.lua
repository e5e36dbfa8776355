-- SPDX-License-Identifier: MIT
-- One migration, one transaction: its work and its ledger row are committed
-- together or neither is there, and nothing of it reaches the next.
local sandbox = require "tests.support.sandbox"
local look = require "tests.support.look"
local has = look.has

local box
local function first_line(err)
  return err:match("^lumigrate: error: ([^\n]*)")
end

local function one(id, body)
  box:migration(id, body)
end

local function ledger()
  local list = {}
  for i, row in ipairs(box:query("SELECT id FROM schema_migrations " ..
      "ORDER BY position")) do
    list[i] = row.id
  end
  return list
end

local function history()
  local list = {}
  for i, row in ipairs(box:query("SELECT id, outcome FROM " ..
      "schema_migrations_history ORDER BY seq")) do
    list[i] = row.id .. " " .. row.outcome
  end
  return list
end

-- Everything but the runner's tables: schema, rows, and what is in the
-- header.
local function content()
  local _, out = box:sh("sqlite3 -init /dev/null app.db .dump " ..
    "'PRAGMA user_version' 'PRAGMA application_id' 2>&1")
  return (out
    :gsub('CREATE TABLE[%u ]* "?schema_migrations[%w_]*"? %b();\n', "")
    :gsub("INSERT INTO schema_migrations[^\n]*\n", ""))
end

-- up must exit 1 with this sentence; the database is as it was, the ledger
-- has no row and the history one.
local function fails(sentence, ...)
  local before = content()
  local err = box:fails(1, "up", ...)
  assert.equal(sentence, first_line(err))
  assert.equal(before, content())
  assert.same({}, ledger())
  local rows = box:query("SELECT * FROM schema_migrations_history")
  assert.equal(1, #rows)
  assert.equal("up", rows[1].action)
  assert.equal("failed", rows[1].outcome)
  assert.equal(sentence, rows[1].error)
  return err
end

local function effect()
  return box:value("SELECT effect FROM schema_migrations")
end

before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

describe("a migration that fails", function()
  it("leaves nothing but its row in the history", function()
    box:sql("CREATE TABLE old (x); INSERT INTO old VALUES (1)")
    one("a", [[
      conn:execute("CREATE TABLE t (x)")
      conn:execute("INSERT INTO t VALUES (1)")
      conn:execute("UPDATE old SET x = 2")
      conn:execute("PRAGMA user_version = 7")
      conn:execute("PRAGMA application_id = 8")
      error("enough")
    ]])
    local err = fails("enough")
    has(err, "  migration  a (migrations/a.lua:6)\n")
    has(err, "  state      the migration was rolled back\n")
  end)

  it("keeps what was applied before it, and stops the run", function()
    one("a", [[conn:execute("CREATE TABLE a (x)")]])
    one("b", [[conn:execute("CREATE TABLE b (x)") error("no")]])
    one("c", [[conn:execute("CREATE TABLE c (x)")]])
    has(box:fails(1, "up"), "  state      the migration was rolled back; " ..
      "1 migration applied before it stays applied\n")
    assert.same({ "a" }, ledger())
    assert.same({ "a done", "b failed" }, history())
    assert.same({ { "a", n = 1, name = "a" } }, box:query("SELECT name " ..
      "FROM sqlite_schema WHERE length(name) = 1"))
    one("b", [[conn:execute("CREATE TABLE b (x)")]])
    box:up()
    assert.same({ "a", "b", "c" }, ledger())
  end)

  it("is counted, not recorded again, while it fails in the same way",
    function()
      one("a", [[error("one")]])
      for _ = 1, 3 do box:fails(1, "up") end
      local row = box:query("SELECT * FROM schema_migrations_history")
      assert.equal(1, #row)
      assert.equal(2, row[1].repeats)
      assert.truthy(row[1].last_at:match("^%d+-%d+-%d+T[%d:.]+Z$"))
      assert.is_true(row[1].last_at >= row[1].started_at)
      -- Another text, another failure.
      one("a", [[error("two")]])
      box:fails(1, "up")
      -- The same text, failing otherwise.
      one("a", [[
        error("v" .. conn:execute("PRAGMA user_version"):fetchone()[1])
      ]])
      box:fails(1, "up")
      box:sql("PRAGMA user_version = 5")
      box:fails(1, "up")
      row = box:query("SELECT error, repeats, source FROM " ..
        "schema_migrations_history ORDER BY seq")
      assert.equal(4, #row)
      assert.same({ "one", "two", "v0", "v5" }, { row[1].error, row[2].error,
        row[3].error, row[4].error })
      -- A text is kept once.
      assert.is_string(row[3].source)
      assert.is_nil(row[4].source)
      assert.same({ 2, 0, 0, 0 }, { row[1].repeats, row[2].repeats,
        row[3].repeats, row[4].repeats })
    end)

  it("is failed in status until it is applied", function()
    one("a", [[error("no")]])
    box:fails(1, "up")
    local _, out = box:run("status")
    assert.truthy(out:match("a +failed"), out)
    has(out, "1 failed")
    one("a", "")
    box:up()
    out = select(2, box:run("status"))
    has(out, "1 applied, 0 pending\n")
    assert.same({ "a failed", "a done" }, history())
  end)

  it("reports any kind of error value", function()
    for text, value in pairs {
      ["error object is a nil value"] = "nil",
      ["error object is a boolean value"] = "true",
      ["told by message"] = "{ message = 'told by message' }",
      ["told by tostring"] = "setmetatable({}, { __tostring = " ..
        "function() return 'told by tostring' end })",
    } do
      one("a", "error(" .. value .. ")")
      assert.equal(text, first_line(box:fails(1, "up")))
    end
  end)
end)

describe("a migration that succeeds", function()
  it("has its row in the same commit", function()
    one("a", [[conn:execute("CREATE TABLE t (x)") ]] ..
      [[conn:execute("INSERT INTO t VALUES (1), (2)")]])
    box:up()
    local row = box:query("SELECT * FROM schema_migrations")[1]
    assert.equal("a", row.id)
    assert.equal(1, row.position)
    assert.equal("changed", row.effect)
    assert.truthy(row.applied_at:match(
      "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$"))
    assert.truthy(row.checksum:match("^t1:%x+$"))
    assert.equal(67, #row.checksum)
    assert.is_true(row.duration_ms > 0)
    local past = box:query("SELECT * FROM schema_migrations_history")[1]
    assert.equal("done", past.outcome)
    assert.equal(row.checksum, past.checksum)
    assert.equal(box:read("migrations/a.lua"), past.source)
  end)

  it("may be killed by nothing it catches: a constraint", function()
    one("a", [[
      conn:execute("CREATE TABLE t (x UNIQUE, y NOT NULL, CHECK (x < 9))")
      conn:execute("INSERT INTO t VALUES (1, 1)")
      for _, values in ipairs { "1, 1", "2, NULL", "9, 1" } do
        assert(not pcall(conn.execute, conn,
          "INSERT INTO t VALUES (" .. values .. ")"))
      end
      conn:execute("INSERT OR IGNORE INTO t VALUES (1, 1)")
      conn:execute("INSERT INTO t VALUES (3, 3)")
    ]])
    has(box:up(), ", 2 rows changed")
    assert.equal(2, box:value("SELECT count(*) FROM t"))
  end)
end)

describe("the runner's transaction", function()
  local refused = "%s is not allowed in a migration: the runner's " ..
    "transaction is around it (see TRANSACTION = false)"

  for statement, word in pairs {
    ["BEGIN"] = "BEGIN", ["begin immediate"] = "BEGIN",
    ["BEGIN EXCLUSIVE TRANSACTION"] = "BEGIN", ["COMMIT"] = "COMMIT",
    ["/* x */ commit"] = "COMMIT", ["END"] = "COMMIT",
    ["END TRANSACTION"] = "COMMIT", ["ROLLBACK"] = "ROLLBACK",
    ["ROLLBACK TRANSACTION"] = "ROLLBACK",
  } do
    it("refuses " .. statement, function()
      one("a", [[conn:execute("CREATE TABLE t (x)") conn:execute("]] ..
        statement .. [[")]])
      fails(refused:format(word))
    end)
  end

  it("refuses them in executescript too", function()
    one("a", [[conn:cursor():executescript(
      "CREATE TABLE t (x); COMMIT; CREATE TABLE u (x)")]])
    fails(refused:format("COMMIT"))
  end)

  it("stays when a script catches the refusal", function()
    one("a", [[
      conn:execute("CREATE TABLE t (x)")
      for _, sql in ipairs { "COMMIT", "ROLLBACK", "BEGIN", "END" } do
        assert(not pcall(conn.execute, conn, sql))
      end
      error("after all")
    ]])
    fails("after all")
  end)

  it("holds while a cursor is still reading", function()
    one("a", [[
      conn:execute("CREATE TABLE t (x)")
      conn:execute("INSERT INTO t VALUES (1), (2), (3)")
      local reader = conn:execute("SELECT x FROM t")
      reader:fetchone()
    ]])
    box:up()
    assert.equal(3, box:value("SELECT count(*) FROM t"))
  end)
end)

describe("savepoints", function()
  it("pair", function()
    one("a", [[
      conn:execute("CREATE TABLE t (x)")
      conn:execute("SAVEPOINT one")
      conn:execute("INSERT INTO t VALUES (1)")
      conn:execute("SAVEPOINT two")
      conn:execute("INSERT INTO t VALUES (2)")
      conn:execute("ROLLBACK TO two")
      conn:execute("RELEASE two")
      conn:execute("SAVEPOINT three")
      conn:execute("INSERT INTO t VALUES (3)")
      conn:execute("RELEASE SAVEPOINT ONE")
    ]])
    has(box:up(), ", 2 rows changed")
    assert.same({ { 1, n = 1, x = 1 }, { 3, n = 1, x = 3 } },
      box:query("SELECT x FROM t"))
  end)

  it("left open fail", function()
    one("a", [[
      conn:execute("SAVEPOINT first")
      conn:execute("CREATE TABLE t (x)")
      conn:execute("SAVEPOINT second")
      conn:execute("RELEASE second")
    ]])
    fails("the savepoint first was left open: every SAVEPOINT needs its " ..
      "RELEASE")
  end)

  it("only rolled back to are left open as well", function()
    one("a", [[
      conn:execute("SAVEPOINT s")
      conn:execute("CREATE TABLE t (x)")
      conn:execute("ROLLBACK TO s")
    ]])
    fails("the savepoint s was left open: every SAVEPOINT needs its RELEASE")
  end)

  for _, statement in ipairs { "RELEASE nope", "ROLLBACK TO nope" } do
    it("of an unknown name are refused: " .. statement, function()
      one("a", ([[
        conn:execute("CREATE TABLE t (x)")
        conn:execute("SAVEPOINT s")
        conn:execute("RELEASE s")
        conn:execute("%s")
      ]]):format(statement))
      fails("no such savepoint of this migration: nope")
    end)
  end

  it("cannot be released twice", function()
    one("a", [[
      conn:execute("SAVEPOINT s")
      conn:execute("RELEASE s")
      conn:execute("RELEASE SAVEPOINT s")
    ]])
    fails("no such savepoint of this migration: s")
  end)

  it("by conn:savepoint undo only what an error was raised in", function()
    one("a", [[
      conn:execute("CREATE TABLE t (x)")
      local ok, err = pcall(conn.savepoint, conn, function()
        conn:execute("INSERT INTO t VALUES (1)")
        error("undo")
      end)
      assert(not ok and err:find("undo"))
      conn:savepoint(function()
        conn:execute("INSERT INTO t VALUES (2)")
        conn:savepoint(function() conn:execute("INSERT INTO t VALUES (3)") end)
      end)
    ]])
    has(box:up(), ", 2 rows changed")
    assert.equal(5, box:value("SELECT sum(x) FROM t"))
  end)
end)

describe("a transaction that SQLite ended", function()
  local function latched(setup, statement, reason)
    local sentence = "the transaction was rolled back by SQLite: " .. reason
    local body = ([[
      conn:execute("CREATE TABLE other (x)")
      %s
      local lost = pcall(conn.execute, conn, %q)
      assert(not lost)
      for _, sql in ipairs { "SELECT 1", "CREATE TABLE late (x)",
          "INSERT INTO late VALUES (1)", "SAVEPOINT s" } do
        local ok, err = pcall(conn.execute, conn, sql)
        assert(not ok, sql)
        print(err:match(": (.*)"))
      end
    ]]):format(setup, statement)
    one("a", body)
    one("b", [[conn:execute("CREATE TABLE b (x)")]])
    local before = content()
    local status, out, err = box:run("up")
    assert.equal(1, status)
    assert.equal(sentence, first_line(err))
    local _, n = out:gsub("\n    " .. sentence:gsub("%p", "%%%0"), "")
    assert.equal(4, n, out)
    assert.equal(before, content())
    assert.same({}, ledger())
    assert.same({ "a failed" }, history())
  end

  it("by OR ROLLBACK is lost, and no pcall hides it", function()
    latched([[conn:execute("CREATE TABLE t (x UNIQUE)")
      conn:execute("INSERT INTO t VALUES (1)")]],
      "INSERT OR ROLLBACK INTO t VALUES (1)", "UNIQUE constraint failed: t.x")
  end)

  it("by a table's ON CONFLICT ROLLBACK", function()
    latched([[conn:execute(
      "CREATE TABLE t (x UNIQUE ON CONFLICT ROLLBACK)")
      conn:execute("INSERT INTO t VALUES (1)")]],
      "INSERT INTO t VALUES (1)", "UNIQUE constraint failed: t.x")
  end)

  it("by RAISE(ROLLBACK) in a trigger", function()
    latched([[conn:execute("CREATE TABLE t (x)")
      conn:execute("CREATE TRIGGER g BEFORE INSERT ON t BEGIN " ..
        "SELECT RAISE(ROLLBACK, 'go away'); END")]],
      "INSERT INTO t VALUES (1)", "go away")
  end)

  it("inside conn:savepoint", function()
    one("a", [[
      conn:execute("CREATE TABLE t (x UNIQUE)")
      pcall(conn.savepoint, conn, function()
        conn:execute("INSERT INTO t VALUES (1)")
        conn:execute("INSERT OR ROLLBACK INTO t VALUES (1)")
      end)
    ]])
    fails("the transaction was rolled back by SQLite: UNIQUE constraint " ..
      "failed: t.x")
  end)

  it("in a .sql file", function()
    box:sql_file("a.sql", "CREATE TABLE t (x UNIQUE);\n" ..
      "INSERT INTO t VALUES (1);\nINSERT OR ROLLBACK INTO t VALUES (1);\n" ..
      "CREATE TABLE late (x);\n")
    local before = content()
    box:fails(1, "up")
    assert.equal(before, content())
    assert.same({}, ledger())
  end)
end)

describe("foreign keys", function()
  local FAMILY = [[
    CREATE TABLE p (id INTEGER PRIMARY KEY);
    CREATE TABLE c (id INTEGER PRIMARY KEY,
      p REFERENCES p ON DELETE CASCADE, q REFERENCES p ON DELETE SET NULL);
    INSERT INTO p VALUES (1), (2), (3);
    INSERT INTO c VALUES (1, 1, 1), (2, 2, 2);
  ]]

  it("are off while a script runs, so that nothing cascades", function()
    box:sql(FAMILY)
    one("a", [[
      conn:execute("DELETE FROM p WHERE id = 1")
      local n = conn:execute("SELECT count(*) FROM c"):fetchone()[1]
      assert(n == 2, n)
      assert(conn:execute("PRAGMA foreign_keys"):fetchone()[1] == 0)
      conn:execute("INSERT INTO p VALUES (1)")
    ]])
    box:up()
    assert.equal(2, box:value("SELECT count(*) FROM c WHERE p = q"))
  end)

  it("broken anew refuse the commit and name the table", function()
    box:sql(FAMILY)
    one("a", [[conn:execute("DELETE FROM p WHERE id = 1")]])
    local err = fails("foreign key violated: row 1 of c points to no row of p")
    has(err, "PRAGMA foreign_key_check(c)")
    has(err, "FOREIGN_KEYS = true")
  end)

  it("broken by a table that is dropped, or made", function()
    box:sql(FAMILY)
    one("a", [[conn:execute("DROP TABLE p")]])
    fails("foreign key violated: row 1 of c points to no row of p")
    one("a", [[
      conn:execute("CREATE TABLE d (x REFERENCES nowhere)")
      conn:execute("INSERT INTO d VALUES (NULL), (1)")
    ]])
    assert.equal("foreign key violated: row 2 of d points to no row of " ..
      "nowhere", first_line(box:fails(1, "up")))
  end)

  it("broken anew in a WITHOUT ROWID table", function()
    box:sql("CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (id INTEGER " ..
      "PRIMARY KEY, p REFERENCES p) WITHOUT ROWID")
    one("a", [[conn:execute("INSERT INTO c VALUES (1, 1)")]])
    fails("foreign key violated: a row of c points to no row of p")
  end)

  describe("that were broken before", function()
    before_each(function()
      box:sql(FAMILY .. [[
        INSERT INTO c VALUES (3, 99, 2), (4, 98, NULL);
        CREATE TABLE r (p REFERENCES p, note);
        INSERT INTO r VALUES (1, 'gap'), (97, 'x'), (97, 'y'), (2, 'z');
        DELETE FROM r WHERE note = 'gap';
        CREATE TABLE w (k INTEGER PRIMARY KEY, p REFERENCES p) WITHOUT ROWID;
        INSERT INTO w VALUES (1, 1), (2, 96), (3, 95);
      ]])
    end)

    local function accepts(body)
      one("a", body)
      box:up()
    end

    it("do not count", function()
      accepts [[
        for _, table in ipairs { "c", "w" } do
          conn:execute("UPDATE " .. table .. " SET p = p")
        end
        conn:execute("UPDATE r SET note = note || '!'")
        conn:execute("INSERT INTO p VALUES (10)")
        conn:execute("INSERT INTO c VALUES (10, 10, 10)")
        conn:execute("INSERT INTO w VALUES (0, 1)")
        conn:execute("INSERT INTO r VALUES (1, 'new')")
      ]]
    end)

    it("nor when their rows get other rowids and keys", function()
      accepts [[
        conn:execute("UPDATE c SET id = id + 100")
        conn:execute("UPDATE w SET k = k + 100")
        conn:execute("UPDATE r SET rowid = rowid + 100")
      ]]
    end)

    it("nor after a rebuild that numbers rows anew", function()
      accepts [[
        conn:execute("CREATE TABLE r2 (note, p REFERENCES p, more)")
        conn:execute("INSERT INTO r2 (note, p) SELECT note, p FROM r")
        conn:execute("DROP TABLE r")
        conn:execute("ALTER TABLE r2 RENAME TO r")
      ]]
      assert.equal(1, box:value("SELECT min(rowid) FROM r"))
    end)

    it("nor after a rebuild of WITHOUT ROWID into a rowid table", function()
      accepts [[
        conn:execute("CREATE TABLE w2 (k INTEGER PRIMARY KEY, " ..
          "p REFERENCES p)")
        conn:execute("INSERT INTO w2 SELECT k, p FROM w")
        conn:execute("DROP TABLE w")
        conn:execute("ALTER TABLE w2 RENAME TO w")
      ]]
    end)

    it("nor when table, column or parent get another name", function()
      accepts [[
        conn:execute("ALTER TABLE r RENAME TO renamed")
        conn:execute("ALTER TABLE c RENAME p TO parent")
        conn:execute("ALTER TABLE p RENAME TO elders")
        conn:execute("UPDATE w SET p = p")
        conn:execute("UPDATE c SET id = id")
        conn:execute("UPDATE renamed SET note = NULL")
      ]]
    end)

    it("nor when the parent is rebuilt", function()
      accepts [[
        conn:execute("CREATE TABLE p2 (id INTEGER PRIMARY KEY, name)")
        conn:execute("INSERT INTO p2 SELECT id, NULL FROM p")
        conn:execute("DROP TABLE p")
        conn:execute("ALTER TABLE p2 RENAME TO p")
      ]]
    end)

    local function refuses(body, sentence)
      one("a", body)
      fails("foreign key violated: " .. sentence)
    end

    it("do not hide another row with the same value", function()
      refuses([[conn:execute("INSERT INTO r VALUES (97, 'third')")]],
        "row 5 of r points to no row of p")
    end)

    it("do not hide another key of the same row", function()
      refuses([[conn:execute("UPDATE c SET q = 77 WHERE id = 3")]],
        "row 3 of c points to no row of p")
    end)

    it("do not make up for one that is broken instead", function()
      refuses([[
        conn:execute("DELETE FROM w WHERE k = 2")
        conn:execute("INSERT INTO w VALUES (2, 94)")
      ]], "a row of w points to no row of p")
    end)

    it("do not hide what a rebuild breaks", function()
      refuses([[
        conn:execute("CREATE TABLE r2 (p REFERENCES p, note)")
        conn:execute("INSERT INTO r2 SELECT p + 40, note FROM r " ..
          "WHERE p < 50 UNION ALL SELECT p, note FROM r WHERE p > 50")
        conn:execute("DROP TABLE r")
        conn:execute("ALTER TABLE r2 RENAME TO r")
      ]], "row 1 of r points to no row of p")
    end)
  end)

  it("are compared as SQLite does: affinity, collation, several columns",
    function()
      box:sql [[
        CREATE TABLE p (a TEXT COLLATE NOCASE, b INTEGER, UNIQUE (a, b));
        CREATE TABLE c (x BLOB, y TEXT,
          FOREIGN KEY (x, y) REFERENCES p (a, b));
        INSERT INTO p VALUES ('Ab', 1), ('7', 2);
        INSERT INTO c VALUES ('aB', '1'), (7, '2'), ('no', '1'), (NULL, '9');
      ]]
      one("a", [[conn:execute("INSERT INTO c VALUES ('AB', '01')")]])
      box:up()
      one("b", [[conn:execute("INSERT INTO c VALUES ('no', '2')")]])
      assert.equal("foreign key violated: row 6 of c points to no row of p",
        first_line(box:fails(1, "up")))
    end)

  describe("with FOREIGN_KEYS = true", function()
    local function enforced(body)
      one("a", "FOREIGN_KEYS = true\nfunction upgrade(conn)\n" .. body ..
        "\nend\n")
    end
    before_each(function() box:sql(FAMILY) end)

    it("are enforced", function()
      enforced [[conn:execute("INSERT INTO c VALUES (9, 99, 1)")]]
      local err = fails("FOREIGN KEY constraint failed")
      has(err, "SQLITE_CONSTRAINT_FOREIGNKEY")
    end)

    it("fire their actions", function()
      enforced [[
        assert(conn:execute("PRAGMA foreign_keys"):fetchone()[1] == 1)
        conn:execute("DELETE FROM p WHERE id = 1")
      ]]
      box:up()
      assert.equal(1, box:value("SELECT count(*) FROM c"))
    end)

    it("are checked at the end when they are deferred", function()
      enforced [[
        conn:execute("PRAGMA defer_foreign_keys = 1")
        conn:execute("INSERT INTO c VALUES (9, 99, NULL)")
      ]]
      fails("foreign key violated: row 9 of c points to no row of p")
    end)

    it("are off again in the next migration", function()
      enforced [[conn:execute("DELETE FROM p WHERE id = 3")]]
      one("b", [[
        conn:execute("DELETE FROM p WHERE id = 1")
        assert(conn:execute("SELECT count(*) FROM c"):fetchone()[1] == 2)
        conn:execute("INSERT INTO p VALUES (1)")
      ]])
      box:up()
    end)
  end)

  describe("whose target is impossible", function()
    it("do not block when they were so before", function()
      box:sql [[
        CREATE TABLE p (id);
        CREATE TABLE c (p REFERENCES p (id));
        INSERT INTO c VALUES (1);
      ]]
      one("a", [[
        conn:execute("INSERT INTO c VALUES (2)")
        conn:execute("INSERT INTO p VALUES (3)")
        conn:execute("ALTER TABLE c ADD note")
      ]])
      box:up()
    end)

    it("refuse when they are new", function()
      one("a", [[
        conn:execute("CREATE TABLE p (id)")
        conn:execute("CREATE TABLE c (p REFERENCES p (id))")
        conn:execute("INSERT INTO c VALUES (1)")
      ]])
      local err = fails('foreign key mismatch - "c" referencing "p"')
      has(err, "PRIMARY KEY")
      assert.falsy(err:find("pragma_", 1, true))
    end)

    it("refuse when an index goes that they needed", function()
      box:sql [[
        CREATE TABLE p (id);
        CREATE UNIQUE INDEX i ON p (id);
        CREATE TABLE c (p REFERENCES p (id));
      ]]
      one("a", [[conn:execute("DROP INDEX i")]])
      fails('foreign key mismatch - "c" referencing "p"')
    end)
  end)
end)

describe("views and triggers that compiled", function()
  local SCHEMA = [[
    CREATE TABLE t (a, b, c);
    CREATE TABLE log (x);
    CREATE VIEW v AS SELECT a, b FROM t;
    CREATE VIEW w AS SELECT a FROM v;
    CREATE TRIGGER g AFTER UPDATE OF c ON t
      BEGIN INSERT INTO log (x) VALUES (new.c); END;
    CREATE TRIGGER i INSTEAD OF DELETE ON v
      BEGIN DELETE FROM t WHERE a = old.a; END;
  ]]
  before_each(function() box:sql(SCHEMA) end)

  it("stop a column from being dropped under them", function()
    one("a", [[conn:execute("ALTER TABLE t DROP COLUMN b")]])
    fails("error in view v after drop column: no such column: b")
  end)

  it("stop a table from being made anew without a column", function()
    one("a", [[
      conn:execute("DROP TABLE t")
      conn:execute("CREATE TABLE t (a, c)")
    ]])
    local err = fails("the migration breaks the view v: no such column: b")
    has(err, "CREATE VIEW v AS SELECT a, b FROM t")
    has(err, "drop the view before the change and create it anew")
  end)

  it("stop a view from going that another one reads", function()
    one("a", [[conn:execute("DROP VIEW v")]])
    fails("the migration breaks the view w: no such table: main.v")
  end)

  it("name the trigger of another table", function()
    one("a", [[conn:execute("DROP TABLE log")]])
    fails("the migration breaks the trigger g on t: no such table: main.log")
  end)

  it("count with every event: INSERT, DELETE, UPDATE OF, INSTEAD OF",
    function()
      for event, sentence in pairs {
        ["BEFORE INSERT ON u"] = "h on u: no such table: main.gone",
        ["AFTER DELETE ON u"] = "h on u: no such table: main.gone",
        ["AFTER UPDATE OF y, z ON u"] = "h on u: no such table: main.gone",
        ["AFTER UPDATE ON u WHEN new.x > 1"] =
          "h on u: no such table: main.gone",
        ["INSTEAD OF UPDATE OF b ON v"] = "h on v: no such table: main.gone",
        ["INSTEAD OF INSERT ON v"] = "h on v: no such table: main.gone",
      } do
        box:sql("DROP TABLE IF EXISTS u; CREATE TABLE gone (x); " ..
          "CREATE TABLE u (x, y, z, n AS (x + 1)); CREATE TRIGGER h " ..
          event .. " BEGIN INSERT INTO gone VALUES (1); END")
        one("a", [[conn:execute("DROP TABLE gone")]])
        assert.equal("the migration breaks the trigger " .. sentence,
          first_line(box:fails(1, "up")))
        box:sql("DROP TRIGGER h; DROP TABLE gone; DROP TABLE u")
      end
    end)

  it("may be dropped and made anew in one migration", function()
    one("a", [[
      conn:execute("DROP VIEW w")
      conn:execute("DROP VIEW v")
      conn:execute("ALTER TABLE t DROP COLUMN b")
      conn:execute("CREATE VIEW v AS SELECT a FROM t")
      conn:execute("CREATE VIEW w AS SELECT a FROM v")
    ]])
    box:up()
    assert.same({}, box:query("SELECT * FROM w"))
  end)

  it("made anew must compile as well", function()
    one("a", [[
      conn:execute("DROP VIEW w")
      conn:execute("DROP VIEW v")
      conn:execute("ALTER TABLE t DROP COLUMN b")
      conn:execute("CREATE VIEW v AS SELECT a, b FROM t")
    ]])
    fails("the migration breaks the view v: no such column: b")
  end)

  it("do not block when they go with their table", function()
    one("a", [[
      conn:execute("DROP VIEW w")
      conn:execute("DROP VIEW v")
      conn:execute("DROP TABLE t")
      conn:execute("DROP TABLE log")
    ]])
    box:up()
  end)

  it("do not block when they were broken before", function()
    box:sql [[
      CREATE VIEW bad AS SELECT x FROM nowhere;
      CREATE TRIGGER bad_too AFTER INSERT ON log
        BEGIN INSERT INTO nowhere VALUES (1); END;
    ]]
    one("a", [[
      conn:execute("CREATE TABLE more (x)")
      conn:execute("ALTER TABLE t ADD d")
      conn:execute("CREATE INDEX it ON t (a)")
    ]])
    box:up()
  end)

  it("are left alone by a migration that changes no schema", function()
    one("a", [[conn:execute("INSERT INTO t VALUES (1, 2, 3)")]])
    box:up()
    assert.equal(1, box:value("SELECT count(*) FROM w"))
  end)
end)

describe("TRANSACTION = false", function()
  local function outside(id, body)
    one(id, "TRANSACTION = false\nfunction upgrade(conn)\n" .. body ..
      "\nend\n")
  end
  local stays = "the migration ran outside a transaction: what it had done " ..
    "stays, and it is not recorded as applied"

  -- With a journal in memory, or none, the next one would not be whole after
  -- a kill. WAL mode is the file's own.
  it("leaves no journal mode behind that is the connection's", function()
    for given, after in pairs { memory = "delete", persist = "delete",
        truncate = "delete", wal = "wal", off = "off" } do
      for _, before in ipairs { "delete", "wal" } do
        box:sh("rm -f app.db*")
        box:sql("PRAGMA journal_mode = " .. before .. "; CREATE TABLE t (x)")
        outside("a", ([[
          local function set(mode)
            return conn:execute("PRAGMA journal_mode = " .. mode)
              :fetchone()[1]
          end
          local mode = set("%s")
          assert(mode == "%s" or "%s" == "off", mode)
          conn:execute("INSERT INTO t VALUES (1)")
        ]]):format(given, given, given))
        box:migration("b", [[
          conn:execute("INSERT INTO t VALUES (2)")
          print("mode " ..
            conn:execute("PRAGMA journal_mode"):fetchone()[1])
        ]])
        local out = box:up()
        -- Defensive mode keeps "off" from being set at all.
        local mode = given == "off" and before or after
        assert.truthy(out:find("    mode " .. mode .. "\n", 1, true), out)
        assert.is_false(box:exists("app.db-journal"))
      end
    end
  end)

  it("allows VACUUM and the pragmas that need it", function()
    box:sql("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(50000)); " ..
      "DELETE FROM t")
    outside("a", [[
      conn:execute("PRAGMA auto_vacuum = 2")
      conn:execute("PRAGMA page_size = 8192")
      conn:execute("VACUUM")
      conn:execute("PRAGMA incremental_vacuum")
      conn:execute("PRAGMA optimize")
      local mode = conn:execute("PRAGMA journal_mode = WAL"):fetchone()[1]
      assert(mode == "wal", mode)
      conn:execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ]])
    box:up()
    assert.equal("wal", box:value("PRAGMA journal_mode"))
    assert.equal(8192, box:value("PRAGMA page_size"))
    assert.equal(2, box:value("PRAGMA auto_vacuum"))
    assert.same({ "a started", "a done" }, history())
    assert.same({ "a" }, ledger())
  end)

  it("allows transactions of the script's own", function()
    outside("a", [[
      conn:execute("BEGIN")
      conn:execute("CREATE TABLE t (x)")
      conn:execute("COMMIT")
      conn:execute("BEGIN IMMEDIATE")
      conn:execute("INSERT INTO t VALUES (1)")
      conn:execute("ROLLBACK")
      conn:execute("SAVEPOINT s")
      conn:execute("INSERT INTO t VALUES (2)")
      conn:execute("RELEASE s")
    ]])
    box:up()
    assert.equal(2, box:value("SELECT x FROM t"))
    assert.equal(1, box:value("SELECT count(*) FROM t"))
  end)

  it("is an error when a transaction is left open", function()
    for _, statement in ipairs { "BEGIN", "BEGIN IMMEDIATE", "SAVEPOINT s" }
    do
      outside("a", 'conn:execute("CREATE TABLE IF NOT EXISTS t (x)") ' ..
        'conn:execute("' .. statement .. '") ' ..
        'conn:execute("INSERT INTO t VALUES (1)")')
      local err = box:fails(1, "up")
      assert.equal("the migration left a transaction open: with " ..
        "TRANSACTION = false every BEGIN needs its COMMIT", first_line(err))
      has(err, "  state      " .. stays)
      assert.equal(0, box:value("SELECT count(*) FROM t"))
      assert.same({}, ledger())
    end
  end)

  it("says what stays when it fails", function()
    one("a", "")
    outside("b", [[conn:execute("CREATE TABLE t (x)") error("no")]])
    local err = box:fails(1, "up")
    assert.equal("no", first_line(err))
    has(err, "  state      " .. stays .. "; 1 migration applied before it " ..
      "stays applied\n")
    assert.same({ "a" }, ledger())
    assert.same({ "a done", "b started", "b failed" }, history())
    assert.equal(0, box:value("SELECT count(*) FROM t"))
  end)

  it("is checked for foreign keys, too", function()
    box:sql("CREATE TABLE p (id INTEGER PRIMARY KEY); " ..
      "CREATE TABLE c (p REFERENCES p)")
    outside("a", [[conn:execute("INSERT INTO c VALUES (1)")]])
    assert.equal("foreign key violated: row 1 of c points to no row of p",
      first_line(box:fails(1, "up")))
  end)

  it("killed in the middle is partial, and runs again with a warning",
    function()
      box:sql("CREATE TABLE go (x)")
      outside("a", [[
        conn:execute("CREATE TABLE IF NOT EXISTS t (x)")
        conn:execute("INSERT INTO t VALUES (1)")
        while conn:execute("SELECT count(*) FROM go"):fetchall()[1][1] == 0 do
        end
      ]])
      local job = box:spawn("up")
      local begun
      repeat
        assert.is_true(box:running(job))
        begun = box:value("SELECT count(*) FROM sqlite_schema " ..
          "WHERE name = 't'") == 1 and box:value("SELECT count(*) FROM t") > 0
      until begun
      box:kill(job, "KILL")
      assert.equal(137, (box:wait(job)))
      local status, out, err = box:run("status")
      local warning = "a was begun outside a transaction and not finished; " ..
        "it runs again"
      assert.equal(0, status)
      assert.truthy(out:match("a +partial"), out)
      has(out, "1 partial")
      assert.equal("lumigrate: warning: " .. warning .. "\n", err)
      box:sql("INSERT INTO go VALUES (1)")
      err = select(3, box:run("up"))
      has(err, warning)
      assert.same({ "a started", "a started", "a done" }, history())
      assert.equal(2, box:value("SELECT count(*) FROM t"))
      status, out, err = box:run("status")
      assert.equal(0, status)
      has(out, "1 applied, 0 pending\n")
      assert.equal("", err)
    end)

  it("runs once, however many start together", function()
    box:sql("CREATE TABLE t (x)")
    outside("a", [[
      conn:execute("INSERT INTO t VALUES (1)")
      for i = 1, 100000 do end
      conn:execute("INSERT INTO t VALUES (2)")
    ]])
    local jobs = {}
    for i = 1, 8 do jobs[i] = box:spawn("up") end
    for i = 1, 8 do
      local status, out, err = box:wait(jobs[i])
      assert.equal(0, status, out .. err)
    end
    assert.equal(2, box:value("SELECT count(*) FROM t"))
    assert.same({ "a started", "a done" }, history())
  end)

  it("leaves no lock file", function()
    outside("a", [[conn:execute("CREATE TABLE t (x)")]])
    box:up()
    local _, out = box:sh("ls")
    assert.equal("app.db\nmigrations\n", out)
  end)

  it("is named by what does not run inside a transaction", function()
    for statement, sentence in pairs {
      ["VACUUM"] = "VACUUM cannot run inside a transaction: it needs " ..
        "TRANSACTION = false",
      ["PRAGMA journal_mode = WAL"] = "PRAGMA journal_mode does nothing " ..
        "inside a transaction: it needs TRANSACTION = false",
      ["PRAGMA page_size = 512"] = "PRAGMA page_size does nothing inside a " ..
        "transaction: it needs TRANSACTION = false",
      ["PRAGMA wal_checkpoint"] = "PRAGMA wal_checkpoint does nothing " ..
        "inside a transaction: it needs TRANSACTION = false",
    } do
      one("a", 'conn:execute("' .. statement .. '")')
      assert.equal(sentence, first_line(box:fails(1, "up")))
    end
  end)
end)

describe('TRANSACTION = "batch"', function()
  it("is refused before anything runs", function()
    one("a", [[conn:execute("CREATE TABLE t (x)")]])
    one("b", 'TRANSACTION = "batch"\nfunction upgrade() end\n')
    local err = box:fails(2, "up")
    assert.equal('TRANSACTION = "batch": there are no batches in this ' ..
      "version yet", first_line(err))
    has(err, "b (migrations/b.lua")
    has(err, "nothing was changed")
    assert.equal("absent", box:bytes())
  end)
end)

describe("--transaction all", function()
  local function three(last)
    one("a", [[conn:execute("CREATE TABLE a (x)")]])
    box:sql_file("b.sql", "CREATE TABLE b (x); INSERT INTO b VALUES (1);")
    one("c", last)
  end

  it("keeps everything", function()
    three [[conn:execute("INSERT INTO b VALUES (2)")]]
    has(box:up("--transaction", "all"), "3 migrations applied")
    assert.same({ "a", "b", "c" }, ledger())
    assert.same({ "a done", "b done", "c done" }, history())
    assert.equal(3, box:value("SELECT sum(x) FROM b"))
  end)

  it("or nothing at all, the ledger's rows too", function()
    three [[conn:execute("INSERT INTO b VALUES (2)") error("no")]]
    box:sql("CREATE TABLE old (x)")
    local before = content()
    local err = box:fails(1, "up", "--transaction", "all")
    assert.equal("no", first_line(err))
    has(err, "  migration  c (migrations/c.lua:1)\n")
    has(err, "the whole run was one transaction and was rolled back: " ..
      "nothing was changed")
    assert.equal(before, content())
    assert.same({}, ledger())
    assert.same({ "c failed" }, history())
    -- Without it, what is good stays.
    box:fails(1, "up")
    assert.same({ "a", "b" }, ledger())
  end)

  it("checks the foreign keys of each", function()
    box:sql("CREATE TABLE p (id INTEGER PRIMARY KEY); " ..
      "CREATE TABLE c (p REFERENCES p)")
    one("a", [[conn:execute("CREATE TABLE t (x)")]])
    one("b", [[conn:execute("INSERT INTO c VALUES (1)")]])
    one("d", [[conn:execute("INSERT INTO p VALUES (1)")]])
    has(box:fails(1, "up", "--transaction", "all"),
      "row 1 of c points to no row of p")
    assert.same({}, ledger())
  end)

  it("refuses TRANSACTION = false", function()
    one("a", [[conn:execute("CREATE TABLE t (x)")]])
    one("b", "TRANSACTION = false\nfunction upgrade() end\n")
    local err = box:fails(2, "up", "--transaction", "all")
    assert.equal("TRANSACTION = false: it cannot run inside the one " ..
      "transaction of --transaction all", first_line(err))
    has(err, "b (migrations/b.lua")
    assert.equal("absent", box:bytes())
  end)
end)

describe("nothing of one migration reaches the next:", function()
  -- Both modes: what is put back inside a transaction, and outside.
  for _, mode in ipairs { "true", "false" } do
    local function first(body)
      one("a", "TRANSACTION = " .. mode .. "\nfunction upgrade(conn)\n" ..
        body .. "\nend\n")
    end

    it("temporary objects (" .. mode .. ")", function()
      box:sql("CREATE TABLE t (x)")
      first [[
        conn:execute("CREATE TEMP TABLE tmp (x INTEGER PRIMARY KEY " ..
          "AUTOINCREMENT)")
        conn:execute("INSERT INTO tmp VALUES (1)")
        conn:execute("CREATE TEMP TABLE t (hides)")
        conn:execute("CREATE TEMP VIEW \"odd \"\" name\" AS SELECT 1 AS x")
        conn:execute("CREATE TEMP TRIGGER g AFTER INSERT ON main.t " ..
          "BEGIN INSERT INTO tmp VALUES (NULL); END")
        conn:execute("CREATE INDEX temp.i ON tmp (x)")
        conn:execute("CREATE VIRTUAL TABLE temp.words USING fts5(w)")
      ]]
      one("b", [[
        local rows = conn:execute("SELECT name FROM sqlite_temp_schema " ..
          "WHERE name NOT LIKE 'sqlite%'"):fetchall()
        assert(#rows == 0, rows[1] and rows[1][1])
        conn:execute("INSERT INTO t VALUES (1)")
      ]])
      box:up()
      assert.equal(1, box:value("SELECT x FROM t"))
    end)

    it("pragmas of the connection (" .. mode .. ")", function()
      box:sql [[
        CREATE TABLE t (x);
        CREATE TRIGGER g AFTER INSERT ON t WHEN new.x < 3
          BEGIN INSERT INTO t VALUES (new.x + 1); END;
      ]]
      local ask = [[
        local function value(sql) return conn:execute(sql):fetchone()[1] end
        print(value("PRAGMA cache_size"), value("PRAGMA recursive_triggers"),
          value("SELECT 'a' LIKE 'A'"), value("PRAGMA legacy_alter_table"),
          value("PRAGMA defer_foreign_keys"))
      ]]
      one("0", ask)
      first([[
        conn:execute("PRAGMA cache_size = 17")
        conn:execute("PRAGMA recursive_triggers = 1")
        conn:execute("PRAGMA case_sensitive_like = 1")
        conn:execute("PRAGMA legacy_alter_table = 1")
        conn:execute("PRAGMA defer_foreign_keys = 1")
      ]] .. ask)
      one("b", ask)
      local seen = {}
      for line in box:up():gmatch("\n    ([^\n]*)") do
        seen[#seen + 1] = line
      end
      assert.equal(3, #seen)
      assert.truthy(seen[2]:match("^17\t1\t0\t1\t"), seen[2])
      assert.equal(seen[1], seen[3])
    end)

    it("functions for SQL (" .. mode .. ")", function()
      first [[
        conn:create_function("twice", function(x) return 2 * x end)
        conn:create_function("Twice", function(x) return 3 * x end)
        assert(conn:execute("SELECT twice(2)"):fetchone()[1] == 6)
      ]]
      one("b", [[
        conn:create_function("other", function(x) return x end)
        conn:execute("SELECT twice(2)")
      ]])
      has(box:fails(1, "up"), "no such function: twice")
      assert.same({ "a" }, ledger())
      one("b", [[
        conn:create_function("twice", function(x) return x .. x end)
        assert(conn:execute("SELECT twice('a')"):fetchone()[1] == "aa")
      ]])
      box:up()
    end)

    it("SQLite's own functions, which none may replace (" .. mode .. ")",
      function()
        for _, name in ipairs { "upper", "LIKE", "count", "json_extract" } do
          first('conn:create_function("' .. name .. '", function() end)')
          has(box:fails(1, "up"), "error: there is a function " .. name ..
            "() already: choose another name\n")
        end
      end)

    it("globals and libraries (" .. mode .. ")", function()
      box:write("migrations/lib/shared.lua",
        "return { count = 0 }\n")
      first [[
        leaked = 1
        string.leaked = 1
        table_exists = nil
        local shared = require "lib.shared"
        shared.count = 1
      ]]
      one("b", [[
        assert(leaked == nil and string.leaked == nil)
        assert(type(_ENV.table_exists) == "function")
        assert(("x"):rep(2) == "xx")
        assert(require "lib.shared".count == 0)
      ]])
      box:up()
    end)
  end

  it("a temporary trigger does not see the ledger's rows", function()
    one("a", [[
      conn:execute("CREATE TEMP TABLE spy (x)")
      local ok, err = pcall(conn.execute, conn, "CREATE TEMP TRIGGER g " ..
        "AFTER INSERT ON main.schema_migrations BEGIN " ..
        "INSERT INTO spy VALUES (1); END")
      assert(not ok)
      error(err, 0)
    ]])
    has(box:fails(1, "up"), "schema_migrations belongs to the runner: not " ..
      "allowed in a migration")
  end)

  it("a failed one leaves nothing either", function()
    one("a", [[
      conn:execute("CREATE TEMP TABLE schema (x)")
      conn:execute("PRAGMA case_sensitive_like = 1")
      error("no")
    ]])
    box:fails(1, "up")
    assert.same({ "a failed" }, history())
  end)
end)

describe("pragmas go by a list:", function()
  before_each(function() box:sql("CREATE TABLE t (x)") end)

  it("those that only read", function()
    one("a", [[
      for _, name in ipairs { "table_info(t)", "table_xinfo(t)",
          "table_list", "index_list(t)", "foreign_key_list(t)",
          "foreign_key_check", "foreign_key_check(t)", "integrity_check",
          "quick_check(1)", "collation_list", "database_list",
          "compile_options", "page_count", "freelist_count", "data_version",
          "foreign_keys", "journal_mode", "synchronous", "encoding",
          "user_version", "schema_version", "page_size", "busy_timeout" } do
        conn:execute("PRAGMA " .. name):fetchall()
      end
    ]])
    box:up()
    assert.equal("no_op", effect())
  end)

  it("those that any script may set", function()
    one("a", [[
      for _, name in ipairs { "legacy_alter_table = 1",
          "defer_foreign_keys = 1", "recursive_triggers = 1",
          "case_sensitive_like = 1", "cache_size = 100", "user_version = 5",
          "main.application_id(6)" } do
        conn:execute("PRAGMA " .. name)
      end
    ]])
    box:up()
    assert.equal("changed", effect())
    assert.equal(5, box:value("PRAGMA user_version"))
    assert.equal(6, box:value("PRAGMA application_id"))
  end)

  it("foreign_keys is refused and names FOREIGN_KEYS", function()
    for _, form in ipairs { "foreign_keys = 1", "foreign_keys(0)",
        "main.FOREIGN_KEYS = off" } do
      one("a", 'conn:execute("PRAGMA ' .. form .. '")')
      assert.truthy(first_line(box:fails(1, "up")):lower():find(
        "pragma foreign_keys does nothing inside a transaction: set the " ..
        "global foreign_keys = true to have them enforced", 1, true))
    end
  end)

  it("all others are refused", function()
    for _, form in ipairs { "synchronous = OFF", "writable_schema = 1",
        "schema_version = 1", "locking_mode = EXCLUSIVE", "temp_store = 2",
        "ignore_check_constraints = 1", "query_only = 1",
        "busy_timeout = 0", "trusted_schema = 0", "encoding = 'UTF-16'",
        "mmap_size = 1", "hard_heap_limit = 1", "soft_heap_limit = 1",
        "temp_store_directory = '/'", "threads = 2",
        "reverse_unordered_selects = 1", "secure_delete = 1",
        "max_page_count = 1", "journal_size_limit = 1", "unknown_one",
        "unknown_one = 1", "shrink_memory", "read_uncommitted = 1" } do
      one("a", "pcall(function() end)\n" ..
        'conn:execute("PRAGMA ' .. form .. '")')
      assert.equal("PRAGMA " .. form:match("^[%w_]+") ..
        " is not allowed in a migration", first_line(box:fails(1, "up")))
    end
  end)

  it("also as functions in SQL", function()
    one("a", [[
      local row = conn:execute("SELECT name FROM pragma_table_info('t')")
      assert(row:fetchone()[1] == "x")
      conn:execute("SELECT * FROM pragma_hard_heap_limit(1)")
    ]])
    box:fails(1, "up")
    assert.same({}, ledger())
  end)
end)

describe("a script is refused", function()
  for statement, sentence in pairs {
    ["ATTACH 'x.db' AS x"] = "ATTACH is not allowed in a migration",
    ["DETACH temp"] = "DETACH is not allowed in a migration",
    ["VACUUM INTO 'x.db'"] = "VACUUM INTO is not allowed in a migration",
    ["VACUUM main /* */ into 'x.db'"] =
      "VACUUM INTO is not allowed in a migration",
    ["SELECT load_extension('x')"] =
      "load_extension() is not allowed in a migration",
    ["PRAGMA writable_schema = 1"] =
      "PRAGMA writable_schema is not allowed in a migration",
    ["UPDATE sqlite_schema SET sql = NULL"] =
      "table sqlite_master may not be modified",
    ["DELETE FROM sqlite_master"] = "table sqlite_master may not be modified",
  } do
    it(statement, function()
      for _, mode in ipairs { "true", "false" } do
        one("a", ("TRANSACTION = %s\nfunction upgrade(conn)\n" ..
          "conn:execute(%q)\nend\n"):format(mode, statement))
        assert.equal(sentence, first_line(box:fails(1, "up")))
        assert.same({}, ledger())
        assert.is_false(box:exists("x.db"))
      end
    end)
  end
end)

describe("the runner's own tables", function()
  local sentence = "%s belongs to the runner: not allowed in a migration"

  before_each(function()
    box:sql("CREATE TABLE t (x)")
    one("0", "")
    box:up()
  end)

  local function refused(statement, own)
    one("a", ("conn:cursor():executescript(%q)"):format(statement))
    local line = first_line(box:fails(1, "up"))
    assert.equal(sentence:format(own or "schema_migrations"):lower(),
      line and line:lower(), statement)
    assert.same({ "0" }, ledger())
  end

  for title, statements in pairs {
    ["rows"] = {
      "INSERT INTO schema_migrations VALUES ('x', 9, '', '', '', '', 0)",
      "UPDATE main.schema_migrations SET id = 'x'",
      "DELETE FROM \"SCHEMA_Migrations\"",
      "REPLACE INTO schema_migrations (id) VALUES ('x')",
      "WITH x AS (SELECT 1) DELETE FROM schema_migrations",
    },
    ["definition"] = {
      "DROP TABLE schema_migrations",
      "ALTER TABLE schema_migrations ADD x",
      "ALTER TABLE schema_migrations RENAME TO y",
      "ALTER TABLE schema_migrations RENAME id TO y",
      "ALTER TABLE schema_migrations DROP COLUMN description",
      "CREATE INDEX i ON schema_migrations (id)",
      "CREATE TRIGGER g AFTER INSERT ON schema_migrations " ..
        "BEGIN SELECT 1; END",
    },
    ["name"] = {
      "CREATE TEMP TABLE schema_migrations (x)",
      "CREATE TEMP VIEW schema_migrations AS SELECT 1",
      "CREATE TEMP TABLE x (a); ALTER TABLE x RENAME TO schema_migrations",
      "CREATE TEMP TABLE x (a); " ..
        "ALTER TABLE x /* */ RENAME -- x\n TO \"Schema_Migrations\"",
    },
  } do
    it("are protected: " .. title, function()
      for _, statement in ipairs(statements) do
        refused(statement)
      end
    end)
  end

  it("are three", function()
    refused("DELETE FROM schema_migrations_history",
      "schema_migrations_history")
    refused("DROP TABLE schema_migrations_history",
      "schema_migrations_history")
    refused("CREATE TABLE schema_migrations_progress (x)",
      "schema_migrations_progress")
    refused("ALTER TABLE t RENAME TO schema_migrations_progress",
      "schema_migrations_progress")
  end)

  it("are protected from an application's trigger", function()
    box:sql("CREATE TRIGGER g AFTER INSERT ON t " ..
      "BEGIN DELETE FROM schema_migrations; END")
    refused("INSERT INTO t VALUES (1)")
  end)

  it("are protected from a view's INSTEAD OF trigger", function()
    box:sql("CREATE VIEW v AS SELECT id FROM schema_migrations; " ..
      "CREATE TRIGGER g INSTEAD OF DELETE ON v " ..
      "BEGIN DELETE FROM schema_migrations WHERE id = old.id; END")
    refused("DELETE FROM v")
  end)

  it("are protected from .sql files", function()
    box:sql_file("a.sql", "DELETE FROM schema_migrations;\n")
    assert.equal(sentence:format("schema_migrations"),
      first_line(box:fails(1, "up")))
    assert.same({ "0" }, ledger())
  end)

  it("may be read", function()
    one("a", [[
      print(conn:execute("SELECT id FROM schema_migrations"):fetchone().id)
    ]])
    has(box:up(), "    0\n")
  end)

  it("are protected by the name that --table gives", function()
    box:migration("a", [[conn:execute("DELETE FROM mine_history")]])
    assert.equal(sentence:format("mine_history"),
      first_line(box:fails(1, "up", "--table", "mine")))
    box:migration("a", [[conn:execute("DELETE FROM schema_migrations")]])
    box:up("--table", "mine")
    assert.same({}, ledger())
  end)
end)

describe("the effect", function()
  local SCHEMA = [[
    CREATE TABLE t (x, y);
    INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);
    CREATE TABLE log (x);
    CREATE TRIGGER g AFTER UPDATE ON t
      BEGIN INSERT INTO log VALUES (new.x); END;
    CREATE VIEW v AS SELECT x FROM t;
    CREATE TRIGGER i INSTEAD OF INSERT ON v
      BEGIN INSERT INTO t VALUES (new.x, 0); END;
    CREATE VIRTUAL TABLE words USING fts5(w);
  ]]
  local cases = {
    -- what, body, effect, rows
    { "of nothing", "", "no_op", 0 },
    { "of reading", [[conn:execute("SELECT * FROM t"):fetchall()]],
      "no_op", 0 },
    { "of an update that finds no row",
      [[conn:execute("UPDATE t SET x = 1 WHERE x = 9")]], "no_op", 0 },
    { "of rows", [[conn:execute("UPDATE t SET x = x WHERE x > 1")]],
      "changed", 2 },
    { "of all rows deleted", [[conn:execute("DELETE FROM log")
      conn:execute("DELETE FROM t")]], "changed", 3 },
    { "of rows for which RETURNING is read",
      [[conn:execute("INSERT INTO log VALUES (1), (2) RETURNING x"):fetchall()
      ]], "changed", 2 },
    { "of rows for which RETURNING is not read",
      [[conn:execute("INSERT INTO log VALUES (1), (2) RETURNING x")]],
      "changed", 2 },
    { "of rows undone behind RETURNING's back", [[
      conn:execute("SAVEPOINT s")
      local cursor = conn:execute("INSERT INTO log VALUES (1) RETURNING x")
      conn:execute("ROLLBACK TO s")
      cursor:close()
      conn:execute("RELEASE s")]], "no_op", 0 },
    { "of what is only explained", [[
      conn:execute("INSERT INTO log VALUES (1), (2)")
      conn:execute("EXPLAIN DELETE FROM log"):fetchall()
      conn:execute("EXPLAIN QUERY PLAN UPDATE log SET x = 1"):fetchall()
      conn:execute("EXPLAIN CREATE TABLE not_made (x)"):fetchall()]],
      "changed", 2 },
    { "of executemany",
      [[conn:cursor():executemany("INSERT INTO log VALUES (?)",
        {{1}, {2}, {3}})]], "changed", 3 },
    { "of the schema", [[conn:execute("CREATE INDEX ix ON t (x)")]],
      "changed", 0 },
    { "of the schema and back",
      [[conn:execute("CREATE TABLE IF NOT EXISTS t (x)")]], "no_op", 0 },
    { "of temporary tables", [[
      conn:execute("CREATE TEMP TABLE tmp (x)")
      conn:execute("INSERT INTO tmp VALUES (1)")]], "no_op", 0 },
    { "of user_version", [[conn:execute("PRAGMA user_version = 1")]],
      "changed", 0 },
    { "of application_id", [[conn:execute("PRAGMA application_id = 1")]],
      "changed", 0 },
    { "of user_version set to what it is",
      [[conn:execute("PRAGMA user_version = 0")]], "no_op", 0 },
    { "of what is rolled back to a savepoint", [[
      conn:execute("SAVEPOINT s")
      conn:execute("INSERT INTO log VALUES (1), (2)")
      conn:execute("ROLLBACK TO s")
      conn:execute("RELEASE s")]], "no_op", 0 },
    { "of what is kept beside that", [[
      conn:execute("INSERT INTO log VALUES (1)")
      conn:execute("SAVEPOINT s")
      conn:execute("INSERT INTO log VALUES (2), (3)")
      conn:execute("ROLLBACK TO s")
      conn:execute("INSERT INTO log VALUES (4)")
      conn:execute("RELEASE s")]], "changed", 2 },
    { "of conn:savepoint undone", [[
      pcall(conn.savepoint, conn, function()
        conn:execute("INSERT INTO log VALUES (1)")
        error("x")
      end)]], "no_op", 0 },
    { "of a statement that failed half-way", [[
      pcall(conn.execute, conn, "INSERT INTO log SELECT abs(x) FROM " ..
        "(SELECT 1 AS x UNION ALL SELECT -9223372036854775807 - 1)")]],
      "no_op", 0 },
    { "of a trigger: its rows do not count",
      [[conn:execute("UPDATE t SET y = 9 WHERE x = 1")]], "changed", 1 },
    { "of an INSTEAD OF trigger: the view has no rows",
      [[conn:execute("INSERT INTO v VALUES (7)")]], "changed", 0 },
    { "of a virtual table: its shadow tables do not count",
      [[conn:execute("INSERT INTO words VALUES ('a b c'), ('d')")]],
      "changed", 2 },
    { "of OR IGNORE that ignores", [[
      conn:execute("CREATE TEMP TABLE k (x UNIQUE)")
      conn:execute("INSERT INTO k VALUES (1)")
      conn:execute("INSERT OR IGNORE INTO k VALUES (1)")]], "no_op", 0 },
    { "of CREATE TABLE AS",
      [[conn:execute("CREATE TABLE copy AS SELECT * FROM t")]],
      "changed", 0 },
  }
  for _, case in ipairs(cases) do
    it(case[1], function()
      box:sql(SCHEMA)
      one("a", case[2])
      local out = box:up("--jsonl")
      local line = out:match('{[^\n]*"event":"applied"[^\n]*}')
      assert.equal(case[3], line:match('"effect":"([^"]*)"'), line)
      assert.equal(case[3], effect())
      assert.equal(tostring(case[4]), line:match('"rows":(%d+)'), line)
    end)
  end

  it("is said in the output", function()
    box:sql(SCHEMA)
    one("a", "")
    one("b", [[conn:execute("DELETE FROM log WHERE 0")]])
    one("c", [[
      for i = 1, 1200 do conn:execute("INSERT INTO log VALUES (1)") end
    ]])
    local out = box:up()
    assert.truthy(out:match("→ a\n  ✓ applied in [^\n]* %(no change%)\n"), out)
    assert.truthy(out:match("→ b\n  ✓ applied in [^\n]* %(no change%)\n"), out)
    assert.truthy(out:match("→ c\n  ✓ applied in [^\n]*, 1,200 rows " ..
      "changed\n"), out)
  end)
end)
