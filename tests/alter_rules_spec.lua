-- SPDX-License-Identifier: MIT
-- conn:alter: nothing that an operation does not name is lost or changed.
local case = require "tests.support.altering".with(it)

-- A table with everything that can hang on one.
local FULL = [[
  CREATE TABLE p (id INTEGER PRIMARY KEY, x TEXT UNIQUE);
  CREATE TABLE log (n INTEGER PRIMARY KEY, what TEXT);
  CREATE TABLE t (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    parent INT REFERENCES p (id) ON DELETE SET NULL,
    up INT REFERENCES t ON DELETE CASCADE,
    name TEXT NOT NULL ON CONFLICT IGNORE COLLATE NOCASE,
    "odd "" name" REAL DEFAULT (1.5),
    v AS (name || '!') VIRTUAL, -- shouted
    UNIQUE (name, parent) ON CONFLICT REPLACE,
    CONSTRAINT long CHECK (length(name) > 0)
  );
  CREATE TABLE c (t INT REFERENCES t ON DELETE CASCADE,
    u INT DEFAULT 0 REFERENCES t (id) ON UPDATE CASCADE
      ON DELETE SET DEFAULT);
  INSERT INTO p VALUES (1, 'one'), (2, 'two');
  INSERT INTO t VALUES (3, 1, NULL, 'Ada', 2.5), (10, 2, 3, 'Bob', NULL),
    (11, NULL, 10, 'Cy', 'text');
  DELETE FROM t WHERE id = 11;
  INSERT INTO c VALUES (3, 3), (10, 10);
  CREATE INDEX t_name ON t (name DESC, "odd "" name") WHERE parent > 0;
  CREATE UNIQUE INDEX t_expr ON t (lower(name), id);
  CREATE VIEW w AS SELECT id, name FROM t WHERE parent IS NOT NULL;
  CREATE VIEW x AS SELECT * FROM w;
  CREATE TRIGGER g1 AFTER UPDATE OF name ON t BEGIN
    INSERT INTO log (what) VALUES (old.name || new.name); END;
  CREATE TRIGGER g2 BEFORE DELETE ON t WHEN old.id > 1000 BEGIN
    SELECT RAISE(ABORT, 'never'); END;
  CREATE TRIGGER g3 AFTER INSERT ON log BEGIN
    UPDATE t SET name = name WHERE id = -1; END;
  CREATE TRIGGER g4 INSTEAD OF INSERT ON w BEGIN
    INSERT INTO t (name) VALUES (new.name); END;
  ANALYZE;
]]

local KEEPS = {
  "SELECT rowid, id, parent, up, name, \"odd \"\" name\", " ..
    "typeof(\"odd \"\" name\"), v FROM t",
  "SELECT rowid, * FROM c", "SELECT * FROM log", "SELECT * FROM x",
  "SELECT * FROM sqlite_sequence WHERE name = 't'",
  "SELECT tbl, idx, stat FROM sqlite_stat1 WHERE tbl <> 'schema_migrations'" ..
    " AND tbl <> 'schema_migrations_history' ORDER BY tbl, idx",
  "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name IN " ..
    "('t', 'c', 'p', 'w', 'x', 'log') AND name <> 't' ORDER BY type, name",
}

