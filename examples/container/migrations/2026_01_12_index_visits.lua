--- Find the visits of a visitor.
MIGRATION_ID = "2026_01_12_index_visits"

function upgrade(conn)
  if not index_exists("visits", { "visitor" }) then
    conn:execute("CREATE INDEX visits_by_visitor ON visits (visitor)")
  end
end
