--@about create a table, unless it is there
--@var table identifier -- the new table
--@var columns columns = id INTEGER PRIMARY KEY, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP -- its columns and constraints
--- ${words}.
MIGRATION_ID = ${id}

-- A table that is there stays as it is, whatever its columns are.
function upgrade(conn, column_exists, table_exists)
  if not table_exists(${table}) then
    conn:execute([[
      CREATE TABLE ${table:sql} (
        ${columns:sql}
      )
    ]])
    print("created ${table}")
  end
end

-- What is in the table goes with it.
function downgrade(conn, column_exists, table_exists)
  if table_exists(${table}) then
    conn:execute("DROP TABLE ${table:sql}")
    print("dropped ${table}")
  end
end
