-- SPDX-License-Identifier: MIT
-- Errors worth reading: what, where, why, what state the database is in and
-- what to do now, once each, for anything that a script may raise.
local sandbox = require "tests.support.sandbox"
local try = require "tests.support.try"
local has = try.has

local box
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

-- The whole of standard error, and the error in the history.
local function says(expected, text, ...)
  box:migration("a", text)
  local err = box:fails(1, "up", ...)
  assert.equal(expected, err)
  assert.equal(try.first_line(err), box:value(
    "SELECT error FROM schema_migrations_history"))
  return err
end

local STATE = [[
  state      the migration was rolled back
  hint       correct the migration and run "lumigrate up" again
]]

describe("a Lua error", function()
  it("has file, line and a traceback of the script alone", function()
    says([[
lumigrate: error: it went wrong
  migration  a (migrations/a.lua:3)
  traceback  [C]: in global 'error'
             migrations/a.lua:3: in upvalue 'inner'
             migrations/a.lua:6: in upvalue 'outer'
             migrations/a.lua:9: in function <migrations/a.lua:8>
]] .. STATE, [[
local function inner()
  -- a line
  error("it went wrong")
end
local function outer()
  inner()
end
function upgrade(conn)
  outer()
end
]])
  end)

  it("of Lua's own names the variable", function()
    says([[
lumigrate: error: attempt to index a nil value (local 'row')
  migration  a (migrations/a.lua:2)
  traceback  migrations/a.lua:2: in function <migrations/a.lua:1>
]] .. STATE, [[local row = conn:execute("SELECT 1 WHERE 0"):fetchone()
      print(row.name)]])
  end)

  it("of what scripts do not have says so", function()
    local hint = "\n  hint       a script has no files, processes or " ..
      "modules but lib/, and none of Lua's functions for them\n"
    for _, body in ipairs { "io.open('x')", "os.execute('ls')",
        "os.remove('x')", "dofile('x')", "package.loaded.x = 1",
        "debug.getinfo(1)", "string.dump(print)" } do
      box:migration("a", body)
      has(box:fails(1, "up"), hint)
    end
    box:migration("a", "cursor:execute('x')")
    has(box:fails(1, "up"), "\n  hint       correct the migration and run ")
  end)

  it("at the top level is that of the migration", function()
    says([[
lumigrate: error: at the top
  migration  a (migrations/a.lua:2)
  traceback  [C]: in global 'error'
             migrations/a.lua:2: in main chunk
]] .. STATE, "x = 1\nerror('at the top')\nfunction upgrade() end\n")
  end)

  it("in lib/ names that file, and the script's line", function()
    box:write("migrations/lib/help.lua", [[
return {
  go = function()
    error("from the library")
  end,
}
]])
    says([[
lumigrate: error: migrations/lib/help.lua:3: from the library
  migration  a (migrations/a.lua:2)
  traceback  [C]: in global 'error'
             migrations/lib/help.lua:3: in field 'go'
             migrations/a.lua:2: in function <migrations/a.lua:1>
]] .. STATE, [[local help = require "lib.help"
      help.go()]])
  end)

  it("that is raised again is told once, by its first line", function()
    local err = says([[
lumigrate: error: first
  migration  a (migrations/a.lua:1)
  traceback  [C]: in global 'error'
             migrations/a.lua:3: in function <migrations/a.lua:1>
]] .. STATE, [[local ok, err = pcall(function() error("first") end)
      assert(not ok)
      error(err)]])
    local _, n = err:gsub("first", "")
    assert.equal(1, n)
  end)

  it("of a deep recursion has a traceback of bounded length", function()
    box:migration("a", [[
      local function f() return 1 + f() end
      f()]])
    local err = box:fails(1, "up")
    assert.equal("stack overflow", try.first_line(err))
    has(err, "  migration  a (migrations/a.lua:1)\n")
    has(err, "(skipping ")
    assert.is_nil(err:find("\\t", 1, true), err)
    assert.is_true(#err < 3000)
  end)
end)

describe("an SQL error", function()
  before_each(function()
    box:sql("CREATE TABLE t (a UNIQUE, b CHECK (b > 0), c NOT NULL, " ..
      "d REFERENCES t (a))")
  end)

  it("has the statement, a caret and SQLite's own name of the error",
    function()
      says([[
lumigrate: error: no such column: nope
  migration  a (migrations/a.lua:2)
  SQL        SELECT a, nope FROM t
                       ^
  SQLite     SQLITE_ERROR (1)
  traceback  [C]: in method 'execute'
             migrations/a.lua:2: in function <migrations/a.lua:1>
]] .. STATE, [[local sql = "SELECT a, nope FROM t"
        conn:execute(sql)]])
    end)

  it("shows the line of a long statement", function()
    says([[
lumigrate: error: no such column: nope
  migration  a (migrations/a.lua:1)
  SQL line 3 WHERE a = 'ä' AND nope
                               ^
  SQLite     SQLITE_ERROR (1)
  traceback  [C]: in method 'execute'
             migrations/a.lua:1: in function <migrations/a.lua:1>
]] .. STATE, 'conn:execute([[\nSELECT a\nFROM t\n' ..
      'WHERE a = \'ä\' AND nope\n]])')
  end)

  it("puts the caret under characters, not bytes", function()
    local err = says([[
lumigrate: error: no such column: nope
  migration  a (migrations/a.lua:1)
  SQL        SELECT 'äöü€', nope FROM t
                            ^
  SQLite     SQLITE_ERROR (1)
  traceback  [C]: in method 'execute'
             migrations/a.lua:1: in function <migrations/a.lua:1>
]] .. STATE, [[conn:execute("SELECT 'äöü€', nope FROM t")]])
    assert.truthy(err)
  end)

  it("shows a very long line around the fault", function()
    box:migration("a", [[conn:execute("SELECT " ..
      ("/* c */ "):rep(5000) .. "nope" .. (" /* d */"):rep(4000))]])
    local err = box:fails(1, "up")
    assert.equal("no such column: nope", try.first_line(err))
    local line, caret = err:match("\n(  SQL[^\n]*)\n( +)%^\n")
    assert.truthy(line, err)
    local at = line:find("nope", 1, true)
    assert.equal(utf8.len(line, 1, at), #caret + 1)
    assert.is_true(#line < 120)
    assert.is_true(#err < 2000)
  end)

  for title, case in pairs {
    ["UNIQUE"] = { "INSERT INTO t (a, c) VALUES (1, 1), (1, 1)",
      "UNIQUE constraint failed: t.a", "SQLITE_CONSTRAINT_UNIQUE (2067)" },
    ["CHECK"] = { "INSERT INTO t VALUES (1, -1, 1, 1)",
      "CHECK constraint failed: b > 0", "SQLITE_CONSTRAINT_CHECK (275)" },
    ["NOT NULL"] = { "INSERT INTO t (a) VALUES (1)",
      "NOT NULL constraint failed: t.c", "SQLITE_CONSTRAINT_NOTNULL (1299)" },
  } do
    it("has the extended name of " .. title, function()
      says(([[
lumigrate: error: %s
  migration  a (migrations/a.lua:1)
  SQL        %s
  SQLite     %s
  traceback  [C]: in method 'execute'
             migrations/a.lua:1: in function <migrations/a.lua:1>
]]):format(case[2], case[1], case[3]) .. STATE,
        ("conn:execute(%q)"):format(case[1]))
    end)
  end

  it("that the script caught does not stick to another one", function()
    says([[
lumigrate: error: something else
  migration  a (migrations/a.lua:2)
  traceback  [C]: in global 'error'
             migrations/a.lua:2: in function <migrations/a.lua:1>
]] .. STATE, [[pcall(conn.execute, conn, "SELECT nope FROM t")
      error("something else")]])
  end)

  it("keeps its statement when it is raised again", function()
    box:migration("a", [[
      local ok, err = pcall(conn.execute, conn, "SELECT nope FROM t")
      error(err, 0)]])
    local err = box:fails(1, "up")
    assert.equal("no such column: nope", try.first_line(err))
    has(err, "\n  SQL        SELECT nope FROM t\n                    ^\n")
    has(err, "SQLITE_ERROR (1)")
  end)

  it("inside conn:savepoint keeps it, too", function()
    box:migration("a", [[
      conn:savepoint(function() conn:execute("SELECT nope FROM t") end)]])
    local err = box:fails(1, "up")
    assert.equal("no such column: nope", try.first_line(err))
    has(err, "\n  SQL        SELECT nope FROM t\n")
    try.at(err, 1)
  end)

  it("of a coroutine names the line in it", function()
    box:migration("a", [[
      local co = coroutine.wrap(function()
        conn:execute("SELECT nope FROM t")
      end)
      co()]])
    local err = box:fails(1, "up")
    assert.equal("no such column: nope", try.first_line(err))
    has(err, "migrations/a.lua:")
    has(err, "\n  SQL        SELECT nope FROM t\n")
  end)

  it("in a .sql file names its line", function()
    box:sql_file("a.sql", "CREATE TABLE u (x);\n\nINSERT INTO u\n" ..
      "  SELECT nope FROM t;\n")
    local err = box:fails(1, "up")
    assert.equal("no such column: nope", try.first_line(err))
    has(err, "  migration  a (migrations/a.sql:4:10)\n")
    has(err, "  SQL line 2 SELECT nope FROM t;\n")
    has(err, "SQLITE_ERROR (1)\n")
    has(err, "  state      the migration was rolled back\n")
  end)
end)

describe("the state of the database", function()
  it("is told when nothing ran", function()
    box:migration("a", "x = = 1")
    local err = box:fails(2, "up")
    has(err, "  state      nothing was changed\n")
    has(err, "migrations/a.lua:")
    assert.equal("absent", box:bytes())
  end)

  it("is told when migrations before it stay", function()
    box:migration("0", "")
    box:migration("1", "")
    box:migration("a", "error('no')")
    has(box:fails(1, "up"), "  state      the migration was rolled back; " ..
      "2 migrations applied before it stay applied\n")
  end)

  it("is told without a transaction", function()
    box:migration("a", "TRANSACTION = false\n" ..
      "function upgrade() error('no') end")
    has(box:fails(1, "up"), "  state      the migration ran outside a " ..
      "transaction: what it had done stays, and it is not recorded as " ..
      "applied\n")
  end)
end)

describe("an error object", function()
  before_each(function() box:sql("CREATE TABLE old (x)") end)

  for value, sentence in pairs {
    ["'text'"] = "text",
    ["''"] = "the script raised an error without a text",
    ["'   '"] = "the script raised an error without a text",
    ["42"] = "42",
    ["1.5"] = "1.5",
    ["nil"] = "error object is a nil value",
    ["false"] = "error object is a boolean value",
    ["print"] = "error object is a function value",
    ["coroutine.create(print)"] = "error object is a thread value",
    ["conn"] = "error object is a conn value",
    ["conn:cursor()"] = "error object is a cursor value",
    ["conn:execute('SELECT 1 AS a'):fetchone()"] =
      "error object is a row value",
    ["{}"] = "error object is a table value",
    ["{ code = 5 }"] = "error object is a table value",
    ["{ message = 'its message' }"] = "its message",
    ["{ message = {} }"] = "error object is a table value",
    ["setmetatable({}, { __name = 'My.Error' })"] =
      "error object is a My.Error value",
    ["setmetatable({}, { __tostring = function() return 'told' end })"] =
      "told",
    ["setmetatable({}, { __tostring = function() error('no') end })"] =
      "error object is a table whose __tostring fails",
    ["setmetatable({}, { __tostring = function() return {} end })"] =
      "error object is a table whose __tostring fails",
    ["setmetatable({}, { __tostring = function(t) error(t) end })"] =
      "error object is a table whose __tostring fails",
    ["setmetatable({}, { __tostring = function(t) return tostring(t) end })"]
      = "error object is a table whose __tostring fails",
    ["setmetatable({}, { __index = error })"] =
      "error object is a table value",
    ["'NUL \\0 and \\27[31m'"] = "NUL \\x00 and \\x1b[31m",
    ["'two\\nlines\\n'"] = "two\\nlines\\n",
    ["'ä 日本'"] = "ä 日本",
  } do
    it("is told: " .. value, function()
      local err = try.fails(box, sentence, "conn:execute('CREATE TABLE t " ..
        "(x)')\nerror(" .. value .. ", 0)")
      try.at(err, 2)
      assert.is_nil(err:find("[%z\27]"))
    end)
  end

  it("of a function that SQL calls, without a text, is told", function()
    try.fails(box, "SQL logic error", [[
      conn:create_function("f", function() error("", 0) end)
      conn:execute("SELECT f()")
    ]])
    try.fails(box, "constraint failed", [[
      conn:execute("CREATE TABLE t (x)")
      conn:execute("CREATE TRIGGER g BEFORE INSERT ON t BEGIN " ..
        "SELECT RAISE(ABORT, ''); END")
      conn:execute("INSERT INTO t VALUES (1)")
    ]])
  end)

  it("whose __tostring yields is told", function()
    try.fails(box, "error object is a table whose __tostring fails",
      "error(setmetatable({}, { __tostring = coroutine.yield }))")
  end)

  it("of a megabyte is cut, here and in the history", function()
    for _, value in ipairs { '("x"):rep(1 << 20)', '("x\\n"):rep(1 << 19)',
        '("\\0"):rep(1 << 20)', '("ä"):rep(1 << 19)',
        'setmetatable({}, { __tostring = function() return ' ..
          '("x"):rep(1 << 20) end })' } do
      box:migration("a", "error(" .. value .. ", 0)")
      local err = box:fails(1, "up")
      assert.is_true(#err < 30000, #err)
      assert.is_true(#err > 1000)
      assert.truthy(utf8.len(err))
      local kept = box:value("SELECT error FROM schema_migrations_history " ..
        "ORDER BY seq DESC LIMIT 1")
      assert.is_true(#kept < 30000 and #kept > 1000)
    end
  end)

  it("that is not UTF-8 does not spoil the output", function()
    box:migration("a", [[error("\xff\xfe \xc3", 0)]])
    local err = box:fails(1, "up")
    assert.truthy(utf8.len(err), err)
    local _, out = box:run("up", "--json")
    assert.truthy(utf8.len(out), out)
  end)

  it("is the same in JSON", function()
    box:sql("CREATE TABLE t (x)")
    box:migration("a", "\nconn:execute('SELECT nope FROM t')")
    local status, out = box:run("up", "--json")
    assert.equal(1, status)
    has(out, '"message": "no such column: nope"')
    has(out, '"file": "migrations/a.lua"')
    has(out, '"line": 2')
    has(out, '"sql": "SELECT nope FROM t"')
    has(out, '"sqlite_code": "SQLITE_ERROR"')
    has(out, '"rolled_back": true')
    has(out, "migrations/a.lua:2: in function <migrations/a.lua:1>")
  end)
end)
