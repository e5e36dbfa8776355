-- SPDX-License-Identifier: MIT
-- adopt: the ledger of every tool that it reads, what it refuses and why,
-- under which names, and that a second time changes nothing.
local sandbox = require "tests.support.sandbox"
local json = require "tests.support.json"
local look = require "tests.support.look"
local has, first_line = look.has, look.first_line

local box
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

-- Plain files that make a table each: the third has not been applied by
-- anybody, and says so when it is.
local function folder(...)
  for _, name in ipairs { ... } do
    box:sql_file(name .. ".sql",
      ('CREATE TABLE "%s" (x);'):format(name))
  end
end

local function ids(name)
  return box:value(("SELECT coalesce(group_concat(id, ' '), '') FROM " ..
    "(SELECT id FROM %s ORDER BY position)"):format(
    name or "schema_migrations"))
end

local function column(name, id, ledger)
  return box:value(("SELECT %s FROM %s WHERE id = '%s'"):format(name,
    ledger or "schema_migrations", id))
end

local function adopt(...)
  local status, out, err = box:run("adopt", ...)
  assert.equal(0, status, err)
  return out, err
end

-- The other tool's table, to the letter.
local function others()
  local _, out, err = box:sh(
    "sqlite3 app.db '.dump schema_migrations' '.dump ar_internal_metadata'")
  assert.equal("", err)
  assert.truthy(out:find("CREATE TABLE", 1, true))
  return out
end

local function refused(message, ...)
  local before = box:bytes()
  local err = box:fails(4, "adopt", ...)
  has(first_line(err), message)
  has(err, "nothing was changed")
  has(err, "\n  hint ")
  assert.equal(before, box:bytes())
  return err
end

-- The first two of three are applied; up runs the third and nothing else.
local function takes_over(first, second, third, ...)
  local table_name = select("#", ...) > 0 and "lumi_m" or "schema_migrations"
  local before = box:bytes()
  adopt("--dry-run", ...)
  assert.equal(before, box:bytes())
  local old = table_name == "lumi_m" and others()
  local out, err = adopt(...)
  assert.equal("", err)
  has(out, "2 migrations recorded as applied")
  assert.equal(first .. " " .. second, ids(table_name))
  if old then
    assert.equal(old, others())
  end
  assert.equal("unknown", column("effect", first, table_name))
  before = box:bytes()
  has(adopt(...), "Nothing was recorded")
  assert.equal(before, box:bytes())
  local status, _, complaint = box:run("up", ...)
  assert.equal(0, status, complaint)
  assert.equal(("%s %s %s"):format(first, second, third), ids(table_name))
  assert.equal(third, box:value(([[SELECT group_concat(name) FROM
    sqlite_schema WHERE type = 'table' AND name IN ('%s', '%s', '%s')]]):
    format(first, second, third)))
end

