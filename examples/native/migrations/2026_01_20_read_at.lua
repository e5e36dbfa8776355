--- When a book was read, if it was.
MIGRATION_ID = "2026_01_20_read_at"

function upgrade(conn, column_exists)
  if not column_exists("books", "read_at") then
    conn:execute("ALTER TABLE books ADD COLUMN read_at TEXT")
  end
end
