--@about rename a column, unless it is done
--@var table identifier -- the table
--@var from identifier -- the column's name so far
--@var to identifier -- its new name
--- ${words}.
MIGRATION_ID = ${id}

-- Indexes, triggers, views and foreign keys follow.
local function rename(conn, from, to)
  local done = conn:alter(${table}, function(t)
    t:rename_column(from, to)
  end)
  if done.changed then
    print("renamed ${table}." .. from .. " to " .. to)
  end
end

function upgrade(conn, column_exists, table_exists)
  rename(conn, ${from}, ${to})
end

function downgrade(conn, column_exists, table_exists)
  rename(conn, ${to}, ${from})
end
