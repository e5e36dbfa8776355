-- SPDX-License-Identifier: MIT
-- conn:alter: views and triggers go on meaning what they meant, also where
-- they read the same columns as before.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, c);
  INSERT INTO t VALUES (1, 'x', 2, 3), (2, 'y', 4, 6);
]]
local JOIN = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a, b);
  CREATE TABLE u (id2, c, d);
  INSERT INTO t VALUES (1, 'x', 2);
  INSERT INTO u VALUES (9, 'uc', 5);
]]
local OTHER = "would mean another column than before"

describe("a column renamed to an output name of a view", function()
  for what, select in pairs {
    ["GROUP BY"] = "SELECT b % 2 AS x, count(*) AS n FROM t GROUP BY x",
    ["WHERE"] = "SELECT b - 2 AS x FROM t WHERE x > 0",
    ["HAVING"] = "SELECT b % 2 AS x, count(*) FROM t GROUP BY 1 HAVING x = 0",
    ["ORDER BY"] = "SELECT b AS x FROM t ORDER BY -x LIMIT 1",
  } do
    case("is refused with " .. what, {
      before = T .. "CREATE VIEW v AS " .. select, want = "dependents",
      run = 't:rename_column("c", "x")', says = { "the view v", OTHER },
    })
  end

  case("is refused with GROUP BY in a trigger", {
    before = T .. [[
      CREATE TABLE log (x, n);
      CREATE TRIGGER g AFTER DELETE ON t BEGIN INSERT INTO log
        SELECT b % 2 AS x, count(*) FROM t GROUP BY x; END;
    ]], want = "dependents", run = 't:rename_column("c", "x")',
    says = { "the trigger g on t", OTHER },
  })

  case("is refused in one call with others, and all are named", {
    before = T .. [[
      CREATE VIEW v AS SELECT b - 2 AS x FROM t WHERE x > 0;
      CREATE VIEW w AS SELECT b % 2 AS x, count(*) FROM t GROUP BY x;
    ]], want = "dependents", says = { "the view v", "the view w" },
    run = 't:set_default("b", "1") t:rename_column("c", "x") ' ..
      't:rename_to("t2")',
  })

  case("is done where it means the same", {
    before = T .. [[
      CREATE VIEW v AS SELECT b % 2 AS x, c, count(*) AS n FROM t
        GROUP BY b % 2;
      CREATE VIEW w AS SELECT n FROM v;
    ]], want = "native", twice = true,
    run = 't:rename_column("c", "x")', keeps = { "SELECT * FROM w" },
  })
end)

describe("a table renamed", function()
  case("to what a view calls a table expression is refused", {
    before = T .. "CREATE VIEW v AS WITH u (a) AS (SELECT 5) " ..
      "SELECT (SELECT count(*) FROM t) AS n FROM u",
    want = "dependents", run = 't:rename_to("u")', says = "the view v",
  })

  case("to a temporary table's name is refused where a trigger would write " ..
    "to that", {
    before = T, want = "dependents", options = '{schema = "main"}',
    lead = 'conn:execute("CREATE TEMP TABLE u (id, b)") conn:execute("' ..
      "CREATE TEMP TRIGGER tg AFTER INSERT ON main.t BEGIN UPDATE t SET " ..
      'b = 777 WHERE id = new.id; END")',
    run = 't:rename_to("u")',
  })

  case("keeps what ANALYZE counted, and views and triggers their plan", {
    before = T .. [[
      CREATE TABLE k (id INTEGER PRIMARY KEY, z INT, auto UNIQUE);
      CREATE INDEX ka ON k (z);
      CREATE INDEX ta ON t (a);
      CREATE INDEX tb ON t (b, c);
      INSERT INTO k SELECT value, value % 3, value
        FROM json_each('[1,2,3,4,5,6,7,8,9]');
      CREATE VIEW v AS SELECT t.a, k.z FROM t, k
        WHERE t.b = k.z AND t.a > 'a';
      CREATE TRIGGER g AFTER UPDATE ON t BEGIN
        INSERT INTO k (z) SELECT z FROM v; END;
      ANALYZE;
      UPDATE sqlite_stat1 SET stat = '100000 50000 3' WHERE idx = 'tb';
      UPDATE sqlite_stat1 SET stat = '100000 2' WHERE idx = 'ta';
    ]], want = "native",
    run = 't:rename_column("b", "bb") t:rename_to("t2") ' ..
      't:rename_column("a", "aa")', keeps = { "SELECT * FROM v" },
  })

  case("keeps a trigger that writes to a table with AUTOINCREMENT", {
    before = [[
      CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a NOT NULL);
      CREATE VIEW v AS SELECT * FROM t;
      CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN
        INSERT INTO t (a) VALUES (new.a); END;
      CREATE TRIGGER h AFTER INSERT ON t WHEN new.id > 5 BEGIN
        DELETE FROM t WHERE id = new.id - 5; END;
    ]], want = "native", run = 't:rename_to("t2")',
  })
end)

