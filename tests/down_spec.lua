-- SPDX-License-Identifier: MIT
-- The way back: what is applied is reverted, newest first, by the text that
-- was applied; one without a way down stops everything beforehand.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local json = require "tests.support.json"

describe("down", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  -- A migration that makes a table, and a way down that drops it.
  local function reversible(id, table, more)
    box:migration(id, ([[
      DESCRIPTION = "Make %s."
      function upgrade(conn)
        conn:execute("CREATE TABLE %s (x)")
      end
      function downgrade(conn, column_exists, table_exists)
        assert(table_exists("%s") and column_exists("%s", "x"))
        conn:execute("DROP TABLE %s")
        %s
      end
    ]]):format(table, table, table, table, table, more or ""))
  end

  local function three()
    reversible("2026_01_01_a", "a")
    reversible("2026_01_02_b", "b")
    reversible("2026_01_03_c", "c")
  end

  local function applied(path)
    return box:value("SELECT coalesce(group_concat(id), '') FROM (SELECT id " ..
      "FROM schema_migrations ORDER BY position)", path)
  end

  local function tables(path)
    return box:value("SELECT coalesce(group_concat(name), '') FROM (SELECT " ..
      "name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE " ..
      "'schema_%' ORDER BY name)", path)
  end

  local function history()
    local list = {}
    for i, row in ipairs(box:query("SELECT id || ' ' || action || ' ' || " ..
        "outcome AS o FROM schema_migrations_history ORDER BY seq")) do
      list[i] = row.o
    end
    return list
  end

  local function down(...)
    local status, out, err = box:run("down", ...)
    assert.equal(0, status, out .. err)
    return out, err
  end

  describe("reverts", function()
    it("the one that was applied last", function()
      three()
      box:up()
      local out, err = down()
      assert.equal("", err)
      assert.truthy(out:match(
        "^✓ schema_migrations table ready\n" ..
        "✓ 3 migrations applied, 1 to revert\n" ..
        "→ 2026_01_03_c                    Make c%.\n" ..
        "  ✓ reverted in [%d.]+ ms\n" ..
        "✓ 1 migration reverted in [%d.]+ ms\n$"), out)
      assert.equal("2026_01_01_a,2026_01_02_b", applied())
      assert.equal("a,b", tables())
      assert.same({ "2026_01_01_a up done", "2026_01_02_b up done",
        "2026_01_03_c up done", "2026_01_03_c down done" }, history())
    end)

    it("so many, newest first", function()
      three()
      box:up()
      local out = down("2")
      assert.truthy(out:find("_c%s.*_b%s"), out)
      has(out, "✓ 2 migrations reverted in ")
      assert.equal("2026_01_01_a", applied())
      down("99")
      assert.equal("", applied())
      assert.equal("", tables())
    end)

    it("down to an ID, which stays", function()
      three()
      box:up()
      down("--to", "2026_01_01_a")
      assert.equal("2026_01_01_a", applied())
      local out = down("--to", "2026_01_01_a")
      assert.equal("✓ Nothing to revert: no migration was applied after it\n",
        out)
    end)

    it("everything", function()
      three()
      box:up()
      down("--all", "--yes")
      assert.equal("", applied())
      assert.equal("", tables())
    end)

    it("in the order of application, not of names", function()
      reversible("2026_01_02_b", "b")
      box:up()
      reversible("2026_01_01_a", "a")
      box:up("--out-of-order", "apply")
      down()
      assert.equal("2026_01_02_b", applied())
    end)

    it("under its other names", function()
      three()
      box:up()
      for _, name in ipairs { "rollback", "revert", "downgrade" } do
        assert.equal(0, (box:run(name)))
      end
      assert.equal("", applied())
    end)

    it("and what is applied anew comes after what is left", function()
      three()
      box:up()
      down("2")
      box:up("1")
      assert.equal(2, box:value("SELECT position FROM schema_migrations " ..
        "WHERE id = '2026_01_02_b'"))
      box:up()
      assert.equal("2026_01_01_a,2026_01_02_b,2026_01_03_c", applied())
      assert.equal(3, box:value("SELECT max(position) FROM " ..
        "schema_migrations"))
    end)

    it("with what the script prints, and its guards", function()
      reversible("1", "a", 'print("gone: " .. tostring(table_exists("a")))')
      box:up()
      has(down(), "\n    gone: false\n  ✓ reverted in ")
    end)

    it("what was applied under another table's name", function()
      three()
      box:up("--table", "ledger")
      down("2", "--table", "ledger")
      assert.equal(1, box:value("SELECT count(*) FROM ledger"))
      assert.equal("2026_01_02_b", box:value("SELECT id FROM " ..
        "ledger_history WHERE action = 'down' ORDER BY seq DESC"))
    end)
  end)

  describe("has nothing to do", function()
    it("where there is no database", function()
      three()
      assert.equal("✓ Nothing to revert: the database does not exist\n",
        (down()))
      assert.is_false(box:exists("app.db"))
    end)

    it("where nothing is applied", function()
      three()
      box:sql("CREATE TABLE t (x)")
      local before = box:bytes()
      assert.equal("✓ Nothing to revert: no migration is applied\n", (down()))
      assert.equal(before, box:bytes())
      box:up()
      down("--all", "-y")
      assert.equal("✓ Nothing to revert: no migration is applied\n", (down()))
    end)

    it("with LUMIGRATE_SKIP", function()
      three()
      box:up()
      local status, out = box:run_env({ LUMIGRATE_SKIP = "1" }, "down")
      assert.equal(0, status)
      has(out, "LUMIGRATE_SKIP is set: nothing was done")
      assert.equal("2026_01_01_a,2026_01_02_b,2026_01_03_c", applied())
    end)
  end)

  describe("--dry-run", function()
    it("names what would be reverted and writes nothing", function()
      three()
      box:up()
      local before = box:bytes()
      local out = down("2", "--dry-run")
      assert.equal("→ 2026_01_03_c                    Make c.\n" ..
        "→ 2026_01_02_b                    Make b.\n" ..
        "✓ 2 migrations would be reverted, nothing was changed\n", out)
      down("--all", "--dry-run")
      assert.equal(before, box:bytes())
      assert.is_false(box:exists("app.db-journal"))
    end)

    it("refuses what down would refuse", function()
      three()
      box:migration("2026_01_04_d", "")
      box:up()
      has(box:fails(2, "down", "--dry-run"), "2026_01_04_d has no way down")
    end)

    it("works where nothing may be written", function()
      three()
      box:up()
      box:sh("chmod 444 app.db; chmod 555 .")
      local out = down("--dry-run")
      box:sh("chmod 755 .")
      has(out, "1 migration would be reverted")
    end)
  end)

  describe("is refused, and nothing is touched,", function()
    local function refused(sentence, ...)
      local before = box:bytes()
      local err = box:fails(2, "down", ...)
      has(err, "lumigrate: error: " .. sentence)
      assert.equal(before, box:bytes())
      return err
    end

    it("when one has no way down, by its name", function()
      reversible("2026_01_01_a", "a")
      box:migration("2026_01_02_b", "")
      reversible("2026_01_03_c", "c")
      box:up()
      local err = refused("2026_01_02_b has no way down", "2")
      has(err, "\n  migration  2026_01_02_b (migrations/2026_01_02_b.lua)\n")
      has(err, "\n  state      nothing was changed\n")
      assert.equal("2026_01_01_a,2026_01_02_b,2026_01_03_c", applied())
    end)

    it("when several have none, by all their names", function()
      box:migration("1", "")
      box:migration("2", "")
      reversible("3", "c")
      box:up()
      refused("these migrations have no way down: 2, 1", "--all", "-y")
    end)

    it("when only a local function is called so", function()
      box:migration("1", "function upgrade() end\n" ..
        "local function downgrade() end")
      box:up()
      refused("1 has no way down")
    end)

    it("when the ID is not applied", function()
      three()
      box:up("1")
      refused("2026_01_02_b is not applied", "--to", "2026_01_02_b")
      refused("nonsense is not applied", "--to", "nonsense")
    end)

    it("when the words make no sense", function()
      three()
      box:up()
      refused("a number, --to and --all exclude each other", "1", "--all")
      refused("a number, --to and --all exclude each other", "1", "--to",
        "2026_01_01_a")
      refused('"0" is not a number of migrations', "0")
      refused('"x" is not a number of migrations', "x")
      refused("\"down\" has no option --before", "--before", "2026_01_01_a")
    end)

    it("when everything is meant and nobody can be asked", function()
      three()
      box:up()
      has(refused("--all reverts everything, and there is nobody to ask",
        "--all"), "if that is meant: --all --yes")
    end)

    it("when the text that was applied does not compile", function()
      three()
      box:up()
      reversible("2026_01_03_c", "c", "if")
      refused("syntax error", "--from-file")
      assert.equal("a,b,c", tables())
    end)

    it("when the folder is not there", function()
      three()
      box:up()
      local before = box:bytes()
      local status, _, err = box:lumigrate("down", "--database", "app.db",
        "--migrations", "elsewhere")
      assert.equal(2, status)
      has(err, "elsewhere")
      assert.equal(before, box:bytes())
    end)

    it("when a way down is outside a transaction and the run is one",
      function()
        box:migration("1", "TRANSACTION = false\n" ..
          "function upgrade() end\nfunction downgrade() end")
        box:up()
        refused("TRANSACTION = false: it cannot run inside the one",
          "--transaction", "all")
      end)
  end)

  it("--all asks on a terminal how much is meant", function()
    three()
    box:up()
    local function answer(word)
      box:write("tty.sh", "exec " .. box:defaults("down", "--all"))
      local status, out = box:sh(("printf '%s\\n' | script -qec 'sh tty.sh' " ..
        "/dev/null"):format(word))
      return status, (out:gsub("\r", ""))
    end
    local status, out = answer("n")
    assert.equal(2, status)
    has(out, "Revert all 3 migrations that are applied to app.db? [y/N]")
    has(out, "lumigrate: error: not confirmed\n" ..
      "  state      nothing was changed\n")
    assert.equal("a,b,c", tables())
    assert.equal(2, (answer("")))
    status, out = answer("y")
    assert.equal(0, status, out)
    assert.equal("", applied())
  end)

  describe("runs the text that was applied", function()
    -- The tables it knows, and a file that does something else now.
    local function edited()
      reversible("1", "a")
      box:up()
      box:migration("1", [[
        function upgrade() end
        function downgrade(conn) conn:execute("CREATE TABLE wrong (x)") end
      ]])
    end

    it("where the file was edited, and says so", function()
      edited()
      local _, err = down()
      assert.equal("lumigrate: warning: 1 was edited after it was applied: " ..
        "the way down of the text that was applied runs, which the history " ..
        "keeps (--from-file takes the file's)\n", err)
      assert.equal("", tables())
      assert.equal("", applied())
    end)

    it("where the file is missing, and says so", function()
      reversible("1", "a")
      reversible("2", "b")
      box:up()
      os.remove(box:path("migrations/2.lua"))
      local _, err = down("2")
      assert.equal("lumigrate: warning: 2 has no file any more: the way " ..
        "down of the text that was applied runs, which the history keeps\n",
        err)
      assert.equal("", tables())
    end)

    it("when it is the only one, without any file", function()
      reversible("1", "a")
      box:up()
      os.remove(box:path("migrations/1.lua"))
      down()
      assert.equal("", tables())
    end)

    it("unless --from-file takes the file's, and says so", function()
      edited()
      local _, err = down("--from-file")
      assert.equal("lumigrate: warning: 1 was edited after it was applied: " ..
        "the way down of the file runs, as it is now\n", err)
      assert.equal("a,wrong", tables())
      assert.equal(2, box:value("SELECT count(*) FROM " ..
        "schema_migrations_history WHERE source IS NOT NULL"))
    end)

    it("of the last application, when it was applied twice", function()
      reversible("1", "a")
      box:up()
      down()
      reversible("1", "b")
      box:up()
      os.remove(box:path("migrations/1.lua"))
      down()
      assert.equal("", tables())
    end)

    it("of the text that ran again, where RUN says so", function()
      box:migration("1", 'RUN = "on_change"\nfunction upgrade(conn) ' ..
        'conn:execute("CREATE TABLE a (x)") end')
      box:up()
      box:migration("1", 'RUN = "on_change"\nfunction upgrade(conn) ' ..
        'conn:execute("CREATE TABLE b (x)") end\nfunction downgrade(conn) ' ..
        'conn:execute("DROP TABLE a") conn:execute("DROP TABLE b") end')
      box:up()
      os.remove(box:path("migrations/1.lua"))
      down()
      assert.equal("", tables())
      assert.same({ "1 up done", "1 reapply done", "1 down done" },
        history())
    end)

    it("and is not kept a second time", function()
      reversible("1", "a")
      box:up()
      down()
      box:up()
      down()
      assert.equal(1, box:value("SELECT count(source) FROM " ..
        "schema_migrations_history"))
      assert.equal(1, box:value("SELECT count(DISTINCT checksum) FROM " ..
        "schema_migrations_history"))
    end)

    it("but re-formatting is no edit", function()
      reversible("1", "a")
      box:up()
      box:write("migrations/1.lua", "-- moved\n\n" ..
        box:read("migrations/1.lua"))
      local _, err = down()
      assert.equal("", err)
      assert.equal("", tables())
    end)

    it("which is named where it fails", function()
      reversible("1", "a", 'error("no way")')
      box:up()
      os.remove(box:path("migrations/1.lua"))
      local err = box:fails(1, "down")
      has(err, "lumigrate: error: no way\n" ..
        "  migration  1 (1 (as it was applied):8)\n")
    end)

    it("and --from-file needs the file", function()
      reversible("1", "a")
      box:up()
      os.remove(box:path("migrations/1.lua"))
      local err = box:fails(2, "down", "--from-file")
      has(err, "--from-file: the file of 1 is missing")
      has(err, "\n  hint       put the file back; without --from-file the " ..
        "text that was applied is taken, where \"lumigrate history --show " ..
        "1\" has it\n")
      assert.equal("1", applied())
    end)
  end)

  describe("of a ledger without texts", function()
    local function home_made()
      reversible("1", "a")
      reversible("2", "b")
      box:sql("CREATE TABLE a (x); CREATE TABLE b (x); " ..
        "CREATE TABLE schema_migrations (id TEXT PRIMARY KEY); " ..
        "INSERT INTO schema_migrations VALUES ('1'), ('2');")
    end

    it("takes the files', and says so", function()
      home_made()
      local out, err = down()
      has(out, "table ready (rebuilt)")
      assert.equal("lumigrate: warning: 2 was recorded without its text: " ..
        "the way down of the file runs, as it is now\n", err)
      assert.equal("1", applied())
      assert.equal("a", tables())
    end)

    it("refuses where there is no file either", function()
      home_made()
      os.remove(box:path("migrations/2.lua"))
      local before = box:bytes()
      local err = box:fails(2, "down")
      has(err, "2 cannot be reverted: the text that was " ..
        "applied is not in the history, and its file is missing")
      has(err, "put the file back, or only take it off the record: " ..
        "lumigrate repair --forget 2\n")
      assert.equal(before, box:bytes())
    end)

    it("refuses where the history was emptied and the file edited",
      function()
        reversible("1", "a")
        box:up()
        box:sql("DELETE FROM schema_migrations_history")
        down("--dry-run")
        reversible("1", "a", "print(1)")
        has(box:fails(2, "down"), "and its file is another one now")
        down("--from-file")
        assert.equal("", tables())
      end)
  end)

  describe("that fails", function()
    it("is rolled back, recorded, and stays applied", function()
      reversible("1", "a")
      reversible("2", "b", 'conn:execute("DROP TABLE nope")')
      box:up()
      local err, out = box:fails(1, "down", "2")
      has(out, "  ✗ failed after ")
      has(err, "lumigrate: error: no such table: nope\n" ..
        "  migration  2 (migrations/2.lua:8)\n")
      has(err, "\n  state      the way down was rolled back\n")
      has(err, "it stays applied")
      assert.equal("1,2", applied())
      assert.equal("a,b", tables())
      assert.same({ "1 up done", "2 up done", "2 down failed" }, history())
      box:fails(1, "down")
      assert.equal(1, box:value("SELECT repeats FROM " ..
        "schema_migrations_history WHERE outcome = 'failed'"))
    end)

    it("leaves reverted what was reverted before it", function()
      reversible("1", "a", "error()")
      reversible("2", "b")
      box:up()
      has(box:fails(1, "down", "2"), "the way down was rolled back; 1 " ..
        "migration reverted before it stays reverted")
      assert.equal("1", applied())
    end)

    it("undoes all of them with --transaction all", function()
      reversible("1", "a", "error()")
      reversible("2", "b")
      box:up()
      has(box:fails(1, "down", "2", "--transaction", "all"),
        "the whole run was one transaction and was rolled back: nothing " ..
        "was changed")
      assert.equal("1,2", applied())
      assert.equal("a,b", tables())
      reversible("1", "a")
      down("2", "--transaction", "all", "--from-file")
      assert.equal("", tables())
    end)

    it("by a foreign key that it breaks is refused", function()
      box:migration("1", [[
        function upgrade(conn)
          conn:execute("CREATE TABLE p (id INTEGER PRIMARY KEY)")
          conn:execute("CREATE TABLE c (p REFERENCES p)")
          conn:execute("INSERT INTO p VALUES (1)")
          conn:execute("INSERT INTO c VALUES (1)")
        end
        function downgrade(conn) conn:execute("DELETE FROM p") end
      ]])
      box:up()
      has(box:fails(1, "down"), "foreign key")
      assert.equal(1, box:value("SELECT count(*) FROM p"))
      assert.equal("1", applied())
    end)

    it("by a view that it breaks is refused", function()
      reversible("1", "a")
      box:up()
      box:sql("CREATE VIEW v AS SELECT x FROM a")
      local err = box:fails(1, "down")
      has(err, "view v")
      assert.equal("a", tables())
    end)

    it("because downgrade is no function says so", function()
      box:migration("1", "function upgrade() end\ndowngrade = 1")
      box:up()
      has(box:fails(1, "down"), "downgrade is a number, not a function")
    end)

    it("after its time is stopped", function()
      reversible("1", "a", "while true do end")
      box:up()
      has(box:fails(1, "down", "--timeout", "0.2"),
        "timeout: the migration took longer than 0.2 s")
      assert.equal("1", applied())
      assert.equal("a", tables())
    end)

    it("cannot end the runner's transaction", function()
      reversible("1", "a", 'conn:execute("COMMIT")')
      box:up()
      box:fails(1, "down")
      assert.equal("a", tables())
    end)

    it("cannot touch the ledger", function()
      reversible("1", "a", 'conn:execute("DELETE FROM schema_migrations")')
      box:up()
      box:fails(1, "down")
      assert.equal("1", applied())
    end)
  end)

  it("names who put a trigger on the ledger", function()
    reversible("1", "a")
    box:up()
    box:sql("CREATE TRIGGER keep BEFORE DELETE ON schema_migrations BEGIN " ..
      "SELECT RAISE(IGNORE); END")
    has(box:fails(4, "down"), "could not be taken out of the table " ..
      "schema_migrations")
    assert.equal("a", tables())
    assert.equal("1", applied())
  end)

  describe("outside a transaction", function()
    local function outside(more)
      box:migration("1", ([[
        TRANSACTION = false
        function upgrade(conn) conn:execute("CREATE TABLE a (x)") end
        function downgrade(conn)
          conn:execute("DROP TABLE IF EXISTS a")
          conn:execute("VACUUM")
          %s
        end
      ]]):format(more or ""))
    end

    it("begins with a row and ends with another", function()
      outside()
      box:up()
      down()
      assert.equal("", tables())
      assert.equal("", applied())
      assert.same({ "1 up started", "1 up done", "1 down started",
        "1 down done" }, history())
    end)

    it("keeps what it did when it fails", function()
      outside("error()")
      box:up()
      has(box:fails(1, "down"), "the way down ran outside a transaction: " ..
        "what it had done stays, and the migration is still recorded as " ..
        "applied")
      assert.equal("1", applied())
      assert.equal("", tables())
      assert.same({ "1 up started", "1 up done", "1 down started",
        "1 down failed" }, history())
    end)

    it("says when it was begun and not finished", function()
      outside()
      box:up()
      box:sql("INSERT INTO schema_migrations_history (id, action, outcome) " ..
        "VALUES ('1', 'down', 'started')")
      local _, err = down()
      has(err, "1 was begun to be reverted outside a transaction, and not " ..
        "finished; its way down runs again")
      assert.equal("", applied())
    end)
  end)

  describe("in JSON", function()
    local function object(status, ...)
      local code, out, err = box:run("down", "--json", ...)
      assert.equal(status, code, out .. err)
      return json.decode(out)
    end

    it("says what was reverted", function()
      three()
      box:up()
      local o = object(0, "2")
      assert.equal(1, o.format)
      assert.is_true(o.ok)
      assert.equal(2, #o.ran)
      assert.equal("2026_01_03_c", o.ran[1].id)
      assert.equal("reverted", o.ran[1].status)
      assert.equal("changed", o.ran[1].effect)
      assert.equal(0, o.ran[1].rows)
      assert.is_true(o.ran[1].duration_ms >= 0)
      assert.equal("2026_01_02_b", o.ran[2].id)
      assert.equal(json.null, o.failed)
      assert.equal(json.null, o.error)
      assert.same({}, o.remaining)
    end)

    it("says what failed and what remains applied", function()
      reversible("1", "a")
      reversible("2", "b", 'error("no")')
      reversible("3", "c")
      box:up()
      local o = object(1, "--all", "-y")
      assert.is_false(o.ok)
      assert.equal("3", o.ran[1].id)
      assert.equal("2", o.failed.id)
      assert.equal("no", o.failed.message)
      assert.is_true(o.failed.rolled_back)
      assert.same({ "1" }, o.remaining)
      reversible("3", "c")
      box:up()
      o = object(1, "--all", "-y", "--transaction", "all")
      assert.same({}, o.ran)
      assert.same({ "3", "1" }, o.remaining)
    end)

    it("has the same shape when it is refused", function()
      box:migration("1", "")
      box:up()
      local o = object(2)
      assert.is_false(o.ok)
      assert.same({}, o.ran)
      assert.same({}, o.remaining)
      assert.equal("1 has no way down", o.error.message)
      assert.equal("1", o.error.id)
      o = object(2, "--all")
      assert.equal(2, o.error.code)
    end)

    it("lists a dry run as remaining", function()
      three()
      box:up()
      local o = object(0, "2", "--dry-run")
      assert.is_true(o.dry_run)
      assert.same({}, o.ran)
      assert.same({ "2026_01_03_c", "2026_01_02_b" }, o.remaining)
    end)

    it("comes as events, a line each", function()
      reversible("1", "a")
      box:up()
      local _, out = box:run("down", "--jsonl")
      local names = {}
      for line in out:gmatch("[^\n]+") do
        names[#names + 1] = json.decode(line).event
      end
      assert.equal("chosen ledger discovered start",
        table.concat(names, " ", 1, 4))
      assert.equal("reverted", names[#names - 1])
      assert.equal("done", names[#names])
    end)
  end)

  it("is as quiet as it is asked to be", function()
    three()
    box:up()
    assert.equal("", (down("-q")))
  end)
end)
