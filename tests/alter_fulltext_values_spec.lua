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
  "the full-text table ft does not match its rows any more", "HANGS fts5 ft",
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
