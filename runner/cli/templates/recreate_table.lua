--@about give a table another definition, and keep all it has
--@var table identifier -- the table
--@var columns columns -- its new columns and constraints
--@var before columns = -- the old ones, for the way back
--- ${words}.
MIGRATION_ID = ${id}

-- Rows, indexes, triggers, views and foreign keys both ways stay. What cannot
-- be kept, and rows that do not fit, are refused with the reason.

local TABLE = ${table}

-- Columns and constraints as they are to be.
local AFTER = [[
  ${columns:sql}
]]
--@if before

-- And as they were.
local BEFORE = [[
  ${before:sql}
]]
--@end

-- Where a new value is not simply the old one: an SQL expression over the
-- old row, by the name of the new column.
local VALUES = {
  -- status = "coalesce(status, 'open')",
}

-- Old columns that may go with all that is in them.
local MAY_GO = {
  -- "nickname",
}

function upgrade(conn, column_exists, table_exists)
  local done = conn:alter(TABLE, function(t)
    t:define(AFTER, { fill = VALUES, lose = MAY_GO })
  end)
  if done.changed then
    print("made " .. TABLE .. " again with " .. done.rows .. " rows")
  end
end
--@if before

-- What the new definition has added goes.
function downgrade(conn, column_exists, table_exists)
  conn:alter(TABLE, function(t)
    t:define(BEFORE, { lose = true })
  end)
end
--@end
