-- SPDX-License-Identifier: MIT
-- A dump is the schema and the ledger as SQL, the same for the same database;
-- loaded it is the same again, or nothing was done.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local dumps = require "tests.support.dumps"
local json = require "tests.support.json"

local ODD = [[
  CREATE TABLE "a ""quoted"" one" ("x y" TEXT, [b] INT DEFAULT 'it''s');
  CREATE TABLE z_child (id INTEGER PRIMARY KEY AUTOINCREMENT,
    p INTEGER REFERENCES zz_parent (id) ON DELETE CASCADE);
  CREATE TABLE zz_parent (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE,
    n INT CHECK (n > 0), twice AS (n * 2), kept TEXT AS (name || '!') STORED);
  CREATE TABLE left_ (id INT PRIMARY KEY, r REFERENCES right_ (id))
    WITHOUT ROWID;
  CREATE TABLE right_ (id INT PRIMARY KEY, l INT REFERENCES left_ (id)) STRICT;
  CREATE INDEX "an index" ON zz_parent (lower(name) DESC) WHERE n > 5;
  CREATE UNIQUE INDEX a_index ON zz_parent (n, name);
  CREATE VIEW a_view AS SELECT * FROM z_view;
  CREATE VIEW z_view AS SELECT name FROM zz_parent -- the names
  ;
  CREATE VIEW "ein Überblick" AS SELECT 1 AS "größe" /* one */;
  CREATE TRIGGER second AFTER INSERT ON zz_parent BEGIN
    INSERT INTO z_child (p) VALUES (new.id); SELECT 'a; END; b'; END;
  CREATE TRIGGER first AFTER INSERT ON zz_parent BEGIN
    DELETE FROM z_child; END;
  CREATE TRIGGER "on a view" INSTEAD OF INSERT ON a_view BEGIN
    SELECT raise(ABORT, 'no'); END;
  CREATE VIRTUAL TABLE ft USING fts5 (title, body, content='',
    tokenize="unicode61 remove_diacritics 2");
  CREATE VIRTUAL TABLE boxes USING rtree (id, x0, x1, +label);
  CREATE VIRTUAL TABLE words USING fts5vocab (ft, row);
  CREATE VIRTUAL TABLE a_four USING fts4 (content="zz_parent", name);
  INSERT INTO zz_parent (id, name, n) VALUES (1, 'a', 1);
  INSERT INTO ft VALUES ('t', 'b');
  PRAGMA user_version = 7;
  PRAGMA application_id = 99;
  ANALYZE;
]]

