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
      CREATE INDEX i ON t (a, "nope", x'5f6c756d69677261746500');
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
    CREATE TABLE o (id);
    CREATE TRIGGER h AFTER INSERT ON o BEGIN SELECT 1; END;
    CREATE TRIGGER g AFTER INSERT ON t /* own */ ]] .. body .. ";"

  describe("a trigger of the table " .. name, function()
    for run, new in pairs {
      ['t:rename_to("t2")'] = "t2", ['t:rename_to("T")'] = "T",
      ['t:rename_to("a ""b")'] = 'a "b',
      ['t:rename_column("a", "c") t:rename_to("t2")'] = "t2",
    } do
      run = run:gsub('""', '\\"')
      local quoted = '"' .. new:gsub('"', '""') .. '"'
      case("follows it: " .. run, {
        before = before, run = run, want = "native",
        gives = {
          ["SELECT count(*) FROM " .. quoted] = 1,
          ["SELECT tbl_name FROM sqlite_schema WHERE name = 'g'"] = new,
          ["SELECT sql FROM sqlite_schema WHERE name = 'g'"] =
            "CREATE TRIGGER g AFTER INSERT ON " .. quoted .. " /* own */ " ..
            body,
          ["SELECT tbl_name FROM sqlite_schema WHERE name = 'h'"] = "o",
        },
      })
    end

    case("follows it into a rebuild", {
      before = before, run = 't:rename_to("t2") t:rebuild()',
      want = "rebuild",
      gives = {
        ["SELECT tbl_name FROM sqlite_schema WHERE name = 'g'"] = "t2",
        ["SELECT a FROM t2"] = "x",
      },
    })

    case("follows it where a column goes, too", {
      before = before, run = 't:rename_to("t2") t:drop_column("a")',
      want = "native",
      gives = {
        ["SELECT tbl_name FROM sqlite_schema WHERE name = 'g'"] = "t2",
      },
    })
  end)
end

describe("a temporary trigger that does not compile", function()
  local BEFORE = "CREATE TABLE t (id INTEGER PRIMARY KEY, a);"

  case("follows its table", {
    before = BEFORE, run = 't:rename_to("t2")', want = "native",
    lead = [[conn:execute("CREATE TEMP TRIGGER g AFTER INSERT ON main.t " ..
      "BEGIN INSERT INTO nope VALUES (1); END")]],
    tail = [[print("ON " .. conn:execute("SELECT sql FROM temp." ..
      "sqlite_schema WHERE name = 'g'"):fetchone()[1])
      conn:execute("DROP TRIGGER temp.g")]],
    says = 'ON main."t2" BEGIN',
  })

  case("stays on a temporary table of the same name", {
    before = BEFORE, run = 't:rename_to("t2")', want = "native",
    options = '{schema = "main"}',
    lead = [[conn:execute("CREATE TEMP TABLE t (id)")
      conn:execute("CREATE TEMP TRIGGER g AFTER INSERT ON t " ..
      "BEGIN INSERT INTO nope VALUES (1); END")]],
    tail = [[print("ON " .. conn:execute("SELECT sql FROM temp." ..
      "sqlite_schema WHERE name = 'g'"):fetchone()[1])
      conn:execute("DROP TRIGGER temp.g") conn:execute("DROP TABLE temp.t")]],
    says = "ON t BEGIN",
  })
end)

for broken, more in pairs {
  ["and a view that does not compile"] =
    "CREATE VIEW bv AS SELECT * FROM zip;",
  ["alone"] = "",
} do
  local before = [[
    CREATE TABLE t (a, b, c);
    CREATE TABLE o (k);
    CREATE INDEX i ON t (a, "nope", "b" COLLATE "nocase") WHERE b <> "x""y";
    CREATE INDEX j ON o (k, "nope");
    INSERT INTO t VALUES (1, 2, 3);
    INSERT INTO o VALUES (1);
  ]] .. more
  local I = "SELECT sql FROM sqlite_schema WHERE name = 'i'"
  local J = "SELECT sql FROM sqlite_schema WHERE name = 'j'"
  local REST = '"nope", "b" COLLATE "nocase") WHERE b <> "x""y"'

  describe("an index with a string in double quotes " .. broken, function()
    case("stays when a column of it gets a new name", {
      before = before, run = 't:rename_column("a", "d")', want = "native",
      keeps = { J }, tail = [[conn:execute("INSERT INTO t VALUES (4, 5, 6)")
        conn:execute("INSERT INTO o VALUES (2)")]],
      gives = { [I] = 'CREATE INDEX i ON t (d, ' .. REST },
    })

    case("stays when another column goes", {
      before = before, run = 't:drop_column("c")', want = "native",
      keeps = { I, J },
      tail = [[conn:execute("INSERT INTO t VALUES (4, 5)")]],
    })

    case("stays when the table gets a new name", {
      before = before, run = 't:rename_to("t2")', want = "native",
      keeps = { J },
      gives = { [I] = 'CREATE INDEX i ON "t2" (a, ' .. REST },
    })
  end)
end
