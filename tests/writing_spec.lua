-- SPDX-License-Identifier: MIT
-- What the guides for writers show works: migrations/QUICK_START.md,
-- migrations/README.md, docs/migration-system.md.
local sandbox = require "tests.support.sandbox"

local function blocks(path, kind)
  local file = assert(io.open(sandbox.root .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text:gmatch("\n```" .. kind .. "\n(.-)\n```")
end

describe("a guide for writers", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  for _, path in ipairs { "migrations/QUICK_START.md",
    "docs/migration-system.md" } do
    it(path .. " shows commands that work", function()
      local all = {}
      for commands in blocks(path, "sh") do
        all[#all + 1] = commands
      end
      assert.truthy(#all > 0)
      local status, out, err = box:sh("rmdir migrations && set -e\n" ..
        table.concat(all, "\n"), {
          PATH = sandbox.program:gsub("/[^/]*$", "") .. ":" ..
            os.getenv("PATH"),
        })
      assert.equal(0, status, out .. err)
    end)
  end

  it("migrations/README.md shows scripts that run twice", function()
    box:sql("CREATE TABLE users (id INTEGER PRIMARY KEY)")
    for script in blocks("migrations/README.md", "lua") do
      box:write("migrations/" .. script:match('MIGRATION_ID = "(.-)"') ..
        ".lua", script)
    end
    box:up()
    box:sql("DELETE FROM schema_migrations; " ..
      "INSERT INTO users (email) VALUES ('ada@example.com')")
    box:up()
    assert.equal("example.com", box:value("SELECT domain FROM users"))
    box:sql("DELETE FROM schema_migrations")
    box:up()
    assert.equal("no_op,no_op", box:value(
      "SELECT group_concat(effect) FROM schema_migrations"))
  end)

  it("migrations/README.md shows a template that works", function()
    local template
    for text in blocks("migrations/README.md", "text") do
      template = text:find("^%-%-@about") and text or template
    end
    box:write("migrations/templates/tags.lua",
      (template:gsub("…", 'print("once")')))
    box:sql("CREATE TABLE books (id INTEGER PRIMARY KEY)")
    local status, _, err = box:run("new", "tag books", "-t", "tags",
      "--set", "thing=books", "--set", "unique=yes")
    assert.equal(0, status, err)
    assert.truthy(box:up():find("once", 1, true))
    assert.equal("books_id", box:value(
      "SELECT name FROM pragma_table_info('books_tags')"))
  end)
end)
