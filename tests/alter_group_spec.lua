-- SPDX-License-Identifier: MIT
-- conn:alter: triggers that the same statement fires, when some of them go.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a, upd);
  CREATE TABLE log (x);
  INSERT INTO t VALUES (1, 'x', 0);
]]
local AUDIT = "CREATE TRIGGER g2 AFTER UPDATE OF a ON t BEGIN INSERT INTO " ..
  "log (x) VALUES (new.a); END;"
local DROP = 't:drop_column("upd", { cascade = { "triggers" } })'
local LEFT = {
  ["SELECT group_concat(name) FROM sqlite_schema WHERE type = 'trigger' " ..
    "AND tbl_name <> 'schema_migrations'"] = "g2",
}

describe("drop_column with cascade to triggers", function()
  for what, trigger in pairs {
    ["that reads more"] = "WHEN old.a IS NOT new.a BEGIN UPDATE t SET " ..
      "upd = 1 WHERE id = new.id; END;",
    ["that writes"] = "BEGIN UPDATE t SET upd = 1 WHERE id = new.id; END;",
    ["that reads another table"] = "BEGIN UPDATE t SET upd = (SELECT " ..
      "count(*) FROM log WHERE x > 0); END;",
    ["with a string in double quotes"] = "BEGIN UPDATE t SET upd = \"s\"; " ..
      "END;",
  } do
    case("leaves the table's other trigger beside one " .. what, {
      before = T .. "CREATE TRIGGER g1 AFTER UPDATE ON t " .. trigger ..
        AUDIT, run = DROP, want = "native", twice = true, gives = LEFT,
    })
  end
  case("leaves it after new names in the same call", {
    before = T .. "CREATE TRIGGER g1 AFTER UPDATE ON t BEGIN UPDATE t SET " ..
      "upd = 1 WHERE id = new.id; END;" .. AUDIT, want = "native",
    run = 't:rename_to("u") t:rename_columns{upd = "d", a = "b"} ' ..
      't:drop_column("d", { cascade = { "triggers" } })',
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 'g2'"] =
      'CREATE TRIGGER g2 AFTER UPDATE OF b ON "u" BEGIN INSERT INTO log ' ..
      '(x) VALUES (new.b); END' },
  })
  case("leaves it where the table is made again", {
    before = T .. "CREATE TRIGGER g1 AFTER UPDATE ON t BEGIN UPDATE t SET " ..
      "upd = 1 WHERE id = new.id; END;" .. AUDIT,
    run = DROP .. " t:rebuild()", want = "rebuild", gives = LEFT,
  })
  case("is refused where another one stops compiling", {
    before = T .. [[
      CREATE VIEW v AS SELECT id, upd FROM t;
      CREATE TRIGGER g1 AFTER UPDATE ON t BEGIN UPDATE t SET upd = 1
        WHERE id = new.id; END;
      CREATE TRIGGER g2 AFTER UPDATE ON t BEGIN INSERT INTO log
        SELECT id FROM v; END;
    ]], want = "dependents", run = DROP, says = "HANGS view v",
  })
end)

describe("a refusal", function()
  case("names each trigger of a group as a dependent", {
    before = T .. [[
      CREATE TRIGGER g1 AFTER DELETE ON t BEGIN INSERT INTO log
        SELECT id % 2 AS x FROM t GROUP BY x; END;
      CREATE TRIGGER g2 AFTER DELETE ON t BEGIN DELETE FROM log; END;
    ]], want = "dependents", run = 't:rename_column("a", "x")',
    says = { "g1, g2", "HANGS trigger g1\n", "HANGS trigger g2\n" },
  })
end)
