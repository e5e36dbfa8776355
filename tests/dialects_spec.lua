-- SPDX-License-Identifier: MIT
-- A folder of another tool runs unchanged: found out, in the tool's order,
-- under the names of its files, in transactions as the tool has them.
local sandbox = require "tests.support.sandbox"
local look = require "tests.support.look"
local has, lacks = look.has, look.lacks

local box
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

local function ids()
  return box:rows("SELECT id FROM schema_migrations ORDER BY position")
end

-- Files of the folder, by path.
local function folder(files)
  for path, text in pairs(files) do
    box:write("migrations/" .. path, text)
  end
end

-- They run: what was made, under which IDs, as which kind. Returns what was
-- warned of.
local function runs(kind, list, made, env)
  local status, out, err = box:run_env(env or {}, "up")
  assert.equal(0, status, out .. err)
  assert.same(list, ids())
  assert.equal(made, box:names())
  local _, report = box:run_env(env or {}, "status", "-v")
  for _, id in ipairs(list) do
    local line = report:match("[^\n]* " .. id:gsub("%p", "%%%0") .. " [^\n]*")
    assert.truthy(line and line:find("  " .. kind .. "  ", 1, true), report)
  end
  status, out = box:run_env(env or {}, "up")
  assert.equal(0, status)
  has(out, "All migrations already applied")
  return err
end

-- Exit 2 with this sentence at this place, and no database.
local function refused(sentence, place, env)
  local status, out, err = box:run_env(env or {}, "up")
  assert.equal(2, status, out .. err)
  assert.equal("lumigrate: error: " .. sentence, err:match("^[^\n]*"))
  has(err, "migrations/" .. place)
  has(err, "nothing was changed")
  assert.equal("absent", box:bytes())
  return err
end

local function outside()
  local list = {}
  for i, row in ipairs(box:query("SELECT id FROM schema_migrations_history " ..
      "WHERE outcome = 'started' ORDER BY seq")) do
    list[i] = row.id
  end
  return list
end

describe("goose's folder", function()
  it("runs by number, up to Down, with its names", function()
    folder {
      ["00010_c.sql"] = "-- +goose Up\nDROP TABLE a;\n-- +goose Down\n" ..
        "SELECT nope;\n",
      ["2_b.sql"] = "--+goose up\nALTER TABLE a ADD y;\n",
      ["00001_a.sql"] = "-- Why.\n\n-- +goose Up\nCREATE TABLE a (x);\n" ..
        "-- +goose StatementBegin\nCREATE TRIGGER g AFTER INSERT ON a BEGIN" ..
        "\n  SELECT ';';\nEND\n-- +goose StatementEnd\nCREATE TABLE b (x)\n" ..
        "\n-- +goose Down\nDROP TABLE a;\n",
      ["00011_d.sql"] = "-- +goose Up\r\n-- +goose Down\r\n",
      ["00012_e.sql"] = "-- only words\n",
      ["00013_f_test.go"] = "package x",
    }
    local err = runs("goose", { "00001_a", "2_b", "00010_c", "00011_d",
      "00012_e" }, "b")
    assert.equal("", err)
    assert.equal("Why.", box:value("SELECT description FROM " ..
      "schema_migrations WHERE id = '00001_a'"))
  end)

  it("runs a NO TRANSACTION file outside one", function()
    folder {
      ["1_a.sql"] = "-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM;\n" ..
        "CREATE TABLE a (x);\n",
      ["2_b.sql"] = "-- +goose Up\nCREATE TABLE b (x);\n",
    }
    runs("goose", { "1_a", "2_b" }, "a b")
    assert.same({ "1_a" }, outside())
  end)

  it("keeps what only looks like an annotation", function()
    folder { ["1_a.sql"] = "-- +goose Up\nCREATE TABLE a (x);\nINSERT INTO " ..
      "a VALUES ('\n-- +goose Down\n'); /*\n-- +goose Down\n*/\n" ..
      "INSERT INTO a VALUES (2); -- as +goose does\n" }
    runs("goose", { "1_a" }, "a")
    assert.equal(2, box:value("SELECT count(*) FROM a"))
  end)

  it("leaves files without a number and without annotations alone",
    function()
      folder { ["1_a.sql"] = "-- +goose Up\nCREATE TABLE a (x);\n",
        ["schema.sql"] = "junk" }
      has(runs("goose", { "1_a" }, "a"),
        "warning: left alone, as goose would: schema.sql\n")
    end)

  for text, case in pairs {
    ["-- +goose Down\nDROP TABLE t;\n-- +goose Up\n"] =
      { "-- +goose Down stands before -- +goose Up", "1:1" },
    ["-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n"] =
      { "the StatementBegin that stands here has no StatementEnd", "2:1" },
    ["-- +goose Up\n-- +goose StatementBegin\n-- +goose Down\n"] =
      { "the StatementBegin that stands here has no StatementEnd", "2:1" },
    ["-- +goose Up\n-- +goose StatementEnd\n"] =
      { "there is no StatementBegin before this StatementEnd", "2:1" },
    ["-- +goose Up\nSELECT 1;\n-- +goose Up\n"] =
      { "a second -- +goose Up stands here", "3:1" },
    ["-- +goose Up\n-- +goose Down\n-- +goose Down\n"] =
      { "a second -- +goose Down stands here", "3:1" },
    ["-- +goose Up -- note\n"] =
      { "goose knows no such annotation", "1:1" },
    ["-- x +goose Up\n-- +goose Up\n"] =
      { "goose knows no such annotation", "1:1" },
    [" -- +goose Up\n"] =
      { "an annotation of goose must begin its line", "1:2" },
    ["-- +goose Up\nSELECT 1; -- +goose Down\nDROP TABLE t;\n"] =
      { "an annotation of goose must begin its line", "2:11" },
    ["CREATE TABLE t (x);\n-- +goose Up\n"] =
      { "something stands before the first -- +goose Up", "1:1" },
    ["-- +goose NO TRANSACTION\n"] =
      { "there is no -- +goose Up in the file", "1:1" },
  } do
    it("is refused: " .. text:gsub("\n", "|"), function()
      folder { ["1_a.sql"] = text }
      refused(case[1], "1_a.sql:" .. case[2])
    end)
  end

  it("is refused when two files have one number", function()
    folder { ["1_a.sql"] = "-- +goose Up\n", ["001_b.sql"] = "-- +goose Up\n" }
    refused("two migrations are one version to goose: 1_a.sql and 001_b.sql",
      "001_b.sql")
  end)

  it("is refused at a program of its own, until that is applied", function()
    folder { ["1_a.sql"] = "-- +goose Up\nCREATE TABLE a (x);\n",
      ["2_b.go"] = "package migrations",
      ["3_c.sql"] = "-- +goose Up\nCREATE TABLE c (x);\n" }
    local err = refused("2_b.go is a program of its tool, which cannot run " ..
      "here", "2_b.go")
    has(err, "lumigrate baseline --only 2_b")
    box:run("up", "--to", "1_a")
  end)
end)

