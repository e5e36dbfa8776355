-- SPDX-License-Identifier: MIT
--
-- adopt against the ledgers that are really out there: what their rows may
-- say in any order, with odd types, times and names, and what is damaged. A
-- case is {title, SQL that makes the ledger, what is right}; the folder has
-- the files 1_a, 2_b and 3_c, unless the case names others. What is right:
--   ids = "1_a 3_c"   these are recorded, in this order
--   err = "…"         and standard error says this (nil: nothing)
--   at = {id = time}  and these times are carried over
--   no = "…"          refused: exit 4, this in the message, nothing changed
-- With `table` our record goes into lumi_m; `with` are more options.
local hold = require "tests.support.holder"
local sandbox = require "tests.support.sandbox"

local GOOSE = [[CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY
  AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL,
  tstamp TIMESTAMP DEFAULT (datetime('now')));
  INSERT INTO goose_db_version VALUES (1, 0, 1, '2026-01-05 09:00:00');]]
local GOOSE_ROWS = GOOSE .. "INSERT INTO goose_db_version VALUES "
local GORP = [[CREATE TABLE gorp_migrations ("id" varchar(255) not null
  primary key, "applied_at" datetime); INSERT INTO gorp_migrations VALUES ]]
local DBMATE = [[CREATE TABLE "schema_migrations" (version varchar(128)
  primary key); INSERT INTO schema_migrations VALUES ]]
local GOLANG = [[CREATE TABLE schema_migrations (version uint64,dirty bool);
  CREATE UNIQUE INDEX version_unique ON schema_migrations (version);]]
local SQLX = [[CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY,
  description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT
  CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL,
  execution_time BIGINT NOT NULL); INSERT INTO _sqlx_migrations VALUES ]]
local DIESEL = [[CREATE TABLE __diesel_schema_migrations (version VARCHAR(50)
  PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
  INSERT INTO __diesel_schema_migrations VALUES ]]
local PRISMA = [[CREATE TABLE "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT
  NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name"
  TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME, "started_at"
  DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER
  UNSIGNED NOT NULL DEFAULT 0); INSERT INTO _prisma_migrations VALUES ]]
local DRIZZLE = [[CREATE TABLE "__drizzle_migrations" (id SERIAL PRIMARY KEY,
  hash text NOT NULL, created_at numeric);
  INSERT INTO __drizzle_migrations VALUES ]]
local FLYWAY = [[CREATE TABLE "flyway_schema_history" ("installed_rank" INT
  NOT NULL PRIMARY KEY, "version" VARCHAR(50), "description" VARCHAR(200) NOT
  NULL, "type" VARCHAR(20) NOT NULL, "script" VARCHAR(1000) NOT NULL,
  "checksum" INT, "installed_by" VARCHAR(100) NOT NULL, "installed_on" TEXT
  NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')), "execution_time"
  INT NOT NULL, "success" BOOLEAN NOT NULL);
  CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (success);
  INSERT INTO flyway_schema_history VALUES ]]
local REFINERY = [[CREATE TABLE refinery_schema_history (version int4 PRIMARY
  KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));
  INSERT INTO refinery_schema_history VALUES ]]
local YOYO = [[CREATE TABLE "yoyo_lock" (locked INT DEFAULT 1, ctime
  TIMESTAMP, pid INT NOT NULL, PRIMARY KEY (locked));
  CREATE TABLE "_yoyo_log" (id VARCHAR(36), migration_hash VARCHAR(64),
  migration_id VARCHAR(255), operation VARCHAR(10), username VARCHAR(255),
  hostname VARCHAR(255), comment VARCHAR(255), created_at_utc TIMESTAMP,
  PRIMARY KEY (id));
  CREATE TABLE "_yoyo_version" (version INT NOT NULL PRIMARY KEY,
  installed_at_utc TIMESTAMP); INSERT INTO _yoyo_version VALUES (2, '');
  CREATE TABLE "_yoyo_migration" (migration_hash VARCHAR(64), migration_id
  VARCHAR(255), applied_at_utc TIMESTAMP, PRIMARY KEY (migration_hash));
  INSERT INTO _yoyo_migration VALUES ]]
local KNEX = [[CREATE TABLE `knex_migrations_lock` (`index` integer not null
  primary key autoincrement, `is_locked` integer);
  INSERT INTO knex_migrations_lock VALUES (1, 0);
  CREATE TABLE `knex_migrations` (`id` integer not null primary key
  autoincrement, `name` varchar(255), `batch` integer, `migration_time`
  datetime); INSERT INTO knex_migrations VALUES ]]
local UMZUG = [[CREATE TABLE `SequelizeMeta` (`name` VARCHAR(255) NOT NULL
  UNIQUE PRIMARY KEY); INSERT INTO SequelizeMeta VALUES ]]
local RAILS = [[CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL
  PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL,
  "updated_at" datetime(6) NOT NULL); CREATE TABLE "schema_migrations"
  ("version" varchar NOT NULL PRIMARY KEY); INSERT INTO schema_migrations
  VALUES ]]
local ECTO = [[CREATE TABLE "schema_migrations" ("version" INTEGER PRIMARY
  KEY, "inserted_at" TEXT); INSERT INTO schema_migrations VALUES ]]
local D1 = [[CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY
  AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT
  CURRENT_TIMESTAMP NOT NULL); INSERT INTO d1_migrations VALUES ]]

local BLANK = "'2026-01-05 09:00:00'"
local ZERO = ("0"):rep(64)
local VERSIONS = { "V1__a", "V1.1__b", "V2__c", "R__view" }

