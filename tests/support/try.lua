-- SPDX-License-Identifier: MIT
--
-- One script, tried out: what becomes of it, and of the database.
--
--   local try = require "tests.support.try"
--   try.works(box, body, ...)   the migration "a", which must be applied;
--                               what it printed, line by line, and all output
--   try.fails(box, sentence, body, ...)
--                               must exit with 1 and this sentence, and leave
--                               the database as it was, but for one row in
--                               the history; standard error
--   try.at(err, line)           it names this line of migrations/a.lua
--   try.has(text, words)
--   try.first_line(err)         behind "lumigrate: error: "
--   try.content(box)            everything in the database that is not the
--                               runner's
--   try.LIB                     functions for bodies, on one line:
--     eq(want, got)             the same value and kind of number
--     no(words, fn, ...)        the call must raise an error with these words
--                               that begins with its place in the script
--
-- Further arguments of works and fails are options of lumigrate. What is
-- around the body stands on its first line, so that lines keep their number.
local assert = require "luassert"

local try = {}

-- No name of a library that opens others stands here: the script has those
-- that its own text names.
try.LIB = [[
  local function eq(want, got)
    if want ~= got or math.type(want) ~= math.type(got) then
      error("wanted " .. tostring(want) .. ", got " .. tostring(got), 2)
    end
  end
  local function no(words, fn, ...)
    local ok, err = pcall(fn, ...)
    if ok then error("no error: " .. words, 2) end
    if not err:find("^migrations/a%.lua:%d+: ") or
       not err:find(words, 1, true) then
      error("wanted " .. words .. ", got " .. err, 2)
    end
  end
]]
try.LIB = try.LIB:gsub("%s+", " ")

function try.has(text, words)
  assert.truthy(text:find(words, 1, true), words .. "\nis not in:\n" .. text)
end

function try.first_line(err)
  return err:match("^lumigrate: error: ([^\n]*)")
end

function try.content(box)
  local _, out = box:sh([[[ -e app.db ] || exit 0
    rm -f .run/copy
    run="sqlite3 -batch -init /dev/null"
    $run -cmd '.timeout 20000' app.db '.backup .run/copy' 2>&1 &&
    $run .run/copy 'DROP TABLE IF EXISTS schema_migrations' \
      'DROP TABLE IF EXISTS schema_migrations_history' .dump \
      'PRAGMA user_version' 'PRAGMA application_id' 2>&1]])
  return out
end

function try.works(box, body, ...)
  box:migration("a", body)
  local out = box:up(...)
  local lines = {}
  for line in out:gmatch("\n    ([^\n]*)") do
    lines[#lines + 1] = line
  end
  assert.equal(1, box:value("SELECT count(*) FROM schema_migrations " ..
    "WHERE id = 'a'"))
  return lines, out
end

function try.fails(box, sentence, body, ...)
  local before = try.content(box)
  box:migration("a", body)
  local err = box:fails(1, "up", ...)
  assert.equal(sentence, try.first_line(err))
  assert.equal(before, try.content(box))
  local row = box:query("SELECT id, action, outcome, error, repeats, " ..
    "(SELECT count(*) FROM schema_migrations WHERE id = 'a') AS applied " ..
    "FROM schema_migrations_history ORDER BY seq DESC LIMIT 1")[1]
  assert.same({ "a", "up", "failed", sentence, 0 },
    { row.id, row.action, row.outcome, row.error, row.applied })
  return err
end

function try.at(err, line)
  try.has(err, ("  migration  a (migrations/a.lua:%d)\n"):format(line))
end

return try