describe("ENVSUB", function()
  local function file(text)
    folder { ["1_a.sql"] = "-- +goose Up\nCREATE TABLE a (x);\n" ..
      "-- +goose ENVSUB ON\n" .. text .. "-- +goose ENVSUB OFF\n" ..
      "INSERT INTO a VALUES ('$A ${A}');\n-- +goose Down\n" }
  end

  local function values(env)
    runs("goose", { "1_a" }, "a", env)
    local list = {}
    for i, row in ipairs(box:query("SELECT x FROM a ORDER BY rowid")) do
      list[i] = row[1]
    end
    return list
  end

  it("puts in what the environment has, between ON and OFF", function()
    file("INSERT INTO a VALUES ('$A'), ('${A}b'), ('${NO}'), ('$NO.'),\n" ..
      "-- '$A stays\n('${NO:-d}'), ('${E:-d}'), ('${E-d}'), ('${NO-d$A}'),\n" ..
      "('${A?m}'), ('${A:1}'), ('${A:1:2}'), ('$$A'), ('\\$A'), ('$1');\n")
    assert.same({ "12345", "12345b", "", ".", "d", "d", "", "d12345",
      "12345", "2345", "23", "$A", "$A", "$1", "$A ${A}" },
      values { A = "12345", E = "" })
  end)

  it("splits what it made, so that a value may hold a statement", function()
    file("INSERT INTO a VALUES (1$A\n")
    assert.same({ 1, 7, "$A ${A}" }, values {
      A = "); INSERT INTO a VALUES (7);" })
  end)

  it("is refused before anything when a value must be there", function()
    file("\nINSERT INTO a\n VALUES ('${NO?say it}');\n")
    local err = refused("a variable is not set: NO?say it", "1_a.sql:6:11")
    has(err, "set NO in the environment")
    assert.same({ "y", "$A ${A}" }, values { NO = "y" })
  end)

  it("takes .env too", function()
    box:write(".env", "A=from_file\n")
    file("INSERT INTO a VALUES ('$A');\n")
    assert.same({ "from_file", "$A ${A}" }, values())
  end)

  it("does not change the fingerprint by its values", function()
    file("INSERT INTO a VALUES ('$A');\n")
    values { A = "1" }
    local _, _, err = box:run_env({ A = "2" }, "status")
    lacks(err, "edited")
  end)

  it("places an error behind a value where it stands in the file", function()
    file("INSERT INTO a VALUES ('$A'), (nope);\n")
    local _, _, err = box:run_env({ A = ("x"):rep(100) .. "\n\n" }, "up")
    has(err, "no such column: nope")
    has(err, "migrations/1_a.sql:4:31)")
  end)
end)

