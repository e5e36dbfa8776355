-- SPDX-License-Identifier: MIT
-- adopt where nobody has kept a record: each pending migration tried on a
-- copy, and called satisfied, needed or in conflict.
local sandbox = require "tests.support.sandbox"
local json = require "tests.support.json"
local look = require "tests.support.look"
local has = look.has

local box
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

-- {ID = status, …}, and that looking has changed nothing.
local function trial(...)
  local before = box:bytes()
  local status, out, err = box:run("adopt", "--json", ...)
  assert.equal(0, status, err)
  assert.equal(before, box:bytes())
  local o, by = json.decode(out), {}
  assert.equal(json.null, o.tool)
  assert.equal(0, o.recorded)
  for _, item in ipairs(o.migrations) do
    by[item.id] = item.status
    by[item.id .. "?"] = item.reason ~= json.null and item.reason or nil
  end
  return by
end

local function judged(expected)
  local by = trial()
  for id, status in pairs(expected) do
    assert.equal(status, by[id], id .. ": " .. tostring(by[id .. "?"]))
  end
  return by
end

local function ids()
  return box:value("SELECT group_concat(id, ' ') FROM (SELECT id FROM " ..
    "schema_migrations ORDER BY position)")
end

describe("without any ledger a migration is", function()
  it("satisfied when all that it makes is there", function()
    box:sql_file("1.sql", [[CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);
      CREATE INDEX ax ON a (x); CREATE VIEW v AS SELECT x FROM a;
      CREATE TRIGGER g AFTER INSERT ON a BEGIN SELECT 1; END;]])
    box:sql([[create table A ("id" integer primary key, x /* note */ text);
      create index ax on A (x); create view V as select x from a;
      create trigger G after insert on a begin select 1; end]])
    judged { ["1"] = "satisfied" }
  end)

  it("satisfied when it guards itself and changes nothing", function()
    box:migration("1", [[
      if not table_exists("a") then conn:execute("CREATE TABLE a (x)") end
    ]])
    box:sql_file("2.sql", "CREATE TABLE IF NOT EXISTS b (y);")
    box:sql("CREATE TABLE a (x); CREATE TABLE b (y)")
    judged { ["1"] = "satisfied", ["2"] = "satisfied" }
  end)

  it("satisfied when later ones have changed what it made", function()
    box:sql_file("1.sql", "CREATE TABLE a (x);")
    box:sql_file("2.sql", "ALTER TABLE a ADD COLUMN y;")
    box:sql_file("3.sql", "ALTER TABLE a RENAME COLUMN x TO z;")
    box:sql_file("4.sql", "ALTER TABLE a ADD COLUMN w;")
    box:sql("CREATE TABLE a (z, y)")
    judged { ["1"] = "satisfied", ["2"] = "satisfied", ["3"] = "satisfied",
      ["4"] = "needed" }
  end)

  it("satisfied when what it drops is gone", function()
    box:sql_file("1.sql", "CREATE TABLE a (x); CREATE TABLE b (x);")
    box:sql_file("2.sql", "DROP TABLE b;")
    box:sql("CREATE TABLE a (x)")
    judged { ["1"] = "satisfied", ["2"] = "satisfied" }
  end)

  it("needed when it runs and changes something", function()
    box:sql_file("1.sql", "CREATE TABLE a (x);")
    box:sql_file("2.sql", "CREATE TABLE b (x);")
    box:sql_file("3.sql", "INSERT INTO b VALUES (1);")
    box:sql("CREATE TABLE a (x)")
    -- The third needs what the second makes: it stays on the copy.
    judged { ["1"] = "satisfied", ["2"] = "needed", ["3"] = "needed" }
  end)

  it("in conflict when it can neither run nor is there", function()
    box:sql_file("1.sql", "CREATE TABLE a (x);")
    box:sql_file("2.sql", "CREATE TABLE b (x); CREATE TABLE c (x);")
    box:sql("CREATE TABLE a (x, other); CREATE TABLE c (x)")
    local by = judged { ["1"] = "conflict", ["2"] = "conflict" }
    has(by["1?"], "table a already exists; the table a is there with " ..
      "another definition")
    has(by["2?"], "table c already exists; the table b is not there")
  end)

  it("not satisfied by a definition that only looks the same", function()
    box:sql_file("1.sql", "CREATE TABLE a (x CHECK (x IN ('a', 'B')));")
    box:sql_file("2.sql", "CREATE TABLE b (x, y);")
    box:sql_file("3.sql", "CREATE TABLE c (x DEFAULT 1);")
    box:sql([[CREATE TABLE a (x CHECK (x IN ('a', 'b')));
      CREATE TABLE b (y, x); CREATE TABLE c (x DEFAULT 2)]])
    judged { ["1"] = "conflict", ["2"] = "conflict", ["3"] = "conflict" }
  end)

  it("judged by its rows only when it changes none", function()
    box:sql_file("1.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY, x);")
    box:sql_file("2.sql", "INSERT OR IGNORE INTO a VALUES (1, 'seed');")
    box:sql_file("3.sql", "UPDATE a SET x = 'seed' WHERE x IS NULL;")
    box:sql_file("4.sql", "UPDATE a SET x = upper(x);")
    box:sql_file("5.sql", "INSERT INTO a VALUES (1, 'seed');")
    box:sql([[CREATE TABLE a (id INTEGER PRIMARY KEY, x);
      INSERT INTO a VALUES (1, 'seed')]])
    judged { ["1"] = "satisfied", ["2"] = "satisfied", ["3"] = "satisfied",
      ["4"] = "needed", ["5"] = "conflict" }
  end)

  it("run once more where that does no harm", function()
    box:sql_file("1.sql", "CREATE TABLE IF NOT EXISTS a (x);")
    box:sql("CREATE TABLE a (x, more)")
    local by = judged { ["1"] = "needed" }
    has(by["1?"], "changes nothing; the table a is there with another")
  end)
