-- SPDX-License-Identifier: MIT
-- diff shows every object in which two schemas differ, and nothing else.
local sandbox = require "tests.support.sandbox"
local json = require "tests.support.json"

describe("diff", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function has(text, words)
    assert.truthy(text:find(words, 1, true), words .. "\nis not in:\n" .. text)
  end

  local function same(a, b)
    local status, out, err = box:lumigrate("diff", a, b)
    assert.equal(0, status, out .. err)
    assert.equal("✓ the same schema\n", out)
  end

  local function different(a, b, ...)
    local status, out, err = box:lumigrate("diff", a, b, ...)
    assert.equal(1, status, out .. err)
    return out
  end

  it("finds what is missing, extra and different", function()
    box:sql([[
      CREATE TABLE both (id INTEGER PRIMARY KEY);
      CREATE TABLE gone (x);
      CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INT);
      CREATE INDEX i ON users (email);
      CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END;
    ]], "a.db")
    box:sql([[
      CREATE TABLE both (id INTEGER PRIMARY KEY);
      CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(9) DEFAULT 'x',
        name TEXT);
      CREATE INDEX i ON users (email DESC);
      CREATE VIEW more AS SELECT 1;
      CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END;
    ]], "b.db")
    local sums = { box:bytes("a.db"), box:bytes("b.db") }
    local out = different("a.db", "b.db")
    has(out, "A: a.db\nB: b.db\n")
    has(out, "✗ table gone is only in a.db\n    A:\n      CREATE TABLE gone " ..
      "(x)\n")
    has(out, "✗ view more is only in b.db\n    B:\n      CREATE VIEW more AS")
    has(out, "! table users is different\n" ..
      "    column email: TEXT in A, VARCHAR(9) in B\n" ..
      "    column email: NOT NULL in A, may be NULL in B\n" ..
      "    column email: default none in A, 'x' in B\n" ..
      "    column age: only in A\n" ..
      "    column name: only in B\n" ..
      "    A:\n      CREATE TABLE users (")
    has(out, "! index i is different\n    A:\n      CREATE INDEX i ON users " ..
      "(email)\n    B:\n      CREATE INDEX i ON users (email DESC)\n")
    has(out, "\n4 differences\n")
    assert.is_nil(out:find("both", 1, true))
    assert.is_nil(out:find("trigger", 1, true))
    assert.equal(sums[1], box:bytes("a.db"))
    assert.equal(sums[2], box:bytes("b.db"))
  end)

  it("takes words, not letters", function()
    box:sql([[
      CREATE TABLE t (a TEXT DEFAULT 'It', "b c" INT); -- one
      CREATE VIEW v AS SELECT a FROM t;
    ]], "a.db")
    box:sql([[
      create  table "T" ( A text default 'It',
        [b c] int /* two */ );
      CREATE VIEW v AS select a
        -- three
        from "t";
    ]], "b.db")
    same("a.db", "b.db")
    box:sql("CREATE TABLE t (a TEXT DEFAULT 'it', \"b c\" INT); " ..
      "CREATE VIEW v AS SELECT a FROM t", "c.db")
    has(different("a.db", "c.db"), "column a: default 'It' in A, 'it' in B")
  end)

  it("compares databases, dumps and folders with each other", function()
    box:migration("2026_01_01_a", "conn:execute('CREATE TABLE a (x)')")
    box:sql_file("2026_01_02_b.sql", "CREATE TABLE b (x);")
    box:up()
    local _, text = box:run("dump")
    box:write("dump.sql", text)
    same("app.db", "dump.sql")
    same("migrations", "app.db")
    same("dump.sql", "migrations")
    same("sqlite:app.db", "file:app.db")
    box:sql("ALTER TABLE b ADD COLUMN extra TEXT")
    has(different("migrations", "app.db"), "column extra: only in B")
  end)

  it("shows other properties of columns", function()
    box:sql("CREATE TABLE t (a INTEGER PRIMARY KEY, b, c AS (b))", "a.db")
    box:sql("CREATE TABLE t (b, a INTEGER, c AS (b) STORED, " ..
      "PRIMARY KEY (b, a))", "b.db")
    local out = different("a.db", "b.db")
    has(out, "column a: place 1 in the primary key in A, 2 in B")
    has(out, "column c: generated when read in A, generated and stored in B")
    has(out, "the columns stand in another order")
  end)

  it("leaves out what is the runner's or SQLite's", function()
    box:sql("CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)", "a.db")
    box:sql("CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT); " ..
      "INSERT INTO t VALUES (1); ANALYZE", "b.db")
    box:migration("2026_01_01_a", "conn:execute('SELECT 1')")
    assert.equal(0, (box:lumigrate("up", "-u", "b.db")))
    same("a.db", "b.db")
  end)

  it("answers in JSON", function()
    box:sql("CREATE TABLE a (x)", "a.db")
    box:sql("CREATE TABLE a (y)", "b.db")
    local answer = json.decode(different("a.db", "b.db", "--json"))
    assert.equal(1, answer.format)
    assert.is_false(answer.same)
    assert.equal("a.db", answer.a)
    local d = answer.differences[1]
    assert.equal("table", d.kind)
    assert.equal("a", d.name)
    assert.equal("different", d.change)
    assert.equal("CREATE TABLE a (x)", d.a)
    assert.equal("CREATE TABLE a (y)", d.b)
    assert.same({ "column x: only in A", "column y: only in B" }, d.details)
    local _, out = box:lumigrate("diff", "a.db", "a.db", "--json")
    answer = json.decode(out)
    assert.is_true(answer.same)
    assert.same({}, answer.differences)
    assert.equal("", different("a.db", "b.db", "-q"))
  end)

  it("says what cannot be compared", function()
    box:sql("CREATE TABLE a (x)", "a.db")
    local function fails(status, words, ...)
      local code, _, err = box:lumigrate("diff", ...)
      assert.equal(status, code, err)
      has(err, words)
    end
    fails(2, "two things to compare are needed", "a.db")
    fails(2, "cannot compare nowhere.db: No such file", "a.db", "nowhere.db")
    box:write("text", "hello")
    fails(7, "is not a SQLite database", "a.db", "text")
    box:write("cut.sql", "-- lumigrate dump 1\nCREATE TABLE a (x);\n")
    fails(7, "the dump was cut off", "cut.sql", "a.db")
    box:migration("2026_01_01_a", "conn:execute('CREATE TABLE a (')")
    fails(1, "incomplete input", "migrations", "a.db")
    assert.is_false(box:exists("nowhere.db"))
  end)
end)
