-- SPDX-License-Identifier: MIT
-- --timeout and --memory-limit hold against any script, whatever it is doing
-- and whatever it catches; what was applied before stays.
local sandbox = require "tests.support.sandbox"
local system = require "system"
local try = require "tests.support.try"
local has = try.has

-- Against a program that hangs; nothing is measured by it.
local HANG = 60

local box
before_each(function()
  box = sandbox.new()
  box:sql("CREATE TABLE t (x)")
  box:migration("0_before", [[conn:execute("INSERT INTO t VALUES (0)")]])
  box:up()
  box:migration("2_after", [[conn:execute("INSERT INTO t VALUES (2)")]])
end)
after_each(function() box:destroy() end)

-- The second of three, of which the first is applied: it must fail with this
-- sentence and leave nothing but its row in the history, and the third is not
-- begun. (Were the first to run as well, a slow disk could end it.)
local function ends(sentence, body, ...)
  box:migration("1_bad", 'conn:execute("INSERT INTO t VALUES (1)")\n' .. body)
  local begun = system.monotime()
  local err = box:fails(1, "up", ...)
  assert.is_true(system.monotime() - begun < HANG)
  assert.equal(sentence, try.first_line(err))
  has(err, "  migration  1_bad")
  has(err, "  state      the migration was rolled back\n")
  -- All at once: a look at the database takes as long as a short run.
  local now = box:query("SELECT (SELECT group_concat(x) FROM t), (SELECT " ..
    "group_concat(id) FROM schema_migrations), (SELECT group_concat(id || " ..
    "' ' || outcome || ' ' || ifnull(error, '-'), '; ') FROM " ..
    "schema_migrations_history), (SELECT * FROM pragma_integrity_check)")[1]
  assert.same({ 0, "0_before", "0_before done -; 1_bad failed " .. sentence,
    "ok" }, { tonumber(now[1]), now[2], now[3], now[4] })
  assert.is_false(box:exists("app.db-journal"))
  return err
end

