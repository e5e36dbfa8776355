-- SPDX-License-Identifier: MIT
--
-- What undoes a migration never runs as one, whatever a tool calls it: files
-- named as ways down, and marks that divide a file.
local sandbox = require "tests.support.sandbox"

local box

before_each(function() box = sandbox.new(true) end)
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

-- Two migrations, up and down again, and nothing else warned of.
local function goes_both_ways(files, want, warning)
  folder(files)
  local status, out, err = box:run("up", "--strict")
  assert.equal(0, status, out .. err)
  assert.equal(warning and "lumigrate: warning: " .. warning .. "\n" or "",
    err)
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
      }, "1_a" .. up .. " 10_b" .. up)
    end)
  end

  it("may have words behind the way", function()
    goes_both_ways({
      ["001.do.beds.sql"] = "CREATE TABLE a (x);",
      ["001.undo.beds.sql"] = "DROP TABLE a;",
      ["002.do.sql"] = "CREATE TABLE b (x);",
      ["002.undo.sql"] = "DROP TABLE b;",
    }, "001.do.beds 002.do")
  end)

  it("leaves a lone way down among them alone", function()
    folder { ["001.do.sql"] = "CREATE TABLE a (x);", ["001.undo.sql"] = "",
      ["003.undo.beds.sql"] = "DROP TABLE a;" }
    local _, _, err = box:run("up")
    has(err, "left alone, as ways down without their ways up: " ..
      "003.undo.beds.sql")
    assert.equal("a", tables())
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
    assert.equal("1_a 2_b_up 3_c", ids())
    box:run("down", "2")
    assert.equal("a", tables())
  end)

  it("changes nothing of the files that were there", function()
    local files = {}
    for i, title in ipairs { "beds", "pin_down", "set_up", "sign_up",
        "shut_down", "what_to_do" } do
      files[i .. "_" .. title .. ".sql"] = "CREATE TABLE t" .. i .. " (x);"
    end
    folder(files)
    box:up("--strict")
    folder { ["7_scale_up.sql"] = "CREATE TABLE a (x);",
      ["7_scale_down.sql"] = "DROP TABLE a;",
      ["8_turn_up.sql"] = "CREATE TABLE b (x);" }
    assert.equal("", select(3, box:run("up", "--strict")))
    assert.equal("a b t1 t2 t3 t4 t5 t6", tables())
    assert.equal("1_beds 2_pin_down 3_set_up 4_sign_up 5_shut_down " ..
      "6_what_to_do 7_scale_up 8_turn_up", ids())
    folder { ["8_turn_down.sql"] = "DROP TABLE b;" }
    has(box:up(), "All migrations already applied")
    assert.equal("a b t1 t2 t3 t4 t5 t6", tables())
  end)

  it("is refused where it is not clear whose way down one is", function()
    folder { ["scale.sql"] = "", ["scale_up.sql"] = "",
      ["scale_down.sql"] = "" }
    local err = box:fails(2, "up")
    has(err, "scale_down.sql may be the way down of scale.sql and of " ..
      "scale_up.sql")
    has(err, "give one of them a name of its own")
  end)

  it("with a dot is refused in the words of its kind", function()
    folder { ["a.up.sql"] = "", ["a.up.x.sql"] = "" }
    local err = box:fails(2, "up")
    has(err, "a.up.sql and a.up.x.sql are the same way of one migration\n")
    has(err, "files are paired by what stands before the way")
  end)

  it("for another database is passed over where titles tell", function()
    folder { ["1_x.mysql.up.sql"] = "CREATE TABLE a (x);",
      ["2_y.up.sql"] = "CREATE TABLE b (x);" }
    assert.equal("", select(3, box:run("up", "--strict")))
    assert.equal("1_x.mysql 2_y", ids())
    folder { ["2_y.mysql.up.sql"] = "junk" }
    local _, out, err = box:run("status")
    has(out .. err, "left alone, as made for other " ..
      "databases: 1_x.mysql.up.sql, 2_y.mysql.up.sql")
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
        ["2_b" .. suffix .. ".sql"] = "DROP TABLE b;" }, "1_a 2_b",
        suffix:sub(1, 1) ~= "." and ("1_a%s.sql is taken as the way down " ..
          "of 1_a, 2_b%s.sql of 2_b"):format(suffix, suffix) or nil)
    end)
  end

  it("is one", function()
    folder { ["1_x.sql"] = "", ["1_x_down.sql"] = "", ["1_x_undo.sql"] = "" }
    local err = box:fails(2, "up")
    has(err, "1_x_down.sql and 1_x_undo.sql are both the way down of " ..
      "1_x.sql by their names")
    has(err, "keep one of them")
    folder { ["1_y.sql"] = "", ["1_y.rollback.sql"] = "",
      ["down/1_y.sql"] = "" }
    os.remove(box:path("migrations/1_x_down.sql"))
    has(box:fails(2, "up"), "1_y.rollback.sql and down/1_y.sql are both")
  end)

  it("is the end of it", function()
    folder { ["1_x.sql"] = "", ["1_x_down.sql"] = "",
      ["1_x_down_undo.sql"] = "" }
    has(box:fails(2, "up"), "1_x_down_undo.sql is the way down of " ..
      "1_x_down.sql by its name, and that is the way down of 1_x.sql")
  end)

  it("does not change what its marks mean", function()
    folder { ["1_a.sql"] = "-- no-transaction\nCREATE TABLE a (x);" }
    box:up()
    folder { ["1_a.rollback.sql"] = "DROP TABLE a;",
      ["2_b.sql"] = "-- no-transaction\nCREATE TABLE b (x);\nVACUUM;" }
    box:up()
    assert.equal("a b", tables())
  end)

  it("is needed for such a name to be one", function()
    folder { ["1_a.sql"] = "CREATE TABLE a (x);",
      ["2_rollback.sql"] = "CREATE TABLE b (x);",
      ["3_scale_down.sql"] = "CREATE TABLE c (x);" }
    box:up("--strict")
    assert.equal("1_a 2_rollback 3_scale_down", ids())
  end)
