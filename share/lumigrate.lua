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

-- Changing a table ----------------------------------------------------------

---@class lumigrate.AlterOptions
---@field schema? string
---@field strategy? "auto"|"native"|"edit"|"rebuild"
---@field check? "normal"|"full"
---@field dry_run? boolean

--- What hangs on a table or one of its columns, as in Dependent.
---@class lumigrate.Hanger
---@field kind string as there, or "primary_key"
---@field schema string?
---@field name string?
---@field table string?
---@field column string?
---@field how "read"|"write"

---@class lumigrate.Altered
---@field changed boolean false: all of it was there already
---@field strategy "none"|"native"|"edit"|"rebuild"
---@field rows integer copied
---@field seconds number
---@field steps string[] the SQL
---@field dependents lumigrate.Hanger[]? with dry_run

--- What conn:alter raises; it prints as one sentence.
---@class lumigrate.AlterRefused
---@field code "alter_refused"
---@field reason "table"|"column"|"definition"|"contradiction"|"dependents"|"rows"|"foreign_key"|"strategy"|"busy_cursor"
---@field table string
---@field op string?
---@field message string
---@field where string the script's place, which stands before it in print
---@field dependents lumigrate.Hanger[]
---@field rows { rowid: integer?, value: lumigrate.Value }[]
---@field sqlite_code string?

---@class lumigrate.TableChange
local t = {}

---@param name string
---@param definition string SQL behind the name
---@param options? { after?: string, before?: string, fill?: string }
function t:add_column(name, definition, options) end

---@param name string
---@param options? { cascade?: ("indexes"|"triggers"|"views"|"constraints")[] }
function t:drop_column(name, options) end

---@param name string
function t:rename_to(name) end

---@param from string
---@param to string
function t:rename_column(from, to) end

--- All at once: names may be exchanged.
---@param names table<string, string>
function t:rename_columns(names) end

---@param column string
---@param type string
---@param options? { using?: string }
function t:set_type(column, type, options) end

---@param column string
---@param on boolean
---@param options? { fill?: string }
function t:set_not_null(column, on, options) end

---@param column string
---@param sql string|number|nil nil takes it away
function t:set_default(column, sql) end

---@param column string
---@param name string? nil takes it away
function t:set_collate(column, name) end

---@param expr string
---@param options? { name?: string }
function t:add_check(expr, options) end

---@param which { name?: string, expr?: string } exactly one of them
function t:drop_check(which) end

---@param columns { [integer]: string, name?: string }
function t:add_unique(columns) end

---@param columns { [integer]: string, name?: string }
function t:drop_unique(columns) end

---@param columns string[]
---@param ref_table string
---@param ref_columns? string[] without: its primary key
---@param options? { on_delete?: string, on_update?: string, deferrable?: boolean|"INITIALLY DEFERRED"|"INITIALLY IMMEDIATE", name?: string }
function t:add_foreign_key(columns, ref_table, ref_columns, options) end

---@param columns { [integer]: string, name?: string }
function t:drop_foreign_key(columns) end

---@param columns { [integer]: string, name?: string }
function t:set_primary_key(columns) end

---@param on boolean
function t:set_autoincrement(on) end

---@param on boolean
function t:set_strict(on) end

---@param on boolean
function t:set_without_rowid(on) end

---@param columns string[]
function t:reorder(columns) end

--- All columns and constraints anew. A column that is left out goes only
--- where `lose` says so.
---@param body string what stands between the parentheses
---@param options? { fill?: table<string, string>, lose?: true|string[] }
function t:define(body, options) end

--- Copies the table, also when nothing else changes.
function t:rebuild() end

--- Changes a table, all of it or nothing, and keeps what is not named.
---@param table string
---@param options lumigrate.AlterOptions
---@param f fun(t: lumigrate.TableChange)
---@return lumigrate.Altered
---@overload fun(self: lumigrate.Connection, table: string, f: fun(t: lumigrate.TableChange)): lumigrate.Altered
function conn:alter(table, options, f) end

-- Asking about the schema ---------------------------------------------------
--
-- Names as SQLite compares them; what is not there is {} or nil. Without a
-- schema temp is looked at first. What comes back is yours to change.

---@class lumigrate.Table
---@field schema lumigrate.Schema
---@field name string
---@field kind "table"|"view"|"virtual"|"shadow"
---@field without_rowid boolean
---@field strict boolean
---@field ncol integer