describe("sql-migrate's folder", function()
  it("runs numbered files by number, then the others", function()
    folder {
      ["10_c.sql"] = "-- +migrate Up\nCREATE TABLE c (x);\n" ..
        "-- +migrate Down\nDROP TABLE c;\n",
      ["2_b.sql"] = "-- +migrate Up\nCREATE TABLE b (x);\n-- +migrate Down\n" ..
        "SELECT nope;\n-- +migrate Up\n-- +migrate StatementBegin\n" ..
        "CREATE TABLE b2 (x);\n-- +migrate StatementEnd\n",
      ["1_b.sql"] = "-- +migrate Up\n",
      ["01_a.sql"] = "-- +migrate Up\n",
      ["a.sql"] = "-- +migrate Up notransaction\nVACUUM;\n",
    }
    runs("sql-migrate", { "01_a", "1_b", "2_b", "10_c", "a" }, "b b2 c")
    assert.same({ "a" }, outside())
  end)

  for text, case in pairs {
    ["-- +migrate up\nSELECT 1;\n"] = { "sql-migrate knows no such command: " ..
      "it has Up, Down, StatementBegin and StatementEnd, written so", "1:1" },
    ["--+migrate Up\n"] = { "sql-migrate sees no command here: it must " ..
      "begin its line, as -- +migrate Up", "1:1" },
    ["-- +migrate Down\nSELECT 1;\n-- +migrate Up\n"] =
      { "-- +migrate Down stands before -- +migrate Up", "1:1" },
    ["SELECT 1;\n-- +migrate Up\n"] =
      { "something stands before the first -- +migrate Up", "1:1" },
    ["-- +migrate Up\n-- +migrate StatementBegin\n"] =
      { "the StatementBegin that stands here has no StatementEnd", "2:1" },
  } do
    it("is refused: " .. text:gsub("\n", "|"), function()
      folder { ["1_a.sql"] = text }
      refused(case[1], "1_a.sql:" .. case[2])
    end)
  end
end)

describe("dbmate's folder", function()
  it("runs in the order of the names as text, and says so", function()
    folder {
      ["2_b.sql"] = "-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down\n",
      ["10_a.sql"] = "-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\n",
      ["schema.sql"] = "CREATE TABLE never (x);",
    }
    local err = runs("dbmate", { "10_a", "2_b" }, "a b")
    has(err, "dbmate orders its files as text, so 10_a.sql runs before " ..
      "2_b.sql")
    has(err, "left alone, as dbmate would: schema.sql")
  end)

  it("leaves its own ledger out, with a warning", function()
    folder { ["1_a.sql"] = "-- migrate:up\nCREATE TABLE IF NOT EXISTS " ..
      "\"schema_migrations\" (version varchar(128) primary key);\n" ..
      "CREATE UNIQUE INDEX u ON schema_migrations (version);\n" ..
      "INSERT INTO main.schema_migrations VALUES (1);\n" ..
      "CREATE TABLE a (x);\n" }
    local err = runs("dbmate", { "1_a" }, "a")
    has(err, 'warning: 1_a: left out: a statement about the ledger\'s ' ..
      'table "schema_migrations"')
    assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
  end)

  it("is not meant by dated files with its marks, as new writes them",
    function()
      folder {
        ["2026_01_10_b.sql"] = "-- migrate:up\nCREATE TABLE b (x);\n" ..
          "-- migrate:down\nDROP TABLE b;\n",
        ["2026_01_9_a.sql"] = "-- migrate:up\nCREATE TABLE a (x);\n",
        ["2026_01_11_c.sql"] = "CREATE TABLE c (x);\n",
      }
      assert.equal("", select(3, box:run("up")))
      assert.same({ "2026_01_9_a", "2026_01_10_b", "2026_01_11_c" }, ids())
      assert.equal("a b c", box:names())
    end)

  it("is refused when two files have one version", function()
    folder { ["1_a.sql"] = "-- migrate:up\n", ["1_b.sql"] = "-- migrate:up\n" }
    refused("two migrations are one version to dbmate: 1_a.sql and 1_b.sql",
      "1_b.sql")
  end)
end)

describe("golang-migrate's folder", function()
  it("is paired and ordered by numbers; other files are left alone",
    function()
      folder {
        ["10_c.up.db.sql"] = "CREATE TABLE c (x);",
        ["10_c.down.db.sql"] = "DROP TABLE c;",
        ["0002_b..up.sql"] = "CREATE TABLE b (x);",
        ["2_renamed.down.sql"] = "DROP TABLE b;",
        ["1_a.up.sqlite"] = "CREATE TABLE a (x)",
        ["3_only.down.sql"] = "DROP TABLE x;",
        ["0012_x_up.sql"] = "DROP TABLE x;", ["notes.sql"] = "junk",
        ["README.md"] = "-- +goose Up",
      }
      has(runs("golang-migrate", { "1_a", "0002_b.", "10_c" }, "a b c"),
        "left alone, as golang-migrate would: 3_only.down.sql, " ..
        "0012_x_up.sql, notes.sql\n")
    end)

  it("does not count marks of sqlx", function()
    folder { ["1_a.up.sql"] = "-- no comment\nCREATE TABLE a (x);" }
    runs("golang-migrate", { "1_a" }, "a")
    assert.same({}, outside())
  end)

  it("is refused when one number has two ways down", function()
    folder { ["1_a.up.sql"] = "", ["1_a.down.sql"] = "",
      ["01_b.down.sql"] = "" }
    refused("1_a.down.sql and 01_b.down.sql are the same way of one " ..
      "migration to golang-migrate", "01_b.down.sql")
  end)
end)

