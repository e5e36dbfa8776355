-- SPDX-License-Identifier: MIT
-- conn:alter: each operation, on tables with rows, the way that it takes, and
-- that the second time there is nothing to do.
local case = require "tests.support.altering".with(it)

local PLAIN = [[
  CREATE TABLE t (
    id INTEGER PRIMARY KEY, -- the key
    a TEXT, -- about a
    b INT DEFAULT 7 /* seven */,
    c -- nothing
  );
  INSERT INTO t VALUES (1, 'x', 1, 1.5), (5, NULL, NULL, x'00'),
    (9, 'y', '2', 'z');
  CREATE INDEX t_a ON t (a);
]]

describe("add_column", function()
  case("appends natively what SQLite appends", {
    before = PLAIN, run = 't:add_column("d", "TEXT NOT NULL DEFAULT \'n\'")',
    want = "native", twice = true,
    gives = { ["SELECT group_concat(d) FROM t"] = "n,n,n" },
    keeps = { "SELECT id, a, b, c, typeof(c) FROM t" },
  })
  case("rebuilds for a default that is no literal", {
    before = PLAIN, run = 't:add_column("d", "INT DEFAULT (1 + 2)")',
    want = "rebuild", twice = true,
    gives = { ["SELECT sum(d) FROM t"] = 9 },
    keeps = { "SELECT id, a, b, c, typeof(b), typeof(c) FROM t" },
  })
  case("puts a column after another, and keeps comments", {
    before = PLAIN, run = 't:add_column("d", "TEXT", {after = "a"})',
    want = "rebuild", twice = true,
    gives = {
      ["SELECT group_concat(name) FROM pragma_table_info('t')"] =
        "id,a,d,b,c",
      ["SELECT sql LIKE '%a TEXT, -- about a%' FROM sqlite_schema " ..
        "WHERE name = 't'"] = 1,
      ["SELECT sql LIKE '%/* seven */%-- nothing%' FROM sqlite_schema " ..
        "WHERE name = 't'"] = 1,
    },
    keeps = { "SELECT id, a, b, c, typeof(b), typeof(c) FROM t" },
  })
  case("puts a column before the first", {
    before = PLAIN, run = 't:add_column("d", "TEXT", {before = "id"})',
    want = "rebuild",
    gives = { ["SELECT name FROM pragma_table_info('t') WHERE cid = 0"] =
      "d" },
    keeps = { "SELECT id, a, b, c FROM t" },
  })
  case("fills from the old row", {
    before = PLAIN,
    run = 't:add_column("d", "TEXT NOT NULL", {fill = "id || \':\' || ' ..
      'coalesce(a, \'-\')"})',
    want = "rebuild", twice = true,
    gives = { ["SELECT group_concat(d) FROM t"] = "1:x,5:-,9:y" },
  })
  case("adds UNIQUE, filled", {
    before = PLAIN,
    run = 't:add_column("d", "INT UNIQUE", {fill = "id * 2"})',
    want = "rebuild",
    gives = { ["SELECT sum(d) FROM t"] = 30 },
  })
  case("adds generated columns", {
    before = PLAIN, run = [[
      t:add_column("d", "TEXT AS (a || 'd') VIRTUAL")
      t:add_column("e", "INT GENERATED ALWAYS AS (id + 1) STORED")]],
    want = "rebuild", twice = true,
    gives = { ["SELECT d || e FROM t WHERE id = 1"] = "xd2" },
  })
  case("adds a generated column natively", {
    before = PLAIN, run = 't:add_column("d", "AS (id + 1)")',
    want = "native", gives = { ["SELECT sum(d) FROM t"] = 18 },
  })
  case("gives a table without a key one, from its rowids", {
    before = "CREATE TABLE t (a); INSERT INTO t (rowid, a) " ..
      "VALUES (3, 'x'), (7, 'y')",
    run = 't:add_column("id", "INTEGER PRIMARY KEY", {before = "a"})',
    want = "rebuild", twice = true,
    gives = { ["SELECT group_concat(id || a) FROM t"] = "3x,7y" },
  })
  case("refuses NOT NULL without a value, also without rows", {
    before = "CREATE TABLE t (a)",
    run = 't:add_column("b", "INT NOT NULL")', want = "rows",
    says = "needs a default, or fill",
  })
  case("refuses NOT NULL DEFAULT NULL", {
    before = "CREATE TABLE t (a)",
    run = 't:add_column("b", "INT DEFAULT NULL NOT NULL")', want = "rows",
  })
  case("refuses the same name with another definition", {
    before = PLAIN, run = 't:add_column("A", "INT")', want = "column",
    says = "another definition",
  })
  case("takes the same definition in other words for done", {
    before = PLAIN,
    run = 't:add_column("B", "int /* x */   default 7")', want = "none",
  })
  case("compares string literals exactly", {
    before = "CREATE TABLE t (a DEFAULT 'X')",
    run = [[t:add_column("a", "DEFAULT 'x'")]], want = "column",
  })
  case("refuses a STRICT default of another type", {
    before = "CREATE TABLE t (a INT) STRICT",
    run = [[t:add_column("b", "INT DEFAULT 'abc'")]], want = "definition",
    says = "STRICT",
  })
  case("adds a STRICT default that fits", {
    before = "CREATE TABLE t (a INT) STRICT; INSERT INTO t VALUES (1)",
    run = [[t:add_column("b", "INT DEFAULT 5")]], want = "native",
    gives = { ["SELECT b FROM t"] = 5 },
  })
  for _, fit in ipairs {
    { "INTEGER DEFAULT (-7)", "rebuild", "integer -7" },
    { "INTEGER DEFAULT -7", "native", "integer -7" },
    { "TEXT DEFAULT 'x'", "native", "text x" },
    { "TEXT DEFAULT -'5'", "rebuild", "text -5" },
    { "REAL DEFAULT 1", "native", "real 1.0" },
    { "REAL DEFAULT 0x10", "rebuild", "real 16.0" },
    { "INT DEFAULT 1.0", "rebuild", "integer 1" },
    { "INT DEFAULT '5'", "rebuild", "integer 5" },
    { "ANY DEFAULT 1.0", "rebuild", "real 1.0" },
  } do
    case("takes the STRICT default of " .. fit[1] .. " as INSERT does", {
      before = "CREATE TABLE t (a INT) STRICT; INSERT INTO t VALUES (1)",
      run = ("t:add_column('b', %q)"):format(fit[1]), want = fit[2],
      tail = 'conn:execute("INSERT INTO t (a) VALUES (2)")',
      gives = { ["SELECT group_concat(typeof(b) || ' ' || b, '|') FROM t"] =
        fit[3] .. "|" .. fit[3] },
    })
  end
  case("refuses rows that fail its CHECK, natively", {
    before = PLAIN, run = 't:add_column("d", "INT DEFAULT 0 CHECK (d > 0)")',
    want = "rows",
  })
  case("refuses a parent that the default does not point to", {
    before = "CREATE TABLE p (id INTEGER PRIMARY KEY);" .. PLAIN,
    run = 't:add_column("d", "INT DEFAULT 5 REFERENCES p")',
    want = "foreign_key",
  })
  case("refuses a parent that is not there", {
    before = PLAIN, run = 't:add_column("d", "INT REFERENCES nowhere")',
    want = "foreign_key",
  })
  for _, bad in ipairs { "INT, e INT", "INT) --", "INT; DROP TABLE t",
      "INT CHECK (", "INT /* open", "TEXT DEFAULT 'open", "NOT", "INT ?1",
      "INT CHECK (nope > 1)", 'INT CHECK ("nope" > 1)', "AS (nope)" } do
    case("refuses the definition " .. bad, {
      before = PLAIN, run = ("t:add_column('d', %q)"):format(bad),
      want = "definition",
    })
  end
  case("refuses a place that is not there", {
    before = PLAIN, run = 't:add_column("d", "INT", {after = "nope"})',
    want = "column", says = "there is no column nope",
  })
end)

