-- SPDX-License-Identifier: MIT
-- conn:alter: define loses no value unsaid where a column becomes a generated
-- one, and asks of generated columns what their new expressions read.
local case = require "tests.support.altering".with(it)

local T = "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 22), (2, NULL);"
local G = [[
  CREATE TABLE t (a, b, g AS (b + 1), h AS (g + 1) STORED);
  INSERT INTO t (a, b) VALUES (1, 5), (2, NULL);
]]

describe("define, of a column that becomes a generated one", function()
  case("is refused: its values would be lost", {
    before = T, run = 't:define("a, b AS (a + 1)")', want = "column",
    says = "the values of the column b would be lost, because it becomes " ..
      "a generated one: name it in lose if they may go",
  })
  case("is refused on an empty table as well", {
    before = "CREATE TABLE t (a, b)", want = "column",
    run = 't:define("a, b INT GENERATED ALWAYS AS (a) STORED")',
    says = "the values of the column b would be lost",
  })
  case("is done where lose names it", {
    before = T, run = 't:define("a, b AS (a + 1)", { lose = { "B" } })',
    want = "rebuild", twice = true,
    gives = { ["SELECT group_concat(a || ' ' || b) FROM t"] = "1 2,2 3" },
  })
  case("is done where any may go", {
    before = T, run = 't:define("a, b AS (a + 1)", { lose = true })',
    want = "rebuild",
    gives = { ["SELECT group_concat(a || ' ' || b) FROM t"] = "1 2,2 3" },
  })
  case("is refused with fill", {
    before = T, want = "definition",
    run = 't:define("a, b AS (a + 1)", { fill = { b = "7" }, lose = true })',
    says = "the column b is generated: fill cannot be given",
  })
  case("is done for one that was generated before", {
    before = G, want = "rebuild", twice = true,
    run = 't:define("a, b, g AS (a + 1), h AS (b)")',
    gives = { ["SELECT group_concat(g || ' ' || coalesce(h, '-')) FROM t"] =
      "2 5,3 -" },
  })
  case("keeps what was computed where it becomes an ordinary one", {
    before = G, want = "rebuild", twice = true, run = 't:define("a, b, g, h")',
    gives = { ["SELECT typeof(g) || g || h FROM t WHERE a = 1"] =
      "integer67" },
  })
end)

describe("define, of a generated column without a column that is lost",
  function()
    case("is done where its new expression does not read that", {
      before = G, want = "rebuild", twice = true,
      run = 't:define("a, g AS (a + 1), h AS (g + 1) STORED", ' ..
        '{ lose = { "b" } })',
      gives = { ["SELECT group_concat(g || ' ' || h) FROM t"] = "2 3,3 4" },
    })
    case("is done where it becomes an ordinary one", {
      before = G, want = "rebuild", run = 't:define("a, g", ' ..
        '{ lose = { "b", "h" } })',
      gives = { ["SELECT group_concat(coalesce(g, '-')) FROM t"] = "6,-" },
    })
    case("is refused where it reads that still", {
      before = G, want = "definition", says = "no such column: b",
      run = 't:define("a, g AS (b + 2)", { lose = { "b", "h" } })',
    })
    case("is refused where that would become a string", {
      before = G, want = "definition", says = "no such column: b",
      run = [[t:define('a, g AS ("b")', { lose = { "b", "h" } })]],
    })
    case("is refused where something else uses that", {
      before = G .. "CREATE INDEX i ON t (b);", want = "dependents",
      run = 't:define("a, g AS (a)", { lose = { "b", "h" } })',
      says = "HANGS index i",
    })
  end)

describe("drop_column", function()
  case("is refused where a generated column reads it", {
    before = G, want = "dependents", says = "used by g AS (b + 1)",
    run = 't:drop_column("b", { cascade = { "constraints" } })',
  })
end)
