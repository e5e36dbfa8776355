--@about drop a column with all that is in it, if it is there
--@var table identifier -- the table
--@var column identifier -- the column that goes
--@var type type = TEXT -- its type, for the way back
--- ${words}.
MIGRATION_ID = ${id}

-- SQLite refuses while an index, a trigger, a view or a constraint uses the
-- column: what has to go before it is dropped here, by name.
function upgrade(conn, column_exists, table_exists)
  assert(table_exists(${table}), "there is no table ${table}")
  if column_exists(${table}, ${column}) then
    conn:execute("ALTER TABLE ${table:sql} DROP COLUMN ${column:sql}")
    print("dropped ${table}.${column}")
  end
end

-- The column comes back; what was in it does not.
function downgrade(conn, column_exists, table_exists)
  assert(table_exists(${table}), "there is no table ${table}")
  if not column_exists(${table}, ${column}) then
    conn:execute("ALTER TABLE ${table:sql} ADD COLUMN ${column:sql} ${type}")
    print("added ${table}.${column}")
  end
end