describe("drop_column", function()
  case("is native where nothing hangs on it", {
    before = "CREATE TABLE t (a, b, c); INSERT INTO t VALUES (1, 2, 3)",
    run = 't:drop_column("B")', want = "native", twice = true,
    keeps = { "SELECT a, c FROM t" },
  })
  case("keeps the comment of the column before", {
    before = "CREATE TABLE t (a, -- about a\n b -- about b\n);" ..
      "INSERT INTO t VALUES (1, 2)",
    run = 't:drop_column("b")', want = "rebuild",
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 't'"] =
      "CREATE TABLE t (a -- about a\n)" },
  })
  case("takes its own constraints along", {
    before = "CREATE TABLE p (x PRIMARY KEY); CREATE TABLE t (a, " ..
      "b INT NOT NULL UNIQUE CHECK (b > 0) REFERENCES p DEFAULT 1, c);" ..
      "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 1, 3)",
    run = 't:drop_column("b")', want = "rebuild", twice = true,
    keeps = { "SELECT a, c FROM t" },
  })
  case("drops the key, and rowids stay", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a); " ..
      "INSERT INTO t VALUES (4, 'x'), (8, 'y')",
    run = 't:drop_column("id")', want = "rebuild",
    gives = { ["SELECT group_concat(rowid) FROM t"] = "4,8" },
  })
  case("refuses the only column", {
    before = "CREATE TABLE t (a)", run = 't:drop_column("a")',
    want = "definition",
  })
  case("names all that uses it", {
    before = [[
      CREATE TABLE log (x);
      CREATE TABLE t (a, b, d, c AS (b + 1), CHECK (b > 0),
        UNIQUE (a, b), UNIQUE (b));
      CREATE INDEX t_b ON t (a) WHERE b > 1;
      CREATE VIEW v AS SELECT b FROM t;
      CREATE TRIGGER g AFTER INSERT ON log BEGIN
        UPDATE t SET b = 1; END;
      CREATE TABLE u (x REFERENCES t (b));
    ]],
    run = 't:drop_column("b")', want = "dependents",
    says = { "index t_b", "view v", "trigger g on log", "CHECK (b > 0)",
      "UNIQUE (a, b)", "b + 1" },
  })
  for _, kind in ipairs { "indexes", "triggers", "views", "constraints" } do
    local objects = {
      indexes = "CREATE INDEX t_b ON t (lower(b))",
      triggers = "CREATE TRIGGER g AFTER UPDATE OF b ON t BEGIN " ..
        "SELECT 1; END",
      views = "CREATE VIEW v AS SELECT \"b\" FROM t",
      constraints = "SELECT 1",
    }
    local before = "CREATE TABLE t (a, b" ..
      (kind == "constraints" and ", CHECK (b <> a)" or "") ..
      "); INSERT INTO t VALUES (1, 2);" .. objects[kind]
    case("refuses what uses it: " .. kind, {
      before = before, run = 't:drop_column("b")', want = "dependents",
    })
    case("drops " .. kind .. " where cascade lists them", {
      before = before,
      run = ('t:drop_column("b", {cascade = {%q}})'):format(kind),
      want = kind == "constraints" and "rebuild" or "native", twice = true,
      gives = { ["SELECT count(*) FROM sqlite_schema WHERE name IN " ..
        "('t_b', 'g', 'v') OR sql LIKE '%CHECK (%'"] = 0 },
      keeps = { "SELECT a FROM t" },
    })
  end
  case("drops no other kind than those listed", {
    before = "CREATE TABLE t (a, b); CREATE INDEX t_b ON t (b);" ..
      "CREATE VIEW v AS SELECT b FROM t;",
    run = 't:drop_column("b", {cascade = {"indexes"}})',
    want = "dependents", says = "view v",
  })
  case("leaves SELECT * alone", {
    before = "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT * FROM t;" ..
      "INSERT INTO t VALUES (1, 2)",
    run = 't:drop_column("b")', want = "native",
    gives = { ["SELECT count(*) FROM pragma_table_info('v')"] = 1 },
  })
  case("refuses what counts columns: a view's list", {
    before = "CREATE TABLE t (a, b); " ..
      "CREATE VIEW v (x, y) AS SELECT * FROM t;",
    run = 't:drop_column("b")', want = "dependents", says = "view v",
  })
  case("refuses what counts columns: INSERT of another table's trigger", {
    before = "CREATE TABLE t (a, b); CREATE TABLE u (x); " ..
      "CREATE TRIGGER g AFTER INSERT ON u BEGIN " ..
      "INSERT INTO t VALUES (new.x, 1); END",
    run = 't:drop_column("b")', want = "dependents", says = "trigger g",
  })
  case("refuses where a name in double quotes would become a string", {
    before = "CREATE TABLE t (a, b); CREATE VIEW v AS " ..
      "SELECT \"a\", \"b\", \"text\" FROM t; INSERT INTO t VALUES (1, 2)",
    run = 't:drop_column("b")', want = "dependents",
  })
  case("refuses for an index on the name in double quotes", {
    before = "CREATE TABLE t (a, b); CREATE INDEX i ON t (a, \"b\")",
    run = 't:drop_column("b")', want = "dependents", says = "index i",
  })
