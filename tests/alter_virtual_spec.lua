-- SPDX-License-Identifier: MIT
-- conn:alter after virtual tables were written: they keep a BLOB open until
-- the next savepoint, which is no cursor of the script.
local case = require "tests.support.altering".with(it)

local T = [[
  CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b, c);
  CREATE INDEX ib ON t (b);
  INSERT INTO t VALUES (5, 'hey', 1, 2);
  CREATE VIRTUAL TABLE own USING fts5 (a, content = 't', content_rowid = 'id');
  INSERT INTO own (own) VALUES ('rebuild');
  CREATE VIRTUAL TABLE f USING fts5 (x);
  CREATE VIRTUAL TABLE r USING rtree (id, x0, x1);
]]

describe("conn:alter", function()
  for what, lead in pairs {
    ["FTS5"] = "INSERT INTO f VALUES ('a b')",
    ["FTS5's rebuild"] = "INSERT INTO own (own) VALUES ('rebuild')",
    ["R*Tree"] = "INSERT INTO r VALUES (1, 0, 1)",
  } do
    for run, want in pairs {
      ['t:add_column("n", "INT")'] = "native",
      ['t:rename_column("c", "n")'] = "native",
      ['t:drop_column("b", {cascade = {"indexes"}})'] = "native",
      ['t:set_default("c", "7")'] = "rebuild",
      ['t:rebuild()'] = "rebuild",
    } do
      case("comes after a write to " .. what .. ": " .. run, {
        before = T, lead = ('conn:execute("%s")'):format(lead), run = run,
        want = want, gives = { ["SELECT count(*) FROM own('hey')"] = 1 },
      })
    end
  end

  case("looks at full-text tables more than once in a call", {
    before = T, run = 't:set_type("b", "TEXT", {using = "b || 1"}) ' ..
      't:set_type("c", "TEXT", {using = "b || 1"})', want = "rebuild",
    gives = { ["SELECT b || ' ' || c FROM t"] = "11 111" },
  })

  case("looks at full-text tables before and after", {
    before = T, options = '{check = "full"}', want = "native",
    run = 't:drop_column("c")',
  })
end)
