-- SPDX-License-Identifier: MIT
-- A signal ends a run at any moment, in good order: what runs is rolled back
-- and recorded as interrupted, what was applied stays, and nothing is left
-- beside the database.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local container = require "tests.support.container"
local system = require "system"

local STATUS = { TERM = 143, INT = 130, HUP = 129 }

-- Not a time to be met, only one after which something hangs.
local HANG = 2

-- What a script may be doing, after it has said "here". `busy`: it must have
-- been at it for a moment, so that it is in the middle.
local BUSY = {
  ["one SQL statement"] = [[
    conn:execute("CREATE TABLE b AS WITH RECURSIVE n (i) AS (SELECT 1 " ..
      "UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
  ]],
  ["one SQL statement that writes"] = [[
    conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 " ..
      "FROM n) INSERT INTO a SELECT i FROM n")
  ]],
  ["a fetch without end"] = [[
    for row in conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL " ..
        "SELECT i + 1 FROM n) SELECT i FROM n"):rows() do
      last = row.i
    end
  ]],
  ["many small statements"] = [[
    while true do conn:execute("INSERT INTO a VALUES (1)") end
  ]],
  ["many small statements under pcall"] = [[
    while true do
      pcall(function() conn:execute("INSERT INTO a VALUES (1)") end)
    end
  ]],
  ["a Lua loop"] = [[
    local i = 0
    while true do i = i + 1 end
  ]],
  ["a Lua loop that catches every error"] = [[
    while true do pcall(function() while true do end end) end
  ]],
  ["a coroutine"] = [[
    coroutine.wrap(function() while true do end end)()
  ]],
  ["a message handler"] = [[
    xpcall(error, function() while true do end end)
  ]],
  ["a function that SQL calls"] = [[
    conn:create_function("spin", function() while true do end end)
    conn:execute("SELECT spin()"):fetchone()
  ]],
  ["a pattern that takes for ever"] = [[
    string.find(string.rep("a", 40), string.rep("a?", 40) ..
      string.rep("a", 41))
  ]],
  ["table.move"] = [[
    table.move({}, 1, math.maxinteger - 1, 2, {})
  ]],
  ["a sort whose comparator lies"] = [[
    local list = {}
    for i = 1, 2000000 do list[i] = i end
    while true do
      pcall(table.sort, list, function() return true end)
    end
  ]],
}