describe("adopt takes over from", function()
  it("goose", function()
    folder("00001_a", "2_b", "00010_c")
    box:sql([[CREATE TABLE goose_db_version (
      id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL,
      is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT
      (datetime('now')));
      INSERT INTO goose_db_version VALUES (1, 0, 1, '2026-01-05 09:00:00'),
      (2, 1, 1, '2026-01-05 09:00:01'), (3, 2, 1, '2026-01-05 09:00:02'),
      (4, 10, 1, '2026-01-05 09:00:03'), (5, 10, 0, '2026-01-05 09:00:04')]])
    takes_over("00001_a", "2_b", "00010_c")
    assert.equal("2026-01-05T09:00:01.000Z", column("applied_at", "00001_a"))
    -- The history says who knew it and what the text is today.
    local row = box:query([[SELECT action, outcome, error,
      source IS NOT NULL AS kept FROM schema_migrations_history
      WHERE id = '2_b']])[1]
    assert.same({ "adopt", "recorded", nil, 1 },
      { row.action, row.outcome, row.error, row.kept })
  end)

  it("goose, under another name", function()
    folder("1_a", "2_b", "3_c")
    box:sql([[CREATE TABLE versions (id INTEGER PRIMARY KEY, version_id
      INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP);
      INSERT INTO versions VALUES (1, 0, 1, ''), (2, 1, 1, ''),
      (3, 2, 1, '')]])
    takes_over("1_a", "2_b", "3_c")
    -- No time that can be read: the time of adoption.
    assert.equal(1, box:value([[SELECT count(*) FROM schema_migrations m,
      schema_migrations_history h WHERE m.id = h.id AND m.id = '1_a'
      AND m.applied_at = h.started_at]]))
  end)

  it("sql-migrate", function()
    folder("1_a", "2_b", "10_c")
    box:sql([[CREATE TABLE gorp_migrations ("id" varchar(255) not null
      primary key, "applied_at" datetime);
      INSERT INTO gorp_migrations VALUES
      ('1_a.sql', '2026-11-21 01:52:35.846546512+00:00'),
      ('2_b.sql', '2026-11-21 03:52:35.891+02:00')]])
    takes_over("1_a", "2_b", "10_c")
    assert.equal("2026-11-21T01:52:35.847Z", column("applied_at", "1_a"))
    assert.equal("2026-11-21T01:52:35.891Z", column("applied_at", "2_b"))
  end)

  it("sql-migrate, under our name", function()
    folder("1_a", "2_b", "10_c")
    box:sql([[CREATE TABLE schema_migrations ("id" varchar(255) not null
      primary key, "applied_at" datetime);
      INSERT INTO schema_migrations VALUES ('1_a.sql', NULL),
      ('2_b.sql', NULL)]])
    takes_over("1_a", "2_b", "10_c", "--table", "lumi_m")
  end)

  it("dbmate", function()
    folder("20260101000001_a", "20260101000002_b", "20260101000003_c")
    box:sql([[CREATE TABLE "schema_migrations" (version varchar(128) primary
      key); INSERT INTO schema_migrations VALUES ('20260101000001'),
      ('20260101000002')]])
    takes_over("20260101000001_a", "20260101000002_b", "20260101000003_c",
      "--table", "lumi_m")
  end)

  it("golang-migrate, which knows the highest version alone", function()
    folder("1_a", "2_b", "10_c")
    box:sql([[CREATE TABLE schema_migrations (version uint64,dirty bool);
      CREATE UNIQUE INDEX version_unique ON schema_migrations (version);
      INSERT INTO schema_migrations VALUES (2, 0)]])
    takes_over("1_a", "2_b", "10_c", "--table", "lumi_m")
  end)

  it("sqlx", function()
    folder("20260101000001_a", "20260101000002_b", "20260101000003_c")
    box:sql([[CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY,
      description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT
      CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL,
      execution_time BIGINT NOT NULL)]])
    for i, name in ipairs { "20260101000001_a", "20260101000002_b" } do
      local _, out = box:sh("sha384sum migrations/" .. name .. ".sql")
      box:sql(("INSERT INTO _sqlx_migrations VALUES (2026010100000%d, 'a', " ..
        "'2026-01-05 09:00:00', 1, X'%s', %d)"):format(i, out:match("^%x+"),
        i == 1 and 1284301 or -1))
    end
    takes_over("20260101000001_a", "20260101000002_b", "20260101000003_c")
    assert.equal(1.284301, column("duration_ms", "20260101000001_a"))
    assert.equal(0, column("duration_ms", "20260101000002_b"))
  end)

  it("diesel", function()
    folder("2026-01-01-000001_a", "2026-01-02-000001_b", "2026-01-03_c")
    box:sql([[CREATE TABLE __diesel_schema_migrations (version VARCHAR(50)
      PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT
      CURRENT_TIMESTAMP);
      INSERT INTO __diesel_schema_migrations VALUES
      ('20260101000001', '2026-01-05 09:00:00'),
      ('20260102000001', '2026-01-05 09:00:01')]])
    takes_over("2026-01-01-000001_a", "2026-01-02-000001_b", "2026-01-03_c")
  end)

  local PRISMA = [[CREATE TABLE "_prisma_migrations" ("id" TEXT PRIMARY KEY
    NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME,
    "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
    "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0);]]

  it("Prisma", function()
    folder("20260101_a", "20260102_b", "20260103_c")
    local sums = {}
    for _, name in ipairs { "20260101_a", "20260102_b" } do
      local _, out = box:sh("sha256sum migrations/" .. name .. ".sql")
      sums[#sums + 1] = out:match("^%x+")
    end
    box:sql(PRISMA .. ([[INSERT INTO _prisma_migrations VALUES
      ('1', '%s', 1767603600012, '20260101_a', NULL, NULL, 1767603600000, 1),
      ('2', 'x', NULL, '20260102_b', 'it failed', 1767603700000,
       1767603650000, 0),
      ('3', '%s', 1767603800000, '20260102_b', NULL, NULL, 1767603800000, 1),
      ('4', 'x', NULL, '20260103_c', 'it failed', 1767603900000,
       1767603850000, 0)]]):format(sums[1], sums[2]))
    takes_over("20260101_a", "20260102_b", "20260103_c")
    assert.equal("2026-01-05T09:00:00.012Z", column("applied_at",
      "20260101_a"))
    assert.equal(12, column("duration_ms", "20260101_a"))
  end)

  it("not from Prisma where a migration failed", function()
    folder("20260101_a")
    box:sql(PRISMA .. [[INSERT INTO _prisma_migrations VALUES
      ('1', 'x', NULL, '20260101_a', 'it failed', NULL, 1767603600000, 0)]])
    refused("20260101_a failed, and was neither finished nor marked as " ..
      "rolled back")
  end)

  it("drizzle, by the hash of the text", function()
    folder("0000_a", "0001_b", "0002_c")
    box:sql([[CREATE TABLE "__drizzle_migrations" (id SERIAL PRIMARY KEY,
      hash text NOT NULL, created_at numeric)]])
    for i, name in ipairs { "0000_a", "0001_b" } do
      local _, out = box:sh("sha256sum migrations/" .. name .. ".sql")
      box:sql(("INSERT INTO __drizzle_migrations VALUES (NULL, '%s', " ..
        "176722560%d000)"):format(out:match("^%x+"), i))
    end
    takes_over("0000_a", "0001_b", "0002_c")
    refused("is neither in the journal nor the hash of a file", (function()
      box:sql("INSERT INTO __drizzle_migrations VALUES (NULL, 'f00', 5)")
    end)())
  end)

  it("yoyo", function()
    folder("1_a", "2_b", "3_c")
    box:sql([[CREATE TABLE "yoyo_lock" (locked INT DEFAULT 1, ctime
      TIMESTAMP, pid INT NOT NULL, PRIMARY KEY (locked));
      CREATE TABLE "_yoyo_migration" (migration_hash VARCHAR(64),
      migration_id VARCHAR(255), applied_at_utc TIMESTAMP,
      PRIMARY KEY (migration_hash));
      INSERT INTO _yoyo_migration VALUES
      ('e3', '1_a', '2026-11-21 01:56:04.396663'),
      ('ed', '2_b', '2026-11-21 01:56:04.427860')]])
    takes_over("1_a", "2_b", "3_c")
    box:sql("INSERT INTO yoyo_lock VALUES (1, NULL, 4711)")
    refused("yoyo is at work in this database, or was killed at it")
  end)

  it("an old yoyo", function()
    folder("1_a", "2_b", "3_c")
    box:sql([[CREATE TABLE _yoyo_migration (id VARCHAR(255), ctime
      TIMESTAMP); INSERT INTO _yoyo_migration VALUES
      ('1_a', '2026-11-21 01:56:04'), ('2_b', '2026-11-21 01:56:05')]])
    takes_over("1_a", "2_b", "3_c")
  end)

  it("Knex", function()
    folder("1_a", "2_b", "3_c")
    box:sql([[CREATE TABLE `knex_migrations` (`id` integer not null primary
      key autoincrement, `name` varchar(255), `batch` integer,
      `migration_time` datetime);
      CREATE TABLE `knex_migrations_lock` (`index` integer not null primary
      key autoincrement, `is_locked` integer);
      INSERT INTO knex_migrations_lock VALUES (1, 0);
      INSERT INTO knex_migrations VALUES (1, '1_a.js', 1, 1795226163869),
      (2, '2_b.ts', 1, 1795226163870)]])
    takes_over("1_a", "2_b", "3_c")
    assert.equal("2026-11-21T01:56:03.869Z", column("applied_at", "1_a"))
    box:sql("UPDATE knex_migrations_lock SET is_locked = 1")
    refused("Knex is at work")
  end)

  it("umzug", function()
    folder("1_a", "2_b", "3_c")
    box:sql([[CREATE TABLE `SequelizeMeta` (`name` VARCHAR(255) NOT NULL
      UNIQUE PRIMARY KEY); INSERT INTO SequelizeMeta VALUES ('1_a.sql'),
      ('2_b.js')]])
    takes_over("1_a", "2_b", "3_c")
  end)

  it("umzug with times", function()
    folder("1_a", "2_b", "3_c")
    box:sql([[CREATE TABLE `SequelizeMeta` (`name` VARCHAR(255) PRIMARY KEY,
      createdAt DATETIME, updatedAt DATETIME);
      INSERT INTO SequelizeMeta VALUES
      ('1_a.js', '2026-01-05 09:00:00.100 +00:00', 'x'),
      ('2_b.js', '2026-01-05 11:00:00.100 +02:00', 'x')]])
    takes_over("1_a", "2_b", "3_c")
    assert.equal("2026-01-05T09:00:00.100Z", column("applied_at", "2_b"))
  end)

  it("Rails", function()
    folder("001_a", "20260101000002_b", "20260101000003_c")
    box:sql([[CREATE TABLE "schema_migrations" ("version" varchar NOT NULL
      PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1'),
      ('20260101000002'); CREATE TABLE "ar_internal_metadata" ("key" varchar
      NOT NULL PRIMARY KEY, "value" varchar)]])
    takes_over("001_a", "20260101000002_b", "20260101000003_c", "--table",
      "lumi_m")
  end)

  it("Ecto", function()
    folder("20260101000001_a", "20260101000002_b", "20260101000003_c")
    box:sql([[CREATE TABLE "schema_migrations" ("version" INTEGER PRIMARY
      KEY, "inserted_at" TEXT); INSERT INTO schema_migrations VALUES
      (20260101000001, '2026-01-05T09:00:00'),
      (20260101000002, '2026-01-05T09:00:01')]])
    takes_over("20260101000001_a", "20260101000002_b", "20260101000003_c",
      "--table", "lumi_m")
    assert.equal("2026-01-05T09:00:01.000Z", column("applied_at",
      "20260101000002_b", "lumi_m"))
  end)

  it("Wrangler", function()
    folder("0001_a", "0002_b", "0003_c")
    box:sql([[CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY
      AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT
      CURRENT_TIMESTAMP NOT NULL); INSERT INTO d1_migrations (name) VALUES
      ('0001_a.sql'), ('0002_b.sql')]])
    takes_over("0001_a", "0002_b", "0003_c")
  end)
end)

describe("adopt on the folder of", function()
  local function marked(name, up, down)
    box:sql_file(name, up .. "\nCREATE TABLE t" .. name:match("%d+") ..
      " (x);\n" .. down .. "\n")
  end

  it("goose, whose numbers count and not their zeros", function()
    for _, name in ipairs { "00001_a.sql", "2_b.sql", "010_c.sql" } do
      marked(name, "-- +goose Up", "-- +goose Down")
    end
    box:sql([[CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY,
      version_id INTEGER, is_applied INTEGER, tstamp TIMESTAMP);
      INSERT INTO goose_db_version VALUES (1, 0, 1, ''), (2, 10, 1, ''),
      (3, 1, 1, '')]])
    adopt()
    assert.equal("00001_a 010_c", ids())
  end)

  it("golang-migrate, with its pairs", function()
    for i, name in ipairs { "1_a", "2_b.", "3_c" } do
      box:sql_file(name .. ".up.sql", ("CREATE TABLE t%d (x);"):format(i))
      box:sql_file(name .. ".down.sql", ("DROP TABLE t%d;"):format(i))
    end
    box:sql([[CREATE TABLE schema_migrations (version uint64,dirty bool);
      INSERT INTO schema_migrations VALUES (2, 0); CREATE TABLE t1 (x);
      CREATE TABLE t2 (x)]])
    adopt("--rename")
    assert.equal("1_a 2_b.", ids())
    assert.equal(1, box:value('SELECT count(*) FROM ' ..
      '"schema_migrations_golang-migrate"'))
    box:up()
    assert.equal("1_a 2_b. 3_c", ids())
  end)

  it("diesel and Prisma, of folders", function()
    box:write("migrations/2026-01-01-000001_a/up.sql", "CREATE TABLE a (x);")
    box:write("migrations/2026-01-02-000001_b/up.sql", "CREATE TABLE b (x);")
    box:sql([[CREATE TABLE __diesel_schema_migrations (version VARCHAR(50)
      PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT
      CURRENT_TIMESTAMP); INSERT INTO __diesel_schema_migrations (version)
      VALUES ('20260101000001'); CREATE TABLE a (x)]])
    adopt()
    assert.equal("2026-01-01-000001_a", ids())
    box:up()
    assert.equal("2026-01-01-000001_a 2026-01-02-000001_b", ids())
  end)

  it("drizzle, by the journal's time before the hash", function()
    box:write("migrations/meta/_journal.json", [[{"version": "7", "dialect":
      "sqlite", "entries": [
      {"idx": 0, "version": "6", "when": 1767225600000, "tag": "0000_a",
       "breakpoints": true},
      {"idx": 1, "version": "6", "when": 1767225602000, "tag": "0001_b",
       "breakpoints": true},
      {"idx": 2, "version": "6", "when": 1767225601000, "tag": "0002_c",
       "breakpoints": true}]}]])
    for _, name in ipairs { "0000_a", "0001_b", "0002_c" } do
      box:sql_file(name .. ".sql", ("CREATE TABLE t%s (x);"):format(name))
    end
    -- "Not above the newest" says nothing: the third was never run.
    box:sql([[CREATE TABLE "__drizzle_migrations" (id SERIAL PRIMARY KEY,
      hash text NOT NULL, created_at numeric);
      INSERT INTO __drizzle_migrations VALUES (NULL, 'x', 1767225600000),
      (NULL, 'y', 1767225602000)]])
    local _, err = adopt()
    assert.equal("0000_a 0001_b", ids())
    has(err, "0000_a was edited after it was applied")
  end)

  it("refinery, where version and name must fit", function()
    box:sql_file("V1__rooms.sql", "CREATE TABLE rooms (x);")
    box:sql_file("V2__beds.sql", "CREATE TABLE beds (x);")
    box:sql([[CREATE TABLE refinery_schema_history (version int4 PRIMARY KEY,
      name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));
      INSERT INTO refinery_schema_history VALUES (1, 'rooms',
      '2026-01-05T09:00:00.123456789Z', '1')]])
    local _, err = adopt()
    assert.equal("V1__rooms", ids())
    assert.equal("2026-01-05T09:00:00.123Z", column("applied_at",
      "V1__rooms"))
    has(err, "V1__rooms was edited after it was applied")
    box:sql("UPDATE refinery_schema_history SET name = 'other'")
    refused("1 has another name than the file of this version")
  end)

  describe("Flyway", function()
    before_each(function()
      for _, name in ipairs { "V1__rooms", "V1.1__floor", "V1_2__index",
          "V10__late", "R__a_view" } do
        box:sql_file(name .. ".sql", "-- " .. name .. "\nSELECT 1;\n")
      end
      box:sql([[CREATE TABLE "flyway_schema_history" ("installed_rank" INT
        NOT NULL PRIMARY KEY, "version" VARCHAR(50), "description"
        VARCHAR(200) NOT NULL, "type" VARCHAR(20) NOT NULL, "script"
        VARCHAR(1000) NOT NULL, "checksum" INT, "installed_by" VARCHAR(100)
        NOT NULL, "installed_on" TEXT NOT NULL, "execution_time" INT NOT
        NULL, "success" BOOLEAN NOT NULL)]])
    end)

    local rank = 0
    local function row(version, description, kind, script, checksum)
      rank = rank + 1
      box:sql(("INSERT INTO flyway_schema_history VALUES (%d, %s, '%s', " ..
        "'%s', '%s', %s, '', '2026-01-05 09:00:00.125', 3, 1)"):format(rank,
        version and "'" .. version .. "'" or "NULL", description, kind,
        script or "x", checksum or "NULL"))
    end

    it("by its versions, however they are written", function()
      row("1.0", "rooms", "SQL")
      row("1.1", "floor", "SQL")
      row("1.2", "index", "SQL")
      adopt()
      assert.equal("V1__rooms V1.1__floor V1_2__index", ids())
      assert.equal(3, column("duration_ms", "V1__rooms"))
    end)

    it("by its baseline: all versions up to it", function()
      row("1.1", "<< Flyway Baseline >>", "BASELINE")
      row("10", "late", "SQL")
      adopt()
      assert.equal("V1__rooms V1.1__floor V10__late", ids())
    end)

    it("without what was taken back", function()
      row("1", "rooms", "SQL")
      row("1.1", "floor", "SQL")
      row("1.2", "index", "SQL")
      row("1.1", "floor", "DELETE")
      row("1.2", "index", "UNDO_SQL")
      adopt()
      assert.equal("V1__rooms", ids())
    end)

    it("by the description where there is no version", function()
      -- CRC-32 of the two lines without their ends, by another program.
      local _, out = box:sh([[tr -d '\n' <migrations/R__a_view.sql | gzip |
        tail -c 8 | od -An -td4 -N4]])
      row("1", "rooms", "SQL")
      row(nil, "a view", "SQL", "R__a_view.sql", (out:gsub("%s", "")))
      local _, err = adopt()
      assert.equal("", err)
      assert.equal("V1__rooms R__a_view", ids())
    end)

    it("but not one that runs again because it was edited", function()
      row("1", "rooms", "SQL")
      row(nil, "a view", "SQL", "R__a_view.sql", 4711)
      adopt()
      assert.equal("V1__rooms", ids())
    end)

    it("with those whose file is gone", function()
      row("1", "rooms", "SQL")
      row("1.0.5", "gone", "SQL", "old/V1.0.5__gone.sql")
      row("1.1", "floor", "SQL")
      local _, err = adopt()
      has(err, "V1.0.5__gone is applied, but its file is missing")
      assert.equal("V1__rooms V1.0.5__gone V1.1__floor", ids())
    end)

    it("but not with what is no SQL", function()
      row("1", "rooms", "SQL")
      row("3", "java", "JDBC", "db.migration.V3__java")
      refused("version 3 is of the type JDBC")
    end)
  end)
end)

describe("adopt takes over a home-made ledger", function()
  it("of versions", function()
    folder("1_a", "002_b", "3_c")
    box:sql([[CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY,
      applied_at TEXT); INSERT INTO schema_migrations VALUES (1, NULL),
      (2, '2026-01-05 09:00:00')]])
    takes_over("1_a", "002_b", "3_c", "--table", "lumi_m")
  end)

  it("of versions and names, which must both fit", function()
    folder("1_a", "2_add_beds", "3_c")
    box:sql([[CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY,
      name TEXT, applied_at INTEGER); INSERT INTO schema_migrations VALUES
      (1, 'a', 1767603600), (2, 'add_beds', 1767603601)]])
    takes_over("1_a", "2_add_beds", "3_c", "--table", "lumi_m")
    assert.equal("2026-01-05T09:00:01.000Z", column("applied_at",
      "2_add_beds", "lumi_m"))
    box:sql([[DROP TABLE lumi_m; UPDATE schema_migrations SET name = 'other'
      WHERE version = 2]])
    refused("2 has another name than the file of this version", "--table",
      "lumi_m")
  end)

  it("of whole names as versions", function()
    folder("1_a", "2_b", "3_c")
    box:sql([[CREATE TABLE schema_migrations (version TEXT NOT NULL PRIMARY
      KEY); INSERT INTO schema_migrations VALUES ('1_a'), ('2_b.sql')]])
    takes_over("1_a", "2_b", "3_c", "--table", "lumi_m")
  end)

  local STATUS = [[CREATE TABLE schema_migrations (name TEXT PRIMARY KEY,
    checksum TEXT NOT NULL, status TEXT NOT NULL, applied_at INTEGER NOT
    NULL, duration_ms INTEGER);]]

  it("of file names with a status", function()
    folder("1_a", "2_b", "3_c")
    box:sql(STATUS .. [[INSERT INTO schema_migrations VALUES
      ('1_a.sql', 'x', 'success', 1767603600, 7),
      ('2_b.sql', 'x', 'APPLIED', 1767603601, 3),
      ('3_c.sql', 'x', 'rolled_back', 1767603602, 3)]])
    takes_over("1_a", "2_b", "3_c", "--table", "lumi_m")
    assert.equal(7, column("duration_ms", "1_a", "lumi_m"))
  end)

  it("never with a status that is not known", function()
    folder("1_a", "2_b")
    for _, word in ipairs { "failed", "pending", "running", "maybe" } do
      box:sql(STATUS .. ([[INSERT INTO schema_migrations VALUES
        ('1_a.sql', 'x', 'success', 0, 0), ('2_b.sql', 'x', '%s', 0, 0)]]):
        format(word))
      refused(("2_b.sql has the state '%s'"):format(word), "--table",
        "lumi_m")
      box:sql("DROP TABLE schema_migrations")
    end
  end)

  it("under one of the usual names", function()
    folder("1_a", "2_b", "3_c")
    for _, name in ipairs { "migrations", "_migrations", "schema_version",
        "db_migrations", "__migrations" } do
      box:sql(([[CREATE TABLE %s (id INTEGER PRIMARY KEY, migration TEXT,
        batch INTEGER); INSERT INTO %s VALUES (1, '1_a', 1),
        (2, 'db/2_b.sql', 1)]]):format(name, name))
      adopt()
      assert.equal("1_a 2_b", ids())
      box:sql(("DROP TABLE %s; DROP TABLE schema_migrations"):format(name))
    end
  end)

  it("but not where a known one is", function()
    folder("1_a", "2_b")
    box:sql([[CREATE TABLE migrations (name TEXT); INSERT INTO migrations
      VALUES ('2_b'); CREATE TABLE SequelizeMeta (name TEXT); INSERT INTO
      SequelizeMeta VALUES ('1_a.js')]])
    adopt()
    assert.equal("1_a", ids())
  end)

  it("of one row only when somebody says how to read it", function()
    folder("1_a", "2_b", "3_c")
    box:sql([[CREATE TABLE schema_migrations (version INTEGER);
      INSERT INTO schema_migrations VALUES (2)]])
    local err = refused("either only 2 was applied, or everything up to it",
      "--table", "lumi_m")
    has(err, "--from highest-version")
    adopt("--table", "lumi_m", "--from", "home-made")
    assert.equal("2_b", ids("lumi_m"))
    adopt("--table", "lumi_n", "--from", "highest-version")
    assert.equal("1_a 2_b", ids("lumi_n"))
  end)

  it("of one row that can only mean one thing", function()
    folder("1_a", "2_b")
    box:sql([[CREATE TABLE schema_migrations (version INTEGER);
      INSERT INTO schema_migrations VALUES (1)]])
    adopt("--table", "lumi_m")
    assert.equal("1_a", ids("lumi_m"))
  end)
