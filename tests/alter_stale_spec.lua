-- SPDX-License-Identifier: MIT
-- conn:alter while something in the database is broken: whatever it stores,
-- SQLite can read it back.
local sandbox = require "tests.support.sandbox"
local case = require "tests.support.altering".with(it)

describe("what SQLite could not read back is refused", function()
  it("and a new process opens the database and uses the table", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql([[
      CREATE TABLE t (a, b, c);
      CREATE INDEX i ON t (a, "nope");
      CREATE VIEW bv AS SELECT * FROM zip;
      INSERT INTO t VALUES (1, 2, 3);
    ]])
    for _, run in ipairs { 't:rename_column("a", "aa")',
                           't:drop_column("c")' } do
      box:migration("2026_01_01_a",
        'conn:alter("t", function(t) ' .. run .. ' end)')
      local status, _, err = box:run("up")
      assert.equal(1, status)
      assert(err:find("malformed database schema (i) - no such column", 1,
        true), err)
    end
    assert.equal(0, (box:run("status")))
    box:sql("INSERT INTO t VALUES (4, 5, 6)")
    assert.equal("1,4", box:value("SELECT group_concat(a) FROM t"))
    assert.equal("ok", box:value("PRAGMA integrity_check"))
  end)
end)

for name, body in pairs {
  ["whose body does not compile"] =
    "BEGIN INSERT INTO nope VALUES (new.id); END",
  ["whose WHEN does not compile"] =
    "WHEN new.nocol = 1 BEGIN SELECT 1; END",
} do
  local before = [[
    CREATE TABLE t (id INTEGER PRIMARY KEY, a);
    INSERT INTO t VALUES (1, 'x');
    CREATE TRIGGER g AFTER INSERT ON t ]] .. body .. ";"

  describe("a trigger of the table " .. name, function()
    case("keeps its table from a new name", {
      before = before, run = 't:rename_to("t2")', want = "dependents",
      says = "malformed database schema (g) - no such table: main.t",
      gives = { ["SELECT a FROM t"] = "x" },
    })
  end)
end
