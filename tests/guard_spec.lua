-- SPDX-License-Identifier: MIT
-- Guards say what is there: exactly, for any name, and never with an error
-- for what is absent.
local sandbox = require "tests.support.sandbox"
local try = require "tests.support.try"

local box
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

-- yes and no take the name of a guard and its arguments.
local LIB = ([[
  local function ask(answer, guard, ...)
    local got = _ENV[guard](...)
    if got ~= answer then
      local list = { ... }
      for i = 1, select("#", ...) do list[i] = tostring(list[i]) end
      error(guard .. "(" .. table.concat(list, ", ") .. ") is " ..
        tostring(got), 3)
    end
  end
  local function yes(...) ask(true, ...) end
  local function no(...) ask(false, ...) end
]]):gsub("%s+", " ")

local function works(body)
  return try.works(box, LIB .. body)
end

describe("table_exists", function()
  it("is true for tables, virtual ones too, and for nothing else", function()
    box:sql [[
      CREATE TABLE t (a); CREATE TABLE strict_one (a INTEGER) STRICT;
      CREATE TABLE w (a PRIMARY KEY) WITHOUT ROWID;
      CREATE VIEW v AS SELECT 1; CREATE INDEX i ON t (a);
      CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;
      CREATE VIRTUAL TABLE f USING fts5(words);
    ]]
    works [[
      for _, name in ipairs { "t", "T", "w", "strict_one", "f",
          "f_data", "sqlite_schema", "sqlite_master" } do
        yes("table_exists", name)
      end
      for _, name in ipairs { "v", "i", "g", "words", "", " t", "t ",
          "\"t\"", "main.t", "t;", "nope", "%", "_" } do
        no("table_exists", name)
      end
    ]]
  end)
end)

describe("view_exists, trigger_exists and index_exists", function()
  it("know their own kind alone", function()
    box:sql [[
      CREATE TABLE t (a, b UNIQUE); CREATE VIEW v AS SELECT a FROM t;
      CREATE INDEX i ON t (a);
      CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;
      CREATE TRIGGER vg INSTEAD OF INSERT ON v BEGIN SELECT 1; END;
    ]]
    works [[
      yes("view_exists", "v") yes("view_exists", "V", "main")
      yes("trigger_exists", "g") yes("trigger_exists", "VG")
      yes("index_exists", "i") yes("index_exists", "I", "MAIN")
      yes("index_exists", "sqlite_autoindex_t_1")
      for _, guard in ipairs { "view_exists", "trigger_exists",
          "index_exists" } do
        no(guard, "t") no(guard, "nope") no(guard, "") no(guard, "a")
      end
      no("view_exists", "i") no("view_exists", "g")
      no("trigger_exists", "v") no("trigger_exists", "i")
      no("index_exists", "v") no("index_exists", "g")
    ]]
  end)
end)

describe("column_exists", function()
  it("is true for every kind of column, and false for rowid", function()
    box:sql [[
      CREATE TABLE t (a, B, g AS (a + 1), s AS (a + 2) STORED);
      CREATE TABLE k (rowid TEXT);
      CREATE VIEW v (x) AS SELECT a FROM t;
      CREATE VIEW unnamed AS SELECT a, b AS y FROM t;
      CREATE VIEW broken AS SELECT nope FROM nowhere;
      CREATE VIRTUAL TABLE f USING fts5(words);
    ]]
    works [[
      for _, name in ipairs { "a", "A", "b", "B", "g", "s" } do
        yes("column_exists", "t", name)
        yes("column_exists", "T", name, "main")
      end
      for _, name in ipairs { "rowid", "oid", "_rowid_", "", "c", "a ",
          "\"a\"", "t.a", "*", "1" } do
        no("column_exists", "t", name)
      end
      yes("column_exists", "k", "rowid") no("column_exists", "k", "oid")
      yes("column_exists", "v", "x") no("column_exists", "v", "a")
      yes("column_exists", "unnamed", "a") yes("column_exists", "unnamed", "y")
      no("column_exists", "broken", "nope")
      yes("column_exists", "f", "words")
      yes("column_exists", "f", "f") yes("column_exists", "f", "rank")
      no("column_exists", "nope", "a") no("column_exists", "", "a")
    ]]
  end)
end)

