-- SPDX-License-Identifier: MIT
-- conn:alter: what it refuses says why, in one message, and the script can go
-- on; and what a call gives back.
local altering = require "tests.support.altering"
local sandbox = require "tests.support.sandbox"
local case = altering.with(it)

describe("it refuses", function()
  local objects = "CREATE TABLE base (a); " ..
    "CREATE VIEW v AS SELECT a FROM base; " ..
    "CREATE VIRTUAL TABLE f USING fts5(a); " ..
    "CREATE TABLE auto (id INTEGER PRIMARY KEY AUTOINCREMENT); " ..
    "INSERT INTO auto VALUES (1);"
  for table, says in pairs {
    nowhere = "there is no table nowhere", v = "it is a view",
    f = "it is a virtual table", f_content = "virtual table",
    sqlite_sequence = "belongs to SQLite",
    sqlite_schema = "there is no table",
    schema_migrations = "belongs to the runner",
    SCHEMA_MIGRATIONS_HISTORY = "belongs to the runner",
    [""] = "there is no table",
  } do
    case("the table " .. table, {
      before = objects, table = table, run = 't:add_column("x", "INT")',
      want = "table", says = says,
    })
  end
  case("a schema that is not there", {
    before = "CREATE TABLE t (a)", options = '{schema = "nowhere"}',
    run = "t:rebuild()", want = "table", says = "nowhere",
  })

  for run, says in pairs {
    ['t:set_type("x", "INT")'] = "there is no column x",
    ['t:set_not_null("x", true)'] = "there is no column x",
    ['t:set_default("x", "1")'] = "there is no column x",
    ['t:set_collate("x", "NOCASE")'] = "there is no column x",
    ['t:add_unique{"a", "x"}'] = "there is no column x",
    ['t:add_foreign_key({"x"}, "p", {"id"})'] = "there is no column x",
    ['t:set_primary_key{"x"}'] = "there is no column x",
    ['t:reorder{"b", "x"}'] = "there is no column x",
    ['t:rename_columns{a = "b"}'] = "there is a column b already",
  } do
    case("a column: " .. run, {
      before = "CREATE TABLE t (a, b); CREATE TABLE p (id INTEGER PRIMARY " ..
        "KEY)", run = run, want = "column", says = says,
    })
  end

  for name, run in pairs {
    ["added and dropped"] = 't:add_column("x", "INT") t:drop_column("x")',
    ["changed and dropped"] = 't:set_type("a", "INT") t:drop_column("a")',
    ["dropped and changed"] = 't:drop_column("a") t:set_type("a", "INT")',
    ["renamed and dropped"] =
      't:rename_column("a", "x") t:drop_column("a")',
    ["renamed twice"] =
      't:rename_column("a", "x") t:rename_column("a", "y")',
    ["renamed and changed"] =
      't:rename_column("a", "x") t:set_default("a", "1")',
    ["two types"] = 't:set_type("a", "INT") t:set_type("a", "TEXT")',
    ["NULL and not"] =
      't:set_not_null("a", true) t:set_not_null("a", false)',
    ["two defaults"] = 't:set_default("a", "1") t:set_default("a", "2")',
    ["a default and none"] = 't:set_default("a", "1") t:set_default("a", nil)',
    ["two collations"] =
      't:set_collate("a", "NOCASE") t:set_collate("a", "RTRIM")',
    ["two keys"] = 't:set_primary_key{"a"} t:set_primary_key{"b"}',
    ["STRICT and not"] = "t:set_strict(true) t:set_strict(false)",
    ["a check added and dropped"] =
      't:add_check("a > 0") t:drop_check{expr = "a > 0"}',
    ["a unique added and dropped"] = 't:add_unique{"a"} t:drop_unique{"a"}',
    ["after and before"] =
      't:add_column("x", "INT", {after = "a", before = "b"})',
    ["two columns of one name"] = 't:rename_columns{a = "x", b = "X"}',
    ["one column twice in an order"] = 't:reorder{"a", "A"}',
    ["fill without NOT NULL"] = 't:set_not_null("a", false, {fill = "1"})',
  } do
    case("a contradiction: " .. name, {
      before = "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2)",
      run = run, want = "contradiction",
    })
  end

  case("a name that is taken by a table", {
    before = "CREATE TABLE t (a); CREATE TABLE u (b)",
    run = 't:rename_to("U")', want = "table", says = "taken",
  })
  case("a name that is taken by an index", {
    before = "CREATE TABLE t (a); CREATE INDEX u ON t (a)",
    run = 't:rename_to("u")', want = "table", says = "taken",
  })
  case("a name of the runner", {
    before = "CREATE TABLE t (a)", run = 't:rename_to("schema_migrations")',
    want = "table", says = "runner",
  })
  case("a name of SQLite", {
    before = "CREATE TABLE t (a)", run = 't:rename_to("sqlite_x")',
    want = "table", says = "the name sqlite_x is reserved",
  })
  case("to copy where that was ruled out", {
    before = "CREATE TABLE t (a)", options = '{strategy = "native"}',
    run = 't:set_default("a", "1")', want = "strategy",
    says = { '"rebuild"', '"native"' },
  })
  case("to edit where only SQLite's way was asked for", {
    before = "CREATE TABLE t (a)", options = '{strategy = "native"}',
    run = 't:add_check("a > 0")', want = "strategy",
  })
end)

