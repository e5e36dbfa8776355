-- SPDX-License-Identifier: MIT
-- It runs in small and odd places: little memory, few files, no /tmp, no
-- /proc, a clock that was never set, output that cannot be written, any
-- locale.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local container = require "tests.support.container"

local SANITIZED = (os.getenv("SANITIZE") or "") ~= ""
local quote = sandbox.quote

-- Rows go in and out, an index is made, a table is made anew.
local WORK = [[
  conn:execute("CREATE TABLE big (id INTEGER PRIMARY KEY, x TEXT, y REAL)")
  conn:executemany("INSERT INTO big (x, y) VALUES (?, ?)",
    coroutine.wrap(function()
      for i = 1, 10000 do
        coroutine.yield({ ("row %d "):format(i):rep(20), i / 2 })
      end
    end))
  conn:execute("CREATE INDEX big_x ON big (x)")
  local sum = 0
  for row in conn:execute("SELECT y FROM big ORDER BY x"):rows() do
    sum = sum + row.y
  end
  assert(sum == 25002500.0)
  conn:execute("UPDATE big SET x = upper(x)")
]]

describe("a small place:", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function succeeds(command, env)
    local status, out, err = box:sh(command, env)
    assert.equal(0, status, out .. err)
    return out, err
  end

  local function applied()
    return box:value("SELECT count(*) FROM schema_migrations")
  end

  describe("64 MB of memory", function()
    local function in_little(...)
      if SANITIZED then
        pending("AddressSanitizer takes terabytes of address space")
      end
      return ("exec prlimit --as=67108864 --data=67108864 -- %s"):format(
        box:defaults(...))
    end

    it("is enough for a table that does not fit", function()
      box:migration("2026_01_01_a", WORK)
      box:migration("2026_01_02_b", [[
        conn:execute("CREATE TABLE huge (x)")
        conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT " ..
          "i + 1 FROM n WHERE i < 700) " ..
          "INSERT INTO huge SELECT zeroblob(100000) FROM n")
        local bytes = 0
        for x in conn:execute("SELECT x FROM huge"):values() do
          bytes = bytes + #x
        end
        print(bytes)
      ]])
      has(succeeds(in_little("up")), "    70000000\n")
      assert.equal(2, applied())
    end)

    for name, bomb in pairs {
      ["a script's"] = [[
        local t = {}
        for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end
      ]],
      ["one string's"] = [[local s = ("x"):rep(1 << 30)]],
      ["SQLite's"] = [[
        conn:execute("SELECT group_concat(hex(zeroblob(1000))) FROM (WITH " ..
          "RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n " ..
          "WHERE i < 1000000) SELECT i FROM n)"):fetchone()
      ]],
    } do
      it("ends " .. name .. " hunger in good order", function()
        box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
        box:migration("2026_01_02_b", "pcall(function()" .. bomb .. "end)\n" ..
          [[conn:execute("CREATE TABLE b (x)")]])
        local status, out, err = box:sh(in_little("up"))
        assert.equal(1, status, out .. err)
        assert.truthy(err:find("^lumigrate: error: [^\n]*memory"), err)
        has(err, "1 migration applied before it stays applied")
        assert.equal(1, applied())
        assert.equal(0, box:value(
          "SELECT count(*) FROM sqlite_schema WHERE name = 'b'"))
        assert.falsy(box:exists("app.db-journal"))
        assert.equal("failed", box:value("SELECT outcome FROM " ..
          "schema_migrations_history WHERE id = '2026_01_02_b'"))
      end)
    end
  end)

  it("16 open files are enough", function()
    box:write("migrations/lib/name.lua", "return { table = 'outside' }")
    for i = 1, 30 do
      box:migration(("2026_01_%02d"):format(i), ([[
        conn:execute("CREATE TABLE t%d (x UNIQUE)")
      ]]):format(i))
    end
    box:migration("2026_02_01_big", WORK)
    box:migration("2026_02_02_outside", [[
      TRANSACTION = false
      function upgrade(conn)
        conn:execute("CREATE TABLE " .. require("lib.name").table .. " (x)")
        conn:execute("VACUUM")
      end
    ]])
    succeeds("ulimit -n 16; exec " .. box:defaults("up"))
    assert.equal(32, applied())
    for _, command in ipairs { "status", "history", "doctor", "env" } do
      local _, err = succeeds("ulimit -n 16; exec " .. box:defaults(command))
      assert.equal("", err)
    end
  end)

  describe("a container without", function()
    local function runs(mounts)
      if container.missing() then
        pending(container.missing())
      end
      box:migration("2026_01_01_a", WORK)
      box:migration("2026_01_02_b", [[
        TRANSACTION = false
        function upgrade(conn) conn:execute("VACUUM") end
      ]])
      box:write("data/.keep", "")
      container.open(box)
      local function run(command)
        return succeeds(container.line(box, "--bind %s/data %s/data " ..
          mounts, ("exec %s %s -u data/app.db"):format(
          quote(sandbox.program), command)))
      end
      has(run("up"), "✓ 2 migrations applied in ")
      has(run("up"), "✓ All migrations already applied\n")
      has(run("status"), "2 applied, 0 pending\n")
      has(run("doctor"), "✓ the table schema_migrations has 2 rows\n")
      assert.equal(10000, box:value("SELECT count(*) FROM big",
        "data/app.db"))
      local status, _, err = box:sh(container.line(box, "--bind %s/data " ..
        "%s/data " .. mounts, ("exec %s up -u data/app.db -d nix"):format(
        quote(sandbox.program))))
      assert.equal(2, status)
      has(err, "the migrations folder nix does not exist")
    end

    -- Only what is mounted can be written.
    it("a /tmp", function() runs("") end)

    it("a /proc", function()
      if SANITIZED then
        pending("the sanitizers read /proc/self/maps")
      end
      runs("--tmpfs /proc --bind /tmp /tmp")
    end)
  end)

  describe("a clock in the past", function()
    local PAST = [[
      #define _GNU_SOURCE
      #include <stdlib.h>
      #include <sys/syscall.h>
      #include <sys/time.h>
      #include <time.h>
      #include <unistd.h>

      static time_t past(void)
      {
          const char *s = getenv("PAST");

          return s == NULL ? 0 : atol(s);
      }

      time_t time(time_t *out)
      {
          if (out != NULL)
              *out = past();
          return past();
      }

      int gettimeofday(struct timeval *tv, void *zone)
      {
          (void)zone;
          tv->tv_sec = past();
          tv->tv_usec = 0;
          return 0;
      }

      int clock_gettime(clockid_t id, struct timespec *t)
      {
          long rc = syscall(SYS_clock_gettime, id, t);

          if (id == CLOCK_REALTIME)
              t->tv_sec = past();
          return (int)rc;
      }
    ]]

    local function at(seconds, command)
      return succeeds("exec " .. box:defaults(command), {
        LD_PRELOAD = box:path("past.so"), PAST = tostring(seconds),
      })
    end

    local function prepare()
      if SANITIZED then
        pending("the sanitizers must be loaded first")
      end
      box:write("past.c", PAST)
      succeeds("${CC:-cc} -shared -fPIC -o past.so past.c")
      box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
    end

    it("migrates, in order, and the ledger says what the clock said",
      function()
        prepare()
        at(1000000000, "up")
        box:migration("2026_01_02_b", [[conn:execute("CREATE TABLE b (x)")]])
        at(1, "up")
        local rows = box:query("SELECT position, id, substr(applied_at, 1, " ..
          "19) AS at, duration_ms FROM schema_migrations ORDER BY position")
        assert.equal(2, #rows)
        assert.equal("2001-09-09T01:46:40", rows[1].at)
        assert.equal("1970-01-01T00:00:01", rows[2].at)
        assert.equal("2026_01_02_b", rows[2].id)
        for _, row in ipairs(rows) do
          assert.is_true(row.duration_ms >= 0)
        end
        assert.equal("2026_01_02_b\n", (at(0, "current")))
        has(at(0, "up"), "All migrations already applied")
        has(at(-5, "status"), "2 applied, 0 pending")
      end)

    it("is told by doctor", function()
      prepare()
      local said = "! the clock says 1970-01-01T00:00:01."
      local hint = "\n  hint: set the clock; the order of migrations does " ..
        "not depend on it\n"
      has(at(1, "doctor"), said)
      has(at(1, "doctor"), hint)
      has(at(1577836799, "doctor"), "! the clock says 2019-12-31T23:59:59.")
      assert.falsy(at(1577836800, "doctor"):find("clock", 1, true))
    end)
  end)

  describe("standard error that is closed", function()
    it("stops nothing", function()
      box:migration("2026_01_01_a", [[log.warn("look here")]])
      succeeds("exec 2>&-; exec " .. box:defaults("up"))
      assert.equal(1, applied())
    end)

    it("never gets into the database", function()
      box:migration("2026_01_01_a", [[
        conn:execute("CREATE TABLE a (x)")
        log.warn("look here")
      ]])
      box:migration("2026_01_02_b", [[
        conn:execute("CREATE TABLE b (x)")
        error("this must go nowhere")
      ]])
      for _, closed in ipairs { "2>&-", ">&- 2>&-", "<&- >&- 2>&-" } do
        local status = box:sh(("exec %s; exec %s"):format(closed,
          box:defaults("up")))
        assert.equal(1, status, closed)
        assert.equal(1, applied())
        assert.equal("ok", box:value("PRAGMA integrity_check"))
        assert.falsy(box:exists("app.db-journal"))
      end
      assert.equal(2, box:value("SELECT repeats FROM " ..
        "schema_migrations_history WHERE id = '2026_01_02_b'"))
    end)

    it("is told by doctor", function()
      box:migration("2026_01_01_a", "")
      has(succeeds("exec 2>&-; exec " .. box:defaults("doctor")),
        "! standard error is closed: warnings and errors will not be seen\n" ..
        "  hint: send it to a file, or to /dev/null on purpose\n")
    end)
  end)

  describe("standard output that cannot be written", function()
    local function fails(redirect, reason, ...)
      local status, out, err = box:sh(("exec %s %s"):format(
        box:defaults("up", ...), redirect))
      assert.equal(1, status, out .. err)
      has(err, "lumigrate: error: standard output: " .. reason .. "\n")
    end

    local FULL = "No space left on device"

    before_each(function()
      box:migration("2026_01_01_a", [[
        for i = 1, 5000 do print("a line that goes nowhere", i) end
        conn:execute("CREATE TABLE a (x)")
      ]])
      box:migration("2026_01_02_b", [[
        print("another")
        conn:execute("CREATE TABLE b (x)")
      ]])
    end)

    it("is an error at the end, and every commit is there", function()
      for _, case in ipairs {
        { ">/dev/full", FULL }, { ">&-", "Bad file descriptor" },
        { ">/dev/full", FULL, "--json" }, { ">/dev/full", FULL, "--jsonl" },
        { ">/dev/full", FULL, "--transaction", "all" },
      } do
        box:sh("rm -f app.db")
        fails(table.unpack(case))
        assert.equal(2, applied(), case[1])
        assert.equal(2, box:value("SELECT count(*) FROM sqlite_schema " ..
          "WHERE name IN ('a', 'b')"))
      end
    end)

    it("does not hide the failure of a migration", function()
      box:migration("2026_01_03_c", "error('the third')")
      local status, _, err = box:sh(("exec %s >/dev/full"):format(
        box:defaults("up")))
      assert.equal(1, status)
      has(err, "lumigrate: error: the third")
      has(err, "2 migrations applied before it stay applied")
      assert.equal(2, applied())
    end)

    it("is an error of commands that only show as well", function()
      box:up()
      for _, command in ipairs { "status", "history", "current", "env",
          "version", "help", "doctor" } do
        local status, _, err = box:sh(("exec %s >/dev/full"):format(
          box:defaults(command)))
        assert.equal(1, status, command)
        assert.equal("lumigrate: error: standard output: " .. FULL .. "\n",
          err)
      end
    end)

    it("nor standard error: the status still tells", function()
      local status = box:sh(("exec %s >/dev/full 2>&1"):format(
        box:defaults("up")))
      assert.equal(1, status)
      assert.equal(2, applied())
      status = box:sh(("exec %s 2>/dev/full"):format(box:defaults("up")))
      assert.equal(0, status)
    end)
  end)

  describe("the locale", function()
    -- Made here, because a system has few of them.
    local function make(name)
      local language = name:match("^[^.]+")
      local status, _, err = box:sh(("mkdir -p locales && localedef -i %s " ..
        "-f UTF-8 locales/%s"):format(language, name))
      if status ~= 0 then
        pending("there is no locale " .. name .. ": " .. err)
      end
    end

    local SCRIPT = [[
      conn:execute("CREATE TABLE IF NOT EXISTS Title (INFO TEXT, n REAL)")
      assert(table_exists("tITLE") and column_exists("TITLE", "info"))
      assert(tostring(1.5) == "1.5" and tonumber("2.5") == 2.5)
      assert(("%.2f"):format(0.25) == "0.25" and not tonumber("2,5"))
      assert(("TITLE"):lower() == "title" and ("i"):upper() == "I")
      assert(not ("\u{e9}"):find("%a") and #("\u{e9}"):upper() == 2)
      conn:execute("INSERT INTO title VALUES (?, ?)", "i", 1.5)
      assert(conn:execute("SELECT n || '' FROM title WHERE n = 1.5 AND " ..
        "upper(info) = 'I'"):fetchone()[1] == "1.5")
      print(1.5, os.date("!%B", 0))
    ]]

    local function same_in(name)
      local env = { LC_ALL = name, LANG = name,
        LOCPATH = box:path("locales") }
      for i = 1, 3 do
        box:migration(("%d_x"):format(i * 5), SCRIPT)
      end
      local out = succeeds("exec " .. box:defaults("up", "--timeout", "9.5",
        "--lock-timeout", "2.25"), env)
      has(out, "    1.5\tJanuary\n")
      assert.falsy(out:find("%d,%d+ m?s"), out)
      local rows = box:query("SELECT id, checksum, typeof(duration_ms) AS " ..
        "kind FROM schema_migrations ORDER BY position")
      assert.same({ "5_x", "10_x", "15_x" },
        { rows[1].id, rows[2].id, rows[3].id })
      assert.equal("real", rows[1].kind)
      out = succeeds("exec " .. box:defaults("status", "--json"), env)
      assert.truthy(out:find('"duration_ms": %d+%.?%d*[,\n]'), out)
      -- Names and commands are compared as ever, and errors are in English.
      local status, _, err = box:sh("exec " .. box:defaults("MIGRATE"), env)
      assert.equal(2, status)
      has(err, 'unknown command "MIGRATE"')
      status, _, err = box:sh("exec " .. box:defaults("up", "--timeout",
        "1,5"), env)
      assert.equal(2, status)
      has(err, '"1,5" is not a number of seconds')
      return rows[1].checksum
    end

    it("changes nothing", function()
      local expected = same_in("C")
      for _, name in ipairs { "POSIX", "xx_YY.UTF-8", "" } do
        box:sh("rm -f app.db")
        assert.equal(expected, same_in(name))
      end
    end)

    for _, name in ipairs { "tr_TR.UTF-8", "de_DE.UTF-8" } do
      it("changes nothing in " .. name, function()
        make(name)
        same_in(name)
      end)
    end
  end)
end)