end)

describe("another tool's schema_migrations", function()
  before_each(function()
    folder("1_a", "2_b")
    box:sql([[CREATE TABLE schema_migrations (version varchar(128) primary
      key); INSERT INTO schema_migrations VALUES ('1')]])
  end)

  it("needs --table or --rename, and says so", function()
    for _, words in ipairs { {}, { "--dry-run" }, { "--from", "dbmate" } } do
      local err = refused("belongs to dbmate", table.unpack(words))
      has(err, "--table NAME")
      has(err, "--rename")
    end
    -- up names the way out too.
    local err = box:fails(4, "up")
    has(err, "lumigrate adopt")
  end)

  it("makes room with --rename", function()
    local before = box:bytes()
    has(adopt("--rename", "--dry-run"),
      "to be renamed to schema_migrations_dbmate")
    assert.equal(before, box:bytes())
    has(adopt("--rename"), ", renamed to schema_migrations_dbmate")
    assert.equal("1_a", ids())
    assert.equal("1", box:value("SELECT version FROM " ..
      "schema_migrations_dbmate"))
    before = box:bytes()
    has(adopt("--rename"), "Nothing was recorded")
    has(adopt(), "Nothing was recorded")
    assert.equal(before, box:bytes())
    box:up()
    assert.equal("1_a 2_b", ids())
  end)

  it("makes room even when nothing is applied", function()
    box:sql("DELETE FROM schema_migrations")
    adopt("--rename")
    box:up()
    assert.equal("1_a 2_b", ids())
  end)

  it("is not renamed onto something that is there", function()
    box:sql("CREATE VIEW schema_migrations_dbmate AS SELECT 1")
    refused("cannot be renamed to schema_migrations_dbmate", "--rename")
  end)

  it("is left as it is with --table", function()
    adopt("--table", "lumi_m")
    assert.equal("1", box:value("SELECT version FROM schema_migrations"))
    assert.equal("1_a", ids("lumi_m"))
  end)
end)

