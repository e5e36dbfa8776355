--@about drop a column with all that is in it, if it is there
--@var table identifier -- the table
--@var column identifier -- the column that goes
--@var type type = TEXT -- its type, for the way back
--- ${words}.
MIGRATION_ID = ${id}

-- What uses the column stops this, and is named. To have it go as well, list
-- its kind: { cascade = { "indexes", "triggers", "views", "constraints" } }
function upgrade(conn, column_exists, table_exists)
  local done = conn:alter(${table}, function(t)
    t:drop_column(${column})
  end)
  if done.changed then
    print("dropped ${table}.${column}")
  end
end

-- The column comes back; what was in it does not.
function downgrade(conn, column_exists, table_exists)
  if not column_exists(${table}, ${column}) then
    conn:alter(${table}, function(t)
      t:add_column(${column}, "${type}")
    end)
    print("added ${table}.${column}")
  end
end
