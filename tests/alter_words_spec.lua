-- SPDX-License-Identifier: MIT
-- conn:alter: what a refusal says, and that it is one.
local case = require "tests.support.altering".with(it)

local T = "CREATE TABLE t (a); "
local ROW = T .. "INSERT INTO t VALUES (1); "

describe("an expression that asks the clock", function()
  local function refused(name, run, says)
    for with, before in pairs { ["with rows"] = ROW, ["without rows"] = T } do
      case("is refused " .. with .. ": " .. name, {
        before = before, run = run, want = "definition",
        says = "non-deterministic use of " .. says,
      })
    end
  end

  refused("a new column's CHECK",
    [[t:add_column("n", "TEXT DEFAULT 'q' CHECK (n <> date('now'))")]],
    "date() in a CHECK constraint")
  refused("one that reads another column",
    [[t:add_column("n", "INT CHECK (a > julianday())")]],
    "julianday() in a CHECK constraint")
  refused("a new CHECK", [[t:add_check("a < Strftime('%s')")]],
    "strftime() in a CHECK constraint")
  refused("a word", [[t:add_check("a <> CURRENT_TIMESTAMP")]],
    "current_timestamp() in a CHECK constraint")
  refused("a time zone", [[t:add_check("datetime(a, 'localtime') > '2'")]],
    "datetime() in a CHECK constraint")
  refused("a generated column", [[t:add_column("n", "AS (time('NOW'))")]],
    "time() in a generated column")
  refused("a definition", [[t:define("a, n AS (date('now'))")]],
    "date() in a generated column")
  refused("a definition's CHECK", [[t:define("a, CHECK (a > unixepoch())")]],
    "unixepoch() in a CHECK constraint")

  for name, run in pairs {
    ["a CHECK of a date"] = [[t:add_check("date(a) IS NOT date(a, '+1 day')")]],
    ["a CHECK with a format"] =
      [[t:add_check("strftime('%Y', (a)) IS NOT 'now'")]],
    ["a CHECK that has the words in a string"] =
      [[t:add_check("a <> 'current_date' AND a <> 'date()'")]],
    ["a CHECK of a column of this name"] =
      [[t:add_check("a <> 'now'") t:add_column("date", "INT")
        t:add_check("date IS NULL")]],
  } do
    it("does not stand in " .. name, function()
      local sandbox = require "tests.support.sandbox"
      local box = sandbox.new()
      finally(function() box:destroy() end)
      box:sql(ROW)
      box:migration("a", "conn:alter('t', function(t) " .. run .. " end) " ..
        'conn:execute("INSERT INTO t (a) VALUES (2)")')
      box:up()
      assert.equal(2, box:value "SELECT count(*) FROM t")
    end)
  end

  case("may stay where it stood", {
    before = "CREATE TABLE t (a, CHECK (a < date('now'))); ",
    run = [[t:define("a, b, CHECK (a < date('now'))")]], want = "rebuild",
  })
  case("is no matter in a default", {
    before = ROW, want = "rebuild", gives = { ["SELECT count(*) FROM t"] = 1 },
    run = [[t:add_column("n", "TEXT DEFAULT (date('now'))")]],
  })
end)

describe("a refusal", function()
  local columns = {}
  for i = 1, 2000 do columns[i] = "c" .. i end
  local WIDE = "CREATE TABLE t (" .. table.concat(columns, ", ") .. ")"
  for name, run in pairs {
    ["SQLite's way"] = 't:add_column("n", "INT")',
    ["a copy"] = 't:add_column("n", "INT", {after = "c1"})',
  } do
    case("says how many columns there may be, by " .. name, {
      before = WIDE, run = run, want = "definition",
      says = "alter t: add_column: t would have 2001 columns, and SQLite " ..
        "allows 2000",
    })
  end

  for what, run in pairs {
    ["the text"] = 't:rename_to("u\\0x")',
    ["a column's name"] = 't:add_unique{"a\\0"}',
  } do
    case("is that of a NUL byte in " .. what, {
      before = T, run = run, want = "definition",
      says = { what .. " holds a NUL byte", "CODE alter_refused" },
    })
  end
  case("is that of a NUL byte in a new name of a column", {
    before = T, run = 't:rename_column("a", "b\\0")', want = "definition",
    says = { "alter t: rename_column: the text holds a NUL byte" },
  })
  case("is that of a NUL byte in a name that would not be there", {
    before = T, run = 't:drop_column("\\0")', want = "definition",
    says = "drop_column: the text holds a NUL byte",
  })

  case("calls the table as the call does, after a rename", {
    before = "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT a FROM t",
    run = 't:rename_to("u") t:drop_column("a")', want = "dependents",
    says = "alter t: drop_column: the column a is used by the view v",
  })
  case("calls it so, too, when all is done but it breaks something", {
    before = "CREATE TABLE t (a, b); CREATE TABLE o (x); CREATE TRIGGER g " ..
      "AFTER INSERT ON o BEGIN INSERT INTO t VALUES (1, 2); END",
    run = 't:rename_to("u") t:add_column("z", "INT")', want = "dependents",
    says = "alter t: it breaks the trigger g on o",
  })

  for name, broken in pairs { ["with"] = "CREATE TABLE gone (x); " ..
    "CREATE VIEW v AS SELECT nope FROM gone; DROP TABLE gone",
    ["without"] = "" } do
    case("is that of the definition " .. name .. " a broken view: no type", {
      before = "CREATE TABLE t (a INT) STRICT; " .. broken,
      run = 't:add_column("n", "AS (1+1)")', want = "definition",
      says = "missing datatype for t.n",
    })
    case("is that of the definition " .. name .. " a broken view: a query", {
      before = T .. broken, want = "definition",
      run = 't:add_column("n", "INT CHECK (n IN (SELECT 1))")',
      says = "subqueries prohibited in CHECK",
    })
  end
end)