describe("adopt refuses", function()
  it("Alembic, Django and sqitch, with the reason", function()
    folder("1_a")
    box:sql([[CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
      CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
      INSERT INTO alembic_version VALUES ('1')]])
    has(refused("alembic_version is the ledger of Alembic, and cannot be " ..
      "taken over: it names only the revision"), "lumigrate baseline ID")
    box:sql([[DROP TABLE alembic_version; CREATE TABLE "django_migrations"
      ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255)
      NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL)]])
    refused("django_migrations is the ledger of Django")
    refused("django_migrations is the ledger of Django", "--from", "django")
    box:sql([[DROP TABLE django_migrations; CREATE TABLE changes (change_id
      TEXT PRIMARY KEY, script_hash TEXT, change TEXT, project TEXT)]])
    refused("changes is the ledger of sqitch")
  end)

  it("what is marked as dirty", function()
    folder("1_a", "2_b")
    box:sql([[CREATE TABLE schema_migrations (version uint64,dirty bool);
      INSERT INTO schema_migrations VALUES (2, 1)]])
    refused("2 is marked dirty: it failed half-way", "--table", "lumi_m")
    box:sql("UPDATE schema_migrations SET version = -1")
    refused("-1 is marked dirty", "--table", "lumi_m")
    box:sql("DELETE FROM schema_migrations; INSERT INTO schema_migrations " ..
      "VALUES (1, 0), (2, 0)")
    refused("2 is a second row", "--table", "lumi_m")
  end)

  it("what failed in sqlx", function()
    folder("1_a")
    box:sql([[CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY,
      description TEXT, installed_on TIMESTAMP, success BOOLEAN, checksum
      BLOB, execution_time BIGINT); INSERT INTO _sqlx_migrations VALUES
      (1, 'a', '2026-01-05 09:00:00', 0, X'00', -1)]])
    refused("1 did not succeed (success is 0)")
  end)

  it("numbers that the folder lacks", function()
    folder("1_a", "3_c")
    box:sql([[CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY,
      version_id INTEGER, is_applied INTEGER, tstamp TIMESTAMP);
      INSERT INTO goose_db_version VALUES (1, 1, 1, ''), (2, 2, 1, '')]])
    refused("goose_db_version, the ledger of goose: 2 has no file")
    box:sql([[DROP TABLE goose_db_version; CREATE TABLE schema_migrations
      (version uint64, dirty bool); INSERT INTO schema_migrations VALUES
      (2, 0)]])
    refused("2 has no file in the folder", "--table", "lumi_m")
  end)

  it("a version that two files have", function()
    folder("1_a", "01_b")
    box:sql([[CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY,
      inserted_at TEXT); INSERT INTO schema_migrations VALUES (1, '')]])
    refused("1 is the version of two files", "--table", "lumi_m")
  end)

  it("a ledger of which nothing is in the folder", function()
    folder("1_a")
    box:sql([[CREATE TABLE SequelizeMeta (name TEXT); INSERT INTO
      SequelizeMeta VALUES ('x.js'), ('y.js')]])
    has(refused("none of its 2 migrations is in the folder"),
      "check --migrations")
  end)

  it("two ledgers that do not say the same", function()
    folder("1_a", "2_b")
    box:sql([[CREATE TABLE SequelizeMeta (name TEXT); INSERT INTO
      SequelizeMeta VALUES ('1_a.js'); CREATE TABLE d1_migrations (id INTEGER
      PRIMARY KEY, name TEXT, applied_at TIMESTAMP); INSERT INTO
      d1_migrations VALUES (1, '1_a.sql', NULL), (2, '2_b.sql', NULL)]])
    local err = refused("two ledgers do not say the same")
    has(err, "--from umzug")
    adopt("--from", "umzug")
    assert.equal("1_a", ids())
    adopt("--from", "WRANGLER")
    assert.equal("1_a 2_b", ids())
  end)

  it("a tool that is not there, or that nobody knows", function()
    folder("1_a")
    box:sql("CREATE TABLE x (y)")
    refused("there is no ledger of goose in this database", "--from",
      "goose")
    local err = box:fails(2, "adopt", "--from", "gosling")
    has(first_line(err), "no tool is called gosling")
    has(err, "lumigrate help adopt lists them")
    has(select(2, box:run("help", "adopt")), "golang-migrate")
  end)

  it("a database that does not exist", function()
    folder("1_a")
    local err = box:fails(2, "adopt")
    has(first_line(err), "does not exist")
    assert.equal("absent", box:bytes())
  end)
