-- SPDX-License-Identifier: MIT
--
-- A sandbox for one test: a folder of its own with an (absent) database
-- app.db and a folder migrations/, and the program, run in that folder with
-- nothing of our own environment.
--
--   local sandbox = require "tests.support.sandbox"
--   local box
--   before_each(function() box = sandbox.new() end)
--   after_each(function() box:destroy() end)
--
--   box:migration("2026_01_01_a", [[
--     conn:execute("CREATE TABLE a (x)")
--   ]])
--   local code, out, err = box:run("up")
--   assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
--
-- Making files (paths are relative to the sandbox; each returns the path)
--   box:migration(id, text [, file])  migrations/ID.lua: see below
--   box:sql_file(name, text)          migrations/NAME
--   box:write(path, text)             folders are made as needed
--   box:read(path), box:exists(path)  nil when it is not there; true, false
--   box:path(path)                    absolute
--
-- Running (each returns exit status, standard output, standard error)
--   box:run(...)                with --database app.db --migrations migrations
--   box:run_env(env, ...)       the same with more environment variables
--   box:lumigrate(...)          without these options
--   box:lumigrate_env(env, ...)
--   box:sh(command [, env])     a shell command in the sandbox's folder
--   box:up(...)                 run("up", ...), which must succeed; output
--   box:fails(status, ...)      run(...), which must exit so; err, out
--
-- In the background
--   box:spawn(...)              as run, but returns a job at once
--   box:spawn_sh(command, env)  as sh
--   box:wait(job [, seconds])   its status, output and errors (60 s at most);
--                               128 + n when signal n ended it
--   box:running(job)            is it still?
--   box:kill(job [, signal])    "TERM" without one
--
-- Looking at the database by the sqlite3 program
--   box:sql(text [, path])      run statements; raises when one fails
--   box:query(sql [, path])     rows, by position and by column name; NULL is
--                               nil (row.n counts columns), a blob its bytes
--   box:value(sql [, path])     the first column of the first row
--   box:rows(sql)               each row as "1|text|NULL"
--   box:names()                 what migrations have made, in one text
--   box:bytes([path])           a checksum of the file, "absent" without one
--
--   box:destroy()
local system = require "system"

local sandbox = {}
sandbox.__index = sandbox

sandbox.root = io.popen("pwd"):read("l")
sandbox.program = os.getenv("LUMIGRATE") or sandbox.root .. "/build/lumigrate"

-- What a program started by a test finds in its environment, beside what the
-- test asks for.
local KEPT = {
  "PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "CC", "CXX",
}

function sandbox.quote(word)
  return "'" .. tostring(word):gsub("'", "'\\''") .. "'"
end

local quote = sandbox.quote

local function words(...)
  local list = table.pack(...)
  for i = 1, list.n do
    list[i] = quote(list[i])
  end
  return table.concat(list, " ")
end

