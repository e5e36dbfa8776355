-- SPDX-License-Identifier: MIT
-- The text that ran: history --show prints it, status -v shows how the file
-- differs from it.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local json = require "tests.support.json"

describe("the text that ran", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function look(...)
    local status, out, err = box:run(...)
    assert.equal(0, status, err)
    return out
  end

  describe("by history --show", function()
    it("is what was applied, to the byte, whatever the file says", function()
      local text = "-- \u{e9}\tone\r\nCREATE TABLE a (x);\n\n-- no end"
      box:sql_file("a.sql", text)
      box:up()
      box:sql_file("a.sql", "CREATE TABLE a (y);")
      assert.equal(text, look("history", "--show", "a"))
      box:sh("rm migrations/a.sql")
      local before = box:bytes()
      assert.equal(text, look("history", "--show", "a"))
      assert.equal(before, box:bytes())
    end)

    it("is the latest that was applied, not one that failed since", function()
      box:migration("a", 'RUN = "on_change"\nfunction upgrade() end -- 1')
      box:up()
      box:migration("a", 'RUN = "on_change"\nfunction upgrade() local a end')
      box:up()
      local second = box:read("migrations/a.lua")
      box:migration("a", 'RUN = "on_change"\n' ..
        'function upgrade() error("3") end')
      box:fails(1, "up")
      assert.equal(second, look("history", "--show", "a"))
      -- Back to the first: its text is kept once, long ago.
      box:migration("a", 'RUN = "on_change"\nfunction upgrade() end -- 1')
      box:up()
      has(look("history", "--show", "a"), "end -- 1")
    end)

    it("is what was tried last where nothing was applied", function()
      box:migration("a", [[error("one")]])
      box:fails(1, "up")
      box:migration("a", [[error("two")]])
      box:fails(1, "up")
      has(look("history", "--show", "a"), [[error("two")]])
    end)

    it("is JSON with --json", function()
      box:migration("a", "")
      box:up()
      local o = json.decode(look("history", "--show", "a", "--json"))
      assert.same({ "format", "id", "text", "error" }, json.keys(o))
      assert.same({ "a", box:read("migrations/a.lua"), json.null },
        { o.id, o.text, o.error })
      local status, out = box:run("history", "--show", "b", "--json")
      assert.equal(2, status)
      o = json.decode(out)
      assert.same({ "format", "id", "text", "error" }, json.keys(o))
      assert.same({ "b", json.null, 2 }, { o.id, o.text, o.error.code })
    end)

    it("is not there for what never ran", function()
      box:migration("a", "")
      box:up("--to", "a")
      has(box:fails(2, "history", "--show", "b"),
        "there is no attempt of b in the history")
      box:sql("UPDATE schema_migrations_history SET source = NULL")
      has(box:fails(2, "history", "--show", "a"),
        "the text of a is not in the history")
      box:sh("rm app.db")
      has(box:fails(2, "history", "--show", "a"), "no attempt of a")
      assert.equal("absent", box:bytes())
      has(box:fails(2, "history", "--show"), "--show needs a value")
      has(box:fails(2, "status", "--show", "a"), "has no option --show")
    end)
  end)

  describe("by status -v", function()
    it("is compared with the file, two lines around a change", function()
      local lines = {}
      for i = 1, 9 do
        lines[i] = "CREATE TABLE t" .. i .. " (x);\n"
      end
      box:sql_file("a.sql", table.concat(lines))
      box:sql_file("b.sql", "CREATE TABLE b (x);")
      box:up()
      lines[5] = "CREATE TABLE t5 (x, y);\nCREATE TABLE new (z);\n"
      box:sql_file("a.sql", table.concat(lines))
      local out = look("status", "-v")
      has(out, [[
  a: what was applied (-) and the file (+)
    @@ 3
      CREATE TABLE t3 (x);
      CREATE TABLE t4 (x);
    - CREATE TABLE t5 (x);
    + CREATE TABLE t5 (x, y);
    + CREATE TABLE new (z);
      CREATE TABLE t6 (x);
      CREATE TABLE t7 (x);
]])
      assert.falsy(out:find("t8", 1, true))
      assert.falsy(out:find("b: what", 1, true))
      assert.falsy(look("status"):find("what was applied", 1, true))
      assert.falsy(look("status", "-v", "--json"):find("t3 (x)", 1, true))
    end)

    it("is compared for what runs again on change, too", function()
      box:migration("a", 'RUN = "on_change"\nfunction upgrade() end')
      box:up()
      box:migration("a", 'RUN = "on_change"\nfunction upgrade() local x end')
      has(look("status", "-v"), "    - function upgrade() end\n" ..
        "    + function upgrade() local x end\n")
    end)

    it("is cut where there is too much of it", function()
      local a, b = {}, {}
      for i = 1, 100 do
        a[i] = ("SELECT %d;\n"):format(i)
        b[i] = ("SELECT -%d; -- %s\n"):format(i, ("x"):rep(300))
      end
      box:sql_file("a.sql", table.concat(a))
      box:sql_file("b.sql", a[1])
      box:up()
      box:sql_file("a.sql", table.concat(b))
      local out = look("status", "-v")
      has(out, "    - SELECT 60;\n    @@ and 140 more lines\n")
      assert.falsy(out:find("SELECT 61;", 1, true))
      box:sql_file("b.sql", b[1])
      out = look("status", "-v")
      has(out, "    + SELECT -1; -- xx")
      has(out, "xx…\n")
      assert.falsy(out:find(("x"):rep(200), 1, true))
    end)

    it("is shown without its control characters", function()
      box:sql_file("a.sql", "SELECT '\27[31mred';\n")
      box:up()
      box:sql_file("a.sql", "SELECT 'x';\n")
      local out = look("status", "-v")
      assert.falsy(out:find("\27", 1, true))
      has(out, "    - SELECT '\\x1b[31mred';\n    + SELECT 'x';\n")
    end)

    it("is not known after a take-over, and that is said", function()
      box:migration("a", "")
      box:up()
      box:sql("UPDATE schema_migrations_history SET source = NULL")
      box:migration("a", "local x")
      has(look("status", "-v"), "  a: what was applied is not known\n")
    end)

    it("differs only in ends of lines, and that is said", function()
      box:sql_file("a.sql", "SELECT 'a\nb';\n")
      box:up()
      box:sql_file("a.sql", "SELECT 'a\r\nb';\n")
      local out = look("status", "-v")
      has(out, "1 edited")
      has(out, "  a: only ends of lines differ\n")
    end)
  end)
end)
