-- SPDX-License-Identifier: MIT
-- conn:alter: renames that SQLite's own ALTER TABLE fails at.
local case = require "tests.support.altering".with(it)

local ROWS = "INSERT INTO t VALUES (1, 2), (3, 1);"
local OTHERS = [[
  CREATE INDEX i ON t (a, id) WHERE id > 1;
  CREATE VIEW v AS SELECT id, a FROM t;
  CREATE TRIGGER g AFTER INSERT ON t WHEN new.id > 9 BEGIN
    UPDATE t SET a = 0 WHERE id = new.id; END;
  CREATE TABLE c (t REFERENCES t (id));
]]
local TEXT = "SELECT sql FROM sqlite_schema WHERE name = 't'"

describe("an INTEGER PRIMARY KEY that a UNIQUE names", function()
  for before, after in pairs {
    ["(id INTEGER PRIMARY KEY, a, UNIQUE (id, a)) WITHOUT ROWID"] =
      "(x INTEGER PRIMARY KEY, a, UNIQUE (x, a)) WITHOUT ROWID",
    ["(id \"integer\" PRIMARY KEY /* k */, a, CHECK (id > 0), UNIQUE (a), " ..
      "UNIQUE (a, id COLLATE NOCASE)) WITHOUT ROWID"] =
      "(x \"integer\" PRIMARY KEY /* k */, a, CHECK (x > 0), UNIQUE (a), " ..
      "UNIQUE (a, x COLLATE NOCASE)) WITHOUT ROWID",
    ["(id INTEGER, a INT, PRIMARY KEY (id), UNIQUE (id)) " ..
      "STRICT, WITHOUT ROWID"] =
      "(x INTEGER, a INT, PRIMARY KEY (x), UNIQUE (x)) " ..
      "STRICT, WITHOUT ROWID",
    ["(id INTEGER, a, UNIQUE (id, a), -- u\n PRIMARY KEY (id) -- k\n)"] =
      "(x INTEGER, a, UNIQUE (x, a), -- u\n PRIMARY KEY (x) -- k\n)",
    ["(id INTEGER, a, UNIQUE (a), CONSTRAINT u UNIQUE (id), CHECK (id > 0)," ..
      " UNIQUE (a, id), PRIMARY KEY (id AUTOINCREMENT))"] =
      "(x INTEGER, a, UNIQUE (a), CONSTRAINT u UNIQUE (x), CHECK (x > 0)," ..
      " UNIQUE (a, x), PRIMARY KEY (x AUTOINCREMENT))",
  } do
    local made = "CREATE TABLE t " .. before .. ";" .. ROWS
    case("gets a new name: " .. before, {
      before = made .. OTHERS, run = 't:rename_column("id", "x")',
      want = "native", twice = true, keeps = { "SELECT a FROM t" },
      globals = "FOREIGN_KEYS = true", gives = {
        [TEXT] = "CREATE TABLE t " .. after,
        ["SELECT group_concat(x || a) FROM t NOT INDEXED"] = "12,31",
        ["SELECT a FROM t INDEXED BY i WHERE x > 1"] = 1,
        ["SELECT count(*) FROM pragma_foreign_key_list('c') WHERE " ..
          "\"to\" = 'x'"] = 1,
      },
    })
    case("changes names with another: " .. before, {
      before = made .. OTHERS, want = "rebuild",
      run = 't:rename_columns{id = "a", a = "id"} t:rebuild()',
      gives = { ["SELECT group_concat(a || id) FROM t NOT INDEXED"] =
        "12,31" },
    })
  end
  case("is refused where a view would break", {
    before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a, UNIQUE (id, a)) " ..
      "WITHOUT ROWID; CREATE TABLE u (id, y); CREATE VIEW v AS SELECT * " ..
      "FROM t NATURAL JOIN u", want = "dependents",
    run = 't:rename_column("id", "y")', says = "the view v",
  })
  case("is left to SQLite where it can", {
    before = "CREATE TABLE t (id INT PRIMARY KEY, a, UNIQUE (id, a)) " ..
      "WITHOUT ROWID;" .. ROWS, want = "native", twice = true,
    run = 't:rename_column("id", "x")', gives = {
      [TEXT] = "CREATE TABLE t (x INT PRIMARY KEY, a, UNIQUE (x, a)) " ..
        "WITHOUT ROWID",
    },
  })
end)
