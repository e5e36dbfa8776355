-- SPDX-License-Identifier: MIT
-- What editors and luacheck are told of a script's world is what a script
-- finds: share/lumigrate.lua and the std "migration" of .luacheckrc.
local sandbox = require "tests.support.sandbox"
local look = require "tests.support.look"
local sorted, slurp = look.sorted, look.source
local quote = sandbox.quote

-- All first captures of a pattern in a text.
local function all(text, pattern, into)
  local set = into or {}
  for word in text:gmatch(pattern) do
    set[word] = true
  end
  return set
end

local SETTABLE = { "DESCRIPTION", "FOREIGN_KEYS", "MIGRATION_ID", "RUN",
  "TRANSACTION", "downgrade", "upgrade" }

-- Lua 5.4 may be built with mathematics of older versions in it.
local OLD = all("atan2 cosh frexp ldexp log10 pow sinh tanh", "%S+")

describe("a script's world", function()
  local annotations = slurp("share/lumigrate.lua")
  local box, world

  -- "name" and "name.field" for all that is in _G.
  local function globals()
    box:migration("2026_01_01_look", [[
      for name, value in pairs(_G) do
        print("global " .. name)
        if type(value) == "table" and name ~= "_G" then
          for field in pairs(value) do
            print("global " .. name .. "." .. field)
          end
        end
      end
    ]])
    local found = all(box:up(), "global (%S+)")
    for _, name in ipairs(SETTABLE) do
      found[name] = nil
    end
    for name in pairs(OLD) do
      found["math." .. name] = nil
    end
    return found
  end

  setup(function()
    box = sandbox.new()
    world = globals()
  end)
  teardown(function() box:destroy() end)

  it("is what the annotations add to Lua's own", function()
    assert.truthy(load(annotations, "=lumigrate.lua", "t"))
    assert.equal("---@meta", annotations:match("^[^\n]*"))
    local mine = {}
    for name in pairs(world) do
      if _G[name:match("^[^.]*")] == nil then
        mine[name] = true
      end
    end
    local annotated = all(annotations, "\nfunction ([%w_.]+)%(")
    all(annotations, "\n([%w_]+) = ", annotated)
    for _, name in ipairs(SETTABLE) do
      assert.is_true(annotated[name], name)
      annotated[name] = nil
    end
    assert.same(sorted(mine), sorted(annotated))
  end)

  -- Their metatables are hidden, so what there is stands in the sources, and
  -- a script has to find it.
  it("has the annotated methods and no others", function()
    local sources = slurp("runner/script/conn.c") ..
      slurp("runner/script/catalog.c") ..
      slurp("runner/script/cursor.c") .. slurp("runner/script/row.c")
    for _, kind in ipairs { "conn", "cursor" } do
      local annotated = all(annotations, "\nfunction " .. kind .. ":(%w[%w_]*)")
      assert.same(sorted(all(sources, '{"(%l[%w_]*)", l_' .. kind .. "_")),
        sorted(annotated))
      local other = sandbox.new()
      finally(function() other:destroy() end)
      other:migration("2026_01_01_methods", ([[
        local conn, cursor = conn, conn:cursor()
        for name in ("%s"):gmatch("%%S+") do
          assert(type(%s[name]) == "function", name)
        end
      ]]):format(table.concat(sorted(annotated), " "), kind))
      other:up()
    end
  end)

  it("has the annotated operations of conn:alter and no others", function()
    assert.same(
      sorted(all(slurp("runner/script/operation.c"), '{"(%l[%w_]*)", l_')),
      sorted(all(annotations, "\nfunction t:(%w[%w_]*)")))
  end)

  it("has the annotated fields of a cursor", function()
    local class = annotations:match("\n%-%-%-@class lumigrate.Cursor(.-)\nlo")
    local fields = all(class, "\n%-%-%-@field ([%w_]+)")
    assert.same({ "description", "lastrowid", "rowcount" }, sorted(fields))
    box:migration("2026_01_02_fields", [[
      local cursor = conn:execute("CREATE TABLE t (x)")
      cursor:execute("INSERT INTO t VALUES (1)")
      assert(cursor.rowcount == 1 and cursor.lastrowid == 1)
      assert(cursor:execute("SELECT x FROM t").description[1] == "x")
    ]])
    box:up()
  end)

  -- One schema in which every field of every answer is there.
  it("has the annotated fields of the answers about a schema", function()
    local other = sandbox.new()
    finally(function() other:destroy() end)
    other:sql [[
      CREATE TABLE p (id INTEGER CONSTRAINT k PRIMARY KEY AUTOINCREMENT);
      CREATE TABLE t (a DEFAULT 1 CONSTRAINT c CHECK (a > 0)
        CONSTRAINT u UNIQUE CONSTRAINT f REFERENCES p, g AS (a));
      CREATE INDEX i ON t (a, lower(a)) WHERE a > 0;
      CREATE VIEW v AS SELECT nope FROM t;
      CREATE TRIGGER g UPDATE OF a ON t WHEN new.a BEGIN SELECT 1; END;
    ]]
    other:migration("a", [[
      local function fields(class, list)
        for _, x in ipairs(list) do
          for field in pairs(x) do print(class .. "." .. field) end
        end
      end
      fields("Table", conn:tables())
      fields("Column", conn:columns("t"))
      fields("PrimaryKey", { conn:primary_key("p") })
      fields("Index", conn:indexes("t"))
      for _, index in ipairs(conn:indexes("t")) do
        fields("IndexPart", index.columns)
      end
      fields("ForeignKey", conn:referenced_by("p"))
      fields("Check", conn:checks("t"))
      fields("Unique", conn:uniques("t"))
      fields("Trigger", conn:triggers())
      fields("View", conn:views())
      fields("Dependent", conn:dependents("t"))
      local dry = conn:alter("t", { dry_run = true }, function(t)
        t:set_default("a", "2") end)
      fields("Altered", { dry })
      fields("Hanger", dry.dependents)
      local _, refused = pcall(conn.alter, conn, "t", function(t)
        t:set_strict(true) end)
      fields("AlterRefused", { refused })
    ]])
    local found = all(other:up(), "\n    (%u%a+%.[%a_]+)")
    local annotated, class = {}, nil
    for line in annotations:gmatch("[^\n]+") do
      class = line:match("^%-%-%-@class lumigrate%.(%a+)$") or class
      local field = line:match("^%-%-%-@field ([%w_]+)")
      if field and class ~= "Cursor" and class ~= "AlterOptions" then
        annotated[class .. "." .. field] = true
      end
    end
    assert.same(sorted(annotated), sorted(found))
  end)

  it("is what luacheck knows", function()
    local config = setmetatable({ stds = {}, files = setmetatable({}, {
      __index = function(t, k) t[k] = {} return t[k] end }) },
      { __index = _G })
    assert(loadfile(sandbox.root .. "/.luacheckrc", "t", config))()
    local known = {}
    for key, value in pairs(config.stds.migration.read_globals) do
      if type(key) == "number" then
        known[value] = true
      else
        known[key] = true
        for field in pairs(value.fields or {}) do
          known[key .. "." .. field] = true
        end
      end
    end
    assert.same(sorted(world), sorted(known))
    table.sort(config.stds.migration.globals)
    assert.same(SETTABLE, config.stds.migration.globals)
  end)
end)