describe("index_exists of columns", function()
  it("is true for exactly these columns in this order", function()
    box:sql [[
      CREATE TABLE t (a, b, "odd, name", u UNIQUE, PRIMARY KEY (b, a));
      CREATE INDEX ab ON t (a, b); CREATE INDEX o ON t ("odd, name" DESC);
      CREATE INDEX e ON t (b, lower(a));
      CREATE TABLE w (k PRIMARY KEY, l) WITHOUT ROWID;
      CREATE TABLE r (id INTEGER PRIMARY KEY);
    ]]
    works [[
      yes("index_exists", "t", { "a", "b" })
      yes("index_exists", "T", { "A", "B" }, "main")
      yes("index_exists", "t", { "b", "a" })
      yes("index_exists", "t", { "u" })
      yes("index_exists", "t", { "odd, name" })
      yes("index_exists", "w", { "k" })
      no("index_exists", "t", { "a" }) no("index_exists", "t", { "b" })
      no("index_exists", "t", { "a", "b", "u" })
      no("index_exists", "t", { "nope" })
      no("index_exists", "t", { "" })
      no("index_exists", "t", { "b", "lower(a)" })
      no("index_exists", "nope", { "a" })
      no("index_exists", "w", { "l" })
    ]]
  end)
end)

describe("foreign_key_exists", function()
  it("is true for these columns and this parent", function()
    box:sql [[
      CREATE TABLE p (x, y, PRIMARY KEY (x, y));
      CREATE TABLE q (id PRIMARY KEY);
      CREATE TABLE c (a, b, q_id REFERENCES q, self REFERENCES c (a),
        far REFERENCES nowhere,
        FOREIGN KEY (a, b) REFERENCES p (x, y));
    ]]
    works [[
      yes("foreign_key_exists", "c", { "q_id" }, "q")
      yes("foreign_key_exists", "C", { "Q_ID" }, "Q", "main")
      yes("foreign_key_exists", "c", { "a", "b" }, "p")
      yes("foreign_key_exists", "c", { "self" }, "c")
      yes("foreign_key_exists", "c", { "far" }, "nowhere")
      no("foreign_key_exists", "c", { "q_id" }, "p")
      no("foreign_key_exists", "c", { "a" }, "p")
      no("foreign_key_exists", "c", { "b", "a" }, "p")
      no("foreign_key_exists", "c", { "a", "b", "q_id" }, "p")
      no("foreign_key_exists", "q", { "id" }, "c")
      no("foreign_key_exists", "nope", { "a" }, "p")
      no("foreign_key_exists", "c", { "nope" }, "q")
    ]]
  end)
end)

describe("row_exists", function()
  it("compares values exactly, NULL with NULL", function()
    box:sql [[
      CREATE TABLE t (a, b, "odd ""name""" DEFAULT 5);
      INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL), (NULL, NULL),
        (9223372036854775807, x'00ff'), ('text', 1.5);
      CREATE TABLE empty (a); CREATE VIEW v AS SELECT a AS va FROM t;
    ]]
    works [[
      yes("row_exists", "t", { a = 1 }) yes("row_exists", "T", { A = 1 })
      yes("row_exists", "t", { a = 1, b = "x" })
      no("row_exists", "t", { a = 1, b = "y" })
      yes("row_exists", "t", { a = 2, b = NULL })
      yes("row_exists", "t", { a = NULL, b = NULL })
      no("row_exists", "t", { a = 1, b = NULL })
      yes("row_exists", "t", { a = math.maxinteger, b = blob("\0\xff") })
      no("row_exists", "t", { b = "\0\xff" })
      yes("row_exists", "t", { b = 1.5 })
      yes("row_exists", "t", { ["odd \"name\""] = 5 })
      yes("row_exists", "t", { a = true }) no("row_exists", "t", { a = false })
      no("row_exists", "t", { a = "TEXT" })
      no("row_exists", "nope", { a = 1 }) no("row_exists", "t", { nope = 1 })
      no("row_exists", "t", { a = 1, nope = NULL })
      no("row_exists", "", { a = 1 }) no("row_exists", "t", { [""] = 1 })
      yes("row_exists", "t", {}) no("row_exists", "empty", {})
      yes("row_exists", "v", { va = 1 }) no("row_exists", "v", { va = 77 })
      yes("row_exists", "t", { a = 1 }, "main")
      no("row_exists", "t", { a = 1 }, "temp")
      no("row_exists", "t", { a = 1 }, "nope")
    ]]
  end)