describe("rule 1: what is not named stays", function()
  for name, run in pairs {
    ["a rebuild"] = "t:rebuild()",
    ["a default"] = 't:set_default("name", "\'x\'")',
    ["NOT NULL"] = 't:set_not_null("id", true)',
    ["a check"] = 't:add_check("id > 0")',
    ["a column at the end"] = 't:add_column("z", "INT DEFAULT 1")',
    ["a column in the middle"] = 't:add_column("z", "INT", {after = "id"})',
    ["another order"] = 't:reorder{"name"}',
    ["a foreign key less"] = 't:drop_foreign_key{"parent"}',
    ["a check less"] = 't:drop_check{name = "long"}',
  } do
    for _, on in ipairs { "true", "false" } do
      case(name .. ", foreign keys " .. on, {
        before = FULL, run = run, globals = "FOREIGN_KEYS = " .. on,
        want = ({ ["NOT NULL"] = "edit", ["a check"] = "edit",
          ["a foreign key less"] = "edit", ["a check less"] = "edit",
          ["a column at the end"] = "native" })[name] or "rebuild",
        keeps = KEEPS,
        twice = run ~= "t:rebuild()",
      })
    end
  end

  case("the text of the table, byte for byte, but for what is named", {
    before = FULL, run = 't:drop_check{name = "long"}', want = "edit",
    gives = { [ [[SELECT sql LIKE '%"odd "" name" REAL DEFAULT (1.5),
    v AS (name || ''!'') VIRTUAL, -- shouted
    UNIQUE (name, parent) ON CONFLICT REPLACE
  )' FROM sqlite_schema WHERE name = 't']] ] = 1 },
  })
  case("rowids of a table without a key", {
    before = "CREATE TABLE t (a, rowid); INSERT INTO t (_rowid_, a) " ..
      "VALUES (7, 'x'), (3, 'y')",
    run = "t:rebuild()", want = "rebuild", keeps = { "SELECT oid, * FROM t" },
  })
  case("a high-water mark set by hand", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); " ..
      "INSERT INTO t VALUES (5); UPDATE sqlite_sequence SET seq = 3 " ..
      "WHERE name = 't'",
    run = "t:rebuild()", want = "rebuild",
    keeps = { "SELECT * FROM sqlite_sequence WHERE name = 't'" },
  })
  case("the high-water mark of an empty table", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); " ..
      "INSERT INTO t VALUES (50); DELETE FROM t",
    run = "t:rebuild()", want = "rebuild",
    keeps = { "SELECT * FROM sqlite_sequence WHERE name = 't'" },
  })
  case("that there is no high-water mark", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
    run = "t:rebuild()", want = "rebuild",
    gives = { ["SELECT count(*) FROM sqlite_sequence WHERE name = 't'"] = 0 },
  })
  case("statistics of the indexes that stay, when one goes", {
    before = "CREATE TABLE t (a UNIQUE, b UNIQUE, c UNIQUE); " ..
      "INSERT INTO t VALUES (1, 2, 3), (2, 3, 4); ANALYZE; " ..
      "UPDATE sqlite_stat1 SET stat = '9 1' WHERE idx LIKE '%_3'",
    run = 't:drop_unique{"a"}', want = "rebuild",
    gives = { ["SELECT group_concat(idx || ':' || stat) FROM (SELECT * " ..
      "FROM sqlite_stat1 WHERE tbl = 't' ORDER BY idx)"] =
      "sqlite_autoindex_t_1:2 1,sqlite_autoindex_t_2:9 1" },
  })
  case("statistics under a new name", {
    before = "CREATE TABLE t (a UNIQUE, b); CREATE INDEX i ON t (b); " ..
      "INSERT INTO t VALUES (1, 2); ANALYZE",
    run = 't:rename_to("New Name")', want = "native",
    gives = { ["SELECT group_concat(tbl || ':' || idx) FROM (SELECT * FROM " ..
      "sqlite_stat1 WHERE tbl LIKE 'new%' ORDER BY idx)"] =
      "New Name:i,New Name:sqlite_autoindex_New Name_1" },
  })
  case("temporary triggers, and temporary views", {
    before = "CREATE TABLE t (a); INSERT INTO t VALUES (1)",
    lead = [[
      conn:execute("CREATE TEMP TABLE seen (x)")
      conn:execute("CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN " ..
        "INSERT INTO seen VALUES (new.a); END")
      conn:execute("CREATE TEMP VIEW v AS SELECT a FROM main.t")]],
    run = "t:rebuild()", want = "rebuild",
    tail = [[conn:execute("INSERT INTO t VALUES (2)")
      assert(conn:execute("SELECT x FROM seen"):fetchone()[1] == 2)
      assert(#conn:execute("SELECT * FROM v"):fetchall() == 2)
      assert(conn:execute("SELECT sql FROM temp.sqlite_schema " ..
        "WHERE name = 'g'"):fetchone()[1]:find("^CREATE TRIGGER g AFTER"))]],
  })
  case("a temporary table is altered before one of main", {
    before = "CREATE TABLE t (a)",
    lead = [[conn:execute("CREATE TEMP TABLE t (x INT, y UNIQUE)")
      conn:execute("INSERT INTO temp.t VALUES (1, 2)")
      conn:execute("CREATE INDEX temp.i ON t (x)")]],
    run = 't:set_default("x", "5") t:add_check("x > 0")', want = "rebuild",
    tail = [[conn:execute("INSERT INTO t (y) VALUES (3)")
      assert(conn:execute("SELECT sum(x) FROM temp.t"):fetchone()[1] == 6)
      assert(conn:execute("SELECT count(*) FROM temp.sqlite_schema " ..
        "WHERE name = 'i'"):fetchone()[1] == 1)]],
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 't'"] =
      "CREATE TABLE t (a)" },
  })
  case("and one of main where that is said", {
    before = "CREATE TABLE t (a)", options = '{schema = "main"}',
    lead = [[conn:execute("CREATE TEMP TABLE t (x INT)")
      conn:execute("CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN " ..
        "SELECT 1; END")]],
    run = 't:set_default("a", "5")', want = "rebuild",
    tail = [[assert(conn:execute("SELECT count(*) FROM temp.sqlite_schema " ..
      "WHERE tbl_name = 't'"):fetchone()[1] == 2)]],
  })
  case("WITHOUT ROWID and STRICT", {
    before = "CREATE TABLE t (a INT, b TEXT, PRIMARY KEY (b DESC, a)) " ..
      "STRICT, WITHOUT ROWID; INSERT INTO t VALUES (1, 'x'), (2, 'y'); " ..
      "CREATE INDEX i ON t (a)",
    run = 't:set_default("a", "5")', want = "rebuild",
    keeps = { "SELECT * FROM t", "SELECT seqno, name, \"desc\" FROM " ..
      "pragma_index_xinfo('sqlite_autoindex_t_1')" },
  })
  case("odd names", {
    before = [[CREATE TABLE "a ""b' c" ([x y] INT, `sel``ect` TEXT,
      'q' INT, "" INT); INSERT INTO "a ""b' c" VALUES (1, 'x', 3, 4);
      CREATE INDEX "i "" x" ON "a ""b' c" ("sel`ect")]],
    table = "a \"b' c", run = 't:set_default("X Y", "5") ' ..
      't:set_not_null("sel`ect", true) t:rename_column("Q", "select")',
    want = "rebuild",
    keeps = { "SELECT [x y], `sel``ect`, \"\" FROM \"a \"\"b' c\"" },
    gives = { ["SELECT \"select\" FROM \"a \"\"b' c\""] = 3 },
  })
  case("names that are not ASCII", {
    before = 'CREATE TABLE t ("größe" INT, 名 TEXT); ' ..
      "INSERT INTO t VALUES (1, 'x')",
    run = 't:set_default("größe", "7") t:set_not_null("名", true)',
    want = "rebuild", keeps = { "SELECT * FROM t" },
  })
