-- SPDX-License-Identifier: MIT
-- docs/alter.md: each example makes of what is before what is after, and the
-- second time there is nothing left to do.
local sandbox = require "tests.support.sandbox"

local file = assert(io.open(sandbox.root .. "/docs/alter.md"))
local page = file:read("a")
file:close()

local function dump(box, path)
  local list = {}
  for _, row in ipairs(box:query([[
      SELECT type, name, sql FROM sqlite_schema
      WHERE tbl_name NOT LIKE 'schema!_migrations%' ESCAPE '!'
        AND sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
      ORDER BY type, name]], path)) do
    list[#list + 1] = row.sql
    if row.type == "table" then
      list[#list + 1] = box:sqlite("-quote", ('SELECT * FROM "%s"'):format(
        row.name), path)
    end
  end
  return table.concat(list, "\n")
end

describe("the page on changing tables", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local count = 0
  local at, title = 1, nil
  while true do
    local from, to, before, script, after = page:find(
      "```sql before\n(.-)```\n```lua\n(.-)```\n```sql after\n(.-)```", at)
    if not from then
      break
    end
    for heading in page:sub(at, from):gmatch("\n##+ ([^\n]+)") do
      title = heading
    end
    at = to
    count = count + 1
    it(title, function()
      box:sql(before)
      box:sql(after, "after.db")
      box:migration("2026_01_01_a", script)
      box:up()
      assert.equal(dump(box, "after.db"), dump(box))
      if not script:find("rebuild()", 1, true) then
        box:sql("DELETE FROM schema_migrations")
        box:up()
        assert.equal(dump(box, "after.db"), dump(box))
        assert.equal("no_op",
          box:value("SELECT effect FROM schema_migrations"))
      end
    end)
  end

  it("has an example for every operation", function()
    assert.equal(19, count)
    for _, name in ipairs { "add_column", "drop_column", "rename_to",
        "rename_column", "rename_columns", "set_type", "set_not_null",
        "set_default", "set_collate", "add_check", "drop_check",
        "add_unique", "drop_unique", "add_foreign_key", "drop_foreign_key",
        "set_primary_key", "set_autoincrement", "set_strict",
        "set_without_rowid", "reorder", "define", "rebuild" } do
      assert.truthy(page:find("### [^\n]*`t:" .. name .. "[({]"), name)
    end
  end)
end)