end)

describe("set_type", function()
  case("is edited where the affinity is the same", {
    before = PLAIN, run = 't:set_type("a", "VARCHAR(20)")',
    want = "edit", twice = true,
    gives = { ["SELECT type FROM pragma_table_info('t') WHERE " ..
      "name = 'a'"] = "VARCHAR(20)" },
    keeps = { "SELECT id, a, b, c FROM t" },
  })
  case("converts what affinity converts, and nothing else", {
    before = "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('12'), " ..
      "('1.5'), ('12x'), (NULL), (x'31'), (' 7 ')",
    run = 't:set_type("a", "INTEGER")', want = "rebuild", twice = true,
    gives = { ["SELECT group_concat(coalesce(quote(a), 'N'), '|') FROM t"] =
      "12|1.5|'12x'|NULL|X'31'|7" },
  })
  case("uses an expression over the old row", {
    before = PLAIN,
    run = 't:set_type("b", "TEXT", {using = "a || \'-\' || b"})',
    want = "rebuild",
    gives = { ["SELECT b FROM t WHERE id = 9"] = "y-2" },
  })
  case("acts with using though the type is the same", {
    before = PLAIN, run = 't:set_type("b", "INT", {using = "id"})',
    want = "rebuild", gives = { ["SELECT sum(b) FROM t"] = 15 },
  })
  case("takes a type away and gives one", {
    before = PLAIN, run = 't:set_type("a", "") t:set_type("c", "REAL")',
    want = "rebuild", twice = true,
    gives = { ["SELECT group_concat(type) FROM pragma_table_info('t')"] =
      "INTEGER,,INT,REAL" },
  })
  case("makes a key the rowid, and refuses what cannot be one", {
    before = "CREATE TABLE t (a TEXT PRIMARY KEY); " ..
      "INSERT INTO t VALUES ('x'), (NULL)",
    run = 't:set_type("a", "INTEGER")', want = "rows",
  })
  for _, bad in ipairs { "INT NOT NULL", "INT, x INT", "(", "INT) --",
      "PRIMARY KEY", "INT DEFAULT 5" } do
    case("refuses the type " .. bad, {
      before = PLAIN, run = ('t:set_type("a", %q)'):format(bad),
      want = "definition",
    })
  end
  case("refuses using that names an absent column", {
    before = PLAIN, run = 't:set_type("a", "INT", {using = "nope + 1"})',
    want = "definition", says = "nope",
  })
  case("refuses using with an absent column in double quotes", {
    before = PLAIN, run = [[t:set_type("a", "INT", {using = '"nope"'})]],
    want = "definition", says = "nope",
  })
end)