end)

describe("rule 2: inside the transaction, whatever refers to it", function()
  for _, action in ipairs { "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT",
      "NO ACTION" } do
    for _, deferred in ipairs { "", " DEFERRABLE INITIALLY DEFERRED" } do
      case("ON DELETE " .. action .. deferred, {
        before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a); " ..
          "CREATE TABLE c (x INT DEFAULT 2 REFERENCES t ON DELETE " ..
          action .. deferred .. "); INSERT INTO t VALUES (1, 'x'), (2, 'y');" ..
          "INSERT INTO c VALUES (1), (2), (NULL)",
        globals = "FOREIGN_KEYS = true", run = "t:rebuild()",
        want = "rebuild", keeps = { "SELECT rowid, * FROM c" },
      })
    end
  end
  case("enforcement goes on afterwards", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a); " ..
      "CREATE TABLE c (x REFERENCES t ON DELETE CASCADE); " ..
      "INSERT INTO t VALUES (1, 'x'), (2, 'y'); INSERT INTO c VALUES (1), (2)",
    globals = "FOREIGN_KEYS = true", run = "t:rebuild()", want = "rebuild",
    tail = [[conn:execute("DELETE FROM t WHERE id = 1")
      assert(not pcall(conn.execute, conn, "INSERT INTO c VALUES (77)"))]],
    gives = { ["SELECT group_concat(x) FROM c"] = "2" },
  })
  case("no trigger fires, recursive or not", {
    before = "CREATE TABLE log (x); CREATE TABLE t (a, b); " ..
      "INSERT INTO t VALUES (1, 2);" ..
      "CREATE TRIGGER g1 AFTER INSERT ON t BEGIN INSERT INTO log VALUES (1);" ..
      "END; CREATE TRIGGER g2 BEFORE DELETE ON t BEGIN " ..
      "INSERT INTO log VALUES (2); END; " ..
      "CREATE TRIGGER g3 AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (3);" ..
      "END;",
    lead = 'conn:execute("PRAGMA recursive_triggers = 1")',
    run = [[t:rebuild() t:set_not_null("a", true, {fill = "1"})]],
    want = "rebuild", gives = { ["SELECT count(*) FROM log"] = 0 },
  })