describe("a folder of pairs", function()
  it("where numbers come twice, is paired by whole names", function()
    folder {
      ["0001_b.up.sql"] = "CREATE INDEX i ON a (x);",
      ["0001_a.up.sql"] = "CREATE TABLE a (x);",
      ["0001_a.down.sql"] = "DROP TABLE a;",
      ["2_x.sqlite.up.sql"] = "CREATE TABLE c (x);",
      ["10_y.up.sql"] = "-- no-transaction\nVACUUM;",
      ["lost.down.sql"] = "DROP TABLE a;",
    }
    has(runs("pairs", { "0001_a", "0001_b", "2_x.sqlite", "10_y" }, "a c i"),
      "left alone, as ways down without their ways up: lost.down.sql")
    assert.same({ "10_y" }, outside())
  end)

  it("leaves those for other databases alone", function()
    folder { ["V1.A.all.up.sql"] = "CREATE TABLE a (x);",
      ["V2.B.mysql.up.sql"] = "junk", ["V2.B.sqlite.up.sql"] =
        "CREATE TABLE b (x);", ["V2.B.postgres.up.sql"] = "junk" }
    has(runs("pairs", { "V1.A.all", "V2.B.sqlite" }, "a b"), "left alone, " ..
      "as made for other databases: V2.B.mysql.up.sql, V2.B.postgres.up.sql")
  end)

  it("is refused at a language that is not SQL", function()
    folder { ["1_a.up.sql"] = "", ["2_b.up.fizz"] = "create_table()" }
    refused("2_b.up.fizz is a program of its tool, which cannot run here",
      "2_b.up.fizz")
  end)

  it("needs no numbers at all", function()
    folder { ["beds.up.sql"] = "CREATE TABLE b (x);",
      ["aisle.up.sql"] = "CREATE TABLE a (x);" }
    runs("pairs", { "aisle", "beds" }, "a b")
  end)

  it("runs after what its -- depends: names", function()
    local files = { ["1_a.sql"] = "-- for b\n-- depends: 2_b nothing\n" ..
        "CREATE INDEX i ON b (x);",
      ["2_b.sql"] = "CREATE TABLE b (x);\n-- depends: 3_c",
      ["3_c.sql"] = "--Depends:1_a 4_d\nCREATE INDEX j ON d (x);",
      ["4_d.sql"] = "CREATE TABLE d (x);" }
    local order = { "2_b", "1_a", "4_d", "3_c" }
    folder(files)
    runs("sql", order, "b d i j")
    os.remove(box:path("app.db"))
    folder { ["3_c.rollback.sql"] = "DROP INDEX j;" }
    runs("yoyo", order, "b d i j")
    assert.equal(0, (box:run("down")))
    assert.same({ "2_b", "1_a", "4_d" }, ids())
  end)

  it("keeps its fingerprint when another one gets a way down", function()
    folder { ["1_a.sql"] = "CREATE TABLE a (x);",
      ["2_b.sql"] = "-- depends: 1_a\nCREATE TABLE b (x);",
      ["3_c.sql"] = "CREATE TABLE c (x);" }
    runs("sql", { "1_a", "2_b", "3_c" }, "a b c")
    folder { ["4_d.sql"] = "CREATE TABLE d (x);",
      ["4_d.rollback.sql"] = "DROP TABLE d;" }
    assert.equal("", runs("yoyo", { "1_a", "2_b", "3_c", "4_d" }, "a b c d"))
  end)

  it("refuses files that depend on each other", function()
    folder { ["1_a.sql"] = "-- depends: 3_c\nCREATE TABLE a (x);",
      ["2_b.sql"] = "CREATE TABLE b (x);",
      ["3_c.sql"] = "-- depends: 1_a\nCREATE TABLE c (x);" }
    has(refused('1_a.sql can never run: by their "-- depends:" lines the ' ..
      "files that it waits for wait in a circle", "1_a.sql"),
      "take one of these lines out")
  end)

  it("never runs a way down without its way up", function()
    folder { ["1_a.sql"] = "CREATE TABLE a (x);",
      ["1_a.rollback.sql"] = "DROP TABLE a;",
      ["2_b.sql"] = "CREATE TABLE b (x);",
      ["3_c.down.sql"] = "DROP TABLE a;" }
    runs("yoyo", { "1_a", "2_b" }, "a b")
    os.remove(box:path("migrations/1_a.rollback.sql"))
    os.remove(box:path("app.db"))
    has(runs("sql", { "1_a", "2_b" }, "a b"), "left alone, as ways down " ..
      "without their ways up: 3_c.down.sql")
  end)
end)

describe("sqlx's folder", function()
  it("is told from golang-migrate's by simple files among pairs", function()
    folder {
      ["1_a.up.sql"] = "CREATE TABLE a (x);", ["1_a.down.sql"] = "",
      ["02_b.sql"] = "-- no-transaction\nVACUUM;\nCREATE TABLE b (x);",
      ["10_c.up.sql"] = "\u{feff}-- no-transaction\nCREATE TABLE c (x);",
    }
    runs("sqlx", { "1_a", "02_b", "10_c" }, "a b c")
    assert.same({ "02_b" }, outside())
  end)

  it("is refused at a file without a number", function()
    folder { ["1_a.up.sql"] = "-- no-transaction\n", ["notes_old.sql"] = "" }
    refused("notes_old.sql has no number before its first _, and sqlx " ..
      "stops at such a file", "notes_old.sql")
  end)

  it("without pairs is a plain one, whose mark counts", function()
    folder { ["1_a.sql"] = "-- no-transaction\nVACUUM;\n",
      ["2_b.sql"] = " -- no-transaction\nCREATE TABLE b (x);\n" }
    runs("sql", { "1_a", "2_b" }, "b")
    assert.same({ "1_a" }, outside())
  end)
end)

