-- SPDX-License-Identifier: MIT
-- conn:alter: what counts columns instead of naming them goes on meaning the
-- same columns, or stops the change.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c);
  CREATE TABLE o (x, y);
  INSERT INTO t VALUES (1, 'p', 9, 5), (2, 'q', 8, 7), (3, 'p', 7, 6);
]]

local REORDER = 't:reorder{"c"}'
local COUNTS = "counts the columns of the table"
local ORDERS = "its ORDER BY or GROUP BY counts columns"

local function refused(name, code, run, says)
  case(name .. " is refused", {
    before = T .. code, run = run, want = "dependents",
    says = { code:find("TRIGGER", 1, true) and "the trigger g" or
      "the view v", says },
  })
end

local function done(name, code, run, want, keeps)
  case(name .. " is done", {
    before = T .. code, run = run, want = want,
    keeps = keeps and { keeps } or nil,
  })
end

describe("a place in ORDER BY or GROUP BY behind a star", function()
  for name, select in pairs {
    ["ORDER BY"] = "SELECT * FROM t ORDER BY 2 DESC",
    ["LIMIT 1"] = "SELECT * FROM t ORDER BY 3 LIMIT 1",
    ["GROUP BY"] = "SELECT *, count(*) FROM t GROUP BY 3",
    ["a sign and parentheses"] = "SELECT t.* FROM t ORDER BY id, +((2)) DESC",
    ["a place behind another term"] =
      "SELECT * FROM t ORDER BY length(a), 3 COLLATE BINARY",
    ["a subquery"] =
      "SELECT sum(b) FROM (SELECT * FROM t ORDER BY 3 LIMIT 1)",
    ["a table expression"] = "WITH w AS (SELECT * FROM t ORDER BY 2 LIMIT " ..
      "1) SELECT count(*), a FROM w",
    ["a number of 16"] = "SELECT * FROM t ORDER BY 0x2",
  } do
    refused(name .. ", reordered,", "CREATE VIEW v AS " .. select, REORDER,
      ORDERS)
  end

  local V = "CREATE VIEW v AS SELECT * FROM t ORDER BY 3 LIMIT 1"
  refused("a column put in", V,
    't:add_column("n", "INT", {after = "id"})', ORDERS)
  refused("a column taken out", V, 't:drop_column("a")', ORDERS)
  refused("a column taken out with cascade of others", V,
    't:drop_column("a", {cascade = {"triggers", "indexes"}})', ORDERS)
  case("goes with cascade", {
    before = T .. V .. "; CREATE VIEW w AS SELECT * FROM t ORDER BY b; " ..
      "CREATE VIEW x AS SELECT max(b) FROM v",
    run = 't:drop_column("a", {cascade = {"views"}})', want = "native",
    gives = { ["SELECT group_concat(name) FROM sqlite_schema " ..
      "WHERE type = 'view'"] = "w" },
  })
  refused("defined anew", V, 't:define("id INTEGER PRIMARY KEY, b, a, c")',
    ORDERS)
  refused("in a trigger", [[
    CREATE TRIGGER g AFTER INSERT ON o BEGIN
      UPDATE o SET x = (SELECT b FROM (SELECT * FROM t ORDER BY 3 LIMIT 1));
    END]], 't:drop_column("a")', ORDERS)
  refused("of what stands behind the star", "CREATE VIEW v AS " ..
    "SELECT *, b + 1 AS k FROM t ORDER BY 5", 't:add_column("n", "INT")',
    ORDERS)
  refused("in a view over a view", "CREATE VIEW s AS SELECT * FROM t; " ..
    "CREATE VIEW v AS SELECT * FROM s ORDER BY 2", REORDER, ORDERS)

  local ALL = "SELECT * FROM v"
  done("a column at the end", "CREATE VIEW v AS SELECT * FROM t ORDER BY 2; " ..
    "CREATE VIEW w AS SELECT * FROM t ORDER BY 4 DESC",
    't:add_column("n", "INT")', "native", "SELECT id, b FROM w")
  done("a column behind the place",
    "CREATE VIEW v AS SELECT * FROM t ORDER BY 2, 1",
    't:add_column("n", "INT", {before = "b"})', "rebuild", "SELECT id FROM v")
  done("a drop behind the place",
    "CREATE VIEW v AS SELECT * FROM t ORDER BY 2",
    't:drop_column("c")', "native", "SELECT id FROM v")
  done("reordered behind the place",
    "CREATE VIEW v AS SELECT * FROM t ORDER BY 2",
    't:reorder{"id", "a", "c"}', "rebuild", "SELECT id, a, b, c FROM v")
  done("a column of another table behind a new one",
    "CREATE VIEW v AS SELECT o.*, t.id FROM o, t ORDER BY 3",
    't:drop_column("a") t:drop_column("b")', "native", ALL)
  done("a star and a name", "CREATE VIEW v AS SELECT * FROM t ORDER BY b; " ..
    "CREATE VIEW w AS SELECT count(*), * FROM t GROUP BY a ORDER BY b * 2",
    REORDER, "rebuild", "SELECT id, a, b, c FROM v")
  done("a place and no star",
    "CREATE VIEW v AS SELECT b, a FROM t ORDER BY 1; " ..
    "CREATE VIEW w AS SELECT count(*) FROM t GROUP BY a ORDER BY 1",
    REORDER, "rebuild", ALL)
  done("a place before the star", "CREATE VIEW v AS SELECT a, b, t.* " ..
    "FROM t ORDER BY 2, 1; CREATE VIEW w AS SELECT * FROM (SELECT b, * " ..
    "FROM t ORDER BY 1 LIMIT 2)", REORDER, "rebuild", "SELECT id, a FROM w")
  refused("at the star behind others", "CREATE VIEW v AS SELECT count(*) " ..
    "AS n, t.* FROM t GROUP BY 4", REORDER, ORDERS)
  refused("in one of two SELECTs", [[
    CREATE TRIGGER g AFTER INSERT ON o BEGIN
      SELECT * FROM t ORDER BY a;
      SELECT * FROM t ORDER BY 3 LIMIT 1; SELECT 1; END]],
    't:drop_column("a")', "")
  done("a star elsewhere", "CREATE VIEW v AS SELECT b, (SELECT count(*) " ..
    "FROM (SELECT * FROM t LIMIT 2, 5)) AS n FROM t ORDER BY 2, 1",
    REORDER, "rebuild", ALL)
  done("a window's number", "CREATE VIEW v AS SELECT *, row_number() " ..
    "OVER (ORDER BY 2) AS n FROM t", REORDER, "rebuild", "SELECT b, n FROM v")
end)

