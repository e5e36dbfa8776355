-- SPDX-License-Identifier: MIT
-- What all rows answer alike, one is asked. That the others are not read is
-- proved by a page of the table that cannot be read.
local case = require "tests.support.altering".with(it)
local sandbox = require "tests.support.sandbox"

local PARENT = "CREATE TABLE p (id INTEGER PRIMARY KEY, k TEXT UNIQUE);" ..
  "INSERT INTO p VALUES (1, '1'), (2, 'x');"
local PLAIN = PARENT .. [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, -- about a
    "true" INT, CHECK (a <> 'never'));
  INSERT INTO t VALUES (1, 'x', 0), (5, NULL, 1), (9, 'y', 0);
]]

-- Every page but the first of many leaves.
local function spoil(box, path)
  local size = box:value("PRAGMA page_size")
  local count = box:value("PRAGMA page_count")
  local file = assert(io.open(box.dir .. "/" .. path, "r+b"))
  file:seek("set", size * (count - 1))
  file:write(("\255"):rep(size))
  file:close()
end

describe("rows are not read", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function alter(run)
    box:migration("2000_01_01_ledger", "")
    box:up()
    box:sql("CREATE TABLE p (id INTEGER PRIMARY KEY); " ..
      "INSERT INTO p VALUES (1)")
    box:sql([[
      CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
        WHERE i < 20) INSERT INTO t SELECT i, hex(zeroblob(700)) FROM n;
    ]])
    spoil(box, "app.db")
    box:migration("2000_01_02_alter", ([[
      local r = conn:alter("t", function(t) %s end)
      print("RESULT " .. r.strategy)
    ]]):format(run))
    return box:run("up")
  end

  for name, run in pairs {
    ["by a CHECK of the new column"] =
      [[t:add_column("n", "TEXT NOT NULL DEFAULT 'new' " ..
        "CHECK (n IN ('new', 'old'))")]],
    ["by a reference with a default"] =
      [[t:add_column("n", "INT NOT NULL DEFAULT 1 REFERENCES p")]],
    ["by both"] =
      [[t:add_column("n", "INT DEFAULT 1 REFERENCES p CHECK (n > 0) " ..
        "CONSTRAINT few CHECK (n < 9)")]],
  } do
    it(name, function()
      local status, out, err = alter(run)
      assert.equal(0, status, out .. err)
      assert(out:find("RESULT native", 1, true), out)
      assert.equal(1, box:value("SELECT count(*) FROM t WHERE id = 1 AND " ..
        "n IN ('new', 1)"))
    end)
  end

  it("but by a CHECK of another column, which shows that one is bad",
    function()
      local status, _, err = alter(
        [[t:add_column("n", "INT DEFAULT 1 CHECK (n <= id)")]])
      assert.equal(7, status)
      assert(err:find("SQLITE_CORRUPT", 1, true), err)
    end)
end)