end)

local NATURAL = "CREATE TABLE t (a, b); CREATE TABLE u (a, c); " ..
  "CREATE VIEW v AS SELECT b, c FROM t NATURAL JOIN u"

describe("rule 3: what compiled compiles", function()
  case("a rename is followed everywhere", {
    before = FULL .. "CREATE VIEW n AS SELECT name AS z FROM t;",
    run = 't:rename_column("NAME", "label")', want = "dependents",
  })
  case("a rename is followed by indexes, triggers, checks and keys", {
    before = [[
      CREATE TABLE t (a TEXT CHECK (a <> ''), b AS (a || 'b'), UNIQUE (a));
      CREATE TABLE c (x REFERENCES t (a));
      CREATE INDEX i ON t (lower(a)) WHERE a > 'b';
      CREATE TABLE u (x);
      CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN
        INSERT INTO u VALUES (new.a); END;
      CREATE VIEW v (z) AS SELECT "a" FROM t;
      INSERT INTO t VALUES ('x'); INSERT INTO c VALUES ('x');
    ]],
    run = 't:rename_column("a", "the a")', want = "native", twice = true,
    gives = { ["SELECT z FROM v"] = "x",
      ["SELECT \"to\" FROM pragma_foreign_key_list('c')"] = "the a" },
  })
  case("columns change names with each other", {
    before = "CREATE TABLE t (a INT, b TEXT, c); INSERT INTO t " ..
      "VALUES (1, 'x', 2); CREATE INDEX i ON t (a); " ..
      "CREATE VIEW v AS SELECT a AS x, b AS y FROM t",
    run = 't:rename_columns{a = "b", b = "c", c = "a"}', want = "native",
    gives = { ["SELECT a || b || c FROM t"] = "21x",
      ["SELECT x || y FROM v"] = "1x" },
  })
  case("a chain of names is done once", {
    before = "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2)",
    run = 't:rename_columns{a = "b", b = "c"}', want = "native", twice = true,
    gives = { ["SELECT b || c FROM t"] = "12" },
  })
  case("a change of case alone acts", {
    before = "CREATE TABLE t (a, b); CREATE INDEX i ON t (a)",
    run = 't:rename_column("a", "A")', want = "native", twice = true,
    gives = { ["SELECT name FROM pragma_table_info('t')"] = "A" },
  })
  case("a table's change of case alone acts", {
    before = "CREATE TABLE t (a UNIQUE); CREATE TABLE c (x REFERENCES t (a));" ..
      "CREATE VIEW v AS SELECT a FROM t; INSERT INTO t VALUES (1);" ..
      "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; ANALYZE",
    run = 't:rename_to("T")', want = "native", twice = true,
    gives = { ["SELECT name FROM sqlite_schema WHERE type = 'table' AND " ..
      "name = 'T'"] = "T", ["SELECT a FROM v"] = 1,
      ["SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'T'"] = 1 },
  })
  case("a NATURAL JOIN keeps what it joins by: rename", {
    before = NATURAL,
    run = 't:rename_column("a", "z")', want = "dependents",
  })
  case("a NATURAL JOIN keeps what it joins by: add", {
    before = NATURAL,
    run = 't:add_column("c", "INT")', want = "dependents",
    says = "view v",
  })
  case("a NATURAL JOIN keeps a table that is only joined", {
    before = NATURAL .. "; CREATE VIEW w AS SELECT c FROM t NATURAL JOIN u;" ..
      "DROP VIEW v", run = 't:rename_column("a", "z")', want = "dependents",
    says = "the view w: its NATURAL JOIN would join by other columns (a)",
  })
  case("a NATURAL JOIN does not mind other columns", {
    before = NATURAL,
    run = 't:add_column("d", "INT")', want = "native",
  })
  case("a name does not come to mean a new column", {
    before = "CREATE TABLE t (a); CREATE TABLE u (b, x); CREATE VIEW v AS " ..
      "SELECT (SELECT count(*) FROM t WHERE x = a) FROM u",
    run = 't:add_column("x", "INT")', want = "dependents",
    says = "another column",
  })
  case("a string in double quotes does not come to be a column", {
    before = "CREATE TABLE t (a); INSERT INTO t VALUES (1); " ..
      "CREATE VIEW v AS SELECT a, \"hello\" AS h FROM t",
    run = 't:add_column("hello", "INT")', want = "dependents",
    says = "is a string",
  })
  case("a name that becomes ambiguous", {
    before = "CREATE TABLE t (a); CREATE TABLE u (b, x); CREATE VIEW v AS " ..
      "SELECT x FROM t, u",
    run = 't:add_column("x", "INT")', want = "dependents", says = "ambiguous",
  })
  case("a full-text table with content", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); " ..
      "INSERT INTO t VALUES (4, 'one two', 'x'); " ..
      "CREATE VIRTUAL TABLE f USING fts5(a, content='t', " ..
      "content_rowid='id'); INSERT INTO f (f) VALUES ('rebuild')",
    run = 't:set_default("b", "5")', options = '{check = "full"}',
    want = "rebuild",
    gives = { ["SELECT rowid FROM f WHERE f MATCH 'two'"] = 4 },
  })
  for what, run in pairs {
    ["its column's name"] = 't:rename_column("a", "z")',
    ["the table's name"] = 't:rename_to("z")',
    ["its column"] = 't:drop_column("a", {cascade = {"views"}})',
    ["its rowids"] = 't:set_primary_key{"a"} t:set_without_rowid(true)',
  } do
    case("a full-text table keeps " .. what, {
      before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b);" ..
        "CREATE VIRTUAL TABLE f USING fts5(a, content='t')",
      run = run, want = "dependents", says = "full-text table f",
    })
  end
  case("an index on a dropped name in double quotes is not a string", {
    before = "CREATE TABLE t (a, b); CREATE INDEX i ON t (a || \"b\")",
    run = 't:drop_column("b")', want = "dependents", says = "index i",
  })
  case("an index with a string in double quotes lives on", {
    before = "CREATE TABLE t (a, b); CREATE INDEX i ON t (a || \"lit\"); " ..
      "INSERT INTO t VALUES ('x', 1)",
    run = 't:set_default("b", "5")', want = "rebuild",
    keeps = { "SELECT sql FROM sqlite_schema WHERE name = 'i'" },
  })
  case("a trigger on a dropped view goes only where that is said", {
    before = "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT b FROM t; " ..
      "CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
    run = 't:drop_column("b", {cascade = {"views"}})', want = "dependents",
    says = "trigger g",
  })
  case("a view and its trigger go together", {
    before = "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT b FROM t; " ..
      "CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
    run = 't:drop_column("b", {cascade = {"views", "triggers"}})',
    want = "native",
    gives = { ["SELECT count(*) FROM sqlite_schema WHERE name IN " ..
      "('v', 'g')"] = 0 },
  })
  case("a view on a view is named", {
    before = "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT * FROM t; " ..
      "CREATE VIEW w AS SELECT b FROM v",
    run = 't:drop_column("b")', want = "dependents", says = "view w",
  })