describe("diesel's folder", function()
  it("holds a folder for each, in the order of their versions", function()
    folder {
      ["2026-01-02-000001_b/up.sql"] = "CREATE TABLE b (x);",
      ["2026-01-02-000001_b/down.sql"] = "DROP TABLE b;",
      ["20260101000001_a/up.sql"] = "CREATE TABLE a (x);",
      ["2026-01-03-000001_c/up.sql"] = "VACUUM;\nCREATE TABLE c (x);",
      ["2026-01-03-000001_c/metadata.toml"] =
        "# why\nrun_in_transaction = false # so\n",
      ["2026-01-04-000001_d/up.sql"] = "-- Your SQL goes here",
      ["2026-01-04-000001_d/metadata.toml"] = "run_in_transaction=true\r\n",
      ["2026-01-05-000001_e/up.sql"] = "",
      ["2026-01-05-000001_e/metadata.toml"] = "[other]\nx = 1\n",
      ["2026-01-06-000001_f/up.sql"] = "",
      ["2026-01-06-000001_f/metadata.toml"] = "no toml\n",
      ["lib/x.lua"] = "return 1", ["stray.sql"] = "junk",
    }
    local list = { "20260101000001_a", "2026-01-02-000001_b",
      "2026-01-03-000001_c", "2026-01-04-000001_d", "2026-01-05-000001_e",
      "2026-01-06-000001_f" }
    has(runs("diesel", list, "a b c"), "left alone, as diesel would: " ..
      "stray.sql")
    assert.same({ "2026-01-03-000001_c", "2026-01-05-000001_e" }, outside())
  end)

  it("is edited when its metadata.toml says something else", function()
    folder { ["1_a/up.sql"] = "CREATE TABLE a (x);" }
    runs("diesel", { "1_a" }, "a")
    folder { ["1_a/metadata.toml"] = "run_in_transaction = false\n" }
    has(select(3, box:run("status")), "1_a was edited")
    folder { ["1_a/metadata.toml"] = "run_in_transaction = true\n" }
    lacks(select(3, box:run("status")), "edited")
  end)

  it("is refused where a migration is lost", function()
    folder { ["1_a/up.sql"] = "", ["2_b/down.sql"] = "" }
    refused("there is no up.sql in the folder 2_b, which diesel takes for " ..
      "a migration", "2_b")
    folder { ["2_b/up.sql"] = "", ["2_b.sql"] = "" }
    refused("2_b.sql and 2_b/up.sql are the same migration", "2_b.sql")
    os.remove(box:path("migrations/2_b.sql"))
    folder { ["2-_c/up.sql"] = "" }
    refused("two migrations are one version to diesel: 2-_c/up.sql and " ..
      "2_b/up.sql", "2_b/up.sql")
  end)

  it("gives an error its place in the file", function()
    folder { ["1_a/up.sql"] = "CREATE TABLE a (x);\nSELECT nope;" }
    has(box:fails(1, "up"), "1_a (migrations/1_a/up.sql:2:8)")
  end)
end)

describe("Prisma's folder", function()
  local REBUILD = [[
-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_P" ("id" INTEGER NOT NULL PRIMARY KEY, "n" TEXT);
INSERT INTO "new_P" ("id") SELECT "id" FROM "P";
DROP TABLE "P";
ALTER TABLE "new_P" RENAME TO "P";
PRAGMA foreign_key_check;
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
]]

  it("rebuilds tables, and loses no row that points to them", function()
    folder {
      ["migration_lock.toml"] = "# x\nprovider = \"sqlite\"\n",
      ["20260101_a/migration.sql"] = 'CREATE TABLE "P" ("id" INTEGER NOT ' ..
        'NULL PRIMARY KEY);\nCREATE TABLE "C" ("p" INTEGER REFERENCES "P" ' ..
        '("id") ON DELETE CASCADE);\nINSERT INTO "P" VALUES (1);\n' ..
        'INSERT INTO "C" VALUES (1);\n',
      ["20260102_b/migration.sql"] = REBUILD,
    }
    runs("prisma", { "20260101_a", "20260102_b" }, "C P")
    assert.equal(1, box:value('SELECT count(*) FROM "C"'))
    assert.same({}, outside())
  end)

  it("is refused when it was made for another database", function()
    folder { ["1_a/migration.sql"] = "",
      ["migration_lock.toml"] = 'provider = "postgresql"\n' }
    refused('these migrations were made for another database: provider = ' ..
      '"postgresql"', "migration_lock.toml")
  end)

  it("is refused when a folder holds no migration.sql", function()
    folder { ["1_a/migration.sql"] = "", ["2_b/notes.txt"] = "" }
    refused("there is no migration.sql in the folder 2_b, which prisma " ..
      "takes for a migration", "2_b")
  end)
end)

