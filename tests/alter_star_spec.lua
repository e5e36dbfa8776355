-- SPDX-License-Identifier: MIT
-- conn:alter: a new column's name in the text of a view or trigger with a star
-- stands in the way only where it would mean the column.
local case = require "tests.support.altering".with(it)

local TABLES = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a);
  CREATE TABLE u (id INTEGER PRIMARY KEY, tid, name);
  INSERT INTO t VALUES (1, 'x'), (2, 'y');
  INSERT INTO u VALUES (1, 1, 'n'), (2, 1, 'm');
]]

describe("a new column under a view with a star", function()
  for select, name in pairs {
    ["SELECT t.*, u.name AS u FROM t JOIN u ON u.tid = t.id"] = "name",
    ["SELECT * FROM t WHERE id IN (SELECT tid FROM u WHERE name > '')"] =
      "name",
    ["SELECT t.*, (SELECT count(*) FROM u WHERE tid = t.id) AS n FROM t"] =
      "tid",
    ["WITH x AS (SELECT tid AS k FROM u) SELECT t.*, x.k FROM t JOIN x " ..
      "ON x.k = t.id"] = "tid",
    ["SELECT * FROM t LEFT JOIN u x ON x.tid = t.id"] = "u",
    ["SELECT y.tid, x.* FROM t x JOIN u y ON x.id = y.tid"] = "x",
    ["SELECT *, CAST(a AS text) AS s FROM t"] = "text",
    ["SELECT *, rank() OVER w AS r FROM t WINDOW w AS (ORDER BY a)"] = "w",
  } do
    for _, how in ipairs { "INT", "INT CHECK (" .. name .. " > 0)" } do
      case("may be called " .. name .. ", " .. how .. ": " .. select, {
        before = TABLES .. "CREATE VIEW v AS " .. select, want = "native",
        run = ('t:add_column("%s", "%s")'):format(name, how),
        keeps = { "SELECT sql FROM sqlite_schema WHERE name = 'v'",
          "SELECT count(*) FROM v", "SELECT * FROM u" },
        gives = { ["SELECT count(*) FROM pragma_table_info('v') " ..
          "WHERE name = '" .. name .. "'"] = 1 },
      })
    end
  end

  case("may have its name in a trigger with a star", {
    before = TABLES .. [[
      CREATE TABLE log (n);
      CREATE TRIGGER g AFTER INSERT ON t BEGIN
        INSERT INTO log SELECT count(*) FROM (SELECT * FROM t) AS x
          JOIN u ON u.tid = x.id; END;
    ]], run = 't:add_column("tid", "INT") t:add_column("u", "INT")',
    want = "native",
    gives = { ["INSERT INTO t (a) VALUES ('z'); SELECT n FROM log"] = 2 },
  })

  for select, name in pairs {
    ["SELECT t.*, (SELECT count(*) FROM t AS z WHERE tid = z.id) FROM t, u"] =
      "tid",
    ["SELECT (SELECT k FROM (SELECT * FROM t)) FROM (SELECT 5 AS k)"] = "k",
    ["SELECT *, a AS k FROM t WHERE k <> 'y'"] = "k",
  } do
    case("is refused where the name would mean it: " .. select, {
      before = TABLES .. "CREATE VIEW v AS " .. select, want = "dependents",
      run = ('t:add_column("%s", "INT")'):format(name),
      says = "it breaks the view v: ", keeps = { "SELECT * FROM v" },
    })
  end
end)

describe("a new column that other constraints name, under a star", function()
  for run, want in pairs {
    ['t:add_column("name", "TEXT") t:add_unique {"name"}'] = "rebuild",
    ['t:add_column("name", "INT") t:add_foreign_key({"name"}, "u", {"id"})'] =
      "rebuild",
    ['t:add_column("name", "TEXT") t:add_column("l", "AS (length(name))")'] =
      "native",
    ['t:add_column("name", "name CHECK (\\"name\\" <> \'name\')")'] =
      "native",
  } do
    case("goes where its name means nothing: " .. run, {
      before = TABLES .. [[CREATE VIEW v AS
        SELECT t.*, u.name AS n FROM t LEFT JOIN u ON u.tid = t.id]],
      run = run, want = want, keeps = { "SELECT id, a, n FROM v" },
    })
  end
end)