describe("--timeout ends", function()
  local sentence = "timeout: the migration took longer than 0.1 s"

  for title, body in pairs {
    ["a loop"] = "while true do end",
    ["a loop of calls"] = "local function f() return f() end f()",
    ["a loop in the script's lib"] = [[require "lib.loop"]],
    ["a goto"] = "::again:: goto again",
    ["a coroutine"] =
      "coroutine.wrap(function() while true do end end)()",
    ["a coroutine in another one that catches the timeout"] = [[
      coroutine.wrap(function()
        pcall(coroutine.wrap(function() while true do end end))
        while true do end
      end)()]],
    ["a coroutine that was begun before"] = [[
      local co = coroutine.wrap(function()
        coroutine.yield()
        while true do end
      end)
      co() co()]],
    ["coroutines inside one another"] = [[
      local function nest(n)
        if n == 0 then while true do end end
        coroutine.wrap(nest)(n - 1)
      end
      nest(100)]],
    ["coroutines that take turns"] = [[
      local co = coroutine.wrap(function()
        while true do coroutine.yield() end
      end)
      while true do co() end]],
    ["ever new coroutines"] = [[
      while true do pcall(coroutine.wrap(function() error("x") end)) end]],
    ["pcall in a loop"] = [[
      while true do pcall(function() while true do end end) end]],
    ["pcall inside pcall"] = [[
      local function f() while true do pcall(f) end end f()]],
    ["a coroutine in pcall in a loop"] = [[
      while true do
        pcall(coroutine.wrap(function() while true do end end))
      end]],
    ["a message handler"] = [[
      xpcall(error, function() while true do end end)]],
    ["the message handler of the timeout itself"] = [[
      xpcall(function() while true do end end,
        function() while true do end end)]],
    ["__close"] = [[
      local x <close> = setmetatable({}, { __close = function()
        while true do end
      end })
      while true do end]],
    ["__close of a coroutine that is closed"] = [[
      local co = coroutine.create(function()
        local x <close> = setmetatable({}, { __close = function()
          while true do end
        end })
        coroutine.yield()
      end)
      coroutine.resume(co)
      coroutine.close(co)]],
    ["a metamethod"] = [[
      local t = setmetatable({}, { __index = function()
        while true do end
      end })
      print(t.x)]],
    ["__tostring of the error"] = [[
      error(setmetatable({}, { __tostring = function()
        while true do end
      end }))]],
    ["one string.rep"] = [[string.rep("", 1 << 50)]],
    ["a pattern"] = [[
      string.find(("a"):rep(40), ("a?"):rep(40) .. ("a"):rep(40) .. "b")]],
    ["a pattern that goes back and back"] = [[
      string.match(("a"):rep(100000), ".-.-.-.-b")]],
    ["string.gsub"] = [[
      string.gsub(("a"):rep(1000000), "", function() while true do end end)]],
    ["table.sort without an order"] = [[
      local t = {}
      for i = 1, 1000000 do t[i] = i % 7 end
      while true do pcall(table.sort, t, function() return true end) end]],
    ["table.sort of one huge list"] = [[
      table.sort(setmetatable({}, {
        __len = function() return 2147483646 end,
        __index = function() return 1 end,
        __newindex = function() end,
      }))]],
    ["table.move"] = [[table.move({}, 1, 1 << 50, 2)]],
    ["table.insert into a length that is a lie"] = [[
      table.insert(setmetatable({}, { __len = function()
        return 1 << 50
      end }), 1, "x")]],
    ["table.concat of a length that is a lie"] = [[
      table.concat(setmetatable({}, { __index = function()
        return ""
      end }), "", 1, 1 << 50)]],
    ["one endless statement"] = [[
      conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL " ..
        "SELECT i + 1 FROM n) SELECT count(*) FROM n")]],
    ["one endless INSERT"] = [[
      conn:execute("INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 " ..
        "UNION ALL SELECT i FROM n) SELECT i FROM n")]],
    ["endless rows"] = [[
      for _ in conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION " ..
        "ALL SELECT i + 1 FROM n) SELECT i FROM n"):rows() do end]],
    ["endless statements"] = [[while true do conn:execute("SELECT 1") end]],
    ["statements in pcall"] = [[
      while true do pcall(conn.execute, conn, "DELETE FROM t") end]],
    ["an endless statement in pcall"] = [[
      while true do
        pcall(conn.execute, conn, "WITH RECURSIVE n (i) AS (SELECT 1 " ..
          "UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
      end]],
    ["a function that SQL calls"] = [[
      conn:create_function("loop", function() while true do end end)
      conn:execute("INSERT INTO t VALUES (loop())")]],
    ["a function that SQL calls again and again"] = [[
      conn:create_function("f", function() pcall(error) return 1 end)
      conn:execute("WITH RECURSIVE n (i) AS (SELECT f() UNION ALL " ..
        "SELECT f() FROM n) SELECT count(*) FROM n")]],
    ["an iterator of executemany"] = [[
      conn:executemany("INSERT INTO t VALUES (?)", function()
        return 7
      end)]],
    ["conn:savepoint"] = [[
      while true do
        pcall(conn.savepoint, conn, function() while true do end end)
      end]],
    ["guards"] = [[while true do table_exists("t") end]],
  } do
    it(title, function()
      box:write("migrations/lib/loop.lua", "while true do end\n")
      ends(sentence, body, "--timeout", "0.1")
    end)
  end

  it("a script's top level", function()
    box:migration("1_bad", "while true do end function upgrade() end")
    assert.equal(sentence, try.first_line(box:fails(1, "up", "--timeout",
      "0.1")))
  end)

  it("a .sql file", function()
    box:sql_file("1_bad.sql", "INSERT INTO t VALUES (1);\nINSERT INTO t " ..
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i FROM n) " ..
      "SELECT i FROM n;\n")
    assert.equal(sentence, try.first_line(box:fails(1, "up", "--timeout",
      "0.1")))
    assert.equal("0", box:value("SELECT group_concat(x) FROM t"))
  end)

  it("one migration of a run, and says what to do", function()
    box:migration("1_bad", "\nwhile true do end")
    box:migration("1_and_before", [[conn:execute("INSERT INTO t VALUES (1)")]])
    local err = box:fails(1, "up", "--timeout", "1")
    has(err, "timeout: the migration took longer than 1 s\n")
    has(err, "  state      the migration was rolled back; 1 migration " ..
      "applied before it stays applied\n")
    assert.equal("0,1", box:value("SELECT group_concat(x) FROM t"))
    has(err, "  hint       give it more time with --timeout")
    has(err, "1_bad.lua:2")
    box:migration("1_bad", "")
    box:up("--timeout", "30")
    assert.equal(2, box:value("SELECT max(x) FROM t"))
  end)

  it("nothing when it is 0, or when there is time", function()
    for i, option in ipairs { "0", "3600" } do
      box:migration("3_" .. i, [[
        local n = 0
        for i = 1, 1000000 do n = n + i end
        assert(conn:execute("SELECT 5"):fetchone()[1] == 5)
      ]])
      box:up("--timeout", option)
    end
  end)
end)

