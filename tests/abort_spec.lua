-- SPDX-License-Identifier: MIT
-- What is undone inside a migration leaves the cursors of the script alone
-- wherever SQLite lets it: after a change of the schema, ROLLBACK TO ends all
-- of them.
local sandbox = require "tests.support.sandbox"

describe("a cursor with rows left, after a change of the schema", function()
  local box
  before_each(function()
    box = sandbox.new()
    box:sql("CREATE TABLE s (a, b); " ..
      "INSERT INTO s VALUES (1, 2), (3, 4), (5, 6); " ..
      "CREATE TABLE p (k INTEGER PRIMARY KEY, n NOT NULL CHECK (n > 0)); " ..
      "CREATE TABLE q (a, b); CREATE VIEW v AS SELECT a FROM q")
  end)
  after_each(function() box:destroy() end)

  local head = 'conn:execute("CREATE TABLE other (x)")\n' ..
    'local c = conn:execute("SELECT a FROM s ORDER BY rowid")\n' ..
    "assert(c:fetchone()[1] == 1)\n"
  local tail = "\nassert(c:fetchone()[1] == 3 and c:fetchone()[1] == 5)\n" ..
    "assert(c:fetchone() == nil)"

  local function survives(name, body, before)
    it(name, function()
      box:sql(before or "")
      box:migration("2026_01_01_a", head .. body .. tail)
      box:up()
    end)
  end

  local function refused(table, reason, change)
    return ([[
local ok, e = pcall(conn.alter, conn, %q, function(t) %s end)
assert(not ok and e.reason == %q, tostring(e))]]):format(table, change,
      reason)
  end

  for name, change in pairs {
    drop_column = 't:drop_column("a")', add_column = 't:add_column("c", "")',
    rename_column = 't:rename_column("a", "c")',
    rename_to = 't:rename_to("z")', set_type = 't:set_type("a", "INT")',
    rebuild = "t:rebuild()", add_check = 't:add_check("a > 0")',
    ["drop and add"] = 't:drop_column("a") t:add_column("c", "")',
  } do
    survives("goes on when it refuses " .. name .. " of its table",
      refused("s", "busy_cursor", change))
  end
  survives("goes on when it refuses a rebuild of another table",
    refused("q", "busy_cursor", "t:rebuild()"))
  for _, change in ipairs {
    "t:rebuild()", 't:add_check("n > 100")', 't:add_unique { "n" }',
    't:add_foreign_key({ "n" }, "p", { "k" })', 't:set_type("a", "TEXT")',
    't:set_type("a", "", { using = "a + 1" })', 't:set_strict(true)',
    't:set_not_null("a", true)', 't:set_default("a", "1")',
    't:set_collate("a", "NOCASE")', 't:add_column("z", "") t:rebuild()',
  } do
    survives("goes on when it refuses what comes behind a rename: " .. change,
      refused("q", "busy_cursor", 't:add_column("y", "") ' ..
        't:rename_column("b", "n") t:rename_to("q2") ' .. change),
      "DROP VIEW v")
  end
  survives("does not stop what comes behind a rename and is there already", [[
conn:alter("p", function(t)
  t:rename_column("n", "m") t:set_not_null("m", true) t:add_check("m > 0")
  t:set_type("k", "INTEGER") t:set_default("m", nil) t:set_strict(false)
  t:set_not_null("k", false) t:set_collate("m", nil)
end)]])
  survives("goes on when something else depends",
    refused("q", "dependents", 't:drop_column("a")'))
  survives("goes on when SQLite says no to a native change",
    refused("q", "table", 't:rename_to("sqlite_x")'))

  survives("goes on when a savepoint ends in an error that left nothing", [[
local ok, e = pcall(conn.savepoint, conn, function()
  conn:execute("INSERT INTO p VALUES (1, -1)")
end)
assert(not ok and tostring(e):find("CHECK constraint failed"), tostring(e))
assert(not pcall(conn.savepoint, conn, function() error("no") end))]])

  it("lost to a savepoint that must be undone says why, and what to do",
    function()
      box:migration("2026_01_01_a", head .. [[
pcall(conn.savepoint, conn, function()
  conn:execute("INSERT INTO p VALUES (1, 1)")
  error("no")
end)
assert(conn:execute("SELECT count(*) FROM p"):fetchone()[1] == 0)
c:fetchone()]])
      local err = box:fails(1, "up")
      assert.truthy(err:find("a savepoint was undone", 1, true), err)
      assert.truthy(err:find("fetchall()", 1, true), err)
      assert.falsy(err:find("abort due to ROLLBACK", 1, true), err)
    end)

  -- What such a failure leaves behind is undone all the same.
  local function undone(name, before, sql)
    it("sees undone: " .. name, function()
      box:sql(before)
      box:migration("2026_01_01_a", ([[
conn:execute("CREATE TABLE other (x)")
assert(not pcall(conn.savepoint, conn, function() %s error("no") end))
assert(conn:execute("SELECT count(*) FROM p"):fetchone()[1] == 0)
assert(conn:execute("SELECT count(*) FROM q"):fetchone()[1] == 0)
assert(not table_exists("made"))
assert(conn:execute("PRAGMA user_version"):fetchone()[1] == 0)
]]):format(sql))
      box:up()
    end)
  end
  local many = 'pcall(conn.execute, conn, "INSERT OR FAIL INTO p VALUES ' ..
    '(1, 1), (2, -1)")'
  undone("rows before the bad one of OR FAIL", "", many)
  undone("rows that a trigger wrote before it failed",
    "CREATE TRIGGER g BEFORE INSERT ON p BEGIN INSERT INTO q VALUES " ..
    "(1, 1), (2, 2); SELECT RAISE(FAIL, 'no'); END", many)
  undone("a new table", "", 'conn:execute("CREATE TABLE made (x)")')
  undone("the user_version", "", 'conn:execute("PRAGMA user_version = 7")')
  undone("a change of the table", "",
    'conn:alter("p", function(t) t:rename_to("made") end)')
  undone("rows that came with RETURNING", "",
    'conn:execute("INSERT INTO p VALUES (1, 1) RETURNING k"):fetchone()')
  undone("rows of many", "",
    'conn:cursor():executemany("INSERT INTO q VALUES (?, ?)", ' ..
    "{{1, 2}, {3, 4}})")
end)