---@class lumigrate.Column
---@field name string
---@field position integer from 1
---@field type string as declared, "" if it is not
---@field not_null boolean
---@field default string? as written
---@field pk integer its place in the primary key; 0: none
---@field generated "virtual"|"stored"|nil
---@field generated_expr string?
---@field hidden boolean of a virtual table
---@field collation string
---@field autoincrement boolean
---@field rowid_alias boolean

---@class lumigrate.PrimaryKey
---@field columns string[]
---@field name string?
---@field autoincrement boolean
---@field rowid_alias boolean
---@field without_rowid boolean

--- One column or expression of an index.
---@class lumigrate.IndexPart
---@field name string? the column
---@field expr string? or the expression
---@field collation string
---@field desc boolean

---@class lumigrate.Index
---@field name string? nil: a constraint made it
---@field origin "index"|"unique"|"primary key"
---@field unique boolean
---@field partial boolean
---@field where string?
---@field columns lumigrate.IndexPart[]
---@field sql string?

---@class lumigrate.ForeignKey
---@field name string?
---@field columns string[]
---@field ref_table string
---@field ref_columns string[] resolved, also where none are written
---@field implicit boolean none are written
---@field on_update string
---@field on_delete string
---@field deferrable boolean
---@field initially_deferred boolean
---@field table string? whose it is (of referenced_by)

---@class lumigrate.Check
---@field name string?
---@field expr string
---@field column string? nil: it stands at the table

---@class lumigrate.Unique
---@field name string?
---@field columns string[]
---@field column string? nil: it stands at the table

---@class lumigrate.Trigger
---@field schema lumigrate.Schema
---@field name string
---@field table string
---@field timing "BEFORE"|"AFTER"|"INSTEAD OF"
---@field event "INSERT"|"UPDATE"|"DELETE"
---@field update_of string[]
---@field when string?
---@field sql string

---@class lumigrate.View
---@field schema lumigrate.Schema
---@field name string
---@field columns string[]
---@field sql string
---@field valid boolean
---@field error string?

---@class lumigrate.Dependent
---@field kind "view"|"trigger"|"index"|"foreign_key"|"check"|"unique"|"generated"|"fts5"
---@field schema lumigrate.Schema
---@field name string?
---@field table string? where the trigger, index or constraint stands
---@field column string? nil: it uses the table as such
---@field how "read"|"write"

--- All tables and views, or those of one schema or kind.
---@param filter? { schema?: lumigrate.Schema, kind?: "table"|"view"|"virtual"|"shadow" }
---@return lumigrate.Table[]
function conn:tables(filter) end

---@param name string
---@param schema? lumigrate.Schema
---@return lumigrate.Table?
function conn:table(name, schema) end

---@param table string
---@param schema? lumigrate.Schema
---@return lumigrate.Column[]
function conn:columns(table, schema) end

---@param table string
---@param schema? lumigrate.Schema
---@return lumigrate.PrimaryKey?
function conn:primary_key(table, schema) end

---@param table string
---@param schema? lumigrate.Schema
---@return lumigrate.Index[]
function conn:indexes(table, schema) end

---@param table string
---@param schema? lumigrate.Schema
---@return lumigrate.ForeignKey[]
function conn:foreign_keys(table, schema) end

--- Foreign keys that point to the table, its own included.
---@param table string
---@param schema? lumigrate.Schema
---@return lumigrate.ForeignKey[]
function conn:referenced_by(table, schema) end

---@param table string
---@param schema? lumigrate.Schema
---@return lumigrate.Check[]
function conn:checks(table, schema) end

---@param table string
---@param schema? lumigrate.Schema
---@return lumigrate.Unique[]
function conn:uniques(table, schema) end

--- Of a table or view, or all.
---@param table? string
---@param schema? lumigrate.Schema
---@return lumigrate.Trigger[]
function conn:triggers(table, schema) end

---@param schema? lumigrate.Schema
---@return lumigrate.View[]
function conn:views(schema) end

--- What hangs on a table or on one column of it: what would break or change
--- its meaning without it.
---@param table string
---@param column? string
---@param schema? lumigrate.Schema
---@return lumigrate.Dependent[]
function conn:dependents(table, column, schema) end

--- The text of a table, view, index or trigger as SQLite keeps it.
---@param name string
---@param schema? lumigrate.Schema
---@return string?
function conn:sql(name, schema) end

--- A name as SQL, in double quotes.
---@param name string
---@return string
function conn:quote_ident(name) end

--- A value as SQL.
---@param value lumigrate.Value
---@return string
function conn:quote_literal(value) end

--- The schema as SQL text, without temporary objects and the runner's own.
---@return string
function conn:schema_dump() end

--- 64 hex digits: equal for schemas that are equal, however written.
---@return string
function conn:schema_fingerprint() end

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