describe("a signal", function()
  local box, jobs

  local function open()
    box, jobs = sandbox.new(), {}
  end

  local function close()
    for _, job in ipairs(jobs) do
      if box:running(job) then
        box:kill(job, "KILL")
      end
    end
    box:destroy()
  end

  local function start_anew()
    close()
    open()
  end

  before_each(open)
  after_each(close)

  local function start(job)
    jobs[#jobs + 1] = job
    return job
  end

  local function wait_until(what, check)
    local deadline = system.monotime() + 30
    while not check() do
      assert.is_true(system.monotime() < deadline, what)
      system.sleep(0.005)
    end
  end

  local function slurp(path)
    local file = io.open(path)
    local text = file and file:read("a")
    if file then
      file:close()
    end
    return text
  end

  local function pid_of(job)
    local pid
    wait_until("no process", function()
      pid = tonumber(slurp(job.base .. ".pid") or "")
      return pid
    end)
    return pid
  end

  local function child_of(pid)
    return tonumber((slurp(("/proc/%d/task/%d/children"):format(pid, pid))
      or ""):match("%d+"))
  end

  -- Hundredths of a second that a process has worked.
  local function worked(pid)
    local text = pid and slurp(("/proc/%d/stat"):format(pid)) or ""
    local user, kernel = text:match("%) %S" .. (" %S+"):rep(10) ..
      " (%d+) (%d+)")
    return tonumber(user or 0) + tonumber(kernel or 0)
  end

  -- Until the script has said so, and has been busy for a while.
  local function wait_for_script(job, idle)
    wait_until("the script has not begun", function()
      assert.is_true(box:running(job), slurp(job.base .. ".err"))
      return (slurp(job.base .. ".out") or ""):find("here\n", 1, true)
    end)
    local child = not idle and child_of(pid_of(job))
    local before = worked(child)
    if child then
      wait_until("the script does nothing", function()
        return worked(child) >= before + 5
      end)
    end
  end

  -- 2026_01_01_a is applied, then `script` runs as 2026_01_02_b.
  local function prepare(script)
    box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
    box:migration("2026_01_02_b", 'print("here")\n' .. script)
  end

  local function finish(job, signal)
    local began = system.monotime()
    box:kill(job, signal)
    local status, out, err = box:wait(job, 30)
    local took = system.monotime() - began
    assert.equal(STATUS[signal], status, out .. err)
    assert.is_true(took < HANG, took .. " s")
    return err, out
  end

  local function assert_message(err, signal)
    local message, rest = err:match("lumigrate: ([^\n]*)(.*)")
    assert.equal("error: interrupted by SIG" .. signal, message)
    assert.falsy(rest:find("\nlumigrate: ", 1, true), err)
  end

  local function assert_no_litter()
    for _, suffix in ipairs { "-journal", "-wal", "-shm" } do
      assert.is_false(box:exists("app.db" .. suffix), suffix)
    end
  end

  local function outcomes()
    local list = {}
    for i, row in ipairs(box:query("SELECT id || ' ' || outcome AS o FROM " ..
        "schema_migrations_history ORDER BY seq")) do
      list[i] = row.o
    end
    return table.concat(list, ", ")
  end

  -- The first one stays, the second one has left a row in the history.
  local function assert_rolled_back(err, signal)
    assert_message(err, signal)
    has(err, "\n  migration  2026_01_02_b")
    has(err, "\n  state      the migration was rolled back; 1 migration " ..
      "applied before it stays applied\n")
    assert_no_litter()
    assert.equal("2026_01_01_a done, 2026_01_02_b interrupted", outcomes())
    has(box:value("SELECT error FROM schema_migrations_history WHERE " ..
      "outcome = 'interrupted'"), "interrupted")
    assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
    assert.equal(0, box:value("SELECT count(*) FROM a"))
    assert.equal(0, box:value(
      "SELECT count(*) FROM sqlite_schema WHERE name = 'b'"))
    assert.equal("ok", box:value("PRAGMA integrity_check"))
  end

  local function assert_goes_on()
    box:migration("2026_01_02_b", [[conn:execute("CREATE TABLE b (x)")]])
    has(box:up(), "✓ 1 migration applied in ")
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations"))
  end

  describe("in the middle of", function()
    local names = {}
    for name in pairs(BUSY) do
      names[#names + 1] = name
    end
    table.sort(names)
    for _, name in ipairs(names) do
      it(name, function()
        prepare(BUSY[name])
        local job = start(box:spawn("up"))
        wait_for_script(job)
        assert_rolled_back(finish(job, "TERM"), "TERM")
        assert_goes_on()
      end)
    end
  end)

  for _, signal in ipairs { "INT", "HUP" } do
    it(("SIG%s ends SQL, Lua and what is stuck alike"):format(signal),
      function()
        for _, name in ipairs { "one SQL statement that writes",
            "a Lua loop", "a pattern that takes for ever" } do
          start_anew()
          prepare(BUSY[name])
          local job = start(box:spawn("up"))
          wait_for_script(job)
          assert_rolled_back(finish(job, signal), signal)
        end
      end)
  end

  it("to the whole group, as a terminal sends it, is told once", function()
    for _, name in ipairs { "one SQL statement",
        "a pattern that takes for ever" } do
      start_anew()
      prepare(BUSY[name])
      local job = start(box:spawn_sh("exec setsid " .. box:defaults("up")))
      wait_for_script(job)
      os.execute(("kill -INT -%d"):format(pid_of(job)))
      local status, _, err = box:wait(job, 30)
      assert.equal(130, status, err)
      assert_rolled_back(err, "INT")
    end
  end)

  it("that nohup ignores stays ignored", function()
    prepare(BUSY["one SQL statement"])
    local job = start(box:spawn_sh("trap '' HUP; exec " ..
      box:defaults("up")))
    wait_for_script(job)
    box:kill(job, "HUP")
    assert_rolled_back(finish(job, "TERM"), "TERM")
  end)

  it("rolls back the whole run with --transaction all", function()
    prepare(BUSY["one SQL statement"])
    local job = start(box:spawn("up", "--transaction", "all"))
    wait_for_script(job)
    local err = finish(job, "TERM")
    assert_message(err, "TERM")
    has(err, "the whole run was one transaction and was rolled back: " ..
      "nothing was changed")
    assert_no_litter()
    assert.equal(0, box:value("SELECT count(*) FROM schema_migrations"))
    assert.equal(0, box:value(
      "SELECT count(*) FROM sqlite_schema WHERE name = 'a'"))
  end)

  it("leaves partial what runs outside a transaction", function()
    for _, name in ipairs { "one SQL statement",
        "a pattern that takes for ever" } do
      start_anew()
      box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
      box:migration("2026_01_02_b", [[
        TRANSACTION = false
        function upgrade(conn)
          conn:execute("INSERT INTO a VALUES (1)")
          print("here")
      ]] .. BUSY[name] .. "\nend")
      local job = start(box:spawn("up"))
      wait_for_script(job)
      local err = finish(job, "TERM")
      assert_message(err, "TERM")
      has(err, "\n  state      the migration ran outside a transaction: " ..
        "what it had done stays, and it is not recorded as applied")
      assert.equal(1, box:value("SELECT count(*) FROM a"))
      assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
      local _, out = box:run("status")
      assert.truthy(out:find("2026_01_02_b%s+partial"), out)
      assert_no_litter()
      assert.equal("2026_01_01_a done, 2026_01_02_b started, " ..
        "2026_01_02_b interrupted", outcomes())
      box:migration("2026_01_02_b", [[
        TRANSACTION = false
        function upgrade(conn) conn:execute("DELETE FROM a") end
      ]])
      local status
      status, out, err = box:run("up")
      assert.equal(0, status, out)
      has(err, "2026_01_02_b was begun outside a transaction and not " ..
        "finished; it runs again")
    end
  end)

  it("is told in JSON", function()
    for _, name in ipairs { "one SQL statement",
        "a pattern that takes for ever" } do
      start_anew()
      prepare(BUSY[name])
      box:migration("2026_01_03_c", "")
      local job = start(box:spawn("up", "--jsonl"))
      wait_until("the script has not begun", function()
        return (slurp(job.base .. ".out") or ""):find('"here', 1, true)
      end)
      local err, out = finish(job, "TERM")
      assert_message(err, "TERM")
      local done = assert(out:match('[^\n]*"event":%s*"done"[^\n]*\n$'), out)
      has(done, '"ok":false')
      has(done, '"failed":{"id":"2026_01_02_b"')
      has(done, '"interrupted by SIGTERM"')
      has(done, '"ran":[{"id":"2026_01_01_a"')
      has(done, '"remaining":["2026_01_03_c"]')
    end
  end)

  it("between many migrations leaves whole ones", function()
    local COUNT = 40
    for i = 1, COUNT do
      box:migration(("2026_01_%03d"):format(i), [[
        if not table_exists("work") then
          conn:execute("CREATE TABLE work (id)")
        end
        conn:execute("INSERT INTO work VALUES (?)", MIGRATION_ID)
        if os.getenv("SLOW") then
          conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT " ..
            "i + 1 FROM n WHERE i < 200000) SELECT count(*) FROM n"):fetchone()
        end
      ]])
    end
    for signal in pairs(STATUS) do
      box:sh("rm -f app.db")
      local job = start(box:spawn_sh("exec " .. box:defaults("up"),
        { SLOW = "1" }))
      wait_until("nothing is applied", function()
        return (slurp(job.base .. ".out") or ""):find("✓ applied", 1, true)
      end)
      assert_message(finish(job, signal), signal)
      assert_no_litter()
      local n = box:value("SELECT count(*) FROM schema_migrations")
      assert.is_true(n >= 1 and n < COUNT, n .. " applied")
      assert.same(box:query("SELECT id FROM schema_migrations ORDER BY id"),
        box:query("SELECT id FROM work ORDER BY id"))
      has(box:up(), ("✓ %d migration"):format(COUNT - n))
      assert.equal(COUNT, box:value("SELECT count(*) FROM work"))
    end
  end)

  it("ends the wait for a lock", function()
    box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
    box:sql("CREATE TABLE mine (x)")
    local before = box:bytes()
    box:sh("mkfifo hold")
    box:write("hold.sql", "BEGIN IMMEDIATE;\n.shell touch held\n")
    local holder = start(box:spawn_sh("{ cat hold.sql; timeout 60 cat " ..
      "hold; } | sqlite3 -batch -init /dev/null app.db"))
    wait_until("no lock", function() return box:exists("held") end)
    local waiting = {}
    for signal in pairs(STATUS) do
      waiting[signal] = start(box:spawn("up"))
    end
    for signal, job in pairs(waiting) do
      wait_until("it does not wait", function()
        return (slurp(job.base .. ".out") or ""):find(
          "waiting for another process that holds the lock\n", 1, true)
      end)
      local err = finish(job, signal)
      assert_message(err, signal)
      has(err, "\n  state      nothing was changed\n")
    end
    box:sh("timeout 10 sh -c 'echo >hold'")
    box:wait(holder)
    assert.equal(before, box:bytes())
    has(box:up(), "✓ 1 migration applied in ")
  end)

  -- The lock of what runs outside a transaction is on the folder.
  it("ends the wait for the lock of the folder", function()
    box:migration("2026_01_01_a", [[
      TRANSACTION = false
      function upgrade(conn) conn:execute("CREATE TABLE a (x)") end
    ]])
    box:sh("mkfifo hold")
    local holder = start(box:spawn_sh(
      "flock . sh -c 'touch held; timeout 60 cat hold'"))
    wait_until("no lock", function() return box:exists("held") end)
    local job = start(box:spawn("up"))
    wait_until("it does not wait", function()
      return (slurp(job.base .. ".out") or ""):find(
        "waiting for another process that holds the lock\n", 1, true)
    end)
    assert_message(finish(job, "TERM"), "TERM")
    assert.equal(0, box:value("SELECT count(*) FROM schema_migrations"))
    local status, _, err = box:run("up", "--lock-timeout", "0.1")
    assert.equal(5, status)
    has(err, "another process runs a migration outside a transaction, or " ..
      "one that backs up first, on a database in ")
    box:sh("timeout 10 sh -c 'echo >hold'")
    box:wait(holder)
    has(box:up(), "✓ 1 migration applied in ")
  end)

  describe("as process 1 of a container", function()
    local MOUNTS = "--as-pid-1 --bind %s %s --info-fd 3"

    for _, name in ipairs { "one SQL statement that writes", "a Lua loop",
        "a pattern that takes for ever" } do
      it("ends " .. name, function()
        if container.missing() then
          pending(container.missing())
        end
        prepare(BUSY[name])
        container.open(box)
        local job = start(box:spawn_sh("exec 3>info; " .. container.line(
          box, MOUNTS, "exec " .. box:defaults("up") .. " 3>&-")))
        wait_until("the script has not begun", function()
          return (slurp(job.base .. ".out") or ""):find("here\n", 1, true)
        end)
        -- Only a handler makes a signal reach process 1.
        local first = box:read("info"):match('"child%-pid": (%d+)')
        local began = system.monotime()
        os.execute("kill -TERM " .. first)
        local status, out, err = box:wait(job, 30)
        assert.equal(143, status, out .. err)
        assert.is_true(system.monotime() - began < HANG)
        assert_rolled_back(err, "TERM")
        assert_goes_on()
      end)
    end
  end)

  describe("that nobody can answer", function()
    it("to the parent ends its child too", function()
      prepare(BUSY["one SQL statement that writes"])
      local job = start(box:spawn("up"))
      wait_for_script(job)
      local child = assert(child_of(pid_of(job)))
      box:kill(job, "KILL")
      assert.equal(137, (box:wait(job, 30)))
      wait_until("the child goes on", function()
        local stat = slurp(("/proc/%d/stat"):format(child))
        return not stat or stat:find(") Z ", 1, true)
      end)
      assert_goes_on()
      assert_no_litter()
      assert.equal(0, box:value("SELECT count(*) FROM a"))
    end)

    it("to the child is told by its parent", function()
      prepare(BUSY["one SQL statement that writes"])
      local job = start(box:spawn("up"))
      wait_for_script(job)
      os.execute("kill -KILL " .. assert(child_of(pid_of(job))))
      local status, out, err = box:wait(job, 30)
      assert.equal(137, status, out .. err)
      has(err, "lumigrate: error: the process that ran the migration was " ..
        "killed by signal 9\n")
      has(err, "\n  state      the migration was rolled back; 1 migration " ..
        "applied before it stays applied\n")
      assert_no_litter()
      assert.equal("2026_01_01_a done, 2026_01_02_b failed", outcomes())
      assert.equal(0, box:value("SELECT count(*) FROM a"))
      assert_goes_on()
    end)
  end)

  -- A log that nobody reads any more: what is written there waits for ever.
  it("ends the wait for a reader of standard output", function()
    box:migration("a", [[conn:execute("CREATE TABLE a (x)")]])
    box:sh("mkfifo log")
    -- There is room for what comes before "✓ applied", and no more.
    local job = start(box:spawn_sh("sleep 60 <log & echo $! >reader; " ..
      "exec 3>log; head -c 65436 /dev/zero >&3; exec " ..
      box:defaults("up") .. " >&3 3>&-"))
    wait_until("nothing is applied", function()
      return box:exists("app.db") and box:value("SELECT count(*) FROM " ..
        "sqlite_schema WHERE name = 'a'") == 1
    end)
    local began = system.monotime()
    box:kill(job, "TERM")
    local status, _, err = box:wait(job, 30)
    box:sh("kill $(cat reader)")
    assert.is_true(system.monotime() - began < HANG)
    assert.equal(143, status, err)
    assert.equal("lumigrate: error: interrupted by SIGTERM: standard output " ..
      "was not read\n  hint       what was done is done; lumigrate status " ..
      "shows it\n", err)
    assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
  end)

  -- SIGPIPE: a reader that went away wanted no more.
  it("for a closed pipe ends nothing", function()
    box:migration("2026_01_01_a", [[
      conn:execute("CREATE TABLE a (x)")
      for i = 1, 50000 do print("a line that fills the pipe", i) end
    ]])
    box:migration("2026_01_02_b", [[conn:execute("CREATE TABLE b (x)")]])
    local status = box:sh("{ " .. box:defaults("up") ..
      " 2>err; echo $? >status; } | head -n 1 >/dev/null")
    assert.equal(0, status)
    assert.equal("0\n", box:read("status"))
    assert.equal("", box:read("err"))
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations"))
    assert_no_litter()
  end)
end)