describe("drizzle's folder", function()
  local function journal(...)
    local list = {}
    for i, tag in ipairs { ... } do
      list[i] = ('{"idx":%d,"when":%d,"tag":"%s"}'):format(i, 1000 + i, tag)
    end
    return '{"version":"7","dialect":"sqlite","entries":[' ..
      table.concat(list, ",") .. "]}"
  end

  it("runs what its journal names, in that order", function()
    folder {
      ["meta/_journal.json"] = journal("0000_a", "0002_z", "0002_b"),
      ["0000_a.sql"] = "CREATE TABLE a (x)--> statement-breakpoint\n" ..
        "CREATE TABLE c (x);--> statement-breakpoint CREATE TABLE d (x)",
      ["0002_z.sql"] = "CREATE TABLE z (x);",
      ["0002_b.sql"] = "CREATE INDEX b ON z (x);",
      ["0003_left.sql"] = "junk",
    }
    has(runs("drizzle", { "0000_a", "0002_z", "0002_b" }, "a b c d z"),
      "left alone, as drizzle would: 0003_left.sql")
  end)

  it("steps out of the transaction where a file does so", function()
    folder {
      ["meta/_journal.json"] = journal("0000_a", "0001_b"),
      ["0000_a.sql"] = "CREATE TABLE a (x);",
      ["0001_b.sql"] = "COMMIT;--> statement-breakpoint\n" ..
        "PRAGMA foreign_keys=OFF;--> statement-breakpoint\n" ..
        "BEGIN TRANSACTION;\nALTER TABLE a ADD y;\nCOMMIT;\n" ..
        "PRAGMA foreign_keys=ON;--> statement-breakpoint\nBEGIN;",
    }
    runs("drizzle", { "0000_a", "0001_b" }, "a")
    assert.same({ "0001_b" }, outside())
    assert.equal(2, box:value("SELECT count(*) FROM pragma_table_info('a')"))
  end)

  it("may rebuild tables behind its PRAGMA foreign_keys=ON", function()
    folder {
      ["meta/_journal.json"] = journal("0000_a"),
      ["0000_a.sql"] = "CREATE TABLE p (id INTEGER PRIMARY KEY);\n" ..
        "CREATE TABLE c (p REFERENCES p ON DELETE CASCADE);\n" ..
        "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);\n" ..
        "PRAGMA foreign_keys=ON;--> statement-breakpoint\n" ..
        "CREATE TABLE n (id INTEGER PRIMARY KEY);\nINSERT INTO n SELECT * " ..
        "FROM p;\nDROP TABLE p;\nALTER TABLE n RENAME TO p;",
    }
    runs("drizzle", { "0000_a" }, "c p")
    assert.equal(1, box:value("SELECT count(*) FROM c"))
  end)

  it("may have the newer layout, without a journal", function()
    folder {
      ["20260101000000_b/migration.sql"] = "CREATE TABLE b (x);",
      ["20260101000000_b/snapshot.json"] = "{}",
      ["20251231000000_a/migration.sql"] = "CREATE TABLE a (x);",
      ["20251231000000_a/snapshot.json"] = "{}",
    }
    runs("drizzle", { "20251231000000_a", "20260101000000_b" }, "a b")
  end)

  it("is refused when the journal cannot be followed", function()
    folder { ["meta/_journal.json"] = journal("0000_a") }
    refused("the journal names 0000_a.sql, which is not there",
      "meta/_journal.json")
    folder { ["meta/_journal.json"] = '{"dialect":"mysql","entries":[]}' }
    refused("these migrations were made for another database: dialect " ..
      "mysql", "meta/_journal.json")
  end)
end)

describe("Flyway's folder", function()
  it("runs by version, in sub-folders too, with names as they are",
    function()
      folder {
        ["V10__e.sql"] = "CREATE TABLE e (x);",
        ["V1.10__d.sql"] = "CREATE TABLE d (x);",
        ["sub/V1_9__c.sql"] = "CREATE TABLE c (x);",
        ["sub/deep/V1.1__b b.SQL"] = "CREATE TABLE b (x);",
        ["V01__a.sql"] = "CREATE TABLE a (x);",
        ["V1.9.1__n.sql"] = "VACUUM;",
        ["V1.9.1__n.sql.conf"] = "executeInTransaction=false\n",
        ["V11__x.sql"] = "junk", ["V11__x.sql.conf"] = "shouldExecute=false",
        ["U10__e.sql"] = "DROP TABLE e;", ["U12__no.sql"] = "DROP TABLE x;",
        ["V__bad.sql"] = "junk", ["B1__base.sql"] = "junk",
        [".hidden/V13__x.sql"] = "junk",
      }
      local err = runs("flyway", { "V01__a", "V1.1__b b", "V1_9__c",
        "V1.9.1__n", "V1.10__d", "V10__e" }, "a b c d e")
      has(err, "left alone, as flyway would: B1__base.sql, V11__x.sql, " ..
        "V__bad.sql, U12__no.sql")
      assert.same({ "V1.9.1__n" }, outside())
    end)

  it("runs R__ last, and again when it changes", function()
    folder { ["R__b.sql"] = "CREATE VIEW b AS SELECT x FROM a;",
      ["R__a_view.sql"] = "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 1;",
      ["V1__z.sql"] = "CREATE TABLE a (x);" }
    runs("flyway", { "V1__z", "R__a_view", "R__b" }, "a b v")
    folder { ["R__a_view.sql"] = "DROP VIEW IF EXISTS v;" }
    box:up()
    assert.equal("a b", box:names())
    assert.same({ "V1__z", "R__a_view", "R__b" }, ids())
  end)

  it("begins with a baseline where the files before it are gone", function()
    folder { ["B5__base.sql"] = "CREATE TABLE a (x);",
      ["V6__b.sql"] = "ALTER TABLE a ADD y;" }
    runs("flyway", { "B5__base", "V6__b" }, "a")
  end)

  it("gets its placeholders from the environment", function()
    folder { ["V1.0__a.sql"] = "-- ${A.b}\nCREATE TABLE ${a.B}_t (x " ..
      "DEFAULT '${flyway:filename}');" }
    local err = refused("the placeholder ${A.b} has no value",
      "V1.0__a.sql:1:4")
    has(err, "set FLYWAY_PLACEHOLDERS_A_B in the environment")
    runs("flyway", { "V1.0__a" }, "p_t", { FLYWAY_PLACEHOLDERS_A_B = "p" })
    has(box:value("SELECT sql FROM sqlite_schema WHERE name = 'p_t'"),
      "'V1.0__a.sql'")
  end)

  it("is refused with a callback in it", function()
    folder { ["V1__a.sql"] = "", ["afterMigrate__x.sql"] = "" }
    refused("afterMigrate__x.sql is a callback, which Flyway runs by itself " ..
      "and lumigrate does not", "afterMigrate__x.sql")
  end)

  it("is refused when two files have one version", function()
    folder { ["V1.0__a.sql"] = "", ["sub/V1__b.sql"] = "" }
    assert.truthy(box:fails(2, "up"):find("two migrations are one version " ..
      "to flyway: ", 1, true))
  end)
end)

