--- Customers and their orders.
MIGRATION_ID = "2026_01_05_create_customers_and_orders"

-- The shop ran for a while before it had migrations and made its tables
-- itself. Where they are, they stay as they are.
function upgrade(conn, column_exists, table_exists)
  if not table_exists("customers") then
    conn:execute([[
      CREATE TABLE customers (
        id      INTEGER PRIMARY KEY,
        name    TEXT NOT NULL,
        contact TEXT            -- as typed in: "Ada <ada@example.com>"
      )
    ]])
    print("created customers")
  end
  if not table_exists("orders") then
    conn:execute([[
      CREATE TABLE orders (
        id          INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL REFERENCES customers (id),
        placed_at   TEXT NOT NULL,
        status      TEXT,
        total_cents INTEGER NOT NULL
      )
    ]])
    print("created orders")
  end
end