describe("dump and load:", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function dump(path)
    local status, out, err = box:lumigrate("dump", "-u", path or "app.db")
    assert.equal(0, status, err)
    return out
  end

  -- What SQLite itself says is there, but for rows and statistics.
  local function schema(path)
    local list = {}
    for _, row in ipairs(box:query("SELECT type, name, tbl_name, sql FROM " ..
        "sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' " ..
        "ORDER BY type, name", path)) do
      list[#list + 1] = ("%s %s %s %s"):format(row[1], row[2], row[3],
        tostring(row[4]))
    end
    return table.concat(list, "\n")
  end

  it("keep every kind of object, odd ones too", function()
    box:sql(ODD)
    dumps.prove(box)
    assert.equal(7, box:value("PRAGMA user_version", "new.db"))
    assert.equal(99, box:value("PRAGMA application_id", "new.db"))
    assert.equal(0, box:value("SELECT count(*) FROM zz_parent", "new.db"))
  end)

  it("write what is needed before what needs it", function()
    box:sql(ODD)
    local text = dump()
    local function before(a, b)
      local x, y = text:find(a, 1, true), text:find(b, 1, true)
      assert.truthy(x, a)
      assert.truthy(y, b)
      assert.is_true(x < y, a .. " before " .. b)
    end
    before("CREATE TABLE zz_parent", "CREATE TABLE z_child")
    before("CREATE VIEW z_view", "CREATE VIEW a_view")
    before("CREATE TABLE zz_parent", "CREATE VIRTUAL TABLE a_four")
    before("CREATE VIRTUAL TABLE ft", "CREATE VIRTUAL TABLE words")
    before("CREATE VIEW a_view", 'CREATE TRIGGER "on a view"')
    before("CREATE TABLE zz_parent", "CREATE UNIQUE INDEX a_index")
    -- As they were made: so they fire.
    before("CREATE TRIGGER second", "CREATE TRIGGER first")
    assert.is_nil(text:find("ft_data", 1, true))
    assert.is_nil(text:find("sqlite_", 1, true))
  end)

  it("do not ask in which order things were made", function()
    box:sql("CREATE TABLE b (x); CREATE TABLE a (x REFERENCES b); " ..
      "CREATE INDEX i2 ON a (x); CREATE INDEX i1 ON a (x)")
    box:sql("CREATE TABLE a (x REFERENCES b); CREATE INDEX i1 ON a (x); " ..
      "CREATE INDEX i2 ON a (x); CREATE TABLE b (x)", "other.db")
    assert.equal(dump(), dump("other.db"))
  end)

  it("have the definitions that conn:schema_dump gives", function()
    box:sql(ODD)
    box:migration("a", [[
      for line in conn:schema_dump():gmatch("[^\n]*") do print("|" .. line) end
    ]])
    local lines = {}
    for line in box:up():gmatch("\n *|([^\n]*)") do
      lines[#lines + 1] = line
    end
    has(dump(), "BEGIN;\n\n" .. table.concat(lines, "\n") ..
      '\nCREATE TABLE "schema_migrations"')
  end)

  it("keep the encoding", function()
    box:sql("PRAGMA encoding = 'UTF-16be'; CREATE TABLE t (x DEFAULT 'ü')")
    dumps.prove(box)
    assert.equal("UTF-16be", box:value("PRAGMA encoding", "new.db"))
  end)

  it("carry the ledger, so that nothing is pending", function()
    box:migration("2026_01_01_a", "conn:execute('CREATE TABLE a (x)')")
    box:migration("2026_01_02_it's",
      "conn:execute('CREATE TABLE b (x)')")
    box:up()
    dumps.prove(box)
    assert.equal("✓ All migrations already applied\n",
      select(2, box:lumigrate("up", "-u", "new.db")))
    local rows = box:query("SELECT id, action, outcome, source, run_id FROM " ..
      "schema_migrations_history ORDER BY seq", "new.db")
    assert.equal(2, #rows)
    assert.equal("2026_01_01_a", rows[1].id)
    assert.equal("load", rows[1].action)
    assert.equal("recorded", rows[1].outcome)
    assert.is_nil(rows[1].source)
    assert.equal(rows[1].run_id, rows[2].run_id)
  end)

  it("carry a ledger of another name", function()
    box:migration("2026_01_01_a", "conn:execute('CREATE TABLE a (x)')")
    assert.equal(0, (box:run("up", "--table", "it's mine")))
    local _, text = box:run("dump", "--table", "it's mine")
    box:write("dump.sql", text)
    local status, _, err = box:lumigrate("load", "dump.sql", "-u", "new.db")
    assert.equal(2, status)
    has(err, "the dump's ledger is called it's mine")
    assert.is_false(box:exists("new.db"))
    status = box:lumigrate("load", "dump.sql", "-u", "new.db", "--table",
      "it's mine")
    assert.equal(0, status)
    assert.equal(1, box:value([[SELECT count(*) FROM "it's mine"]], "new.db"))
  end)

  it("carry what stands on the ledger", function()
    box:migration("2026_01_01_a", "conn:execute('CREATE TABLE a (x)')")
    box:up()
    box:sql("CREATE INDEX by_time ON schema_migrations (applied_at); " ..
      "CREATE TRIGGER told AFTER INSERT ON schema_migrations BEGIN " ..
      "INSERT INTO a VALUES (new.id); END")
    dumps.prove(box)
    assert.equal(0, box:value("SELECT count(*) FROM a", "new.db"))
  end)

  for tool, ledger in pairs {
    Rails = "CREATE TABLE schema_migrations (version varchar NOT NULL); " ..
      "CREATE UNIQUE INDEX unique_schema_migrations ON schema_migrations " ..
      "(version); INSERT INTO schema_migrations VALUES ('20260101000000')",
    ["golang-migrate"] = "CREATE TABLE schema_migrations (version uint64, " ..
      "dirty bool); CREATE UNIQUE INDEX version_unique ON " ..
      "schema_migrations (version); INSERT INTO schema_migrations " ..
      "VALUES (3, 1)",
    ["a program of our own"] = "CREATE TABLE schema_migrations (id TEXT " ..
      "PRIMARY KEY, applied_at TEXT, note BLOB); INSERT INTO " ..
      "schema_migrations VALUES ('a', '2026-01-01', x'00ff'), ('b', NULL, " ..
      "1.5)",
  } do
    it("carry a ledger of " .. tool .. " as it is", function()
      box:sql("CREATE TABLE t (a);" .. ledger)
      dumps.prove(box)
      local status, out = box:lumigrate("load", "dump.sql", "-u", "2.db")
      assert.equal(0, status)
      has(out, " objects, 0 migrations recorded\n")
      assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
        "name = 'schema_migrations_history'", "2.db"))
    end)
  end

  it("refuse to leave out what only bears the name of ours", function()
    for made, words in pairs {
      ["TABLE schema_migrations_history (x)"] = "schema_migrations_history " ..
        "is a table of another program",
      ["VIEW schema_migrations_history AS SELECT 1"] =
        "schema_migrations_history is a view",
      ["VIEW schema_migrations AS SELECT 1"] = "schema_migrations is a view",
    } do
      box:sh("rm -f *.db")
      box:sql("CREATE " .. made)
      local status, out, err = box:lumigrate("dump", "-u", "app.db")
      assert.equal(4, status)
      assert.equal("", out)
      has(err, words)
      has(err, "--table NAME")
      status, out = box:lumigrate("dump", "-u", "app.db", "--table", "mine")
      assert.equal(0, status)
      has(out, "CREATE " .. made .. ";\n")
    end
  end)

  it("leave the database alone", function()
    box:sql(ODD)
    local sum = box:bytes()
    dump()
    assert.equal(sum, box:bytes())
    local status, _, err = box:lumigrate("dump", "-u", "nowhere.db")
    assert.equal(2, status)
    has(err, "nowhere.db does not exist")
    assert.is_false(box:exists("nowhere.db"))
  end)

  it("answer in JSON", function()
    box:sql("CREATE TABLE a (x)")
    local _, out = box:run("dump", "--json")
    assert.equal(dump(), json.decode(out).sql)
    box:write("dump.sql", dump())
    _, out = box:lumigrate("load", "dump.sql", "-u", "new.db", "--json")
    local answer = json.decode(out)
    assert.is_true(answer.ok)
    assert.equal(1, answer.objects)
    assert.equal(0, answer.migrations)
  end)

  it("go through a pipe", function()
    box:sql("CREATE TABLE a (x)")
    local quote = sandbox.quote
    local status, out, err = box:sh(("%s dump -u app.db | %s load - -u " ..
      "new.db"):format(quote(sandbox.program), quote(sandbox.program)))
    assert.equal(0, status, err)
    assert.equal("✓ loaded 1 object, 0 migrations recorded\n", out)
    assert.equal(schema(), schema("new.db"))
  end)

  describe("load refuses", function()
    local text

    before_each(function()
      box:sql(ODD)
      box:migration("2026_01_01_a", "conn:execute('CREATE TABLE a (x)')")
      box:up()
      text = dump()
    end)

    local function refused(status, words, content)
      box:write("bad.sql", content)
      local code, _, err = box:lumigrate("load", "bad.sql", "-u", "new.db")
      assert.equal(status, code, err)
      has(err, words)
      has(err, "nothing was changed")
      assert.is_false(box:exists("new.db"))
    end

    it("one that was cut off", function()
      refused(7, "the dump was cut off", text:sub(1, #text // 2))
      refused(7, "the dump was cut off", text:sub(1, -3))
      refused(7, "the dump was cut off", (text:gsub("[^\n]*\n$", "")))
    end)

    -- Behind each line and in its middle, and anywhere in the last ones; or
    -- at every byte.
    local function cuts()
      local list, last = {}, 0
      for i = 1, #text - 2 do
        if text:sub(i, i) == "\n" then
          list[#list + 1] = (last + i) // 2
          list[#list + 1] = i
          last = i
        elseif #text - i < 60 or
            os.getenv("LUMIGRATE_TEST_FAULTS") == "all" then
          list[#list + 1] = i
        end
      end
      return list
    end

    it("one that was cut off, wherever, and leaves no trace", function()
      local list = cuts()
      box:write("cuts", table.concat(list, "\n") .. "\n")
      box:write("dump.sql", text)
      box:sql("CREATE TABLE x (a); DROP TABLE x", "empty.db")
      local sum = box:bytes("empty.db")
      local status, out, err = box:sh(([[
        while read -r n; do
          for db in new.db empty.db; do
            head -c "$n" dump.sql | %s load - -u $db >>said 2>&1
            echo $?
          done
          [ ! -e new.db ] || echo "new.db at $n"
        done <cuts]]):format(sandbox.quote(sandbox.program)))
      assert.equal(0, status, err)
      -- Before the first line is whole, it is no dump at all.
      local wanted = {}
      for _, n in ipairs(list) do
        wanted[#wanted + 1] = n < #"-- lumigrate dump 1" and "2\n2" or "7\n7"
      end
      assert.equal(table.concat(wanted, "\n") .. "\n", out)
      assert.equal(sum, box:bytes("empty.db"))
      assert.equal(2 * #list, select(2, box:read("said"):gsub(
        "lumigrate: error: ", "")))
    end)

    it("what is no dump", function()
      refused(2, "no dump of lumigrate's", "CREATE TABLE a (x);\n")
      refused(2, "no dump of lumigrate's", "")
      local code, _, err = box:lumigrate("load", "app.db", "-u", "new.db")
      assert.equal(2, code)
      has(err, "no dump of lumigrate's")
      code, _, err = box:lumigrate("load", "nowhere.sql", "-u", "new.db")
      assert.equal(2, code)
      has(err, "cannot read nowhere.sql")
      code, _, err = box:lumigrate("load", "-u", "new.db")
      assert.equal(2, code)
      has(err, "no dump is named")
    end)

    it("statements that no dump has", function()
      for _, sql in ipairs {
        "ATTACH 'x.db' AS x", "DROP TABLE left_", "INSERT INTO left_ VALUES (1)",
        "PRAGMA writable_schema = 1", "SELECT 1", "VACUUM",
        "CREATE TEMP TABLE t (x)", "UPDATE schema_migrations SET id = 'x'",
        [[INSERT INTO "schema_migrations" VALUES ((SELECT 1))]],
        [[INSERT INTO "schema_migrations" SELECT 1]],
        [[INSERT INTO "schema_migrations" (id) VALUES (random())]],
      } do
        refused(2, "a statement that no dump has",
          (text:gsub("COMMIT;", function() return sql .. ";\nCOMMIT;" end)))
      end
      assert.is_false(box:exists("x.db"))
    end)

    it("what SQLite refuses, with its line", function()
      refused(1, "table left_ already exists",
        (text:gsub("COMMIT;", "CREATE TABLE left_ (x);\nCOMMIT;")))
      refused(1, "no such module: absent",
        (text:gsub("COMMIT;", "CREATE VIRTUAL TABLE v USING absent;\n%0")))
      local lines = select(2, text:gsub("\n", ""))
      refused(1, ("line %d of the dump: no such column: y"):format(lines - 1),
        (text:gsub("COMMIT;", "CREATE TABLE v (x, CHECK (y > 0));\n%0")))
      refused(7, "a statement has no end",
        (text:gsub("COMMIT;", "CREATE TABLE v (x DEFAULT 'y);\n%0")))
    end)

    it("a database that is not empty", function()
      box:write("dump.sql", text)
      box:sql("CREATE TABLE here (x)", "full.db")
      local sum = box:bytes("full.db")
      local code, _, err = box:lumigrate("load", "dump.sql", "-u", "full.db")
      assert.equal(2, code)
      has(err, "the database is not empty: it has table here")
      assert.equal(sum, box:bytes("full.db"))
    end)
  end)
end)
