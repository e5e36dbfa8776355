-- SPDX-License-Identifier: MIT
-- conn:alter: a string in double quotes in an index does not become a column
-- that gets its name.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (a, b, c);
  INSERT INTO t VALUES (1, 2, 3), ('nope', 'x', NULL);
]]
local STRING = '"nope" is a string in the index i, and would become a column'
local RENAME = 't:rename_column("b", "nope")'

describe("a column renamed to a string that is an index's key", function()
  for what, keys in pairs {
    ["by itself"] = '(a, "nope")',
    ["in parentheses"] = '(a, ("nope"))',
    ["with a collation"] = '(a, "NOPE" COLLATE NOCASE DESC)',
    ["with a collation in parentheses"] = '(("nope" COLLATE "binary"), a)',
  } do
    case("is refused: " .. what, {
      before = T .. "CREATE INDEX i ON t " .. keys, run = RENAME,
      want = "dependents", says = { STRING, "HANGS index i" },
    })
  end
  case("is refused with a rebuild behind it, and in a chain", {
    before = T .. 'CREATE INDEX i ON t (a, "nope")', want = "dependents",
    run = 't:rename_columns{a = "b", b = "nope"} t:rebuild()', says = STRING,
  })
end)

describe("a column renamed to a string in an index", function()
  case("leaves it one in an expression", {
    before = T .. [[CREATE INDEX i ON t (a || "nope", "b")]], run = RENAME,
    want = "native", twice = true,
    gives = {
      ["SELECT sql FROM sqlite_schema WHERE name = 'i'"] =
        [[CREATE INDEX i ON t (a || 'nope', "nope")]],
    },
  })
  case("leaves it one in the condition", {
    before = T .. [[CREATE INDEX i ON t (a) WHERE b <> "nope"]],
    run = RENAME, want = "native", gives = {
      ["SELECT sql FROM sqlite_schema WHERE name = 'i'"] =
        [[CREATE INDEX i ON t (a) WHERE nope <> 'nope']],
      ["SELECT count(*) FROM t INDEXED BY i WHERE \"nope\" <> 'nope'"] = 2,
    },
  })
  case("leaves it one when the table is made again in the same call", {
    before = T .. [[CREATE INDEX i ON t (a || "it's") WHERE b <> "it's"]],
    run = [[t:rename_column("b", "it's") t:rebuild()]], want = "rebuild",
    gives = {
      ["SELECT sql FROM sqlite_schema WHERE name = 'i'"] =
        [[CREATE INDEX i ON t (a || 'it''s') WHERE "it's" <> 'it''s']],
    },
  })
  case("leaves the other strings and the collations as they stand", {
    before = T .. 'CREATE INDEX i ON t (a COLLATE "nocase", "other") ' ..
      'WHERE b <> "other"', want = "native", twice = true,
    run = 't:rename_columns{b = "nocase", c = "nope"}',
    gives = {
      ["SELECT sql FROM sqlite_schema WHERE name = 'i'"] =
        'CREATE INDEX i ON t (a COLLATE "nocase", "other") WHERE ' ..
        'nocase <> "other"',
    },
  })
  case("follows names in double quotes that are columns", {
    before = T .. 'CREATE INDEX i ON t ("a", "b" || "c")', want = "rebuild",
    run = 't:rename_columns{a = "b", b = "a"} t:rebuild()', gives = {
      ["SELECT sql FROM sqlite_schema WHERE name = 'i'"] =
        'CREATE INDEX i ON t ("b", "a" || "c")',
    },
  })
end)

describe("a new column called like a string in an index", function()
  case("is refused in define as in add_column", {
    before = T .. 'CREATE INDEX i ON t (a, "nope")', want = "dependents",
    run = 't:define([[a, b, c, nope]])', says = STRING,
  })
  case("is refused where the string is in an expression", {
    before = T .. 'CREATE INDEX i ON t (a || "nope")', want = "dependents",
    run = 't:add_column("nope", "INT")', says = { STRING, "HANGS index i" },
  })
  case("is added where it is a collation", {
    before = T .. 'CREATE INDEX i ON t (a COLLATE "nocase")',
    want = "native", run = 't:add_column("nocase", "INT")', twice = true,
  })
end)
