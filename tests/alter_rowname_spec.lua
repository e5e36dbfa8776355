-- SPDX-License-Identifier: MIT
-- conn:alter: a column called rowid does not come in the way of what reads
-- the rowid by this name.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, d, e);
  INSERT INTO t VALUES (7, 'hello', 4);
]]
local SEARCH = {
  ["SELECT d FROM ft WHERE ft MATCH 'hello'"] = "hello",
}
local CALLS = {
  ["a new column"] = 't:add_column("%s", "INT DEFAULT 3")',
  ["a new name"] = 't:rename_column("e", "%s")',
  ["a new definition"] =
    't:define("id INTEGER PRIMARY KEY, d, e, %s INT DEFAULT 3")',
}

local function fulltext(options)
  return T .. "CREATE VIRTUAL TABLE ft USING fts5(d, content=t" ..
    (options or "") .. "); INSERT INTO ft(ft) VALUES ('rebuild');"
end

for what, run in pairs(CALLS) do
  describe(what, function()
    case("is refused where a full-text table finds rows by it", {
      before = fulltext(), run = run:format("rowid"), want = "dependents",
      says = { "the full-text table ft reads the rowid as rowid, and would " ..
        "read the column", "HANGS fts5 ft" }, gives = SEARCH,
    })
    case("is refused where content_rowid= names it", {
      before = fulltext(", content_rowid=oid"), run = run:format("oid"),
      want = "dependents", says = "HANGS fts5 ft", gives = SEARCH,
    })
    case("is done where content_rowid= names the key", {
      before = fulltext(", content_rowid=id"), run = run:format("rowid"),
      want = what == "a new definition" and "rebuild" or "native",
      gives = SEARCH,
    })
    case("is done under another of the rowid's names", {
      before = fulltext(), run = run:format("oid"), gives = SEARCH,
      want = what == "a new definition" and "rebuild" or "native",
    })
    case("is refused where an index's condition has it", {
      before = T .. "CREATE INDEX i ON t (d) WHERE _rowid_ > 5",
      run = run:format("_rowid_"), want = "dependents", says =
        "the index i reads the rowid as _rowid_, and would read the column",
    })
    case("is done in a table WITHOUT ROWID", {
      before = "CREATE TABLE t (id INTEGER PRIMARY KEY, d, e) WITHOUT ROWID",
      run = run:format("rowid"), twice = true,
      want = what == "a new definition" and "rebuild" or "native",
    })
  end)
end

describe("a CHECK that reads the rowid", function()
  local C = "CREATE TABLE t (id INTEGER PRIMARY KEY, d, e CHECK (rowid > 0)" ..
    ", CONSTRAINT c CHECK (t.oid < 99)); INSERT INTO t VALUES (1, 2, 3);"
  for what, says in pairs {
    rowid = "a CHECK reads the rowid as rowid, and would read the column",
    OID = "a CHECK c reads the rowid as OID, and would read the column",
  } do
    case("refuses a new column " .. what, {
      before = C, run = CALLS["a new column"]:format(what),
      want = "dependents", says = says,
    })
    case("refuses a new name " .. what, {
      before = C, run = CALLS["a new name"]:format(what),
      want = "dependents", says = says,
    })
  end
  case("does not mind another of the names", {
    before = C, run = CALLS["a new name"]:format("_rowid_"),
    want = "native", twice = true,
  })
end)

describe("a column called true or false", function()
  local B = "CREATE TABLE t (a, b CHECK (b = TRUE), g AS (b IS FALSE)); " ..
    "INSERT INTO t VALUES (0, 1);"
  for what, run in pairs {
    ["a new column"] = 't:add_column("%s", "INT DEFAULT 0")',
    ["a new name"] = 't:rename_column("a", "%s")',
  } do
    case("is refused as " .. what .. " where a CHECK has the value", {
      before = B, run = run:format("true"), want = "dependents",
      says = "a CHECK has the value true, and would read the column",
    })
    case("is refused as " .. what .. " where a generated one has it", {
      before = B, run = run:format("False"), want = "dependents",
      says = "the generated column g has the value False",
    })
    case("is refused as " .. what .. " where an index has it", {
      before = "CREATE TABLE t (a, b); CREATE INDEX i ON t (b = true); " ..
        "INSERT INTO t VALUES (0, 1)", run = run:format("true"),
      want = "dependents", says = { "the index i has the value true",
        "HANGS index i" },
    })
    case("is done as " .. what .. " where nothing has it", {
      before = "CREATE TABLE t (a, b CHECK (b = true)); CREATE INDEX i ON " ..
        "t (b) WHERE b <> 'false'; INSERT INTO t VALUES (0, 1);",
      run = run:format("false"), want = "native", twice = true,
    })
  end
  case("leaves a string in double quotes a string", {
    before = "CREATE TABLE t (a, b CHECK (b <> \"true\")); " ..
      "CREATE INDEX i ON t (b || \"true\"); INSERT INTO t VALUES (0, 1)",
    run = 't:rename_column("a", "true")', want = "native", twice = true,
  })
end)
