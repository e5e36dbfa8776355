-- SPDX-License-Identifier: MIT
-- status, current and history, as people read them. None of them changes
-- anything.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has

describe("looking", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  -- Times and durations differ: TIME is as wide as one.
  local function timeless(text)
    return (text:gsub("%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d",
      "YYYY-MM-DD HH:MM:SS"):gsub("<?%d+%.?%d* ms", "T ms")
      :gsub("T ms +", "T ms  "))
  end

  -- Exit 0; the output, and what went to standard error.
  local function look(...)
    local code, out, err = box:run(...)
    assert.equal(0, code, err)
    return out, err
  end

  local function story()
    box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
    box:migration("2026_01_02_longer_name", "")
    box:migration("2026_01_03_c", "")
  end

  describe("at the status", function()
    it("of a database that is not there", function()
      story()
      for _ = 1, 2 do
        local out, err = look("status")
        assert.equal([[
app.db does not exist yet: nothing is applied
  · 2026_01_01_a            pending
  · 2026_01_02_longer_name  pending
  · 2026_01_03_c            pending
0 applied, 3 pending
]], out)
        assert.equal("", err)
        assert.equal("absent", box:bytes())
      end
      local code, out = box:lumigrate("status", "--database", "no/such/x.db")
      assert.equal(0, code)
      has(out, "no/such/x.db does not exist yet: nothing is applied\n")
      assert.is_false(box:exists("no"))
    end)

    it("of a record that tells no duration", function()
      story()
      assert.equal(0, (box:run("baseline", "2026_01_01_a")))
      local out = look("status")
      has(out, "applied")
      assert.falsy(out:find("ms", 1, true), out)
    end)

    it("of one that is empty", function()
      story()
      box:write("app.db", "")
      has(look("status"), "app.db\n  · 2026_01_01_a ")
      assert.equal("", box:read("app.db"))
    end)

    it("of one that is up to date", function()
      story()
      box:up()
      local before = box:bytes()
      assert.equal([[
app.db
  ✓ 2026_01_01_a            applied  YYYY-MM-DD HH:MM:SS  T ms  changed
  ✓ 2026_01_02_longer_name  applied  YYYY-MM-DD HH:MM:SS  T ms  no_op
  ✓ 2026_01_03_c            applied  YYYY-MM-DD HH:MM:SS  T ms  no_op
3 applied, 0 pending
]], timeless(look("status")))
      assert.equal(before, box:bytes())
    end)

    it("of a folder without migrations", function()
      assert.equal("app.db does not exist yet: nothing is applied\n" ..
        "0 applied, 0 pending\n", look("status"))
    end)

    it("shows what is edited, missing, failed, out of order and partial",
        function()
      story()
      box:migration("2026_01_04_d", "")
      box:up("--to", "2026_01_03_c")
      box:migration("2026_01_01_a", "")
      box:sh("rm migrations/2026_01_02_longer_name.lua")
      box:migration("2026_01_02_z", "")
      box:migration("2026_01_04_d", [[error("no")]])
      box:fails(1, "up", "--to", "2026_01_04_d", "--out-of-order", "apply")
      box:migration("2026_01_02_y", "")
      box:migration("2026_01_05_e", "TRANSACTION = false\n" ..
        [[function upgrade() error("half way") end]])
      box:sh("mv migrations/2026_01_04_d.lua kept")
      box:fails(1, "up", "--to", "2026_01_05_e", "--out-of-order", "apply")
      box:sh("mv kept migrations/2026_01_04_d.lua")
      -- As it stands when the runner was killed before it could say so.
      box:sql("UPDATE schema_migrations_history SET outcome = 'started' " ..
        "WHERE id = '2026_01_05_e'")
      box:sql("DELETE FROM schema_migrations WHERE id = '2026_01_02_y'")
      local out, err = look("status")
      local lines = {}
      for line in timeless(out):gmatch("[^\n]+") do
        lines[#lines + 1] = (line:gsub(" +YYYY.*", ""))
      end
      assert.same({
        "app.db",
        "  ! 2026_01_01_a            edited",
        "  ! 2026_01_02_longer_name  missing",
        "  ! 2026_01_02_y            out of order",
        "  ✓ 2026_01_02_z            applied",
        "  ✓ 2026_01_03_c            applied",
        "  ✗ 2026_01_04_d            failed",
        "  ! 2026_01_05_e            partial",
        "4 applied, 3 pending, 1 edited, 1 missing, 1 out of order, " ..
          "1 failed, 1 partial",
      }, lines)
      has(err, "lumigrate: warning: 2026_01_01_a was edited after it was " ..
        "applied\n")
      has(err, "lumigrate: warning: 2026_01_02_longer_name is applied, but " ..
        "its file is missing\n")
    end)

    it("in columns that more than one width of line shares", function()
      story()
      box:up("1")
      local column
      for line in look("status"):gmatch("\n  [^\n]*") do
        local at = line:find("applied", 1, true) or
          line:find("pending", 1, true)
        -- The marks are of two bytes and of three.
        at = utf8.len(line:sub(1, at - 1))
        column = column or at
        assert.equal(column, at, line)
      end
      assert.is_truthy(column)
    end)

    it("with kind, file and description under -v", function()
      box:migration("a", "DESCRIPTION = 'the first'\n" ..
        "function upgrade() end", "1.lua")
      box:sql_file("2_b.sql", "-- no description\nCREATE TABLE b (x);")
      local out = look("status", "-v")
      has(out, "  · a    pending  lua  1.lua    the first\n")
      has(out, "  · 2_b  pending  sql  2_b.sql")
      box:up()
      assert.equal("app.db\n" ..
        "  ✓ a    applied  YYYY-MM-DD HH:MM:SS  T ms  no_op    lua  " ..
        "1.lua    the first\n", timeless(look("status", "-v"))
        :match("^[^\n]*\n[^\n]*\n"))
    end)

    it("only for its warnings under -q", function()
      story()
      box:up()
      box:migration("2026_01_01_a", "")
      local out, err = look("status", "-q")
      assert.equal("", out)
      has(err, "2026_01_01_a was edited")
    end)

    it("of names that hold more than letters", function()
      box:migration('it\'s "a" \u{202e}b', "", "x.lua")
      has(look("status"), "  · it's \"a\" \\u202eb  pending\n")
    end)

    it("exits 0 even where up would refuse", function()
      story()
      box:up()
      box:migration("2026_01_01_a", "")
      assert.equal(0, (box:run("status", "--strict")))
      assert.equal(4, (box:run("up", "--strict")))
    end)

    it("leaves a database in WAL mode as it is", function()
      story()
      box:sql("PRAGMA journal_mode = wal; CREATE TABLE t (x)")
      box:up()
      local before = box:bytes()
      has(look("status"), "3 applied, 0 pending\n")
      assert.equal(before, box:bytes())
      assert.is_false(box:exists("app.db-wal"))
      assert.is_false(box:exists("app.db-shm"))
    end)
  end)

  describe("at what is current", function()
    it("prints the last ID that was applied, alone", function()
      story()
      box:up("2")
      local out, err = look("current")
      assert.same({ "2026_01_02_longer_name\n", "" }, { out, err })
      box:up()
      assert.equal("2026_01_03_c\n", (look("current", "-q")))
    end)

    it("counts by application, not by name", function()
      box:migration("b", "")
      box:up()
      box:migration("a", "")
      box:up()
      assert.equal("a\n", (look("current")))
    end)

    it("prints nothing when nothing is applied", function()
      story()
      local out, err = look("current")
      assert.same({ "", "no migration is applied\n" }, { out, err })
      assert.equal("absent", box:bytes())
      out, err = look("current", "-q")
      assert.same({ "", "" }, { out, err })
    end)
  end)

  describe("at the history", function()
    it("lists the attempts, newest last", function()
      story()
      box:migration("2026_01_04_d", [[error("no\nsecond line")]])
      box:fails(1, "up")
      box:fails(1, "up")
      box:fails(1, "up")
      box:migration("2026_01_04_d", [[error("other")]])
      box:fails(1, "up")
      local before = box:bytes()
      local out = timeless(look("history"))
      assert.equal([[
YYYY-MM-DD HH:MM:SS  2026_01_01_a            up  done    T ms
YYYY-MM-DD HH:MM:SS  2026_01_02_longer_name  up  done    T ms
YYYY-MM-DD HH:MM:SS  2026_01_03_c            up  done    T ms
YYYY-MM-DD HH:MM:SS  2026_01_04_d            up  failed  T ms  ]] ..
[[no\nsecond line (and again 2 times)
YYYY-MM-DD HH:MM:SS  2026_01_04_d            up  failed  T ms  other
]], out)
      assert.equal(before, box:bytes())
    end)

    it("says that there was none", function()
      local out, err = look("history")
      assert.same({ "", "no migration was ever attempted\n" }, { out, err })
      assert.equal("absent", box:bytes())
      box:sql("CREATE TABLE t (x)")
      out, err = look("history", "-q")
      assert.same({ "", "" }, { out, err })
    end)

    it("cuts an error that is too long for a line", function()
      box:migration("a", [[error(("x"):rep(500))]])
      box:fails(1, "up")
      local out = look("history")
      has(out, ("x"):rep(80) .. "…\n")
      assert.falsy(out:find(("x"):rep(81), 1, true))
    end)
  end)

  it("needs a database that is named", function()
    for _, command in ipairs { "status", "current", "history" } do
      local code, out, err = box:lumigrate(command)
      assert.same({ 2, "" }, { code, out })
      assert.equal("lumigrate: error: no database is given",
        err:match("^[^\n]*"))
    end
  end)
end)
