-- SPDX-License-Identifier: MIT
-- conn:alter: what hangs on a column by way of something else.
local sandbox = require "tests.support.sandbox"
local case = require "tests.support.altering".with(it)

describe("dropping a column", function()
  local NESTED = [[
    CREATE TABLE t (a INT, b INT);
    CREATE TABLE log (n);
    CREATE TRIGGER own AFTER INSERT ON t BEGIN
      INSERT INTO log VALUES (new.a); END;
    CREATE TRIGGER other AFTER INSERT ON log BEGIN
      UPDATE t SET a = b WHERE b = new.n; END;
  ]]

  case("takes the trigger along that another one fires", {
    before = NESTED, want = "native", twice = true,
    run = 't:drop_column("b", {cascade = {"triggers"}})',
    gives = { ["SELECT group_concat(name) FROM sqlite_schema " ..
      "WHERE type = 'trigger'"] = "own" },
  })

  case("names that trigger alone", {
    before = NESTED, run = 't:drop_column("b")', want = "dependents",
    says = "is used by the trigger other on log",
  })

  local VIEWS = [[
    CREATE TABLE t (a INT, b INT);
    CREATE TABLE log (n);
    CREATE VIEW z AS SELECT a, b FROM t;
    CREATE VIEW y AS SELECT * FROM z;
    CREATE VIEW x AS SELECT count(*) AS n FROM "y";
    CREATE VIEW other AS SELECT a FROM t;
  ]]

  case("takes views on views along", {
    before = VIEWS, want = "native", twice = true,
    run = 't:drop_column("b", {cascade = {"views"}})',
    gives = { ["SELECT group_concat(name) FROM sqlite_schema " ..
      "WHERE type = 'view'"] = "other" },
  })

  case("names views on views", {
    before = VIEWS, run = 't:drop_column("b")', want = "dependents",
    says = { "the view z", "the view y", "the view x" },
  })

  case("is refused where a trigger reads a view that would go", {
    before = VIEWS .. [[
      CREATE TRIGGER g AFTER INSERT ON log BEGIN
        INSERT INTO log SELECT n FROM x; END;
    ]], run = 't:drop_column("b", {cascade = {"views"}})',
    want = "dependents", says = "is used by the trigger g on log",
  })
end)

describe("a new column", function()
  case("must not be what an alias was", {
    before = [[
      CREATE TABLE t (a, b);
      CREATE VIEW v AS SELECT a AS z FROM t WHERE z > 1;
    ]], run = 't:add_column("z", "INT")', want = "dependents",
    says = "it breaks the view v: a name in it would mean a new column",
  })

  case("must not be what another table's was, next to a star", {
    before = [[
      CREATE TABLE t (a);
      CREATE TABLE o (n);
      INSERT INTO t VALUES (7);
      INSERT INTO o VALUES (1);
      CREATE VIEW v AS SELECT o.*, (SELECT max(n) FROM t) m FROM o;
    ]], run = 't:add_column("n", "INTEGER")', want = "dependents",
    says = "it breaks the view v: a name in it would mean a new column",
    keeps = { "SELECT * FROM v" },
  })

  case("must not be what another table's was, also as a keyword", {
    before = [[
      CREATE TABLE t (a);
      CREATE TABLE o ("key");
      CREATE VIEW v AS SELECT o.*, (SELECT max(key) FROM t) m FROM o;
    ]], run = 't:add_column("key", "INTEGER")', want = "dependents",
    says = "it breaks the view v: a name in it would mean a new column",
  })

  it("is told once for each view that it breaks", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql([[
      CREATE TABLE t (a);
      CREATE TABLE o (b);
      CREATE VIEW v AS SELECT a, b FROM t, o;
    ]])
    box:migration("2026_01_01_a",
      'conn:alter("t", function(t) t:add_column("b", "INT") end)')
    local status, _, err = box:run("up")
    assert.equal(1, status)
    assert(err:find("ambiguous column name: b", 1, true), err)
    assert.equal(1, select(2, err:gsub("the view v", "")), err)
  end)

  case("may be called as an alias that goes on being one", {
    before = [[
      CREATE TABLE t (a, b);
      CREATE VIEW v AS SELECT a AS z FROM t ORDER BY z;
      CREATE VIEW w AS SELECT * FROM t ORDER BY a;
      CREATE TRIGGER g INSTEAD OF UPDATE ON w BEGIN
        UPDATE t SET a = new.a WHERE b = old.b; END;
    ]], run = 't:add_column("z", "INT") t:add_column("order", "INT")',
    want = "native", twice = true,
  })

  case("may be called as a string in a trigger that does not read it", {
    before = [[
      CREATE TABLE t (a);
      CREATE TABLE log (x);
      CREATE TRIGGER g AFTER UPDATE ON t BEGIN
        INSERT INTO log VALUES ("z"); END;
    ]], run = 't:add_column("z", "INT")', want = "native", twice = true,
  })

  case("is refused where a CHECK of the table has its name as a string", {
    before = [[CREATE TABLE t (a CHECK (a <> "z"))]],
    run = 't:add_column("z", "INT")', want = "dependents",
    says = '"z" is a string in a CHECK of the table, and would become',
  })

  case("is refused where an index has its name as a string", {
    before = [[CREATE TABLE t (a);
      CREATE INDEX i ON t (a) WHERE a <> "z";
      INSERT INTO t VALUES (1);]],
    run = 't:add_column("z", "INT")', want = "dependents",
    says = '"z" is a string in the index i, and would become',
  })

  case("may be called as an index", {
    before = [[CREATE TABLE t (a); CREATE INDEX "z" ON "t" ("a")]],
    run = 't:add_column("z", "INT")', want = "native", twice = true,
  })

  case("that refers to another table costs no look at the rows", {
    before = [[
      CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE t (a);
      INSERT INTO t VALUES (1);
    ]], run = 't:add_column("b", "INT REFERENCES p")', want = "native",
    twice = true,
  })

  it("that refers to another table is checked when rows come", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql [[
      CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE t (a);
      INSERT INTO t VALUES (1);
    ]]
    box:migration("2026_01_01_a", [[
      conn:alter("t", function(t) t:add_column("b", "INT REFERENCES p") end)
      conn:execute("UPDATE t SET b = 9")
    ]])
    local status, _, err = box:run("up")
    assert.equal(1, status)
    assert(err:find("row 1 of t points to no row of p", 1, true), err)
  end)

  case("with a default that is set later points nowhere in old rows", {
    before = [[
      CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE t (a);
      INSERT INTO t VALUES (1);
    ]], want = "rebuild",
    run = 't:add_column("b", "INT REFERENCES p") t:set_default("b", "7")',
    gives = { ["SELECT count(*) FROM t WHERE b IS NULL"] = 1 },
  })

  case("is refused with all that it breaks", {
    before = [[
      CREATE TABLE t (a, b);
      CREATE VIEW v (x, y) AS SELECT * FROM t;
      CREATE VIEW w (x, y) AS SELECT * FROM t;
    ]], run = 't:add_column("z", "INT")', want = "dependents",
    says = { "the view v: expected 2 columns", "the view w: expected" },
  })
end)