describe("a new column's CHECK", function()
  local DEFINITION = "TEXT NOT NULL DEFAULT 'new' -- what\n " ..
    "CONSTRAINT st CHECK /* few */ (n IN ('new','old'))"

  it("is stored as SQLite stores it", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql(PLAIN)
    box:sql(PLAIN .. "ALTER TABLE t ADD COLUMN n " .. DEFINITION, "want.db")
    box:migration("2000_01_01_a", ([[
      conn:alter("t", function(t) t:add_column("n", %q) end)
    ]]):format(DEFINITION))
    box:up()
    local sql = "SELECT sql FROM sqlite_schema WHERE name = 't'"
    assert.equal(box:value(sql, "want.db"), box:value(sql))
  end)

  case("acts afterwards", {
    before = PLAIN, twice = true, want = "native",
    run = [[t:add_column("n", "INT DEFAULT 1 CHECK (n = 1)")]],
    tail = 'print("AFTER " .. tostring(pcall(conn.execute, conn, ' ..
      '"INSERT INTO t (n) VALUES (2)")))',
    says = "AFTER false",
    gives = { ["SELECT group_concat(n) FROM t"] = "1,1,1" },
  })
  for name, rows in pairs { ["rows"] = "", ["none"] = "DELETE FROM t;" } do
    case("is refused when the default fails it, with " .. name, {
      before = PLAIN .. rows, want = "rows",
      run = [[t:add_column("n", "INT DEFAULT 0 CHECK (n > 0)")]],
      says = "alter t: add_column: CHECK constraint failed",
    })
  end
  case("is refused when NULL fails it", {
    before = PLAIN, want = "rows",
    run = [[t:add_column("n", "INT CHECK (n IS NOT NULL)")]],
  })
  case("is asked of the value that the rows get: 1.0 without a type is 1", {
    before = PLAIN, want = "rows",
    run = [[t:add_column("n", "DEFAULT 1.0 CHECK (typeof(n) = 'real')")]],
  })
  case("is asked of each row when it reads another column", {
    before = PLAIN, want = "rows",
    run = [[t:add_column("n", "INT DEFAULT 1 CHECK (n = \"true\")")]],
  })
  case("is asked of each row when it reads what looks like a constant", {
    before = PLAIN, want = "rows",
    run = [[t:add_column("n", "INT DEFAULT 1 CHECK (n = true)")]],
  })
  case("is asked of each row when it reads the rowid", {
    before = PLAIN, want = "rows",
    run = [[t:add_column("n", "INT DEFAULT 5 CHECK (n >= _rowid_)")]],
  })
  case("may change from call to call", {
    before = PLAIN, want = "native",
    run = [[t:add_column("n", "INT DEFAULT 5 CHECK (n = 5 OR random())")]],
  })
  case("holds in a table of the rows' own kind", {
    before = "CREATE TABLE t (a TEXT PRIMARY KEY) STRICT, WITHOUT ROWID; " ..
      "INSERT INTO t VALUES ('x')", want = "native", twice = true,
    run = [[t:add_column("n", "TEXT DEFAULT 'a' COLLATE NOCASE " ..
      "CHECK (n IN ('A'))")]],
    gives = { ["SELECT n FROM t"] = "a" },
  })
  case("goes in under an open cursor as well", {
    before = PLAIN, want = "native",
    lead = 'local c = conn:execute("SELECT id FROM p") c:fetchone()',
    run = [[t:add_column("n", "INT DEFAULT 1 CHECK (n = 1)")]],
    tail = 'c:close()',
    gives = { ["SELECT group_concat(n) FROM t"] = "1,1,1" },
  })
  case("goes in beside a view that is broken", {
    before = PLAIN .. "CREATE VIEW v AS SELECT * FROM gone;",
    want = "native",
    run = [[t:add_column("n", "INT DEFAULT 1 CHECK (n = 1)")
      t:add_column("m", "INT DEFAULT 2 CHECK (m = 2)")
      t:add_column("o", "INT CHECK (o > m)")]],
    gives = { ["SELECT sum(n + m) FROM t"] = 9 },
  })
end)

describe("a new column's default that points to a row", function()
  case("is taken", {
    before = PLAIN, want = "native", twice = true,
    globals = "FOREIGN_KEYS = true",
    run = [[t:add_column("n", "INT DEFAULT 2 REFERENCES p")]],
    gives = { ["SELECT count(*) FROM pragma_foreign_key_check"] = 0 },
  })
  case("is taken by the parent's affinity", {
    before = PLAIN, want = "native",
    run = [[t:add_column("n", "INT DEFAULT 1 REFERENCES p (k)")]],
  })
  case("may be in its own table", {
    before = PLAIN, want = "native",
    run = [[t:add_column("n", "INT DEFAULT 5 REFERENCES t")]],
  })
  case("is refused where there is no such row", {
    before = PLAIN, want = "foreign_key",
    run = [[t:add_column("n", "INT DEFAULT 7 REFERENCES p")]],
    says = "rows of t point to no row of p (rowid 1, 5, 9)",
  })
  case("is asked as the rows have it: 1.0 without a type is 1", {
    before = PLAIN .. "UPDATE p SET k = '1.0' WHERE id = 1;",
    want = "foreign_key",
    run = [[t:add_column("n", "DEFAULT 1.0 REFERENCES p (k)")]],
  })
  case("is nobody's business without rows", {
    before = PLAIN .. "DELETE FROM t;", want = "native",
    run = [[t:add_column("n", "INT DEFAULT 7 REFERENCES p")]],
  })
  case("is refused where the target is no key", {
    before = PLAIN .. "CREATE TABLE q (z INT); INSERT INTO q VALUES (1);",
    want = "foreign_key",
    run = [[t:add_column("n", "INT DEFAULT 1 REFERENCES q (z)")]],
    says = "foreign key mismatch",
  })
  case("does not mind what was broken before", {
    before = PLAIN .. [[
      CREATE TABLE c (r INT REFERENCES t, s INT REFERENCES nowhere);
      INSERT INTO c VALUES (77, 1);
    ]], want = "native",
    run = [[t:add_column("n", "INT DEFAULT 1 REFERENCES p")]],
  })

  it("is held to it when the row goes in the same migration", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql(PLAIN)
    box:migration("2000_01_01_a", [[
      conn:alter("t", function(t)
        t:add_column("n", "INT DEFAULT 2 REFERENCES p")
      end)
      conn:execute("DELETE FROM p WHERE id = 2")
    ]])
    local status, _, err = box:run("up")
    assert.equal(1, status)
    assert(err:find("points to no row of p", 1, true), err)
    assert.equal(3, box:value("SELECT count(*) FROM pragma_table_info('t')"))
  end)
end)

