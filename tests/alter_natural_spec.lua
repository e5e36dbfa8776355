-- SPDX-License-Identifier: MIT
-- conn:alter: a NATURAL JOIN goes on joining by the same columns, and is no
-- reason where a column is on one side alone.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a, z);
  CREATE TABLE o (id, v);
  INSERT INTO t VALUES (1, 2, 3);
  INSERT INTO o VALUES (1, 7);
]]
local STAR = "CREATE VIEW n AS SELECT * FROM t NATURAL JOIN o;"
local CALLS = {
  ["a new column"] = 't:add_column("b", "INT")',
  ["a new name"] = 't:rename_column("a", "b")',
  ["a column that goes"] = 't:drop_column("z")',
}

describe("a column on one side alone is no matter", function()
  for what, run in pairs(CALLS) do
    case("of a join with a star: " .. what, {
      before = T .. STAR, run = run, want = "native", twice = true,
      gives = { ["SELECT count(*) FROM n"] = 1 },
    })
  end
  case("of a join that shows it under its name", {
    before = T .. "CREATE VIEW n AS SELECT a, v FROM t NATURAL JOIN o",
    run = CALLS["a new name"], want = "native",
    gives = { ["SELECT b || v FROM n"] = "27" },
  })
  case("of a join of a view of the table", {
    before = T .. "CREATE VIEW w AS SELECT * FROM t;" ..
      "CREATE VIEW n AS SELECT * FROM w NATURAL JOIN o",
    run = CALLS["a new column"], want = "native",
    gives = { ["SELECT count(*) FROM n"] = 1 },
  })
  case("of a join beside another SELECT from the table", {
    before = T .. "CREATE VIEW n AS SELECT a FROM t NATURAL JOIN o WHERE " ..
      "id IN (SELECT id FROM t) UNION SELECT z FROM t",
    run = CALLS["a new column"], want = "native",
  })
  case("of a join of the table with itself, by a new name", {
    before = T .. "CREATE VIEW n AS SELECT x.id FROM t NATURAL JOIN t AS x",
    run = CALLS["a new name"], want = "native",
    gives = { ["SELECT count(*) FROM n"] = 1 },
  })
end)

describe("refused is", function()
  local BY = "its NATURAL JOIN would join by other columns"
  case("a new column that the other side has", {
    before = T .. "CREATE VIEW n AS SELECT a FROM t NATURAL JOIN o",
    run = 't:add_column("v", "INT")', want = "dependents",
    says = "HANGS view n",
  })
  case("a column that goes and that the other side has", {
    before = T .. STAR .. "ALTER TABLE o ADD COLUMN z;",
    run = CALLS["a column that goes"], want = "dependents",
    says = "used by the view n",
  })
  case("a new column where a view of the table meets it", {
    before = T .. "CREATE VIEW w AS SELECT * FROM t;" ..
      "CREATE VIEW n AS SELECT a FROM w NATURAL JOIN t",
    run = CALLS["a new column"], want = "dependents", says = BY .. " (b)",
  })
  for what, join in pairs {
    ["by an alias"] = "t NATURAL JOIN t AS x",
    ["by a schema"] = "o, main.t AS y NATURAL LEFT JOIN main.t AS x",
    ["in parentheses"] = "(t AS y NATURAL JOIN t AS x)",
  } do
    local before = T .. "CREATE VIEW n AS SELECT x.id FROM " .. join
    case("a new column where the table meets itself " .. what, {
      before = before, run = CALLS["a new column"], want = "dependents",
      says = { BY .. " (b)", "HANGS view n" },
    })
    case("a column that goes where the table meets itself " .. what, {
      before = before, run = CALLS["a column that goes"],
      want = "dependents", says = "HANGS view n",
    })
  end
  case("a column that goes, unless its view goes by cascade", {
    before = T .. STAR .. "ALTER TABLE o ADD COLUMN z;", want = "native",
    run = 't:drop_column("z", { cascade = { "views" } })',
    gives = { ["SELECT count(*) FROM sqlite_schema WHERE name = 'n'"] = 0 },
  })
end)

describe("a NATURAL JOIN of other tables", function()
  case("is none of the table, whose name is an alias in it", {
    before = T .. "CREATE TABLE w (z, c);" ..
      "CREATE VIEW n AS SELECT * FROM w AS x NATURAL JOIN w AS t;",
    run = CALLS["a column that goes"], want = "native",
    gives = { ["SELECT count(*) FROM n"] = 0 },
  })
end)

describe("a join with a SELECT that calls a column so", function()
  for run, name in pairs {
    ['t:drop_column("z")'] = "z", ['t:add_column("n", "INT")'] = "n",
    ['t:rename_column("a", "n")'] = "n",
  } do
    case("is a join by it: " .. run, {
      before = T .. "CREATE VIEW v AS SELECT id FROM (SELECT v + 1 AS " ..
        name .. " FROM o) NATURAL JOIN t AS x",
      run = run, want = "dependents", says = "the view v",
      keeps = { "SELECT id FROM v" },
    })
  end
  case("is none by another", {
    before = T .. "CREATE VIEW v AS SELECT x.id FROM (SELECT id AS k FROM o) " ..
      "NATURAL JOIN t AS x",
    run = 't:drop_column("z")', want = "native", keeps = { "SELECT id FROM v" },
  })
end)
