-- SPDX-License-Identifier: MIT
-- redo: down by the text that was applied, up by the file as it is now.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local json = require "tests.support.json"

describe("redo", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function reversible(id, table, more)
    box:migration(id, ([[
      function upgrade(conn)
        conn:execute("CREATE TABLE %s (x)")
        %s
      end
      function downgrade(conn) conn:execute("DROP TABLE %s") end
    ]]):format(table, more or "", table))
  end

  local function redo(...)
    local status, out, err = box:run("redo", ...)
    assert.equal(0, status, out .. err)
    return out, err
  end

  local function ledger()
    return box:value("SELECT coalesce(group_concat(position || ' ' || id), " ..
      "'') FROM (SELECT * FROM schema_migrations ORDER BY position)")
  end

  it("takes the old text down and brings the new one up", function()
    reversible("1", "a")
    reversible("2", "b")
    box:up()
    reversible("2", "c")
    local out, err = redo()
    has(err, "2 was edited after it was applied: the way down of the text " ..
      "that was applied runs, which the history keeps\n")
    assert.truthy(out:find("→ 2\n  ✓ reverted in [%d.]+ ms\n→ 2\n  ✓ " ..
      "applied in [%d.]+ ms\n✓ 1 migration reverted and applied again in "),
      out)
    assert.equal("1 1,2 2", ledger())
    assert.equal(0, box:value("SELECT count(*) FROM c"))
    assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
      "name = 'b'"))
    local _, status = box:run("status")
    assert.falsy(status:find("edited"), status)
  end)

  it("of an older one touches no other, which is the last one then",
    function()
      reversible("1", "a")
      reversible("2", "b")
      box:up()
      redo("1")
      assert.equal("2 2,3 1", ledger())
      assert.equal(1, box:value("SELECT count(*) FROM " ..
        "schema_migrations_history WHERE id = '2'"))
    end)

  it("has nothing to do where nothing is applied", function()
    reversible("1", "a")
    assert.equal("✓ Nothing to redo: the database does not exist\n",
      (redo()))
    box:up()
    box:run("down")
    assert.equal("✓ Nothing to redo: no migration is applied\n", (redo()))
  end)

  it("refuses, and touches nothing, what cannot be done both ways",
    function()
      reversible("1", "a")
      box:migration("2", "")
      box:up()
      local before = box:bytes()
      has(box:fails(2, "redo"), "2 has no way down")
      has(box:fails(2, "redo", "3"), "3 is not applied")
      reversible("1", "a", "if")
      has(box:fails(2, "redo", "1"), "syntax error")
      os.remove(box:path("migrations/1.lua"))
      has(box:fails(2, "redo", "1"), "the file of 1 is missing: it could " ..
        "be reverted, but not applied again")
      assert.equal(before, box:bytes())
    end)

  it("says with what command a file's way down is taken", function()
    box:migration("1", "")
    box:up()
    has(box:fails(2, "redo"), "\n  hint       write one into the file " ..
      "(function downgrade, or the part of its dialect) and take it with " ..
      "\"lumigrate down --from-file\"\n")
    reversible("1", "a")
    has(box:fails(2, "redo"), "\n  hint       the file has one now: " ..
      "\"lumigrate down --from-file\" takes it\n")
    has(box:fails(2, "down"), "\n  hint       the file has one now: " ..
      "--from-file takes it\n")
  end)

  it("that fails on the way up says that it is reverted", function()
    reversible("1", "a")
    box:up()
    reversible("1", "a", "error('no')")
    local err = box:fails(1, "redo")
    has(err, "lumigrate: error: no\n")
    has(err, "\n  state      the migration was rolled back; it was " ..
      "reverted before, and is pending now\n")
    assert.equal("", ledger())
    assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
      "name = 'a'"))
    reversible("1", "a")
    box:up()
    assert.equal("1 1", ledger())
  end)

  it("that fails changes nothing with --transaction all", function()
    reversible("1", "a")
    box:up()
    reversible("1", "a", "error('no')")
    box:fails(1, "redo", "--transaction", "all")
    assert.equal("1 1", ledger())
    assert.equal(0, box:value("SELECT count(*) FROM a"))
    reversible("1", "b")
    redo("--transaction", "all")
    assert.equal("1 1", ledger())
    assert.equal(0, box:value("SELECT count(*) FROM b"))
  end)

  it("tells both ways in JSON", function()
    reversible("1", "a")
    box:up()
    local _, out = box:run("redo", "--json")
    local o = json.decode(out)
    assert.is_true(o.ok)
    assert.equal("reverted", o.ran[1].status)
    assert.equal("applied", o.ran[2].status)
    assert.same({}, o.remaining)
  end)
end)