end)

describe("a damaged ledger", function()
  before_each(function() folder("1_a", "2_b") end)

  it("that lacks columns", function()
    box:sql("CREATE TABLE goose_db_version (id INTEGER, version TEXT)")
    refused("the table goose_db_version has not the columns of goose's " ..
      "ledger, but id, version")
    box:sql([[DROP TABLE goose_db_version; CREATE TABLE schema_migrations
      (what INTEGER, ever INTEGER)]])
    refused("the columns of the table schema_migrations are no tool's " ..
      "that adopt knows: what, ever", "--table", "lumi_m")
  end)

  it("with rows that are no names", function()
    box:sql([[CREATE TABLE SequelizeMeta (name BLOB); INSERT INTO
      SequelizeMeta VALUES (X'310A')]])
    refused("holds what is no text")
    box:sql("UPDATE SequelizeMeta SET name = NULL")
    refused("a row without a name is in it")
    box:sql("UPDATE SequelizeMeta SET name = '1_a'; INSERT INTO " ..
      "SequelizeMeta VALUES ('a' || char(10) || 'b')")
    refused("cannot be an ID")
    box:sql("UPDATE SequelizeMeta SET name = CAST(X'610062' AS TEXT)")
    refused("holds what is no text")
  end)

  it("with states that are none", function()
    box:sql([[CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY,
      version_id INTEGER, is_applied INTEGER, tstamp TIMESTAMP);
      INSERT INTO goose_db_version VALUES (1, 1, NULL, NULL)]])
    refused("1 is neither applied nor rolled back")
    box:sql("UPDATE goose_db_version SET is_applied = 'yes'")
    refused("1 is neither applied nor rolled back")
    box:sql([[UPDATE goose_db_version SET is_applied = 1, version_id =
      'one']])
    refused("one has no file in the folder")
    box:sql("UPDATE goose_db_version SET version_id = NULL")
    refused("a row without a name is in it")
  end)

  it("that is no database", function()
    box:write("app.db", ("no database at all\n"):rep(200))
    local before = box:bytes()
    box:fails(7, "adopt")
    assert.equal(before, box:bytes())
  end)
