-- SPDX-License-Identifier: MIT
-- The connection and its cursors: every way to bind and to fetch, and the
-- line of the script for each misuse.
local sandbox = require "tests.support.sandbox"
local try = require "tests.support.try"
local has = try.has

local box, slow
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

-- What takes seconds by its nature runs beside the other tests.
setup(function()
  slow = { box = sandbox.new() }
  slow.box:migration("a", [[
    local step = progress(1000, "rows")
    local start = os.time()
    step(10)
    while os.time() < start + 9 do
      for _ = 1, 100000 do end
      step(0)
    end
  ]])
  slow.job = slow.box:spawn("up")
end)
teardown(function() slow.box:destroy() end)

local function works(body, ...)
  return try.works(box, try.LIB .. body, ...)
end

local T = "DROP TABLE IF EXISTS t; CREATE TABLE t (a, b); " ..
  "INSERT INTO t VALUES (1, 'one'), (2, NULL), (3, 'three');"

-- Each case is a migration of its own that begins with a change; what stands
-- in the case goes onto line 2, where the error must be. And each may be
-- caught like any other error.
local function misuse(cases)
  local all = { try.LIB }
  for code, sentence in pairs(cases) do
    code = code:gsub("%s+", " ")
    all[#all + 1] = ([[
      cur = conn:execute("INSERT INTO t VALUES (9, 9)")
      no(%q, function() %s end)]]):format(sentence, code)
    it("is an error: " .. code, function()
      box:sql(T)
      local err = try.fails(box, sentence, [[
        local cur = conn:execute("INSERT INTO t VALUES (9, 9)")
        ]] .. code)
      try.at(err, 2)
    end)
  end
  it("is misused and caught, and the script goes on", function()
    box:sql(T)
    try.works(box, "local cur " .. table.concat(all, "\n"))
    assert.equal(#all - 1, box:value("SELECT count(*) FROM t WHERE a = 9"))
  end)
end

describe("execute", function()
  it("binds nothing, lists, maps and values", function()
    box:sql("CREATE TABLE t (a, b, c)")
    works [[
      local cur = conn:cursor()
      cur:execute("INSERT INTO t VALUES (1, 2, 3)")
      cur:execute("INSERT INTO t VALUES (?, ?, ?)", { 4, "five", 6.5 })
      cur:execute("INSERT INTO t VALUES (:a, @b, $c)",
        { a = 7, b = "eight", c = 9.5 })
      cur:execute("INSERT INTO t VALUES (:a, :a, :a)", { a = 10 })
      cur:execute("INSERT INTO t VALUES (?, ?, ?)", 11, nil, "x")
      cur:execute("INSERT INTO t VALUES (?, ?, ?)", nil, nil, nil)
      cur:execute("INSERT INTO t VALUES (?2, ?1, ?3)", "b", "a", "c")
      cur:execute("INSERT INTO t VALUES (?, ?, ?)", { nil, nil, 12 })
      cur:execute("INSERT INTO t VALUES (?, ?, ?)", { 13, NULL, NULL })
      cur:execute("INSERT INTO t VALUES (:a, :b, 14)", { a = NULL, b = 1 })
      cur:execute("INSERT INTO t VALUES (:a, :b, 15)", "by", "place")
      cur:execute("INSERT INTO t VALUES (:a, :b, 16)", { "in", "order" })
      cur:execute("INSERT INTO t VALUES (?, 17, 17)", NULL)
      cur:execute("INSERT INTO t VALUES (18, 18, 18)", {})
    ]]
    local function row(a, b, c)
      return { a, b, c, n = 3, a = a, b = b, c = c }
    end
    assert.same({
      row(1, 2, 3), row(4, "five", 6.5), row(7, "eight", 9.5),
      row(10, 10, 10), row(11, nil, "x"), row(), row("a", "b", "c"),
      row(nil, nil, 12), row(13), row(nil, 1, 14), row("by", "place", 15),
      row("in", "order", 16), row(nil, 17, 17), row(18, 18, 18),
    }, box:query("SELECT * FROM t ORDER BY rowid"))
  end)

  it("binds a row that was fetched, NULLs at its end included", function()
    box:sql("CREATE TABLE s (a, b, c); " ..
      "INSERT INTO s VALUES (1, NULL, NULL);" ..
      "CREATE TABLE t (a, b, c)")
    works [[
      conn:execute("INSERT INTO t VALUES (?, ?, ?)",
        conn:execute("SELECT * FROM s"):fetchone())
    ]]
    assert.equal(1, box:value("SELECT a FROM t WHERE b IS NULL"))
  end)

  it("returns the cursor, and is there on the connection", function()
    box:sql(T)
    works [[
      local cur = conn:cursor()
      eq(cur, cur:execute("SELECT 1"))
      eq(cur, cur:executescript("SELECT 1"))
      eq(cur, cur:executemany("DELETE FROM t WHERE a = ?", {}))
      eq(2, conn:execute("SELECT ? + 1", 1):fetchone()[1])
      eq(2, conn:executemany("DELETE FROM t WHERE a = ?",
        { { 1 }, { 2 } }).rowcount)
      conn:executescript("DELETE FROM t; INSERT INTO t VALUES (7, 7);")
    ]]
    assert.equal(7, box:value("SELECT a FROM t"))
  end)

  it("takes a comment and a semicolon with its one statement", function()
    works [[
      eq(1, conn:execute("-- c\nSELECT 1; -- d"):fetchone()[1])
      eq(1, conn:execute("SELECT 1;;  /* e */ ;"):fetchone()[1])
    ]]
  end)

  it("takes as many parameters as SQLite does", function()
    works [[
      local marks, values = {}, {}
      for i = 1, 32766 do marks[i] = "(?)" values[i] = i end
      conn:execute("CREATE TABLE t (a)")
      conn:execute("INSERT INTO t VALUES" .. table.concat(marks, ","),
        values)
      marks[#marks + 1] = "(?)"
    ]]
    assert.equal(32766 * 32767 // 2, box:value("SELECT sum(a) FROM t"))
  end)

  misuse {
    [ [[cur:execute("SELECT ?, ?", 1)]] ] =
      "the statement takes 2 values, 1 was given",
    [ [[cur:execute("SELECT ?", 1, 2)]] ] =
      "the statement takes 1 value, 2 were given",
    [ [[cur:execute("SELECT ?")]] ] =
      "the statement takes 1 value, 0 were given",
    [ [[cur:execute("SELECT 1", 1)]] ] =
      "the statement takes 0 values, 1 was given",
    [ [[cur:execute("SELECT ?, ?", { 1 })]] ] =
      "the statement takes 2 values, 1 was given (at the end of a list " ..
      "NULL must stand for a null)",
    [ [[cur:execute("SELECT ?", { 1, 2, 3 })]] ] =
      "the statement takes 1 value, 3 were given",
    [ [[cur:execute("SELECT ?", { 1, x = 2 })]] ] = 'unknown parameter "x"',
    [ [[cur:execute("SELECT ?", { [1] = 1, [7] = 2 })]] ] =
      'unknown parameter "7"',
    [ [[cur:execute("SELECT 1", { [0] = 1 })]] ] = 'unknown parameter "0"',
    [ [[cur:execute("SELECT :a", { b = 1 })]] ] = 'unknown parameter "b"',
    [ [[cur:execute("SELECT :a", { a = 1, b = 1 })]] ] =
      'unknown parameter "b"',
    [ [[cur:execute("SELECT :a, :b", { a = 1 })]] ] =
      'no value for parameter "b" (NULL stands for a null)',
    [ [[cur:execute("SELECT ?", { a = 1 })]] ] = 'unknown parameter "a"',
    [ [[cur:execute("SELECT :a, ?", { a = 1 })]] ] =
      "parameter 2 has no name: give the values as a list",
    [ [[cur:execute("SELECT ?", print)]] ] =
      "parameter 1 is a function, which is no SQL value",
    [ [[cur:execute("SELECT ?, ?", 1, {})]] ] =
      "parameter 2 is a table, which is no SQL value",
    [ [[cur:execute("SELECT ?", { {} })]] ] =
      "parameter 1 is a table, which is no SQL value",
    [ [[cur:execute("SELECT ?", cur)]] ] =
      "parameter 1 is a cursor, which is no SQL value",
    [ [[cur:execute("SELECT :a", { a = conn })]] ] =
      'parameter "a" is a conn, which is no SQL value',
    [ [[cur:execute("SELECT ?", 0/0)]] ] = "parameter 1 is NaN, which " ..
      "SQLite cannot store: it would become NULL",
    [ [[cur:execute("SELECT :a", { a = -(0/0) })]] ] = 'parameter "a" is ' ..
      "NaN, which SQLite cannot store: it would become NULL",
    [ [[cur:execute()]] ] =
      "bad argument #1 to 'execute' (string expected, got no value)",
    [ [[cur:execute(nil)]] ] =
      "bad argument #1 to 'execute' (string expected, got nil)",
    [ [[cur:execute(12)]] ] =
      "bad argument #1 to 'execute' (string expected, got number)",
    [ [[conn:execute({})]] ] =
      "bad argument #1 to 'execute' (string expected, got table)",
    [ [[cur:execute("SELECT 1; SELECT 2")]] ] =
      "more than one statement: executescript() takes many",
    [ [[cur:execute("")]] ] = "there is no statement in the text",
    [ [[cur:execute(" ; -- nothing")]] ] = "there is no statement in the text",
    [ [[cur:execute("SELECT 'x")]] ] =
      [[unrecognized token: "'x"]],
    [ [[cur:execute("SELECT 1\0; DROP TABLE t")]] ] =
      "a NUL byte in the statement",
    [ [[cur:execute("SELEC 1")]] ] = 'near "SELEC": syntax error',
    [ [[cur.execute("SELECT 1")]] ] =
      "bad argument #1 to 'execute' (cursor expected, got string)",
    [ [[conn.execute(cur, "SELECT 1")]] ] =
      "bad argument #1 to 'execute' (conn expected, got cursor)",
    [ [[cur.execute(conn, "SELECT 1")]] ] =
      "bad argument #1 to 'execute' (cursor expected, got conn)",
    [ [[conn.cursor()]] ] =
      "bad argument #1 to 'cursor' (conn expected, got no value)",
    [ [[conn:commit()]] ] = "conn:commit() is not there: the runner opens " ..
      "and ends the transaction (conn:savepoint() nests inside it)",
    [ [[conn:nope()]] ] =
      "attempt to call a nil value (method 'nope')",
  }
end)

describe("executemany", function()
  it("takes lists, maps and iterators", function()
    box:sql("CREATE TABLE t (a, b)")
    works [[
      local cur = conn:cursor()
      local put = "INSERT INTO t VALUES (?, ?)"
      cur:executemany(put, { { 1, "x" }, { 2, NULL }, { nil, "z" } })
      eq(3, cur.rowcount)
      cur:executemany("INSERT INTO t VALUES (:a, $b)",
        { { a = 4, b = 4 }, { b = 5, a = NULL } })
      eq(2, cur.rowcount)
      local i = 5
      cur:executemany(put, function()
        i = i + 1
        if i < 9 then return { i, NULL } end
      end)
      eq(3, cur.rowcount)
      cur:executemany(put, function()
        i = i + 1
        if i < 12 then return i, nil end
      end)
      eq(2, cur.rowcount)
      local more = true
      cur:executemany(put, function()
        if more then more = nil return NULL, 12 end
      end)
      eq(1, cur.rowcount)
      cur:executemany(put, {})
      eq(0, cur.rowcount)
      cur:executemany(put, function() end)
      cur:executemany("UPDATE t SET b = ? WHERE a < ?", { { "u", 3 } })
      eq(2, cur.rowcount)
      cur:executemany("INSERT INTO t SELECT ?, ? RETURNING a", { { 13, 1 } })
    ]]
    local seen = {}
    for i, row in ipairs(box:query("SELECT ifnull(a, '-') || " ..
        "ifnull(b, '-') FROM t ORDER BY rowid")) do
      seen[i] = row[1]
    end
    assert.same({ "1u", "2u", "-z", "44", "-5", "6-", "7-", "8-", "10-",
      "11-", "-12", "131" }, seen)
  end)

  it("reads from one cursor and writes by another", function()
    box:sql(T .. "CREATE TABLE u (a, b)")
    works [[
      local get = conn:execute("SELECT a, b FROM t ORDER BY a")
      conn:cursor():executemany("INSERT INTO u VALUES (?, ?)", get:values())
      local again = conn:execute("SELECT a, b FROM t ORDER BY a")
      conn:cursor():executemany("INSERT INTO u VALUES (?, ?)", again:rows())
    ]]
    assert.same({ { 2, n = 1, n2 = nil, ["count(*)"] = 2 } },
      box:query("SELECT count(*) FROM u WHERE b IS NULL"))
    assert.equal(12, box:value("SELECT sum(a) FROM u"))
  end)

  it("leaves nothing of rows before a bad one, once the script fails",
    function()
      box:sql(T)
      local err = try.fails(box, "the statement takes 2 values, 1 was " ..
        "given (at the end of a list NULL must stand for a null)", [[
        local rows = { { 7, 7 }, { 8 } }
        conn:executemany("INSERT INTO t VALUES (?, ?)", rows)
      ]])
      try.at(err, 2)
    end)

  misuse {
    [ [[cur:executemany("INSERT INTO t VALUES (?, ?)", { { 1, 2 }, "x" })]] ]
      = "row 2 is a string: each row is a list or a map",
    [ [[cur:executemany("INSERT INTO t VALUES (?, ?)", { 1, 2 })]] ] =
      "row 1 is a number: each row is a list or a map",
    [ [[cur:executemany("INSERT INTO t VALUES (?, ?)", { { a = 1 } })]] ] =
      'unknown parameter "a"',
    [ [[cur:executemany("INSERT INTO t VALUES (?, ?)", { { 0/0, 1 } })]] ] =
      "parameter 1 is NaN, which SQLite cannot store: it would become NULL",
    [ [[cur:executemany("INSERT INTO t VALUES (?, ?)")]] ] =
      "bad argument #2 to 'executemany' (list or function expected, got " ..
      "no value)",
    [ [[cur:executemany("INSERT INTO t VALUES (?, ?)", 5)]] ] =
      "bad argument #2 to 'executemany' (list or function expected, got " ..
      "number)",
    [ [[cur:executemany(nil, {})]] ] =
      "bad argument #1 to 'executemany' (string expected, got nil)",
    [ [[cur:executemany("SELECT ?", { { 1 } })]] ] =
      "executemany is for INSERT, UPDATE and DELETE",
    [ [[cur:executemany("INSERT INTO t VALUES (?, ?)",
        function() return 1 end)]] ] =
      "the statement takes 2 values, 1 was given",
    [ [[cur:executemany("INSERT INTO t VALUES (?, ?)",
        function() error("from the iterator") end)]] ] = "from the iterator",
    [ [[cur:executemany("INSERT INTO t VALUES (?, ?)",
        function() cur:execute("SELECT 1") return 1, 2 end)]] ] =
      "the cursor was used by the function that gives it rows: use another " ..
      "one there",
    [ [[cur:executemany("INSERT INTO t VALUES (?, ?)",
        function() cur:close() return 1, 2 end)]] ] =
      "the cursor was used by the function that gives it rows: use another " ..
      "one there",
    [ [[coroutine.wrap(function() cur:executemany(
        "INSERT INTO t VALUES (?, ?)", coroutine.yield) end)()]] ] =
      "attempt to yield across a C-call boundary",
  }
end)

describe("executescript", function()
  it("runs all statements, triggers and comments included", function()
    works [[
      conn:cursor():executescript([=[
        -- one; two
        CREATE TABLE t (a, b DEFAULT 'x;y'); /* ; */
        CREATE TRIGGER g AFTER INSERT ON t WHEN new.a < 3 BEGIN
          INSERT INTO t (a) VALUES (new.a + 10);
          UPDATE t SET b = CASE WHEN a > 10 THEN 'big' ELSE b END;
        END;
        SELECT * FROM t;
        INSERT INTO t (a) VALUES (1);
        ; ;
        INSERT INTO t (a) VALUES (3) -- no semicolon at the end
      ]=])
      conn:cursor():executescript("")
      conn:cursor():executescript(" -- nothing")
    ]]
    assert.same({ { "1 x;y", n = 1, r = "1 x;y" },
      { "11 big", n = 1, r = "11 big" }, { "3 x;y", n = 1, r = "3 x;y" } },
      box:query("SELECT a || ' ' || b AS r FROM t ORDER BY rowid"))
    assert.equal(1, box:value("SELECT count(*) FROM sqlite_schema " ..
      "WHERE type = 'trigger' AND name = 'g'"))
  end)

  it("says which statement is wrong, and where", function()
    box:sql(T)
    local err = try.fails(box, "no such column: nope", [[
      conn:cursor():executescript("INSERT INTO t VALUES (7, 7);\n" ..
        "INSERT INTO t\n  SELECT a, nope FROM t; DELETE FROM t")
    ]])
    has(err, "migrations/a.lua:")
    has(err, "SELECT a, nope FROM t")
    local line, caret = err:match("\n([^\n]*SELECT a, nope[^\n]*)\n( +)%^\n")
    assert.equal(line:find("nope", 1, true), #caret + 1)
  end)

  misuse {
    [ [[cur:executescript("INSERT INTO t VALUES (7, 7); SELEC 1")]] ] =
      'near "SELEC": syntax error',
    [ [[cur:executescript("INSERT INTO t VALUES (7, 7); SELECT 'x")]] ] =
      "a quote is never closed",
    [ [[cur:executescript("CREATE TRIGGER g AFTER INSERT ON t BEGIN " ..
        "SELECT 1;")]] ] = "the trigger has no END",
    [ [[cur:executescript("SELECT 1; SELECT ?")]] ] =
      "the statement takes 1 value, 0 were given",
    [ [[cur:executescript()]] ] =
      "bad argument #1 to 'executescript' (string expected, got no value)",
    [ [[cur:executescript({ "DELETE FROM t" })]] ] =
      "bad argument #1 to 'executescript' (string expected, got table)",
    [ [[cur:executescript("DELETE FROM t\0")]] ] =
      "a NUL byte in the statement",
  }
end)

describe("rows", function()
  before_each(function() box:sql(T) end)

  it("come one, some or all at a time", function()
    works [[
      local cur = conn:execute("SELECT a, b FROM t ORDER BY a")
      local row = cur:fetchone()
      eq(1, row[1]) eq("one", row[2]) eq(1, row.a) eq("one", row.b)
      local rest = cur:fetchall()
      eq(2, #rest) eq(2, rest[1].a) eq("three", rest[2].b)
      eq(nil, cur:fetchone()) eq(nil, cur:fetchone())
      eq(0, #cur:fetchall()) eq(0, #cur:fetchmany(5))
      cur:execute("SELECT a FROM t ORDER BY a")
      eq(1, #cur:fetchmany())
      eq(0, #cur:fetchmany(0))
      local two = cur:fetchmany(2)
      eq(2, #two) eq(2, two[1][1]) eq(3, two[2].a)
      eq(0, #cur:fetchmany(1))
      cur:execute("SELECT a FROM t WHERE a > 5")
      eq(nil, cur:fetchone())
      cur:execute("DELETE FROM t WHERE a > 5")
      eq(nil, cur:fetchone()) eq(0, #cur:fetchall())
    ]]
  end)

  it("answer by position and by name, and count NULLs", function()
    works [[
      local row = conn:execute("SELECT NULL, 2 AS B, NULL AS c, 4 AS c, " ..
        "NULL AS \"odd name\""):fetchone()
      eq(5, #row) eq(nil, row[1]) eq(2, row[2]) eq(nil, row[5])
      eq(2, row.B) eq(nil, row.c) eq(nil, row["odd name"])
      eq(nil, row[0]) eq(nil, row[6])
      no('the row has no column "b"', function() return row.b end)
      no('the row has no column "nope"', function() return row.nope end)
      local seen = {}
      for name, value in pairs(row) do
        seen[#seen + 1] = name .. "=" .. tostring(value)
      end
      eq("NULL=nil B=2 c=nil c=4 odd name=nil", table.concat(seen, " "))
      row = conn:execute("SELECT 4 AS c, 5 AS c"):fetchone()
      eq(4, row.c) eq(5, row[2])
    ]]
  end)

  it("are gone through by rows()", function()
    works [[
      local seen = {}
      for row in conn:execute("SELECT a, b FROM t ORDER BY a"):rows() do
        seen[#seen + 1] = row.a .. tostring(row.b)
        conn:execute("UPDATE t SET b = ? WHERE a = ?", "new", row.a)
      end
      eq("1one 2nil 3three", table.concat(seen, " "))
      local cur = conn:execute("SELECT a FROM t ORDER BY a")
      cur:fetchone()
      for row in cur:rows() do eq(2, row.a) break end
      eq(3, cur:fetchone().a)
      for _ in conn:execute("SELECT 1 WHERE 0"):rows() do error("a row") end
    ]]
    assert.equal(3, box:value("SELECT count(*) FROM t WHERE b = 'new'"))
  end)

  it("and by values(), without a table for each", function()
    works [[
      local seen = {}
      for a, b in conn:execute("SELECT a, b FROM t ORDER BY a"):values() do
        seen[#seen + 1] = a .. tostring(b)
      end
      eq("1one 2nil 3three", table.concat(seen, " "))
      -- A NULL in front does not end the loop.
      local n = 0
      for b, a in conn:execute("SELECT b, a FROM t ORDER BY a"):values() do
        n = n + 1
        if n == 2 then eq(NULL, b) eq(2, a) end
      end
      eq(3, n)
    ]]
  end)

  it("have as many columns as SQLite allows", function()
    works [[
      local list = {}
      for i = 1, 2000 do list[i] = i .. " AS c" .. i end
      local cur = conn:execute("SELECT " .. table.concat(list, ","))
      eq(2000, #cur.description)
      eq(2000, select("#", cur:values()()))
      cur:execute("SELECT " .. table.concat(list, ","))
      eq(2000, cur:fetchone().c2000)
    ]]
  end)

  it("do not see what is written behind their back in another text",
    function()
      works [[
        local cur = conn:cursor()
        local sql = "SELECT * FROM t WHERE a = 1"
        eq(2, #cur:execute(sql):fetchone())
        conn:execute("ALTER TABLE t ADD COLUMN c DEFAULT 'see'")
        local row = cur:execute(sql):fetchone()
        eq(3, #row) eq("see", row.c)
        conn:execute("ALTER TABLE t RENAME COLUMN c TO d")
        row = cur:execute(sql):fetchone()
        eq("see", row.d)
        no('no column "c"', function() return row.c end)
      ]]
    end)

  misuse {
    [ [[conn:cursor():fetchone()]] ] =
      "there are no rows: nothing was executed with this cursor",
    [ [[conn:cursor():fetchall()]] ] =
      "there are no rows: nothing was executed with this cursor",
    [ [[conn:cursor():fetchmany(2)]] ] =
      "there are no rows: nothing was executed with this cursor",
    [ [[for _ in conn:cursor():rows() do end]] ] =
      "there are no rows: nothing was executed with this cursor",
    [ [[for _ in conn:cursor():values() do end]] ] =
      "there are no rows: nothing was executed with this cursor",
    [ [[conn:execute("SELECT 1"):fetchmany(-1)]] ] =
      "bad argument #1 to 'fetchmany' (a number of rows)",
    [ [[conn:execute("SELECT 1"):fetchmany("x")]] ] =
      "bad argument #1 to 'fetchmany' (number expected, got string)",
    [ [[conn:execute("SELECT 1"):fetchmany(1.5)]] ] =
      "bad argument #1 to 'fetchmany' (number has no integer representation)",
    [ [[cur.fetchone()]] ] =
      "bad argument #1 to 'fetchone' (cursor expected, got no value)",
    [ [[local x = conn:execute("SELECT 1 AS a"):fetchone().b]] ] =
      'the row has no column "b"',
    [ [[for _ in cur:execute("SELECT a FROM t"):rows() do
        cur:execute("UPDATE t SET b = 1") end]] ] =
      "the cursor executed something else while its rows were read: use a " ..
      "second cursor for that",
    [ [[for _ in cur:execute("SELECT a FROM t"):values() do
        cur:execute("UPDATE t SET b = 1") end]] ] =
      "the cursor executed something else while its rows were read: use a " ..
      "second cursor for that",
  }
end)

describe("a cursor", function()
  it("tells rowcount and lastrowid", function()
    box:sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a)")
    works [[
      local cur = conn:cursor()
      eq(-1, cur.rowcount) eq(nil, cur.lastrowid)
      cur:execute("INSERT INTO t VALUES (5, 'x')")
      eq(1, cur.rowcount) eq(5, cur.lastrowid)
      cur:execute("INSERT INTO t (a) VALUES ('y'), ('z')")
      eq(2, cur.rowcount) eq(7, cur.lastrowid)
      cur:execute("UPDATE t SET a = 'u'")
      eq(3, cur.rowcount) eq(7, cur.lastrowid)
      cur:execute("UPDATE t SET a = 'u' WHERE id = 99")
      eq(0, cur.rowcount)
      cur:execute("SELECT * FROM t")
      eq(-1, cur.rowcount)
      cur:execute("CREATE TABLE u (x)")
      eq(-1, cur.rowcount)
      cur:execute("WITH w AS (SELECT 1) DELETE FROM t WHERE id = 5")
      eq(1, cur.rowcount)
      cur:execute("INSERT OR IGNORE INTO t VALUES (6, 'again')")
      eq(0, cur.rowcount) eq(7, cur.lastrowid)
      cur:execute("INSERT INTO t VALUES (9223372036854775807, 'last')")
      eq(math.maxinteger, cur.lastrowid)
      local other = conn:cursor()
      eq(nil, other.lastrowid)
      cur:execute("INSERT INTO t VALUES (-3, 'n') RETURNING id, a")
      local row = cur:fetchone()
      eq(-3, row.id) eq("n", row.a)
      eq(1, cur.rowcount) eq(-3, cur.lastrowid)
    ]]
  end)

  it("describes the columns of what it executed", function()
    works [[
      local cur = conn:cursor()
      eq(nil, cur.description)
      cur:execute("SELECT 1 AS one, 2 AS \"two words\", NULL")
      local d = cur.description
      eq(3, #d) eq("one", d[1]) eq("two words", d[2]) eq("NULL", d[3])
      cur:execute("CREATE TABLE t (a)")
      eq(nil, cur.description)
      cur:execute("SELECT * FROM t")
      eq("a", cur.description[1])
      eq(nil, cur.unheard_of)
    ]]
  end)

  it("closes, also by <close>, and says so when it is used again", function()
    box:sql(T)
    works [[
      local cur = conn:execute("SELECT a FROM t")
      local next_row, next_value = cur:rows(), cur:values()
      cur:close()
      cur:close()
      for _, call in ipairs { "execute", "executemany", "executescript",
          "fetchone", "fetchmany", "fetchall", "rows", "values" } do
        no("the cursor is closed", function()
          cur[call](cur, "DELETE FROM t WHERE a = ?", {})
        end)
      end
      no("the cursor is closed", function() next_row() end)
      no("the cursor is closed", function() next_value() end)
      local kept
      do
        local c <close> = conn:execute("SELECT a FROM t")
        kept = c
        eq(1, c:fetchone().a)
      end
      no("the cursor is closed", function() kept:fetchone() end)
      -- What it read is free.
      conn:execute("DROP TABLE t")
    ]]
    assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema " ..
      "WHERE name = 't'"))
  end)

  it("is one of several that are open at once", function()
    box:sql(T)
    works [[
      local first = conn:execute("SELECT a FROM t ORDER BY a")
      local second = conn:execute("SELECT a FROM t ORDER BY a DESC")
      local same = conn:execute("SELECT a FROM t ORDER BY a")
      local writer = conn:cursor()
      for i = 1, 3 do
        eq(i, first:fetchone().a)
        eq(4 - i, second:fetchone().a)
        eq(i, same:fetchone().a)
        writer:execute("UPDATE t SET b = ? WHERE a = ?", i * 10, i)
      end
      local many = {}
      for i = 1, 300 do
        many[i] = conn:execute("SELECT a FROM t ORDER BY a")
      end
      for i = 1, 300 do eq(1, many[i]:fetchone().a) end
      for i = 1, 300 do eq(2, many[i]:fetchone().a) end
    ]]
    assert.equal(60, box:value("SELECT sum(b) FROM t"))
  end)

  it("holds its table no longer than there are rows", function()
    box:sql(T .. "CREATE TABLE one (x); INSERT INTO one VALUES (1); " ..
      "CREATE TABLE gone (x); INSERT INTO gone VALUES (1), (2)")
    works [[
      local cur = conn:execute("SELECT x FROM one")
      eq(1, cur:fetchone().x)
      conn:execute("DROP TABLE one")
      -- Nobody refers to this one any more.
      eq(1, conn:execute("SELECT x FROM gone"):fetchone().x)
      conn:execute("DROP TABLE gone")
    ]]
    assert.equal("t", box:value("SELECT group_concat(name) FROM " ..
      "sqlite_schema WHERE length(name) < 6"))
  end)

  it("holds it while there are, and says what to do", function()
    box:sql(T)
    local err = try.fails(box, "database table is locked", [[
      local cur = conn:execute("SELECT a FROM t")
      cur:fetchone()
      conn:execute("DROP TABLE t")
      cur:fetchone()
    ]])
    try.at(err, 3)
    has(err, "  hint       a cursor of the script has rows left to be " ..
      "read: read them to the end, or close() it first\n")
  end)

  it("of an earlier statement is reused for the same text", function()
    box:sql("CREATE TABLE t (a UNIQUE)")
    works [[
      local cur = conn:cursor()
      local put = "INSERT INTO t VALUES (?)"
      for i = 1, 100 do cur:execute(put, i) end
      -- After an error, and with other bindings.
      no("UNIQUE constraint failed", function() cur:execute(put, 1) end)
      no("takes 1 value", function() cur:execute(put) end)
      cur:execute(put, 101)
      eq(1, cur.rowcount)
      local get = "SELECT a FROM t WHERE a >= ? ORDER BY a"
      eq(1, cur:execute(get, 1):fetchone().a)
      eq(50, cur:execute(get, 50):fetchone().a)
      local other = conn:execute(get, 100)
      eq(100, other:fetchone().a)
      eq(51, cur:fetchone().a)
      eq(101, other:fetchone().a)
    ]]
    assert.equal(101, box:value("SELECT count(*) FROM t"))
  end)

  it("takes no more memory for more rows", function()
    box:sql("CREATE TABLE t (id INTEGER PRIMARY KEY, s); " ..
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n " ..
      "LIMIT 200000) INSERT INTO t SELECT i, " ..
      "printf('%0100d', i) FROM n")
    works([[
      local n, sum = 0, 0
      for row in conn:execute("SELECT id, s FROM t"):rows() do
        n = n + 1
        sum = sum + #row.s
      end
      eq(200000, n) eq(20000000, sum)
      n = 0
      for id in conn:execute("SELECT id, s FROM t"):values() do n = n + id end
      eq(20000100000, n)
      local cur = conn:execute("SELECT id, s FROM t")
      n = 0
      while cur:fetchone() do n = n + 1 end
      eq(200000, n)
      for i = 1, 20000 do conn:execute("SELECT s FROM t"):fetchone() end
    ]], "--memory-limit", "8")
  end)

  it("takes what is kept of them, and no more than the limit", function()
    box:sql("CREATE TABLE t (id INTEGER PRIMARY KEY, s); " ..
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n " ..
      "LIMIT 100000) INSERT INTO t SELECT i, " ..
      "printf('%0100d', i) FROM n")
    local err = try.fails(box, "the script takes more memory than its " ..
      "limit of 8 MiB", [[
        conn:execute("DELETE FROM t WHERE id = 1")
        conn:execute("SELECT s FROM t"):fetchall()
      ]], "--memory-limit", "8")
    try.at(err, 2)
  end)
end)

describe("values", function()
  it("come back as they were stored", function()
    works [[
      conn:execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
      local list = {
        math.mininteger, math.maxinteger, 0, -1, 2^53 + 1 | 0,
        9007199254740993, 0.1, -0.5, 1e308, 5e-324, 1e15, 2^63, -2^63,
        math.huge, -math.huge, "", "text", "\0", "a\0b\0", "\xff\xfe",
        "ärger", "12", "1.5", ("x"):rep(100000),
      }
      for i, v in ipairs(list) do
        conn:execute("INSERT INTO t VALUES (?, ?)", i, v)
        local kind = math.type(v) or "text"
        local row = conn:execute("SELECT v, typeof(v) AS k, " ..
          "length(CAST(v AS BLOB)) AS n FROM t WHERE id = ?", i):fetchone()
        eq(v, row.v)
        eq(({ integer = "integer", float = "real", text = "text" })[kind],
          row.k)
        if kind == "text" then eq(#v, row.n) end
        eq(v, conn:execute("SELECT ?", { v }):fetchone()[1])
        eq(v, conn:execute("SELECT :v", { v = v }):fetchone()[1])
      end
    ]]
    assert.same({ { n = 2, "-9223372036854775808", "Inf", lo =
      "-9223372036854775808", hi = "Inf" } },
      box:query("SELECT CAST(min(v) AS TEXT) AS lo, (SELECT " ..
        "CAST(v AS TEXT) FROM t WHERE id = 14) AS hi FROM t " ..
        "WHERE typeof(v) = 'integer'"))
    assert.equal(1, box:value("SELECT v = 9223372036854775807 " ..
      "AND typeof(v) = 'integer' FROM t WHERE id = 2"))
    assert.equal("610062" .. "00", box:value("SELECT hex(v) FROM t " ..
      "WHERE id = 19"))
  end)

  it("booleans are 1 and 0, nil and NULL are NULL", function()
    works [[
      local row = conn:execute("SELECT ?, ?, typeof(?), typeof(?), " ..
        "typeof(?)", true, false, true, nil, NULL):fetchone()
      eq(1, row[1]) eq(0, row[2]) eq("integer", row[3])
      eq("null", row[4]) eq("null", row[5])
      eq("NULL", tostring(NULL))
      eq(nil, conn:execute("SELECT NULL"):fetchone()[1])
    ]]
  end)

  it("blobs stay blobs, empty ones too", function()
    works [[
      conn:execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
      for i, s in ipairs { "", "\0", "text", "\0\1\xff", ("b"):rep(70000) } do
        conn:execute("INSERT INTO t VALUES (?, ?)", i, blob(s))
        local row = conn:execute("SELECT v, typeof(v) AS k, length(v) AS n " ..
          "FROM t WHERE id = ?", i):fetchone()
        eq("blob", row.k) eq(#s, row.n) eq(#s, #row.v)
        eq(s, tostring(row.v)) assert(row.v == blob(s))
        assert(row.v ~= s) assert(blob(s) ~= blob(s .. "x"))
        eq("<" .. s .. ">", "<" .. row.v .. ">")
        -- What was read as a blob is stored as one again.
        conn:execute("UPDATE t SET v = ? WHERE id = ?", row.v, i)
        eq("blob", conn:execute("SELECT typeof(v) FROM t WHERE id = ?",
          i):fetchone()[1])
      end
      assert(blob(blob("x")) == blob("x"))
      conn:execute("INSERT INTO t VALUES (9, '')")
      eq("text", conn:execute("SELECT typeof(v) FROM t WHERE id = 9")
        :fetchone()[1])
      eq("", conn:execute("SELECT v FROM t WHERE id = 9"):fetchone()[1])
      eq(0, #conn:execute("SELECT zeroblob(0) AS z"):fetchone().z)
      no("bad argument #1 to 'blob'", function() blob() end)
      no("bad argument #1 to 'blob'", function() blob(12) end)
      no("bad argument #1 to 'blob'", function() blob({}) end)
      no("bad argument #1 to 'blob'", function() blob(NULL) end)
    ]]
    assert.equal(5, box:value("SELECT count(*) FROM t " ..
      "WHERE typeof(v) = 'blob'"))
    assert.equal("0001FF", box:value("SELECT hex(v) FROM t WHERE id = 4"))
  end)
end)

describe("conn:savepoint", function()
  it("undoes what an error was raised in, and raises it again", function()
    box:sql("CREATE TABLE t (a)")
    works [[
      local function put(a) conn:execute("INSERT INTO t VALUES (?)", a) end
      local thing = {}
      conn:savepoint(function()
        put(1)
        local ok, err = pcall(conn.savepoint, conn, function()
          put(2)
          conn:savepoint(function() put(3) end)
          conn:execute("CREATE TABLE u (x)")
          error(thing)
        end)
        assert(not ok and err == thing)
        assert(not table_exists("u"))
        put(4)
      end)
      local ok, err = pcall(conn.savepoint, conn, function()
        put(5)
        conn:execute("INSERT INTO nowhere VALUES (1)")
      end)
      assert(not ok and err:find("no such table: nowhere", 1, true), err)
      for i = 1, 30 do
        pcall(conn.savepoint, conn, function() put(100 + i) error("x") end)
      end
      local function deep(n)
        if n == 0 then put(6) else
          conn:savepoint(function() deep(n - 1) end)
        end
      end
      deep(50)
    ]]
    assert.equal("1,4,6", box:value("SELECT group_concat(a) FROM t"))
  end)

  it("returns what the function returns", function()
    works [[
      local a, b, c = conn:savepoint(function() return 1, nil, "x" end)
      eq(1, a) eq(nil, b) eq("x", c)
      eq(0, select("#", conn:savepoint(function() end)))
      eq(3, select("#", conn:savepoint(function() return nil, nil, nil end)))
    ]]
  end)

  it("may be undone while a cursor reads", function()
    box:sql(T)
    works [[
      local cur
      pcall(conn.savepoint, conn, function()
        conn:execute("INSERT INTO t VALUES (4, 4)")
        cur = conn:execute("SELECT a FROM t ORDER BY a")
        cur:fetchone()
        error("undo")
      end)
      cur:close()
      eq(3, conn:execute("SELECT count(*) FROM t"):fetchone()[1])
      conn:execute("DROP TABLE t")
    ]]
  end)

  misuse {
    [ [[conn:savepoint()]] ] =
      "bad argument #1 to 'savepoint' (function expected, got no value)",
    [ [[conn:savepoint("name")]] ] =
      "bad argument #1 to 'savepoint' (function expected, got string)",
    [ [[conn.savepoint(function() end)]] ] =
      "bad argument #1 to 'savepoint' (conn expected, got function)",
    [ [[conn:savepoint(function() error("inside") end)]] ] = "inside",
    [ [[coroutine.wrap(function()
        conn:savepoint(coroutine.yield) end)()]] ] =
      "attempt to yield across a C-call boundary",
  }
end)

describe("conn:create_function", function()
  before_each(function() box:sql(T) end)

  it("calls Lua from SQL with any values and any number of them", function()
    works [[
      conn:create_function("echo", function(...) return (...) end)
      conn:create_function("count_args", function(...)
        return select("#", ...)
      end)
      conn:create_function("Odd Name", function(a) return a .. "!" end)
      local function sql(text, ...)
        return conn:execute(text, ...):fetchone()[1]
      end
      eq(nil, sql("SELECT echo(NULL)"))
      eq(nil, sql("SELECT echo()"))
      eq("null", sql("SELECT typeof(echo(?))", nil))
      eq(math.mininteger, sql("SELECT echo(?)", math.mininteger))
      eq(-math.huge, sql("SELECT echo(?)", -math.huge))
      eq("a\0b", sql("SELECT echo(?)", "a\0b"))
      eq("", sql("SELECT echo('')"))
      assert(sql("SELECT echo(x'00ff')") == blob("\0\xff"))
      eq("blob", sql("SELECT typeof(echo(zeroblob(0)))"))
      eq("integer", sql("SELECT typeof(echo(1))"))
      eq("real", sql("SELECT typeof(echo(1.0))"))
      eq(0, sql("SELECT count_args()"))
      eq(3, sql("SELECT count_args(NULL, 1, NULL)"))
      eq("x!", sql([=[SELECT "odd NAME"('x')]=]))
      conn:create_function("yes", function() return true end)
      eq(1, sql("SELECT yes()"))
      conn:create_function("nil_", function() return NULL end)
      eq(nil, sql("SELECT nil_()"))
      conn:execute("UPDATE t SET b = \"Odd Name\"(a)")
    ]]
    assert.equal("1!,2!,3!", box:value("SELECT group_concat(b) FROM t"))
  end)

  it("may be replaced, and use the connection",
    function()
      works [[
        conn:create_function("f", function() return 1 end)
        conn:create_function("F", function() return 2 end)
        eq(2, conn:execute("SELECT f()"):fetchone()[1])
        conn:create_function("name_of", function(a)
          return conn:execute("SELECT b FROM t WHERE a = ?", a):fetchone().b
        end)
        eq("three", conn:execute("SELECT name_of(3)"):fetchone()[1])
        local co = coroutine.wrap(function()
          for row in conn:execute("SELECT name_of(a) AS n FROM t"):rows() do
            coroutine.yield(row.n)
          end
        end)
        eq("one", co())
      ]]
    end)

  it("may stand in an index when it is deterministic", function()
    works [[
      conn:create_function("twice", function(x) return 2 * x end,
        { deterministic = true })
      conn:execute("CREATE INDEX i ON t (twice(a))")
      eq(2, conn:execute("SELECT a FROM t WHERE twice(a) = 4"):fetchone().a)
      conn:execute("DROP INDEX i")
    ]]
  end)

  it("may not when it is not", function()
    local err = try.fails(box, "non-deterministic functions prohibited in " ..
      "index expressions", [[
        conn:create_function("twice", function(x) return 2 * x end)
        conn:execute("CREATE INDEX i ON t (twice(a))")
      ]])
    try.at(err, 2)
  end)

  it("hands on its errors with the line in the function", function()
    local err = try.fails(box, "no good: 2", [[
      conn:create_function("f", function(a)
        if a == 2 then error("no good: " .. a) end
        return a
      end)
      conn:execute("UPDATE t SET b = f(a)")
    ]])
    has(err, "migrations/a.lua:")
    -- Caught, nothing of the statement stays.
    works [[
      conn:create_function("f", function(a)
        if a == 2 then error({}) end
        return "changed"
      end)
      assert(not pcall(conn.execute, conn, "UPDATE t SET b = f(a)"))
      conn:create_function("g", function() error(nil) end)
      assert(not pcall(conn.execute, conn, "SELECT g()"))
      conn:create_function("h", function() error(setmetatable({},
        { __tostring = function() error("no") end })) end)
      assert(not pcall(conn.execute, conn, "SELECT h()"))
      conn:create_function("deep", function(n)
        return conn:execute("SELECT deep(? + 1)", n):fetchone()[1]
      end)
      assert(not pcall(conn.execute, conn, "SELECT deep(1)"))
    ]]
    assert.equal(0, box:value("SELECT count(*) FROM t WHERE b = 'changed'"))
  end)

  it("is gone in the next migration, and cannot be left in the schema",
    function()
      works [[
        conn:create_function("f", function(x) return x end,
          { deterministic = true })
      ]]
      box:migration("b", [[conn:execute("SELECT f(1)")]])
      local err = box:fails(1, "up")
      assert.equal("no such function: f", try.first_line(err))
    end)

  misuse {
    [ [[conn:create_function()]] ] = "bad argument #1 to " ..
      "'create_function' (string expected, got no value)",
    [ [[conn:create_function("f")]] ] = "bad argument #2 to " ..
      "'create_function' (function expected, got no value)",
    [ [[conn:create_function(1, print)]] ] = "bad argument #1 to " ..
      "'create_function' (string expected, got number)",
    [ [[conn:create_function("f", print, 5)]] ] = "bad argument #3 to " ..
      "'create_function' (table expected, got number)",
    [ [[conn:create_function("f", print, { determinstic = true })]] ] =
      'create_function: unknown option "determinstic"',
    [ [[conn:create_function("a\0b", print)]] ] = "bad argument #1 to " ..
      "'create_function' (a name without NUL bytes)",
    [ [[conn:create_function(("x"):rep(256), print)]] ] =
      "a function's name is 1 to 255 bytes",
    [ [[conn:create_function("Upper", print)]] ] =
      "there is a function Upper() already: choose another name",
    [ [[conn:create_function("", print)]] ] =
      "a function's name is 1 to 255 bytes",
    [ [[conn:create_function("f", function() return {} end)
        conn:execute("SELECT f()")]] ] =
      "the result of the function is a table, which is no SQL value",
    [ [[conn:create_function("f", function() return 0/0 end)
        conn:execute("SELECT f()")]] ] = "the result of the function is " ..
      "NaN, which SQLite cannot store: it would become NULL",
    [ [[conn:create_function("f", function() cur:execute("SELECT 1") end)
        cur:execute("SELECT f()")]] ] = "the cursor is running the " ..
      "statement that called this function: use another one",
    [ [[conn:create_function("f", function() cur:close() end)
        cur:execute("SELECT f()")]] ] = "the cursor is running the " ..
      "statement that called this function",
    [ [[conn:create_function("f", function() coroutine.yield() end)
        coroutine.wrap(function() conn:execute("SELECT f()") end)()]] ] =
      "attempt to yield across a C-call boundary",
  }
end)

describe("output", function()
  it("of print and log stands under its migration, indented", function()
    local _, out = works [[
      print("one", 2, nil, true, NULL, blob("b"))
      print("two\nlines")
      print()
      log.info("for", "information")
      log.warn("take", "care")
      print("\27[31mred\0\xff")
      print(setmetatable({}, { __tostring = function() return "mine" end }))
    ]]
    has(out, "\n→ a\n    one\t2\tnil\ttrue\tNULL\tb\n    two\n    lines\n" ..
      "\n    for\tinformation\n    warning: take\tcare\n" ..
      "    \\x1b[31mred\\x00\u{FFFD}\n    mine\n  ✓ applied in ")
  end)

  it("is kept when the migration fails", function()
    box:migration("a", [[print("so far") error("no")]])
    local _, out = box:fails(1, "up")
    has(out, "→ a\n    so far\n  ✗ failed after ")
  end)

  it("of progress is an event, the last one at the end", function()
    box:migration("a", [[
      local step = progress(200, "rows")
      for _ = 1, 100 do step() end
      step(100)
      local unknown = progress()
      unknown(7)
    ]])
    local _, out = box:run("up", "--jsonl")
    local seen = {}
    for line in out:gmatch("[^\n]+") do
      seen[#seen + 1] = line:match('"event":"progress",(.*)}')
    end
    assert.same({
      '"id":"a","label":"rows","done":200.0,"total":200.0',
      '"id":"a","label":"","done":7.0,"total":null',
    }, seen)
  end)

  misuse {
    [ [[progress(-1)]] ] = "bad argument #1 to 'progress' (the total is 0 " ..
      "or more, or nil when it is not known)",
    [ [[progress("x")]] ] =
      "bad argument #1 to 'progress' (number expected, got string)",
    [ [[local p = progress(1) p(-1)]] ] =
      "bad argument #1 to 'p' (progress goes forward)",
    [ [[print(setmetatable({}, { __tostring = function() error("no") end
      }))]] ] = "no",
    [ [[print(setmetatable({}, { __tostring = function() return {} end
      }))]] ] = "'__tostring' must return a string",
  }

  it("of long work is a line every few seconds", function()
    local status, out, err = slow.box:wait(slow.job)
    assert.equal(0, status, err)
    has(out, "\n→ a\n    rows: 1 %, 10 of 1,000")
    local _, lines = out:gsub("rows: ", "")
    assert.equal(1, lines)
  end)
end)