describe("set_not_null", function()
  case("is edited, and refuses NULL", {
    before = PLAIN, run = 't:set_not_null("a", true)', want = "rows",
    says = { "NULL in a", "rowid 5" },
  })
  case("is edited where there is no NULL", {
    before = PLAIN .. "DELETE FROM t WHERE id = 5;",
    run = 't:set_not_null("a", true)', want = "edit", twice = true,
    gives = { ["SELECT \"notnull\" FROM pragma_table_info('t') WHERE " ..
      "name = 'a'"] = 1 },
    keeps = { "SELECT rowid, * FROM t" },
  })
  case("fills", {
    before = PLAIN, run = 't:set_not_null("b", true, {fill = "id * 10"})',
    want = "rebuild", twice = true,
    gives = { ["SELECT group_concat(b) FROM t"] = "1,50,2" },
    keeps = { "SELECT id, a, c FROM t" },
  })
  case("refuses a fill that is NULL", {
    before = PLAIN, run = 't:set_not_null("b", true, {fill = "NULL"})',
    want = "rows", says = "rowid 5",
  })
  case("goes, with its name and conflict clause", {
    before = "CREATE TABLE t (a TEXT CONSTRAINT nn NOT NULL ON CONFLICT " ..
      "IGNORE DEFAULT 'x'); INSERT INTO t VALUES ('y')",
    run = 't:set_not_null("a", false)', want = "edit", twice = true,
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 't'"] =
      "CREATE TABLE t (a TEXT DEFAULT 'x')" },
  })