describe("luacheck", function()
  local function luacheck(text)
    local box = sandbox.new()
    finally(function() box:destroy() end)
    local path = box:write("migrations/x.lua", text)
    local status, out = box:sh(("luacheck --config %s --no-color --codes " ..
      "--formatter plain --filename migrations/x.lua - <%s"):format(
      quote(sandbox.root .. "/.luacheckrc"), quote(path)))
    return status, out
  end

  it("has nothing to say of the samples", function()
    local pipe = io.popen(("cd %s && luacheck --no-color --codes " ..
      "--formatter plain migrations examples 2>&1"):format(
      quote(sandbox.root)))
    assert.equal("", pipe:read("a"))
    assert.is_true(pipe:close())
  end)

  it("takes a script that uses what there is", function()
    local status, out = luacheck([[
MIGRATION_ID = "x"
function upgrade(conn, column_exists, table_exists)
  if not column_exists("t", "c") and row_exists("t", { a = NULL }) then
    log.info(os.date("!%Y"), utf8.len("ä"), string.rep("-", 3), blob("x"))
    local step = progress(2)
    step()
  end
end
]])
    assert.equal("", out)
    assert.equal(0, status)
  end)

  it("complains of what a script does not get", function()
    for _, case in ipairs {
      { "io", 'io.open("/etc/passwd")' },
      { "field 'execute' of global 'os'", 'os.execute("ls")' },
      { "collectgarbage", "collectgarbage()" },
      { "field 'dump' of global 'string'", "string.dump(print)" },
      { "colum_exists", 'colum_exists("a", "b")' },
      { "helper", "helper = 1" },
    } do
      local status, out = luacheck(
        'MIGRATION_ID = "x"\nfunction upgrade()\n  ' .. case[2] .. "\nend\n")
      assert.not_equal(0, status)
      assert.truthy(out:find(case[1], 1, true), case[1] .. ": " .. out)
    end
  end)
end)