describe("a foreign key is refused, and it says why:", function()
  local before = "CREATE TABLE team (id INTEGER PRIMARY KEY, code, " ..
    "name UNIQUE); CREATE TABLE t (a, team)"
  case("a column that the parent has not", {
    before = before,
    run = 't:add_foreign_key({"team"}, "team", {"nope"})',
    want = "foreign_key", says = "the table team has no column nope",
  })
  case("one of two", {
    before = before,
    run = 't:add_foreign_key({"a", "team"}, "TEAM", {"ID", "nope"})',
    want = "foreign_key", says = "has no column nope",
  })
  case("a column that is no key", {
    before = before,
    run = 't:add_foreign_key({"team"}, "team", {"code"})',
    want = "foreign_key", says = { "foreign key mismatch",
      "must be the PRIMARY KEY, or UNIQUE together" },
  })
  case("not of a column that is one", {
    before = before,
    run = 't:add_foreign_key({"team"}, "team", {"NAME"})',
    want = "edit",
  })
  case("not of one that comes in the same call", {
    before = "CREATE TABLE t (a)",
    run = 't:add_column("b", "INT UNIQUE") ' ..
      't:add_foreign_key({"a"}, "t", {"b"})',
    want = "rebuild",
  })
end)

describe("the strategy", function()
  case("rebuild is done where it is asked for", {
    before = "CREATE TABLE t (a); INSERT INTO t VALUES (1)",
    options = '{strategy = "rebuild"}', run = 't:add_column("b", "INT")',
    want = "rebuild", twice = true,
  })
  case("edit may be native", {
    before = "CREATE TABLE t (a)", options = '{strategy = "edit"}',
    run = 't:add_column("b", "INT")', want = "native",
  })
end)

describe("a cursor that is left open", function()
  local before = "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2), (3, 4);" ..
    "CREATE TABLE u (x); INSERT INTO u VALUES (1), (2)"
  case("on the table is named by its line", {
    before = before,
    lead = 'open = conn:execute("SELECT a FROM t") open:fetchone()',
    run = "t:rebuild()", want = "busy_cursor",
    says = { "the cursor opened on line 4", "SELECT a FROM t" },
    tail = "assert(open:fetchone()[1] == 3)",
  })
  case("on the table stops SQLite's own way too", {
    before = before, lead = 'open = conn:execute("SELECT a FROM t")',
    run = 't:add_column("c", "INT")', want = "busy_cursor",
  })
  case("on another table stops what drops the table", {
    before = before, lead = 'open = conn:execute("SELECT x FROM u")',
    run = "t:rebuild()", want = "busy_cursor",
  })
  case("on another table stops what drops an index", {
    before = before .. "; CREATE INDEX ib ON t (b)",
    lead = 'open = conn:execute("SELECT x FROM u")',
    run = 't:drop_column("b", {cascade = {"indexes"}})',
    want = "busy_cursor", says = "the cursor opened on line 4",
  })
  case("on another table does not stop SQLite's own way", {
    before = before, lead = 'open = conn:execute("SELECT x FROM u")',
    run = 't:add_column("c", "INT")', want = "native",
    tail = "assert(#open:fetchall() == 2)",
  })
  case("that nobody refers to any more is closed", {
    before = before, lead = 'conn:execute("SELECT a FROM t")',
    run = "t:rebuild()", want = "rebuild",
  })
  case("stops nothing where there is nothing to do", {
    before = before, lead = 'open = conn:execute("SELECT a FROM t")',
    run = 't:drop_column("nope")', want = "none",
  })
  case("that is read to the end is none", {
    before = before,
    lead = 'open = conn:execute("SELECT a FROM t") open:fetchall()',
    run = "t:rebuild()", want = "rebuild",
  })
  case("that calls a function which alters is named", {
    before = before,
    lead = [[conn:create_function("f", function()
        conn:alter("u", function(t) t:rebuild() end) end)
      local ok, e = pcall(function()
        conn:execute("SELECT f() FROM t"):fetchall() end)
      assert(not ok and tostring(e):find("still running") or
        tostring(e):find("rows left"), e)]],
    run = "t:rebuild()", want = "rebuild",
  })
end)