describe("a row of values", function()
  for name, code in pairs {
    ["IN a table"] = [[CREATE VIEW v AS SELECT count(*) AS n FROM o
      WHERE (x, y, 1, 2) IN t]],
    ["NOT IN a table, in WHEN"] = [[CREATE TRIGGER g BEFORE INSERT ON o
      WHEN NOT ((new.x, new.y, 1, 2) IN main.t)
      BEGIN SELECT raise(ABORT, 'no'); END]],
    ["IN a view"] = [[CREATE VIEW s AS SELECT * FROM t;
      CREATE VIEW v AS SELECT x FROM o WHERE (x, y, 1, 2) NOT IN s]],
    ["IN a star"] = [[CREATE VIEW v AS SELECT x FROM o
      WHERE (x, y, 1, 2) IN (SELECT * FROM t)]],
    ["= a star"] = [[CREATE VIEW v AS SELECT
      (1, 'p', 9, 5) = (SELECT * FROM t LIMIT 1) AS k]],
    ["a star ="] = [[CREATE VIEW v AS SELECT
      ((SELECT * FROM t LIMIT 1)) IS NOT (1, 'p', 9, 5) AS k]],
    ["a star in EXISTS"] = [[CREATE VIEW v AS SELECT x FROM o WHERE
      EXISTS (SELECT 1 WHERE (x, y, 1, 2) IN (SELECT * FROM t))]],
  } do
    refused(name, code, REORDER, COUNTS)
  end

  refused("the names of a table expression", "CREATE VIEW v AS " ..
    "WITH w (p, q, r, s) AS NOT MATERIALIZED (SELECT * FROM t) " ..
    "SELECT q FROM w", REORDER, COUNTS)
  refused("EXCEPT in EXISTS", "CREATE VIEW v AS SELECT x FROM o WHERE " ..
    "EXISTS (SELECT * FROM t EXCEPT SELECT 1, 'p', 9, 5)", REORDER, COUNTS)
  refused("an INSERT into a view", [[
    CREATE VIEW s AS SELECT * FROM t;
    CREATE TRIGGER i INSTEAD OF INSERT ON s BEGIN
      INSERT INTO t (a, b) VALUES (new.a, new.b); END;
    CREATE TRIGGER g AFTER INSERT ON o BEGIN
      INSERT INTO s VALUES (1, 2, 3, 4); END]], REORDER, COUNTS)

  done("one column of a star", "CREATE VIEW v AS SELECT a FROM t WHERE b " ..
    "IN (SELECT b FROM (SELECT * FROM t)) AND a = (SELECT a FROM t LIMIT 1)",
    REORDER, "rebuild", "SELECT * FROM v")
  done("a table of one column", "CREATE TABLE k (n); " ..
    "CREATE VIEW v AS SELECT a FROM t WHERE id NOT IN k", REORDER, "rebuild",
    "SELECT * FROM v")
  done("EXISTS with a star, in WHEN", [[
    CREATE TRIGGER g BEFORE INSERT ON o
      WHEN NOT EXISTS (SELECT * FROM t WHERE id = new.x)
      BEGIN SELECT raise(ABORT, 'no'); END]], REORDER, "rebuild")
end)
