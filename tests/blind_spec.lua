-- SPDX-License-Identifier: MIT
-- Plain SQL: a trigger that was broken before hides no other one that the
-- migration breaks, and is left as it was.
local sandbox = require "tests.support.sandbox"
local altering = require "tests.support.altering"

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, c, a);
  CREATE TABLE u (id INTEGER PRIMARY KEY, n);
  CREATE TABLE o (x);
  CREATE TABLE log (x);
  INSERT INTO t VALUES (1, 2, 3), (2, 3, 4);
]]
local JOIN = "INSERT INTO log SELECT n FROM u x JOIN t y ON x.id = y.id; END;"

local PLACES = {
  ["of its table and event"] = { "g0 on t",
    "CREATE TRIGGER g0 AFTER UPDATE OF id ON t BEGIN " .. JOIN .. [[
    CREATE TRIGGER g2 AFTER UPDATE OF a ON t
      BEGIN INSERT INTO log SELECT nope FROM t; END;]] },
  ["before it, without its table"] = { "g0 on t", [[
    CREATE TRIGGER g2 AFTER UPDATE OF a ON t
      BEGIN INSERT INTO gone VALUES (1); END;
    CREATE TRIGGER g0 AFTER UPDATE OF id ON t BEGIN ]] .. JOIN },
  ["of its event on another table"] = { "g0 on o",
    "CREATE TRIGGER g0 AFTER INSERT ON o BEGIN " .. JOIN .. [[
    CREATE TRIGGER g2 AFTER INSERT ON o WHEN new.nope BEGIN SELECT 1; END;]] },
  ["that it sets off"] = { "g0 on o",
    "CREATE TRIGGER g0 AFTER INSERT ON o BEGIN " .. JOIN .. [[
    CREATE TRIGGER g2 AFTER INSERT ON log
      BEGIN INSERT INTO gone VALUES (new.x); END;]] },
  ["among many"] = { "g0 on o", [[
    CREATE VIEW v AS SELECT nope FROM t;
    CREATE TRIGGER g2 AFTER INSERT ON o BEGIN SELECT * FROM v; END;
    CREATE TRIGGER g0 AFTER INSERT ON o BEGIN ]] .. JOIN .. [[
    CREATE TRIGGER g1 AFTER INSERT ON o BEGIN SELECT 1; END;
    CREATE TRIGGER g3 AFTER DELETE ON o BEGIN INSERT INTO o VALUES (1); END;
    CREATE TRIGGER g4 AFTER INSERT ON log BEGIN SELECT nope; END;
    CREATE TRIGGER g5 INSTEAD OF DELETE ON v BEGIN DELETE FROM o; END;
    ]] },
}

local ADD_N = 'conn:execute("ALTER TABLE t ADD COLUMN n INT")'

describe("a trigger that was broken before", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function breaks(which)
    local err = box:fails(1, "up")
    assert.truthy(err:find("the migration breaks the trigger " .. which ..
      ": ambiguous column name: n\n", 1, true), err)
    assert.equal("ok", box:value("PRAGMA integrity_check"))
    assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema " ..
      "WHERE type LIKE '~%'"))
  end

  for where, place in pairs(PLACES) do
    it(where .. " hides none that breaks", function()
      box:sql(T .. place[2])
      local before = altering.snapshot(box)
      box:migration("a", ADD_N)
      breaks(place[1])
      assert.equal(before, altering.snapshot(box))
    end)

    it(where .. " is left alone by what breaks nothing", function()
      box:sql(T .. place[2])
      local texts = "SELECT group_concat(type || name || tbl_name || sql) " ..
        "FROM sqlite_schema WHERE type IN ('trigger', 'view')"
      local before = box:value(texts)
      box:migration("a", [[
        local function version()
          return conn:execute("PRAGMA schema_version"):fetchone()[1]
        end
        local was = version()
        conn:execute("ALTER TABLE t ADD COLUMN z INT")
        assert(version() == was + 1)
      ]])
      box:up()
      assert.equal(before, box:value(texts))
      assert.equal("ok", box:value("PRAGMA integrity_check"))
    end)
  end

  it("hides none where there is no transaction", function()
    box:sql(T .. PLACES["that it sets off"][2])
    box:write("migrations/a.lua", 'MIGRATION_ID = "a"\n' ..
      "TRANSACTION = false\nfunction upgrade(conn)\n" .. ADD_N .. "\nend\n")
    breaks("g0 on o")
  end)

  it("hides none from a file of SQL", function()
    box:sql(T .. PLACES["that it sets off"][2])
    box:sql_file("a.sql", "ALTER TABLE t ADD COLUMN n INT;")
    breaks("g0 on o")
  end)

  it("ends no cursor, and no savepoint", function()
    box:sql(T .. PLACES["among many"][2])
    box:migration("a", [[
      local seen = {}
      for row in conn:execute("SELECT id FROM t ORDER BY id"):rows() do
        seen[#seen + 1] = row.id
        conn:execute("SAVEPOINT s")
        conn:execute("CREATE TABLE IF NOT EXISTS more (x)")
        conn:execute("RELEASE s")
      end
      print("seen " .. table.concat(seen, ","))
      print("left " .. conn:execute("SELECT count(*) FROM sqlite_schema " ..
        "WHERE type = 'trigger' AND sql LIKE 'CREATE%'"):fetchone()[1])
    ]])
    local out = box:up()
    assert.truthy(out:find("seen 1,2\n", 1, true), out)
    assert.truthy(out:find("left 6\n", 1, true), out)
  end)

  it("may be dropped, or made anew, by the migration", function()
    box:sql(T .. PLACES["of its table and event"][2])
    box:migration("a", [[
      conn:execute("CREATE TABLE more (x)")
      conn:execute("DROP TRIGGER g2")
      conn:execute("CREATE TRIGGER g2 AFTER UPDATE OF a ON t " ..
        "BEGIN SELECT 1; END")
    ]])
    box:up()
    box:sql("UPDATE t SET a = 1, id = id")
    box:migration("b", ADD_N)
    breaks("g0 on t")
  end)
end)
