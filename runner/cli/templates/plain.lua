--@about an empty script that runs and does nothing
--- ${words}.
MIGRATION_ID = ${id}

-- Look before you leap: the guards (column_exists, table_exists,
-- index_exists, row_exists, ...) ask the database what is there.
function upgrade(conn, column_exists, table_exists)
  local cursor = conn:cursor()
  -- if not column_exists("users", "email") then
  --   cursor:execute("ALTER TABLE users ADD COLUMN email TEXT")
  --   print("added users.email")
  -- end
end

-- The way back. Without this function there is none.
-- function downgrade(conn, column_exists, table_exists)
--   if column_exists("users", "email") then
--     conn:execute("ALTER TABLE users DROP COLUMN email")
--   end
-- end
