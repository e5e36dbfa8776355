-- SPDX-License-Identifier: MIT
-- conn:alter: the dependents that a refusal and dry_run list have the shape
-- of conn:dependents: what it is, what it is called, and where it stands.
local sandbox = require "tests.support.sandbox"

local SHOW = [[
local function show(list)
  local out = {}
  for i, d in ipairs(list) do
    out[i] = table.concat({ d.kind, d.schema, d.name or "-", d.table or "-",
      d.column or "-", d.how }, " ")
  end
  table.sort(out)
  return table.concat(out, "; ")
end
]]

describe("dependents of a refusal", function()
  local box

  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function listed(before, run, call)
    box:sql(before)
    box:migration("2000_01_02_alter", SHOW .. ([[
      local function run(conn)
        local ok, e = pcall(conn.alter, conn, "t", function(t) %s end)
        assert(not ok and e.code == "alter_refused", tostring(e))
        print("LIST " .. show(e.dependents))
      end
      %s
    ]]):format(run, call or "run(conn)"))
    return box:up():match("LIST ([^\n]*)")
  end

  for name, one in pairs {
    ["a foreign key of another table, by its column"] = {
      "CREATE TABLE t (a, b UNIQUE); " ..
        "CREATE TABLE ch (x CONSTRAINT k REFERENCES t (b))",
      't:drop_column("b")', "foreign_key main k ch b read",
    },
    ["a foreign key without a name"] = {
      "CREATE TABLE t (a, b UNIQUE); CREATE TABLE ch (x REFERENCES t (b))",
      't:drop_column("b")', "foreign_key main - ch b read",
    },
    ["a foreign key that means the primary key"] = {
      "CREATE TABLE t (id INTEGER PRIMARY KEY, b); " ..
        "CREATE TABLE ch (x CONSTRAINT k REFERENCES t)",
      't:set_primary_key{"b"}', "foreign_key main k ch - read",
    },
    ["a foreign key whose key goes"] = {
      "CREATE TABLE t (a, b UNIQUE); CREATE TABLE ch (x REFERENCES t (b))",
      't:drop_unique{"b"}', "foreign_key main - ch - read",
    },
    ["the table's own constraints"] = {
      "CREATE TABLE t (a, b, c AS (b + 1), CONSTRAINT n CHECK (b > 0), " ..
        "UNIQUE (a, b), FOREIGN KEY (b) REFERENCES p)",
      't:drop_column("b")', "check main n t b read; " ..
        "foreign_key main - t b read; generated main c t b read; " ..
        "unique main - t b read",
    },
    ["an index"] = {
      "CREATE TABLE t (a, b); CREATE INDEX i ON t (b)",
      't:drop_column("b")', "index main i t b read",
    },
    ["a view and a trigger of another table"] = {
      "CREATE TABLE t (a, b); CREATE TABLE u (x); " ..
        "CREATE VIEW v AS SELECT b FROM t; CREATE TRIGGER g AFTER INSERT " ..
        "ON u BEGIN UPDATE t SET b = 1; END",
      't:drop_column("b")',
      "trigger main g u b write; view main v - b read",
    },
    ["a trigger on a view that goes along"] = {
      "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT b FROM t; " ..
        "CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
      't:drop_column("b", {cascade = {"views"}})',
      "trigger main g v b write; view main v - b read",
    },
    ["what means something else afterwards"] = {
      "CREATE TABLE t (a); CREATE TABLE u (x); CREATE TRIGGER g AFTER " ..
        "INSERT ON u BEGIN INSERT INTO t VALUES (1); END",
      't:add_column("n", "INT", {before = "a"})',
      "trigger main g u - read",
    },
    ["a string that would become a column"] = {
      'CREATE TABLE t (a, b); CREATE INDEX i ON t (a, "nope")',
      't:rename_column("b", "nope")', "index main i t - read",
    },
    ["a full-text table"] = {
      "CREATE TABLE t (a, b); CREATE VIRTUAL TABLE ft USING " ..
        "fts5(b, content='t')",
      't:drop_column("b")', "fts5 main ft - b read",
    },
  } do
    it("is " .. name, function()
      assert.equal(one[3], listed(one[1], one[2]))
    end)
  end

  it("calls the table as the call does, after a rename, too", function()
    assert.equal("check main - t d read",
      listed("CREATE TABLE t (a, b, CHECK (b > 0))",
      't:rename_to("u") t:rename_column("b", "d") t:drop_column("d")'))
  end)

  it("is what dry_run and conn:dependents list", function()
    assert.equal("true", listed([[
      CREATE TABLE t (a, b UNIQUE, g AS (b), CHECK (b > 0));
      CREATE TABLE ch (x CONSTRAINT k REFERENCES t (b));
      CREATE VIEW v AS SELECT b FROM t; CREATE INDEX i ON t (b);
      CREATE TRIGGER h AFTER UPDATE ON ch BEGIN UPDATE t SET b = 1; END;
    ]], "", [[
      local dry = conn:alter("t", {dry_run = true}, function(t)
        t:set_default("b", "1")
      end)
      print("LIST " .. tostring(#dry.dependents > 5 and
        show(dry.dependents) == show(conn:dependents("t", "b"))))
    ]]))
  end)
end)
