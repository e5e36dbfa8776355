--@about forbid NULL in a column
--@var table identifier -- the table
--@var column identifier -- the column
--@var fill text = -- what rows with NULL get: SQL, such as 'none' or 0
--- ${words}.
MIGRATION_ID = ${id}

--@if fill
-- The value is an SQL expression over the row.
function upgrade(conn, column_exists, table_exists)
  local done = conn:alter(${table}, function(t)
    t:set_not_null(${column}, true, { fill = ${fill} })
  end)
--@else
-- Rows with NULL are refused. { fill = "…" } gives them a value: an SQL
-- expression over the row.
function upgrade(conn, column_exists, table_exists)
  local done = conn:alter(${table}, function(t)
    t:set_not_null(${column}, true)
  end)
--@end
  if done.changed then
    print("${table}.${column} is NOT NULL")
  end
end

function downgrade(conn, column_exists, table_exists)
  conn:alter(${table}, function(t)
    t:set_not_null(${column}, false)
  end)
end
