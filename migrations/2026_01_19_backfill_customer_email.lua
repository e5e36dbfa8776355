--- Read the e-mail addresses out of what was typed in as contact.
MIGRATION_ID = "2026_01_19_backfill_customer_email"

-- SQL has no patterns to take an address out of free text; Lua has.
local function address_in(contact)
  return contact:match("[%w.+_-]+@[%w-]+%.[%w.-]*%w")
end

function upgrade(conn, column_exists, table_exists)
  local open = "FROM customers WHERE email IS NULL AND contact IS NOT NULL"
  local total = conn:execute("SELECT count(*) " .. open):fetchone()[1]
  local step = progress(total, "e-mail addresses")
  local found = 0

  -- The reader walks the table by its primary key and the writer leaves the
  -- key alone, so no row is met twice. An address that somebody has entered
  -- since is not touched: only empty ones are read.
  local reader, writer = conn:cursor(), conn:cursor()
  reader:execute("SELECT id, contact " .. open .. " ORDER BY id")
  for id, contact in reader:values() do
    local email = address_in(contact)
    if email then
      writer:execute("UPDATE customers SET email = ? WHERE id = ?",
        { email:lower(), id })
      found = found + 1
    end
    step()
  end
  if found < total then
    log.warn(total - found .. " contacts hold no e-mail address")
  end
end
