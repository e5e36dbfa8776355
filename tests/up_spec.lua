-- SPDX-License-Identifier: MIT
-- What `up` says to people, how far it goes, and when it does nothing.
local hold = require "tests.support.holder"
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has

describe("up", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function lacks(text, words)
    assert.falsy(text:find(words, 1, true), words .. "\nis in:\n" .. text)
  end

  -- Durations differ from run to run.
  local function timeless(text)
    return (text:gsub("in <?[%d.]+ ms", "in T ms")
      :gsub("after <?[%d.]+ ms", "after T ms"))
  end

  local function applied()
    local ids = {}
    for i, row in ipairs(box:query(
        "SELECT id FROM schema_migrations ORDER BY position")) do
      ids[i] = row.id
    end
    return ids
  end

  local function refused(sentence, ...)
    local err, out = box:fails(2, "up", ...)
    assert.equal("lumigrate: error: " .. sentence, err:match("^[^\n]*"))
    assert.equal("", out)
    return err
  end

  local function abc()
    for _, id in ipairs { "a", "b", "c" } do
      box:migration(id, ("conn:execute('CREATE TABLE %s (x)')"):format(id))
    end
  end

  describe("says what it does", function()
    it("as the README shows it", function()
      box:sql("CREATE TABLE users (id INTEGER PRIMARY KEY)")
      box:migration("2026_01_01_first", "")
      box:up()
      box:migration("2026_01_28_add_email_to_users", [[
        local cursor = conn:cursor()
        if not column_exists("users", "email") then
          cursor:execute("ALTER TABLE users ADD COLUMN email TEXT")
          print("added email column")
        end
      end
      DESCRIPTION = "Add e-mail addresses to users."
      do]])
      box:write("migrations/2026_02_03_backfill_email.lua", [[
--- Fill in what is missing.
MIGRATION_ID = "2026_02_03_backfill_email"

function upgrade(conn)
  conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL " ..
    "SELECT i + 1 FROM n WHERE i < 1900) " ..
    "INSERT INTO users (email) SELECT 'x' FROM n")
end
]])
      assert.equal([[
✓ schema_migrations table ready
✓ Discovered 3 migration files, 1 applied, 2 pending
→ 2026_01_28_add_email_to_users   Add e-mail addresses to users.
    added email column
  ✓ applied in T ms
→ 2026_02_03_backfill_email       Fill in what is missing.
  ✓ applied in T ms, 1,900 rows changed
✓ 2 migrations applied in T ms
]], timeless(box:up()))
    end)

    it("of one migration, one row and no row", function()
      box:migration("a", [[conn:execute("CREATE TABLE a (x)")]])
      box:migration("b", [[conn:execute("INSERT INTO a VALUES (1)")]])
      box:migration("c", [[conn:execute("UPDATE a SET x = 2 WHERE x = 7")]])
      assert.equal([[
✓ schema_migrations table ready
✓ Discovered 3 migration files, 0 applied, 3 pending
→ a
  ✓ applied in T ms
✓ 1 migration applied in T ms
]], timeless(box:up("1")))
      assert.equal([[
✓ schema_migrations table ready
✓ Discovered 3 migration files, 1 applied, 2 pending
→ b
  ✓ applied in T ms, 1 row changed
→ c
  ✓ applied in T ms (no change)
✓ 2 migrations applied in T ms
]], timeless(box:up()))
    end)

    it("with the descriptions below each other", function()
      for _, id in ipairs { "a", "a_rather_long_name_of_a_migration_ä",
          "b" } do
        box:migration(id, ("DESCRIPTION = 'what %s does'\n" ..
          "function upgrade() end"):format(id:sub(1, 1)))
      end
      local out = box:up()
      has(out, "→ a                                     what a does\n")
      has(out, "→ a_rather_long_name_of_a_migration_ä   what a does\n")
      has(out, "→ b                                     what b does\n")
    end)

    it("with the column of what is going to run, not of all files", function()
      for _, id in ipairs { "a", "b", "c_rather_long_name_of_a_migration" } do
        box:migration(id, ("DESCRIPTION = 'what %s does'\n" ..
          "function upgrade() end"):format(id:sub(1, 1)))
      end
      has(box:up("2"), "→ a                               what a does\n")
      has(box:up(), "→ c_rather_long_name_of_a_migration   what c does\n")
    end)

    it("and one very long ID does not move the others away", function()
      local long = ("l"):rep(80)
      for _, id in ipairs { "a", long } do
        box:migration(id, ("DESCRIPTION = 'what %s does'\n" ..
          "function upgrade() end\nfunction downgrade() end")
          :format(id:sub(1, 1)))
      end
      local both = "→ a" .. (" "):rep(62) .. "what a does\n"
      local out = box:up()
      has(out, both)
      has(out, "→ " .. long .. "   what l does\n")
      local code, shown = box:run("down", "--all", "--dry-run")
      assert.equal(0, code)
      has(shown, "→ " .. long .. "   what l does\n" .. both)
      has(select(2, box:run("down", "--all", "-y")), both)
    end)

    it("with what a script prints below it, indented", function()
      box:migration("a", [[
        print("one", 2, nil, true)
        print("two\nlines")
        print()
        log.info("told")
        log.warn("careful")
        print("\27[31mred\7\r")
      ]])
      has(box:up(), "→ a\n    one\t2\tnil\ttrue\n    two\n    lines\n" ..
        "\n    told\n    warning: careful\n" ..
        "    \\x1b[31mred\\x07\\r\n  ✓ applied in ")
    end)

    it("and which one failed, after what", function()
      box:migration("a", "")
      box:migration("b", [[error("no")]])
      box:migration("c", "")
      local err, out = box:fails(1, "up")
      assert.equal([[
✓ schema_migrations table ready
✓ Discovered 3 migration files, 0 applied, 3 pending
→ a
  ✓ applied in T ms (no change)
→ b
  ✗ failed after T ms
]], timeless(out))
      assert.equal("lumigrate: error: no", err:match("^[^\n]*"))
      has(err, "  migration  b (migrations/b.lua:1)\n")
      has(err, "1 migration applied before it stays applied")
      assert.same({ "a" }, applied())
    end)

    it("and that it made the folder of the database", function()
      box:migration("a", "")
      local code, out = box:lumigrate("up", "--database", "data/app.db")
      assert.equal(0, code)
      has(out, "✓ created ")
      has(out, "data\n")
      assert.is_true(box:exists("data/app.db"))
    end)

    it("and that another program holds the lock", function()
      box:sql("CREATE TABLE t (x)")
      abc()
      local let_go = hold(box, "BEGIN IMMEDIATE")
      local _, out = box:fails(5, "up", "--lock-timeout", "1.2")
      let_go()
      has(out, "· waiting for another process that holds the lock\n")
    end)
  end)

  describe("with nothing to do", function()
    before_each(function()
      abc()
      box:up()
    end)

    it("says so in one line and writes nothing", function()
      local before = box:bytes()
      local code, out, err = box:run("up")
      assert.equal(0, code)
      assert.equal("✓ All migrations already applied\n", out)
      assert.equal("", err)
      assert.equal(before, box:bytes())
      assert.falsy(box:exists("app.db-journal"))
    end)

    it("is silent when quiet", function()
      local code, out, err = box:run("up", "-q")
      assert.same({ 0, "", "" }, { code, out, err })
    end)

    it("says the same of a target that is reached", function()
      for _, words in ipairs { { "5" }, { "--to", "b" }, { "--before", "c" } }
      do
        assert.equal("✓ All migrations already applied\n",
          box:up(table.unpack(words)))
      end
    end)
  end)

  it("-q prints warnings and errors alone", function()
    box:migration("a", [[print("a word") log.info("so") log.warn("careful")]])
    box:migration("b", [[print("a word") error("no")]])
    local err, out = box:fails(1, "up", "-q")
    assert.equal("", out)
    assert.equal("lumigrate: warning: a: careful", err:match("^[^\n]*"))
    has(err, "lumigrate: error: no\n")
    lacks(err, "a word")
    lacks(err, "told")
  end)

  it("-v shows the statements and what the guards answered", function()
    box:migration("a", [[
      conn:execute("CREATE TABLE a (x,\n  y)")
      column_exists("a", "x")
      table_exists("b")
      conn:execute("INSERT INTO a VALUES (?, ?)", 1, 2)
    ]])
    local out = box:up("-v")
    has(out, "→ a\n    sql: CREATE TABLE a (x, y)\n" ..
      "    column_exists(\"a\", \"x\") → true\n" ..
      "    table_exists(\"b\") → false\n" ..
      "    sql: INSERT INTO a VALUES (?, ?)\n  ✓ applied in ")
    box:migration("b", [[conn:execute("CREATE TABLE b (x)")]])
    lacks(box:up(), "sql:")
    assert.equal("✓ Discovered 2 migration files, 2 applied, 0 pending\n" ..
      "✓ All migrations already applied\n", box:up("-v"))
  end)

  it("-q and -v exclude each other", function()
    abc()
    refused("--quiet and --verbose exclude each other", "-q", "-v")
  end)

  describe("goes", function()
    before_each(abc)

    it("so many further with N", function()
      box:up("2")
      assert.same({ "a", "b" }, applied())
      box:up("1")
      assert.same({ "a", "b", "c" }, applied())
      box:up("99")
    end)

    it("to an ID, included", function()
      box:up("--to", "b")
      assert.same({ "a", "b" }, applied())
    end)

    it("before an ID, not included", function()
      box:up("--before", "b")
      assert.same({ "a" }, applied())
      assert.equal("✓ Nothing to apply before b\n", box:up("--before", "b"))
      assert.same({ "a" }, applied())
    end)

    it("nowhere when the ID is not there", function()
      for _, option in ipairs { "--to", "--before" } do
        refused("the ID of the migration to stop at is empty", option, "")
        local err = refused("there is no migration with the ID zz in " ..
          "migrations", option, "zz")
        has(err, "nothing was changed")
        has(err, "lumigrate status lists them")
      end
      assert.equal("absent", box:bytes())
    end)

    it("nowhere when the ID is applied and missing", function()
      box:up()
      box:sh("rm migrations/b.lua")
      box:migration("d", "")
      local before = box:bytes()
      refused("there is no migration with the ID b in migrations", "--to",
        "b")
      assert.equal(before, box:bytes())
    end)

    it("nowhere when it is to go two ways at once", function()
      for _, words in ipairs { { "1", "--to", "b" },
          { "1", "--before", "b" }, { "--to", "b", "--before", "c" } } do
        refused("a number, --to and --before exclude each other",
          table.unpack(words))
      end
      assert.equal("absent", box:bytes())
    end)

    it("nowhere with a number that is none", function()
      for _, n in ipairs { "0", "-1", "x", "1x", "1.5", "", "+1", " 1",
          "99999999999999999999" } do
        local err = refused(('"%s" is not a number of migrations, 1 or more')
          :format(n), n)
        has(err, "to name a migration: --to ID")
      end
      assert.equal("absent", box:bytes())
    end)

    it("out of order with a warning, where an ID comes late", function()
      box:sh("mv migrations/b.lua kept")
      box:up()
      box:sh("mv kept migrations/b.lua")
      local code, out, err = box:run("up")
      assert.equal(0, code)
      has(out, "→ b\n")
      assert.equal("lumigrate: warning: ", err:sub(1, 20))
      has(err, "b ")
      lacks(out, "warning")
      assert.same({ "a", "c", "b" }, applied())
    end)
  end)

  describe("leaves an absent database", function()
    before_each(abc)

    it("absent with --no-create", function()
      local err = refused(
        "the database app.db does not exist, and is not to be made",
        "--no-create")
      has(err, "nothing was changed")
      assert.equal("absent", box:bytes())
      box:sql("CREATE TABLE t (x)")
      box:up("--no-create")
      assert.same({ "a", "b", "c" }, applied())
    end)

    it("absent with LUMIGRATE_SKIP", function()
      local code, out, err = box:run_env({ LUMIGRATE_SKIP = "1" }, "up")
      assert.same({ 0, "· LUMIGRATE_SKIP is set: nothing was done\n", "" },
        { code, out, err })
      assert.equal("absent", box:bytes())
      -- Not even settings that are wrong elsewhere: nothing is looked at.
      code, out = box:lumigrate_env({ LUMIGRATE_SKIP = "yes" }, "up", "-q")
      assert.same({ 0, "" }, { code, out })
    end)
  end)

  it("is not skipped when LUMIGRATE_SKIP says no", function()
    abc()
    for _, value in ipairs { "0", "" } do
      assert.equal(0, (box:run_env({ LUMIGRATE_SKIP = value }, "up", "1")))
    end
    assert.same({ "a", "b" }, applied())
  end)

  describe("warns on standard error", function()
    it("of what was edited and what is missing", function()
      abc()
      box:up()
      box:migration("a", "")
      box:sh("rm migrations/b.lua")
      local code, out, err = box:run("up")
      assert.equal(0, code)
      assert.equal("✓ All migrations already applied\n", out)
      has(err, "lumigrate: warning: a was edited after it was applied\n")
      has(err, "lumigrate: warning: b is applied, but its file is missing\n")
      has(select(3, box:run("up", "-q")), "warning: a was edited")
    end)

    it("and stops at it under --strict", function()
      abc()
      box:up("2")
      box:migration("a", "")
      local before = box:bytes()
      local err, out = box:fails(4, "up", "--strict")
      assert.equal("", out)
      assert.equal("lumigrate: error: a was edited after it was applied",
        err:match("^[^\n]*"))
      assert.equal(before, box:bytes())
    end)
  end)

  describe("colours", function()
    local CODES = "\27%[%d+m"

    local function on_terminal(env, ...)
      local words = { sandbox.quote(sandbox.program), "up", "--database",
        "app.db", ... }
      local settings = { TERM = "xterm", NO_COLOR = "" }
      for name, value in pairs(env) do
        settings[name] = value
      end
      box:write("tty.sh", table.concat(words, " ") .. "\n")
      local code, out = box:sh(
        "script -qec 'sh tty.sh' /dev/null", settings)
      assert.equal(0, code, out)
      return out
    end

    before_each(abc)

    it("its marks on a terminal", function()
      local out = on_terminal {}
      has(out, "\27[32m✓\27[0m Discovered 3 ")
      has(out, "\27[36m→\27[0m a")
    end)

    it("nothing there with NO_COLOR, --color never or a dumb one", function()
      assert.falsy(on_terminal({ NO_COLOR = "1" }, "1"):find(CODES))
      assert.falsy(on_terminal({}, "1", "--color", "never"):find(CODES))
      assert.falsy(on_terminal({ TERM = "dumb" }, "1"):find(CODES))
      assert.same({ "a", "b", "c" }, applied())
    end)

    it("nothing in a file or a pipe", function()
      local _, out = box:run_env({ NO_COLOR = "", TERM = "xterm" }, "up")
      has(out, "✓ 3 migrations applied")
      assert.falsy(out:find(CODES))
    end)

    it("anything with --color always", function()
      box:migration("d", [[log.warn("careful") error("no")]])
      local err, out = box:fails(1, "up", "--color", "always")
      has(out, "\27[32m✓\27[0m")
      has(out, "\27[33mwarning:\27[0m careful\n")
      has(out, "\27[31m✗\27[0m failed")
      has(err, "lumigrate: \27[31merror:\27[0m no\n")
    end)
  end)
end)