describe("a call", function()
  local box
  before_each(function()
    box = sandbox.new()
    box:sql("CREATE TABLE t (a INT, b TEXT); " ..
      "INSERT INTO t VALUES (1, 'x'), (NULL, 'y'), (NULL, 'z'); " ..
      "CREATE VIEW v AS SELECT b FROM t")
  end)
  after_each(function() box:destroy() end)

  local function up(body)
    box:migration("2026_01_01_a", body)
    return box:up()
  end

  it("gives back what it did", function()
    local out = up([[
local r = conn:alter("t", function(t) t:set_default("a", "5") end)
print(r.changed, r.strategy, r.rows, r.seconds > 0, #r.steps > 3)
print(r.steps[1])
r = conn:alter("t", function(t) t:set_default("a", "5") end)
print(r.changed, r.strategy, r.rows, #r.steps, r.dependents)
r = conn:alter("t", function() end)
print(r.changed, r.strategy)
]])
    assert.truthy(out:find("true\trebuild\t3\ttrue\ttrue", 1, true), out)
    assert.truthy(out:find(
      'CREATE TABLE "main"._lumigrate_0 (a INT DEFAULT 5, b TEXT)', 1, true),
      out)
    assert.truthy(out:find("false\tnone\t0\t0\tnil", 1, true), out)
    assert.truthy(out:find("false\tnone\n", 1, true), out)
  end)

  it("that is dry says what it would do, and does nothing", function()
    local out = up([[
local before = conn:execute("PRAGMA schema_version"):fetchone()[1]
local r = conn:alter("t", {dry_run = true}, function(t)
  t:rename_columns{b = "c"} t:set_default("a", "5")
end)
print(r.changed, r.strategy, #r.steps > 3)
for _, d in ipairs(r.dependents) do
  print("hangs: " .. d.kind, d.schema, d.name, d.column, d.how)
end
print(conn:execute("PRAGMA schema_version"):fetchone()[1] - before)
r = conn:alter("t", {dry_run = true}, function(t) t:add_column("z", "") end)
print(r.strategy, r.steps[1])
]])
    assert.truthy(out:find("true\trebuild\ttrue", 1, true), out)
    assert.truthy(out:find("hangs: view\tmain\tv\tb\tread", 1, true), out)
    assert.truthy(out:find("\n    0\n", 1, true), out)
    assert.truthy(out:find("native\tALTER TABLE main.t ADD COLUMN z", 1,
      true), out)
    assert.equal("no_op", box:value("SELECT effect FROM schema_migrations"))
    assert.equal("CREATE TABLE t (a INT, b TEXT)",
      box:value("SELECT sql FROM sqlite_schema WHERE name = 't'"))
  end)

  it("that is refused raises a table that prints", function()
    local out = up([[
local ok, e = pcall(conn.alter, conn, "t", function(t)
  t:set_not_null("a", true)
end)
print(ok, type(e), e.code, e.reason, e.table, e.op, #e.rows, #e.dependents)
print(e.rows[1].rowid, e.rows[1].value, e.rows[2].rowid)
print("printed: " .. e)
print(e.message)
ok, e = pcall(conn.alter, conn, "t", function(t) t:drop_column("b") end)
print(e.reason, e.dependents[1].kind, e.dependents[1].name,
  e.dependents[1].column, e.dependents[1].how)
ok, e = pcall(conn.alter, conn, "t", function(t) t:set_strict(true)
  t:set_type("b", "INT") end)
print(e.reason, e.rows[1].rowid, e.rows[1].value, e.sqlite_code)
conn:execute("INSERT INTO t VALUES (7, 'after')")
]])
    assert.truthy(out:find("false\ttable\talter_refused\trows\tt\t" ..
      "set_not_null\t2\t0", 1, true), out)
    assert.truthy(out:find("2\tnil\t3", 1, true), out)
    assert.truthy(out:find("printed: migrations/2026_01_01_a.lua:", 1, true),
      out)
    assert.truthy(out:find("\n    alter t: set_not_null: rows have NULL in a",
      1, true), out)
    assert.truthy(out:find("dependents\tview\tv\tb\tread", 1, true), out)
    assert.truthy(out:find("rows\t1\tx\tSQLITE_CONSTRAINT_DATATYPE", 1, true),
      out)
    assert.equal(1, box:value("SELECT count(*) FROM t WHERE a = 7"))
  end)

  it("whose refusal nobody catches ends the migration with it", function()
    box:migration("2026_01_01_a", [[

conn:execute("INSERT INTO t VALUES (8, 'x')")
conn:alter("t", function(t)
  t:drop_column("b")
end)]])
    local err = box:fails(1, "up")
    assert.truthy(err:find("alter t: drop_column: the column b is used by " ..
      "the view v", 1, true), err)
    assert.truthy(err:find("migrations/2026_01_01_a.lua:3", 1, true), err)
    assert.truthy(err:find("cascade", 1, true), err)
    assert.equal(3, box:value("SELECT count(*) FROM t"))
    assert.truthy(box:value("SELECT error FROM schema_migrations_history " ..
      "WHERE outcome = 'failed'"):find("drop_column", 1, true))
  end)

  it("counts the rows that it copied, and only those", function()
    up([[
conn:alter("t", function(t) t:set_default("a", "5") end)
pcall(conn.alter, conn, "t", function(t) t:add_check("a > 5") end)
pcall(conn.alter, conn, "t", function(t) t:add_unique{"a"}
  t:rename_to("v") end)
]])
    local out = box:run("status", "--json")
    assert.equal(0, out)
    assert.equal("changed", box:value("SELECT effect FROM schema_migrations"))
  end)

  it("that finds everything done is no change", function()
    up('conn:alter("t", function(t) t:add_column("B", "text") end)')
    assert.equal("no_op", box:value("SELECT effect FROM schema_migrations"))
  end)

  it("of the function's error leaves all as it was, and raises it", function()
    local out = up([[
local ok, e = pcall(conn.alter, conn, "t", function(t)
  t:add_column("c", "INT") error("mine", 0)
end)
print(ok, e, column_exists("t", "c"))
]])
    assert.truthy(out:find("false\tmine\tfalse", 1, true), out)
  end)

  it("is over when its function is", function()
    local out = up([[
local kept
conn:alter("t", function(t) kept = t end)
local ok, e = pcall(kept.add_column, kept, "c", "INT")
print(ok, e)
]])
    assert.truthy(out:find("false\t.*is over", 1), out)
  end)

  it("works with TRANSACTION = false, all of it or nothing", function()
    box:write("migrations/2026_01_01_a.lua", [[
MIGRATION_ID = "2026_01_01_a"
TRANSACTION = false
function upgrade(conn)
  local ok = pcall(conn.alter, conn, "t", function(t)
    t:rename_column("b", "c") t:set_not_null("a", true)
  end)
  assert(not ok)
  conn:alter("t", function(t) t:set_default("a", "5")
    t:rename_column("b", "c") end)
end
]])
    box:up()
    assert.equal("CREATE TABLE t (a INT DEFAULT 5, c TEXT)",
      box:value("SELECT sql FROM sqlite_schema WHERE name = 't'"))
  end)

  it("inside conn:savepoint is undone with it", function()
    up([[
pcall(conn.savepoint, conn, function()
  conn:alter("t", function(t) t:set_default("a", "5") end)
  error("no")
end)
assert(conn:columns("t")[1].default == nil)
]])
    assert.equal("CREATE TABLE t (a INT, b TEXT)",
      box:value("SELECT sql FROM sqlite_schema WHERE name = 't'"))
    assert.equal("no_op", box:value("SELECT effect FROM schema_migrations"))
  end)

  it("of a wrong kind names the script's line", function()
    local calls = {
      ['conn:alter()'] = "bad argument #1 to 'alter'",
      ['conn:alter("t")'] = "conn:alter: a function is needed that says " ..
        "what to change",
      ['error(select(2, pcall(conn.alter, conn, "t")), 0)'] =
        "conn:alter: a function is needed",
      ['return conn:alter("t")'] = "conn:alter: a function is needed",
      ['conn:alter("t", {})'] = "a function is needed",
      ['conn:alter("t", {}, 5)'] = "not number",
      ['conn:alter("t", 5, function() end)'] = "a function is needed",
      ['conn:alter(5, function() end)'] = "string expected",
      ['conn:alter("t\\0x", function() end)'] = "NUL byte",
      ['conn:alter("t", {nope = 1}, function() end)'] = "no option nope",
      ['conn:alter("t", {strategy = "x"}, function() end)'] = 'no "x"',
      ['conn:alter("t", {check = 1}, function() end)'] = "check must be",
      ['conn:alter("t", {dry_run = 1}, function() end)'] = "dry_run must be",
      ['conn:alter("t", {schema = 1}, function() end)'] = "schema must be",
    }
    for call, says in pairs {
      ["t:add_column()"] = "string expected",
      ['t:add_column("x")'] = "string expected",
      ['t:add_column("x", "INT", {nope = 1})'] = "no option nope",
      ['t:add_column("x", "INT", {after = 1})'] = "after must be a string",
      ['t:add_column("x\\0", "INT")'] = "NUL byte",
      ['t:drop_column("x", {cascade = "views"})'] = "cascade must be a list",
      ['t:drop_column("x", {cascade = {"view"}})'] = '"view" is none of',
      ["t:rename_columns{1, 2}"] = "old = ",
      ['t:rename_columns("a")'] = "table expected",
      ['t:set_not_null("a")'] = "boolean expected",
      ['t:set_not_null("a", 1)'] = "boolean expected",
      ['t:set_default("a", {})'] = "string expected",
      ["t:drop_check{}"] = "exactly one of",
      ['t:drop_check{name = "x", expr = "y"}'] = "exactly one of",
      ["t:add_unique{}"] = "list of column names",
      ["t:add_unique{1}"] = "list of column names",
      ['t:add_unique{"a", nope = 1}'] = "no option nope",
      ['t:add_foreign_key("a", "p")'] = "table expected",
      ['t:add_foreign_key({"a"}, "p", {"x"}, {on_delete = "x"})'] =
        "none of NO ACTION",
      ['t:add_foreign_key({"a"}, "p", {"x"}, {deferrable = "x"})'] =
        "deferrable must be",
      ["t:set_strict()"] = "boolean expected",
      ["t:reorder()"] = "table expected",
      ["t.rebuild()"] = "table change expected",
      ["t.rebuild(conn)"] = "table change expected",
      ["t:nope()"] = "nope",
    } do
      calls['conn:alter("t", function(t) ' .. call .. " end)"] = says
    end
    local lines, wants = {}, {}
    for call, says in pairs(calls) do
      lines[#lines + 1] = ("do local ok, e = pcall(function() %s end) " ..
        "print(ok, e) end"):format(call)
      wants[#wants + 1] = says
    end
    local out = up("\n" .. table.concat(lines, "\n"))
    local i = 0
    for line in out:gmatch("\n    (%l+\t[^\n]*)") do
      i = i + 1
      assert.truthy(line:find("^false\t"), lines[i] .. "\n" .. line)
      assert.truthy(line:find("2026_01_01_a.lua:" .. i + 1 .. ": ", 1, true),
        lines[i] .. "\n" .. line)
      assert.truthy(line:find((wants[i]:gsub("%%d", "")), 1, true) or
        line:find(wants[i]), lines[i] .. "\n" .. line)
    end
    assert.equal(#lines, i, out)
    assert.equal("no_op", box:value("SELECT effect FROM schema_migrations"))
  end)

  it("has its SQL among the statements of the run", function()
    box:migration("2026_01_01_a", [[
conn:alter("t", function(t) t:set_default("a", "5") end)]])
    local status, out = box:run("up", "--jsonl")
    assert.equal(0, status)
    assert.truthy(out:find("INSERT OR ABORT INTO", 1, true), out)
    assert.truthy(out:find("DROP TABLE main.t", 1, true), out)
  end)
end)

describe("killed at any moment", function()
  it("the table is the old one or the new one", function()
    local box = sandbox.new()
    box:sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); " ..
      "CREATE INDEX t_a ON t (a); WITH RECURSIVE n (i) AS (SELECT 1 UNION " ..
      "ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO t " ..
      "SELECT i, 'row ' || i FROM n")
    box:migration("2026_01_01_a", [[
conn:alter("t", function(t) t:set_default("a", "'x'") end)]])
    local system = require "system"
    local old, new = 0, 0
    for round = 1, 12 do
      local job = box:spawn("up")
      system.sleep(0.012 * round)
      box:kill(job, "KILL")
      box:wait(job)
      assert.equal("ok", box:value("PRAGMA integrity_check"))
      assert.equal(30000, box:value("SELECT count(*) FROM t"))
      local done = box:value("SELECT sql LIKE '%DEFAULT%' FROM " ..
        "sqlite_schema WHERE name = 't'")
      local ledger = box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
        "name = 'schema_migrations'") == 1 and
        box:value("SELECT count(*) FROM schema_migrations") or 0
      assert.equal(done, ledger)
      assert.equal(1, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
        "name = 't_a'"))
      if done == 1 then
        new = new + 1
      else
        old = old + 1
      end
    end
    box:up()
    assert.equal(1, box:value("SELECT sql LIKE '%DEFAULT%' FROM " ..
      "sqlite_schema WHERE name = 't'"))
    assert.truthy(old + new == 12)
    box:destroy()
  end)
end)
