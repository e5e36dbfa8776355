-- SPDX-License-Identifier: MIT
-- The way back of SQL files: the down part of every dialect, also of a text
-- whose file is edited or gone.
local sandbox = require "tests.support.sandbox"

-- The files of one migration that makes the table t: as they were applied.
local KINDS = {
  goose = { ["1_a.sql"] = [[
-- +goose Up
CREATE TABLE t (x);
-- +goose Down
DROP TABLE t;
]] },
  ["sql-migrate"] = { ["1_a.sql"] = [[
-- +migrate Up
CREATE TABLE t (x);
-- +migrate Down
DROP TABLE t;
]] },
  dbmate = { ["1_a.sql"] = [[
-- migrate:up
CREATE TABLE t (x);
-- migrate:down
DROP TABLE t;
]] },
  ["golang-migrate"] = {
    ["1_a.up.sql"] = "CREATE TABLE t (x);\n",
    ["1_a.down.sql"] = "DROP TABLE t;\n",
  },
  diesel = {
    ["2026-01-01-000000_a/up.sql"] = "CREATE TABLE t (x);\n",
    ["2026-01-01-000000_a/down.sql"] = "DROP TABLE t;\n",
  },
}

describe("down of", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function write(files)
    for name, text in pairs(files) do
      box:sql_file(name, text)
    end
  end

  local function assert_gone()
    assert.equal(0, box:value("SELECT count(*) FROM schema_migrations"))
    assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
      "name = 't'"))
    assert.equal(1, box:value("SELECT count(source) FROM " ..
      "schema_migrations_history"))
  end

  local function down(...)
    local status, out, err = box:run("down", ...)
    assert.equal(0, status, out .. err)
    return err
  end

  for kind, files in pairs(KINDS) do
    it(kind .. " runs its down part", function()
      write(files)
      box:up()
      assert.equal("", down())
      assert_gone()
    end)

    it(kind .. " runs it when the files are gone", function()
      write(files)
      box:up()
      box:sh("rm -r migrations/*")
      assert.truthy(down():find("has no file any more", 1, true))
      assert_gone()
    end)

    it(kind .. " runs the one that was applied when it was edited",
      function()
        write(files)
        box:up()
        for name, text in pairs(files) do
          box:sql_file(name, (text:gsub("DROP TABLE t;", "SELECT wrong;")))
        end
        assert.truthy(down():find("was edited after it was applied", 1,
          true))
        assert_gone()
      end)

    it(kind .. " can be done again", function()
      write(files)
      box:up()
      local status, out, err = box:run("redo")
      assert.equal(0, status, out .. err)
      assert.equal(0, box:value("SELECT count(*) FROM t"))
    end)
  end

  it("a plain file has none, and says so", function()
    box:sql_file("1_a.sql", "CREATE TABLE t (x);\n")
    box:up()
    local before = box:bytes()
    assert.truthy(box:fails(2, "down"):find("1_a has no way down", 1, true))
    assert.equal(before, box:bytes())
  end)

  it("a file of its own that comes later counts when it is taken over",
    function()
      local file = "migrations/1_a.down.sql"
      box:sql_file("1_a.sql", "CREATE TABLE t (x);\n")
      box:up()
      box:write(file, "DROP TABLE t;\n")
      local _, out = box:run("status")
      assert.truthy(out:find("! 1_a  edited", 1, true), out)
      assert.truthy(box:fails(2, "down"):find("the file has one now: " ..
        "--from-file takes it", 1, true))
      assert.equal(0, (box:run("repair", "--accept", "1_a")))
      _, out = box:run("status")
      assert.truthy(out:find("1 applied, 0 pending\n", 1, true), out)
      os.remove(box:path(file))
      assert.equal(0, (box:run("down")))
      assert.equal("", box:names())
    end)
end)