end)

describe("all guards", function()
  it("look into temp first, and into one schema when it is named", function()
    box:sql [[
      CREATE TABLE t (a); CREATE INDEX i ON t (a);
      INSERT INTO t VALUES (1);
      CREATE TABLE only_main (a); CREATE VIEW v AS SELECT 1 AS x;
    ]]
    works [[
      conn:executescript("CREATE TEMP TABLE t (b, p REFERENCES t (b)); " ..
        "INSERT INTO temp.t VALUES (2, 2); " ..
        "CREATE TEMP VIEW tv AS SELECT 1 AS y; " ..
        "CREATE INDEX temp.ti ON t (b); " ..
        "CREATE TEMP TRIGGER tg AFTER INSERT ON t BEGIN SELECT 1; END")
      yes("column_exists", "t", "b") no("column_exists", "t", "a")
      yes("column_exists", "t", "a", "main")
      no("column_exists", "t", "b", "main")
      yes("column_exists", "t", "b", "TEMP")
      yes("column_exists", "only_main", "a")
      no("column_exists", "only_main", "a", "temp")
      yes("table_exists", "t", "main") yes("table_exists", "t", "temp")
      no("table_exists", "only_main", "temp")
      no("table_exists", "t", "nope") no("table_exists", "t", "")
      yes("view_exists", "tv") yes("view_exists", "tv", "temp")
      no("view_exists", "tv", "main") yes("view_exists", "v", "main")
      yes("index_exists", "ti") no("index_exists", "ti", "main")
      yes("index_exists", "i") no("index_exists", "i", "temp")
      yes("index_exists", "t", { "b" }) no("index_exists", "t", { "a" })
      yes("index_exists", "t", { "a" }, "main")
      yes("trigger_exists", "tg") yes("trigger_exists", "tg", "temp")
      no("trigger_exists", "tg", "main")
      yes("foreign_key_exists", "t", { "p" }, "t")
      no("foreign_key_exists", "t", { "p" }, "t", "main")
      yes("row_exists", "t", { b = 2 }) no("row_exists", "t", { a = 1 })
      yes("row_exists", "t", { a = 1 }, "main")
      -- What is dropped uncovers what it hid.
      conn:execute("DROP TABLE temp.t")
      yes("column_exists", "t", "a")
    ]]
  end)

  it("accept any name, however odd", function()
    works [[
      local odd = { "two words", "quo\"te", "sin'gle", "back`tick",
        "[bracket]", "bracket]", "semi;colon", "--comment", "/*x*/",
        "select", "TABLE", "from", "ärger", "日本語", "\u{1F600}", "0", "1a",
        " lead", "trail ", ".", "a.b", "%", "_", "\\", "\n", "\t", "\x01",
        "?", ":a", "$", "NULL", "rowid", ("x"):rep(1000),
        ("ä\""):rep(1000) }
      local function q(s) return '"' .. s:gsub('"', '""') .. '"' end
      for i, name in ipairs(odd) do
        no("table_exists", name) no("column_exists", name, name)
        no("index_exists", name) no("trigger_exists", name)
        no("view_exists", name) no("row_exists", name, { [name] = 1 })
        conn:execute("CREATE TABLE " .. q(name) .. " (id INTEGER PRIMARY " ..
          "KEY, " .. q(name) .. ", \"<\" REFERENCES " .. q(name) .. ")")
        local i, g, v = q("i" .. name), q("g" .. name), q("v" .. name)
        conn:execute("CREATE INDEX " .. i .. " ON " .. q(name) ..
          "(" .. q(name) .. ")")
        conn:execute("CREATE VIEW " .. v .. " AS SELECT " .. q(name) ..
          " FROM " .. q(name))
        conn:execute("CREATE TRIGGER " .. g .. " AFTER INSERT ON " ..
          q(name) .. " BEGIN SELECT 1; END")
        conn:execute("INSERT INTO " .. q(name) .. " VALUES (1, ?, 1)", name)
        yes("table_exists", name) yes("table_exists", name, "main")
        yes("column_exists", name, name)
        yes("column_exists", "v" .. name, name)
        yes("index_exists", "i" .. name) yes("index_exists", name, { name })
        yes("view_exists", "v" .. name) yes("trigger_exists", "g" .. name)
        yes("foreign_key_exists", name, { "<" }, name)
        yes("row_exists", name, { [name] = name })
        no("row_exists", name, { [name] = "x" .. name })
        no("table_exists", name .. "x") no("column_exists", name, name .. "x")
        no("table_exists", name, name)
        no("table_exists", name .. "\0")
        no("column_exists", name, name .. "\0")
        conn:execute("DROP VIEW " .. v)
      end
    ]]
    assert.equal(34, box:value("SELECT count(*) FROM sqlite_schema " ..
      "WHERE type = 'trigger'"))
  end)

  it("find nothing behind a NUL byte, and no empty name", function()
    box:sql [[CREATE TABLE t (a REFERENCES t); CREATE INDEX i ON t (a);
      CREATE VIEW v AS SELECT 1 AS a; INSERT INTO t VALUES (1);
      CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;]]
    works [[
      for _, add in ipairs { "\0", "\0x" } do
        no("table_exists", "t" .. add) no("view_exists", "v" .. add)
        no("index_exists", "i" .. add) no("trigger_exists", "g" .. add)
        no("column_exists", "t" .. add, "a")
        no("column_exists", "t", "a" .. add)
        no("index_exists", "t" .. add, { "a" })
        no("index_exists", "t", { "a" .. add })
        no("foreign_key_exists", "t" .. add, { "a" }, "t")
        no("foreign_key_exists", "t", { "a" .. add }, "t")
        no("foreign_key_exists", "t", { "a" }, "t" .. add)
        no("row_exists", "t" .. add, { a = 1 })
        no("row_exists", "t", { ["a" .. add] = 1 })
        no("table_exists", "t", "main" .. add)
        no("column_exists", "t", "a", "main" .. add)
        no("row_exists", "t", { a = 1 }, "main" .. add)
      end
      for _, name in ipairs { "", "\0" } do
        no("table_exists", name) no("view_exists", name)
        no("index_exists", name) no("trigger_exists", name)
        no("column_exists", name, name) no("index_exists", name, { name })
        no("foreign_key_exists", name, { name }, name)
        no("row_exists", name, { [name] = 1 })
      end
    ]]
  end)

  it("compare names without ASCII case, and with any other", function()
    box:sql "CREATE TABLE \"Ärger\" (\"Öl\")"
    works [[
      yes("table_exists", "Ärger") yes("table_exists", "ÄRGER")
      no("table_exists", "ärger")
      yes("column_exists", "ÄRGER", "ÖL") no("column_exists", "Ärger", "öl")
    ]]
  end)

  it("see what the script has changed, and what it has undone", function()
    works [[
      no("table_exists", "t")
      conn:execute("CREATE TABLE t (a)")
      yes("table_exists", "t") no("column_exists", "t", "b")
      conn:execute("ALTER TABLE t ADD COLUMN b REFERENCES t (a)")
      yes("column_exists", "t", "b")
      yes("foreign_key_exists", "t", { "b" }, "t")
      conn:execute("CREATE INDEX i ON t (a, b)")
      yes("index_exists", "i") yes("index_exists", "t", { "a", "b" })
      conn:execute("INSERT INTO t VALUES (1, 2)")
      yes("row_exists", "t", { a = 1, b = 2 })
      pcall(conn.savepoint, conn, function()
        conn:execute("DELETE FROM t") conn:execute("DROP INDEX i")
        conn:execute("ALTER TABLE t RENAME TO u")
        yes("table_exists", "u") no("table_exists", "t")
        no("index_exists", "i") no("row_exists", "u", {})
        error("undo")
      end)
      yes("table_exists", "t") no("table_exists", "u") yes("index_exists", "i")
      yes("row_exists", "t", { a = 1 })
      conn:execute("ALTER TABLE t RENAME COLUMN a TO c")
      no("column_exists", "t", "a") yes("column_exists", "t", "c")
      conn:execute("DROP TABLE t")
      no("table_exists", "t") no("column_exists", "t", "c")
      no("index_exists", "i") no("row_exists", "t", {})
    ]]
  end)

  it("are handed to upgrade, and are globals everywhere", function()
    box:write("migrations/lib/check.lua",
      "return table_exists('t') and column_exists('t', 'a')\n")
    box:sql("CREATE TABLE t (a)")
    box:migration("a", [[
      local at_the_top = table_exists("t")
      function upgrade(conn, one, two)
        assert(at_the_top == true)
        assert(one("t", "a") == true and one("t", "b") == false)
        assert(two("t") == true and two("u") == false)
        assert(one == column_exists and two == table_exists)
        assert(require "lib.check" == true)
        assert(coroutine.wrap(function() return table_exists("t") end)())
      end
    ]])
    box:up()
  end)

  it("answer in a database where a view is broken", function()
    box:sql("CREATE TABLE t (a); CREATE VIEW v AS SELECT nope FROM nowhere")
    works [[
      yes("table_exists", "t") yes("view_exists", "v")
      no("column_exists", "v", "nope") no("row_exists", "v", { nope = 1 })
      no("index_exists", "v", { "nope" })
      no("foreign_key_exists", "v", { "nope" }, "t")
    ]]
  end)
end)

