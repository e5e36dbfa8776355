-- SPDX-License-Identifier: MIT
-- conn:alter: no row gets a number that nobody gave it, and none moves away
-- from a full-text table that knows it by its number.
local case = require "tests.support.altering".with(it)

describe("a key that becomes the rowid", function()
  local ROWS = "CREATE TABLE t (id INT PRIMARY KEY, a); " ..
    "INSERT INTO t (rowid, id, a) VALUES (10, 1, 'x'), (11, NULL, 'y')"

  case("has no NULL: by its type", {
    before = ROWS, run = 't:set_type("id", "INTEGER")', want = "rows",
    says = { "rows have NULL in id", "(rowid 11)" },
  })
  case("has no NULL: by a key of the table", {
    before = "CREATE TABLE t (id INT, a, PRIMARY KEY (id)); " ..
      "INSERT INTO t VALUES (1, 'x'), (NULL, 'y')",
    run = 't:set_type("id", "INTEGER")', want = "rows",
    says = { "rows have NULL in id", "(rowid 2)" },
  })
  case("has no NULL: where the invented number would collide", {
    before = "CREATE TABLE t (id INT PRIMARY KEY, a); " ..
      "INSERT INTO t VALUES (NULL, 'y'), (1, 'x')",
    run = 't:set_type("id", "INTEGER")', want = "rows",
    says = { "rows have NULL in id", "(rowid 1)" },
  })
  case("has no NULL: by using", {
    before = "CREATE TABLE t (id INT PRIMARY KEY, a); " ..
      "INSERT INTO t (rowid, id, a) VALUES (10, 1, 'x'), (11, 7, 'y')",
    run = 't:set_type("id", "INTEGER", {using = "nullif(id, 7)"})',
    want = "rows", says = { "the value for id", "is NULL", "(rowid 11)" },
  })
  case("has no NULL: by using, where it is the rowid already", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a); " ..
      "INSERT INTO t VALUES (1, 'x'), (7, 'y')",
    run = 't:set_type("id", "INTEGER", {using = "nullif(id, 7)"})',
    want = "rows", says = { "the value for id", "is NULL", "(rowid 7)" },
  })
  case("has no NULL: by a new primary key over what using gives", {
    before = "CREATE TABLE t (x TEXT, a); " ..
      "INSERT INTO t VALUES ('1', 'x'), ('', 'y')",
    run = 't:set_type("x", "INTEGER", {using = "nullif(x, \'\')"}) ' ..
      't:set_primary_key{"x"}',
    want = "rows", says = { "the value for x", "is NULL", "(rowid 2)" },
  })
  case("has no NULL: by a definition", {
    before = ROWS, want = "rows", says = "rows have NULL in id",
    run = 't:define("id INTEGER PRIMARY KEY, a")',
  })
  case("takes the values that using gives for NULL", {
    before = ROWS, want = "rebuild",
    run = 't:set_type("id", "INTEGER", {using = "coalesce(id, 70)"})',
    gives = { ["SELECT group_concat(id || a) FROM t"] = "1x,70y" },
  })
  case("may become another type where there is no NULL", {
    before = "CREATE TABLE t (id INT PRIMARY KEY, a); " ..
      "INSERT INTO t VALUES (5, 'x'), (3, 'y')",
    run = 't:set_type("id", "INTEGER")', want = "rebuild",
    gives = { ["SELECT group_concat(rowid || a) FROM t"] = "3y,5x" },
  })
end)
