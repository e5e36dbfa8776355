-- SPDX-License-Identifier: MIT
-- conn:alter: a refusal names all that would break, each of them once and as
-- what it is, and cascade takes what counts the columns along.
local sandbox = require "tests.support.sandbox"
local altering = require "tests.support.altering"
local case = altering.with(it)

-- Refused, and `hangs` is all that is told: "view v, trigger g".
local function named(name, one)
  it(name, function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    one.want = one.want or "dependents"
    local list = {}
    for line in altering.run(box, one):gmatch("HANGS ([^\n]+)") do
      list[#list + 1] = line
    end
    assert.equal(one.hangs, table.concat(list, ", "))
  end)
end

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c);
  CREATE TABLE o (x); CREATE TABLE arch (id, a, b, c);
  INSERT INTO t VALUES (1, 2, 3, 4);
]]
local UNION = "SELECTs to the left and right of UNION ALL do not have the " ..
  "same number of result columns"

describe("a rename names all that it breaks", function()
  local VIEWS = T .. [[
    CREATE VIEW v AS SELECT id, b FROM t;
    CREATE VIEW v2 AS SELECT b * 2 AS d FROM v;
    CREATE VIEW v3 AS SELECT b FROM v WHERE b > 1;
    CREATE VIEW v4 AS SELECT b, id FROM t;
    CREATE TRIGGER g INSTEAD OF INSERT ON v4
      BEGIN INSERT INTO t (b) VALUES (new.b); END;
  ]]
  for broken, more in pairs {
    ["where all was sound"] = "",
    ["where a view was broken"] = "CREATE VIEW bad AS SELECT * FROM nope;",
  } do
    named("of a column, " .. broken, {
      before = VIEWS .. more, run = 't:rename_column("b", "n")',
      says = "it breaks the view v2: no such column: b; the view v3: no " ..
        "such column: b; the trigger g on v4: no such column: new.b",
      hangs = "view v2, view v3, trigger g",
    })
  end

  named("of two columns at once", {
    before = VIEWS, run = 't:rename_columns{b = "c", c = "b"}',
    hangs = "view v2, view v3, trigger g",
  })
  named("and what is done after it", {
    before = VIEWS, run = 't:rename_column("b", "n") t:drop_column("c")',
    hangs = "view v2, view v3, trigger g",
  })

  named("of the table", {
    before = T .. [[
      CREATE VIEW v AS WITH w AS (SELECT 1 AS a) SELECT w.a, t.a FROM w, t;
      CREATE VIEW u AS WITH w AS (SELECT 1 AS a) SELECT t.a, w.a FROM t, w;
    ]], run = 't:rename_to("w")',
    says = { "the view v: ambiguous column name: w.a; the view u: " },
    hangs = "view v, view u",
  })

  named("and of full-text tables", {
    before = T .. [[
      CREATE VIRTUAL TABLE f1 USING fts5 (b, content='t', content_rowid='id');
      CREATE VIRTUAL TABLE f2 USING fts5 (b, content='t', content_rowid='id');
    ]], run = 't:rename_column("b", "n")',
    says = "f1 reads b by this name; the full-text table f2 reads b by",
    hangs = "fts5 f1, fts5 f2",
  })

  named("and the index that could not be read back", {
    before = [[
      CREATE TABLE t (a, b, c);
      CREATE INDEX i ON t (a, "nope", x'5f6c756d69677261746500');
      CREATE VIEW bv AS SELECT * FROM zip;
    ]], run = 't:rename_column("a", "aa")',
    says = "malformed database schema (i)", hangs = "index i",
  })
end)