describe("refinery's folder", function()
  it("runs V and U by number", function()
    folder { ["V1__a.sql"] = "CREATE TABLE a (x);",
      ["U2__b.sql"] = "CREATE TABLE b (x);",
      ["V10__c.sql"] = "CREATE TABLE c (x);", ["notes.sql"] = "junk" }
    has(runs("refinery", { "V1__a", "U2__b", "V10__c" }, "a b c"),
      "left alone, as refinery would: notes.sql")
  end)

  it("is refused at a program of its own", function()
    folder { ["V1__a.sql"] = "", ["U3__b.sql"] = "", ["V2__x.rs"] = "fn" }
    refused("V2__x.rs is a program of its tool, which cannot run here",
      "V2__x.rs")
  end)
end)

describe("a folder", function()
  it("with marks of two tools is refused, naming one file of each",
    function()
      folder { ["1_a.sql"] = "-- +goose Up\n", ["2_b.sql"] = "SELECT 1;\n" ..
        "-- migrate:up\n" }
      refused("2_b.sql has marks of dbmate, and other files of the folder " ..
        "have those of goose", "2_b.sql:2:1")
      folder { ["2_b.sql"] = "-- +goose Up\n-- +migrate Up\n" }
      refused("2_b.sql has marks of two tools: goose and sql-migrate",
        "2_b.sql:2:1")
    end)

  it("with a file in no dialect is refused, naming it", function()
    folder { ["1_a.sql"] = "-- +goose Up\n",
      ["2_b.sql"] = "CREATE TABLE t (x);" }
    refused("2_b.sql has none of the marks of goose, which the other files " ..
      "have", "2_b.sql")
  end)

  it("with scripts beside another order runs in it, and says so", function()
    folder {
      ["meta/_journal.json"] =
        '{"entries":[{"tag":"0002_a","when":1},{"tag":"0001_b","when":2}]}',
      ["0002_a.sql"] = "CREATE TABLE a (x);",
      ["0001_b.sql"] = "ALTER TABLE a RENAME TO b;",
    }
    box:migration("0003_c", [[conn:execute("CREATE TABLE c (x)")]])
    box:migration("0000_s", [[conn:execute("CREATE TABLE s (x)")]])
    has(box:up() .. select(3, box:run("status")), "the files of drizzle " ..
      "run in its own order, which is not that of their names here: " ..
      "0002_a.sql before 0001_b.sql")
    assert.same({ "0000_s", "0002_a", "0001_b", "0003_c" }, ids())
    assert.equal("b c s", box:names())
  end)

  it("of folders only names them", function()
    folder { ["sqlite/1_a.sql"] = "", ["postgres/1_a.sql"] = "" }
    local err = box:fails(2, "up")
    has(err, "there is no migration in the folder migrations")
    has(err, "folders in it hold some: --migrations migrations/postgres, " ..
      "or --migrations migrations/sqlite")
  end)

  it("where a file is gone keeps its tool's order", function()
    folder { ["2_b.sql"] = "-- migrate:up\n", ["10_a.sql"] =
      "-- migrate:up\n", ["3_c.sql"] = "-- migrate:up\n" }
    box:up()
    os.remove(box:path("migrations/3_c.sql"))
    local _, out = box:run("status")
    assert.truthy(out:find("10_a.*2_b.*3_c"), out)
    box:sql_file("3_c.sql", "-- migrate:up\n")
    os.remove(box:path("migrations/10_a.sql"))
    _, out = box:run("status")
    assert.truthy(out:find("10_a.*2_b.*3_c"), out)
  end)

  it("warns of a name unlike the others, before the first run", function()
    folder { ["1.sql"] = "", ["2.sql"] = "", ["schema.sql"] = "" }
    has(runs("sql", { "1", "2", "schema" }, ""), "schema.sql: not numbered " ..
      "as the others are, but a migration like them")
  end)
end)

