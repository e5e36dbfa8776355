-- SPDX-License-Identifier: MIT
-- conn:alter: full-text tables that have their text elsewhere go on finding
-- it.
local case = require "tests.support.altering".with(it)

describe("a full-text table over a view of the table", function()
  local function over(view, options)
    return "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); " ..
      "INSERT INTO t VALUES (1, 'x y', 'z'); CREATE VIEW cv AS " .. view ..
      "; CREATE VIRTUAL TABLE ft USING " .. (options or
        "fts5(a, content='cv', content_rowid='id')") ..
      "; INSERT INTO ft (ft) VALUES ('rebuild')"
  end
  local PLAIN = over "SELECT id, a, b FROM t"
  local FOUND = { ["SELECT a FROM ft WHERE ft MATCH 'y'"] = "x y" }

  local function refused(name, before, run)
    case(name, {
      before = before, run = run, want = "dependents", gives = FOUND,
      says = { "the full-text table ft", "CODE alter_refused",
        "HANGS fts5 ft" },
    })
  end

  refused("keeps its column's name", PLAIN, 't:rename_column("a", "aa")')
  refused("keeps its rows' key", PLAIN, 't:rename_column("id", "n")')
  refused("keeps its column's name over two views",
    "CREATE VIEW cv2 AS SELECT * FROM t; " .. over "SELECT * FROM cv2",
    't:rename_column("a", "aa")')
  refused("keeps its view", PLAIN, 't:drop_column("b", {cascade = {"views"}})')
  refused("keeps its column", over "SELECT * FROM t", 't:drop_column("a")')
  refused("keeps its column's name in FTS4",
    over("SELECT id AS rowid, a FROM t", "fts4(a, content=\"cv\")"),
    't:rename_column("a", "aa")')

  for name, run in pairs {
    ["another column's name"] = 't:rename_column("b", "bb")',
    ["the table's name"] = 't:rename_to("t2")',
    ["the case of its column's name"] = 't:rename_column("a", "A")',
  } do
    case("bears a change of " .. name, {
      before = over "SELECT id, a, b FROM t", run = run,
      want = "native", gives = FOUND,
    })
  end
  case("bears another name of what its view calls as before", {
    before = over "SELECT id, a AS a, b FROM t", gives = FOUND,
    run = 't:rename_column("a", "aa")', want = "native",
  })
  case("bears nothing that it could not bear before", {
    before = (over "SELECT id, a, b FROM t") ..
      "; DROP VIEW cv; CREATE VIEW cv AS SELECT 1 AS x",
    run = 't:rename_column("a", "aa")', want = "native",
    gives = { ["SELECT aa FROM t"] = "x y" },
  })
end)

describe("a full-text table over the table", function()
  for name, run in pairs {
    ["its column's name"] = 't:rename_column("body", "BODY")',
    ["its key's name"] = 't:rename_column("id", "Id")',
    ["the table's name"] = 't:rename_to("T")',
  } do
    for module, options in pairs {
      fts5 = "content='t', content_rowid='id'", fts4 = 'content="t"',
    } do
      case("bears another case of " .. name .. ", " .. module, {
        before = "CREATE TABLE t (id INTEGER PRIMARY KEY, body); " ..
          "INSERT INTO t VALUES (4, 'x y'); CREATE VIRTUAL TABLE ft USING " ..
          module .. "(body, " .. options .. "); " ..
          "INSERT INTO ft (ft) VALUES ('rebuild')",
        run = run, want = "native", gives = {
          ["SELECT rowid || body FROM ft WHERE ft MATCH 'y'"] = "4x y",
        },
      })
    end
  end
end)

describe("the rows of a full-text table over the table", function()
  local function over(columns, options)
    return "CREATE TABLE t (" .. columns .. "); INSERT INTO t (rowid, " ..
      "title, x) VALUES (40, 'hello there', 1); CREATE VIRTUAL TABLE ft " ..
      "USING " .. (options or "fts5(title, content='t')") ..
      "; INSERT INTO ft (ft) VALUES ('rebuild')"
  end
  local PLAIN = over "title TEXT, x INTEGER"
  local KEYED = over "title TEXT, x INT PRIMARY KEY"
  local FOUND = {
    ["SELECT rowid || title FROM ft WHERE ft MATCH 'hello'"] =
      "40hello there",
  }

  local function refused(name, before, run, key)
    case(name, {
      before = before, run = run, want = "dependents", gives = FOUND,
      says = { "the full-text table ft finds its rows by " ..
        (key or "rowid"), "CODE alter_refused", "HANGS fts5 ft" },
    })
  end
  refused("do not move: by a new key", PLAIN, 't:set_primary_key{"x"}')
  refused("do not move: by a key's type", KEYED, 't:set_type("x", "INTEGER")')
  refused("do not move: FTS4", over("title TEXT, x INTEGER",
    'fts4(title, content="t")'), 't:set_primary_key{"x"}')
  refused("do not move: another name of the rowid", over(
    "title TEXT, x INTEGER", "fts5(title, content=t, content_rowid=oid)"),
    't:set_primary_key{"x"}', "oid")
  refused("do not move: by using", "CREATE TABLE t (id INTEGER PRIMARY KEY, " ..
    "title, x); " .. over("", "fts5(title, content='t', " ..
    "content_rowid='id')"):gsub("^.-; ", "", 1),
    't:set_type("id", "INTEGER", {using = "id + 1"})', "id")
  refused("do not lose their rowids", KEYED,
    't:set_not_null("x", true) t:set_without_rowid(true)')

  local EQUAL = PLAIN .. "; UPDATE t SET x = rowid"
  for name, list in pairs {
    ["the rowid under a name"] = { EQUAL, 't:set_primary_key{"x"}' },
    ["a key that is not the rowid"] = { PLAIN,
      't:set_primary_key{"title"}' },
    ["a column of their own"] = { over("id INTEGER PRIMARY KEY, title, x",
      "fts5(title, content='t', content_rowid='id')"),
      't:set_type("x", "INTEGER") t:set_primary_key{"x"}' },
    ["another type of another column"] = { KEYED,
      't:set_type("x", "BIGINT", {using = "x + 1"})' },
  } do
    case("stay with " .. name, {
      before = list[1], run = list[2], want = "rebuild", gives = FOUND,
    })
  end
end)
