-- SPDX-License-Identifier: MIT
-- conn:alter: a trigger that was broken before hides no other one that breaks.
-- SQLite compiles a statement with all triggers that it sets off.
local altering = require "tests.support.altering"
local sandbox = require "tests.support.sandbox"
local case = altering.with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, c UNIQUE, a);
  CREATE TABLE u (id INTEGER PRIMARY KEY, n);
  CREATE TABLE o (x);
  CREATE TABLE log (x);
  CREATE TABLE audit (x);
  INSERT INTO t VALUES (1, 2, 3), (2, 3, 4);
]]

-- Where the sound trigger stands, and what is broken beside it.
local PLACES = {
  ["of its table and event"] = { "AFTER UPDATE OF id ON t", [[
    CREATE TRIGGER g2 AFTER UPDATE OF a ON t
      BEGIN INSERT INTO log SELECT nope FROM t; END;]], "t" },
  ["before it of its table and event"] = { "AFTER UPDATE OF id ON t", "", "t",
    [[CREATE TRIGGER g2 AFTER UPDATE OF a ON t
      BEGIN INSERT INTO gone VALUES (1); END;]] },
  ["of its event on another table"] = { "AFTER INSERT ON o", [[
    CREATE TRIGGER g2 AFTER INSERT ON o WHEN new.nope BEGIN SELECT 1; END;]],
    "o" },
  ["that it sets off"] = { "AFTER INSERT ON o", [[
    CREATE TRIGGER g2 AFTER INSERT ON audit
      BEGIN INSERT INTO gone VALUES (new.x); END;]], "o" },
  ["among many"] = { "AFTER INSERT ON o", [[
    CREATE TRIGGER g1 AFTER INSERT ON o BEGIN SELECT 1; END;
    CREATE TRIGGER g2 AFTER INSERT ON o BEGIN SELECT nope; END;
    CREATE TRIGGER g3 AFTER DELETE ON o BEGIN INSERT INTO o (x) VALUES (1);
      END;
    CREATE TRIGGER g4 AFTER INSERT ON log BEGIN SELECT nope; END;
    CREATE TRIGGER g5 AFTER UPDATE ON u BEGIN INSERT INTO log VALUES (1);
      END;]], "o" },
}

local JOIN = "INSERT INTO log SELECT n FROM u x JOIN t y ON x.id = y.id;"

-- What a call does to the body of the sound one.
local CALLS = {
  { 't:add_column("n", "INT")', JOIN, "ambiguous column name: n" },
  { 't:rename_column("c", "n")',
    "INSERT INTO log SELECT c FROM u x JOIN t y ON x.id = y.id;",
    "ambiguous column name: n" },
  { "t:set_without_rowid(true)", "INSERT INTO log SELECT rowid FROM t;",
    "no such column: rowid" },
  { 't:drop_unique{"c"}',
    "INSERT INTO t (c) VALUES (1) ON CONFLICT (c) DO NOTHING;",
    "ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint" },
  { 't:reorder{"a"}', "INSERT INTO t VALUES (9, 8, 7);",
    "it counts the columns of the table, and they change places" },
}

local function trigger(place, body)
  return T .. (place[4] or "") .. ("CREATE TRIGGER g0 %s BEGIN INSERT INTO " ..
    "audit VALUES (1); %s END;"):format(place[1], body) .. place[2]
end

for where, place in pairs(PLACES) do
  describe("a broken trigger " .. where .. " hides nothing from", function()
    for _, call in ipairs(CALLS) do
      case(call[1], {
        before = trigger(place, call[2]), run = call[1], want = "dependents",
        says = { ("it breaks the trigger g0 on %s: %s\n"):format(place[3],
          call[3]), "HANGS trigger g0\n" },
      })
    end
    case("a chain of calls", {
      before = trigger(place, JOIN), want = "dependents",
      run = 't:rename_column("c", "d") t:set_type("a", "INT") ' ..
        't:rename_to("t2") t:add_column("n", "INT")',
      says = "ambiguous column name: n",
    })
  end)
end

