--- The notes themselves.
MIGRATION_ID = "2026_01_05_create_notes"

function upgrade(conn, column_exists, table_exists)
  if not table_exists("notes") then
    conn:execute([[
      CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)
    ]])
  end
end

function downgrade(conn, column_exists, table_exists)
  if table_exists("notes") then
    conn:execute("DROP TABLE notes")
  end
end