local function slurp(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local text = file:read("a")
  file:close()
  return text
end

local function must(command)
  local ok, kind, status = os.execute(command)
  if not ok then
    error(("%s %d: %s"):format(kind, status, command), 2)
  end
end

-- In memory: where nothing waits for a disk, if there is such a place. For
-- specs that make databases by the hundred.
function sandbox.new(in_memory)
  local pipe = io.popen(in_memory and
    "mktemp -d -p /dev/shm 2>/dev/null || mktemp -d" or "mktemp -d")
  local dir = pipe:read("l")
  pipe:close()
  local box = setmetatable({
    dir = assert(dir, "mktemp failed"),
    db = dir .. "/app.db",
    migrations = dir .. "/migrations",
    jobs = 0,
  }, sandbox)
  must("mkdir " .. words(box.migrations, box:path(".run")))
  return box
end

function sandbox:destroy()
  if self.dir then
    os.execute("chmod -R u+rwX " .. quote(self.dir) .. " 2>/dev/null; " ..
      "rm -rf " .. quote(self.dir))
    self.dir = nil
  end
end

-- Files -----------------------------------------------------------------

function sandbox:path(path)
  if path:sub(1, 1) == "/" then
    return path
  end
  return self.dir .. "/" .. path
end

function sandbox:write(path, text)
  path = self:path(path)
  local file = io.open(path, "wb")
  if not file then
    must("mkdir -p " .. quote(path:match("^(.*)/")))
    file = assert(io.open(path, "wb"))
  end
  assert(file:write(text))
  assert(file:close())
  return path
end

function sandbox:read(path)
  return slurp(self:path(path))
end

function sandbox:exists(path)
  return (os.execute("test -e " .. quote(self:path(path)) ..
    " -o -L " .. quote(self:path(path)))) == true
end

-- `text` is the whole script, or only the body of upgrade: then what is
-- around it goes onto its first line, so that line numbers stay. A script
-- that sets no MIGRATION_ID gets one the same way.
function sandbox:migration(id, text, file)
  local whole = "\n" .. text
  if not whole:find("upgrade%s*=") and
     not whole:find("\n%s*function%s+upgrade") then
    text = "function upgrade(conn, column_exists, table_exists) " .. text ..
      "\nend\n"
  end
  if not whole:find("\n%s*MIGRATION_ID%s*=") then
    text = ("MIGRATION_ID = %q "):format(id) .. text
  end
  return self:write("migrations/" .. (file or id .. ".lua"), text)
end

function sandbox:sql_file(name, text)
  return self:write("migrations/" .. name, text)
end

-- Programs --------------------------------------------------------------

function sandbox:environment(env)
  local list = { "env", "-i", "NO_COLOR=1", "LC_ALL=C.UTF-8",
    "HOME=" .. quote(self.dir) }
  for _, name in ipairs(KEPT) do
    local value = os.getenv(name)
    if value then
      list[#list + 1] = name .. "=" .. quote(value)
    end
  end
  for name, value in pairs(env or {}) do
    list[#list + 1] = quote(name .. "=" .. value)
  end
  return table.concat(list, " ")
end

-- Standard output and error go to files; the status is that of the command.
function sandbox:start(env, command, background)
  self.jobs = self.jobs + 1
  local base = self:path(".run/" .. self.jobs)
  local line = ("cd %s && exec %s %s"):format(quote(self.dir),
    self:environment(env), command)
  local redirect = (" >%s.out 2>%s.err </dev/null"):format(base, base)
  if not background then
    local _, kind, status = os.execute("(" .. line .. ")" .. redirect)
    if kind == "signal" then
      status = 128 + status
    end
    return { base = base, status = status }
  end
  -- A shell of its own waits for it and leaves its status behind.
  must(("{ (%s)%s & echo $! >%s.pid; wait $!; echo $? >%s.tmp; " ..
    "mv %s.tmp %s.rc; } >/dev/null 2>&1 </dev/null &"):format(
    line, redirect, base, base, base, base))
  return { base = base }
end

local function results(job)
  return job.status, slurp(job.base .. ".out") or "",
    slurp(job.base .. ".err") or ""
end

function sandbox:defaults(...)
  return words(sandbox.program, ...) .. " --database app.db" ..
    " --migrations migrations"
end

function sandbox:run(...)
  return results(self:start(nil, self:defaults(...)))
end

function sandbox:run_env(env, ...)
  return results(self:start(env, self:defaults(...)))
end

function sandbox:lumigrate(...)
  return results(self:start(nil, words(sandbox.program, ...)))
end

function sandbox:lumigrate_env(env, ...)
  return results(self:start(env, words(sandbox.program, ...)))
end

function sandbox:sh(command, env)
  return results(self:start(env, "sh -c " .. quote(command)))
end

function sandbox:up(...)
  local status, out, err = self:run("up", ...)
  if status ~= 0 then
    error(("up exited with %d:\n%s%s"):format(status, out, err), 2)
  end
  return out
end

function sandbox:fails(expected, ...)
  local status, out, err = self:run(...)
  if status ~= expected then
    error(("exit status %d, not %d:\n%s%s"):format(status, expected, out,
      err), 2)
  end
  return err, out
end

-- Background ------------------------------------------------------------

function sandbox:spawn(...)
  return self:start(nil, self:defaults(...), true)
end

function sandbox:spawn_sh(command, env)
  return self:start(env, "sh -c " .. quote(command), true)
end

function sandbox:running(job)
  local text = slurp(job.base .. ".rc")
  job.status = text and math.tointeger(tonumber(text))
  return job.status == nil
end

function sandbox:wait(job, seconds)
  local deadline = system.monotime() + (seconds or 60)
  while self:running(job) do
    if system.monotime() > deadline then
      self:kill(job, "KILL")
      error("a background program did not end:\n" ..
        (slurp(job.base .. ".err") or ""), 2)
    end
    system.sleep(0.01)
  end
  return results(job)
end

function sandbox:kill(job, signal)
  local pid
  repeat
    pid = tonumber(slurp(job.base .. ".pid") or "")
  until pid or not self:running(job)
  if pid and self:running(job) then
    os.execute(("kill -%s %d 2>/dev/null"):format(signal or "TERM", pid))
  end
end

-- The database ----------------------------------------------------------

-- One value of sqlite3's "quote" mode, which begins at `at`: the value and
-- where the next separator stands.
local function parse_value(text, at)
  local first = text:sub(at, at)
  if first == "'" then
    local stop = at
    repeat
      stop = text:find("'", stop + 1, true)
      local doubled = text:sub(stop + 1, stop + 1) == "'"
      stop = doubled and stop + 1 or stop
    until not doubled
    return text:sub(at + 1, stop - 1):gsub("''", "'"), stop + 1
  end
  local stop = text:find("[,\n]", at)
  local word = text:sub(at, stop - 1)
  if word == "NULL" then
    return nil, stop
  elseif first == "X" then
    return word:sub(3, -2):gsub("%x%x", function(hex)
      return string.char(tonumber(hex, 16))
    end), stop
  end
  return tonumber(word), stop
end

local function parse_row(text, at)
  local row = { n = 0 }
  repeat
    local value, stop = parse_value(text, at)
    row.n = row.n + 1
    row[row.n] = value
    at = stop + 1
  until text:sub(stop, stop) == "\n"
  return row, at
end

function sandbox:sqlite(options, sql, path)
  local input = self:write(".run/sql", sql)
  local status, out, err = results(self:start(nil, ("sh -c %s"):format(quote(
    ("exec sqlite3 -batch -bail -init /dev/null -cmd '.timeout 20000' %s " ..
     "%s <%s"):format(options, quote(self:path(path or self.db)),
      quote(input))))))
  if status ~= 0 then
    error(("sqlite3: %s%s"):format(out, err), 3)
  end
  return out
end

function sandbox:sql(text, path)
  return self:sqlite("", text, path)
end

function sandbox:query(sql, path)
  local text = self:sqlite("-quote -header", sql .. "\n;", path)
  local rows, names, at = {}, nil, 1
  while at <= #text do
    local row
    row, at = parse_row(text, at)
    if names then
      for i, name in ipairs(names) do
        row[name] = row[i]
      end
      rows[#rows + 1] = row
    else
      names = row
    end
  end
  return rows
end

function sandbox:value(sql, path)
  local row = self:query(sql, path)[1]
  return row and row[1]
end

function sandbox:rows(sql)
  local list = {}
  for i, row in ipairs(self:query(sql)) do
    local fields = {}
    for j = 1, row.n do
      fields[j] = row[j] == nil and "NULL" or tostring(row[j])
    end
    list[i] = table.concat(fields, "|")
  end
  return list
end

function sandbox:names()
  return table.concat(self:rows([[SELECT name FROM sqlite_schema
      WHERE name NOT LIKE 'schema_migrations%'
      AND name NOT LIKE 'sqlite_%' ORDER BY 1]]), " ")
end

function sandbox:bytes(path)
  path = self:path(path or self.db)
  local pipe = io.popen("sha256sum " .. quote(path) .. " 2>/dev/null")
  local sum = pipe:read("l")
  pipe:close()
  return sum and sum:match("^\\?(%x+)") or "absent"
end

return sandbox
