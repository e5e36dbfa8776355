-- SPDX-License-Identifier: MIT
-- Errors that a script catches: a constraint may be survived; a lost
-- transaction, a full disk, an I/O error, no memory, a timeout or an
-- interrupt may not, whatever pcall says.
local container = require "tests.support.container"
local sandbox = require "tests.support.sandbox"
local try = require "tests.support.try"
local has = try.has

local box
before_each(function()
  box = sandbox.new()
  box:sql("CREATE TABLE t (x UNIQUE CHECK (x < 1000), " ..
    "y NOT NULL DEFAULT 0); INSERT INTO t (x) VALUES (1)")
end)
after_each(function() box:destroy() end)

-- What the script tries after it has caught the first error, each of which
-- must raise; what it is told is printed.
local AFTER = [[
  for _, call in ipairs {
    function() conn:execute("SELECT 1") end,
    function() conn:execute("INSERT INTO t (x) VALUES (7)") end,
    function() conn:execute("CREATE TABLE late (x)") end,
    function() conn:execute("SAVEPOINT s") end,
    function() conn:executemany("INSERT INTO t (x) VALUES (?)", { { 8 } }) end,
    function() conn:cursor():executescript("CREATE TABLE late (x)") end,
    function() conn:savepoint(function() print("inside") end) end,
    function() table_exists("t") end,
    function() column_exists("t", "x") end,
    function() row_exists("t", { x = 1 }) end,
    function() index_exists("t", { "x" }) end,
  } do
    local ok, err = pcall(call)
    print(ok, (tostring(err):gsub("^migrations/a%.lua:%d+: ", "")))
  end
]]
local CALLS = 11

