--- Every order has a status that we know, and no total below zero.
MIGRATION_ID = "2026_03_02_require_order_status"

-- SQLite cannot add NOT NULL or CHECK to a table that is there, so the table
-- is made again: the way of sqlite.org/lang_altertable.html, section 7. The
-- runner does its first and last steps: foreign keys are off, all of it is
-- one transaction, and afterwards foreign keys, views and triggers are
-- checked.

local COLUMNS = { "id", "customer_id", "placed_at", "status", "total_cents" }

local function is_done(conn)
  return conn:execute([[
    SELECT 1 FROM sqlite_schema
    WHERE type = 'table' AND name = 'orders' COLLATE NOCASE
      AND instr(sql, 'orders_status_known') > 0
  ]]):fetchone() ~= nil
end

-- What this script does not know of would be lost on the way.
local function refuse_unknown_columns(conn)
  local known = {}
  for _, name in ipairs(COLUMNS) do
    known[name] = true
  end
  local cursor = conn:execute("SELECT name FROM pragma_table_xinfo('orders')")
  for name in cursor:values() do
    if not known[name:lower()] then
      error("orders has a column " .. name .. " that would be lost")
    end
  end
end

local function refuse_bad_rows(conn)
  local bad = conn:execute([[
    SELECT count(*), min(id) FROM orders
    WHERE total_cents < 0
       OR status NOT IN ('open', 'paid', 'sent', 'cancelled')
  ]]):fetchall()[1]
  if bad[1] > 0 then
    error(("%d orders do not fit, the first one has id %d"):format(bad[1],
      bad[2]))
  end
end

function upgrade(conn, column_exists, table_exists)
  if is_done(conn) then
    return
  end
  refuse_unknown_columns(conn)
  refuse_bad_rows(conn)

  -- Indexes and triggers go with the table; their text brings them back.
  local belongings = conn:execute([[
    SELECT sql FROM sqlite_schema
    WHERE tbl_name = 'orders' COLLATE NOCASE
      AND type IN ('index', 'trigger') AND sql IS NOT NULL
    ORDER BY rowid
  ]]):fetchall()

  conn:execute([[
    CREATE TABLE orders_new (
      id          INTEGER PRIMARY KEY,
      customer_id INTEGER NOT NULL REFERENCES customers (id),
      placed_at   TEXT NOT NULL,
      status      TEXT NOT NULL DEFAULT 'open'
                  CONSTRAINT orders_status_known
                  CHECK (status IN ('open', 'paid', 'sent', 'cancelled')),
      total_cents INTEGER NOT NULL CHECK (total_cents >= 0)
    )
  ]])
  local copied = conn:execute([[
    INSERT INTO orders_new (id, customer_id, placed_at, status, total_cents)
    SELECT id, customer_id, placed_at, coalesce(status, 'open'), total_cents
    FROM orders
  ]]).rowcount

  -- While the name is free, views that read it do not compile, and the new
  -- way of renaming refuses to work then. The old way leaves them alone; the
  -- runner puts the pragma back.
  conn:execute("PRAGMA legacy_alter_table = ON")
  conn:execute("DROP TABLE orders")
  conn:execute("ALTER TABLE orders_new RENAME TO orders")
  for _, belonging in ipairs(belongings) do
    conn:execute(belonging.sql)
  end
  print("made orders again with " .. copied .. " rows")
end
