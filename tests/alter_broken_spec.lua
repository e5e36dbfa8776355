-- SPDX-License-Identifier: MIT
-- conn:alter: what was broken before does not block, and what breaks now does.
local sandbox = require "tests.support.sandbox"
local case = require "tests.support.altering".with(it)

local POINTS_NOWHERE = [[
  CREATE TABLE p (id INTEGER PRIMARY KEY);
  CREATE TABLE t (a TEXT REFERENCES p, k INTEGER);
  INSERT INTO p VALUES (1);
  INSERT INTO t VALUES ('1', 10), ('007', 20);
]]

describe("rows that pointed nowhere before", function()
  case("may be converted", {
    before = POINTS_NOWHERE, run = 't:set_type("a", "INT")',
    want = "rebuild", twice = true,
    gives = { ["SELECT group_concat(a) FROM t"] = "1,7" },
  })

  case("may be converted, and their table and column be renamed", {
    before = POINTS_NOWHERE, want = "rebuild",
    run = 't:set_type("a", "INT") t:rename_column("a", "z") ' ..
      't:rename_to("u")',
    gives = { ["SELECT group_concat(z) FROM u"] = "1,7" },
  })

  case("may be converted in a table without rowids", {
    before = [[
      CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE t (k INT PRIMARY KEY, a TEXT REFERENCES p) WITHOUT ROWID;
      INSERT INTO t VALUES (1, '007'), (2, '8');
    ]], run = 't:set_type("a", "INT")', want = "rebuild", twice = true,
    gives = { ["SELECT group_concat(a) FROM t"] = "7,8" },
  })

  case("stay in a table without rowids", {
    before = [[
      CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE t (k INT PRIMARY KEY, a TEXT REFERENCES p) WITHOUT ROWID;
      INSERT INTO t VALUES (1, '7'), (2, '8');
    ]], run = 't:set_type("a", "INT")', want = "rebuild",
    gives = { ["SELECT group_concat(a) FROM t"] = "7,8" },
  })

  case("stay where rowids are given anew", {
    before = POINTS_NOWHERE, run = 't:set_primary_key{"k"}',
    want = "rebuild",
    gives = { ["SELECT group_concat(rowid) FROM t"] = "10,20" },
  })

  case("of children stay when the parent's type changes", {
    before = [[
      CREATE TABLE t (id INT PRIMARY KEY);
      CREATE TABLE c (a REFERENCES t);
      INSERT INTO t VALUES (1);
      INSERT INTO c VALUES (1), (9);
    ]], run = 't:set_type("id", "TEXT")', want = "rebuild",
  })

  case("stay when a key that had no target gets one", {
    before = [[
      CREATE TABLE t (name TEXT, q REFERENCES t (name));
      INSERT INTO t VALUES ('a', 'x');
    ]], run = 't:add_unique{"name"}', want = "rebuild", twice = true,
  })

  case("and a key without a target do not hide another one", {
    before = [[
      CREATE TABLE t (e TEXT, who INT REFERENCES t, PRIMARY KEY (e COLLATE
        NOCASE));
      CREATE TABLE kid (r REFERENCES t (e));
    ]], run = 't:add_foreign_key({"e"}, "t", {"who"})', want = "foreign_key",
    says = "foreign key mismatch",
  })

  case("and a key without a target do not hide rows that break now", {
    before = [[
      CREATE TABLE t (e TEXT, who INT REFERENCES t, PRIMARY KEY (e COLLATE
        NOCASE));
      INSERT INTO t VALUES ('x', 3);
    ]], want = "foreign_key",
    run = 't:add_column("z", "INT DEFAULT 3 REFERENCES nope") ' ..
      't:drop_foreign_key{"who"}',
  })

  case("do not hide a row that breaks now", {
    before = POINTS_NOWHERE, want = "foreign_key",
    run = 't:set_type("a", "INT", {using = "a + 1"})',
    says = "rows of t point to no row of p (rowid 1)",
  })

  it("do not hide a row that the script broke before", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql(POINTS_NOWHERE)
    box:migration("2026_01_01_a", [[
      conn:execute("INSERT INTO t VALUES ('9', 30)")
      conn:alter("t", function(t) t:set_type("a", "INT") end)
    ]])
    local status, _, err = box:run("up")
    assert.equal(1, status)
    assert(err:find("foreign key violated", 1, true), err)
    assert.equal("1,007", box:value("SELECT group_concat(a) FROM t"))
  end)
end)

describe("a view that does not compile", function()
  local BROKEN = [[
    CREATE TABLE t (a, b);
    CREATE TABLE gone (x);
    CREATE VIEW v AS SELECT x FROM gone;
    CREATE TRIGGER g INSTEAD OF UPDATE ON v BEGIN SELECT 1; END;
    DROP TABLE gone;
  ]]

  case("does not block with the triggers that stand on it", {
    before = BROKEN, run = 't:drop_column("b")', want = "native",
  })

  it("does not block SQL, either", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql(BROKEN)
    box:migration("2026_01_01_a", [[
      conn:execute("CREATE VIEW w AS SELECT a FROM t")
      conn:execute("ALTER TABLE t ADD COLUMN c")
    ]])
    local status, _, err = box:run("up")
    assert.equal(0, status, err)
    assert.equal(3, tonumber(box:value(
      "SELECT count(*) FROM pragma_table_info('t')")))
  end)
end)

describe('check = "full"', function()
  local FULLTEXT = [[
    CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
    INSERT INTO t VALUES (1, 'one');
    CREATE VIRTUAL TABLE f USING fts5 (a, content = t, content_rowid = id);
  ]]

  case("does not blame a full-text table that did not match before", {
    before = FULLTEXT, run = "t:rebuild()", want = "rebuild",
    options = '{check = "full"}',
  })

  case("refuses what a full-text table does not match any more", {
    before = FULLTEXT .. "INSERT INTO f (f) VALUES ('rebuild');",
    run = 't:set_type("a", "TEXT", {using = "\'two\'"})',
    options = '{check = "full"}', want = "dependents",
    says = "the full-text table f does not match its rows any more",
  })

  case("keeps silent where all matches", {
    before = FULLTEXT .. "INSERT INTO f (f) VALUES ('rebuild');",
    run = 't:add_column("b", "INT", {before = "a"})', want = "rebuild",
    options = '{check = "full"}', twice = true,
  })
end)
