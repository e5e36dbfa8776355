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
