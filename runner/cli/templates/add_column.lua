--@about add a column to a table, unless it is there
--@var table identifier -- the table
--@var column identifier -- the new column
--@var type type = TEXT -- its type, with constraints if it has any
--- ${words}.
MIGRATION_ID = ${id}

-- SQLite has no ADD COLUMN IF NOT EXISTS: the guard looks first. A column
-- that is NOT NULL needs a DEFAULT, for the rows that are there.
function upgrade(conn, column_exists, table_exists)
  assert(table_exists(${table}), "there is no table ${table}")
  if not column_exists(${table}, ${column}) then
    conn:execute("ALTER TABLE ${table:sql} ADD COLUMN ${column:sql} ${type}")
    print("added ${table}.${column}")
  end
end

-- What is in the column goes with it.
function downgrade(conn, column_exists, table_exists)
  if column_exists(${table}, ${column}) then
    conn:execute("ALTER TABLE ${table:sql} DROP COLUMN ${column:sql}")
    print("dropped ${table}.${column}")
  end
end