describe("the drop of a column names all that it breaks", function()
  named("what uses it and what counts it", {
    before = T .. [[
      CREATE INDEX ib ON t (b); CREATE VIEW v AS SELECT b FROM t;
      CREATE VIEW u AS SELECT * FROM t UNION ALL SELECT * FROM arch;
      CREATE TRIGGER g AFTER INSERT ON o
        BEGIN INSERT INTO arch SELECT * FROM t; END;
    ]], run = 't:drop_column("b")',
    says = "the column b is used by the index ib, the view v, the view u (" ..
      UNION .. "), the trigger g on o (table arch has 4 columns but 3 " ..
      "values were supplied)",
    hangs = "index ib, view v, view u, trigger g",
  })

  for run, op in pairs {
    ['t:drop_column("b")'] = "native", ['t:drop_column("b") t:rebuild()'] =
      "rebuild",
  } do
    named("what counts it alone, " .. op, {
      before = T .. [[
        CREATE VIEW u1 AS SELECT * FROM t UNION ALL SELECT * FROM arch;
        CREATE VIEW u2 AS SELECT * FROM arch UNION ALL SELECT * FROM t;
        CREATE TRIGGER g AFTER INSERT ON o
          BEGIN INSERT INTO t VALUES (1, 2, 3, 4); END;
      ]], run = run,
      says = "it breaks the view u1: " .. UNION .. "; the view u2: " ..
        UNION .. "; the trigger g on o: table t has 3 columns",
      hangs = "view u1, view u2, trigger g",
    })
  end

  for run, says in pairs {
    ['t:drop_column("b")'] = "used by the view cv, the full-text table ft",
    ['t:drop_column("b", {cascade = {"views", "triggers"}})'] =
      "used by the full-text table ft",
  } do
    named("a full-text table over a view: " .. run, {
      before = T .. [[
        CREATE VIEW cv AS SELECT id, a, b FROM t;
        CREATE VIRTUAL TABLE ft USING fts5 (a, content='cv',
          content_rowid='id');
      ]], run = run, says = says, hangs = "view cv, fts5 ft",
    })
  end

  named("of triggers for one event the one that breaks", {
    before = T .. [[
      CREATE TRIGGER g1 AFTER INSERT ON t BEGIN INSERT INTO o VALUES (1); END;
      CREATE TRIGGER g2 AFTER INSERT ON t
        BEGIN INSERT INTO arch SELECT * FROM t; END;
      CREATE TRIGGER g3 AFTER INSERT ON o BEGIN INSERT INTO t (a) VALUES (1);
        END;
    ]], run = 't:drop_column("b")',
    says = "it breaks the trigger g2 on t: table arch has 4 columns but",
    hangs = "trigger g2",
  })

  local INSTEAD = T .. [[
    CREATE VIEW v AS SELECT id, b FROM t;
    CREATE TRIGGER g INSTEAD OF DELETE ON v
      BEGIN DELETE FROM t WHERE id = old.id; END;
  ]]
  named("an INSTEAD OF trigger, once", {
    before = INSTEAD, run = 't:drop_column("b", {cascade = {"views"}})',
    says = "the column b is used by the trigger g on v\n",
    hangs = "view v, trigger g",
  })
  named("an INSTEAD OF trigger, once, behind its view", {
    before = INSTEAD, run = 't:drop_column("b")',
    says = "the column b is used by the view v, the trigger g on v\n",
    hangs = "view v, trigger g",
  })

  it("and leaves the script's cursors alone", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql(T .. [[
      INSERT INTO o VALUES (7), (8), (9);
      CREATE VIEW v AS SELECT b FROM t;
      CREATE VIEW u AS SELECT * FROM t UNION ALL SELECT * FROM arch;
    ]])
    box:migration("2026_01_01_a", [[
      local c = conn:execute("SELECT x FROM o")
      print("ROW " .. c:fetchone()[1])
      local ok, e = pcall(conn.alter, conn, "t", function(t)
        t:drop_column("b")
      end)
      assert(not ok and #e.dependents == 2, tostring(e))
      print("ROW " .. c:fetchone()[1])
      conn:alter("t", function(t)
        t:drop_column("b", { cascade = { "views" } })
      end)
      print("ROW " .. c:fetchone()[1])
    ]])
    local status, out, err = box:run("up")
    assert.equal(0, status, out .. err)
    assert(out:find("ROW 7.*ROW 8.*ROW 9"), out)
    assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
      "name IN ('v', 'u')"))
    assert.equal("ok", box:value("PRAGMA integrity_check"))
  end)
end)

describe("a trigger that breaks is no foreign key", function()
  for name, one in pairs {
    ["of the table"] = { T = "", lead = "" },
    ["in temp"] = { T = "TEMP ", tail = [[
      conn:execute("DROP TRIGGER temp.g")]] },
  } do
    local sql = "CREATE " .. one.T .. "TRIGGER g AFTER INSERT ON t BEGIN " ..
      "SELECT new.rowid; END"
    named(name, {
      before = "CREATE TABLE t (a TEXT PRIMARY KEY, b);" ..
        (one.tail and "" or sql),
      lead = one.tail and "conn:execute([[" .. sql .. "]])", tail = one.tail,
      run = "t:set_without_rowid(true)",
      says = "alter t: it breaks the trigger g on t: no such column: " ..
        "new.rowid\n", hangs = "trigger g",
    })
  end
end)