describe("--memory-limit ends", function()
  local script = "the script takes more memory than its limit of 16 MiB"

  for title, body in pairs {
    ["a table that grows"] = "local t = {} while true do t[#t + 1] = {} end",
    ["one string.rep"] = [[local s = ("x"):rep(2000000000)]],
    ["a string that doubles"] = [[
      local s = "x" while true do s = s .. s end]],
    ["a list of one million strings"] = [[
      local t = {} for i = 1, 1e6 do t[i] = "number " .. i end]],
    ["pcall around it"] = [[
      local t = {}
      pcall(function() while true do t[#t + 1] = ("x"):rep(1000) end end)
      pcall(conn.execute, conn, "INSERT INTO t VALUES (9)")]],
    ["pcall around it in a loop"] = [[
      while true do
        pcall(function() local t = {} while true do t[#t + 1] = {} end end)
      end]],
    ["pcall around one string.rep"] = [[
      pcall(string.rep, "x", 2000000000)]],
    ["a coroutine"] = [[
      coroutine.wrap(function()
        local t = {} while true do t[#t + 1] = {} end
      end)()]],
    ["a coroutine in another one that catches it"] = [[
      coroutine.wrap(function()
        pcall(coroutine.wrap(function()
          local t = {} while true do t[#t + 1] = {} end
        end))
        while true do end
      end)()]],
    ["__close of a coroutine that another one closes"] = [[
      coroutine.wrap(function()
        local co = coroutine.create(function()
          local x <close> = setmetatable({}, { __close = function()
            local t = {} while true do t[#t + 1] = {} end
          end })
          coroutine.yield()
        end)
        coroutine.resume(co)
        pcall(coroutine.close, co)
        while true do end
      end)()]],
    ["coroutines without end"] = [[
      local t = {}
      while true do t[#t + 1] = coroutine.create(print) end]],
    ["a message handler"] = [[
      xpcall(error, function()
        local t = {} while true do t[#t + 1] = {} end
      end)]],
    ["table.concat"] = [[
      local t = {} for i = 1, 1000 do t[i] = ("x"):rep(1000) end
      local s = table.concat(t) s = table.concat({ s, s, s, s, s, s, s, s,
        s, s, s, s, s, s, s, s, s, s, s, s, s })]],
    ["string.format and gsub"] = [[
      local s = ("x"):rep(1 << 20):gsub("x", ("y"):rep(100))]],
    ["a row that is too large"] = [[
      for i = 1, 100 do
        t = { t, conn:execute("SELECT zeroblob(1000000)"):fetchone()[1] }
      end]],
    ["blobs"] = [[
      local t = {} for i = 1, 1000 do t[i] = blob(("x"):rep(100000)) end]],
  } do
    it(title, function()
      has(ends(script, body, "--memory-limit", "16"), "\n  hint       " ..
        "let it hold less at once, or allow more with --memory-limit\n")
    end)
  end

  it("also in an SQL function of the script", function()
    ends(script, [[
      conn:create_function("grow", function()
        local t = {} while true do t[#t + 1] = {} end
      end)
      pcall(conn.execute, conn, "SELECT grow()")]], "--memory-limit", "16")
  end)

  local sqlite = "out of memory"
  for title, sql in pairs {
    ["zeroblob"] = "SELECT hex(zeroblob(300000000))",
    ["randomblob"] = "CREATE TABLE big AS SELECT hex(randomblob(100000000))",
    ["group_concat"] = "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 " ..
      "UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT " ..
      "group_concat(printf('%0200d', i)) FROM n",
    ["json"] = "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 " ..
      "UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT " ..
      "json_group_array(printf('%0200d', i)) FROM n",
    ["replace"] = "SELECT replace(hex(zeroblob(100000)), '0', " ..
      "hex(zeroblob(1000)))",
    ["printf"] = "SELECT length(printf('%.*c', 30000000, 'x'))",
  } do
    it("what SQLite takes: " .. title, function()
      local err = ends(sqlite, ("conn:execute(%q)"):format(sql),
        "--memory-limit", "16")
      has(err, "\n  hint       let the migration do less at once, or " ..
        "allow more with --memory-limit\n")
      has(err, "1_bad.lua:2")
    end)

    it("what SQLite takes, caught: " .. title, function()
      ends(sqlite, ("pcall(conn.execute, conn, %q)"):format(sql) ..
        [[ pcall(conn.execute, conn, "INSERT INTO t VALUES (9)")]],
        "--memory-limit", "16")
    end)
  end

  it("what SQLite takes for a .sql file", function()
    box:sql_file("1_bad.sql", "INSERT INTO t VALUES (1);\n" ..
      "CREATE TABLE big AS SELECT hex(randomblob(100000000));\n")
    local err = box:fails(1, "up", "--memory-limit", "16")
    has(err, "memory")
    assert.equal("0", box:value("SELECT group_concat(x) FROM t"))
  end)

  it("nothing of a script that stays under it", function()
    box:migration("1_good", [[
      for round = 1, 200 do
        local t = {}
        for i = 1, 100 do t[i] = ("x"):rep(1000) .. i end
        local s = table.concat(t)
        conn:execute("INSERT INTO t VALUES (?)", #s + 100)
      end
      conn:execute("UPDATE t SET x = x + 1 WHERE x > 100")
      local big = ("y"):rep(4 << 20)
      assert(conn:execute("SELECT length(?)", big):fetchone()[1] == #big)
    ]])
    box:up("--memory-limit", "16", "--timeout", "60")
    assert.equal(200, box:value("SELECT count(*) FROM t WHERE x > 100"))
  end)

  it("one migration and not the next", function()
    local body = [[
      local t = {}
      for i = 1, 100 do t[i] = ("x"):rep(100000) .. i end
    ]]
    box:migration("1_full", body)
    box:migration("2_full", body)
    box:up("--memory-limit", "16")
  end)
end)