end)

describe("adopt warns of", function()
  it("a file that is missing, where the ledger has its name", function()
    folder("1_a", "3_c", "4_d")
    box:sql([[CREATE TABLE SequelizeMeta (name TEXT); INSERT INTO
      SequelizeMeta VALUES ('1_a.js'), ('2_b.js'), ('3_c.js')]])
    local _, err = adopt()
    has(err, "warning: 2_b is applied, but its file is missing")
    assert.equal("1_a 2_b 3_c", ids())
    assert.equal("", column("checksum", "2_b"))
    local _, out = box:run("status")
    has(out, "! 2_b  missing")
  end)

  it("a file that was edited since", function()
    folder("0000_a", "0001_b")
    local _, out = box:sh("sha256sum migrations/0000_a.sql")
    box:sql(([[CREATE TABLE "_prisma_migrations" ("id" TEXT PRIMARY KEY,
      "checksum" TEXT, "finished_at" DATETIME, "migration_name" TEXT, "logs"
      TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME,
      "applied_steps_count" INTEGER);
      INSERT INTO _prisma_migrations VALUES
      ('1', '%s', 1767603600012, '0000_a', NULL, NULL, 1767603600000, 1),
      ('2', '%s', 1767603600012, '0001_b', NULL, NULL, 1767603600000, 1)]]):
      format(out:match("^%x+"), ("0"):rep(64)))
    local _, err = adopt()
    assert.equal("lumigrate: warning: 0001_b was edited after it was " ..
      "applied\n", err)
    -- Today's text counts from now on.
    local status = box:run("up", "--strict")
    assert.equal(0, status)
  end)

  it("an older ledger that is left out", function()
    folder("1_a", "2_b")
    box:sql([[CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
      CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
      CREATE TABLE SequelizeMeta (name TEXT); INSERT INTO SequelizeMeta
      VALUES ('1_a.js')]])
    local _, err = adopt()
    has(err, "warning: left out: alembic_version is the ledger of Alembic")
    assert.equal("1_a", ids())
  end)
end)