describe("cascade takes what counts the columns", function()
  local KINDS = '{cascade = {"views", "triggers"}}'
  local function left(kind)
    return "SELECT coalesce(group_concat(name, ' '), '') FROM (SELECT name " ..
      "FROM sqlite_schema WHERE type = '" .. kind .. "' ORDER BY name)"
  end
  local ROW = "SELECT id || a || c FROM t"

  for name, sql in pairs {
    ["UNION ALL"] = "SELECT * FROM t UNION ALL SELECT 1, 2, 3, 4",
    ["a list of columns"] = "SELECT * FROM t",
    ["what is on it"] = "SELECT * FROM t UNION SELECT 1, 2, 3, 4",
  } do
    local list = name == "a list of columns" and "(p, q, r, s)" or ""
    local more = name ~= "what is on it" and "" or [[
      CREATE VIEW w AS SELECT a FROM v; CREATE VIEW x AS SELECT a FROM w;
      CREATE TRIGGER wi INSTEAD OF INSERT ON w BEGIN SELECT 1; END;]]
    case("a view: " .. name, {
      before = T .. "CREATE VIEW v" .. list .. " AS " .. sql .. ";" .. more ..
        "CREATE VIEW stays AS SELECT * FROM t;",
      run = 't:drop_column("b", ' .. KINDS .. ")", want = "native",
      gives = { [left "view"] = "stays", [left "trigger"] = "",
                [ROW] = "124" },
    })
  end

  for name, body in pairs {
    ["VALUES"] = "INSERT INTO t VALUES (null, 1, 2, 3)",
    ["SELECT *"] = "INSERT INTO arch SELECT * FROM t",
  } do
    for way, more in pairs { native = "", rebuild = " t:rebuild()" } do
      case("a trigger: INSERT … " .. name .. ", " .. way, {
        before = T .. "CREATE TRIGGER g AFTER INSERT ON o BEGIN " .. body ..
          "; END; CREATE TRIGGER stays AFTER INSERT ON o BEGIN DELETE FROM " ..
          "arch; END; CREATE TRIGGER too AFTER INSERT ON t BEGIN INSERT " ..
          "INTO o VALUES (1); END;",
        run = 't:drop_column("b", ' .. KINDS .. ")" .. more, want = way,
        gives = { [left "trigger"] = "stays too", [ROW] = "124" },
      })
    end
  end

  local PLACES = T .. [[
    CREATE VIEW v AS SELECT * FROM t ORDER BY 3 LIMIT 1;
    CREATE VIEW w AS SELECT *, count(*) FROM t GROUP BY 3;
    CREATE TRIGGER g AFTER INSERT ON o BEGIN INSERT INTO arch (id)
      SELECT count(*) FROM (SELECT * FROM t ORDER BY 3 LIMIT 1); END;
    CREATE TRIGGER stays AFTER INSERT ON o BEGIN DELETE FROM arch; END;
  ]]
  case("what goes on compiling, and counts others", {
    before = PLACES, run = 't:drop_column("a", ' .. KINDS .. ")",
    want = "native",
    gives = { [left "view"] = "", [left "trigger"] = "stays" },
  })
  named("what goes on compiling, in a refusal", {
    before = PLACES .. "CREATE INDEX ia ON t (a)",
    run = 't:drop_column("a")',
    says = "used by the index ia, the view v (its ORDER BY or GROUP BY " ..
      "counts columns, and place 3 may be another one), the view w (",
    hangs = "index ia, view v, view w, trigger g",
  })
  named("what goes on compiling, and nothing else does", {
    before = PLACES, run = 't:drop_column("a")',
    hangs = "view v, view w, trigger g",
  })

  case("a column without a name", {
    before = 'CREATE TABLE t (a, ""); CREATE VIEW v AS SELECT "" FROM t',
    run = 't:drop_column("", {cascade = {"views"}})', want = "native",
    gives = { [left "view"] = "" },
  })

  it("in dependents and steps, and not when it only looks", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql(T .. [[
      CREATE VIEW u AS SELECT * FROM t UNION ALL SELECT * FROM arch;
      CREATE TRIGGER g AFTER INSERT ON o
        BEGIN INSERT INTO arch SELECT * FROM t; END;]])
    box:migration("2026_01_01_a", [[
      local r = conn:alter("t", { dry_run = true }, function(t)
        t:drop_column("b", { cascade = { "views", "triggers" } })
      end)
      for _, step in ipairs(r.steps) do print("STEP " .. step) end
      for _, d in ipairs(r.dependents) do
        print("HANGS " .. d.kind .. " " .. d.name)
      end]])
    local status, out, err = box:run("up")
    assert.equal(0, status, out .. err)
    assert(out:find('STEP DROP VIEW IF EXISTS "main"."u"', 1, true), out)
    assert(out:find('STEP DROP TRIGGER IF EXISTS "main"."g"', 1, true), out)
    local _, views = out:gsub("HANGS view u\n", "")
    local _, triggers = out:gsub("HANGS trigger g\n", "")
    assert.same({ 1, 1 }, { views, triggers }, out)
    assert.equal("u", box:value(left "view"))
    assert.equal("g", box:value(left "trigger"))
  end)

  named("but only of the kinds in the list", {
    before = T .. [[
      CREATE VIEW v AS SELECT * FROM t UNION ALL SELECT 1, 2, 3, 4;
      CREATE VIEW w AS SELECT a FROM v;
      CREATE TRIGGER wi INSTEAD OF INSERT ON w BEGIN SELECT 1; END;
      CREATE TRIGGER g AFTER INSERT ON o
        BEGIN INSERT INTO t VALUES (1, 2, 3, 4); END;
    ]], run = 't:drop_column("b", {cascade = {"views"}})',
    says = "is used by the trigger wi on w, the trigger g on o (table t " ..
      "has 3 columns but 4 values were supplied)\n",
    hangs = "view v, view w, trigger wi, trigger g",
  })

  named("and not what another operation breaks", {
    before = T .. "CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS " ..
      "SELECT b AS x FROM v; CREATE TRIGGER g AFTER INSERT ON o BEGIN " ..
      "INSERT INTO t VALUES (1, 2, 3, 4); END;",
    run = 't:rename_column("b", "bb") t:drop_column("a", ' .. KINDS .. ")",
    says = "it breaks the view w: no such column: b\n",
    hangs = "trigger g, view w",
  })
end)
