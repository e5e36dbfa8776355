-- SPDX-License-Identifier: MIT
--
-- What undoes a migration never runs as one, whatever a tool calls it: files
-- named as ways down, and marks that divide a file.
local sandbox = require "tests.support.sandbox"

local box

before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

local function has(text, part)
  assert.truthy(text:find(part, 1, true), text .. "\nhas no " .. part)
end

local function folder(files)
  for name, text in pairs(files) do
    box:sql_file(name, text)
  end
end

local function tables()
  return box:value("SELECT coalesce(group_concat(name, ' '), '') FROM " ..
    "(SELECT name FROM sqlite_schema WHERE type = 'table' " ..
    "AND name NOT LIKE 'schema_migrations%' ORDER BY name)")
end

local function ids()
  return box:value("SELECT coalesce(group_concat(id, ' '), '') FROM " ..
    "(SELECT id FROM schema_migrations ORDER BY position)")
end

-- Two migrations, up and down again, and nothing warned of.
local function goes_both_ways(files, want)
  folder(files)
  local status, out, err = box:run("up", "--strict")
  assert.equal(0, status, out .. err)
  assert.equal("", err)
  assert.equal("a b", tables())
  assert.equal(want, ids())
  status, out, err = box:run("down", "--all", "-y")
  assert.equal(0, status, out .. err)
  assert.equal("", tables())
end

describe("a pair of files", function()
  for up, down in pairs { ["-up"] = "-down", ["_up"] = "_down",
      [".do"] = ".undo", [".UP"] = ".DOWN", ["_Up"] = ".down" } do
    it("may be called x" .. up .. ".sql and x" .. down .. ".sql", function()
      goes_both_ways({
        ["1_a" .. up .. ".sql"] = "CREATE TABLE a (x);",
        ["1_a" .. down .. ".sql"] = "DROP TABLE a;",
        ["10_b" .. up .. ".sql"] = "CREATE TABLE b (x);",
        ["10_b" .. down .. ".sql"] = "DROP TABLE b;",
      }, "1_a 10_b")
    end)
  end

  it("may have words behind the way", function()
    goes_both_ways({
      ["001.do.beds.sql"] = "CREATE TABLE a (x);",
      ["001.undo.beds.sql"] = "DROP TABLE a;",
      ["002.do.sql"] = "CREATE TABLE b (x);",
      ["002.undo.sql"] = "DROP TABLE b;",
    }, "001 002")
  end)

  it("makes none of what only sounds like a way", function()
    folder { ["1_scale_up.sql"] = "CREATE TABLE a (x);",
      ["2_touch-down.sql"] = "CREATE TABLE b (x);" }
    box:up("--strict")
    assert.equal("a b", tables())
    assert.equal("1_scale_up 2_touch-down", ids())
  end)

  it("keeps no file beside it from running", function()
    folder { ["1_a.sql"] = "CREATE TABLE a (x);",
      ["2_b_up.sql"] = "CREATE TABLE b (x);",
      ["2_b_down.sql"] = "DROP TABLE b;",
      ["3_c.sql"] = "CREATE TABLE c (x);",
      ["3_c_down.sql"] = "DROP TABLE c;" }
    box:up("--strict")
    assert.equal("a b c", tables())
    assert.equal("1_a 2_b 3_c", ids())
    box:run("down", "2")
    assert.equal("a", tables())
  end)

  it("leaves the name with a dot to its tools", function()
    folder { ["1_a.up.sql"] = "CREATE TABLE a (x);",
      ["2_b_up.sql"] = "CREATE TABLE b (x);",
      ["2_b_down.sql"] = "DROP TABLE b;" }
    local _, _, err = box:run("up")
    has(err, "left alone, as golang-migrate would: 2_b_down.sql, 2_b_up.sql")
    assert.equal("a", tables())
  end)
end)

describe("beside x.sql, its way down", function()
  for _, suffix in ipairs { ".rollback", ".down", ".undo", ".revert", "_down",
      "-down", "_rollback", "_undo" } do
    it("is x" .. suffix .. ".sql", function()
      goes_both_ways({ ["1_a.sql"] = "CREATE TABLE a (x);",
        ["1_a" .. suffix .. ".sql"] = "DROP TABLE a;",
        ["2_b.sql"] = "CREATE TABLE b (x);",
        ["2_b" .. suffix .. ".sql"] = "DROP TABLE b;" }, "1_a 2_b")
    end)
  end

  it("is needed for such a name to be one", function()
    folder { ["1_a.sql"] = "CREATE TABLE a (x);",
      ["2_rollback.sql"] = "CREATE TABLE b (x);",
      ["3_scale_down.sql"] = "CREATE TABLE c (x);" }
    box:up("--strict")
    assert.equal("1_a 2_rollback 3_scale_down", ids())
  end)
end)

describe("a plain file", function()
  local MARKS = { "-- Down", "-- DOWN", "--down", "---- Down ----",
    "-- Down:", "-- Down Migration", "-- +x Down", "-- rambler down",
    "-- --- !Downs", "-- 1 down", "-- //@UNDO", "-- @undo",
    "---- create above / drop below ----" }

  for _, mark in ipairs(MARKS) do
    it("does not run what follows " .. mark, function()
      folder { ["1_a.sql"] = "-- Up\nCREATE TABLE a (x);\n" .. mark ..
        "\nDROP TABLE IF EXISTS a;\n" }
      local err = box:fails(2, "up")
      has(err, "a way down seems to begin here, and a plain file is all " ..
        "way up")
      has(err, "1_a.sql:3:1)")
      has(err, "nothing was changed")
      has(err, "-- migrate:up and -- migrate:down")
      assert.equal("absent", box:bytes())
    end)
  end

  it("runs all of it when --dialect plain says so", function()
    folder { ["1_a.sql"] = "CREATE TABLE a (x);\n-- Down\n" ..
      "CREATE TABLE b (x);\n" }
    box:up("--dialect", "plain")
    assert.equal("a b", tables())
    has(box:up(), "All migrations already applied")
  end)

  it("may speak of it", function()
    folder { ["1_a.sql"] = "-- Down the road\n-- 0001_down\n" ..
      "CREATE TABLE a (x); -- down\n/*\n-- Down\n*/\n  -- down\n" ..
      "INSERT INTO a VALUES ('\n-- Down\n');\n" ..
      "-- scale down\nCREATE TABLE b (x);\n-- Down\n-- DROP TABLE a;\n" }
    box:up()
    assert.equal("a b", tables())
  end)

  it("says what a # is", function()
    folder { ["1.sql"] = "# --- !Ups\nCREATE TABLE a (x);\n" }
    has(box:fails(1, "up"), "this is a comment of another database, which " ..
      "SQLite does not know")
  end)
end)

describe("a folder of folders", function()
  it("is not advised to run the ways down", function()
    folder { ["up/1_a.sql"] = "CREATE TABLE a (x);",
      ["down/1_a.sql"] = "DROP TABLE a;",
      ["revert/1_a.sql"] = "DROP TABLE a;" }
    local err = box:fails(2, "up")
    has(err, "folders in it hold some: --migrations migrations/up\n")
  end)
end)