describe("a view over a view with a star", function()
  case("is refused another table's column by a rename", {
    before = JOIN .. "CREATE VIEW v AS SELECT * FROM t, u; " ..
      "CREATE VIEW w AS SELECT c FROM v", want = "dependents",
    run = 't:rename_column("b", "c")', says = { "the view w", OTHER },
  })

  case("is refused another table's column by a rename away", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, c); " ..
      "CREATE TABLE u (c); CREATE VIEW v AS SELECT * FROM t, u; " ..
      "CREATE VIEW w AS SELECT c FROM v", want = "dependents",
    run = 't:rename_column("c", "k")', says = { "the view w", OTHER },
  })

  case("does not stand in the way of another name", {
    before = JOIN .. "CREATE VIEW v AS SELECT * FROM t, u; " ..
      "CREATE VIEW w AS SELECT c FROM v", want = "native",
    run = 't:rename_column("b", "e")', keeps = { "SELECT * FROM w" },
  })
end)

describe("a new column under a view with a star", function()
  local VIEWS = "CREATE VIEW v AS SELECT * FROM t, u; " ..
    "CREATE VIEW w AS SELECT c FROM v"
  local TAKES = { "the view v: its column c would be another one" }

  case("must not take the name of another table's", {
    before = JOIN .. VIEWS, want = "dependents", says = TAKES,
    run = 't:add_column("c", "INT DEFAULT 77")',
  })

  case("must not take it in any case, by a copy, or side by side", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a); " ..
      "CREATE TABLE u (c, e); " .. VIEWS,
    want = "dependents", says = "its column C would",
    run = 't:add_column("e", "INT") t:drop_column("a") ' ..
      't:add_column("C", "INT", {after = "id"})',
  })

  case("must not take that of an expression", {
    before = JOIN .. "CREATE VIEW v AS SELECT *, b + 1 AS c FROM t",
    want = "dependents", says = TAKES, run = 't:add_column("c", "INT")',
  })

  case("may have it behind the other table's", {
    before = JOIN .. "CREATE VIEW v AS SELECT * FROM u, t; " ..
      "CREATE VIEW w AS SELECT c FROM v", want = "native", twice = true,
    run = 't:add_column("c", "INT DEFAULT 77")',
    keeps = { "SELECT * FROM w" },
  })

  case("may have it side by side, behind the other table's", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a); " ..
      "CREATE TABLE u (c); INSERT INTO u VALUES ('uc'); " ..
      "INSERT INTO t VALUES (1, 2); CREATE VIEW v AS SELECT * FROM u, t; " ..
      "CREATE VIEW w AS SELECT c FROM v", want = "rebuild",
    run = 't:add_column("c", "INT", {before = "id"}) t:drop_column("a")',
    keeps = { "SELECT * FROM w" },
  })

  case("may have a name of its own", {
    before = JOIN .. VIEWS, want = "native", twice = true,
    run = 't:add_column("e", "INT")', keeps = { "SELECT * FROM w" },
  })

  case("may have the name of one that is renamed or dropped", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, c, k); " ..
      "CREATE TABLE u (e); CREATE VIEW v AS SELECT * FROM t, u",
    want = "rebuild",
    run = 't:rename_column("c", "d") t:add_column("c", "INT") ' ..
      't:drop_column("k") t:add_column("k", "INT", {after = "id"})',
  })
end)

describe("a new column called like a string in double quotes", function()
  local S = T .. "CREATE VIEW s AS SELECT * FROM t; " ..
    'CREATE VIEW v AS SELECT "hello" AS z FROM s'

  case("in a view over a view with a star is refused", {
    before = S, want = "dependents", says = '"hello" is a string in it',
    run = 't:add_column("hello", "INT DEFAULT 7")',
  })

  case("is added by another name", {
    before = S, want = "native", twice = true,
    run = 't:add_column("hallo", "INT DEFAULT 7")',
    gives = { ["SELECT z FROM v LIMIT 1"] = "hello" },
  })
end)

describe("a column that a view with a star shows", function()
  for run, says in pairs {
    ['t:rename_column("a", "d")'] = true, ['t:rename_column("b", "z")'] = false,
    ['t:rename_columns {a = "b", b = "a"}'] = false,
  } do
    for from in pairs { ["t, u"] = 1, ["u, t"] = 1, ["t JOIN u"] = 1 } do
      local taken = says and from ~= "u, t"
      case((taken and "is another's no more: " or "is what it was: ") .. run ..
        " of " .. from, {
        before = JOIN .. "CREATE VIEW v AS SELECT * FROM " .. from, run = run,
        want = taken and "dependents" or "native",
        says = taken and { "it breaks the view v: a column that it shows " ..
          "would be another one than before" } or nil,
        gives = { ["SELECT d FROM v"] = 5 },
      })
    end
  end

  case("is not left to another table", {
    before = JOIN .. "CREATE VIEW v AS SELECT t.*, id2 AS b FROM t, u",
    run = 't:rename_column("b", "z")', want = "dependents",
    says = "it breaks the view v: a column that it shows",
    keeps = { "SELECT b FROM v" },
  })
end)

describe("a column that goes and that another table of a view has", function()
  for from, want in pairs { ["t, o"] = "dependents", ["o, t"] = "native",
      ["t AS x JOIN o ON o.k = x.id"] = "dependents" } do
    case("leaves it its name or is refused: " .. from, {
      before = T .. [[
        CREATE TABLE o (k, c, d);
        INSERT INTO o VALUES (1, 9, 8);
        CREATE VIEW v AS SELECT * FROM ]] .. from,
      run = 't:drop_column("c")', want = want,
      says = want ~= "native" and "it breaks the view v: its column c would " ..
        "be another one than before" or nil,
      keeps = { "SELECT c FROM v WHERE id = 1" },
    })
  end
end)