describe("--dialect", function()
  it("takes the folder for another tool's", function()
    folder { ["1_a.sql"] = "CREATE TABLE a (x);\n-- +goose Down\n" ..
      "CREATE TABLE b (x);\n" }
    refused("something stands before the first -- +goose Up", "1_a.sql:1:1")
    box:up("--dialect", "plain")
    assert.equal("a b", box:names())
    folder { ["1_a.sql"] = "CREATE TABLE a (x);\n" }
    has(box:fails(2, "up", "--dialect", "GOOSE"),
      "1_a.sql has none of the marks of goose")
    local status = box:run_env({ LUMIGRATE_DIALECT = "goose" }, "up")
    assert.equal(2, status)
  end)

  it("must be one that there is", function()
    local err = box:fails(2, "up", "--dialect", "rails")
    has(err, 'there is no dialect "rails"')
    has(err, "there are auto, plain, goose, sql-migrate, dbmate, ")
  end)
end)

describe("what a file asks of its surroundings", function()
  it("is said to need a mark where it must run outside a transaction",
    function()
      folder { ["1.sql"] = "CREATE TABLE a (x);\nVACUUM;\n" }
      local err = box:fails(1, "up")
      has(err, "VACUUM cannot run inside a transaction")
      has(err, "a SQL file has a mark of its tool for it, a plain one " ..
        "-- no-transaction in line 1")
      assert.equal("", box:names())
      folder { ["1.sql"] = "-- no-transaction\nCREATE TABLE a (x);\n" ..
        "VACUUM;\n" }
      box:up()
      assert.equal("a", box:names())
    end)

  it("is left out when it ends with the connection", function()
    folder { ["1.sql"] = "PRAGMA busy_timeout = 5000;\nPRAGMA encoding = " ..
      "'UTF-8';\nCREATE TABLE a (x);\nPRAGMA journal_mode = DELETE;\n" }
    has(runs("sql", { "1" }, "a"),
      "warning: 1: left out: a setting of the connection, busy_timeout")
  end)

  it("runs alone where nothing of it could run in a transaction", function()
    folder { ["1.sql"] = "PRAGMA journal_mode = WAL;\nVACUUM;\n",
      ["2.sql"] = "CREATE TABLE a (x);\nPRAGMA journal_mode = wal;\n" }
    runs("sql", { "1", "2" }, "a")
    assert.equal("wal", box:value("PRAGMA journal_mode"))
    assert.same({ "1" }, outside())
  end)

  it("is a BEGIN with pragmas before it", function()
    folder { ["1.sql"] = "PRAGMA foreign_keys = off;\n" ..
      "PRAGMA legacy_alter_table = on;\nBEGIN;\nCREATE TABLE a (x);\n" ..
      "COMMIT;\nPRAGMA legacy_alter_table = off;\n" }
    runs("sql", { "1" }, "a")
  end)

  it("is named where this SQLite does not have it", function()
    local function fails(text, ...)
      folder { ["1.sql"] = "CREATE TABLE a (x);\n" .. text }
      local err = box:fails(1, "up")
      for _, words in ipairs { ... } do
        has(err, words)
      end
      assert.equal("", box:names())
    end
    fails("SELECT my_slug(1);", "no such function: my_slug", "my_slug() is " ..
      "no function of SQLite's own", "migrations/1.sql:2:8")
    fails("CREATE VIRTUAL TABLE v USING vec0(x);", "no such module: vec0",
      "the virtual table's module vec0 is not in this SQLite")
    fails(".read x.sql", "this is a command of the sqlite3 shell")
    fails("DELIMITER //\nSELECT 1//", "this is a command of MySQL's client")
    fails("SELECT\u{a0}1;", "there is a no-break space (U+00A0)")
    fails("CREATE TABLE a (x);", "table a already exists",
      "lumigrate baseline ID records it")
    local version = box:value("SELECT sqlite_version()")
    if tonumber(version:match("^3%.(%d+)")) < 41 then
      fails("SELECT unhex('00');", "unhex() came with SQLite 3.41, and " ..
        "this is " .. version)
      fails("SELECT 1_000;", "digits with _ between them came with SQLite " ..
        "3.46")
      folder { ["1.sql"] = "SELECT datetime('now', 'subsec');" }
      has(select(3, box:run("up")), "the modifier 'subsec' came with " ..
        "SQLite 3.42; this one answers NULL")
    end
  end)

  it("never reaches a file of 100 MB", function()
    folder { ["1.sql"] = "CREATE TABLE a (x);" }
    local file = io.open(box:path("migrations/2.sql"), "wb")
    file:seek("set", 100 << 20)
    file:write(" ")
    file:close()
    local err = refused("migrations/2.sql is too large: 104857601 bytes, " ..
      "at most 67108864 are read", "2.sql")
    has(err, "migrations/2.sql")
  end)
end)