end)

describe("set_default", function()
  case("does not touch rows that have the old one", {
    before = "CREATE TABLE t (a); INSERT INTO t VALUES (1);" ..
      "ALTER TABLE t ADD COLUMN b INT DEFAULT 5; INSERT INTO t VALUES (2, 6)",
    run = 't:set_default("b", "7")', want = "rebuild", twice = true,
    gives = { ["SELECT group_concat(b) FROM t"] = "5,6" },
  })
  case("goes", {
    before = PLAIN, run = 't:set_default("b", nil)', want = "rebuild",
    twice = true,
    gives = { ["SELECT dflt_value FROM pragma_table_info('t') WHERE " ..
      "name = 'b'"] = "NULL" },
  })
  for given, stored in pairs { ["1 + 2"] = "(1 + 2)", ["'it''s'"] = "'it''s'",
      ["-5"] = "-5", ["CURRENT_TIMESTAMP"] = "CURRENT_TIMESTAMP",
      ["(random())"] = "(random())", ["lower('X')"] = "(lower('X'))",
      ["NULL"] = "NULL" } do
    case("writes " .. given, {
      before = PLAIN, run = ('t:set_default("c", %q)'):format(given),
      want = "rebuild", twice = true,
      gives = { ["SELECT instr(sql, 'c DEFAULT " ..
        stored:gsub("'", "''") .. "') > 0 FROM sqlite_schema WHERE " ..
        "name = 't'"] = 1 },
    })
  end
  case("refuses a default that names a column", {
    before = PLAIN, run = 't:set_default("c", "a || 1")',
    want = "definition",
  })
end)

describe("set_collate", function()
  case("changes, with its index", {
    before = PLAIN, run = 't:set_collate("a", "NOCASE")', want = "rebuild",
    twice = true,
    gives = { ["SELECT id FROM t WHERE a = 'X'"] = 1 },
  })
  case("refuses duplicates that it makes", {
    before = "CREATE TABLE t (a TEXT UNIQUE); " ..
      "INSERT INTO t VALUES ('x'), ('X')",
    run = 't:set_collate("a", "NOCASE")', want = "rows", says = "rowid 2",
  })
  case("refuses a collation that is not there", {
    before = PLAIN, run = 't:set_collate("a", "nope")',
    want = "definition", says = "nope",
  })
end)

describe("checks", function()
  case("are added by an edit", {
    before = PLAIN, run = 't:add_check("id > 0", {name = "positive"})',
    want = "edit", twice = true,
    gives = { ["SELECT sql LIKE '%CONSTRAINT positive CHECK (id > 0)%' " ..
      "FROM sqlite_schema WHERE name = 't'"] = 1 },
    keeps = { "SELECT rowid, * FROM t" },
  })
  case("refuse rows that fail", {
    before = PLAIN, run = 't:add_check("id < 9")', want = "rows",
    says = { "CHECK (id < 9)", "rowid 9" },
  })
  case("refuse an absent column", {
    before = PLAIN, run = 't:add_check("nope > 1")', want = "definition",
    says = "nope",
  })
  case("refuse an absent column in double quotes", {
    before = PLAIN, run = [[t:add_check('"nope" <> 1')]],
    want = "definition", says = "nope",
  })
  case("refuse a subquery", {
    before = PLAIN, run = 't:add_check("id IN (SELECT 1)")',
    want = "definition", says = "subqueries",
  })
  case("are found in other words", {
    before = "CREATE TABLE t (a CHECK ( a<>'X' ))",
    run = [[t:add_check("(A <> 'X')")]], want = "none",
  })
  case("refuse a name that is taken", {
    before = "CREATE TABLE t (a, CONSTRAINT k CHECK (a > 0))",
    run = 't:add_check("a > 1", {name = "K"})', want = "definition",
    says = "another definition",
  })
  case("go by name, and by expression", {
    before = "CREATE TABLE t (a CONSTRAINT one CHECK (a > 0), b, " ..
      "CHECK(b<>'x'), CONSTRAINT three CHECK (a <> b)); " ..
      "INSERT INTO t VALUES (1, 2)",
    run = [[t:drop_check{name = "ONE"} t:drop_check{expr = "b <> 'x'"}]],
    want = "edit", twice = true,
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 't'"] =
      "CREATE TABLE t (a, b, CONSTRAINT three CHECK (a <> b))" },
  })
  case("that name their own table stay as they are", {
    before = "CREATE TABLE t (a, b, CHECK (t.a < t.b)); " ..
      "INSERT INTO t VALUES (1, 2)",
    run = 't:set_default("a", "5")', want = "rebuild",
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 't'"] =
      "CREATE TABLE t (a DEFAULT 5, b, CHECK (t.a < t.b))" },
  })
