-- SPDX-License-Identifier: MIT
-- conn:alter on temporary tables that temporary views and triggers read.
local sandbox = require "tests.support.sandbox"

local LEAD = [[
  conn:executescript([=[
    CREATE TEMP TABLE tt (x, y, z);
    INSERT INTO tt VALUES (1, 2, 3);
    CREATE TEMP TABLE other (k);
    CREATE INDEX temp.ti ON tt (y);
    CREATE TEMP VIEW tv AS SELECT "y" AS k, x FROM tt WHERE y > 0;
    CREATE TEMP VIEW tw AS SELECT k + 1 AS n FROM tv;
    CREATE TEMP TRIGGER tg AFTER UPDATE OF y ON tt BEGIN
      INSERT INTO other SELECT new.y + n FROM tw; END;
  ]=])
  local function one(sql) return conn:execute(sql):fetchone()[1] end
]]

describe("a column of a temporary table", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function alter(run)
    box:migration("2000_01_01_temp", LEAD .. run)
    local status, out, err = box:run("up")
    assert.equal(0, status, out .. err)
  end

  local CHECKS = [[
    assert(one("SELECT n FROM tw") == 3)
    conn:execute("UPDATE %s SET %s = 10")
    assert(one("SELECT k FROM other") == 21)
    assert(one("SELECT count(*) FROM pragma_index_info('ti') " ..
      "WHERE name = '%s'") == 1)
    assert(one("PRAGMA writable_schema") == 0)
  ]]

  it("is renamed, and what reads it follows", function()
    alter([[
      local r = conn:alter("tt", function(t)
        t:rename_column("y", "yy") end)
      assert(r.strategy == "native")
    ]] .. CHECKS:format("tt", "yy", "yy"))
  end)

  it("is renamed with schema given, with the table, by a copy", function()
    alter([[
      conn:alter("tt", {schema = "temp"}, function(t)
        t:rename_column("y", "yy") t:rename_to("t2") t:rebuild() end)
    ]] .. CHECKS:format("t2", "yy", "yy"))
  end)

  it("exchanges its name with another", function()
    alter([[
      conn:alter("tt", function(t)
        t:rename_columns{y = "z", z = "y"} end)
    ]] .. CHECKS:format("tt", "z", "z"))
  end)

  it("is not renamed where a view would read another table", function()
    alter([[
      conn:execute("CREATE TEMP VIEW tx AS SELECT y, k FROM tt, other")
      local ok, e = pcall(conn.alter, conn, "tt", function(t)
        t:rename_column("y", "k") end)
      assert(not ok and e.reason == "dependents", tostring(e))
      assert(tostring(e):find("the view tx", 1, true), tostring(e))
    ]] .. CHECKS:format("tt", "y", "y"))
  end)
end)