end)

describe("rule 4: what was broken before does not block", function()
  local BROKEN = "CREATE TABLE gone (x); " ..
    "CREATE VIEW bad AS SELECT x FROM gone; " ..
    "CREATE TABLE o (y); CREATE TRIGGER worse AFTER INSERT ON o BEGIN " ..
    "SELECT x FROM gone; END; DROP TABLE gone; " ..
    "CREATE TABLE t (a INT, b); INSERT INTO t VALUES (1, 2); " ..
    "CREATE VIEW good AS SELECT a FROM t;"
  for run, want in pairs {
    ['t:rename_column("b", "c")'] = "native",
    ['t:rename_to("u")'] = "native",
    ['t:drop_column("b")'] = "native",
    ['t:add_column("c", "INT")'] = "native",
    ['t:set_not_null("a", true)'] = "edit",
    ['t:set_default("a", "5")'] = "rebuild",
  } do
    case(run, {
      before = BROKEN, run = run, want = want, twice = true,
      keeps = { "SELECT sql FROM sqlite_schema WHERE name IN " ..
        "('bad', 'worse')", "SELECT * FROM good" },
    })
  end
  case("rows that point nowhere", {
    before = "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t " ..
      "(a INT REFERENCES p, b INT); INSERT INTO t VALUES (7, 1), (8, 1)",
    run = 't:set_type("a", "TEXT")', want = "rebuild",
    gives = { ["SELECT group_concat(a) FROM t"] = "7,8" },
  })
  case("rows of another table that point nowhere", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE TABLE c " ..
      "(x INT REFERENCES t); INSERT INTO c VALUES (7)",
    run = 't:set_type("a", "TEXT") t:rename_to("z")', want = "rebuild",
    gives = { ["SELECT \"table\" FROM pragma_foreign_key_list('c')"] = "z" },
  })
  case("a foreign key with an impossible target", {
    before = "CREATE TABLE p (x); CREATE TABLE t (a REFERENCES p (x), b)",
    run = 't:set_type("b", "TEXT") t:add_column("c", "INT")',
    want = "rebuild",
  })