end)

describe("unique constraints", function()
  case("are added", {
    before = PLAIN, run = 't:add_unique{"a", "b", name = "uq"}',
    want = "rebuild", twice = true,
    gives = { ["SELECT count(*) FROM pragma_index_list('t') WHERE " ..
      "origin = 'u'"] = 1 },
    keeps = { "SELECT rowid, * FROM t" },
  })
  case("refuse duplicates, and say which", {
    before = "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (1), (2)",
    run = 't:add_unique{"a"}', want = "rows", says = "rowid 3, 4",
  })
  case("go, one of three", {
    before = "CREATE TABLE t (a UNIQUE, b, c, UNIQUE (b), " ..
      "UNIQUE (b, c) ON CONFLICT REPLACE); INSERT INTO t VALUES (1, 2, 3)",
    run = 't:drop_unique{"b"}', want = "rebuild", twice = true,
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 't'"] =
      "CREATE TABLE t (a UNIQUE, b, c, UNIQUE (b, c) ON CONFLICT REPLACE)" },
  })
  case("stay where another table refers to them", {
    before = "CREATE TABLE t (a UNIQUE, b); " ..
      "CREATE TABLE u (x REFERENCES t (a))",
    run = 't:drop_unique{"a"}', want = "foreign_key",
  })
end)

describe("foreign keys", function()
  local TWO = "CREATE TABLE p (id INTEGER PRIMARY KEY, x UNIQUE); " ..
    "CREATE TABLE t (a INT, b); INSERT INTO p VALUES (1, 'x'); " ..
    "INSERT INTO t VALUES (1, 'x');"
  case("are added by an edit", {
    before = TWO, run = [[t:add_foreign_key({"a"}, "p", {"id"},
      {on_delete = "cascade", deferrable = "INITIALLY DEFERRED"})]],
    want = "edit", twice = true,
    gives = { ["SELECT on_delete FROM pragma_foreign_key_list('t')"] =
      "CASCADE" },
  })
  case("refuse rows that point nowhere", {
    before = TWO .. "INSERT INTO t VALUES (2, 'y')",
    run = 't:add_foreign_key({"a"}, "p", {"id"})', want = "foreign_key",
    says = { "rowid 2", "no row of p" },
  })
  case("refuse a target that is no key", {
    before = TWO .. "CREATE TABLE q (z)",
    run = 't:add_foreign_key({"a"}, "q", {"z"})', want = "foreign_key",
    says = "mismatch",
  })
  case("refuse a table that is not there", {
    before = TWO, run = 't:add_foreign_key({"a"}, "nope", {"z"})',
    want = "foreign_key", says = "nope",
  })
  case("refuse to be there twice with other actions", {
    before = TWO .. "CREATE TABLE s (a REFERENCES p (id))", table = "s",
    run = 't:add_foreign_key({"a"}, "p", {"id"}, {on_delete = "CASCADE"})',
    want = "definition", says = "drop_foreign_key",
  })
  case("change their action", {
    before = TWO .. "CREATE TABLE s (a REFERENCES p (id) DEFERRABLE " ..
      "INITIALLY DEFERRED, b)", table = "s",
    run = [[t:drop_foreign_key{"a"}
      t:add_foreign_key({"a"}, "p", {"id"}, {on_delete = "CASCADE"})]],
    want = "edit",
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 's'"] =
      "CREATE TABLE s (a, b, FOREIGN KEY (a) REFERENCES p (id) " ..
      "ON DELETE CASCADE)" },
  })
end)