local NAMED = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c);
  CREATE TABLE u (id INTEGER PRIMARY KEY, tid, status, b);
  INSERT INTO t VALUES (1, 'x', 10, 'p'), (2, 'y', 20, 'q'), (3, 'z', 3, 'r');
  INSERT INTO u VALUES (1, 1, 's', 2), (2, 1, 'r', 3);
]]

local ways = { "", ', { cascade = { "views", "triggers" } }' }

describe("a column that goes under a view with a star", function()
  for select, rows in pairs {
    ["SELECT t.*, u.b AS ub FROM t LEFT JOIN u ON u.tid = t.id"] =
      "id, a, c, ub",
    ["SELECT t.*, (SELECT max(u.b) FROM u) AS m FROM t"] = "id, a, c, m",
    ["SELECT t.*, (SELECT max(b) FROM u) AS m FROM t"] = "id, a, c, m",
    ["SELECT * FROM t WHERE id IN (SELECT b FROM u)"] = "id, a, c",
    ["SELECT t.*, x.n FROM t JOIN (SELECT tid, b AS n FROM u) x " ..
      "ON x.tid = t.id"] = "id, a, c, n",
    ["WITH b AS (SELECT 1 AS one) SELECT t.*, one FROM t, b"] =
      "id, a, c, one",
    ["SELECT * FROM t b"] = "id, a, c",
    ["SELECT b.* FROM t AS b"] = "id, a, c",
    ["SELECT a AS b, * FROM t"] = "b, id, a, c",
  } do
    for _, way in ipairs(ways) do
      case("may have its name in it: " .. select .. way, {
        before = NAMED .. "CREATE VIEW v AS " .. select, want = "native",
        run = ('t:drop_column("b"%s)'):format(way),
        keeps = { "SELECT sql FROM sqlite_schema WHERE name = 'v'",
          "SELECT " .. rows .. " FROM v" },
        gives = { ["SELECT count(*) FROM v"] = select:find(" IN ") and 2 or
          select:find("JOIN %(") and 2 or select:find("LEFT") and 4 or 3 },
      })
    end
  end

  for select, why in pairs {
    ["SELECT t.*, t.b AS x FROM t"] = true,
    ["SELECT *, b + 1 AS x FROM t"] = true,
    ["SELECT * FROM t WHERE b > 1"] = true,
    ["SELECT * FROM t ORDER BY b"] = true,
    ["SELECT * FROM t JOIN u USING (b)"] = true,
    ["SELECT t.*, (SELECT count(*) FROM u WHERE u.b = t.b) AS n FROM t"] =
      true,
    ["SELECT t.*, u.b FROM t JOIN u ON u.tid = t.id"] = true,
    ["SELECT *, a AS b FROM t"] = true,
  } do
    case("is refused where it means it: " .. select, {
      before = NAMED .. "CREATE VIEW v AS " .. select, want = "dependents",
      run = 't:drop_column("b")', keeps = { "SELECT * FROM v" },
      says = "the column b is used by the view v",
    })
    case("takes it along where it means it: " .. select, {
      before = NAMED .. "CREATE VIEW v AS " .. select, want = "native",
      run = 't:drop_column("b", { cascade = { "views" } })',
      gives = { ["SELECT count(*) FROM sqlite_schema WHERE name = 'v'"] =
        why and 0 },
    })
  end

  for select, rest in pairs {
    ["SELECT b FROM v"] = 1, ["SELECT *, v.b AS x FROM v"] = 1,
    ["SELECT v.*, u.b AS x FROM v JOIN u ON u.tid = v.id"] = 2,
  } do
    local own = "CREATE VIEW v AS SELECT t.*, u.b AS ub FROM t JOIN u ON " ..
      "u.tid = t.id; CREATE VIEW w AS " .. select
    local views = "SELECT count(*) FROM sqlite_schema WHERE type = 'view'"
    case("is looked for in views on it: " .. select, {
      before = NAMED .. own, want = rest == 2 and "native" or "dependents",
      run = 't:drop_column("b")', gives = { [views] = 2 },
      says = rest == 1 and "the column b is used by the view w" or nil,
    })
    case("takes along no more than the views that mean it: " .. select, {
      before = NAMED .. own, want = "native", gives = { [views] = rest },
      run = 't:drop_column("b", { cascade = { "views" } })',
    })
  end

  case("may be in an index that goes with it", {
    before = NAMED .. [[
      CREATE INDEX i ON t (b); CREATE INDEX k ON t (a) WHERE "B" > 1;
      CREATE INDEX l ON t (c);
      CREATE VIEW v AS SELECT t.*, u.b AS ub FROM t JOIN u ON u.tid = t.id;
    ]], want = "native",
    run = 't:drop_column("b", { cascade = { "indexes", "views" } })',
    keeps = { "SELECT id, a, c, ub FROM v" },
    gives = { ["SELECT group_concat(name) FROM sqlite_schema WHERE " ..
      "sql IS NOT NULL AND type IN ('index', 'view')"] = "l,v" },
  })
  case("leaves every index as it was where it is refused", {
    before = NAMED .. [[
      CREATE INDEX i ON t (b); CREATE INDEX k ON t (a) WHERE "B" > 1;
      CREATE VIEW v AS SELECT t.*, u.b AS ub FROM t JOIN u ON u.tid = t.id;
    ]], want = "dependents", run = 't:drop_column("b")',
    says = "the column b is used by the index i, the index k",
  })

  local trigger = [[
    CREATE TABLE log (id, a, c, m);
    CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN
      INSERT INTO log (id, a, c, m) SELECT id, a, c, b FROM (
        SELECT x.*, (SELECT max(u.b) FROM u) AS m FROM t x) AS y,
        (SELECT 7 AS b) WHERE y.id = new.id; END;
  ]]
  for _, way in ipairs(ways) do
    case("stands in a trigger's way where that means it" .. way, {
      before = NAMED .. trigger, run = ('t:drop_column("b"%s)'):format(way),
      want = way == "" and "dependents" or "native",
    })
    case("may have its name in a trigger beside one that means it" .. way, {
      before = NAMED .. [[
        CREATE TABLE log (n);
        CREATE TRIGGER g AFTER UPDATE ON t BEGIN
          INSERT INTO log SELECT count(*) FROM (SELECT * FROM t) AS x
            JOIN u ON u.b = x.id; END;
        CREATE TRIGGER h AFTER UPDATE ON t BEGIN
          INSERT INTO log SELECT b FROM (SELECT * FROM t); END;
        CREATE TRIGGER i AFTER UPDATE OF b ON t BEGIN
          INSERT INTO log SELECT count(*) FROM (SELECT * FROM t); END;
      ]], run = ('t:drop_column("b"%s)'):format(way),
      want = way == "" and "dependents" or "native",
      says = way == "" and "by the trigger i on t, the trigger h on t\n"
        or nil,
      gives = { ["SELECT group_concat(name) FROM sqlite_schema WHERE type " ..
        "= 'trigger'"] = way == "" and "g,h,i" or "g" },
    })
  end

  for before, after in pairs {
    ['t:rename_to("t2")'] = "", ['t:add_column("n", "INT")'] = "",
    ['t:rename_column("a", "a2")'] = "", ['t:drop_column("c")'] = "",
    ['t:set_not_null("a", true)'] = 't:add_check("a > \'\'")',
  } do
    case("goes among others: " .. before, {
      before = NAMED .. [[CREATE VIEW v AS
        SELECT t.*, u.b AS ub FROM t LEFT JOIN u ON u.tid = t.id]],
      run = before .. ' t:drop_column("b", { cascade = { "views" } }) ' ..
        after, keeps = { "SELECT id, ub FROM v" },
      want = after == "" and "native" or "rebuild",
    })
  end

  local stale = NAMED .. [[
    CREATE TABLE log (n);
    CREATE TABLE audit (n);
    CREATE TRIGGER old AFTER INSERT ON log BEGIN
      INSERT INTO nowhere VALUES (1); END;
    CREATE TRIGGER g AFTER UPDATE ON t BEGIN
      INSERT INTO log SELECT count(*) FROM (SELECT * FROM t) AS x
        JOIN u ON u.b = x.id AND u.tid = x.id; END;
  ]]
  case("may have its name in a trigger that sets off one that fails", {
    before = stale, want = "native",
    run = 't:drop_column("b", { cascade = { "triggers" } })',
    gives = { ["SELECT group_concat(name) FROM sqlite_schema WHERE type " ..
      "= 'trigger'"] = "old,g" },
  })
  case("comes as another's name beside a trigger that fails", {
    before = stale, run = 't:add_column("tid", "INT")', want = "native",
    keeps = { "SELECT * FROM sqlite_schema WHERE type = 'trigger'" },
  })
end)