end)

-- Every *.sql of a folder is a migration, a way down that is used, or named.
describe("no file is lost", function()
  local TAILS = { "", "_up", "-up", ".up", ".do", "_down", "-down", ".down",
    ".undo", "_undo", ".rollback", "_rollback", ".revert", "-revert",
    ".mysql.up", ".mysql.down", ".pg_up", ".do.words", ".undo.words" }
  local MARKED = "-- migrate:up\nCREATE TABLE m (x);\n"

  local function counted(files, ...)
    local names = {}
    os.remove(box:path("app.db"))
    for name, text in pairs(files) do
      box:write("migrations/" .. name, text)
      names[#names + 1] = name
    end
    table.sort(names)
    local what = table.concat(names, " ") .. " " .. table.concat({ ... }, " ")
    local status, out, err = box:run("up", ...)
    if status == 2 then
      has(err, ".sql")
    else
      assert.equal(0, status, what .. "\n" .. out .. err)
      box:run("down", "--all", "-y", ...)
    end
    local ran = status == 0 and " " .. tables() .. " "
    for name, text in pairs(files) do
      local table_name = text:match("TABLE (%w+)")
      os.remove(box:path("migrations/" .. name))
      assert.truthy(not ran or ran:find(" " .. table_name .. " ", 1, true) or
        (" " .. err:gsub("[,\n]", " ") .. " "):find(" " .. name .. " ", 1,
        true), what .. ": where is " .. name .. "?\n" .. out .. err)
    end
  end

  it("of two whose names differ in their ends, or beside marks", function()
    for i, one in ipairs(TAILS) do
      for k = i + 1, #TAILS do
        local files = { ["1_x" .. one .. ".sql"] = "CREATE TABLE a (x);",
          ["1_x" .. TAILS[k] .. ".sql"] = "CREATE TABLE b (x);" }
        counted(files)
        if k == i + 1 then
          counted(files, "--dialect", "plain")
          files["2026_01_02_m.sql"] = MARKED
          counted(files)
        end
      end
    end
  end)

  it("with --dialect plain", function()
    folder { ["1_a.sql"] = "CREATE TABLE a (x);",
      ["1_a_undo.sql"] = "CREATE TABLE b (x);", ["1_a.down.sql"] = "junk",
      ["1_a.rollback.sql"] = "junk" }
    local _, _, err = box:run("up", "--dialect", "plain")
    assert.equal("lumigrate: warning: left alone, as ways down, which " ..
      "--dialect plain has none of: 1_a.down.sql, 1_a.rollback.sql\n", err)
    assert.equal("a b", tables())
  end)
end)

describe("beside files with our marks", function()
  for name, beside in pairs { ["1_a.down.sql"] = "1_a.sql",
      ["2026_01_01_a.down.sql"] = "2026_01_01_a.sql",
      ["x.rollback.sql"] = "y.sql", ["x_down.sql"] = "x.sql",
      ["3-undo.sql"] = "3.sql", ["4.undo.sql"] = "5.sql",
      ["6_down.sql"] = "6_up.sql", ["U1__a.sql"] = "V1__a.sql",
      ["2026_01_02_m_down.sql"] = "z.sql" } do
    it("a way down never runs as a migration: " .. name, function()
      folder { [beside] = "CREATE TABLE a (x);", [name] = "DROP TABLE a;",
        ["2026_01_02_m.sql"] = "-- migrate:up\nCREATE TABLE m (x);\n" }
      local err = box:fails(2, "up")
      has(err, name .. " is a way down by its name")
      has(err, "behind -- migrate:down")
      has(err, "migrations/" .. name)
      assert.equal("absent", box:bytes())
    end)
  end

  it("what has marks of its own, or no partner, is a migration", function()
    folder { ["2026_01_01_pin.sql"] = "CREATE TABLE a (x);",
      ["2026_01_01_pin_down.sql"] = "-- migrate:up\nCREATE TABLE b (x);",
      ["2026_01_03_shut_down.sql"] = "CREATE TABLE c (x);" }
    box:up("--strict")
    assert.equal("a b c", tables())
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

  for name, beside in pairs { ["1_a"] = { "2_b.sql", "2_b.rollback.sql" },
      ["2_b"] = { "1_a.sql", "1_a_down.sql" },
      ["3_c"] = { "1_a_up.sql", "1_a_down.sql" },
      ["4_d.up"] = { "4_e.up.sql", "4_d.down.sql" },
      ["1_e"] = { "2_x.up.sql", "2_x.down.sql" } } do
    it("stays one among ways down of others: " .. name, function()
      folder { [name .. ".sql"] = "CREATE TABLE a (x);\n-- Down\n" ..
        "DROP TABLE a;\n", [beside[1]] = "CREATE TABLE b (x);",
        [beside[2]] = "-- Up\nDROP TABLE b;\n-- Down\nSELECT 1;" }
      has(box:fails(2, "up"), name .. ".sql:2:1)")
      assert.equal("absent", box:bytes())
    end)
  end

  for what, text in pairs {
    ["among columns"] = "CREATE TABLE a (\n-- up\ntx int,\n-- down\nrx int)",
    ["in a trigger"] = "CREATE TABLE a (x);\nCREATE TRIGGER g AFTER INSERT " ..
      "ON a BEGIN\nSELECT 1;\n-- undo\nSELECT 2;\nEND",
    ["in a heading"] = "CREATE TABLE a (x);\n-- 1. down\n-- 2) undo\n" ..
      "INSERT INTO a VALUES (1)",
    ["at the top"] = "-- Down\nCREATE TABLE a (x)",
    ["under a title"] = "/* 1 */\n-- Down\nCREATE TABLE a (x)",
  } do
    it("may have such words " .. what, function()
      folder { ["1_a.sql"] = text .. ";\n" }
      box:up("--strict")
      assert.equal("a", tables())
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
