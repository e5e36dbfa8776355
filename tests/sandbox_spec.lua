-- SPDX-License-Identifier: MIT
-- Every way out of the sandbox that is known from others, one by one. Each
-- test fails when its defence is taken out. (More of transactions, the
-- ledger and the list of pragmas: transaction_spec.)
local sandbox = require "tests.support.sandbox"
local try = require "tests.support.try"
local has = try.has

local box
before_each(function()
  box = sandbox.new()
  box:sql("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
end)
after_each(function() box:destroy() end)

local function works(body, ...)
  return try.works(box, body, ...)
end

-- A script that writes, and is stopped at its second line.
local function refused(sentence, code, ...)
  local err = try.fails(box, sentence,
    'conn:execute("INSERT INTO t VALUES (2)")\n' .. code, ...)
  try.at(err, 2)
  return err
end

-- All that a script can reach by names, but for what Lua may have been built
-- with for the sake of old scripts.
local OLD = {}
for word in ("atan2 cosh frexp ldexp log10 pow sinh tanh"):gmatch("%S+") do
  OLD["math." .. word] = true
end
local WORLD = [[
  NULL _VERSION assert blob column_exists error foreign_key_exists
  getmetatable index_exists ipairs load next pairs pcall print progress
  rawequal rawget rawlen rawset require row_exists select setmetatable
  table_exists tonumber tostring trigger_exists type view_exists xpcall
  coroutine.close coroutine.create coroutine.isyieldable coroutine.resume
  coroutine.running coroutine.status coroutine.wrap coroutine.yield
  log.info log.warn
  math.abs math.acos math.asin math.atan math.ceil math.cos math.deg
  math.exp math.floor math.fmod math.huge math.log math.max math.maxinteger
  math.min math.mininteger math.modf math.pi math.rad math.random
  math.randomseed math.sin math.sqrt math.tan math.tointeger math.type
  math.ult
  os.clock os.date os.difftime os.getenv os.time
  string.byte string.char string.find string.format string.gmatch
  string.gsub string.len string.lower string.match string.pack
  string.packsize string.rep string.reverse string.sub string.unpack
  string.upper
  table.concat table.insert table.move table.pack table.remove table.sort
  table.unpack
  utf8.char utf8.charpattern utf8.codepoint utf8.codes utf8.len utf8.offset
]]

describe("a script's world", function()
  -- io, debug, package, os.execute, os.exit, dofile, loadfile,
  -- collectgarbage, string.dump: whatever is too much shows here.
  it("is this and nothing else", function()
    local expected = {}
    for word in WORLD:gmatch("%S+") do
      expected[#expected + 1] = word
    end
    table.sort(expected)
    local lines = works [[
      local names = {}
      for name, value in pairs(_G) do
        if type(value) ~= "table" then
          names[#names + 1] = name
        elseif value ~= _G then
          for inner in pairs(value) do
            names[#names + 1] = name .. "." .. inner
          end
        end
      end
      table.sort(names)
      print(table.concat(names, " "))
    ]]
    local found = {}
    for word in lines[1]:gmatch("%S+") do
      if word ~= "MIGRATION_ID" and word ~= "upgrade" and not OLD[word] then
        found[#found + 1] = word
      end
    end
    assert.same(expected, found)
  end)

  it("has no other value behind objects and their metatables", function()
    works [[
      local cur = conn:execute("SELECT 1 AS a")
      local row = cur:fetchone()
      for _, object in ipairs { "", conn, cur, row, NULL, blob("x") } do
        assert(getmetatable(object) == false, type(object))
        assert(not pcall(setmetatable, object, {}), type(object))
      end
      for _, object in ipairs { 1, true, print, coroutine.create(print) } do
        assert(getmetatable(object) == nil)
        assert(not pcall(setmetatable, object, {}))
      end
      assert(cur.__gc == nil and cur.__index == nil and conn.__index == nil)
      assert(not pcall(function() cur.fetchone = print end))
      assert(not pcall(function() conn.execute = print end))
      assert(not pcall(function() NULL.x = 1 end))
    ]]
  end)

  it("reads the settings by os.getenv, .env included", function()
    box:write(".env", "FROM_FILE=one\n")
    works [[
      assert(os.getenv("FROM_FILE") == "one")
      assert(os.getenv("NOT_THERE") == nil)
      assert(os.time() > 1e9 and os.date("%Y") and os.clock() >= 0)
    ]]
  end)
end)

describe("random numbers", function()
  it("are the same for every run", function()
    local body = [[
      local list = {}
      for i = 1, 20 do list[i] = math.random(1000000) end
      print(table.concat(list, " "), math.random())
    ]]
    local first = works(body)[1]
    box:destroy()
    box = sandbox.new()
    local second = works(body)[1]
    assert.equal(first, second)
    assert.truthy(first:match("^%d+ %d+ %d+"))
    -- And in each script.
    box:migration("b", body)
    has(box:up(), "    " .. first .. "\n")
  end)
end)

describe("bytecode", function()
  local code = string.dump(function() return 1 end)

  it("is not loaded, whatever the mode says", function()
    works(([[
      local code = %q
      local function check(f, err)
        assert(f == nil and err:find("binary chunk", 1, true), err)
      end
      check(load(code)) check(load(code, "name")) check(load(code, "=x", "b"))
      check(load(code, "=x", "bt")) check(load(code, "=x", nil))
      check(load(code, "=x", "b", {}))
      local at = 0
      check(load(function()
        at = at + 1
        return at <= #code and code:sub(at, at) or nil
      end, "=x", "b"))
      assert(string.dump == nil)
    ]]):format(code):gsub("\\\n", "\\n"))
  end)

  it("is not loaded from lib/, nor as a migration", function()
    box:write("migrations/lib/code.lua", code)
    works [[
      local ok, err = pcall(require, "lib.code")
      assert(not ok and err:find("lib.code", 1, true), err)
    ]]
    box:write("migrations/b.lua", code)
    local before = box:bytes()
    box:fails(2, "up")
    assert.equal(before, box:bytes())
  end)

  it("load takes text, names and environments", function()
    works [[
      assert(load("return 1 + 1")() == 2)
      assert(load("return x", "n", "t", { x = 5 })() == 5)
      assert(load("x = 7") == nil or true)
      local parts = { "return ", "4", "2" }
      local i = 0
      assert(load(function() i = i + 1 return parts[i] end)() == 42)
      local f, err = load("return +", "=name")
      assert(f == nil and err:find("^name:1:"), err)
      assert(not pcall(load("return x", "n", "t", nil)))
      leak = nil
      load("leak = 1")()
      assert(leak == 1)
    ]]
  end)
end)

describe("what scripts share with the runner", function()
  it("is not spoiled by tampering with strings and globals", function()
    works [[
      for name in pairs(string) do string[name] = nil end
      for _, t in ipairs { table, math, utf8, coroutine, log, os } do
        for name in pairs(t) do t[name] = nil end
      end
      for _, name in ipairs { "error", "tostring", "type", "next",
          "setmetatable", "table_exists", "print", "NULL", "blob" } do
        _G[name] = nil
      end
      local row = conn:execute("SELECT x AS y FROM t"):fetchone()
      for _, value in pairs(row) do assert(value == 1) end
      conn:execute("INSERT INTO t VALUES (:a)", { a = "added" })
    ]]
    assert.equal(1, box:value("SELECT count(*) FROM t WHERE x = 'added'"))
    box:migration("b", [[
      assert(("x"):rep(2) == "xx" and table.concat { 1, 2 } == "12")
    ]])
    box:up()
  end)

  it("is read past metamethods of _G", function()
    box:migration("a", [[
      function upgrade(conn) conn:execute("INSERT INTO t VALUES (5)") end
      setmetatable(_G, {
        __index = function() error("index") end,
        __newindex = function() error("newindex") end,
        __pairs = function() error("pairs") end,
        __metatable = "mine",
      })
    ]])
    box:up()
    assert.equal(1, box:value("SELECT count(*) FROM t WHERE x = 5"))
  end)

  it("does not take an upgrade that only a metamethod has", function()
    box:migration("a", [[
      local real = function(conn) conn:execute("INSERT INTO t VALUES (5)") end
      setmetatable(_G, { __index = { upgrade = real } })
      -- function upgrade() only stands in this comment
      local upgrade = real
    ]])
    local status, _, err = box:run("up")
    assert.truthy(status == 1 or status == 2)
    has(err, "upgrade")
    assert.equal(0, box:value("SELECT count(*) FROM t WHERE x = 5"))
  end)

  it("is told apart from an _ENV of the script's own", function()
    box:migration("a", [[
      local upgrade_global = _G
      do
        local _ENV = { conn = 1 }
        upgrade = 5
        MIGRATION = "x"
      end
      local function real(conn)
        local _ENV = { conn = conn }
        x = 1
        conn:execute("INSERT INTO t VALUES (6)")
      end
      function upgrade(conn) real(conn) assert(x == nil) end
    ]])
    box:up()
    assert.equal(1, box:value("SELECT count(*) FROM t WHERE x = 6"))
  end)

  it("does not believe in an ID that changes as the script runs", function()
    box:migration("a", [[
      MIGRATION_ID = "a"
      rawset(_G, "MIGRATION_ID", "b")
      function upgrade(conn) conn:execute("INSERT INTO t VALUES (7)") end
    ]])
    local err = box:fails(1, "up")
    has(err, "MIGRATION_ID has another value after the script was loaded " ..
      "than its text says")
    assert.equal(0, box:value("SELECT count(*) FROM t WHERE x = 7"))
  end)
end)

describe("finalizers", function()
  local sentence = "__gc is not allowed in a metatable: use a <close> " ..
    "variable"

  it("are refused", function()
    refused(sentence, "setmetatable({}, { __gc = function() end })")
  end)

  it("are refused whatever their value is", function()
    for _, value in ipairs { "true", "false", "5", "'x'", "print" } do
      box:migration("a", "assert(not pcall(setmetatable, {}, { __gc = " ..
        value .. " }))")
      box:up()
      box:sql("DELETE FROM schema_migrations")
    end
  end)

  it("are refused when they come later", function()
    refused(sentence, "local mt = {} local t = setmetatable({}, mt) " ..
      "mt.__gc = function() end setmetatable(t, mt)")
  end)

  it("never run", function()
    works [[
      ran = 0
      local function finalize() ran = ran + 1 end
      local mt = {}
      for i = 1, 100 do setmetatable({}, mt) end
      mt.__gc = finalize
      local inherited = { __index = { __gc = finalize } }
      setmetatable(inherited, { __index = { __gc = finalize } })
      for i = 1, 100 do setmetatable({}, inherited) end
      for i = 1, 100 do
        pcall(setmetatable, {}, { __gc = finalize })
        pcall(setmetatable, {}, mt)
      end
      local junk
      for i = 1, 200000 do junk = { i } end
      assert(ran == 0, ran)
    ]]
  end)

  it("are not missed: <close> does their work", function()
    works [[
      local order = {}
      do
        local a <close> = setmetatable({}, { __close = function()
          order[#order + 1] = "a"
        end })
        local b <close> = setmetatable({}, { __close = function()
          order[#order + 1] = "b"
        end })
      end
      assert(order[1] == "b" and order[2] == "a")
    ]]
  end)
end)

describe("the interpreter survives", function()
  it("coroutines that close one another inside __close", function()
    -- Each was begun outside of all others, so Lua does not count them.
    works [[
      local last
      for i = 1, 20000 do
        local before = last
        last = coroutine.create(function()
          local x <close> = setmetatable({}, { __close = function()
            if before then coroutine.close(before) end
          end })
          coroutine.yield()
        end)
        coroutine.resume(last)
      end
      pcall(coroutine.close, last)
      conn:execute("INSERT INTO t VALUES (3)")
    ]]
    assert.equal(1, box:value("SELECT count(*) FROM t WHERE x = 3"))
  end)

  it("coroutines inside one another, as deep as they go", function()
    works [[
      local deepest = 0
      local function nest(n)
        deepest = n
        coroutine.wrap(nest)(n + 1)
      end
      local ok, err = pcall(nest, 1)
      assert(not ok and deepest > 10, deepest)
      assert(err:find("coroutines inside one another", 1, true) or
        err:find("C stack overflow", 1, true), err)
      local made = {}
      for i = 1, 1000 do
        made[i] = coroutine.wrap(function() coroutine.yield(i) end)
        assert(made[i]() == i)
      end
    ]]
  end)

  it("memory that runs out in the middle of a weak table's metamethod",
    function()
      -- Lua before 5.4.8 uses freed memory when an allocation that it is
      -- refused there makes it collect.
      box:migration("a", [[
        local hold, size = {}, 1 << 20
        while size > 8 do
          local ok = pcall(function()
            hold[#hold + 1] = ("y"):rep(size) .. #hold
          end)
          if not ok then size = size // 2 end
        end
        for turn = 1, 3000 do
          pcall(function()
            local t = setmetatable({}, setmetatable({ __newindex = {} },
              { __mode = "v" }))
            for i = 1, 12 do t[i] = turn end
          end)
          pcall(function() for i = 1, 20 do hold[#hold + 1] = {} end end)
          if turn % 5 == 0 then hold[#hold] = nil end
        end
      ]])
      local err = box:fails(1, "up", "--memory-limit", "8")
      assert.equal("the script takes more memory than its limit of 8 MiB",
        try.first_line(err))
    end)

  it("errors inside errors, and recursion without end", function()
    works [[
      local function endless() return 1 + endless() end
      local ok, err = pcall(endless)
      assert(not ok and err:find("stack overflow", 1, true), err)
      assert(not xpcall(error, function(e) error(e) end, "x"))
      assert(not xpcall(endless, endless))
      local t = {}
      for _ = 1, 10000 do t = setmetatable({}, { __index = t }) end
      assert(not pcall(function() return t.x end))
      local loop = {}
      setmetatable(loop, { __index = loop, __newindex = loop })
      assert(not pcall(function() return loop.x end))
      assert(not pcall(function() loop.x = 1 end))
      assert(load(("("):rep(100000)) == nil)
      assert(load("return " .. ("{"):rep(100000)) == nil)
      assert(load("x = " .. ("-"):rep(0) .. ("not "):rep(100000) .. "1")
        == nil)
      assert(not pcall(("x"):rep(300000).find, ("x"):rep(300000),
        ("(x)"):rep(100)))
      assert(not pcall(string.match, ("x"):rep(300000), (".-"):rep(250000)
        .. "y"))
    ]]
  end)

  it("a list of parameters whose length does something else", function()
    works [[
      conn:execute("CREATE TABLE p (a, b)")
      local cur = conn:cursor()
      local function list(fn)
        return setmetatable({ 1, 2 }, { __len = fn })
      end
      local function fails(words, method, sql, row)
        local ok, err = pcall(cur[method], cur, sql, row)
        assert(not ok and err:find(words, 1, true), err)
        cur = conn:cursor()
      end
      local INSERT = "INSERT INTO p VALUES (?, ?)"
      local USED = "the cursor was used by the function that gives it rows"
      local function close() cur:close() return 2 end
      local function reuse() cur:execute("SELECT 1") return 2 end
      fails("the cursor is closed", "execute", INSERT, list(close))
      fails(USED, "executemany", INSERT, { list(close) })
      fails(USED, "executemany", INSERT, { list(reuse) })
      fails(USED, "executemany", INSERT, coroutine.wrap(function()
        coroutine.yield(list(close))
      end))
      fails("the statement takes 2 values, 0 were given", "execute", INSERT,
        list(function() return -1 end))
      fails("object length is not an integer", "execute", INSERT,
        list(function() return {} end))
      cur:execute(INSERT, list(reuse))
      assert(cur.rowcount == 1)
      assert(conn:execute("SELECT count(*) FROM p"):fetchone()[1] == 1)
    ]]
  end)

  it("counts and sizes that overflow", function()
    works [[
      for _, call in ipairs {
        function() return table.unpack({}, 1, 1e8 // 1 | 0) end,
        function() return table.unpack({}, 0, math.maxinteger) end,
        function() return table.unpack({}, math.mininteger,
          math.maxinteger) end,
        function() return ("x"):rep(1 << 62) end,
        function() return ("xx"):rep(math.maxinteger) end,
        function() return ("x"):rep(1 << 40, ("y"):rep(1 << 20)) end,
        function() return table.concat({}, ("x"):rep(1 << 20), 1,
          math.maxinteger) end,
        function() return string.pack("s17", "x") end,
        function() return string.unpack("s8", ("\xff"):rep(8)) end,
        function() return string.unpack("z", "no end") end,
        function() return utf8.char(1 << 40) end,
        function() return string.format("%1000d", 1) end,
        function() return string.format("%99.99999f", 1) end,
        function() return select(-5, 1) end,
        function() return table.insert({}, math.maxinteger, 1) end,
        function() return load("local _ENV <const> = 1; x = 1")() end,
        function() return load("goto x; local a; ::x:: print(a)") .. "" end,
      } do
        local ok, err = pcall(call)
        assert(not ok, call)
        assert(type(err) == "string")
      end
    ]]
  end)
end)

describe("files cannot be reached", function()
  before_each(function() box:write("secret.txt", "secret") end)

  local function both(sentence, sql)
    for _, mode in ipairs { "true", "false" } do
      box:migration("a", ("TRANSACTION = %s\nfunction upgrade(conn)\n" ..
        "conn:execute(%q)\nend\n"):format(mode, sql))
      assert.equal(sentence, try.first_line(box:fails(1, "up")), sql)
      assert.equal(0, box:value("SELECT count(*) FROM schema_migrations"))
      local _, out = box:sh("ls")
      assert.equal("app.db\nmigrations\nsecret.txt\n", out)
    end
  end

  it("by ATTACH", function()
    local sentence = "ATTACH is not allowed in a migration"
    both(sentence, "ATTACH 'secret.txt' AS s")
    both(sentence, "ATTACH DATABASE ':memory:' AS s")
    both(sentence, "/* */ attach 'new.db' AS s")
    refused(sentence,
      [[conn:cursor():executescript("SELECT 1; ATTACH 'new.db' AS s")]])
    box:sql_file("a.sql", "ATTACH 'new.db' AS s;\n")
    os.remove(box:path("migrations/a.lua"))
    assert.equal(sentence, try.first_line(box:fails(1, "up")))
    assert.is_false(box:exists("new.db"))
  end)

  it("by VACUUM INTO", function()
    local sentence = "VACUUM INTO is not allowed in a migration"
    both(sentence, "VACUUM INTO 'copy.db'")
    both(sentence, "VACUUM main INTO 'copy.db'")
    both(sentence, "vacuum\n-- c\ninto /**/ 'copy.db';")
    both(sentence, "VACUUM \"main\" INTO ('copy' || '.db')")
  end)

  it("by SQL functions of the sqlite3 program", function()
    both("no such function: readfile", "SELECT readfile('secret.txt')")
    both("no such function: writefile", "SELECT writefile('new.txt', 'x')")
    both("no such function: edit", "SELECT edit('x')")
    both("no such table: fsdir", "SELECT * FROM fsdir('.')")
    both("no such module: csv",
      "CREATE VIRTUAL TABLE temp.c USING csv(filename='secret.txt')")
    both("no such module: zipfile",
      "CREATE VIRTUAL TABLE temp.c USING zipfile('secret.txt')")
  end)

  it("by extensions and tokenizers", function()
    both("load_extension() is not allowed in a migration",
      "SELECT load_extension('secret.txt')")
    both("load_extension() is not allowed in a migration",
      "SELECT LOAD_Extension('secret.txt', 'main')")
    both("fts3_tokenizer() is not allowed in a migration",
      "SELECT fts3_tokenizer('simple')")
    both("fts3_tokenizer() is not allowed in a migration",
      "SELECT FTS3_tokenizer('mine', x'4141414141414141')")
    -- Nor behind a view or a trigger that an application has.
    box:sql("CREATE VIEW v AS SELECT load_extension('secret.txt') AS x")
    box:migration("a", [[conn:execute("SELECT x FROM v"):fetchall()]])
    box:fails(1, "up")
    assert.equal(0, box:value("SELECT count(*) FROM schema_migrations"))
  end)

  it("by pragmas", function()
    for _, name in ipairs { "temp_store_directory", "data_store_directory",
        "writable_schema", "journal_size_limit", "mmap_size" } do
      both("PRAGMA " .. name .. " is not allowed in a migration",
        "PRAGMA " .. name .. " = '/tmp'")
    end
    for _, form in ipairs { "writable_schema = RESET", "writable_schema(1)",
        "main.writable_schema = 'on'" } do
      both("PRAGMA writable_schema is not allowed in a migration",
        "PRAGMA " .. form)
    end
  end)

  it("by require", function()
    box:write("secret.lua", "return 'secret'")
    box:write("migrations/lib/good.lua", "return 'good'")
    box:write("migrations/other.lua.txt", "return 'other'")
    works [[
      for _, name in ipairs { "secret", "../secret", "lib.../secret",
          "lib....secret", "lib..good", "lib/good", "lib.", "lib", "",
          "lib.good.", "lib.good\0", "lib.\0", "/etc/passwd", "other",
          "lib.good/../../secret", "io", "os", "debug", "package",
          "lib.-", "lib.a b" } do
        local ok, err = pcall(require, name)
        assert(not ok and err:find("^migrations/a%.lua:%d+: ") and
          err:find("a migration can only require", 1, true), name)
      end
      assert(require "lib.good" == "good")
      assert(not pcall(require) and not pcall(require, {}))
    ]]
  end)
end)

describe("SQLite's own tables", function()
  it("that stand behind a virtual one cannot be written", function()
    box:sql("CREATE VIRTUAL TABLE f USING fts5(words); " ..
      "INSERT INTO f VALUES ('one two')")
    for sql, sentence in pairs {
      ["DELETE FROM f_data"] = "table f_data may not be modified",
      ["UPDATE f_content SET c0 = 'x'"] =
        "table f_content may not be modified",
      ["INSERT INTO f_config VALUES ('a', 1)"] =
        "table f_config may not be modified",
      ["DROP TABLE f_idx"] = "table f_idx may not be dropped",
      ["ALTER TABLE f_docsize RENAME TO x"] =
        "table f_docsize may not be altered",
    } do
      refused(sentence, ("conn:execute(%q)"):format(sql))
    end
    -- The virtual table itself can be.
    works [[
      conn:execute("INSERT INTO f VALUES ('three')")
      conn:execute("DELETE FROM f WHERE f MATCH 'one'")
    ]]
    assert.equal("three", box:value("SELECT words FROM f"))
  end)

  it("of the schema cannot be written", function()
    for _, sql in ipairs {
      "UPDATE sqlite_schema SET sql = 'x'", "DELETE FROM sqlite_master",
      "INSERT INTO sqlite_schema VALUES ('table', 'x', 'x', 0, '')",
      "INSERT INTO sqlite_temp_schema VALUES ('table', 'x', 'x', 0, '')",
      "UPDATE sqlite_dbpage SET data = zeroblob(4096) WHERE pgno = 1",
    } do
      box:migration("a", ('conn:execute("INSERT INTO t VALUES (2)")\n' ..
        "conn:execute(%q)"):format(sql))
      local before = try.content(box)
      local err = box:fails(1, "up")
      assert.truthy(err:find("may not be modified", 1, true) or
        err:find("no such table: sqlite_dbpage", 1, true), err)
      assert.equal(before, try.content(box))
    end
  end)
end)

describe("the ledger cannot be forged", function()
  local sentence = "schema_migrations belongs to the runner: not allowed " ..
    "in a migration"

  for title, sql in pairs {
    ["by a temporary table of its name"] =
      "CREATE TEMP TABLE schema_migrations (id, position)",
    ["by a temporary view of its name"] =
      "CREATE TEMP VIEW schema_migrations AS SELECT 'x' AS id",
    ["by a temporary table that gets its name"] =
      "CREATE TEMP TABLE x (id); ALTER TABLE x RENAME TO schema_migrations",
    ["by a table that is called rename"] = "CREATE TABLE rename (id); " ..
      "ALTER TABLE rename /**/ RENAME TO \"schema_migrations\"",
    ["by a trigger on it"] = "CREATE TRIGGER g AFTER INSERT ON " ..
      "schema_migrations BEGIN DELETE FROM t; END",
    ["by a temporary trigger on it"] = "CREATE TEMP TRIGGER g BEFORE " ..
      "INSERT ON main.schema_migrations BEGIN SELECT RAISE(IGNORE); END",
    ["by a trigger of another table"] = "CREATE TRIGGER g AFTER INSERT " ..
      "ON t BEGIN DELETE FROM schema_migrations; END; INSERT INTO t VALUES (3)",
    ["by writing it"] =
      "INSERT INTO schema_migrations VALUES ('z', 9, '', '', '', '', 0)",
    ["by an UPSERT"] = "INSERT INTO schema_migrations (id) VALUES ('z') " ..
      "ON CONFLICT DO UPDATE SET id = 'y'",
    ["by dropping it"] = "DROP TABLE schema_migrations",
    ["by an index that refuses its rows"] = "CREATE UNIQUE INDEX i ON " ..
      "schema_migrations (effect)",
  } do
    it(title, function()
      refused(sentence, ("conn:cursor():executescript(%q)"):format(sql))
    end)
  end

  it("by a table that gets a name that is not taken yet", function()
    for _, name in ipairs { "schema_migrations_progress",
        "[Schema_Migrations_Progress]", "'schema_migrations_progress'" } do
      for _, old in ipairs { "x", "rename", '"RENAME"', "main.rename" } do
        box:migration("a", ("conn:execute('CREATE TABLE %s (id)')\n" ..
          "conn:execute([=[ALTER TABLE %s RENAME TO %s]=])"):format(old, old,
          name))
        has(box:fails(1, "up"), "schema_migrations_progress belongs to the " ..
          "runner: not allowed in a migration")
      end
    end
    works [[
      conn:execute("CREATE TABLE rename (a)")
      conn:execute("ALTER TABLE rename RENAME a TO b")
      conn:execute("ALTER TABLE rename RENAME TO mine")
    ]]
  end)

  it("by a table of its name in the first migration of all", function()
    -- Absent as long as nothing was applied: made, if at all, by the runner.
    box:migration("a", [[
      conn:execute("CREATE TEMP VIEW schema_migrations_history AS SELECT 1")
    ]])
    has(box:fails(1, "up"), "schema_migrations_history belongs to the runner")
  end)
end)

describe("what a script sets for the connection", function()
  it("is over with it", function()
    box:migration("a", [[
      conn:execute("PRAGMA case_sensitive_like = 1")
      conn:execute("PRAGMA recursive_triggers = 1")
      conn:execute("PRAGMA cache_size = 3")
      conn:execute("PRAGMA legacy_alter_table = 1")
      conn:execute("PRAGMA defer_foreign_keys = 1")
      conn:create_function("mine", function() return 1 end)
      conn:execute("CREATE TEMP TABLE left_over (x)")
      assert(conn:execute("SELECT 'a' LIKE 'A'"):fetchone()[1] == 0)
    ]])
    box:migration("b", [[
      local function value(sql) return conn:execute(sql):fetchone()[1] end
      assert(value("SELECT 'a' LIKE 'A'") == 1)
      assert(value("PRAGMA recursive_triggers") == 0)
      assert(value("PRAGMA cache_size") ~= 3)
      assert(value("PRAGMA legacy_alter_table") == 0)
      assert(value("PRAGMA defer_foreign_keys") == 0)
      local _, err = pcall(value, "SELECT mine()")
      assert(err:find("no such function: mine", 1, true), err)
      assert(not table_exists("left_over"))
    ]])
    box:up()
  end)
end)
