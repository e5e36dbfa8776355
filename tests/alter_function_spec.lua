-- SPDX-License-Identifier: MIT
-- conn:alter: a function of the script that SQL calls while a table is
-- changed may read; what writes is refused, and nothing is changed.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a);
  INSERT INTO t VALUES (1, 'x'), (2, 'y');
  CREATE TABLE log (n);
]]
local NOT_NOW = "a function that it calls may read, and write nothing"

local function f(body)
  return "local function body() " .. body .. " end " ..
    'conn:create_function("f", function(v) body() return v end) '
end

local USING = 't:set_type("a", "TEXT", {using = "f(a)"})'

describe("a function in using", function()
  for name, body in pairs {
    ["writes to the table"] =
      'conn:execute("INSERT INTO t (a) VALUES (1)")',
    ["writes to another table"] = 'conn:execute("DELETE FROM log")',
    ["writes what it wrote before"] =
      'conn:execute("INSERT INTO log VALUES (1)")',
    ["writes to a temporary table"] =
      'conn:execute("CREATE TEMP TABLE tt (x)")',
    ["writes with executemany"] =
      'conn:executemany("INSERT INTO log VALUES (?)", {{1}})',
    ["writes with executescript"] = 'conn:executescript("SELECT 1; ' ..
      'UPDATE log SET n = 1; SELECT 2")',
    ["changes another table"] = 'conn:alter("log", function(t) ' ..
      't:rename_to("log2") end)',
    ["opens a savepoint"] = 'conn:savepoint(function() end)',
    ["opens a savepoint in SQL"] = 'conn:execute("SAVEPOINT x")',
    ["ends the transaction"] = 'conn:execute("COMMIT")',
    ["sets a pragma"] = 'conn:execute("PRAGMA recursive_triggers = 1")',
    ["drops"] = 'conn:execute("DROP TABLE log")',
    ["counts anew"] = 'conn:execute("ANALYZE")',
  } do
    local keep = body:find("INTO log VALUES (1)", 1, true) and body or ""
    case("that " .. name .. " is refused", {
      before = T, lead = f(body) .. keep .. ' conn:execute("DELETE FROM log")',
      run = USING, want = "definition", says = NOT_NOW,
    })
  end

  case("may catch the refusal, and all goes on", {
    before = T, run = USING, want = "rebuild",
    lead = f('assert(not pcall(conn.execute, conn, ' ..
      '"INSERT INTO log VALUES (1)"))'),
    tail = 'conn:execute("INSERT INTO log VALUES (7)")',
    gives = { ["SELECT group_concat(n) FROM log"] = "7" },
  })
  case("may read, ask and step through rows", {
    before = T, run = 't:set_type("a", "INT", {using = "f(id) * 10"})',
    want = "rebuild", lead = f('assert(conn:execute("SELECT count(*) ' ..
      'FROM t"):fetchone()[1] == 2) ' ..
      'assert(conn:execute("PRAGMA table_info(t)"):fetchone()) ' ..
      'assert(conn:execute("PRAGMA user_version"):fetchone()) ' ..
      'assert(column_exists("t", "a"))'),
    gives = { ["SELECT group_concat(a) FROM t"] = "10,20" },
  })
  case("leaves rows to be read: it is said which", {
    before = T, run = USING, want = "busy_cursor",
    lead = 'local left ' .. f('left = conn:execute("SELECT * FROM t") ' ..
      'left:fetchone()'),
    says = { "a statement is still running: SELECT * FROM t" },
  })
end)

describe("a function that writes", function()
  local WRITES = f('conn:execute("INSERT INTO log VALUES (1)")'):gsub(
    "return v end%)", "return v end, {deterministic = true})")

  for name, run in pairs {
    ["in fill"] = 't:set_not_null("a", true, {fill = "f(1)"})',
    ["in a CHECK"] = 't:add_check("f(a) > 0")',
    ["in the CHECK of a new column with UNIQUE"] =
      't:add_column("n", "INT DEFAULT 1 UNIQUE CHECK (f(n) > 0)")',
  } do
    case(name .. " is refused", {
      before = T .. "UPDATE t SET a = NULL WHERE id = 2", lead = WRITES,
      run = run, want = "definition", says = NOT_NOW,
    })
  end

  case("in the CHECK of a new column is refused", {
    before = T, lead = WRITES, want = "definition",
    run = 't:add_column("n", "INT DEFAULT 1 CHECK (f(n) > 0)")',
  })
  case("ends no transaction of its own", {
    before = T, globals = "TRANSACTION = false",
    lead = f('conn:execute("COMMIT")') .. 'conn:execute("BEGIN") ' ..
      'conn:execute("COMMIT") ', run = USING, want = "definition",
    says = NOT_NOW,
  })
  case("may write again afterwards", {
    before = T, want = "rebuild", run = 't:set_type("a", "INT")',
    lead = f('conn:execute("INSERT INTO log VALUES (1)")'),
    tail = 'conn:execute("SELECT f(1)"):fetchall()',
    gives = { ["SELECT count(*) FROM log"] = 1 },
  })
end)