end)

describe("the trial", function()
  before_each(function()
    box:sql_file("1_a.sql", "CREATE TABLE a (x);")
    box:sql_file("2_b.sql", "CREATE TABLE b (x);")
    box:sql_file("3_c.sql", "CREATE TABLE c (x);")
    box:sql("CREATE TABLE a (x); CREATE TABLE b (x); " ..
      "INSERT INTO a VALUES (1)")
  end)

  it("records the satisfied ones with -y, and up does the rest", function()
    local status, out = box:run("adopt")
    assert.equal(0, status)
    has(out, "✓ 1_a  satisfied\n")
    has(out, "· 3_c  needed\n")
    has(out, '"lumigrate adopt -y" records what is satisfied')
    assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
      "name LIKE 'schema_migrations%'"))
    local before = box:bytes()
    status, out = box:run("adopt", "-y", "--dry-run")
    assert.equal(0, status)
    has(out, "2 migrations to record (dry run: nothing was changed)")
    assert.equal(before, box:bytes())
    status, out = box:run("adopt", "-y")
    assert.equal(0, status)
    has(out, "2 migrations recorded as applied")
    assert.equal("1_a 2_b", ids())
    assert.equal("adopt recorded", box:value("SELECT action || ' ' || " ..
      "outcome FROM schema_migrations_history WHERE id = '1_a'"))
    box:up()
    assert.equal("1_a 2_b 3_c", ids())
    before = box:bytes()
    status, out = box:run("adopt", "-y")
    assert.equal(0, status)
    has(out, "nothing is pending")
    assert.equal(before, box:bytes())
  end)

  it("records them in the table that is named, and once", function()
    local words = { "-y", "--table", "lumi_m", "--rename", "--json" }
    local function recorded()
      local status, out, err = box:run("adopt", table.unpack(words))
      assert.equal(0, status, err)
      return json.decode(out).recorded
    end
    assert.equal(2, recorded())
    local before = box:bytes()
    assert.equal(0, recorded())
    assert.equal(before, box:bytes())
    assert.equal("1_a 2_b", box:value("SELECT group_concat(id, ' ') FROM " ..
      "(SELECT id FROM lumi_m ORDER BY position)"))
    assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
      "name LIKE 'schema_migrations%'"))
    assert.equal(0, (box:run("up", "--table", "lumi_m")))
    assert.equal(3, box:value("SELECT count(*) FROM lumi_m"))
  end)

  it("asks on a terminal whether to record them", function()
    local function answer(word, ...)
      box:write("tty.sh", "exec " .. box:defaults("adopt", ...))
      local status, out = box:sh(("printf '%s\\n' | script -qec 'sh " ..
        "tty.sh' /dev/null"):format(word))
      out = out:gsub("\r", "")
      assert.equal(0, status, out)
      return out
    end
    local question = "Record the 2 satisfied migrations as applied to " ..
      "app.db? [y/N]"
    local before = box:bytes()
    for _, word in ipairs { "n", "", "maybe" } do
      local out = answer(word)
      has(out, "✓ 2_b  satisfied\n")
      has(out, question)
      has(out, "Nothing was recorded")
      has(out, '"lumigrate adopt -y" records')
      assert.equal(before, box:bytes())
    end
    -- Nobody is asked about what is not going to be, or cannot be seen.
    for _, option in ipairs { "--dry-run", "--json", "-q" } do
      assert.falsy(answer("y", option):find("Record", 1, true))
      assert.equal(before, box:bytes())
    end
    box:sql("PRAGMA user_version = 1")
    local out = answer("yes")
    has(out, question)
    has(out, "2 migrations recorded as applied")
    assert.falsy(out:find("adopt -y", 1, true))
    assert.equal(1, select(2, out:gsub("user_version is 1", "")))
    assert.equal(1, select(2, out:gsub("2_b", "")))
    assert.equal("1_a 2_b", ids())
    assert.falsy(answer("y"):find("Record", 1, true))
  end)

  it("works beside a reader and a WAL that is not yet copied", function()
    box:sql("PRAGMA journal_mode = WAL; CREATE TABLE c (x)")
    judged { ["1_a"] = "satisfied", ["3_c"] = "satisfied" }
  end)

  it("says nothing of what scripts print, and lets no script out", function()
    box:migration("4_d", [[
      print("should not be seen")
      conn:execute("INSERT INTO a VALUES (2)")
    ]])
    local status, out, err = box:run("adopt")
    assert.equal(0, status)
    assert.is_nil((out .. err):find("should not be seen", 1, true))
    assert.equal(1, box:value("SELECT count(*) FROM a"))
  end)

  it("tries what runs outside a transaction", function()
    box:write("migrations/4_d.lua", [[
      MIGRATION_ID = "4_d"
      TRANSACTION = false
      function upgrade(conn) conn:execute("VACUUM") end
    ]])
    judged { ["4_d"] = "needed" }
  end)

  it("ends a script that does not", function()
    box:migration("4_d", "while true do end")
    local status, out = box:run("adopt", "--timeout", "0.2")
    assert.equal(0, status)
    has(out, "! 4_d  in conflict")
  end)

  it("stops where up would stop: at what cannot be read", function()
    box:migration("4_d", "this is no Lua")
    local before = box:bytes()
    local err = box:fails(2, "adopt", "-y")
    has(err, "4_d")
    assert.equal(before, box:bytes())
  end)

  it("tells of a number in the header that may be a ledger", function()
    box:sql("PRAGMA user_version = 2")
    local status, _, err = box:run("adopt")
    assert.equal(0, status)
    has(err, "warning: PRAGMA user_version is 2")
    has(err, "lumigrate baseline ID")
  end)

  it("leaves no file behind", function()
    local _, before = box:sh("ls -A")
    trial()
    local _, after = box:sh("ls -A")
    assert.equal(before, after)
  end)
end)
