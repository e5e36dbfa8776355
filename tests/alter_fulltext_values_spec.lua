-- SPDX-License-Identifier: MIT
-- conn:alter: values that change under a full-text table with content=.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a, b);
  INSERT INTO t VALUES (5, 'hey', 1), (6, '007', 2), (7, NULL, 3);
  CREATE VIRTUAL TABLE ft USING fts5(a, content='t', content_rowid='id');
]]
local MATCHED = T .. "INSERT INTO ft(ft) VALUES ('rebuild');"
local SAYS = {
  "the full-text table ft does not match its rows any more: other values " ..
    "in a", "HANGS fts5 ft",
}
local CHANGES = {
  ["a computed value"] = [[t:set_type("a", "TEXT", { using = "a || ' x'" })]],
  ["a NULL that is filled"] = 't:set_not_null("a", true, { fill = "9" })',
  ["a conversion"] = 't:set_type("a", "INT")',
  ["a new definition"] = 't:define("id INTEGER PRIMARY KEY, a TEXT, b", ' ..
    '{ fill = { a = "upper(a) || 1" } })',
}

describe("refused is", function()
  for what, run in pairs(CHANGES) do
    case(what .. " of a column that it indexes", {
      before = MATCHED, run = run, want = "dependents", says = SAYS,
      gives = { ["SELECT count(*) FROM ft WHERE ft MATCH '007'"] = 1 },
    })
    case("not, where it did not match before, " .. what, {
      before = T, run = run, want = "rebuild",
    })
  end
end)

describe("done is", function()
  for what, run in pairs {
    ["a conversion that converts nothing"] = 't:set_type("a", "TEXT")',
    ["a value of another column"] =
      't:set_type("b", "INT", { using = "b + 1" })',
    ["a new column"] = 't:add_column("c", "INT", { fill = "id" })',
    ["another order"] =
      't:reorder{ "id", "b", "a" }',
  } do
    case(what, {
      before = MATCHED, run = run, want = "rebuild",
      options = '{check = "full"}',
      gives = { ["SELECT a FROM ft WHERE ft MATCH '007'"] = "007" },
    })
  end
  case("any change where it is dropped before", {
    before = MATCHED, lead = 'conn:execute("DROP TABLE ft")',
    run = CHANGES["a conversion"], want = "rebuild",
    gives = { ["SELECT a FROM t WHERE id = 6"] = 7 },
  })
end)

describe("refused is a change of values under a full-text table", function()
  local function under(name, module, columns, run, column)
    case(name, {
      before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, g AS " ..
        "(upper(a))); INSERT INTO t (id, a, b) VALUES (5, 'hey', 1), " ..
        "(6, '007', 2); CREATE VIEW v AS SELECT id, a || '-' || b AS ab, b " ..
        "FROM t; CREATE VIEW w AS SELECT id, ab FROM v; CREATE VIRTUAL " ..
        "TABLE ft USING " .. module .. "(" .. columns .. "); " ..
        "INSERT INTO ft (ft) VALUES ('rebuild')",
      run = run, want = "dependents",
      gives = { ["SELECT count(*) FROM ft WHERE ft MATCH '007'"] = 1 },
      says = {
        "the full-text table ft does not match its rows any more" ..
          (column and ": other values in " .. column or ""), "HANGS fts5 ft",
      },
    })
  end
  local TYPE = 't:set_type("a", "INT")'
  local KEY = ", content_rowid='id'"

  under("over a view", "fts5", "ab, content='v'" .. KEY, TYPE)
  under("over a view of a view", "fts5", "ab, content='w'" .. KEY, TYPE)
  under("over a view of what has another name by then", "fts5",
    "ab, content='v'" .. KEY, 't:rename_column("a", "c") ' ..
    't:set_type("c", "INT")')
  under("of FTS4", "fts4", 'a, content="t"', TYPE, "a")
  under("over a generated column", "fts5", "g, content='t'" .. KEY, TYPE)
  under("over an expression that is another one", "fts5",
    "g, content='t'" .. KEY,
    't:define("id INTEGER PRIMARY KEY, a, b, g AS (a || b)")', "g")
  under("over what is an expression by then", "fts5",
    "a, content='t'" .. KEY,
    't:define("id INTEGER PRIMARY KEY, a AS (b) STORED, b, g", ' ..
    '{lose = {"a"}})', "a")
end)

describe("a change of values that no full-text table reads", function()
  for name, content in pairs {
    ["over a view"] = "a, content='v'", ["over another view"] =
      "x, content='other'",
  } do
    case("is done: " .. name, {
      before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); " ..
        "INSERT INTO t VALUES (5, 'hey', '1'); " ..
        "CREATE TABLE o (id INTEGER PRIMARY KEY, x); " ..
        "INSERT INTO o VALUES (1, 'hey'); " ..
        "CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW other AS " ..
        "SELECT id, x FROM o; CREATE VIRTUAL TABLE ft USING fts5(" ..
        content .. ", content_rowid='id'); " ..
        "INSERT INTO ft (ft) VALUES ('rebuild')",
      run = 't:set_type("b", "INT")', want = "rebuild", gives = {
        ["SELECT count(*) FROM ft WHERE ft MATCH 'hey'"] = 1,
        ["SELECT typeof(b) FROM t"] = "integer",
      },
    })
  end
end)