describe("keys and options", function()
  case("another primary key", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, " ..
      "a TEXT NOT NULL); INSERT INTO t VALUES (5, 'x'), (9, 'y')",
    run = 't:set_primary_key{"a"}', want = "rebuild", twice = true,
    keeps = { "SELECT rowid, id, a FROM t" },
  })
  case("a column becomes the rowid", {
    before = "CREATE TABLE t (a INTEGER, b); " ..
      "INSERT INTO t VALUES (30, 'x'), (20, 'y')",
    run = 't:set_primary_key{"a"}', want = "rebuild",
    gives = { ["SELECT group_concat(rowid || b) FROM t"] = "20y,30x" },
  })
  case("no number is made up for a NULL that becomes the rowid", {
    before = "CREATE TABLE t (a INTEGER, b); " ..
      "INSERT INTO t VALUES (30, 'x'), (NULL, 'y')",
    run = 't:set_primary_key{"a"}', want = "rows", says = "NULL in a",
  })
  case("refuses another key where references mean the one that is", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE); " ..
      "CREATE TABLE u (x REFERENCES t)",
    run = 't:set_primary_key{"a"}', want = "dependents", says = "u",
  })
  case("AUTOINCREMENT comes and goes", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a); " ..
      "INSERT INTO t VALUES (5, 'x')",
    run = "t:set_autoincrement(true)", want = "rebuild", twice = true,
    gives = { ["SELECT seq FROM sqlite_sequence WHERE name = 't'"] = 5 },
  })
  case("AUTOINCREMENT goes", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); " ..
      "INSERT INTO t VALUES (5)",
    run = "t:set_autoincrement(false)", want = "rebuild", twice = true,
    gives = { ["SELECT count(*) FROM sqlite_sequence WHERE name = 't'"] = 0 },
  })
  case("AUTOINCREMENT needs a key", {
    before = "CREATE TABLE t (a)", run = "t:set_autoincrement(true)",
    want = "definition",
  })
  case("AUTOINCREMENT at the table's constraint", {
    before = "CREATE TABLE t (id INTEGER, PRIMARY KEY (id)); " ..
      "INSERT INTO t VALUES (5)",
    run = "t:set_autoincrement(true)", want = "rebuild", twice = true,
    gives = { ["SELECT seq FROM sqlite_sequence WHERE name = 't'"] = 5 },
  })
  case("STRICT comes", {
    before = "CREATE TABLE t (a INT, b TEXT); INSERT INTO t VALUES (1, 'x')",
    run = "t:set_strict(true)", want = "rebuild", twice = true,
    gives = { ["SELECT strict FROM pragma_table_list('t')"] = 1 },
  })
  case("STRICT refuses rows, and says which", {
    before = "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), ('x'), (2)",
    run = "t:set_strict(true)", want = "rows", says = "rowid 2",
  })
  case("STRICT refuses a type that it does not know", {
    before = "CREATE TABLE t (a VARCHAR(5))", run = "t:set_strict(true)",
    want = "definition",
  })
  case("STRICT goes, but not where ANY would convert", {
    before = "CREATE TABLE t (a ANY) STRICT; INSERT INTO t VALUES ('012')",
    run = "t:set_strict(false)", want = "rows", says = "ANY",
  })
  case("STRICT goes", {
    before = "CREATE TABLE t (a INT PRIMARY KEY) STRICT, WITHOUT ROWID; " ..
      "INSERT INTO t VALUES (1)",
    run = "t:set_strict(false)", want = "rebuild", twice = true,
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 't'"] =
      "CREATE TABLE t (a INT PRIMARY KEY) WITHOUT ROWID" },
  })
  case("WITHOUT ROWID comes", {
    before = "CREATE TABLE t (a TEXT PRIMARY KEY, b INT) STRICT; " ..
      "INSERT INTO t VALUES ('x', 1), ('a', 2)",
    run = "t:set_without_rowid(true)", want = "rebuild", twice = true,
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 't'"] =
      "CREATE TABLE t (a TEXT PRIMARY KEY, b INT) STRICT, WITHOUT ROWID" },
    keeps = { "SELECT a, b FROM t ORDER BY a" },
  })
  case("WITHOUT ROWID comes and needs a key", {
    before = "CREATE TABLE t (a)", run = "t:set_without_rowid(true)",
    want = "definition", says = "PRIMARY KEY",
  })
  case("WITHOUT ROWID refuses a NULL in the key", {
    before = "CREATE TABLE t (a TEXT PRIMARY KEY, b); " ..
      "INSERT INTO t VALUES ('x', 1), (NULL, 2)",
    run = "t:set_without_rowid(true)", want = "rows", says = "rowid 2",
  })
  case("WITHOUT ROWID goes", {
    before = "CREATE TABLE t (a TEXT PRIMARY KEY, b) WITHOUT ROWID; " ..
      "INSERT INTO t VALUES ('x', 1), ('a', 2)",
    run = "t:set_without_rowid(false)", want = "rebuild", twice = true,
    keeps = { "SELECT a, b FROM t ORDER BY a" },
  })
