---@meta
-- SPDX-License-Identifier: MIT
--
-- What a migration script gets, for the Lua language server (LuaLS): names,
-- parameters and explanations while you write. Nothing here is ever run.
--
-- In .luarc.json beside your migrations, with the folder of this file:
--
--   { "runtime.version": "Lua 5.4",
--     "runtime.builtin": { "debug": "disable", "io": "disable",
--                          "package": "disable" },
--     "workspace.library": ["/usr/local/share/lumigrate"] }
--
-- and in a script, so that `conn` is known:
--
--   ---@param conn lumigrate.Connection
--   function upgrade(conn)

-- What a script sets ------------------------------------------------------

--- The migration's identity: 1 to 255 bytes of UTF-8, no control characters,
--- no "/". Required, as a literal at the outermost level.
---@type string
MIGRATION_ID = ""

--- One line; without it the leading `---` comment of the file.
---@type string?
DESCRIPTION = nil

--- `false`: the runner opens no transaction, for what SQLite refuses inside
--- one. `true` is the default.
---@type boolean?
TRANSACTION = nil

--- `true`: foreign keys are enforced while the script runs. `false`, the
--- default: they are checked at its end.
---@type boolean?
FOREIGN_KEYS = nil

--- `"on_change"`: runs again whenever its text has changed. `"always"`: runs
--- at every `lumigrate up`. `"once"` is the default.
---@type "once"|"on_change"|"always"|nil
RUN = nil

--- What the migration does. Required.
---@type fun(conn: lumigrate.Connection, column_exists: function, table_exists: function)
upgrade = nil

--- How it is taken back.
---@type (fun(conn: lumigrate.Connection, column_exists: function, table_exists: function))?
downgrade = nil

-- Guards ------------------------------------------------------------------

---@alias lumigrate.Schema "main"|"temp"

---@alias lumigrate.Value nil|boolean|integer|number|string|lumigrate.Blob|lumigrate.Null

--- Is there such a table, or virtual table? Not for a view.
---@param table string
---@param schema? lumigrate.Schema
---@return boolean
function table_exists(table, schema) end

--- Has the table or view this column? Hidden and generated ones too; not for
--- `rowid`.
---@param table string
---@param column string
---@param schema? lumigrate.Schema
---@return boolean
function column_exists(table, column, schema) end

---@param view string
---@param schema? lumigrate.Schema
---@return boolean
function view_exists(view, schema) end

--- Is there an index of this name, or one of this table on exactly these
--- columns in this order?
---@param name string
---@param schema? lumigrate.Schema
---@return boolean
---@overload fun(table: string, columns: string[], schema?: lumigrate.Schema): boolean
function index_exists(name, schema) end

---@param trigger string
---@param schema? lumigrate.Schema
---@return boolean
function trigger_exists(trigger, schema) end

--- Do exactly these columns of the table refer to the parent?
---@param table string
---@param columns string[]
---@param parent string
---@param schema? lumigrate.Schema
---@return boolean
function foreign_key_exists(table, columns, parent, schema) end

--- Has the table a row with all these values? `NULL` asks for null.
---@param table string
---@param values table<string, lumigrate.Value>
---@param schema? lumigrate.Schema
---@return boolean
function row_exists(table, values, schema) end

-- Values ------------------------------------------------------------------

--- What stands for a null where nil would end a list.
---@class lumigrate.Null
NULL = {}

--- Bytes that are bound as a BLOB, and come back as one.
---@class lumigrate.Blob
---@operator len: integer
---@operator concat(string|lumigrate.Blob): lumigrate.Blob

---@param bytes string
---@return lumigrate.Blob
function blob(bytes) end

-- Saying something --------------------------------------------------------

--- To the runner's output, under the migration, as `print` does.
log = {}

---@param ... any
function log.info(...) end

---@param ... any
function log.warn(...) end

--- How far a long migration is. Call what it returns for every step, or with
--- a number for so many.
---@param total? integer
---@param label? string
---@return fun(steps?: integer)
function progress(total, label) end

-- The connection ----------------------------------------------------------

---@class lumigrate.Connection
local conn = {}

---@return lumigrate.Cursor
function conn:cursor() end

--- Makes a cursor and executes with it.
---@param sql string exactly one statement
---@param ... lumigrate.Value|table values for its parameters
---@return lumigrate.Cursor
function conn:execute(sql, ...) end

---@param sql string
---@param rows lumigrate.Value[][]|fun(): ...
---@return lumigrate.Cursor
function conn:executemany(sql, rows) end

---@param sql string any number of statements
---@return lumigrate.Cursor
function conn:executescript(sql) end

--- What happens inside `f` is undone when it raises an error, which is raised
--- again. They nest.
---@param f fun()
function conn:savepoint(f) end

--- Makes a Lua function callable from SQL until the migration ends.
---@param name string
---@param f fun(...): any
---@param options? { deterministic: boolean }
function conn:create_function(name, f, options) end

-- Cursors -----------------------------------------------------------------

---@class lumigrate.Cursor
---@field rowcount integer rows that the statement changed; -1: it is no change
---@field lastrowid integer? of the last row that this cursor inserted
---@field description string[]? the names of the columns
local cursor = {}

--- Exactly one statement. Values as a list, by name or as further arguments.
---@param sql string
---@param ... lumigrate.Value|table
---@return lumigrate.Cursor
function cursor:execute(sql, ...) end

---@param sql string
---@param rows lumigrate.Value[][]|fun(): ...
---@return lumigrate.Cursor
function cursor:executemany(sql, rows) end

---@param sql string
---@return lumigrate.Cursor
function cursor:executescript(sql) end

--- A row: its values by position and by the names of the columns.
---@alias lumigrate.Row table<integer|string, lumigrate.Value>

---@return lumigrate.Row?
function cursor:fetchone() end

---@param count integer at most so many
---@return lumigrate.Row[]
function cursor:fetchmany(count) end

---@return lumigrate.Row[]
function cursor:fetchall() end

--- `for row in cursor:rows() do`
---@return fun(): lumigrate.Row?
function cursor:rows() end

--- `for id, name in cursor:values() do`: no table for each row.
---@return fun(): ...
function cursor:values() end

function cursor:close() end