end)

describe("rule 5: rows that do not fit", function()
  case("ON CONFLICT clauses do not act", {
    before = "CREATE TABLE t (a UNIQUE ON CONFLICT REPLACE, b); " ..
      "INSERT INTO t VALUES ('x', 1), ('X', 2)",
    run = 't:set_collate("a", "NOCASE")', want = "rows",
  })
  case("NOT NULL ON CONFLICT REPLACE does not act", {
    before = "CREATE TABLE t (a INT DEFAULT 5); " ..
      "INSERT INTO t VALUES (1), (NULL)",
    run = 't:set_not_null("a", true) t:set_default("a", "6")',
    want = "rows", says = "rowid 2",
  })
  case("five of many are told", {
    before = "CREATE TABLE t (a); WITH RECURSIVE n (i) AS (SELECT 1 UNION " ..
      "ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO t SELECT NULL " ..
      "FROM n",
    run = 't:set_not_null("a", true)', want = "rows",
    says = "rowid 1, 2, 3, 4, 5, …",
  })
  case("a parent's conversion that leaves children behind", {
    before = "CREATE TABLE t (a TEXT UNIQUE); CREATE TABLE c " ..
      "(x TEXT REFERENCES t (a)); INSERT INTO t VALUES ('x'); " ..
      "INSERT INTO c VALUES ('x')",
    run = [[t:set_type("a", "TEXT", {using = "a || '!'"})]],
    want = "foreign_key", says = "rows of c point to no row of t",
  })
end)

