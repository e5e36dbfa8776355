-- SPDX-License-Identifier: MIT
-- conn:dependents says what hangs on a table or on a column of it, and only
-- that.
local sandbox = require "tests.support.sandbox"
local same = require "tests.support.same"
local try = require "tests.support.try"

local box
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

-- on(want, table, column, schema): one dependent per line, in any order, as
--   kind schema.name [on table] [column] how
local LIB = same.LIB .. ([[
  local function on(want, ...)
    local got, lines = {}, {}
    for i, d in ipairs(conn:dependents(...)) do
      got[i] = d.kind .. " " .. d.schema .. "." .. tostring(d.name) ..
        (d.table and " on " .. d.table or "") ..
        (d.column and " " .. d.column or "") .. " " .. d.how
      for k in pairs(d) do
        if not (" kind schema name table column how "):find(" " .. k .. " ")
        then error(k) end
      end
    end
    for line in want:gmatch("[^;]+") do
      lines[#lines + 1] = line:match("^%%s*(.*)")
    end
    table.sort(got) table.sort(lines)
    got, lines = table.concat(got, "\n"), table.concat(lines, "\n")
    if got ~= lines then error("got\n" .. got .. "\nwanted\n" .. lines, 2) end
  end
]]):gsub("%%%%", "%%"):gsub("%s+", " ")

local function works(body)
  return try.works(box, LIB .. body)
end

describe("conn:dependents", function()
  it("finds indexes by column, expression and condition", function()
    box:sql [[
      CREATE TABLE t (a, b, c, "lower", d);
      CREATE INDEX plain ON t (a, b);
      CREATE INDEX e ON t (lower(a || c || 'd')) WHERE "b" > 0;
      CREATE UNIQUE INDEX u ON t (d);
    ]]
    works [[
      on("index main.plain on t a read; index main.e on t a read", "t", "a")
      on("index main.plain on t b read; index main.e on t b read", "T", "B")
      on("index main.e on t c read", "t", "c")
      on("", "t", "lower")
      on("index main.u on t d read", "t", "d")
      on("index main.plain on t a read; index main.plain on t b read;" ..
        "index main.e on t a read; index main.e on t b read;" ..
        "index main.e on t c read; index main.u on t d read", "t")
      on("", "nope") on("", "t", "nope") on("", "t", "rowid")
      on("", "t", "a", "temp")
    ]]
  end)

  it("finds checks, unique constraints and generated columns", function()
    box:sql [[
      CREATE TABLE t (a CHECK (a > 0 AND a < 9), b UNIQUE,
        g AS (a || 'b'), h AS (g || "b") STORED,
        CONSTRAINT ab CHECK (t.a <> b), CONSTRAINT u UNIQUE (a, g));
    ]]
    works [[
      on("check main.nil on t a read; check main.ab on t a read;" ..
        "unique main.u on t a read; generated main.g on t a read",
        "t", "a")
      on("check main.ab on t b read; unique main.nil on t b read;" ..
        "generated main.h on t b read", "t", "b")
      on("generated main.h on t g read; unique main.u on t g read",
        "t", "g")
      on("", "t", "h")
    ]]
  end)

  it("finds foreign keys from both sides", function()
    box:sql [[
      CREATE TABLE p (id INTEGER PRIMARY KEY, u UNIQUE, x,
        up REFERENCES p (u));
      CREATE TABLE c (a REFERENCES p, b CONSTRAINT named REFERENCES p (u),
        c REFERENCES gone);
    ]]
    works [[
      on("foreign_key main.nil on c id read", "p", "id")
      on("foreign_key main.nil on p u read; foreign_key main.named on c u " ..
        "read; unique main.nil on p u read", "p", "u")
      on("foreign_key main.nil on p up read", "p", "up")
      on("", "p", "x")
      on("foreign_key main.nil on c c read", "c", "c")
    ]]
  end)

  it("finds views through stars, joins and other views", function()
    box:sql [[
      CREATE TABLE t (a, b, c); CREATE TABLE o (a, x);
      CREATE VIEW star AS SELECT * FROM t;
      CREATE VIEW some AS SELECT a AS z FROM t WHERE b > 0;
      CREATE VIEW above AS SELECT z FROM some;
      CREATE VIEW joined AS SELECT x FROM o JOIN t USING (a);
      CREATE VIEW upon AS SELECT x FROM joined;
      CREATE VIEW nat AS SELECT x FROM o NATURAL JOIN t;
      CREATE VIEW counted AS SELECT count(*) FROM t;
      CREATE VIEW named AS SELECT 't', "a" FROM o;
      CREATE VIEW cte AS WITH t AS (SELECT 1 AS c) SELECT c FROM t;
    ]]
    works [[
      on("view main.star a read; view main.some a read;" ..
        "view main.above a read; view main.joined a read;" ..
        "view main.upon a read; view main.nat a read", "t", "a")
      on("view main.star b read; view main.some b read;" ..
        "view main.above b read", "t", "b")
      on("view main.star c read", "t", "c")
      on("view main.joined a read; view main.named a read;" ..
        "view main.upon a read; view main.nat a read", "o", "a")
      on("view main.above z read", "some", "z")
      local counted = 0
      for _, d in ipairs(conn:dependents("t")) do
        if d.name == "counted" then
          is(d.column, nil) counted = counted + 1
        end
      end
      is(counted, 1)
    ]]
  end)

  it("finds triggers: on it, reading it, writing it", function()
    box:sql [[
      CREATE TABLE t (a, b, c); CREATE TABLE o (x, y);
      CREATE TRIGGER own AFTER UPDATE OF b ON t WHEN new.c > 0
        BEGIN SELECT 1; END;
      CREATE TRIGGER reads AFTER INSERT ON o
        BEGIN SELECT a FROM t; END;
      CREATE TRIGGER updates AFTER INSERT ON o
        BEGIN UPDATE t SET b = 1 WHERE c = new.x; END;
      CREATE TRIGGER inserts AFTER INSERT ON o
        BEGIN INSERT INTO t (a, "C") VALUES (1, 2); END;
      CREATE TRIGGER all_of_it AFTER INSERT ON o
        BEGIN INSERT INTO t VALUES (1, 2, 3); END;
      CREATE TRIGGER deletes AFTER DELETE ON o BEGIN DELETE FROM t; END;
      CREATE TRIGGER other AFTER INSERT ON o
        BEGIN UPDATE o SET y = 't a b c'; END;
    ]]
    works [[
      on("trigger main.reads on o a read; trigger main.inserts on o a " ..
        "write; trigger main.all_of_it on o a write", "t", "a")
      on("trigger main.own on t b read; trigger main.updates on o b " ..
        "write; trigger main.all_of_it on o b write", "t", "b")
      on("trigger main.own on t c read; trigger main.updates on o c " ..
        "read; trigger main.inserts on o c write; " ..
        "trigger main.all_of_it on o c write", "t", "c")
      local found = {}
      for _, d in ipairs(conn:dependents("t")) do
        if not d.column then
          found[#found + 1] = d.name .. " " .. d.how
        end
      end
      table.sort(found)
      is(found, { "all_of_it write", "deletes write", "own read" })
    ]]
  end)

  it("follows a trigger through the view that it uses", function()
    box:sql [[
      CREATE TABLE t (a, b); CREATE TABLE o (x);
      CREATE VIEW v AS SELECT a FROM t;
      CREATE TRIGGER instead INSTEAD OF INSERT ON v BEGIN SELECT 1; END;
      CREATE TRIGGER through AFTER INSERT ON o
        BEGIN SELECT a FROM v; END;
    ]]
    works [[
      on("view main.v a read; trigger main.instead on v a read; " ..
        "trigger main.through on o a read", "t", "a")
      on("", "t", "b")
      on("trigger main.through on o a read", "v", "a")
      on("trigger main.instead on v read; trigger main.through on o a read",
        "v")
    ]]
  end)

  it("finds temporary views and triggers", function()
    box:sql "CREATE TABLE t (a, b)"
    works [[
      conn:execute("CREATE TEMP VIEW v AS SELECT a FROM t")
      conn:execute("CREATE TEMP TRIGGER g INSERT ON t " ..
        "BEGIN UPDATE t SET a = b; END")
      on("view temp.v a read; trigger temp.g on t a write", "t", "a")
      on("trigger temp.g on t b read", "t", "b")
      conn:execute("CREATE TEMP TABLE t (a)")
      conn:execute("DROP VIEW temp.v")
      on("", "t", "a", "temp")
    ]]
  end)

  it("finds full-text tables with content=", function()
    box:sql [[
      CREATE TABLE t (id INTEGER PRIMARY KEY, title, body, other);
      CREATE VIRTUAL TABLE f USING fts5 (title, body, content = 't',
        content_rowid = 'id');
      CREATE VIRTUAL TABLE g USING fts5 (other, content);
      CREATE VIRTUAL TABLE h USING fts4 (content="t", body);
    ]]
    works [[
      on("fts5 main.f title read", "t", "title")
      on("fts5 main.f body read; fts5 main.h body read", "t", "body")
      on("fts5 main.f id read", "t", "id")
      on("", "t", "other")
    ]]
  end)

  -- What does not compile is judged by the names in it.
  it("names what is broken, by its text", function()
    box:sql [[
      CREATE TABLE t (a, b); CREATE TABLE o (x);
      CREATE VIEW v AS SELECT a, nope FROM t;
      CREATE VIEW w AS SELECT 'a', nope FROM o;
      CREATE TRIGGER g AFTER INSERT ON o
        BEGIN UPDATE t SET a = nope; END;
    ]]
    works [[
      on("view main.v a read; trigger main.g on o a read", "t", "a")
      on("", "t", "b")
      on("view main.w read; trigger main.g on o read", "o")
    ]]
  end)

  it("leaves the primary key alone", function()
    box:sql [[
      CREATE TABLE t (a, b, PRIMARY KEY (a, b));
      CREATE TABLE w (a PRIMARY KEY) WITHOUT ROWID;
    ]]
    works [[ on("", "t") on("", "t", "a") on("", "w") ]]
  end)
end)
