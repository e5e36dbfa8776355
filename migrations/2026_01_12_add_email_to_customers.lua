--- A column of its own for the customers' e-mail addresses.
MIGRATION_ID = "2026_01_12_add_email_to_customers"

-- SQLite has no ADD COLUMN IF NOT EXISTS: the guard looks first.
function upgrade(conn, column_exists, table_exists)
  if not column_exists("customers", "email") then
    conn:execute("ALTER TABLE customers ADD COLUMN email TEXT")
    print("added customers.email")
  end
end
