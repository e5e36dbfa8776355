-- SPDX-License-Identifier: MIT
-- conn:schema_fingerprint is the same for schemas that are the same, however
-- they are written, and another one for schemas that differ;
-- conn:schema_dump makes the schema anew.
local sandbox = require "tests.support.sandbox"
local same = require "tests.support.same"
local try = require "tests.support.try"

local box
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

-- The fingerprint of each of these schemas, which are made and unmade.
local function fingerprints(schemas)
  local list, script = {}, {}
  for i, sql in ipairs(schemas) do
    script[i] = ("one(%d, %q)\n"):format(i, sql)
  end
  box:migration("a", [[local function one(i, sql)
      local ok, err = pcall(conn.savepoint, conn, function()
        conn:executescript(sql)
        print("=" .. i .. " " .. conn:schema_fingerprint())
        error("undo", 0)
      end)
      assert(err == "undo", err)
    end
  ]] .. table.concat(script))
  for i, print in box:up():gmatch("=(%d+) (%x+)\n") do
    list[tonumber(i)] = print
    assert.equal(64, #print)
  end
  assert.equal(#schemas, #list)
  return list
end

-- Of each row the first schema against all others.
local function compare(cases, equal)
  local all = {}
  for _, case in ipairs(cases) do
    for _, sql in ipairs(case) do
      all[#all + 1] = sql
    end
  end
  local found, at = fingerprints(all), 0
  for _, case in ipairs(cases) do
    for i = 2, #case do
      assert.equal(equal, found[at + 1] == found[at + i],
        case[1] .. "\n" .. case[i])
    end
    at = at + #case
  end
end

describe("the fingerprint", function()
  it("does not count how a schema is written", function()
    compare({
      { "CREATE TABLE t(id INTEGER PRIMARY KEY, a VARCHAR(9) NOT NULL " ..
        "DEFAULT 'x');",
        "create table  t ( -- c\n id integer primary key,\n /* a */ a " ..
        "varchar ( 9 ) not null default 'x' )",
        "CREATE TABLE [t](\"id\" INTEGER PRIMARY KEY, `a` VARCHAR(9) NOT " ..
        "NULL DEFAULT 'x')" },
      { "CREATE TABLE t(a CHECK(a <> '')); CREATE INDEX i ON t(a) " ..
        "WHERE a > 0; CREATE VIEW v AS SELECT a FROM t WHERE a > 0;",
        "CREATE TABLE t(a CHECK(\"a\"<>'')); CREATE INDEX [i] ON \"t\"(`A`" ..
        ") where [A]>0; create view \"v\" as select \"a\" from t /* x */ " ..
        "where a>0;" },
      { "CREATE TABLE a(x); CREATE TABLE b(y); CREATE INDEX i ON a(x);",
        "CREATE TABLE b(y); CREATE TABLE a(x); CREATE INDEX i ON a(x);" },
      { "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(a UNIQUE, " ..
        "b CONSTRAINT c CHECK(b>0), c REFERENCES p(id), d PRIMARY KEY);",
        "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(a, b, c, " ..
        "d, FOREIGN KEY(c) REFERENCES p, CONSTRAINT c CHECK(b > 0), " ..
        "PRIMARY KEY(d), UNIQUE(a));" },
      { "CREATE TABLE p(x, y, PRIMARY KEY(y, x)); " ..
        "CREATE TABLE t(a, b, FOREIGN KEY(a, b) REFERENCES p);",
        "CREATE TABLE p(x, y, PRIMARY KEY(y, x)); " ..
        "CREATE TABLE t(a, b, FOREIGN KEY(a, b) REFERENCES p(y, x));" },
      { "CREATE TABLE t(a); CREATE VIEW v AS WITH c(n) AS (SELECT a AS x " ..
        "FROM t ORDER BY x) SELECT c.n, abs(n) FROM c;",
        'CREATE TABLE t(a); CREATE VIEW v AS WITH "C"(n) AS (SELECT "A" ' ..
        'AS "X" FROM "T" ORDER BY "x") SELECT "c"."N", "Abs"(n) FROM "c";' },
      { 'CREATE TABLE t(a); CREATE TRIGGER g AFTER INSERT ON t WHEN ' ..
        'new.a > "no" BEGIN DELETE FROM t WHERE a = 1; END;',
        'CREATE TABLE t(a); CREATE TRIGGER g AFTER INSERT ON t WHEN ' ..
        '"NEW"."A" > \'no\' BEGIN DELETE FROM "T" WHERE "A" = 1; END;' },
    }, true)
  end)

  it("does not count a default that is spelled out", function()
    compare({
      { "CREATE TABLE t(a TEXT, b INT AS (a), c, UNIQUE(a));",
        "CREATE TABLE t(a TEXT NULL COLLATE BINARY, b INT GENERATED ALWAYS " ..
        "AS (a) VIRTUAL, c DEFAULT NULL, UNIQUE(a COLLATE binary ASC) ON " ..
        "CONFLICT ABORT);" },
      { "CREATE TABLE t(a COLLATE nocase); CREATE INDEX i ON t(a);",
        "CREATE TABLE t(a COLLATE \"NOCASE\"); " ..
        "CREATE INDEX i ON t(a COLLATE nocase ASC);" },
      { "CREATE TABLE p(id INTEGER PRIMARY KEY); " ..
        "CREATE TABLE t(a REFERENCES p);",
        "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(a " ..
        "REFERENCES p ON DELETE NO ACTION MATCH FULL DEFERRABLE INITIALLY " ..
        "IMMEDIATE);",
        "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(a " ..
        "REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED);" },
      { "CREATE TABLE t(a); CREATE TRIGGER r INSERT ON t " ..
        "BEGIN SELECT 1; END;",
        "CREATE TABLE t(a); CREATE TRIGGER r before insert on \"t\" for " ..
        "each row begin select 1 ; end;" },
    }, true)
  end)

  it("does not count how a schema came about, nor what is in it", function()
    compare({
      { "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, age INT " ..
        "DEFAULT 0);",
        "CREATE TABLE x(id INTEGER PRIMARY KEY, nm TEXT, old INT); " ..
        "ALTER TABLE x ADD COLUMN age INT DEFAULT 0; " ..
        "ALTER TABLE x DROP COLUMN old; " ..
        "ALTER TABLE x RENAME COLUMN nm TO name; " ..
        "ALTER TABLE x RENAME TO t;" },
      { "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a); " ..
        "CREATE INDEX i ON t(a);",
        "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a); " ..
        "CREATE INDEX i ON t(a); INSERT INTO t VALUES(5, 1); ANALYZE;" },
      { "CREATE TABLE t(a INT PRIMARY KEY) STRICT, WITHOUT ROWID;",
        "CREATE TABLE t(a INT PRIMARY KEY), WITHOUT ROWID, STRICT;" },
      { "CREATE VIRTUAL TABLE f USING fts5(a);",
        "create virtual table f using FTS5 ( a );" },
    }, true)
  end)

  it("counts what is another schema", function()
    local p = "CREATE TABLE p(id INTEGER PRIMARY KEY); "
    compare({
      { "CREATE TABLE t(a INT, b INT);", "CREATE TABLE t(b INT, a INT);",
        "CREATE TABLE t(a INT, b INTEGER);", "CREATE TABLE u(a INT, b INT);",
        "CREATE TABLE t(a INT, b INT NOT NULL);",
        "CREATE TABLE t(a INT, b INT) STRICT;",
        "CREATE TABLE t(a INT, b INT, c);", "CREATE TABLE t(a INT);",
        "CREATE TABLE t(a INT, b INT COLLATE NOCASE);",
        "CREATE TABLE t(a INT, b INT CHECK(b > 0));" },
      { "CREATE TABLE t(a DEFAULT 1);", "CREATE TABLE t(a DEFAULT '1');",
        "CREATE TABLE t(a DEFAULT 2);", "CREATE TABLE t(a);" },
      { "CREATE TABLE t(a DEFAULT 'Yes');", "CREATE TABLE t(a DEFAULT 'yes');",
        "CREATE TABLE t(a DEFAULT yes);" },
      { "CREATE TABLE t(a CHECK(a <> \"Yes\"));",
        "CREATE TABLE t(a CHECK(a <> \"yes\"));" },
      { "CREATE TABLE t(a, b); CREATE INDEX i ON t(a || b COLLATE NOCASE);",
        "CREATE TABLE t(a, b); CREATE INDEX i ON t(a || b COLLATE RTRIM);",
        "CREATE TABLE t(a, b); CREATE INDEX i ON t((a || b) COLLATE NOCASE);",
        "CREATE TABLE t(a, b); CREATE INDEX i ON t(a || b);" },
      { "CREATE TABLE t(a INT PRIMARY KEY);",
        "CREATE TABLE t(a INTEGER PRIMARY KEY);",
        "CREATE TABLE t(a INTEGER PRIMARY KEY DESC);",
        "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT);",
        "CREATE TABLE t(a INT PRIMARY KEY) WITHOUT ROWID;" },
      { "CREATE TABLE t(a,b); CREATE INDEX i ON t(a,b);",
        "CREATE TABLE t(a,b); CREATE INDEX i ON t(b,a);",
        "CREATE TABLE t(a,b); CREATE INDEX i ON t(a,b DESC);",
        "CREATE TABLE t(a,b); CREATE INDEX i ON t(a,b COLLATE nocase);",
        "CREATE TABLE t(a,b); CREATE INDEX i ON t(a,b) WHERE b > 0;",
        "CREATE TABLE t(a,b); CREATE UNIQUE INDEX i ON t(a,b);",
        "CREATE TABLE t(a,b); CREATE INDEX j ON t(a,b);",
        "CREATE TABLE t(a,b); CREATE INDEX i ON t(a,lower(b));",
        "CREATE TABLE t(a,b);" },
      { "CREATE TABLE t(a); CREATE UNIQUE INDEX i ON t(a);",
        "CREATE TABLE t(a UNIQUE);" },
      { "CREATE TABLE t(a UNIQUE);",
        "CREATE TABLE t(a UNIQUE ON CONFLICT IGNORE);",
        "CREATE TABLE t(a CONSTRAINT u UNIQUE);" },
      { "CREATE TABLE t(a NOT NULL);",
        "CREATE TABLE t(a NOT NULL ON CONFLICT REPLACE);" },
      { p .. "CREATE TABLE t(a REFERENCES p(id));",
        p .. "CREATE TABLE t(a REFERENCES p(id) ON DELETE CASCADE);",
        p .. "CREATE TABLE t(a REFERENCES p(id) ON UPDATE CASCADE);",
        p .. "CREATE TABLE t(a REFERENCES p(id) DEFERRABLE INITIALLY " ..
        "DEFERRED);", p .. "CREATE TABLE t(a);" },
      { "CREATE TABLE t(a, b AS (a));", "CREATE TABLE t(a, b AS (a) STORED);",
        "CREATE TABLE t(a, b AS (a + 1));", "CREATE TABLE t(a, b);" },
      { "CREATE TABLE t(a); CREATE TRIGGER r AFTER INSERT ON t " ..
        "BEGIN SELECT 1; END;",
        "CREATE TABLE t(a); CREATE TRIGGER r AFTER INSERT ON t " ..
        "BEGIN SELECT 2; END;",
        "CREATE TABLE t(a); CREATE TRIGGER r BEFORE INSERT ON t " ..
        "BEGIN SELECT 1; END;",
        "CREATE TABLE t(a); CREATE TRIGGER r AFTER UPDATE ON t " ..
        "BEGIN SELECT 1; END;",
        "CREATE TABLE t(a); CREATE TRIGGER r AFTER INSERT ON t " ..
        "WHEN new.a BEGIN SELECT 1; END;" },
      { "CREATE TABLE t(a); CREATE TRIGGER r AFTER UPDATE OF a ON t " ..
        "BEGIN SELECT 1; END;",
        "CREATE TABLE t(a); CREATE TRIGGER r AFTER UPDATE ON t " ..
        "BEGIN SELECT 1; END;" },
      { "CREATE TABLE t(a); CREATE VIEW v AS SELECT a FROM t;",
        "CREATE TABLE t(a); CREATE VIEW v(a) AS SELECT a FROM t;",
        "CREATE TABLE t(a); CREATE VIEW v AS SELECT a, a FROM t;" },
      { "CREATE TABLE t(a, CONSTRAINT c CHECK(a>0));",
        "CREATE TABLE t(a, CONSTRAINT d CHECK(a>0));",
        "CREATE TABLE t(a, CHECK(a>0));", "CREATE TABLE t(a);" },
      { "CREATE VIRTUAL TABLE f USING fts5(a);",
        "CREATE VIRTUAL TABLE f USING fts5(a, prefix='2');",
        "CREATE VIRTUAL TABLE f USING fts5(A);" },
      -- In double quotes and the name of nothing: a string.
      { 'CREATE TABLE t(a); CREATE TABLE o(zz); ' ..
        'CREATE VIEW v AS SELECT "zz" FROM t;',
        'CREATE TABLE t(a); CREATE TABLE o(zz); ' ..
        'CREATE VIEW v AS SELECT "ZZ" FROM t;' },
      { 'CREATE TABLE t(a); CREATE TRIGGER g AFTER INSERT ON t WHEN ' ..
        'new.a > "no" BEGIN SELECT 1; END;',
        'CREATE TABLE t(a); CREATE TRIGGER g AFTER INSERT ON t WHEN ' ..
        'new.a > "No" BEGIN SELECT 1; END;' },
    }, false)
  end)

  it("changes and comes back with the schema", function()
    box:sql "CREATE TABLE t (a)"
    try.works(box, same.LIB .. [[
      local before = conn:schema_fingerprint()
      is(conn:schema_fingerprint(), before)
      conn:execute("CREATE TEMP TABLE x (a)")
      conn:execute("INSERT INTO t VALUES (1)")
      is(conn:schema_fingerprint(), before)
      conn:execute("CREATE INDEX i ON t (a)")
      is(conn:schema_fingerprint() ~= before, true)
      conn:execute("DROP INDEX i")
      is(conn:schema_fingerprint(), before)
    ]])
  end)
end)

describe("conn:schema_dump", function()
  it("gives every object as it is written, in an order that works", function()
    box:sql [[
      CREATE VIEW above AS SELECT z FROM below;
      CREATE TABLE child (a REFERENCES parent, b REFERENCES child);
      CREATE VIEW below AS SELECT a AS z FROM child;
      CREATE INDEX i ON child (a);
      CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT) STRICT
        -- the end
      ;
      CREATE TRIGGER g INSTEAD OF INSERT ON above BEGIN SELECT 1; END;
      CREATE VIEW last AS SELECT 1 -- one
      ;
      CREATE VIRTUAL TABLE f USING fts5(x);
      CREATE TABLE one (a REFERENCES two); CREATE TABLE two (a REFERENCES one);
      INSERT INTO parent VALUES (7); ANALYZE;
    ]]
    box:migration("a", [[
      conn:execute("CREATE TEMP TABLE x (a)")
      for line in conn:schema_dump():gmatch("[^\n]*\n") do
        print("|" .. line:sub(1, -2))
      end
    ]])
    local lines = {}
    for line in box:up():gmatch("\n    |([^\n]*)") do
      lines[#lines + 1] = line
    end
    local dump = table.concat(lines, "\n") .. "\n"
    assert.equal([[
CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT) STRICT
        -- the end
      ;

CREATE TABLE child (a REFERENCES parent, b REFERENCES child);

CREATE INDEX i ON child (a);

CREATE TABLE two (a REFERENCES one);

CREATE TABLE one (a REFERENCES two);

CREATE VIRTUAL TABLE f USING fts5(x);

CREATE VIEW below AS SELECT a AS z FROM child;

CREATE VIEW above AS SELECT z FROM below;

CREATE VIEW last AS SELECT 1 -- one
;

CREATE TRIGGER g INSTEAD OF INSERT ON above BEGIN SELECT 1; END;
]], dump)
    box:sql(dump, "again.db")
    local code, out = box:sh([[
      for db in app again; do
        sqlite3 $db.db "SELECT type, name, sql FROM sqlite_schema WHERE name
          NOT LIKE 'schema\_migrations%' ESCAPE '\' AND name NOT LIKE
          'sqlite\_%' ESCAPE '\' ORDER BY type, name" >$db.txt
      done
      diff app.txt again.txt]])
    assert.equal("", out)
    assert.equal(0, code)
  end)

  it("is empty for an empty schema", function()
    try.works(box, [[assert(conn:schema_dump() == "")]])
  end)
end)
