--@about give a column another type
--@var table identifier -- the table
--@var column identifier -- the column
--@var type type -- its new type
--@var before type = -- the old one, for the way back
--- ${words}.
MIGRATION_ID = ${id}

-- SQLite converts what the new type's affinity converts ('12' to 12), and
-- keeps the rest as it is. For anything else say how, and the script changes
-- the values each time it runs: { using = "CAST(… AS INTEGER)" }
local function change(conn, type)
  local done = conn:alter(${table}, function(t)
    t:set_type(${column}, type)
  end)
  if done.changed then
    print("${table}.${column} is " .. type)
  end
end

function upgrade(conn, column_exists, table_exists)
  change(conn, "${type}")
end
--@if before

function downgrade(conn, column_exists, table_exists)
  change(conn, "${before}")
end
--@end
