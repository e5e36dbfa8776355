-- SPDX-License-Identifier: MIT
-- conn:alter: calls apply in the order given, so what computes values sees
-- those that the calls before it gave.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, n INT);
  INSERT INTO t VALUES (1, '5', 'x', 1), (2, '6', NULL, NULL);
]]

local function gives(name, run, rows, want)
  case(name, {
    before = T, run = run, want = want or "rebuild",
    gives = { ["SELECT group_concat(x, ' ') FROM (SELECT quote(b) || ':' " ..
      "|| quote(n) AS x FROM t ORDER BY id)"] = rows },
  })
end

describe("using", function()
  gives("sees what fill gave", 't:set_not_null("b", true, {fill = "77"}) ' ..
    't:set_type("b", "TEXT", {using = "b || \'!\'"})', "'x!':1 '77!':NULL")
  gives("comes before a fill that is called after it", 't:set_type("n", ' ..
    '"INT", {using = "n * 10"}) t:set_not_null("n", true, {fill = "77"})',
    "'x':10 NULL:77")
  gives("sees what using gave, of this column and others",
    't:set_type("n", "INT", {using = "coalesce(n, 5) * 10"}) ' ..
    't:set_type("n", "INT", {using = "n + 1"}) ' ..
    't:set_type("b", "TEXT", {using = "n || \'\'"})', "'11':11 '51':51")
  gives("sees a value as its new type has it", 't:set_type("a", "INT") ' ..
    't:set_type("b", "TEXT", {using = "typeof(a)"})',
    "'integer':1 'integer':NULL")
  gives("sees a collation", 't:set_collate("a", "NOCASE") ' ..
    't:set_collate("b", "NOCASE") ' ..
    't:set_type("n", "INT", {using = "b = \'X\'"})', "'x':1 NULL:NULL")
  gives("sees the old values where it is called first", 't:set_type("n", ' ..
    '"INT", {using = "length(b)"}) t:set_not_null("b", true, ' ..
    '{fill = "\'long\'"})', "'x':1 'long':NULL")
  gives("sees a column that was added", 't:add_column("c", "INT", ' ..
    '{fill = "id * 7"}) t:set_type("n", "INT", {using = "c"})',
    "'x':7 NULL:14")
  gives("sees the rowid that it has by then", 't:set_primary_key{"a"} ' ..
    't:set_type("a", "INTEGER") ' ..
    't:set_type("n", "INT", {using = "rowid"})', "'x':5 NULL:6")
  gives("sees a column under its new name", 't:set_type("a", "INT") ' ..
    't:rename_column("a", "k") t:set_type("n", "INT", {using = "k * 2"})',
    "'x':10 NULL:12")

  case("does not see a column that was dropped", {
    before = T, want = "definition", says = "no such column: b",
    run = 't:drop_column("b") t:set_type("a", "TEXT", {using = "b"})',
  })
  case("sees a column that is dropped after it", {
    before = T, want = "rebuild",
    run = 't:set_type("a", "TEXT", {using = "b || n"}) t:drop_column("b")',
    gives = { ["SELECT a FROM t WHERE id = 1"] = "x1" },
  })
  case("is refused with all that came before it", {
    before = T, want = "definition", says = "no such column: nope",
    run = 't:set_not_null("b", true, {fill = "77"}) ' ..
      't:set_type("b", "TEXT", {using = "b || nope"})',
  })
  case("is planned so by dry_run", {
    before = T, options = "{ dry_run = true }", want = "definition",
    says = "no such column: nope",
    run = 't:set_not_null("b", true, {fill = "77"}) ' ..
      't:set_type("b", "TEXT", {using = "b || nope"})',
  })
end)

describe("fill", function()
  gives("sees what fill gave before", 't:add_column("c", "INT", ' ..
    '{fill = "id * 7"}) t:set_not_null("n", true, {fill = "c"})',
    "'x':1 NULL:14")
  gives("of define sees what using gave", 't:set_type("n", "INT", ' ..
    '{using = "id * 3"}) t:define("id INTEGER PRIMARY KEY, a TEXT, ' ..
    'b TEXT, n INT, k", {fill = {b = "n || \'!\'"}})', "'3!':3 '6!':6")
  gives("sees what define gave", 't:define("id INTEGER PRIMARY KEY, ' ..
    'a TEXT, b TEXT, n INT, k", {fill = {n = "id * 3"}}) ' ..
    't:set_not_null("b", true, {fill = "n"})', "'x':3 '6':6")
end)

describe("an expression that reads what is changed by a way", function()
  for what, using in pairs {
    ["a generated column"] = "g",
    ["a view"] = "(SELECT x FROM v WHERE k = t.id)",
    ["a function"] = "twice(t.id)",
  } do
    case("sees the new value: " .. what, {
      before = [[
        CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, c INT, g INT AS (a + 1));
        CREATE VIEW v AS SELECT id AS k, a + 1 AS x FROM t;
        INSERT INTO t VALUES (1, 10, 0);
      ]],
      lead = [[conn:create_function("twice", function(id)
        return conn:execute("SELECT x FROM v WHERE k = ?", {id}):fetchone()[1]
      end)]],
      run = 't:set_type("a", "INT", {using = "a * 100"}) ' ..
        't:set_type("c", "INT", {using = "' .. using .. '"})',
      want = "rebuild", gives = { ["SELECT a || ' ' || c FROM t"] =
        "1000 1001" },
    })
  end
end)

describe("a new column's rows", function()
  for run, rows in pairs {
    ['t:add_column("z", "TEXT NOT NULL DEFAULT \'old\'") ' ..
      't:set_default("z", "\'new\'")'] = "old old new",
    ['t:add_column("z", "INT DEFAULT 3") t:set_default("z", nil)'] = "3 3 NULL",
    ['t:add_column("z", "INT") t:set_default("z", "9")'] = "NULL NULL 9",
    ['t:add_column("z", "INT DEFAULT 3 CHECK (z < 5)") ' ..
      't:set_default("z", "4")'] = "3 3 4",
    ['t:add_column("z", "INT DEFAULT 3") t:define([[id INTEGER PRIMARY KEY, ' ..
      'a TEXT, b TEXT, n INT, z INT DEFAULT 9]])'] = "3 3 9",
  } do
    case("keep the default that it came with: " .. run, {
      before = T, run = run, want = "rebuild", gives = {
        ["INSERT INTO t (id) VALUES (3); SELECT group_concat(coalesce(z, " ..
          "'NULL'), ' ') FROM t"] = rows,
      },
    })
  end
end)
