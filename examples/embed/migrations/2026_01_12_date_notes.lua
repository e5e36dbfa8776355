--- When each note was written; of older ones it is not known.
MIGRATION_ID = "2026_01_12_date_notes"

function upgrade(conn, column_exists, table_exists)
  if column_exists("notes", "written_at") then
    return
  end
  -- ADD COLUMN takes no default that is computed, so a trigger sets it.
  conn:execute("ALTER TABLE notes ADD COLUMN written_at TEXT")
  conn:execute("UPDATE notes SET written_at = 'unknown'")
  conn:execute([[
    CREATE TRIGGER IF NOT EXISTS notes_written AFTER INSERT ON notes
    WHEN new.written_at IS NULL
    BEGIN
      UPDATE notes SET written_at = date('now') WHERE id = new.id;
    END
  ]])
end

function downgrade(conn, column_exists)
  if column_exists("notes", "written_at") then
    conn:execute("DROP TRIGGER IF EXISTS notes_written")
    conn:execute("ALTER TABLE notes DROP COLUMN written_at")
  end
end
