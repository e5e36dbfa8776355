--- Find a customer's orders without reading all of them.
MIGRATION_ID = "2026_02_02_index_orders_by_customer"

-- The guard asks for the columns, not for the name: an index that somebody
-- made by hand under another name serves as well.
function upgrade(conn, column_exists, table_exists)
  if not index_exists("orders", { "customer_id", "placed_at" }) then
    conn:execute([[
      CREATE INDEX orders_by_customer ON orders (customer_id, placed_at)
    ]])
    print("created the index orders_by_customer")
  end
end