describe("rule 7: a refusal leaves all as it was", function()
  case("also when half of it was done", {
    before = FULL, run = [[
      t:rename_column("parent", "boss")
      t:set_default("up", "5")
      t:rename_column("up", "above")
      t:add_check("id < 0")]],
    want = "rows",
  })
  case("and a savepoint around it goes on", {
    before = "CREATE TABLE t (a); INSERT INTO t VALUES (NULL)",
    lead = 'conn:execute("SAVEPOINT s")',
    run = 't:rename_to("u") t:set_not_null("a", true)', want = "rows",
    tail = [[conn:execute("INSERT INTO t VALUES (NULL)")
      conn:execute("DELETE FROM t WHERE rowid = 2")
      conn:execute("RELEASE s")]],
  })
end)

describe("rule 8: what is there already", function()
  case("several at once", {
    before = "CREATE TABLE t (a TEXT NOT NULL DEFAULT 'x' COLLATE nocase " ..
      "CHECK (a <> ''), b INT REFERENCES p (x) ON DELETE CASCADE, " ..
      "UNIQUE (b, a), PRIMARY KEY (a)) STRICT; " ..
      "CREATE TABLE p (x INT UNIQUE)",
    run = [[
      t:set_not_null("A", true) t:set_default("a", " 'x' ")
      t:set_collate("a", "NOCASE") t:set_type("a", "text")
      t:add_check("a<>''") t:add_unique{"B", "A"}
      t:add_foreign_key({"b"}, "P", {"X"}, {on_delete = "cascade"})
      t:set_primary_key{"a"} t:set_strict(true)
      t:set_without_rowid(false) t:reorder{"a"}
      t:drop_column("nope") t:drop_check{name = "nope"}
      t:drop_check{expr = "nope > 1"} t:drop_unique{"nope"}
      t:drop_foreign_key{"nope"} t:set_autoincrement(false)
      t:rename_column("old", "a") t:rename_to("t")
      t:add_column("b", "int  references p(x) on delete cascade")]],
    want = "none",
  })
  case("a rename whose table is gone", {
    before = "CREATE TABLE new (a)", table = "old",
    run = 't:rename_to("NEW") t:add_column("a", "")', want = "none",
  })
  case("a constraint taken away and put back", {
    before = "CREATE TABLE t (a, UNIQUE (a))",
    run = 't:drop_unique{"a"} t:add_unique{"a"}', want = "none",
  })
  case("both names are there", {
    before = "CREATE TABLE t (a, b)", run = 't:rename_column("a", "b")',
    want = "column", says = "there is a column b already",
  })
  case("neither name is there", {
    before = "CREATE TABLE t (a, b)", run = 't:rename_column("x", "y")',
    want = "column", says = "there is no column x",
  })
end)

describe("rule 10: comments and grammar", function()
  case("comments on columns that stay are kept", {
    before = [[CREATE TABLE t ( -- head
      a INT, -- a's
      /* of b */ b TEXT /* in b */ NOT NULL, -- b's
      -- over c
      c REAL -- c's
      -- the end
    ); INSERT INTO t VALUES (1, 'x', 2)]],
    run = 't:drop_column("a") t:add_column("d", "INT -- d\'s") ' ..
      't:set_not_null("b", false)',
    want = "rebuild",
    gives = { ["SELECT sql FROM sqlite_schema WHERE name = 't'"] = [[
CREATE TABLE t (
      /* of b */ b TEXT /* in b */, -- b's
      -- over c
      c REAL, -- c's
      d INT -- d's
      -- the end
    )]] },
  })
end)
