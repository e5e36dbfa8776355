-- SPDX-License-Identifier: MIT
-- The examples of docs/guide.md do what the guide says.
local sandbox = require "tests.support.sandbox"

local file = assert(io.open(sandbox.root .. "/docs/guide.md"))
local guide = file:read("a")
file:close()

local function blocks(kind)
  return guide:gmatch("\n```" .. kind .. "\n(.-\n)```")
end

describe("the guide's examples", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  it("run one after another on one database", function()
    local count = 0
    box:sql("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
    for script in blocks("lua") do
      local id = assert(script:match('MIGRATION_ID = "(.-)"'), script)
      box:write("migrations/" .. id .. ".lua", script)
      count = count + 1
    end
    for text in blocks("sql") do
      local name = text:match("^%-%- migrations/(%S+)\n") or
        "2026_02_11_colours.sql"
      box:sql_file(name, text)
      count = count + 1
    end
    box:up()
    assert.equal(count,
      box:value("SELECT count(*) FROM schema_migrations"))
    assert.equal("Ada",
      box:value("SELECT name FROM users ORDER BY id LIMIT 1"))
    assert.equal("EUR",
      box:value("SELECT value FROM settings WHERE name = 'currency'"))
    assert.equal(1, box:value(
      "SELECT count(*) FROM pragma_table_info('teams') WHERE name = 'colour'"))
  end)

  it("work on a command line", function()
    for commands in blocks("sh") do
      local dir = box:path("commands")
      local status, out, err = box:sh(("mkdir -p %s && cd %s && set -e\n%s")
        :format(dir, dir, commands), {
          PATH = sandbox.program:gsub("/[^/]*$", "") .. ":" ..
            os.getenv("PATH"),
        })
      assert.equal(0, status, commands .. out .. err)
    end
  end)

  it("are C that compiles", function()
    local count = 0
    for code in blocks("c") do
      count = count + 1
      box:write("example.c", code)
      local status, _, err = box:sh(("${CC:-cc} -std=c11 -Wall -Wextra " ..
        "-Werror -fsyntax-only -I%s example.c"):format(
        sandbox.quote(sandbox.root .. "/runner")))
      assert.equal(0, status, err)
    end
    assert.equal(2, count)
  end)
end)