describe("adopt", function()
  it("keeps the order of the folder, whatever the ledger's is", function()
    folder("2_b", "10_c", "1_a")
    box:sql([[CREATE TABLE SequelizeMeta (name TEXT); INSERT INTO
      SequelizeMeta VALUES ('10_c.js'), ('1_a.js'), ('2_b.js')]])
    adopt()
    assert.equal("1_a 2_b 10_c", ids())
  end)

  it("makes our record also when nothing is applied", function()
    folder("1_a")
    box:sql([[CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY,
      version_id INTEGER, is_applied INTEGER, tstamp TIMESTAMP);
      INSERT INTO goose_db_version VALUES (1, 0, 1, '')]])
    has(adopt(), "Nothing was recorded")
    assert.equal("", ids())
    local before = box:bytes()
    adopt()
    assert.equal(before, box:bytes())
    box:up()
    assert.equal("1_a", ids())
  end)

  it("adds to what is recorded already", function()
    folder("1_a", "2_b")
    box:up("1")
    box:sql([[CREATE TABLE SequelizeMeta (name TEXT); INSERT INTO
      SequelizeMeta VALUES ('1_a.js'), ('2_b.js')]])
    has(adopt(), "1 migration recorded")
    assert.equal("1_a 2_b", ids())
    assert.equal("changed", column("effect", "1_a"))
  end)

  it("goes all the way or not at all", function()
    folder("1_a", "2_b")
    box:sql([[CREATE TABLE schema_migrations (version varchar(128) primary
      key); INSERT INTO schema_migrations VALUES ('1'), ('2'); CREATE VIEW
      broken AS SELECT * FROM absent]])
    local before = box:bytes()
    local err = box:fails(1, "adopt", "--rename")
    has(err, "nothing was changed")
    has(err, "--table NAME instead of --rename")
    assert.equal(before, box:bytes())
  end)

  it("does not look at the application's own tables", function()
    folder("1_a")
    box:sql([[CREATE TABLE versions (version TEXT, dirty INTEGER, note TEXT);
      CREATE TABLE changes (id INTEGER, change TEXT);
      CREATE TABLE migrations (bird TEXT, "from" TEXT, "to" TEXT);
      CREATE TABLE names (name TEXT); INSERT INTO names VALUES ('1_a')]])
    has(adopt(), "No other tool's record is in this database")
  end)

  it("shows what it would record as JSON", function()
    local keys = { "format", "ok", "dry_run", "tool", "table", "renamed_to",
      "recorded", "migrations", "warnings", "error" }
    folder("1_a", "2_b")
    box:sql([[CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT,
      applied_at TIMESTAMP); INSERT INTO d1_migrations VALUES
      (1, '0_gone.sql', NULL), (2, '1_a.sql', '2026-01-05 09:00:00')]])
    local status, out = box:run("adopt", "--dry-run", "--json")
    assert.equal(0, status)
    local o = json.decode(out)
    assert.same(keys, json.keys(o))
    assert.same({ true, true, "wrangler", "d1_migrations", 2 },
      { o.ok, o.dry_run, o.tool, o.table, o.recorded })
    assert.same({ "0_gone is applied, but its file is missing" }, o.warnings)
    assert.same({ "id", "file", "status", "applied_at", "duration_ms",
      "reason" }, json.keys(o.migrations[1]))
    local seen = {}
    for i, item in ipairs(o.migrations) do
      seen[i] = ("%s %s %s %s"):format(item.id, item.file, item.status,
        item.applied_at)
    end
    assert.same({ "0_gone null applied null",
      "1_a 1_a.sql applied 2026-01-05T09:00:00.000Z",
      "2_b 2_b.sql pending null" }, seen)
    for _, words in ipairs { { 4, "--from", "goose" }, { 2, "--bogus" } } do
      status, out = box:run("adopt", "--json", table.unpack(words, 2))
      assert.equal(words[1], status)
      o = json.decode(out)
      assert.same(keys, json.keys(o))
      assert.same({ false, 0, {} }, { o.ok, o.recorded, o.migrations })
      assert.equal(words[1], o.error.code)
    end
  end)
end)
