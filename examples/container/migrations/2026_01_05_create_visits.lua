--- Who came, and when.
MIGRATION_ID = "2026_01_05_create_visits"

function upgrade(conn, column_exists, table_exists)
  if not table_exists("visits") then
    conn:execute([[
      CREATE TABLE visits (
        id INTEGER PRIMARY KEY,
        visitor TEXT NOT NULL,
        came_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
      )
    ]])
  end
end
