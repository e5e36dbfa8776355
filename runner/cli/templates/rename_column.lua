--@about rename a column, unless it is done
--@var table identifier -- the table
--@var from identifier -- the column's name so far
--@var to identifier -- its new name
--- ${words}.
MIGRATION_ID = ${id}

-- SQLite renames the column in indexes, triggers and views as well.
local function rename(conn, from, to, sql)
  assert(table_exists(${table}), "there is no table ${table}")
  if column_exists(${table}, from) then
    conn:execute(sql)
    print("renamed ${table}." .. from .. " to " .. to)
  elseif not column_exists(${table}, to) then
    error("${table} has neither a column " .. from .. " nor " .. to)
  end
end

function upgrade(conn, column_exists, table_exists)
  rename(conn, ${from}, ${to},
    "ALTER TABLE ${table:sql} RENAME COLUMN ${from:sql} TO ${to:sql}")
end

function downgrade(conn, column_exists, table_exists)
  rename(conn, ${to}, ${from},
    "ALTER TABLE ${table:sql} RENAME COLUMN ${to:sql} TO ${from:sql}")
end
