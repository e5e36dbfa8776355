-- SPDX-License-Identifier: MIT
-- A view or trigger that a migration makes and that does not compile is
-- committed, and somebody is told.
local sandbox = require "tests.support.sandbox"

describe("what a migration makes and does not compile", function()
  local box
  before_each(function()
    box = sandbox.new()
    box:sql("CREATE TABLE t (a)")
  end)
  after_each(function() box:destroy() end)

  local function warned(want)
    local status, _, err = box:run("up")
    assert.equal(0, status, err)
    local list = {}
    for line in err:gmatch("lumigrate: warning: ([^\n]*)") do
      list[#list + 1] = line
    end
    assert.same(want, list)
  end

  local VIEW = "the view v, made by this migration, does not compile: " ..
    "no such table: main.missing"
  local MAKE = 'conn:execute("CREATE VIEW v AS SELECT * FROM missing")'

  it("is warned of: a view, the first one and a later one", function()
    box:migration("1", MAKE)
    warned { "1: " .. VIEW }
    assert.equal("v", box:value("SELECT name FROM sqlite_schema WHERE " ..
      "type = 'view'"))
    -- It was broken before.
    box:migration("2", 'conn:execute("CREATE TABLE u (a)")\n' ..
      'conn:execute("CREATE VIEW w AS SELECT a FROM t")')
    warned {}
    box:migration("3", 'conn:execute("CREATE VIEW x AS SELECT z FROM t")')
    warned { "3: the view x, made by this migration, does not compile: " ..
      "no such column: z" }
    box:migration("4", 'conn:alter("t", function(t) ' ..
      't:add_column("b", "INT") end)')
    warned {}
  end)

  it("is warned of: a trigger, and triggers of one event", function()
    box:sql_file("1.sql", "CREATE TRIGGER g AFTER INSERT ON t BEGIN " ..
      "INSERT INTO missing VALUES (1); END;")
    warned { "1: the trigger g on t, made by this migration, does not " ..
      "compile: no such table: main.missing" }
    -- With one that was broken before nobody can tell.
    box:sql_file("2.sql", "CREATE TRIGGER h AFTER INSERT ON t BEGIN " ..
      "SELECT 1; END;")
    warned {}
    box:sql_file("3.sql", "CREATE TRIGGER i AFTER DELETE ON t BEGIN " ..
      "SELECT 1; END; CREATE TRIGGER j AFTER DELETE ON t BEGIN " ..
      "DELETE FROM missing; END;")
    warned { "3: one of the triggers i, j on t, made by this migration, " ..
      "does not compile: no such table: main.missing" }
  end)

  it("is no matter when it is put right before the end", function()
    box:migration("1", MAKE .. '\nconn:execute("CREATE TABLE missing (a)")')
    warned {}
  end)

  it("is no matter when it was broken, and only made anew", function()
    box:sql("CREATE VIEW v AS SELECT * FROM missing")
    box:migration("1", 'conn:execute("DROP VIEW v")\n' .. MAKE)
    warned {}
    box:migration("2", 'conn:alter("t", function(t) ' ..
      't:set_type("a", "INT") end)')
    warned {}
  end)
end)
