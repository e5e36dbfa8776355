--@about fill a column, where it is empty, by a rule written in Lua
--@var table identifier -- the table
--@var column identifier -- the column to fill
--@var source identifier -- the column that its value comes from
--@var key identifier = rowid -- a unique column that stays as it is
--- ${words}.
MIGRATION_ID = ${id}

-- The value of ${column} for one of ${source}; nil where there is none.
-- Here: the text without blanks around it.
local function value_for(source)
  if type(source) == "string" then
    source = source:match("^%s*(.-)%s*$")
  end
  return source
end

function upgrade(conn, column_exists, table_exists)
  assert(table_exists(${table}), "there is no table ${table}")
  assert(column_exists(${table}, ${column}),
    "${table} has no column ${column}")
  assert(column_exists(${table}, ${source}),
    "${table} has no column ${source}")

  -- Only empty values are filled: a second run finds nothing to do, and what
  -- somebody has entered since stays.
  local total = conn:execute([[
    SELECT count(*) FROM ${table:sql}
    WHERE ${column:sql} IS NULL AND ${source:sql} IS NOT NULL
  ]]):fetchone()[1]
  local step = progress(total, ${table})
  local filled = 0

  -- The reader follows a key that the writer leaves alone, so that no row is
  -- met twice.
  local reader, writer = conn:cursor(), conn:cursor()
  reader:execute([[
    SELECT ${key:sql}, ${source:sql} FROM ${table:sql}
    WHERE ${column:sql} IS NULL AND ${source:sql} IS NOT NULL
    ORDER BY ${key:sql}
  ]])
  for key, source in reader:values() do
    local value = value_for(source)
    if value ~= nil then
      writer:execute([[
        UPDATE ${table:sql} SET ${column:sql} = ? WHERE ${key:sql} = ?
      ]], { value, key })
      filled = filled + 1
    end
    step()
  end
  if filled > 0 then
    print("filled ${table}.${column} in " .. filled .. " rows")
  end
  if filled < total then
    log.warn(total - filled .. " rows of ${table} stay without ${column}")
  end
end

-- There is no way back: what was filled in cannot be told from what was
-- there before. Where it can in your case, write a function downgrade.