describe("what dry_run tells", function()
  for name, run in pairs {
    ["using, of a column that comes later"] = [[
      t:set_type("a", "INT", {using = "n"})
      t:add_column("n", "INT DEFAULT 5")]],
    ["using, of a column that is not there"] =
      [[t:set_type("a", "INT", {using = "nope"})]],
    ["fill, of a column that comes later"] = [[
      t:add_column("m", "INT", {fill = "n"})
      t:add_column("n", "INT DEFAULT 5")]],
    ["fill, that is two values"] =
      [[t:add_column("m", "INT", {fill = "(SELECT 1, 2)"})]],
  } do
    for _, options in ipairs { "{}", "{ dry_run = true }" } do
      case(name .. " is refused with " .. options, {
        before = PLAIN, options = options, run = run, want = "definition",
        says = "copying the rows: ",
      })
    end
  end
end)

describe("a table of 2,000 columns", function()
  local columns = {}
  for i = 3, 2000 do
    columns[i - 2] = "c" .. i
  end
  local list = table.concat(columns, ", ")
  local WIDE = "CREATE TABLE t (c1 INT, c2 TEXT, " .. list .. ");" ..
    "INSERT INTO t (c1, c2, c2000) VALUES (1, 'a', 1.5), (2, 'b', x'00')," ..
    "(3, NULL, ''); DELETE FROM t WHERE c1 = 1; CREATE INDEX t_c ON t (c2);"

  case("is rebuilt, with its rowids", {
    before = WIDE, want = "rebuild", twice = true,
    run = [[t:set_default("c2", "'x'")]],
    keeps = { "SELECT rowid, c1, c2, c3, typeof(c2000), c2000 FROM t" },
  })
  case("takes new values on the way", {
    before = WIDE, want = "rebuild",
    run = [[t:set_not_null("c2", true, {fill = "c1 || '!'"})]],
    gives = { ["SELECT c2 FROM t WHERE rowid = 3"] = "3!",
      ["SELECT c2 FROM t WHERE rowid = 2"] = "b" },
  })
  case("is left as it was where rows do not fit", {
    before = WIDE, want = "rows", options = '{strategy = "rebuild"}',
    run = [[t:set_not_null("c3", true)]],
    says = "NOT NULL constraint failed: t.c3",
  })
  case("is left as it was where an expression is wrong", {
    before = WIDE, want = "definition", options = "{dry_run = true}",
    run = [[t:set_type("c3", "INT", {using = "c0"})]],
    says = "no such column: c0",
  })
  case("tells of rows that do not fit where the key is the rowid", {
    before = WIDE:gsub("c1 INT", "c1 INTEGER PRIMARY KEY"), want = "rows",
    options = '{strategy = "rebuild"}', run = [[t:set_not_null("c3", true)]],
    says = "NOT NULL constraint failed: t.c3",
  })
end)
