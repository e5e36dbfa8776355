-- SPDX-License-Identifier: MIT
--
-- The proof that a dump is the whole schema of a database.
--
--   local dumps = require "tests.support.dumps"
--   dumps.make(box, path)   app.db out of what is there: a database (a copy of
--                           it), a folder of migrations (what `up` makes of
--                           it, as far as it comes) or statements of SQL
--   dumps.prove(box)        dumps app.db, loads it into another one and
--                           compares them; returns the dump
--
-- What must hold: the same text a second time; a second database with the
-- same facts, as SQLite tells them, the same fingerprint, the same ledger and
-- no difference that `diff` sees; and a dump of it that is the same, byte for
-- byte. The sqlite3 program makes the same of the text.
local assert = require "luassert"
local sandbox = require "tests.support.sandbox"

local dumps = {}

-- The runner's other tables begin anew; SQLite's own hold rows alone. Blanks
-- behind a definition do not count: a comment there may need an end of line.
local COUNTED = [[name NOT IN ('sqlite_sequence', 'schema_migrations_history',
  'schema_migrations_progress') AND name NOT LIKE 'sqlite_stat%' AND name NOT
  LIKE 'sqlite_autoindex_schema_migrations_%']]

local FACTS = [[
  CREATE TEMP VIEW counted AS SELECT name FROM pragma_table_list WHERE
    schema = 'main' AND type <> 'view' AND ]] .. COUNTED .. [[;
  SELECT 'encoding', encoding FROM pragma_encoding;
  SELECT 'version', user_version FROM pragma_user_version;
  SELECT 'application', application_id FROM pragma_application_id;
  SELECT 'check', integrity_check FROM pragma_integrity_check;
  SELECT type, name, tbl_name, rtrim(sql, char(9, 10, 13, 32)) FROM
    sqlite_schema WHERE ]] .. COUNTED .. [[ ORDER BY 1, 2;
  SELECT 'table', name, type, ncol, wr, strict FROM pragma_table_list WHERE
    schema = 'main' AND ]] .. COUNTED .. [[ ORDER BY 2;
  SELECT 'column', t.name, c.* FROM counted AS t,
    pragma_table_xinfo(t.name) AS c ORDER BY 2, 3;
  SELECT 'key', t.name, k.* FROM counted AS t,
    pragma_foreign_key_list(t.name) AS k ORDER BY 2, 3, 4;
  SELECT 'index', t.name, i.name, i."unique", i.origin, i.partial
    FROM counted AS t, pragma_index_list(t.name) AS i ORDER BY 2, 3;
  SELECT 'part', t.name, i.name, p.* FROM counted AS t,
    pragma_index_list(t.name) AS i, pragma_index_xinfo(i.name) AS p
    ORDER BY 2, 3, 4;
  SELECT 'fires', tbl_name, name FROM sqlite_schema WHERE type = 'trigger'
    ORDER BY tbl_name COLLATE NOCASE, rowid;
]]

local LEDGER = "SELECT * FROM schema_migrations ORDER BY 1"

local FINGERPRINT = [[
  MIGRATION_ID = "fingerprint"
  function upgrade(conn) print(conn:schema_fingerprint()) end
]]

function dumps.make(box, path)
  local file = io.open(path, "rb")
  local head = file and file:read(16)
  if file then
    file:close()
  end
  if not file then
    error("cannot read " .. path)
  elseif not head then
    local _, out, err = box:lumigrate("up", "-u", "app.db", "-d", path)
    assert.is_true(box:exists("app.db"), out .. err)
  elseif head == "SQLite format 3\0" then
    box:sql(".backup " .. sandbox.quote(box.db), path)
  else
    box:sql(".read " .. sandbox.quote(path))
  end
end

local function run(box, ...)
  local status, out, err = box:lumigrate(...)
  assert.equal(0, status, err .. out)
  return out
end

-- On a copy without the runner's other tables; the ledger counts, too.
local function fingerprint(box, path)
  box:write("proof/a.lua", FINGERPRINT)
  box:sh("rm -f copy.db")
  box:sql(".backup copy.db", path)
  box:sql([[DROP TABLE IF EXISTS schema_migrations_history;
    DROP TABLE IF EXISTS schema_migrations_progress]], "copy.db")
  return run(box, "up", "-u", "copy.db", "-d", "proof", "--table", "proof")
    :match("\n *(%x+)\n")
end

local function ledger(box, path)
  return box:value("SELECT count(*) FROM sqlite_schema WHERE name = " ..
    "'schema_migrations'", path) == 1 and box:sql(LEDGER, path) or ""
end

function dumps.prove(box)
  local facts = box:sql(FACTS)
  local text = run(box, "dump", "-u", "app.db")
  assert.equal(text, run(box, "dump", "-u", "app.db"))
  box:write("dump.sql", text)
  run(box, "load", "dump.sql", "-u", "new.db")
  assert.equal(facts, box:sql(FACTS, "new.db"))
  assert.equal(ledger(box), ledger(box, "new.db"))
  assert.equal(text, run(box, "dump", "-u", "new.db"))
  assert.equal("✓ the same schema\n", run(box, "diff", "app.db", "new.db"))
  local print = fingerprint(box, "app.db")
  assert.equal(64, #print)
  assert.equal(print, fingerprint(box, "new.db"))
  box:sql(text, "shell.db")
  -- It reads lines, and takes CR LF for LF.
  assert.equal((facts:gsub("\r\n", "\n")), box:sql(FACTS, "shell.db"))
  assert.equal(ledger(box), ledger(box, "shell.db"))
  return text
end

return dumps
