-- SPDX-License-Identifier: MIT
-- conn:alter: what SQLite's own RENAME leaves wrong in views and triggers.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c);
  CREATE TABLE u (id INTEGER PRIMARY KEY, tid, name);
  CREATE TABLE log (id, a, b, c);
  INSERT INTO t VALUES (1, 'y', 2, 3), (2, 'x', 5, 6), (3, 'z', 5, 7);
  INSERT INTO u VALUES (1, 2, 'n'), (2, 1, 'm');
]]

describe("a column renamed under a star with ORDER BY", function()
  for select, stored in pairs {
    ["SELECT * FROM t ORDER BY a"] = 'SELECT * FROM t ORDER BY "n"',
    ["SELECT t.* FROM t ORDER BY b, a DESC LIMIT 2"] =
      'SELECT t.* FROM t ORDER BY b, "n" DESC LIMIT 2',
    ['SELECT * FROM t WHERE a > 0 ORDER BY "a" COLLATE nocase, id'] =
      'SELECT * FROM t WHERE n > 0 ORDER BY "n" COLLATE nocase, id',
    ["SELECT * FROM (SELECT * FROM t ORDER BY a LIMIT 1)"] =
      'SELECT * FROM (SELECT * FROM t ORDER BY "n" LIMIT 1)',
    ["SELECT *, (SELECT a) AS o FROM t JOIN u ON u.tid = t.id ORDER BY a"] =
      'SELECT *, (SELECT n) AS o FROM t JOIN u ON u.tid = t.id ORDER BY "n"',
    ["SELECT * FROM t UNION ALL SELECT * FROM t ORDER BY a"] =
      'SELECT * FROM t UNION ALL SELECT * FROM t ORDER BY "n"',
  } do
    case("is followed: " .. select, {
      before = T .. "CREATE VIEW v AS " .. select, want = "native",
      run = 't:rename_column("a", "n")', keeps = { "SELECT id FROM v" },
      gives = { ["SELECT substr(sql, 18) FROM sqlite_schema WHERE " ..
        "name = 'v'"] = stored },
    })
  end

  case("is followed in a trigger", {
    before = T .. [[
      CREATE TRIGGER g AFTER INSERT ON u BEGIN
        INSERT INTO log SELECT * FROM t ORDER BY a LIMIT 1; END;
    ]], run = 't:rename_column("a", "n")', want = "native",
    gives = { ["INSERT INTO u VALUES (9, 9, 'x'); SELECT id FROM log"] = 2 },
  })

  case("is followed in a temporary view, and by two columns", {
    before = T .. "CREATE VIEW v AS SELECT * FROM t ORDER BY b DESC, a",
    run = 't:rename_columns {a = "x", b = "y"}', want = "native",
    keeps = { "SELECT id FROM v" },
  })

  case("is no column where ORDER BY means an alias", {
    before = T .. "CREATE VIEW v AS SELECT *, -b AS k FROM t ORDER BY k, a",
    run = 't:rename_column("c", "k")', want = "dependents",
    says = "the view v", keeps = { "SELECT id FROM v" },
  })
end)

describe("a table renamed under an upsert", function()
  local UPSERT = [[
    CREATE TABLE s (a INTEGER PRIMARY KEY, qty);
    CREATE TABLE m (a);
    CREATE TRIGGER g AFTER INSERT ON m BEGIN
      INSERT INTO s (a, qty) VALUES (new.a, 1)
        ON CONFLICT (a) DO UPDATE SET qty = qty + Excluded.qty; END;
    INSERT INTO m VALUES (1);
  ]]
  for run, strategy in pairs {
    ['t:rename_to("s2")'] = "native",
    ['t:rename_to("s2") t:rebuild()'] = "rebuild",
  } do
    case("keeps what is excluded: " .. run, {
      before = UPSERT, table = "s", run = run, want = strategy,
      gives = {
        ["INSERT INTO m VALUES (1); SELECT qty FROM s2"] = 2,
        ["SELECT count(*) FROM sqlite_schema WHERE name = 'g' AND " ..
          "sql LIKE '%qty + excluded.qty%'"] = 1,
      },
    })
  end
end)