describe("a foreign key that is there already", function()
  local PARENT = [[
    CREATE TABLE p (x, y, PRIMARY KEY (y, x), UNIQUE (x, y));
    CREATE TABLE t (a, b, FOREIGN KEY (a, b) REFERENCES ]]

  case("is the same when its target is implied", {
    before = PARENT .. "p);", want = "none",
    run = 't:add_foreign_key({"a", "b"}, "P", {"Y", "x"})',
  })

  case("is the same when the target asked for is implied", {
    before = PARENT .. "p (y, x));", want = "none",
    run = 't:add_foreign_key({"a", "b"}, "p")',
  })

  case("is another one when its target is no primary key", {
    before = PARENT .. "p (x, y));", want = "definition",
    run = 't:add_foreign_key({"a", "b"}, "p")',
    says = "already, with another definition",
  })
end)

describe("names", function()
  case("may change more than once", {
    before = "CREATE TABLE t (a)", want = "native", twice = true,
    run = 't:rename_to("u") t:add_column("b", "INT") t:rename_to("w")',
  })

  case("may be qualified in a CHECK", {
    before = "CREATE TABLE t (a INT); INSERT INTO t VALUES (1)",
    run = 't:add_check("t.a > 0 AND main.t.a < 9")', want = "edit",
    twice = true,
  })

  case("of a key are given once", {
    before = "CREATE TABLE t (a, b)", run = 't:set_primary_key{"a", "A"}',
    want = "contradiction", says = "the column A is named twice",
  })
end)

describe("rows of ANALYZE", function()
  case("follow a table whose name is not ASCII", {
    before = [[
      CREATE TABLE "größe" (a UNIQUE);
      INSERT INTO "größe" VALUES (1);
      ANALYZE;
    ]], table = "größe", run = 't:rename_to("straße")', want = "native",
    gives = { ["SELECT tbl || ' ' || idx FROM sqlite_stat1 " ..
      "WHERE tbl LIKE 'stra%'"] = "straße sqlite_autoindex_straße_1" },
  })

  case("stay with constraints that differ by a collation alone", {
    before = [[
      CREATE TABLE t (a TEXT, b, UNIQUE (a, b), UNIQUE (a COLLATE NOCASE, b));
      INSERT INTO t VALUES ('x', 1), ('y', 1);
      ANALYZE;
    ]], run = "t:rebuild()", want = "rebuild",
    keeps = { "SELECT * FROM sqlite_stat1 WHERE tbl = 't' ORDER BY idx" },
  })
end)