describe("a wrong argument is an error with the script's line:", function()
  local got = "bad argument #%d to '%s' (%s expected, got %s)"
  local cases = {}
  for _, guard in ipairs { "table_exists", "view_exists", "trigger_exists",
      "index_exists" } do
    cases[guard .. "()"] = got:format(1, guard, "string", "no value")
    cases[guard .. "(nil)"] = got:format(1, guard, "string", "nil")
    cases[guard .. "(5)"] = got:format(1, guard, "string", "number")
    cases[guard .. "('t', 5)"] = got:format(2, guard, "string", "number")
  end
  for code, sentence in pairs {
    ["table_exists({})"] = got:format(1, "table_exists", "string", "table"),
    ["table_exists('t', {})"] =
      got:format(2, "table_exists", "string", "table"),
    ["column_exists('t')"] =
      got:format(2, "column_exists", "string", "no value"),
    ["column_exists(nil, 'a')"] =
      got:format(1, "column_exists", "string", "nil"),
    ["column_exists('t', 1)"] =
      got:format(2, "column_exists", "string", "number"),
    ["column_exists('t', 'a', true)"] =
      got:format(3, "column_exists", "string", "boolean"),
    ["column_exists(conn, 't', 'a')"] =
      got:format(1, "column_exists", "string", "conn"),
    ["index_exists('t', {})"] =
      "bad argument #2 to 'index_exists' (a list of column names)",
    ["index_exists('t', { 1 })"] =
      "bad argument #2 to 'index_exists' (a list of column names)",
    ["index_exists('t', { a = 1 })"] =
      "bad argument #2 to 'index_exists' (a list of column names)",
    ["index_exists('t', { 'a', {} })"] =
      "bad argument #2 to 'index_exists' (a list of column names)",
    ["index_exists({ 'a' })"] =
      got:format(1, "index_exists", "string", "table"),
    ["foreign_key_exists('t', 'a', 'p')"] =
      got:format(2, "foreign_key_exists", "table", "string"),
    ["foreign_key_exists('t', { 'a' })"] =
      got:format(3, "foreign_key_exists", "string", "no value"),
    ["foreign_key_exists('t', {}, 'p')"] =
      "bad argument #2 to 'foreign_key_exists' (a list of column names)",
    ["row_exists('t')"] = got:format(2, "row_exists", "table", "no value"),
    ["row_exists('t', 'a')"] = got:format(2, "row_exists", "table", "string"),
    ["row_exists('t', { 1 })"] =
      "bad argument #2 to 'row_exists' (a table {column = value, ...})",
    ["row_exists('t', { a = {} })"] = [[row_exists: the value of "a" is a ]]
      .. "table, which is no SQL value",
    ["row_exists('t', { a = 0/0 })"] = [[row_exists: the value of "a" is ]]
      .. "NaN, which SQLite cannot store: it would become NULL",
  } do
    cases[code] = sentence
  end
  for code, sentence in pairs(cases) do
    it(code, function()
      box:sql("CREATE TABLE t (a)")
      try.at(try.fails(box, sentence,
        'conn:execute("INSERT INTO t VALUES (1)")\n' .. code), 2)
    end)
  end
end)
