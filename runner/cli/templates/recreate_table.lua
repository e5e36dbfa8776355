--@about make a table again with another definition, and keep all it has
--@var table identifier -- the table
--@var columns columns -- its new columns and constraints
--@var before columns = -- the old ones, for the way back
--- ${words}.
MIGRATION_ID = ${id}

-- ALTER TABLE cannot change a type or add NOT NULL, CHECK and the like, so
-- the table is made again: the way of sqlite.org/lang_altertable.html,
-- section 7. The runner does its first and last steps: foreign keys are off,
-- all of it is one transaction, and afterwards foreign keys, views and
-- triggers are checked.

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
-- old row, by the name of the new column in lower case.
local VALUES = {
  -- status = "coalesce(status, 'open')",
}

-- Old columns that may go with all that is in them, in lower case.
local MAY_GO = {
  -- nickname = true,
}

local function quote(name)
  return '"' .. name:gsub('"', '""') .. '"'
end

-- Line ends and the blanks around them do not count.
local function flat(text)
  return (text:gsub("%s*\n%s*", " "):gsub("%( ", "("):gsub(" %)", ")"))
end

-- An INTEGER PRIMARY KEY is the rowid itself, under a name.
local function describe(conn, name)
  local t = conn:execute([[
    SELECT t.wr, t.strict, s.sql,
           (SELECT group_concat(upper(c.type)) FROM pragma_table_xinfo(?1) AS c
            WHERE c.pk > 0) AS key
    FROM pragma_table_list(?1) AS t
    JOIN main.sqlite_schema AS s ON s.name = t.name COLLATE NOCASE
    WHERE t.schema = 'main' AND t.type = 'table' AND s.type = 'table'
  ]], { name }):fetchall()[1]
  if not t then
    error("there is no table " .. name)
  end
  local all, columns, has = {}, {}, {}
  for column, hidden in conn:execute([[
      SELECT name, hidden FROM pragma_table_xinfo(?)
    ]], { name }):values() do
    all[#all + 1] = column:lower()
    has[column:lower()] = true
    if hidden == 0 then
      columns[#columns + 1] = column
    end
  end
  return {
    all = all, columns = columns, has = has, sql = t.sql,
    options = (t.wr == 1 and " WITHOUT ROWID" or "") ..
      (t.strict == 1 and (t.wr == 1 and ", STRICT" or " STRICT") or ""),
    bare_rowid = t.wr == 0 and t.key ~= "INTEGER" and not has.rowid,
  }
end

local function free_name()
  local name = TABLE .. "_new"
  while table_exists(name) or view_exists(name) or index_exists(name) do
    name = name .. "_"
  end
  return name
end

-- All rows; their rowids too, where other things may know them by these.
local function copy(conn, old, name, values)
  local new = describe(conn, name)
  local to, from = {}, {}
  if old.bare_rowid and new.bare_rowid then
    to[1], from[1] = "rowid", "rowid"
  end
  for _, column in ipairs(new.columns) do
    local value = values[column:lower()]
    if value or old.has[column:lower()] then
      to[#to + 1] = quote(column)
      from[#from + 1] = value or quote(column)
    end
  end
  if #to == 0 then
    error(TABLE .. " has no column in common with its new definition")
  end
  local sql = ("INSERT OR ABORT INTO %s (%s) SELECT %s FROM %s"):format(
    quote(name), table.concat(to, ", "), table.concat(from, ", "),
    quote(TABLE))
  local cursor = conn:execute(sql)
  return cursor.rowcount, new
end

local function recreate(conn, definition, values, may_go)
  local old = describe(conn, TABLE)
  if flat(old.sql):find(flat("(" .. definition .. ")"), 1, true) then
    return
  end

  -- Indexes and triggers go with the table; their text brings them back.
  local belongings = conn:execute([[
    SELECT sql FROM main.sqlite_schema
    WHERE tbl_name = ? COLLATE NOCASE
      AND type IN ('index', 'trigger') AND sql IS NOT NULL
    ORDER BY rowid
  ]], { TABLE }):fetchall()
  local counter = table_exists("sqlite_sequence") and conn:execute(
    "SELECT seq FROM sqlite_sequence WHERE name = ? COLLATE NOCASE",
    { TABLE }):fetchall()[1]
  local analyzed = table_exists("sqlite_stat1") and
    row_exists("sqlite_stat1", { tbl = TABLE })

  local name = free_name()
  conn:execute(("CREATE TABLE %s (%s)%s"):format(quote(name), definition,
    old.options))
  local copied, new = copy(conn, old, name, values)
  for _, column in ipairs(old.all) do
    if may_go and not may_go[column] and not new.has[column] then
      error(TABLE .. " has a column " .. column .. " that would be lost")
    end
  end

  -- While the name is free, views that read it do not compile, and the new
  -- way of renaming refuses to work then. The old way leaves them alone; the
  -- runner puts the pragma back.
  conn:execute("PRAGMA legacy_alter_table = ON")
  conn:execute("DROP TABLE " .. quote(TABLE))
  conn:execute(("ALTER TABLE %s RENAME TO %s"):format(quote(name),
    quote(TABLE)))
  for _, belonging in ipairs(belongings) do
    conn:execute(belonging.sql)
  end

  -- A number that AUTOINCREMENT has given out never comes again.
  if counter then
    conn:execute([[
      UPDATE sqlite_sequence SET seq = ?1 WHERE name = ?2 AND seq < ?1
    ]], { counter.seq, TABLE })
  end
  if analyzed then
    conn:execute("ANALYZE " .. quote(TABLE))
  end
  print("made " .. TABLE .. " again with " .. copied .. " rows")
end

function upgrade(conn, column_exists, table_exists)
  recreate(conn, AFTER, VALUES, MAY_GO)
end
--@if before

-- What the new definition has added goes.
function downgrade(conn, column_exists, table_exists)
  recreate(conn, BEFORE, {}, nil)
end
--@end
