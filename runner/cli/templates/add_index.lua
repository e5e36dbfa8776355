--@about index columns of a table, unless they are indexed
--@var table identifier -- the table
--@var columns identifiers -- its columns, split by commas
--@var index identifier = ${table}_by_${columns} -- the name of the index
--@var unique flag = no -- may no two rows have the same values?
--- ${words}.
MIGRATION_ID = ${id}

--@if unique
-- An index on the same columns serves as well, under whatever name, as long
-- as it is unique and for all rows.
local function is_there(conn)
  local wanted = table.concat(${columns}, "\n"):lower()
  local indexes = conn:execute([[
    SELECT (SELECT group_concat(c.name, char(10))
            FROM pragma_index_info(i.name) AS c) AS columns
    FROM pragma_index_list(?) AS i
    WHERE i."unique" AND NOT i.partial
  ]], { ${table} }):fetchall()
  for _, found in ipairs(indexes) do
    if found.columns and found.columns:lower() == wanted then
      return true
    end
  end
  return false
end

-- Rows with the same values are an error that names the columns; nothing is
-- changed then.
function upgrade(conn, column_exists, table_exists)
  assert(table_exists(${table}), "there is no table ${table}")
  if not is_there(conn) then
    conn:execute([[
      CREATE UNIQUE INDEX ${index:sql}
      ON ${table:sql} (${columns:sql})
    ]])
    print("created the index ${index}")
  end
end
--@else
-- The guard asks for the columns, not for the name: an index that somebody
-- made by hand under another name serves as well.
function upgrade(conn, column_exists, table_exists)
  assert(table_exists(${table}), "there is no table ${table}")
  if not index_exists(${table}, ${columns}) then
    conn:execute([[
      CREATE INDEX ${index:sql}
      ON ${table:sql} (${columns:sql})
    ]])
    print("created the index ${index}")
  end
end
--@end

function downgrade(conn, column_exists, table_exists)
  if index_exists(${index}) then
    conn:execute("DROP INDEX ${index:sql}")
    print("dropped the index ${index}")
  end
end