local function fly(rank, version, description, kind, success, checksum)
  return ("(%d, %s, '%s', '%s', '%s', %s, '', %s, 1, %d)"):format(rank,
    version and "'" .. version .. "'" or "NULL", description, kind,
    version and "V" .. version .. "__" .. description .. ".sql" or
    "R__" .. description .. ".sql", checksum or "NULL", BLANK, success or 1)
end

local function list(...)
  return table.concat({ ... }, ", ")
end

local cases = {
  goose = {
    { "applied out of order", GOOSE_ROWS .. "(2, 3, 1, ''), (3, 1, 1, '')",
      ids = "1_a 3_c" },
    { "rolled back, and applied again", GOOSE_ROWS ..
      "(2, 1, 1, ''), (3, 1, 0, ''), (4, 1, 1, '')", ids = "1_a" },
    { "a rolled-back number without a file", GOOSE_ROWS ..
      "(2, 1, 1, ''), (3, 9, 1, ''), (4, 9, 0, '')", ids = "1_a" },
    { "a number without a file", GOOSE_ROWS .. "(2, 1, 1, ''), (3, 9, 1, '')",
      no = "9 has no file in the folder" },
    { "no row at all", GOOSE .. "DELETE FROM goose_db_version", ids = "" },
    { "names in other case, and a column more",
      [[CREATE TABLE GOOSE_DB_VERSION (ID INTEGER PRIMARY KEY, VERSION_ID INT,
        IS_APPLIED INT, TSTAMP TEXT, note TEXT); INSERT INTO GOOSE_DB_VERSION
        VALUES (1, 0, 1, '', ''), (2, 1, 1, '', 'x')]], ids = "1_a" },
    { "its own name for the table, and a column more",
      [[CREATE TABLE app_versions (id INTEGER PRIMARY KEY, version_id INT,
        is_applied INT, tstamp TEXT, note TEXT); INSERT INTO app_versions
        VALUES (1, 0, 1, '', ''), (2, 1, 1, '', 'x')]],
      with = { "--from", "app_versions" }, ids = "1_a" },
    { "rows without their number, as an import may leave them",
      [[CREATE TABLE goose_db_version (id, version_id, is_applied, tstamp);
        INSERT INTO goose_db_version VALUES (NULL, 1, 1, ''),
        (NULL, 2, 1, ''), (NULL, 2, 0, '')]],
      no = "without an id" },
    { "numbers as text and as reals",
      [[CREATE TABLE goose_db_version (id, version_id, is_applied, tstamp);
        INSERT INTO goose_db_version VALUES (1, 0, 1, ''), (2, '1', 1, ''),
        (3, 2.0, 1, '')]], ids = "1_a 2_b" },
    { "a number that is none", GOOSE_ROWS .. "(2, 'x1', 1, '')",
      no = "x1 has no file in the folder" },
    { "a negative number", GOOSE_ROWS .. "(2, -1, 1, '')",
      no = "-1 has no file in the folder" },
    { "a view", [[CREATE TABLE v (x); CREATE VIEW goose_db_version AS
        SELECT 1 AS id, 1 AS version_id, 1 AS is_applied, '' AS tstamp]],
      no = "goose_db_version is a view" },
    { "a virtual table", "CREATE VIRTUAL TABLE goose_db_version USING fts5(" ..
      "id, version_id, is_applied, tstamp)",
      no = "goose_db_version is a virtual table" },
    { "two of them", GOOSE_ROWS .. [[(2, 1, 1, ''); CREATE TABLE goose_seed
        (id INTEGER PRIMARY KEY, version_id INTEGER, is_applied INTEGER,
        tstamp TIMESTAMP); INSERT INTO goose_seed VALUES (1, 0, 1, ''),
        (2, 1, 1, ''), (3, 2, 1, '')]],
      no = "two ledgers do not say the same" },
    { "one of two, said by its name", GOOSE_ROWS .. [[(2, 1, 1, '');
        CREATE TABLE goose_seed (id INTEGER PRIMARY KEY, version_id INTEGER,
        is_applied INTEGER, tstamp TIMESTAMP); INSERT INTO goose_seed VALUES
        (1, 0, 1, ''), (2, 1, 1, ''), (3, 2, 1, '')]],
      with = { "--from", "GOOSE_SEED" }, ids = "1_a 2_b" },
    { "times of several kinds", GOOSE_ROWS ..
      [[(2, 1, 1, '2026-01-05T09:00:00.1234567Z'), (3, 2, 1, 1767603600),
        (4, 3, 1, '2026-01-05 09:00:00.5 +0000 UTC')]], ids = "1_a 2_b 3_c",
      at = { ["1_a"] = "2026-01-05T09:00:00.123Z",
        ["2_b"] = "2026-01-05T09:00:00.000Z",
        ["3_c"] = "2026-01-05T09:00:00.500Z" } },
    { "times that are none", GOOSE_ROWS .. [[(2, 1, 1, 'now'),
        (3, 2, 1, '2026-13-45 99:99:99'), (4, 3, 1, X'00')]],
      ids = "1_a 2_b 3_c" },
  },
  ["sql-migrate"] = {
    { "out of order", GORP .. "('3_c.sql', NULL), ('1_a.sql', NULL)",
      ids = "1_a 3_c" },
    { "times as Go prints them", GORP ..
      "('1_a.sql', '2026-11-21 01:52:35.846546512 +0000 UTC m=+0.004'), " ..
      "('2_b.sql', '2026-11-21 03:52:35.891+02:00')", ids = "1_a 2_b",
      at = { ["1_a"] = "2026-11-21T01:52:35.847Z",
        ["2_b"] = "2026-11-21T01:52:35.891Z" } },
    { "a file that is gone", GORP .. "('1_a.sql', NULL), ('2_x.sql', NULL)",
      ids = "1_a 2_x", err = "2_x is applied, but its file is missing" },
    { "a name that differs in case alone", GORP ..
      "('1_a.sql', NULL), ('2_B.sql', NULL)", no = "2_B.sql" },
    { "under another name", [[CREATE TABLE migrations ("id" varchar(255) not
        null primary key, "applied_at" datetime); INSERT INTO migrations
        VALUES ('1_a.sql', NULL)]], ids = "1_a" },
    { "a path that no file of this folder has", GORP .. "('../1_a.sql', NULL)",
      ids = "1_a" },
    { "a name that is too long to be one", GORP ..
      "('1_a.sql', NULL), ('2_' || hex(zeroblob(5000)) || '.sql', NULL)",
      no = "cannot be an ID" },
    { "a name that is no UTF-8", GORP ..
      "('1_a.sql', NULL), (CAST(X'325FFF' AS TEXT), NULL)",
      no = "cannot be an ID" },
    { "a name with control characters", GORP ..
      "('1_a.sql', NULL), ('2_' || char(27) || '[31m', NULL)",
      no = "cannot be an ID" },
    { "a name as a blob", GORP .. "(X'315F61', NULL)",
      no = "holds what is no text" },
    { "an empty name", GORP .. "('', NULL)", no = "a row without a name" },
  },
  dbmate = {
    { "numbers as text, with their zeros", DBMATE .. "('001')",
      files = { "001_a", "01_b" }, table = true, ids = "001_a" },
    { "a number without its zeros", DBMATE .. "('1')", files = { "001_a" },
      table = true, no = "1 has no file in the folder" },
    { "out of order", DBMATE .. "('3'), ('1')", table = true,
      ids = "1_a 3_c" },
    { "nothing", DBMATE .. "('1'); DELETE FROM schema_migrations",
      table = true, ids = "" },
    { "a version of two files", DBMATE .. "('1')", table = true,
      files = { "1_a", "1_b" }, no = "1 is the version of two files" },
    { "its own name for the table", [[CREATE TABLE dbmate_schema (version
        varchar(128) primary key); INSERT INTO dbmate_schema VALUES ('1'),
        ('2')]], with = { "--from", "dbmate_schema" }, ids = "1_a 2_b" },
    { "a NULL", DBMATE .. "(NULL)", table = true,
      no = "a row without a name" },
  },
  ["golang-migrate"] = {
    { "no row", GOLANG, table = true, ids = "" },
    { "the highest", GOLANG .. "INSERT INTO schema_migrations VALUES (3, 0)",
      table = true, ids = "1_a 2_b 3_c" },
    { "dirty as a word", GOLANG ..
      "INSERT INTO schema_migrations VALUES (1, 'false')", table = true,
      no = "1 is marked dirty" },
    { "dirty as NULL", GOLANG ..
      "INSERT INTO schema_migrations VALUES (1, NULL)", table = true,
      no = "1 is marked dirty" },
    { "a version as NULL", GOLANG ..
      "INSERT INTO schema_migrations VALUES (NULL, 0)", table = true,
      no = "a row without a name" },
    { "a version below every file", GOLANG ..
      "INSERT INTO schema_migrations VALUES (0, 0)", table = true,
      no = "0 has no file in the folder" },
    { "a version without the dirty mark",
      "CREATE TABLE schema_migrations (version uint64); " ..
      "INSERT INTO schema_migrations VALUES (3)", table = true,
      no = "either only 3 was applied, or everything up to it" },
    { "its own name for the table", [[CREATE TABLE app_version (version
        uint64, dirty bool); INSERT INTO app_version VALUES (2, 0)]],
      ids = "1_a 2_b" },
  },
  sqlx = {
    { "an edited file", SQLX .. "(1, 'a', " .. BLANK .. ", 1, X'00', 5e6)",
      ids = "1_a", err = "1_a was edited after it was applied" },
    { "a checksum as text", SQLX .. "(1, 'a', " .. BLANK .. ", 1, 'x', 5)",
      ids = "1_a", err = "1_a was edited after it was applied" },
    { "a version without a file", SQLX .. "(9, 'x', " .. BLANK ..
      ", 1, X'00', 5)", no = "9 has no file in the folder" },
    { "one that failed among others", SQLX .. "(1, 'a', " .. BLANK ..
      ", 1, X'00', 5), (2, 'b', " .. BLANK .. ", 0, X'00', -1)",
      no = "2 did not succeed" },
    { "success as a word", SQLX .. "(1, 'a', " .. BLANK ..
      ", 'true', X'00', 5)", no = "1 did not succeed" },
    { "a column that is gone", [[CREATE TABLE _sqlx_migrations (version BIGINT
        PRIMARY KEY, description TEXT, success BOOLEAN)]],
      no = "has not the columns of sqlx's ledger, but version" },
    { "a column more, under its own name", [[CREATE TABLE app_migrations
        (version BIGINT PRIMARY KEY, description TEXT, installed_on TIMESTAMP,
        success BOOLEAN, checksum BLOB, execution_time BIGINT, note TEXT);
        INSERT INTO app_migrations VALUES (1, 'a', NULL, 1, NULL, 5, NULL)]],
      ids = "1_a" },
  },
  diesel = {
    { "the folder that diesel's own setup makes", DIESEL ..
      "('00000000000000', " .. BLANK .. "), ('20260101000001', " .. BLANK ..
      ")", files = { "00000000000000_diesel_initial_setup",
        "2026-01-01-000001_a", "2026-01-02-000001_b" },
      ids = "00000000000000_diesel_initial_setup 2026-01-01-000001_a" },
    { "a version without a folder", DIESEL .. "('20270101', " .. BLANK .. ")",
      files = { "2026-01-01-000001_a" }, no = "20270101 has no file" },
    { "a version of two folders", DIESEL .. "('20260101', " .. BLANK .. ")",
      files = { "2026-01-01_a", "20260101_b" },
      no = "20260101 is the version of two files" },
    { "a version as a number", [[CREATE TABLE __diesel_schema_migrations
        (version, run_on); INSERT INTO __diesel_schema_migrations VALUES
        (20260101, 1767603600000)]], files = { "2026-01-01_a" },
      ids = "2026-01-01_a",
      at = { ["2026-01-01_a"] = "2026-01-05T09:00:00.000Z" } },
  },
  Prisma = {
    { "marked as applied by hand", PRISMA .. "('1', '" .. ZERO ..
      "', 1767603600000, '1_a', '', NULL, 1767603600000, 0)", ids = "1_a",
      err = "1_a was edited after it was applied" },
    { "times as text", PRISMA .. "('1', 'x', '2026-01-05T09:00:00.25+00:00'," ..
      " '1_a', NULL, NULL, '2026-01-05T09:00:00.000+00:00', 1)", ids = "1_a",
      at = { ["1_a"] = "2026-01-05T09:00:00.250Z" } },
    { "finished, and rolled back all the same", PRISMA .. "('1', 'x', " ..
      "1767603600000, '1_a', NULL, NULL, 1767603600000, 1), ('2', 'x', " ..
      "1767603600000, '2_b', NULL, 1767603600001, 1767603600000, 1)",
      ids = "1_a" },
    { "failed once and never put right, then applied", PRISMA .. "('1', 'x', " ..
      "NULL, '1_a', 'no', NULL, 1767603600000, 0), ('2', 'x', " ..
      "1767603600001, '1_a', NULL, NULL, 1767603600001, 1)",
      no = "1_a failed, and was neither finished" },
    { "a checksum as a blob", PRISMA .. "('1', X'0011', 1767603600000, '1_a'" ..
      ", NULL, NULL, 1767603600000, 1)", ids = "1_a" },
    { "a folder that is gone", PRISMA .. "('1', 'x', 1767603600000, '1_a', " ..
      "NULL, NULL, 1767603600000, 1), ('2', 'x', 1767603600000, '1_b', " ..
      "NULL, NULL, 1767603600000, 1)", ids = "1_a 1_b",
      err = "1_b is applied, but its file is missing" },
    { "no row", PRISMA .. "('1', 'x', 1, '1_a', '', NULL, 1, 0); " ..
      "DELETE FROM _prisma_migrations", ids = "" },
  },
  drizzle = {
    { "an entry that is in no journal, and no hash", DRIZZLE ..
      "(NULL, 'x', 1767225600000)",
      no = "is neither in the journal nor the hash of a file" },
    { "times as reals and text", DRIZZLE ..
      "(NULL, 'x', 1767225600000.0), (NULL, 'x', '1767225602000')",
      journal = { 1767225600000, 1767225601000, 1767225602000 },
      ids = "1_a 3_c", err = "1_a was edited after it was applied" },
    { "the same row twice", DRIZZLE ..
      "(NULL, 'x', 1767225600000), (NULL, 'x', 1767225600000)",
      journal = { 1767225600000, 1767225601000, 1767225602000 },
      ids = "1_a", err = "1_a was edited after it was applied" },
    { "two entries of one time", DRIZZLE .. "(NULL, 'x', 1767225600000)",
      journal = { 1767225600000, 1767225600000, 1767225602000 },
      no = "is the version of two files" },
    { "an id, and newer columns", [[CREATE TABLE "__drizzle_migrations" (id
        INTEGER PRIMARY KEY AUTOINCREMENT, hash text NOT NULL, created_at
        numeric, name text, applied_at TEXT); INSERT INTO __drizzle_migrations
        VALUES (1, 'x', 1767225600000, '1_a', NULL)]],
      journal = { 1767225600000, 1767225601000, 1767225602000 },
      ids = "1_a", err = "1_a was edited after it was applied" },
    { "folders with their time in the name, and no journal", DRIZZLE ..
      "(NULL, 'x', 1767225600000)", folders = { "20260101000000_a",
        "20260102000000_b" }, ids = "20260101000000_a",
      err = "20260101000000_a was edited after it was applied" },
    { "a time that no folder has", DRIZZLE .. "(NULL, 'x', 1767225601000)",
      folders = { "20260101000000_a" }, no = "1767225601000 is neither" },
    { "a time of NULL and no hash", DRIZZLE .. "(NULL, 'x', NULL)",
      no = "a row without a name" },
  },
  Flyway = {
    { "the schema's row, and versions out of order", FLYWAY .. list(
      "(0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA', '\"main\"', NULL" ..
      ", '', " .. BLANK .. ", 0, 1)", fly(1, "2", "c", "SQL"),
      fly(2, "1", "a", "SQL")), files = VERSIONS, ids = "V1__a V2__c" },
    { "zeros and lines in versions", FLYWAY .. list(fly(1, "01", "a", "SQL"),
      fly(2, "1.1.0", "b", "SQL")), files = VERSIONS, ids = "V1__a V1.1__b" },
    { "deleted, undone and applied again", FLYWAY .. list(
      fly(1, "1", "a", "SQL"), fly(2, "1.1", "b", "SQL"),
      fly(3, "1.1", "b", "UNDO_SQL"), fly(4, "1.1", "b", "SQL"),
      fly(5, "1", "a", "DELETE")), files = VERSIONS, ids = "V1.1__b" },
    { "a repeatable one that was deleted", FLYWAY .. list(
      fly(1, "1", "a", "SQL"), fly(2, nil, "view", "SQL"),
      fly(3, nil, "view", "DELETE")), files = VERSIONS, ids = "V1__a" },
    { "a repeatable one whose newest row is not today's text", FLYWAY .. list(
      fly(1, "1", "a", "SQL"), fly(2, nil, "view", "SQL"),
      fly(3, nil, "view", "SQL", 1, 5)), files = VERSIONS, ids = "V1__a" },
    { "an edited version", FLYWAY .. fly(1, "1", "a", "SQL", 1, -5),
      files = VERSIONS, ids = "V1__a",
      err = "V1__a was edited after it was applied" },
    { "a failed row among others", FLYWAY .. list(fly(1, "1", "a", "SQL"),
      fly(2, "1.1", "b", "SQL", 0)), files = VERSIONS,
      no = "1.1 failed (success is 0)" },
    { "its table of older releases", (FLYWAY:gsub('flyway_schema_history',
        "schema_version")) .. fly(1, "1.1", "b", "SQL"), files = VERSIONS,
      ids = "V1.1__b" },
    { "still older ones, with a column more", [[CREATE TABLE schema_version
        (version_rank INT, installed_rank INT, version VARCHAR(50) PRIMARY
        KEY, description, type, script, checksum INT, installed_by,
        installed_on, execution_time INT, success BOOL); INSERT INTO
        schema_version VALUES (1, 1, '1', 'a', 'SQL', 'V1__a.sql', NULL, '',
        NULL, 1, 1)]], files = VERSIONS, ids = "V1__a" },
    { "what is Java", FLYWAY .. fly(1, "7", "j", "JDBC"), files = VERSIONS,
      no = "version 7 is of the type JDBC" },
    { "a type that nobody knows", FLYWAY .. fly(1, "7", "j", "COBOL"),
      files = VERSIONS, no = "version 7 is of the type COBOL" },
    { "a baseline that is a file", FLYWAY .. list(
      fly(1, "1.1", "base", "SQL_BASELINE"), fly(2, "2", "c", "SQL")),
      files = VERSIONS, ids = "V1__a V1.1__b V2__c" },
    { "a baseline below the first file", FLYWAY .. list(
      fly(1, "0.5", "<< Flyway Baseline >>", "BASELINE"),
      fly(2, "1", "a", "SQL")), files = VERSIONS, ids = "V1__a" },
  },
  refinery = {
    { "another text", REFINERY .. "(1, 'a', '2026-01-05T09:00:00+00:00', '1')",
      files = { "V1__a", "V2__b" }, ids = "V1__a",
      err = "V1__a was edited after it was applied" },
    { "another name", REFINERY .. "(1, 'x', '', '1')",
      files = { "V1__a", "V2__b" }, no = "1 has another name than the file" },
    { "a version without a file", REFINERY .. "(9, 'x', '', '1')",
      files = { "V1__a", "V2__b" }, no = "9 has no file" },
    { "no name", REFINERY .. "(1, NULL, '', NULL)", files = { "V1__a" },
      ids = "V1__a" },
  },
  yoyo = {
    { "what was rolled back is in the log alone", YOYO ..
      "('x', '1_a', " .. BLANK .. "); INSERT INTO _yoyo_log VALUES " ..
      "('1', 'y', '2_b', 'apply', '', '', NULL, " .. BLANK .. "), " ..
      "('2', 'y', '2_b', 'rollback', '', '', NULL, " .. BLANK .. ")",
      ids = "1_a", at = { ["1_a"] = "2026-01-05T09:00:00.000Z" } },
    { "a lock", YOYO .. "('x', '1_a', ''); INSERT INTO yoyo_lock VALUES " ..
      "(1, '', 42)", no = "yoyo is at work" },
    { "a file that is gone", YOYO .. "('x', '1_a', ''), ('y', '9_z', '')",
      ids = "1_a 9_z", err = "9_z is applied, but its file is missing" },
    { "its older table, with suffixes", [[CREATE TABLE _yoyo_migration (id
        VARCHAR(255) NOT NULL PRIMARY KEY, ctime TIMESTAMP); INSERT INTO
        _yoyo_migration VALUES ('2_b.py', '2026-01-05 09:00:00.25')]],
      ids = "2_b", at = { ["2_b"] = "2026-01-05T09:00:00.250Z" } },
  },
  Knex = {
    { "batches, out of order", KNEX .. "(1, '3_c.ts', 1, 1767603600000), " ..
      "(2, '1_a.cjs', 2, '2026-01-05 09:00:00')", ids = "1_a 3_c",
      at = { ["1_a"] = "2026-01-05T09:00:00.000Z",
        ["3_c"] = "2026-01-05T09:00:00.000Z" } },
    { "its own name for the table, locked", [[CREATE TABLE `app_steps` (`id`
        integer, `name` varchar(255), `batch` integer, `migration_time`
        datetime); INSERT INTO app_steps VALUES (1, '1_a.js', 1, NULL);
        CREATE TABLE `app_steps_lock` (`index` integer, `is_locked` integer);
        INSERT INTO app_steps_lock VALUES (1, 1)]], no = "Knex is at work" },
    { "its own name for the table", [[CREATE TABLE `app_steps` (`id`
        integer, `name` varchar(255), `batch` integer, `migration_time`
        datetime); INSERT INTO app_steps VALUES (1, '1_a.js', 1, NULL);
        CREATE TABLE `app_steps_lock` (`index` integer, `is_locked` integer);
        INSERT INTO app_steps_lock VALUES (1, 0)]], ids = "1_a" },
    { "an empty lock", KNEX .. "(1, '1_a.js', 1, NULL); " ..
      "DELETE FROM knex_migrations_lock", ids = "1_a" },
    { "a lock of other columns", KNEX .. "(1, '1_a.js', 1, NULL); DROP " ..
      "TABLE knex_migrations_lock; CREATE TABLE knex_migrations_lock " ..
      "(x); INSERT INTO knex_migrations_lock VALUES (0)",
      no = "its table knex_migrations_lock holds a lock" },
    { "the same name twice", KNEX .. "(1, '1_a.js', 1, NULL), (2, '1_a.js'," ..
      " 2, NULL)", ids = "1_a" },
    { "a name of NULL", KNEX .. "(1, NULL, 1, NULL)",
      no = "a row without a name" },
  },
  umzug = {
    { "the table in lower case, paths in the names", [[CREATE TABLE
        sequelizemeta (NAME TEXT); INSERT INTO sequelizemeta VALUES
        ('db/migrations/1_a.js'), ('2_b.up.sql')]], ids = "1_a 2_b" },
    { "seeds, which are none", UMZUG .. [[('1_a.js'); CREATE TABLE
        SequelizeData (name TEXT); INSERT INTO SequelizeData VALUES
        ('2_b.js')]], ids = "1_a" },
    { "a name that is a path alone", UMZUG .. "('1_a.js'), ('db/')",
      no = "cannot be an ID" },
    { "times of NULL", [[CREATE TABLE SequelizeMeta (name TEXT, createdAt
        DATETIME, updatedAt DATETIME); INSERT INTO SequelizeMeta VALUES
        ('1_a.js', NULL, NULL)]], ids = "1_a" },
  },
  Rails = {
    { "only the last: a set, not the highest", RAILS .. "('3')", table = true,
      ids = "3_c" },
    { "zeros", RAILS .. "('1'), ('0002')", files = { "001_a", "2_b", "3_c" },
      table = true, ids = "001_a 2_b" },
    { "a version without a file", RAILS .. "('1'), ('20250101000000')",
      table = true, no = "20250101000000 has no file" },
    { "nothing", RAILS .. "('1'); DELETE FROM schema_migrations",
      table = true, ids = "" },
    { "without its metadata", [[CREATE TABLE "schema_migrations" ("version"
        varchar NOT NULL); CREATE UNIQUE INDEX "unique_schema_migrations" ON
        "schema_migrations" ("version"); INSERT INTO schema_migrations VALUES
        ('2')]], table = true, ids = "2_b" },
    { "a prefix", [[CREATE TABLE app_schema_migrations ("version" varchar NOT
        NULL PRIMARY KEY); INSERT INTO app_schema_migrations VALUES ('2')]],
      with = { "--from", "app_schema_migrations" }, ids = "2_b" },
  },
  Ecto = {
    { "out of order, with times", ECTO .. "(3, '2026-01-05T09:00:00'), " ..
      "(1, '2026-01-05T09:00:01.5')", table = true, ids = "1_a 3_c",
      at = { ["1_a"] = "2026-01-05T09:00:01.500Z" } },
    { "its own name for the table", [[CREATE TABLE "my_migrations" ("version"
        INTEGER PRIMARY KEY, "inserted_at" TEXT); INSERT INTO my_migrations
        VALUES (1, '')]], with = { "--from", "my_migrations" }, ids = "1_a" },
    { "a version without a file", ECTO .. "(9, '')", table = true,
      no = "9 has no file" },
  },
  Wrangler = {
    { "out of order", D1 .. "(1, '3_c.sql', ''), (2, '1_a.sql', '')",
      ids = "1_a 3_c" },
    { "a file that is gone", D1 .. "(1, '0_z.sql', ''), (2, '1_a.sql', '')",
      ids = "0_z 1_a", err = "0_z is applied, but its file is missing" },
  },
  ["a home-made runner"] = {
    { "a name that was taken back, and applied again later",
      [[CREATE TABLE migrations (name TEXT, status TEXT, applied_at INTEGER);
        INSERT INTO migrations VALUES ('1_a', 'applied', 1767603603),
        ('1_a', 'reverted', 1767603602), ('1_a', 'applied', 1767603601),
        ('2_b', 'reverted', 1767603602), ('2_b', 'applied', 1767603601)]],
      ids = "1_a" },
    { "success as a number", [[CREATE TABLE schema_migrations (version INTEGER
        PRIMARY KEY, success INTEGER); INSERT INTO schema_migrations VALUES
        (1, 1), (2, 1)]], table = true, ids = "1_a 2_b" },
    { "success as 0", [[CREATE TABLE schema_migrations (version INTEGER
        PRIMARY KEY, success INTEGER); INSERT INTO schema_migrations VALUES
        (1, 1), (2, 0)]], table = true, no = "2 has the state 0" },
    { "a state of NULL", [[CREATE TABLE schema_migrations (name TEXT, state
        TEXT); INSERT INTO schema_migrations VALUES ('1_a', NULL)]],
      table = true, no = "1_a has the state NULL" },
    { "names and numbers mixed", [[CREATE TABLE schema_migrations (version
        TEXT PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1'),
        ('2_b')]], table = true, no = "2_b has no file" },
    { "a number that is not the name's", [[CREATE TABLE schema_migrations
        (version INTEGER, name TEXT); INSERT INTO schema_migrations VALUES
        (1, 'a'), (2, 'c')]], table = true,
      no = "2 has another name than the file" },
    { "the class names of TypeORM", [[CREATE TABLE migrations (id INTEGER
        PRIMARY KEY AUTOINCREMENT, timestamp bigint NOT NULL, name varchar NOT
        NULL); INSERT INTO migrations VALUES (1, 1767603600000,
        'AddRooms1767603600000')]],
      no = "none of its 1 migrations is in the folder" },
    { "Laravel's batches", [[CREATE TABLE migrations (id integer primary key,
        migration varchar not null, batch integer not null); INSERT INTO
        migrations VALUES (1, '1_a', 1), (2, '2_b.php', 2)]],
      ids = "1_a 2_b" },
    { "columns in capitals", [[CREATE TABLE SCHEMA_VERSION (VERSION INTEGER,
        NAME TEXT, APPLIED_AT TEXT); INSERT INTO SCHEMA_VERSION VALUES
        (1, 'a', '2026-01-05')]], ids = "1_a",
      at = { ["1_a"] = "2026-01-05T00:00:00.000Z" } },
    { "numbers with zeros, as text", [[CREATE TABLE schema_migrations
        (version TEXT PRIMARY KEY, applied_at TEXT); INSERT INTO
        schema_migrations VALUES ('001', NULL), ('003', NULL)]],
      table = true, ids = "1_a 3_c" },
    { "the IDs of a text column, under another name than ours",
      [[CREATE TABLE schema_migrations (id TEXT PRIMARY KEY, applied_at
        TEXT); INSERT INTO schema_migrations VALUES ('1_a', '2026-01-05')]],
      table = true, ids = "1_a" },
    { "microseconds, and times in the far future", [[CREATE TABLE
        schema_version (version INTEGER, applied_at INTEGER); INSERT INTO
        schema_version VALUES (1, 1767603600000000), (2, 9e18)]],
      ids = "1_a 2_b" },
    { "no rows", "CREATE TABLE migrations (id INTEGER, name TEXT)",
      ids = "" },
  },
  ["a tool that has the name we are told to take"] = {
    { "with a name of its own", UMZUG .. "('1_a.js')",
      with = { "--table", "SequelizeMeta" }, no = "belongs to umzug" },
    { "with one that many have", "CREATE TABLE schema_version (version " ..
      "INTEGER); INSERT INTO schema_version VALUES (1), (2)",
      with = { "--table", "schema_version" },
      no = "belongs to a home-made runner that counts versions" },
  },
  ["several tools"] = {
    { "that say the same", GORP .. "('1_a.sql', NULL); " .. GOOSE_ROWS ..
      "(2, 1, 1, '')", ids = "1_a" },
    { "of which one is empty", GORP .. "('1_a.sql', NULL); " .. GOOSE,
      ids = "1_a" },
    { "of which one is dirty", GORP .. "('1_a.sql', NULL); " .. GOLANG ..
      "INSERT INTO schema_migrations VALUES (1, 1)", table = true,
      no = "1 is marked dirty" },
    { "of which one is chosen over a dirty one", GORP ..
      "('1_a.sql', NULL); " .. GOLANG ..
      "INSERT INTO schema_migrations VALUES (1, 1)", table = true,
      with = { "--from", "sql-migrate" }, ids = "1_a" },
    { "of which one is another folder's", GORP .. "('1_a.sql', NULL); " ..
      UMZUG .. "('x.js')", ids = "1_a", err = "left out: SequelizeMeta" },
  },
}

describe("adopt and the ledger of", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function has(text, words)
    assert.truthy(text:find(words, 1, true), words .. "\nis not in:\n" ..
      text)
  end

  local function make(case)
    for i, name in ipairs(case.folders or {}) do
      box:write("migrations/" .. name .. "/migration.sql",
        ("CREATE TABLE t%d (x);\n"):format(i))
      box:write("migrations/" .. name .. "/snapshot.json", "{}")
    end
    local plain = case.folders and {} or { "1_a", "2_b", "3_c" }
    for i, name in ipairs(case.files or plain) do
      box:sql_file(name .. ".sql", ("CREATE TABLE t%d (x);\n"):format(i))
    end
    if case.journal then
      local entries = {}
      for i, name in ipairs { "1_a", "2_b", "3_c" } do
        entries[i] = ('{"idx": %d, "version": "6", "when": %d, "tag": "%s", ' ..
          '"breakpoints": true}'):format(i - 1, case.journal[i], name)
      end
      box:write("migrations/meta/_journal.json", '{"version": "7", ' ..
        '"dialect": "sqlite", "entries": [' .. table.concat(entries, ",") ..
        "]}")
    end
    box:sql(case[2])
  end

  local function options(case)
    local words = { table.unpack(case.with or {}) }
    if case.table then
      words[#words + 1], words[#words + 2] = "--table", "lumi_m"
    end
    return words
  end

  -- Everything in the database but what is ours.
  local function others(ledger)
    local _, out = box:sh(([[cp app.db .run/o.db && sqlite3 .run/o.db \
      "DROP TABLE IF EXISTS %s" "DROP TABLE IF EXISTS %s_history" .dump]]):
      format(ledger, ledger))
    return out
  end

  local function takes_over(case, words)
    local ledger = case.table and "lumi_m" or "schema_migrations"
    local before, kept = box:bytes(), others(ledger)
    local status, _, err = box:run("adopt", "--dry-run",
      table.unpack(words))
    assert.equal(0, status, err)
    assert.equal(before, box:bytes())
    status, _, err = box:run("adopt", table.unpack(words))
    assert.equal(0, status, err)
    if case.err then
      has(err, case.err)
    else
      assert.equal("", err)
    end
    assert.equal(case.ids, box:value(("SELECT coalesce(group_concat(id, " ..
      "' '), '') FROM (SELECT id FROM %s ORDER BY position)"):format(
      ledger)))
    for id, at in pairs(case.at or {}) do
      assert.equal(at, box:value(("SELECT applied_at FROM %s WHERE id = " ..
        "'%s'"):format(ledger, id)))
    end
    assert.equal(0, box:value(("SELECT count(*) FROM %s WHERE applied_at " ..
      "NOT GLOB '2026-*' AND applied_at NOT GLOB strftime('%%Y-*', 'now')"):
      format(ledger)))
    assert.equal(kept, others(ledger))
    before = box:bytes()
    assert.equal(0, (box:run("adopt", table.unpack(words))))
    assert.equal(before, box:bytes())
  end

  local function refuses(case, words)
    local before = box:bytes()
    for _ = 1, 2 do
      local err = box:fails(4, "adopt", table.unpack(words))
      has(err:match("lumigrate: error: ([^\n]*)"), case.no)
      has(err, "nothing was changed")
      has(err, "\n  hint ")
      assert.truthy(#err < 2000, #err)
      assert.falsy(err:find("[\0-\8\11-\31]"))
      assert.equal(before, box:bytes())
      words[#words + 1] = "--dry-run"
    end
  end

  for tool, list_of in pairs(cases) do
    describe(tool .. ":", function()
      for _, case in ipairs(list_of) do
        it(case[1], function()
          make(case)
          if case.no then
            refuses(case, options(case))
          else
            takes_over(case, options(case))
          end
        end)
      end
    end)
  end

  describe("goose, in a database that is", function()
    before_each(function()
      make { "", GOOSE_ROWS .. "(2, 1, 1, '')" }
    end)

    local function says(status, words, ...)
      local before = box:bytes()
      local err = box:fails(status, "adopt", ...)
      has(err, words)
      has(err, "nothing was changed")
      assert.equal(before, box:bytes())
    end

    it("being written to: a dry run reads beside it", function()
      local let_go = hold(box, "BEGIN IMMEDIATE")
      says(5, "the lock timeout of 0.1 s", "--lock-timeout", "0.1")
      local status, out = box:run("adopt", "--dry-run", "--lock-timeout", "0")
      let_go()
      assert.equal(0, status)
      has(out, "✓ 1_a  to be recorded")
      takes_over({ ids = "1_a" }, {})
    end)

    it("locked against readers too", function()
      local let_go = hold(box, "BEGIN EXCLUSIVE")
      for _, dry in ipairs { "--dry-run", "--rename" } do
        says(5, "the lock timeout of 0.1 s", "--lock-timeout", "0.1", dry)
      end
      let_go()
    end)

    it("in WAL mode, its rows still in the -wal", function()
      box:sql("PRAGMA journal_mode = WAL")
      local let_go = hold(box, "INSERT INTO goose_db_version VALUES " ..
        "(3, 2, 1, ''); BEGIN; SELECT * FROM goose_db_version")
      local status, _, err = box:run("adopt")
      let_go()
      assert.equal(0, status, err)
      assert.equal("1_a 2_b", box:value("SELECT group_concat(id, ' ') " ..
        "FROM schema_migrations"))
      assert.equal("wal", box:value("PRAGMA journal_mode"))
    end)

    it("in UTF-16", function()
      box:sh("rm app.db")
      box:sql("PRAGMA encoding = 'UTF-16be'; " .. GOOSE_ROWS ..
        "(2, 1, 1, '2026-01-05 09:00:00')")
      takes_over({ ids = "1_a", at = { ["1_a"] =
        "2026-01-05T09:00:00.000Z" } }, {})
    end)

    it("damaged where the ledger is", function()
      box:sql("PRAGMA page_size = 512; VACUUM")
      local page = box:value("SELECT rootpage FROM sqlite_schema WHERE " ..
        "name = 'goose_db_version'")
      box:sh(("printf %%512s x | tr ' ' x | dd of=app.db bs=512 seek=%d " ..
        "conv=notrunc 2>/dev/null"):format(page - 1))
      says(7, "is damaged")
      says(7, "is damaged", "--dry-run")
    end)

    it("not to be written by us", function()
      local prefix = ""
      if select(2, box:sh("id -u")) == "0\n" then
        prefix = "setpriv --reuid 65534 --regid 65534 --clear-groups "
      end
      box:sh("cp " .. sandbox.quote(sandbox.program) .. " lumigrate; " ..
        "chmod 755 . lumigrate migrations; chmod 644 migrations/*; " ..
        "chmod 444 app.db")
      local before = box:bytes()
      local line = prefix .. "./lumigrate adopt --database app.db "
      local status, _, err = box:sh(line)
      assert.equal(2, status)
      has(err, "no permission to write the database ")
      has(err, "nothing was changed")
      local out
      status, out, err = box:sh(line .. "--dry-run")
      assert.equal(0, status, err)
      has(out, "1 migration to record")
      assert.equal(before, box:bytes())
    end)

    it("one where another program keeps our history's name", function()
      box:sql("CREATE TABLE schema_migrations_history (x)")
      says(4, "schema_migrations_history is a table of another program")
      takes_over({ ids = "1_a", table = true }, { "--table", "lumi_m" })
    end)
  end)

  it("a table that is not there", function()
    make { "", "CREATE TABLE t1 (version TEXT); CREATE TABLE odd (x)" }
    local before = box:bytes()
    for _, name in ipairs { "nothing", "t2", "app.db" } do
      has(box:fails(2, "adopt", "--from", name), "no tool is called " .. name)
    end
    -- One that is there, but can be no ledger.
    has(box:fails(4, "adopt", "--from", "odd"), "the columns of the table " ..
      "odd are no tool's that adopt knows: x")
    assert.equal(before, box:bytes())
  end)
end)
