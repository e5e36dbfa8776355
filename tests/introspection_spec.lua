-- SPDX-License-Identifier: MIT
-- A script may ask conn for everything in the schema, and gets it in full:
-- every field, for every kind of table, with names however odd.
local sandbox = require "tests.support.sandbox"
local same = require "tests.support.same"
local try = require "tests.support.try"

local box
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

local function works(body)
  return try.works(box, same.LIB .. body)
end

describe("conn:tables and conn:table", function()
  before_each(function()
    box:sql [[
      CREATE TABLE t (a, b AS (a), c); CREATE TABLE s (a INT) STRICT;
      CREATE TABLE w (a PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE "odd ""name" (id INTEGER PRIMARY KEY AUTOINCREMENT);
      CREATE VIEW v AS SELECT a, c FROM t;
      CREATE VIRTUAL TABLE f USING fts5(words);
      CREATE INDEX i ON t (a); ANALYZE;
    ]]
  end)

  it("say what each is", function()
    works [[
      is(conn:table("t"), { schema = "main", name = "t", kind = "table",
        without_rowid = false, strict = false, ncol = 3 })
      is(conn:table("S"), { schema = "main", name = "s", kind = "table",
        without_rowid = false, strict = true, ncol = 1 })
      is(conn:table("w", "MAIN"), { schema = "main", name = "w",
        kind = "table", without_rowid = true, strict = false, ncol = 1 })
      is(conn:table("v"), { schema = "main", name = "v", kind = "view",
        without_rowid = false, strict = false, ncol = 2 })
      is(conn:table("f").kind, "virtual")
      is(conn:table("f_data").kind, "shadow")
      for _, name in ipairs { "nope", "", "i", "schema_migrations",
          "sqlite_sequence", "sqlite_schema", "t\0", "main.t" } do
        is(conn:table(name), nil)
      end
      is(conn:table("t", "temp"), nil) is(conn:table("t", "nope"), nil)
      is(conn:table("t", "main\0"), nil)
    ]]
  end)

  it("count the columns of sound views beside broken ones", function()
    local list = {}
    for i = 1, 12 do
      list[i] = ("CREATE VIEW v%d AS SELECT a, c%s FROM t;"):format(i,
        i % 3 == 0 and ", nope" or "")
    end
    box:sql(table.concat(list))
    works [[
      for i = 1, 12 do
        is(conn:table("v" .. i).ncol, i % 3 == 0 and 0 or 2)
      end
    ]]
  end)

  it("list all, or one kind, or one schema", function()
    works [[
      conn:execute("CREATE TEMP TABLE z (a)")
      local shadows = " f_data f_idx f_content f_docsize f_config"
      is(names(conn:tables()), 't s w odd "name v f' .. shadows .. " z")
      is(names(conn:tables{}), names(conn:tables(nil)))
      is(names(conn:tables{ kind = "table" }), 't s w odd "name z')
      is(names(conn:tables{ kind = "view" }), "v")
      is(names(conn:tables{ kind = "virtual" }), "f")
      is(names(conn:tables{ kind = "shadow", schema = "main" }),
        shadows:sub(2))
      is(names(conn:tables{ schema = "temp" }), "z")
      is(conn:tables{ schema = "temp" }[1].schema, "temp")
      is(conn:tables{ schema = "nope" }, {})
    ]]
  end)
end)

describe("conn:columns", function()
  it("tells all of an ordinary table", function()
    box:sql [[
      CREATE TABLE t (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name VARCHAR ( 10 ) NOT NULL COLLATE nocase DEFAULT 'it''s',
        "odd ""one" DEFAULT (1 + (2)),
        n INT DEFAULT NULL, u DEFAULT -5 COLLATE "rtrim",
        g TEXT GENERATED ALWAYS AS ( name || /* ) */ 'x' ) STORED,
        v AS (n + 1)
      );
    ]]
    works [[
      local function column(position, name, more)
        local c = { position = position, name = name, type = "",
          not_null = false, pk = 0, hidden = false, collation = "BINARY",
          autoincrement = false, rowid_alias = false }
        for k, v in pairs(more) do c[k] = v end
        return c
      end
      is(conn:columns("T"), {
        column(1, "id", { type = "INTEGER", pk = 1, autoincrement = true,
          rowid_alias = true }),
        column(2, "name", { type = "VARCHAR ( 10 )", not_null = true,
          collation = "NOCASE", default = "'it''s'" }),
        column(3, 'odd "one', { default = "(1 + (2))" }),
        column(4, "n", { type = "INT", default = "NULL" }),
        column(5, "u", { default = "-5", collation = "RTRIM" }),
        column(6, "g", { type = "TEXT", generated = "stored",
          generated_expr = "name || /* ) */ 'x'" }),
        column(7, "v", { generated = "virtual", generated_expr = "n + 1" }),
      })
    ]]
  end)

  it("knows a rowid alias from a key that is none", function()
    box:sql [[
      CREATE TABLE a (x INTEGER PRIMARY KEY);
      CREATE TABLE b (x INT PRIMARY KEY);
      CREATE TABLE c (x INTEGER PRIMARY KEY DESC);
      CREATE TABLE d (x INTEGER, PRIMARY KEY (x DESC));
      CREATE TABLE e (x INTEGER PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE f (x INTEGER, y INTEGER, PRIMARY KEY (y, x));
    ]]
    works [[
      for name, alias in pairs { a = true, b = false, c = false, d = true,
          e = false, f = false } do
        local x = conn:columns(name)[1]
        is({ name, x.rowid_alias }, { name, alias })
        is(conn:primary_key(name).rowid_alias, alias)
      end
      is(conn:columns("f")[1].pk, 2) is(conn:columns("f")[2].pk, 1)
      is(conn:columns("e")[1].not_null, true)
    ]]
  end)

  it("tells those of views, virtual and STRICT tables", function()
    box:sql [[
      CREATE TABLE t (a VARCHAR(5) NOT NULL, b);
      CREATE VIEW v (x, "y z") AS SELECT a, b + 1 FROM t;
      CREATE VIRTUAL TABLE f USING fts5(one, two);
      CREATE TABLE s (a ANY, b INT PRIMARY KEY, c BLOB) STRICT, WITHOUT ROWID;
      CREATE VIEW broken AS SELECT nope FROM nowhere;
    ]]
    works [[
      is(names(conn:columns("v")), "x y z")
      is(conn:columns("v")[1].type, "VARCHAR(5)")
      is(conn:columns("v")[1].not_null, false)
      is(names(conn:columns("f")), "one two f rank")
      is(conn:columns("f")[2].hidden, false)
      is(conn:columns("f")[3].hidden, true)
      is(names(conn:columns("s")), "a b c")
      is(conn:columns("s")[1].type, "ANY")
      is(conn:columns("broken"), {}) is(conn:columns("nope"), {})
      is(conn:columns("t", "temp"), {}) is(conn:columns(""), {})
      is(conn:primary_key("v"), nil) is(conn:primary_key("t"), nil)
    ]]
  end)
end)

describe("conn:primary_key", function()
  it("tells columns in the order of the key, and its name", function()
    box:sql [[
      CREATE TABLE a (id INTEGER CONSTRAINT "p k" PRIMARY KEY AUTOINCREMENT);
      CREATE TABLE b (x, y, z, CONSTRAINT two PRIMARY KEY (z, "X"))
        WITHOUT ROWID;
      CREATE TABLE c (x TEXT PRIMARY KEY, y);
      CREATE TABLE d (x, y, PRIMARY KEY (y, y, x));
    ]]
    works [[
      is(conn:primary_key("a"), { columns = { "id" }, name = "p k",
        autoincrement = true, rowid_alias = true, without_rowid = false })
      is(conn:primary_key("b"), { columns = { "z", "x" }, name = "two",
        autoincrement = false, rowid_alias = false, without_rowid = true })
      is(conn:primary_key("c"), { columns = { "x" }, autoincrement = false,
        rowid_alias = false, without_rowid = false })
      is(conn:primary_key("d").columns, { "y", "x" })
      is(conn:primary_key("nope"), nil)
    ]]
  end)
end)

describe("conn:indexes", function()
  it("leave a COLLATE that is not the index's own in the expression",
    function()
      box:sql [[CREATE TABLE x (a, b);
        CREATE INDEX xi ON x (a || b COLLATE NOCASE, (a || b) COLLATE NOCASE)]]
      works [[
        is(conn:indexes("x")[1].columns, {
          { expr = "a || b COLLATE NOCASE", collation = "BINARY",
            desc = false },
          { expr = "(a || b)", collation = "NOCASE", desc = false } })
      ]]
    end)

  it("tells each with columns, expressions and condition", function()
    box:sql [[
      CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE nocase UNIQUE,
        b, c, UNIQUE (b DESC, c COLLATE rtrim) ON CONFLICT IGNORE);
      CREATE INDEX plain ON t (b);
      CREATE UNIQUE INDEX "odd ""i" ON t (c DESC, "a");
      CREATE INDEX e ON t (lower(c || ',') COLLATE nocase DESC, /* , */ (b),
        length(a) ASC) WHERE b > 0 AND c <> 'where (x';
    ]]
    works [[
      local list = conn:indexes("t")
      is(#list, 5)
      is(list[1], { origin = "unique", unique = true, partial = false,
        columns = { { name = "a", collation = "NOCASE", desc = false } } })
      is(list[2], { origin = "unique", unique = true, partial = false,
        columns = { { name = "b", collation = "BINARY", desc = true },
          { name = "c", collation = "RTRIM", desc = false } } })
      is(list[3], { name = "plain", origin = "index", unique = false,
        partial = false, sql = "CREATE INDEX plain ON t (b)",
        columns = { { name = "b", collation = "BINARY", desc = false } } })
      is(list[4].name, 'odd "i') is(list[4].unique, true)
      is(list[4].columns[1], { name = "c", collation = "BINARY",
        desc = true })
      is(list[5].columns, {
        { expr = "lower(c || ',')", collation = "NOCASE", desc = true },
        { name = "b", collation = "BINARY", desc = false },
        { expr = "length(a)", collation = "BINARY", desc = false } })
      is(list[5].partial, true)
      is(list[5].where, "b > 0 AND c <> 'where (x'")
    ]]
  end)

  it("list the key of WITHOUT ROWID, but no rowid alias", function()
    box:sql [[
      CREATE TABLE a (x INTEGER PRIMARY KEY);
      CREATE TABLE b (x, y, PRIMARY KEY (y, x DESC)) WITHOUT ROWID;
      CREATE TABLE c (x TEXT PRIMARY KEY);
      CREATE VIEW v AS SELECT 1; CREATE VIRTUAL TABLE f USING fts5(x);
    ]]
    works [[
      is(conn:indexes("a"), {})
      is(conn:indexes("b"), { { origin = "primary key", unique = true,
        partial = false, columns = {
          { name = "y", collation = "BINARY", desc = false },
          { name = "x", collation = "BINARY", desc = true } } } })
      is(conn:indexes("c")[1].origin, "primary key")
      is(conn:indexes("v"), {}) is(conn:indexes("f"), {})
      is(conn:indexes("nope"), {}) is(conn:indexes("a", "temp"), {})
    ]]
  end)
end)

describe("conn:foreign_keys and conn:referenced_by", function()
  before_each(function()
    box:sql [[
      CREATE TABLE p (b TEXT, a TEXT, PRIMARY KEY (a, b));
      CREATE TABLE o (id INTEGER PRIMARY KEY, u TEXT UNIQUE);
      CREATE TABLE t (
        id INTEGER PRIMARY KEY REFERENCES o,
        u TEXT CONSTRAINT fk_u REFERENCES o(u) ON UPDATE CASCADE
          ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
        x, y, self INT REFERENCES t ON DELETE CASCADE NOT DEFERRABLE,
        CONSTRAINT "fk xy" FOREIGN KEY (x, y) REFERENCES p MATCH FULL
          DEFERRABLE,
        FOREIGN KEY (self) REFERENCES missing (q),
        FOREIGN KEY (x) REFERENCES missing);
    ]]
  end)

  it("tell them in the order of declaration, targets resolved", function()
    works [[
      local function key(columns, ref_table, ref_columns, more)
        local k = { columns = columns, ref_table = ref_table,
          ref_columns = ref_columns, implicit = false,
          on_update = "NO ACTION", on_delete = "NO ACTION",
          deferrable = false, initially_deferred = false }
        for name, v in pairs(more) do k[name] = v end
        return k
      end
      is(conn:foreign_keys("t"), {
        key({ "id" }, "o", { "id" }, { implicit = true }),
        key({ "u" }, "o", { "u" }, { name = "fk_u", on_update = "CASCADE",
          on_delete = "SET NULL", deferrable = true,
          initially_deferred = true }),
        key({ "self" }, "t", { "id" }, { implicit = true,
          on_delete = "CASCADE" }),
        key({ "x", "y" }, "p", { "a", "b" }, { name = "fk xy",
          implicit = true, deferrable = true }),
        key({ "self" }, "missing", { "q" }, {}),
        key({ "x" }, "missing", {}, { implicit = true }),
      })
      is(conn:foreign_keys("o"), {}) is(conn:foreign_keys("nope"), {})
    ]]
  end)

  it("find them from the other side, the table itself included", function()
    works [[
      local refs = conn:referenced_by("O")
      is(#refs, 2) is(refs[1].table, "t") is(refs[1].columns, { "id" })
      is(refs[2].ref_columns, { "u" }) is(refs[2].name, "fk_u")
      is(conn:referenced_by("t")[1].columns, { "self" })
      is(#conn:referenced_by("t"), 1)
      is(#conn:referenced_by("missing"), 2)
      is(conn:referenced_by("nope"), {})
      is(conn:referenced_by("o", "temp"), {})
    ]]
  end)
end)

describe("conn:checks and conn:uniques", function()
  it("tell the text, the name and the column", function()
    box:sql [[
      CREATE TABLE t (
        a INT CHECK (a > 0) CONSTRAINT "c 1" CHECK ( a IN (1, 2, ')') )
          UNIQUE,
        b TEXT CONSTRAINT u1 UNIQUE,
        CONSTRAINT named CHECK (b <> 'x,y' /* , ) */ AND length(b) < 10)
        CHECK((a) < (5)), CONSTRAINT u2 UNIQUE ("B", a));
    ]]
    works [[
      is(conn:checks("t"), {
        { expr = "a > 0", column = "a" },
        { name = "c 1", expr = "a IN (1, 2, ')')", column = "a" },
        { name = "named", expr = "b <> 'x,y' /* , ) */ AND length(b) < 10" },
        { expr = "(a) < (5)" } })
      is(conn:uniques("t"), {
        { columns = { "a" }, column = "a" },
        { name = "u1", columns = { "b" }, column = "b" },
        { name = "u2", columns = { "b", "a" } } })
      is(conn:checks("nope"), {}) is(conn:uniques("nope"), {})
    ]]
  end)
end)

describe("conn:triggers", function()
  before_each(function()
    box:sql [[
      CREATE TABLE t (a, b, "when"); CREATE VIEW v AS SELECT a FROM t;
      CREATE TRIGGER t1 AFTER UPDATE OF a, "when" ON t FOR EACH ROW
        WHEN new.a > (SELECT 1) AND old.b = 'BEGIN' BEGIN SELECT 1; END;
      CREATE TRIGGER "t 2" INSERT ON t BEGIN SELECT 2; END;
      CREATE TRIGGER t3 INSTEAD OF DELETE ON v BEGIN SELECT 3; END;
    ]]
  end)

  it("tell all parts, of tables, views and temporary ones", function()
    works [[
      conn:execute("CREATE TEMP TRIGGER g BEFORE DELETE ON t " ..
        "BEGIN SELECT 4; END")
      is(names(conn:triggers()), "t1 t 2 t3 g")
      is(names(conn:triggers("T")), "t1 t 2 g")
      is(names(conn:triggers("v")), "t3")
      is(names(conn:triggers("t", "main")), "t1 t 2 g")
      is(names(conn:triggers(nil, "temp")), "g")
      is(names(conn:triggers(nil, "main")), "t1 t 2 t3")
      is(conn:triggers("nope"), {}) is(conn:triggers("t", "temp"), {})
      local list = conn:triggers("t")
      is(list[1], { schema = "main", name = "t1", table = "t",
        timing = "AFTER", event = "UPDATE", update_of = { "a", "when" },
        when = "new.a > (SELECT 1) AND old.b = 'BEGIN'",
        sql = conn:sql("t1") })
      is(list[2], { schema = "main", name = "t 2", table = "t",
        timing = "BEFORE", event = "INSERT", update_of = {},
        sql = "CREATE TRIGGER \"t 2\" INSERT ON t BEGIN SELECT 2; END" })
      is(list[3].schema, "temp") is(list[3].table, "t")
      is(conn:triggers("v")[1].timing, "INSTEAD OF")
    ]]
  end)

  it("keep temporary triggers with their own table", function()
    works [[
      conn:execute("CREATE TEMP TABLE t (a)")
      conn:execute("CREATE TEMP TRIGGER on_temp INSERT ON t " ..
        "BEGIN SELECT 1; END")
      conn:execute("CREATE TEMP TRIGGER on_main INSERT ON main.t " ..
        "BEGIN SELECT 1; END")
      is(names(conn:triggers("t")), "on_temp")
      is(names(conn:triggers("t", "main")), "t1 t 2 on_main")
    ]]
  end)
end)

describe("conn:views", function()
  it("tell columns, text and whether they compile", function()
    box:sql [[
      CREATE TABLE t (a); CREATE VIEW v (x) AS SELECT a FROM t;
      CREATE VIEW broken AS SELECT nope FROM t;
    ]]
    works [[
      conn:execute("CREATE TEMP VIEW w AS SELECT 1 AS one, 2 AS two")
      is(conn:views(), {
        { schema = "main", name = "v", columns = { "x" }, valid = true,
          sql = "CREATE VIEW v (x) AS SELECT a FROM t" },
        { schema = "main", name = "broken", columns = {}, valid = false,
          sql = "CREATE VIEW broken AS SELECT nope FROM t",
          error = "no such column: nope" },
        { schema = "temp", name = "w", columns = { "one", "two" },
          valid = true, sql = "CREATE VIEW w AS SELECT 1 AS one, 2 AS two" },
      })
      is(names(conn:views("temp")), "w") is(names(conn:views("main")),
        "v broken")
      is(conn:views("nope"), {})
      conn:execute("CREATE VIEW f AS SELECT twice(a) FROM t")
      is(conn:views("main")[3].valid, false)
      conn:create_function("twice", function(x) return x end)
      is(conn:views("main")[3].valid, true)
    ]]
  end)
end)

describe("conn:sql", function()
  it("gives the text as it is kept", function()
    box:sql [[
      CREATE TABLE t (a, -- first
        b UNIQUE); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT 1;
      CREATE TRIGGER g INSERT ON t BEGIN SELECT 1; END;
      CREATE VIRTUAL TABLE f USING fts5(x);
    ]]
    works [[
      is(conn:sql("T"), "CREATE TABLE t (a, -- first\n        b UNIQUE)")
      is(conn:sql("i"), "CREATE INDEX i ON t (a)")
      is(conn:sql("v", "main"), "CREATE VIEW v AS SELECT 1")
      is(conn:sql("g"), "CREATE TRIGGER g INSERT ON t BEGIN SELECT 1; END")
      is(conn:sql("f"), "CREATE VIRTUAL TABLE f USING fts5(x)")
      is(conn:sql("nope"), nil) is(conn:sql("t", "temp"), nil)
      is(conn:sql("sqlite_autoindex_t_1"), nil) is(conn:sql("t\0x"), nil)
    ]]
  end)
end)

describe("introspection", function()
  it("answers for any name and never raises for one", function()
    local odd = { 'a"b', "a'b", "a]b", "a`b", "x y", "--", "/*", "é", "a\nb",
      "select", "%", "sqlite", "0", "a;b", "\\", "\255" }
    for _, name in ipairs(odd) do
      box:sql(('CREATE TABLE "%s" ("%s" PRIMARY KEY REFERENCES "%s", ' ..
        'CHECK ("%s" <> 1))'):format(
        name:gsub('"', '""'), name:gsub('"', '""'), name:gsub('"', '""'),
        name:gsub('"', '""')))
    end
    works(([[
      local odd = { %s }
      is(#conn:tables(), #odd)
      for _, name in ipairs(odd) do
        is(conn:table(name).name, name)
        is(names(conn:columns(name)), name)
        is(conn:primary_key(name).columns, { name })
        is(conn:foreign_keys(name)[1].ref_table, name)
        is(conn:referenced_by(name)[1].table, name)
        is(#conn:indexes(name), 1) is(#conn:checks(name), 1)
        is(#conn:dependents(name, name), 3)
        is(conn:execute("SELECT count(*) FROM " ..
          conn:quote_ident(name)):fetchone()[1], 0)
        is(conn:columns(name .. "x"), {}) is(conn:sql(name .. "x"), nil)
        is(conn:dependents(name .. "x"), {})
        is(conn:dependents(name, name .. "x"), {})
      end
      is(conn:columns("a\0b"), {}) is(conn:referenced_by("a\0b"), {})
      is(conn:dependents("a\0b"), {}) is(conn:triggers("a\0b"), {})
    ]]):format((table.concat(odd, "\1"):gsub("[^\1]+", function(s)
      return string.format("%q", s):gsub("\\\n", "\\n") .. ","
    end):gsub("\1", ""))))
  end)

  it("sees what the script itself has changed", function()
    box:sql "CREATE TABLE t (a)"
    works [[
      is(names(conn:columns("t")), "a")
      conn:execute("ALTER TABLE t ADD COLUMN b DEFAULT 1")
      is(names(conn:columns("t")), "a b")
      pcall(conn.savepoint, conn, function()
        conn:execute("ALTER TABLE t ADD COLUMN c")
        is(names(conn:columns("t")), "a b c")
        error "back"
      end)
      is(names(conn:columns("t")), "a b")
      conn:execute("SAVEPOINT x")
      conn:execute("ALTER TABLE t ADD COLUMN d")
      is(names(conn:columns("t")), "a b d")
      conn:execute("ROLLBACK TO x")
      conn:execute("ALTER TABLE t ADD COLUMN e")
      is(names(conn:columns("t")), "a b e")
      conn:execute("RELEASE x")
      conn:execute("CREATE TEMP TABLE t (z)")
      is(names(conn:columns("t")), "z")
      is(names(conn:columns("t", "main")), "a b e")
      conn:execute("DROP TABLE temp.t")
      is(names(conn:columns("t")), "a b e")
      conn:execute("DROP TABLE t")
      is(conn:columns("t"), {})
    ]]
  end)

  it("sees what a script that ends its transactions took back", function()
    box:sql "CREATE TABLE t (a)"
    box:migration("a", "TRANSACTION = false function upgrade(conn) " ..
      same.LIB .. [[
      for _, name in ipairs { "b", "c" } do
        conn:execute("BEGIN")
        conn:execute("ALTER TABLE t ADD COLUMN " .. name)
        is(names(conn:columns("t")), "a " .. name)
        conn:execute("ROLLBACK")
      end
      is(names(conn:columns("t")), "a")
    end]])
    box:up()
  end)

  it("hides the runner's own tables from its lists", function()
    box:sql "CREATE TABLE t (a)"
    works [[
      conn:execute("CREATE TEMP TRIGGER g INSERT ON t BEGIN SELECT 1; END")
      is(names(conn:tables()), "t") is(names(conn:triggers()), "g")
      is(conn:views(), {}) is(conn:dependents("schema_migrations"), {})
      is(conn:schema_dump(), "CREATE TABLE t (a);\n")
    ]]
  end)

  it("gives tables that the script may change", function()
    box:sql "CREATE TABLE t (a)"
    works [[
      local list = conn:columns("t")
      list[1].name = "changed" list[2] = "more"
      is(names(conn:columns("t")), "a")
      local before = conn:columns("t")
      conn:execute("ALTER TABLE t ADD COLUMN b")
      conn:columns("t")
      is(names(before), "a")
    ]]
  end)

  -- A hundred thousand questions about a hundred tables. To look anew for
  -- each would take minutes.
  it("is fast in a loop", function()
    local sql = {}
    for i = 1, 100 do
      sql[i] = ("CREATE TABLE t%d (id INTEGER PRIMARY KEY, a TEXT NOT NULL,"
        .. " b REFERENCES t1); CREATE INDEX i%d ON t%d (a); CREATE VIEW v%d"
        .. " AS SELECT a FROM t%d;"):format(i, i, i, i, i)
    end
    box:sql("BEGIN;" .. table.concat(sql) .. "COMMIT")
    box:migration("a", [[
      local function ask(n)
        assert(#conn:columns("t" .. n) == 3)
        assert(#conn:indexes("t" .. n) == 1)
        assert(#conn:dependents("t" .. n) == (n == 1 and 103 or 3))
      end
      for i = 1, 20000 do ask(i % 100 + 1) end
    ]])
    box:up("--timeout", "60")
  end)

  it("refuses a wrong argument and names the line", function()
    works(try.LIB .. [[
      no("bad argument #1 to 'columns' (string expected, got number)",
        function() conn:columns(5) end)
      no("string expected, got no value", function() conn:table() end)
      no("string expected, got nil", function() conn:indexes(nil) end)
      no("string expected, got table", function() conn:triggers({}) end)
      no("string expected, got boolean",
        function() conn:columns("t", true) end)
      no("string expected, got table",
        function() conn:dependents("t", {}) end)
      no("table expected, got string", function() conn:tables("main") end)
      no("{schema = string, kind = string}",
        function() conn:tables{ kinds = "x" } end)
      no("{schema = string, kind = string}",
        function() conn:tables{ "main" } end)
      no("{schema = string, kind = string}",
        function() conn:tables{ schema = 1 } end)
      no("invalid option 'index'",
        function() conn:tables{ kind = "index" } end)
      no("conn expected, got string", function() conn.columns("t") end)
      no("string expected, got number", function() conn:views(1) end)
      no("string expected, got number", function() conn:quote_ident(1) end)
      no("a name cannot hold a NUL byte",
        function() conn:quote_ident("a\0b") end)
      no("quote_literal: the value is",
        function() conn:quote_literal({}) end)
      no("quote_literal: the value is",
        function() conn:quote_literal(0/0) end)
      no("value expected", function() conn:quote_literal() end)
    ]])
  end)
end)

describe("conn:quote_ident and conn:quote_literal", function()
  it("write what SQLite reads as the same", function()
    works [[
      is(conn:quote_ident('a "b"'), '"a ""b"""') is(conn:quote_ident(""),
        '""')
      is(conn:quote_literal("it's"), "'it''s'")
      is(conn:quote_literal(nil), "NULL") is(conn:quote_literal(NULL), "NULL")
      is(conn:quote_literal(true), "1") is(conn:quote_literal(false), "0")
      is(conn:quote_literal(blob("\0\255")), "x'00ff'")
      is(conn:quote_literal(1.0), "1.0") is(conn:quote_literal(0.1), "0.1")
      is(conn:quote_literal(1e300), "1e+300")
      local values = { "", "a\0b", "'", "''", "é\n", 0, -1, math.maxinteger,
        math.mininteger, 0.1, -1.5, 1e15, 2^53, 1/3, math.pi, 1/0, -1/0,
        5e-324, 1.7976931348623157e308 }
      for _, v in ipairs(values) do
        local literal = conn:quote_literal(v)
        local got, same, kind = table.unpack(conn:execute("SELECT " ..
          literal .. ", " .. literal .. " IS ?1, typeof(" .. literal ..
          ") = typeof(?1)", v):fetchone(), 1, 3)
        is({ literal, got, same, kind }, { literal, v, 1, 1 })
      end
    ]]
  end)
end)
