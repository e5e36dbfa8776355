-- SPDX-License-Identifier: MIT
--
-- One call of conn:alter on a database of its own, and what it left.
--
--   local altering = require "tests.support.altering"
--   local case = altering.with(it)
--   case("adds a column", {
--     before = "CREATE TABLE t (a)",       SQL that makes the database
--     run = 't:add_column("b", "INT")',    body of function(t)
--     table = "t", options = "{}",         of the call, when not these
--     lead = 'conn:execute("…")',          Lua in front of it
--     globals = "FOREIGN_KEYS = true",
--     want = "native",                     its strategy, or the reason of
--                                          the refusal
--     says = "a piece of the refusal",     or a list of such
--     gives = { ["SELECT …"] = 1 },        what queries give afterwards
--     keeps = { "SELECT …" },              the same as before
--     twice = true,                        the second time nothing happens
--   })
--
-- Whatever it does, the database is sound afterwards. What is refused, and
-- what is there already, leaves every byte of schema and rows as it was, and
-- the script goes on and commits.
local assert = require "luassert"
local sandbox = require "tests.support.sandbox"

local altering = {}

local SCRIPT = [[
%s
function upgrade(conn)
  %s
  for _ = 1, %d do
    local version = conn:execute("PRAGMA schema_version"):fetchone()[1]
    local ok, r = pcall(function()
      return conn:alter(%q, %s, function(t) %s end)
    end)
    local now = conn:execute("PRAGMA schema_version"):fetchone()[1]
    if ok then
      print("RESULT " .. r.strategy .. " " .. tostring(r.changed) .. " " ..
        (now - version))
    elseif type(r) == "table" then
      print("REFUSED " .. r.reason .. " " .. (now - version) .. " " ..
        tostring(r))
      print("CODE " .. tostring(r.code))
      for _, d in ipairs(r.dependents) do
        print("HANGS " .. d.kind .. " " .. tostring(d.name))
      end
    else
      print("ERROR " .. tostring(r))
    end
  end
  for _, pragma in ipairs { "foreign_keys", "legacy_alter_table",
      "writable_schema", "defer_foreign_keys" } do
    print("PRAGMA " .. pragma .. " " ..
      conn:execute("PRAGMA " .. pragma):fetchone()[1])
  end
  %s
end
]]

local REASONS = {
  table = true, column = true, definition = true, contradiction = true,
  dependents = true, rows = true, foreign_key = true, strategy = true,
  busy_cursor = true,
}

-- Every object's text and every row, but the runner's.
function altering.snapshot(box)
  local list = {}
  local objects = box:query([[
    SELECT type, name, sql FROM sqlite_schema
    WHERE tbl_name NOT LIKE 'schema!_migrations%' ESCAPE '!'
      AND name NOT LIKE 'sqlite!_autoindex%' ESCAPE '!'
    ORDER BY type, name]])
  for _, object in ipairs(objects) do
    if object.name ~= "sqlite_sequence" then
      list[#list + 1] = object.type .. " " .. object.name .. ": " ..
        tostring(object.sql)
    end
    if object.type == "table" and object.sql and
       not object.sql:find("CREATE VIRTUAL", 1, true) then
      local name = '"' .. object.name:gsub('"', '""') .. '"'
      local where = object.name == "sqlite_sequence" and
        " WHERE name NOT LIKE 'schema!_migrations%' ESCAPE '!'" or ""
      local ok, rows = pcall(box.sqlite, box, "-quote",
        "SELECT rowid, * FROM " .. name .. where)
      if not ok then
        rows = box:sqlite("-quote", "SELECT * FROM " .. name .. where)
      end
      list[#list + 1] = rows
    end
  end
  return table.concat(list, "\n")
end

local function check_text(case, out)
  local says = type(case.says) == "table" and case.says or { case.says }
  for _, text in ipairs(says) do
    assert(out:find(text, 1, true), "not said: " .. text .. "\n" .. out)
  end
end

local function check_pragmas(case, out)
  local on = case.globals and case.globals:find("FOREIGN_KEYS = true")
  assert(out:find("PRAGMA foreign_keys " .. (on and 1 or 0), 1, true), out)
  assert(out:find("PRAGMA legacy_alter_table 0", 1, true), out)
  assert(out:find("PRAGMA writable_schema 0", 1, true), out)
  assert(out:find("PRAGMA defer_foreign_keys 0", 1, true), out)
end

function altering.run(box, case)
  box:migration("2000_01_01_ledger", "")
  box:up()
  box:sql(case.before)
  local before = altering.snapshot(box)
  local kept = {}
  for i, sql in ipairs(case.keeps or {}) do
    kept[i] = box:sqlite("-quote", sql)
  end
  box:write("migrations/2000_01_02_alter.lua",
    'MIGRATION_ID = "2000_01_02_alter"\n' .. SCRIPT:format(
      case.globals or "", case.lead or "", case.twice and 2 or 1,
      case.table or "t", case.options or "{}", case.run, case.tail or ""))
  local status, out, err = box:run("up")
  assert.equal(0, status, out .. err)
  assert.equal("ok", box:value("PRAGMA integrity_check"))
  assert.equal(0, box:value(
    "SELECT count(*) FROM sqlite_schema WHERE name LIKE '!_lumigrate%' " ..
    "ESCAPE '!'"))
  check_pragmas(case, out)
  if REASONS[case.want] then
    assert(out:find("REFUSED " .. case.want .. " 0 ", 1, true), out)
    assert.equal(before, altering.snapshot(box))
  elseif case.want == "none" then
    assert(out:find("RESULT none false 0", 1, true), out)
    assert.equal(before, altering.snapshot(box))
  else
    assert(out:find("RESULT " .. case.want .. " true", 1, true), out)
  end
  if case.twice then
    assert(out:find("RESULT none false 0", 1, true), out)
  end
  if case.says then
    check_text(case, out)
  end
  for sql, value in pairs(case.gives or {}) do
    local got = box:query(sql)[1]
    assert.equal(value, got and got[1] == nil and "NULL" or got and got[1],
      sql .. "\n" .. out)
  end
  for i, sql in ipairs(case.keeps or {}) do
    assert.equal(kept[i], box:sqlite("-quote", sql), sql)
  end
  return out
end

-- busted's `it`, with a sandbox for each.
function altering.with(it)
  return function(name, case)
    it(name, function()
      local box = sandbox.new()
      local ok, why = pcall(altering.run, box, case)
      box:destroy()
      if not ok then
        error(why, 0)
      end
    end)
  end
end

return altering