end)

describe("reorder and rebuild", function()
  case("columns that are not named follow", {
    before = PLAIN, run = 't:reorder{"c", "a"}', want = "rebuild",
    twice = true,
    gives = { ["SELECT group_concat(name) FROM pragma_table_info('t')"] =
      "c,a,id,b" },
    keeps = { "SELECT rowid, id, a, b, c FROM t" },
  })
  case("comments move with their columns", {
    before = "CREATE TABLE t (\n  a, -- about a\n  b -- about b\n);" ..
      "INSERT INTO t VALUES (1, 2)",
    run = 't:reorder{"b", "a"}', want = "rebuild",
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 't'"] =
      "CREATE TABLE t (\n  b, -- about b\n  a -- about a\n)" },
  })
  case("a trigger that counts columns stops it", {
    before = "CREATE TABLE t (a, b); CREATE TABLE u (x); " ..
      "CREATE TRIGGER g AFTER INSERT ON u BEGIN " ..
      "INSERT INTO t VALUES (new.x, 1); END",
    run = 't:reorder{"b", "a"}', want = "dependents",
    says = { "trigger g", "change places" },
  })
  case("a view with a list of columns over SELECT * stops it", {
    before = "CREATE TABLE t (a, b); " ..
      "CREATE VIEW v (x, y) AS SELECT * FROM t",
    run = 't:reorder{"b", "a"}', want = "dependents",
  })
  case("a rebuild changes nothing, not even spacing", {
    before = PLAIN, run = "t:rebuild()", want = "rebuild",
    keeps = { "SELECT rowid, * FROM t",
      "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = 't' " ..
      "ORDER BY type, name" },
  })
end)

describe("define", function()
  case("gives all columns anew, and keeps what is called as before", {
    before = PLAIN .. "CREATE VIEW v AS SELECT a FROM t;",
    run = [[t:define("b TEXT, id INTEGER PRIMARY KEY, a TEXT, d INT",
      {fill = {d = "id * 2"}, lose = {"c"}})]],
    want = "rebuild", twice = true,
    gives = {
      ["SELECT group_concat(d) FROM t"] = "2,10,18",
      ["SELECT typeof(b) FROM t WHERE id = 1"] = "text",
    },
    keeps = { "SELECT id, a FROM t", "SELECT * FROM v",
      "SELECT sql FROM sqlite_schema WHERE name = 't_a'" },
  })
  case("loses no column that is not named", {
    before = PLAIN, run = 't:define("id INTEGER PRIMARY KEY")',
    want = "column", says = "a would be lost",
  })
  case("loses no column that is used", {
    before = PLAIN, run = 't:define("id INTEGER PRIMARY KEY, b, c", ' ..
      "{lose = true})",
    want = "dependents", says = "index t_a",
  })
  case("refuses rows that do not fit", {
    before = PLAIN,
    run = 't:define("id INTEGER PRIMARY KEY, a TEXT NOT NULL, b, c")',
    want = "rows", says = "rowid 5",
  })
  case("refuses a new NOT NULL without a value, also without rows", {
    before = "CREATE TABLE t (a)", run = 't:define("a, b INT NOT NULL")',
    want = "rows",
  })
  case("keeps the options", {
    before = "CREATE TABLE t (a INT PRIMARY KEY) STRICT, WITHOUT ROWID",
    run = 't:define("a TEXT PRIMARY KEY -- the key")', want = "rebuild",
    twice = true,
    gives = { ["SELECT wr + strict FROM pragma_table_list('t')"] = 2 },
  })
  case("refuses to fill what is not there", {
    before = PLAIN, run = 't:define("id INTEGER PRIMARY KEY, a, b, c", ' ..
      '{fill = {nope = "1"}})',
    want = "column", says = "nope",
  })
  for _, bad in ipairs { "", "a INT) STRICT --", "a,, b", "a INT; b" } do
    case("refuses the body " .. bad, {
      before = PLAIN, run = ("t:define(%q, {lose = true})"):format(bad),
      want = "definition",
    })
  end
end)