local function check_rest(before, out, err, sentence)
  assert.equal(sentence, try.first_line(err))
  local _, n = out:gsub("\n    false\t", "")
  assert.equal(CALLS, n, out)
  assert.is_nil(out:find("inside", 1, true))
  assert.is_nil(out:find("\n    true", 1, true))
  assert.equal(before, try.content(box))
  assert.equal(0, box:value("SELECT count(*) FROM schema_migrations"))
  local past = box:query("SELECT outcome, error FROM " ..
    "schema_migrations_history")
  assert.equal(1, #past)
  assert.equal("failed", past[1].outcome)
  assert.equal(sentence, past[1].error)
  assert.equal("ok", box:value("PRAGMA integrity_check"))
end

describe("what may be survived:", function()
  for title, sql in pairs {
    ["UNIQUE"] = "INSERT INTO t (x) VALUES (2), (1)",
    ["CHECK"] = "INSERT INTO t (x) VALUES (3), (2000)",
    ["NOT NULL"] = "INSERT INTO t VALUES (4, NULL)",
    ["OR FAIL"] = "INSERT OR FAIL INTO t (x) VALUES (1), (5)",
    ["RAISE(ABORT)"] = "INSERT INTO guarded VALUES (1)",
    ["a syntax error"] = "SELEC 1",
    ["a table that is not there"] = "SELECT * FROM nowhere",
    ["a value that does not fit"] = "INSERT INTO s VALUES ('text')",
    ["what is refused"] = "COMMIT",
    ["an error in a function"] = "SELECT fails()",
    ["a number that overflows"] = "SELECT abs(-9223372036854775808)",
    ["a text that is no JSON"] = "SELECT json('{')",
  } do
    it(title, function()
      box:sql("CREATE TABLE s (x INTEGER) STRICT; CREATE TABLE guarded (x);" ..
        "CREATE TRIGGER g BEFORE INSERT ON guarded BEGIN " ..
        "SELECT RAISE(ABORT, 'no'); END")
      try.works(box, ([[
        conn:create_function("fails", function() error("mine") end)
        conn:execute("INSERT INTO t (x) VALUES (10)")
        assert(not pcall(conn.execute, conn, %q))
        conn:execute("INSERT INTO t (x) VALUES (11)")
      ]]):format(sql))
      assert.equal("1,10,11", box:value(
        "SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY x)"))
      assert.equal(0, box:value("SELECT count(*) FROM guarded"))
    end)
  end
end)

describe("what may not:", function()
  local function latches(sentence, first, ...)
    local before = try.content(box)
    box:migration("a", 'conn:execute("INSERT INTO t (x) VALUES (9)")\n' ..
      first .. "\n" .. AFTER)
    local status, out, err = box:run("up", ...)
    assert.equal(1, status)
    check_rest(before, out, err, sentence)
  end

  for title, sql in pairs {
    ["OR ROLLBACK"] = "INSERT OR ROLLBACK INTO t (x) VALUES (1)",
    ["OR ROLLBACK that updates"] = "UPDATE OR ROLLBACK t SET x = 1",
  } do
    it("a transaction lost by " .. title, function()
      latches("the transaction was rolled back by SQLite: UNIQUE " ..
        "constraint failed: t.x",
        ("assert(not pcall(conn.execute, conn, %q))"):format(sql))
    end)
  end

  it("one lost by RAISE(ROLLBACK), inside executemany and savepoint",
    function()
      box:sql("CREATE TABLE r (x); CREATE TRIGGER g BEFORE INSERT ON r " ..
        "BEGIN SELECT RAISE(ROLLBACK, 'go away'); END")
      latches("the transaction was rolled back by SQLite: go away", [[
        pcall(conn.savepoint, conn, function()
          conn:executemany("INSERT INTO r VALUES (?)", { { 1 }, { 2 } })
        end)
      ]])
    end)

  it("one lost inside a function that SQL calls", function()
    latches("the transaction was rolled back by SQLite: UNIQUE constraint " ..
      "failed: t.x", [[
        conn:create_function("lose", function()
          pcall(conn.execute, conn,
            "INSERT OR ROLLBACK INTO t (x) VALUES (1)")
          return 1
        end)
        pcall(conn.execute, conn, "SELECT lose()")
      ]])
  end)

  it("no memory for SQLite", function()
    latches("out of memory", [[
      assert(not pcall(conn.execute, conn, "SELECT hex(zeroblob(300000000))"))
    ]], "--memory-limit", "16")
  end)

  it("a coroutine is no way around it", function()
    latches("out of memory", [[
      coroutine.wrap(function()
        assert(not pcall(conn.execute, conn,
          "SELECT hex(zeroblob(300000000))"))
      end)()
    ]], "--memory-limit", "16")
  end)

  -- Here not even Lua goes on: the next instruction raises.
  local function dies(sentence, body, ...)
    local before = try.content(box)
    box:migration("a", 'conn:execute("INSERT INTO t (x) VALUES (9)")\n' ..
      body .. [[ print("survived")
        pcall(conn.execute, conn, "INSERT INTO t (x) VALUES (10)")]])
    local err, out = box:fails(1, "up", ...)
    assert.equal(sentence, try.first_line(err))
    assert.is_nil(out:find("survived", 1, true))
    assert.equal(before, try.content(box))
    assert.equal(0, box:value("SELECT count(*) FROM schema_migrations"))
    assert.equal(sentence, box:value(
      "SELECT error FROM schema_migrations_history"))
  end

  it("a timeout in Lua", function()
    dies("timeout: the migration took longer than 0.1 s", [[
      pcall(function() while true do end end)
    ]], "--timeout", "0.1")
  end)

  it("a timeout in SQL", function()
    dies("timeout: the migration took longer than 0.1 s", [[
      pcall(conn.execute, conn, "WITH RECURSIVE n (i) AS (SELECT 1 UNION " ..
        "ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
    ]], "--timeout", "0.1")
  end)

  it("a timeout in a write that SQLite rolls back", function()
    dies("timeout: the migration took longer than 0.1 s", [[
      pcall(conn.execute, conn, "INSERT INTO t (x) WITH RECURSIVE n (i) " ..
        "AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT -i FROM n")
    ]], "--timeout", "0.1")
  end)

  it("no memory for Lua", function()
    dies("the script takes more memory than its limit of 16 MiB", [[
      pcall(function() local t = {} while true do t[#t + 1] = {} end end)
    ]], "--memory-limit", "16")
  end)

  it("no memory for one string", function()
    dies("the script takes more memory than its limit of 16 MiB", [[
      pcall(string.rep, "x", 2000000000)
    ]], "--memory-limit", "16")
  end)

  it("an interrupt", function()
    local before = try.content(box)
    box:migration("a", [[
      conn:execute("INSERT INTO t (x) VALUES (9)")
      print("begun")
      while true do
        pcall(function() while true do end end)
        pcall(conn.execute, conn, "INSERT INTO t (x) VALUES (10)")
      end
    ]])
    local job = box:spawn_sh(("%s up --database app.db --migrations " ..
      "migrations --jsonl >>seen & pid=$!; while ! grep -q begun seen; do " ..
      "sleep 0.01; done; kill -TERM $pid; wait $pid"):format(
      sandbox.quote(sandbox.program)))
    assert.equal(143, (box:wait(job)))
    assert.equal(before, try.content(box))
    assert.equal(0, box:value("SELECT count(*) FROM schema_migrations"))
    assert.equal("interrupted", box:value(
      "SELECT outcome FROM schema_migrations_history"))
  end)

  -- Many pages, so that they spill out of the cache before the commit.
  local FILL = [[
    conn:execute("INSERT INTO t (x) VALUES (9)")
    conn:execute("CREATE TABLE big (b)")
    local ok = true
    while ok do
      ok = pcall(conn.execute, conn,
        "INSERT INTO big VALUES (randomblob(20000))")
    end
  ]]

  it("an I/O error: the limit on the size of files", function()
    local before = try.content(box)
    box:migration("a", FILL .. AFTER)
    local status, out, err = box:sh(("ulimit -f 8192; exec %s up " ..
      "--database app.db --migrations migrations"):format(
      sandbox.quote(sandbox.program)))
    assert.equal(7, status)
    local sentence = try.first_line(err)
    assert.truthy(sentence:match("^the limit on the size of files " ..
      "%(%d+ bytes%) was reached while writing .*app%.db$"), sentence)
    has(err, "SQLITE_IOERR_WRITE (778)")
    check_rest(before, out, err, sentence)
    assert.is_false(box:exists("app.db-journal"))
  end)

  it("a full disk", function()
    local why = container.missing()
    if why then
      pending(why)
      return
    end
    box:migration("a", FILL .. AFTER)
    local before = try.content(box)
    box:write("go", ([[
      cp app.db disk/ && %s up --database disk/app.db --migrations migrations
      status=$?
      ls disk >files
      cat disk/app.db >app.db
      exit $status
    ]]):format(sandbox.quote(sandbox.program)))
    box:sh("mkdir disk")
    container.open(box)
    local status, out, err = box:sh(container.line(box,
      "--bind %s %s --size 4000000 --tmpfs %s/disk", "sh ./go"))
    assert.equal(7, status, err)
    local sentence = try.first_line(err)
    assert.truthy(sentence:match("^the disk is full: %d+ bytes are free " ..
      "where the database .*app%.db %(%d+ bytes%) is$"), sentence)
    has(err, "SQLITE_FULL (13)")
    assert.equal("app.db\n", box:read("files"))
    check_rest(before, out, err, sentence)
  end)

  it("and what is wrong is told, not what the script says afterwards",
    function()
      box:migration("a", [[
        pcall(conn.execute, conn, "INSERT OR ROLLBACK INTO t (x) VALUES (1)")
        error("something else")
      ]])
      local err = box:fails(1, "up")
      assert.equal("the transaction was rolled back by SQLite: UNIQUE " ..
        "constraint failed: t.x", try.first_line(err))
      has(err, "INSERT OR ROLLBACK INTO t (x) VALUES (1)")
      has(err, "SQLITE_CONSTRAINT_UNIQUE (2067)")
    end)
end)
