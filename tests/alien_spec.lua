-- SPDX-License-Identifier: MIT
-- A database that another tool has managed, and of which we have no record:
-- before all of it runs again, somebody is told.
local sandbox = require "tests.support.sandbox"

local GOOSE = [[CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY
  AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL,
  tstamp TIMESTAMP DEFAULT (datetime('now')));
  INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)]]
local APPLIED = GOOSE .. ", (1, 1)"
local KNEX = [[CREATE TABLE knex_migrations (id integer not null primary key
  autoincrement, name varchar(255), batch integer, migration_time datetime);
  INSERT INTO knex_migrations VALUES (1, '1_a.js', 1, 1767603600000)]]
local DBMATE = [[CREATE TABLE schema_migrations (version varchar(128) primary
  key); INSERT INTO schema_migrations VALUES ('1')]]
local FLYWAY = [[CREATE TABLE flyway_schema_history (installed_rank INT NOT
  NULL PRIMARY KEY, version, description, type, script, checksum,
  installed_by, installed_on, execution_time, success);
  INSERT INTO flyway_schema_history VALUES (1, '1', 'a', 'SQL', 'V1__a.sql',
  NULL, 'me', '2026-01-05 09:00:00', 1, 0)]]
local ALEMBIC = [[CREATE TABLE alembic_version (version_num VARCHAR(32) NOT
  NULL); INSERT INTO alembic_version VALUES ('abc')]]

local function sentence(tool, adopt)
  return "this database has a record of " .. tool .. ", and none of " ..
    "lumigrate: what it has applied would run again; " ..
    (adopt or "lumigrate adopt takes it over")
end

describe("the record of another tool", function()
  local box
  before_each(function()
    box = sandbox.new()
    box:sql_file("1_a.sql", "CREATE TABLE IF NOT EXISTS a (x);")
  end)
  after_each(function() box:destroy() end)

  local function warnings(...)
    local _, out, err = box:run(...)
    local list = {}
    for line in err:gmatch("lumigrate: warning: ([^\n]*)") do
      list[#list + 1] = line
    end
    return list, out, err
  end

  for _, case in ipairs {
    { "goose", APPLIED, "goose (goose_db_version)" },
    { "Knex", KNEX, "Knex (knex_migrations)" },
    { "Flyway, failed", FLYWAY, "Flyway (flyway_schema_history)" },
    { "Alembic", ALEMBIC, "Alembic (alembic_version)",
      "lumigrate baseline records what is applied" },
  } do
    it("is told of once, before the first migration: " .. case[1], function()
      box:sql(case[2])
      local want = { sentence(case[3], case[4]) }
      local before = box:bytes()
      assert.same(want, (warnings("status")))
      assert.same(want, (warnings("check")))
      assert.equal(3, (box:run("check")))
      local _, out = box:run("doctor")
      assert.truthy(out:find(want[1], 1, true), out)
      assert.equal(before, box:bytes())
      local status, all = box:run("up", "--jsonl")
      assert.equal(0, status)
      local told = all:find("a record of", 1, true)
      assert.truthy(told, all)
      assert.is_true(told < all:find('"start"', 1, true), all)
      assert.equal(1, select(2, all:gsub("a record of", "")))
      -- Ours has a row: both are left in peace.
      box:sql_file("2_b.sql", "CREATE TABLE b (x);")
      for _, command in ipairs { "status", "check", "up", "doctor" } do
        local list, text = warnings(command)
        assert.same({}, list, command)
        assert.falsy(text:find("a record of", 1, true), text)
      end
    end)
  end

  it("is told of again after a failed first migration", function()
    box:sql(APPLIED .. "; CREATE TABLE b (x)")
    box:sql_file("1_a.sql", "CREATE TABLE b (x);")
    for _ = 1, 2 do
      local list, _, err = warnings("up")
      assert.same({ sentence("goose (goose_db_version)") }, list)
      assert.truthy(err:find("lumigrate adopt takes", 1, true), err)
      assert.truthy(err:find("lumigrate baseline ID", 1, true), err)
    end
  end)

  it("is told of when ours has another name", function()
    box:sql(DBMATE)
    assert.same({ sentence("dbmate (schema_migrations)") },
      (warnings("up", "--table", "lumi")))
    assert.same({}, (warnings("status", "--table", "lumi")))
  end)

  it("is none without an applied row, or with other columns", function()
    for _, sql in ipairs { GOOSE, "CREATE TABLE goose_db_version (x); " ..
        "INSERT INTO goose_db_version VALUES (1)",
        "CREATE TABLE migrations (bird); INSERT INTO migrations VALUES (1)",
        "CREATE VIEW knex_migrations AS SELECT nope FROM nowhere" } do
      os.remove(box:path("app.db"))
      box:sql(sql)
      assert.same({}, (warnings("up")), sql)
    end
  end)

  it("is no matter when there is nothing to do", function()
    box:sql(APPLIED)
    box:sh("rm migrations/*")
    assert.same({}, (warnings("status")))
  end)

  it("is no matter after ours was reverted", function()
    box:migration("1_m", "", nil)
    box:sh("rm migrations/1_a.sql")
    box:write("migrations/1_m.lua", box:read("migrations/1_m.lua") ..
      "\nfunction downgrade() end\n")
    box:up()
    box:sql(APPLIED)
    assert.equal(0, (box:run("down")))
    assert.same({}, (warnings("status")))
    assert.same({}, (warnings("up")))
  end)

  it("is silent after adopt", function()
    box:sql(APPLIED .. "; CREATE TABLE a (x)")
    assert.equal(0, (box:run("adopt")))
    box:sql_file("2_b.sql", "CREATE TABLE b (x);")
    assert.same({}, (warnings("up")))
  end)
end)
