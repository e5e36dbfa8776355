-- SPDX-License-Identifier: MIT
-- The thirteen things that whoever migrates counts on, asked of the program;
-- tests/unit/test_thirteen.c asks the library.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local json = require "tests.support.json"

describe("the program:", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function make(id, table)
    box:migration(id, ([[
      function upgrade(conn) conn:execute("CREATE TABLE %s (x)") end
      function downgrade(conn) conn:execute("DROP TABLE %s") end
    ]]):format(table, table))
  end

  local function tables()
    return box:value("SELECT coalesce(group_concat(name), '') FROM (SELECT " ..
      "name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE " ..
      "'schema_%' ORDER BY name)")
  end

  local function applied()
    return box:value("SELECT group_concat(id) FROM (SELECT id FROM " ..
      "schema_migrations ORDER BY position)")
  end

  it("constructor", function()
    local status, out, err = box:run("env")
    assert.equal(0, status)
    assert.equal("", err)
    has(out, "app.db")
    assert.is_false(box:exists("app.db"))
  end)

  it("up on an empty database", function()
    make("2026_01_01_a", "a")
    has(box:up(), "✓ 1 migration applied in ")
    assert.equal("a", tables())
    assert.equal("2026_01_01_a", applied())
  end)

  it("up with several", function()
    make("10_c", "c")
    make("2_b", "b")
    make("1_a", "a")
    has(box:up(), "✓ 3 migrations applied in ")
    assert.equal("1_a,2_b,10_c", applied())
  end)

  it("up when already applied", function()
    make("2026_01_01_a", "a")
    box:up()
    local before = box:bytes()
    assert.equal("✓ All migrations already applied\n", box:up())
    assert.equal(before, box:bytes())
  end)

  it("down", function()
    make("2026_01_01_a", "a")
    make("2026_01_02_b", "b")
    box:up()
    local status, out = box:run("down")
    assert.equal(0, status)
    has(out, "✓ 1 migration reverted in ")
    assert.equal("a", tables())
    assert.equal("2026_01_01_a", applied())
  end)

  it("version with none", function()
    make("2026_01_01_a", "a")
    local status, out = box:run("current", "--json")
    assert.equal(0, status)
    assert.equal(json.null, json.decode(out).current)
    assert.is_false(box:exists("app.db"))
  end)

  it("version after up", function()
    make("2026_01_01_a", "a")
    make("2026_01_02_b", "b")
    box:up()
    local status, out = box:run("current")
    assert.equal(0, status)
    assert.equal("2026_01_02_b\n", out)
  end)

  it("status", function()
    make("2026_01_01_a", "a")
    box:up()
    make("2026_01_02_b", "b")
    local status, out = box:run("status", "--json")
    assert.equal(0, status)
    local report = json.decode(out)
    assert.equal("pending", report.state)
    assert.equal(1, report.applied)
    assert.equal(1, report.pending)
    assert.equal("applied", report.migrations[1].status)
    assert.equal("pending", report.migrations[2].status)
  end)

  it("invalid SQL", function()
    box:sql_file("1_wrong.sql", "CREATE TABLE a (x);\nCREATE TABEL b (x);\n")
    local err = box:fails(1, "up")
    has(err, "TABEL")
    has(err, "migrations/1_wrong.sql:2:")
    assert.equal("", tables())
  end)

  it("rollback of a failed transaction", function()
    make("1", "a")
    box:migration("2", [[conn:execute("INSERT INTO a VALUES (1)")
      conn:execute("CREATE TABLE b (x)") error("no")]])
    make("3", "c")
    has(box:fails(1, "up"), "the migration was rolled back; 1 migration " ..
      "applied before it stays applied")
    assert.equal("a", tables())
    assert.equal(0, box:value("SELECT count(*) FROM a"))
    assert.equal("1", applied())
  end)

  it("no database given", function()
    make("1", "a")
    for _, command in ipairs { "up", "down" } do
      local status, _, err = box:lumigrate(command)
      assert.equal(2, status)
      has(err, "no database is given")
      has(err, "DATABASE_URL")
    end
  end)

  it("empty migrations path", function()
    for _, command in ipairs { "up", "down" } do
      local status, _, err = box:lumigrate(command, "--database", "app.db",
        "--migrations", "")
      assert.equal(2, status)
      has(err, "the name of the migrations folder is empty")
    end
    assert.is_false(box:exists("app.db"))
  end)

  it("migrations path that does not exist", function()
    for _, command in ipairs { "up", "down" } do
      local status, _, err = box:lumigrate(command, "--database", "app.db",
        "--migrations", "nowhere")
      assert.equal(2, status)
      has(err, "nowhere")
    end
    assert.is_false(box:exists("app.db"))
  end)
end)