describe("beside a broken trigger", function()
  local place = PLACES["among many"]
  local TEXTS = "SELECT group_concat(name || sql, char(10)) FROM " ..
    "sqlite_schema WHERE name IN ('g1', 'g2', 'g3', 'g4', 'g5')"
  for call, how in pairs {
    ['t:add_column("z", "INT")'] = "native",
    ['t:rename_column("a", "z")'] = "native",
    ['t:add_check("a > 0")'] = "edit",
    ["t:set_type('a', 'INT')"] = "rebuild",
    ['t:rename_to("t2")'] = "native",
    ['t:drop_column("a")'] = "native",
  } do
    case("a change that breaks nothing is made: " .. call, {
      before = trigger(place, "INSERT INTO log SELECT n FROM u;"),
      run = call, want = how, keeps = { TEXTS },
    })
  end

  case("a new name is followed into the sound one alone", {
    before = T .. [[
      CREATE TRIGGER g0 AFTER UPDATE OF c ON t
        BEGIN UPDATE t SET a = new.c; END;
      CREATE TRIGGER g2 AFTER UPDATE OF c ON t BEGIN SELECT c, nope; END;]],
    run = 't:rename_column("c", "z") t:rename_to("t2")', want = "native",
    gives = { [ [[SELECT group_concat(replace(sql, '  ', ''), '|')
      FROM sqlite_schema WHERE name IN ('g0', 'g2')]] ] =
      'CREATE TRIGGER g0 AFTER UPDATE OF z ON "t2"\n' ..
      'BEGIN UPDATE "t2" SET a = new.z; END|' ..
      'CREATE TRIGGER g2 AFTER UPDATE OF c ON "t2" BEGIN SELECT c, nope; END',
    },
  })

  case("cascade drops what uses the column, and no more", {
    before = T .. [[
      CREATE TRIGGER g0 AFTER INSERT ON o BEGIN SELECT a FROM t; END;
      CREATE TRIGGER g1 AFTER INSERT ON o BEGIN SELECT c FROM t; END;
      CREATE TRIGGER g2 AFTER INSERT ON o BEGIN SELECT nope; END;]],
    run = 't:drop_column("a", {cascade = {"triggers"}})', want = "native",
    gives = { ["SELECT group_concat(name) FROM sqlite_schema WHERE type = " ..
      "'trigger' AND name LIKE 'g_'"] = "g1,g2" },
  })

  case("one that breaks where the column goes by cascade is named", {
    before = T .. [[
      CREATE VIEW v AS SELECT a FROM t;
      CREATE TRIGGER g0 AFTER INSERT ON o BEGIN SELECT a FROM v; END;
      CREATE TRIGGER g2 AFTER INSERT ON o BEGIN SELECT nope; END;]],
    run = 't:drop_column("a", {cascade = {"views"}})', want = "dependents",
    says = "HANGS trigger g0\n",
  })

  case("what is temporary counts as well", {
    before = T, want = "dependents", says = "HANGS trigger g0\n",
    lead = [=[conn:executescript([[
      CREATE TEMP TRIGGER g0 AFTER UPDATE OF id ON t
        BEGIN SELECT n FROM u x JOIN t y ON x.id = y.id; END;
      CREATE TRIGGER temp.g2 AFTER UPDATE OF a ON t BEGIN SELECT nope; END;
    ]])]=], run = 't:add_column("n", "INT")',
    tail = [=[for row in conn:execute(
      "SELECT type, name FROM temp.sqlite_schema"):rows() do
      assert(row.type == "trigger", row.type)
    end]=],
  })

  case("a broken temporary one hides no other one", {
    before = trigger({ "AFTER UPDATE OF id ON t", "" }, JOIN),
    lead = [[conn:execute("CREATE TEMP TRIGGER g2 AFTER UPDATE OF a ON t " ..
      "BEGIN SELECT nope; END")]],
    run = 't:add_column("n", "INT")', want = "dependents",
    says = "HANGS trigger g0\n",
  })

  case("a dry run finds it and touches nothing", {
    before = trigger(place, JOIN), options = "{dry_run = true}",
    run = 't:add_column("n", "INT")', want = "dependents",
    says = "ambiguous column name: n",
  })

  -- The rest of the script goes on with the cursor.
  it("a cursor is read on, and nothing stays hidden", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql(trigger(place, JOIN))
    local before = altering.snapshot(box)
    box:migration("a", [[
      local seen = {}
      for row in conn:execute("SELECT id FROM t ORDER BY id"):rows() do
        seen[#seen + 1] = row.id
        local ok, e = pcall(conn.alter, conn, "u", function(t)
          t:drop_column("n")
        end)
        assert(not ok and e.reason == "dependents", e)
        local version = conn:execute("PRAGMA schema_version"):fetchone()[1]
        conn:alter("o", { dry_run = true }, function(t)
          t:add_column("y", "INT")
        end)
        assert(version ==
          conn:execute("PRAGMA schema_version"):fetchone()[1])
      end
      print("seen " .. table.concat(seen, ","))
      print("left " .. conn:execute("SELECT count(*) FROM sqlite_schema " ..
        "WHERE type = 'trigger'"):fetchone()[1])
    ]])
    local out = box:up()
    assert.truthy(out:find("seen 1,2\n", 1, true), out)
    assert.truthy(out:find("left 6\n", 1, true), out)
    assert.equal(before, altering.snapshot(box))
  end)
end)
