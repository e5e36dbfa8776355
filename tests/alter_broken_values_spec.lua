-- SPDX-License-Identifier: MIT
-- conn:alter: rows that pointed nowhere may be converted, and nothing else
-- may point there instead.
local sandbox = require "tests.support.sandbox"

local SCHEMA = [[
  CREATE TABLE p (id INTEGER PRIMARY KEY);
  INSERT INTO p VALUES (1), (2);
  CREATE TABLE c (id INTEGER PRIMARY KEY, pid INT REFERENCES p (id));
  INSERT INTO c VALUES (1, 1), (2, 99);
]]

local NUMBERED = [[
  CREATE TABLE p (id INTEGER PRIMARY KEY);
  INSERT INTO p VALUES (1), (2);
  CREATE TABLE c (id INTEGER PRIMARY KEY, n INT NOT NULL UNIQUE,
    pid INT REFERENCES p (id));
  INSERT INTO c VALUES (1, 10, 1), (2, 20, 99), (3, 30, 2);
]]

local function using(to, more)
  return ('conn:alter("c", function(t) %s t:set_type("pid", "INTEGER", ' ..
    '{using = "CASE pid %s ELSE pid END"}) end)\n'):format(more or "", to)
end

-- The migration is refused or not (true: by the check before the commit, a
-- text: by conn:alter), and then nothing or all of it is there.
local function up(schema, lines, refused)
  local box = sandbox.new()
  finally(function() box:destroy() end)
  box:sql(schema)
  local before = box:sqlite("-quote", "SELECT * FROM c")
  box:migration("2026_01_01_a", lines)
  local status, _, err = box:run("up")
  assert.equal(refused and 1 or 0, status, err)
  if refused then
    local said = refused == true and "foreign key violated" or refused
    assert(err:find(said, 1, true), err)
    assert.equal(before, box:sqlite("-quote", "SELECT * FROM c"))
  end
  return box
end

local UNDONE = "pcall(conn.savepoint, conn, function() %s error('x') end)\n"

describe("a value that points nowhere", function()
  it("may be another one afterwards, inside a savepoint too", function()
    local box = up(SCHEMA, "conn:savepoint(function() " ..
      using("WHEN 99 THEN 98") .. "end) " .. using("WHEN 98 THEN 97"))
    assert.equal("1,97", box:value("SELECT group_concat(pid) FROM c"))
  end)

  it("does not count when the savepoint was rolled back", function()
    up(SCHEMA, UNDONE:format(using("WHEN 99 THEN 97")) ..
      'conn:execute("INSERT INTO c VALUES (4, 97)")', true)
  end)

  it("does not count when a savepoint of SQL was rolled back", function()
    up(SCHEMA, 'conn:execute("SAVEPOINT s") ' .. using("WHEN 99 THEN 97") ..
      'conn:execute("ROLLBACK TO s") conn:execute("RELEASE s") ' ..
      'conn:execute("INSERT INTO c VALUES (4, 97)")', true)
  end)

  it("does not count when the change was refused", function()
    up(SCHEMA, "pcall(function() " ..
      using("WHEN 99 THEN 97", 't:add_check("id < 0")') .. "end)\n" ..
      'conn:execute("INSERT INTO c VALUES (4, 97)")', true)
  end)

  it("counts as before when the savepoint was rolled back", function()
    local box = up(SCHEMA, UNDONE:format(using("WHEN 99 THEN 97")) ..
      'conn:execute("INSERT INTO c VALUES (4, 2)")')
    assert.equal("1,99,2", box:value("SELECT group_concat(pid) FROM c"))
  end)

  it("does not count any more when it is another one", function()
    up(SCHEMA, using("WHEN 99 THEN 98") ..
      'conn:execute("INSERT INTO c VALUES (4, 99)")', true)
  end)

  it("does not count any more when it points somewhere", function()
    up(SCHEMA, using("WHEN 99 THEN 1") ..
      'conn:execute("INSERT INTO c VALUES (4, 99)")', true)
  end)

  it("hides none that breaks where rowids are given anew", function()
    up(NUMBERED, using("WHEN 99 THEN 1 WHEN 1 THEN 555",
      't:set_primary_key{"n"}'), "alter c: rows of c point to no row of p")
  end)

  it("hides none that breaks where rowids go", function()
    up(NUMBERED, using("WHEN 99 THEN 1 WHEN 1 THEN 555",
      "t:set_without_rowid(true)"), "alter c: rows of c point to no row of p")
  end)

  it("hides none that breaks where rowids are computed", function()
    up(SCHEMA, using("WHEN 99 THEN 1 WHEN 1 THEN 555",
      't:set_type("id", "INTEGER", {using = "3 - id"})'),
      "which of them did before cannot be told")
  end)

  it("hides none that breaks where a column becomes the rowid", function()
    up([[
      CREATE TABLE p (id INTEGER PRIMARY KEY);
      INSERT INTO p VALUES (1);
      CREATE TABLE c (id INT PRIMARY KEY NOT NULL, pid INT REFERENCES p);
      INSERT INTO c VALUES (2, 1), (1, 99);
    ]], using("WHEN 99 THEN 1 WHEN 1 THEN 555",
      't:set_type("id", "INTEGER")'), "alter c: rows of c point to no row")
  end)

  it("is no other one where a column becomes the rowid", function()
    up([[
      CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE c (id INT PRIMARY KEY NOT NULL, pid INT REFERENCES p);
      INSERT INTO c VALUES (2, 99), (1, 99);
    ]], 'conn:alter("c", function(t) t:set_type("id", "INTEGER") end)')
  end)
end)

-- A model of what may point nowhere at the end: the values of the rows that
-- did so at first, and what conn:alter made of these.
local RANDOM = [=[
  local function pick(list) return list[math.random(#list)] end
  local function expression()
    local text = {}
    for _, v in ipairs { 1, 2, 90, 91, 92 } do
      if math.random() < 0.5 then
        text[#text + 1] = ("WHEN %d THEN %d"):format(v,
          pick { 1, 2, 90, 91, 92 })
      end
    end
    return #text == 0 and "pid" or
      "CASE pid " .. table.concat(text, " ") .. " ELSE pid END"
  end
  local function bag(broken)
    local found = {}
    for row in conn:execute("SELECT pid FROM c WHERE pid > 2"):rows() do
      found[row[1]] = (found[row[1]] or 0) + 1
    end
    return found
  end
  -- allowed: value to count, as it may be at the end
  local allowed = bag()
  local function covers(found)
    for v, n in pairs(found) do
      if n > (allowed[v] or 0) then return false end
    end
    return true
  end
  local function rows()
    local list = {}
    for row in conn:execute("SELECT id, pid FROM c ORDER BY id"):rows() do
      list[#list + 1] = { row[1], row[2] }
    end
    return list
  end
  local function alter()
    local old, known = rows(), covers(bag())
    local ok = pcall(conn.alter, conn, "c", function(t)
      t:set_type("pid", "INT", { using = expression() })
    end)
    if not ok or not known then return end
    local new = rows()
    for i = 1, #old do
      local from, to = old[i][2], new[i][2]
      if from > 2 then
        allowed[from] = allowed[from] - 1
        if to > 2 then allowed[to] = (allowed[to] or 0) + 1 end
      end
    end
  end
  local next_id = 100
  local function write()
    next_id = next_id + 1
    local sql = pick {
      "INSERT INTO c VALUES (" .. next_id .. ", %d)",
      "UPDATE c SET pid = %d WHERE id = " .. math.random(6),
      "DELETE FROM c WHERE pid = %d",
    }
    conn:execute(sql:format(pick { 1, 2, 90, 91, 92 }))
  end
  local function copy(t)
    local n = {}
    for k, v in pairs(t) do n[k] = v end
    return n
  end
  local step
  local function savepoint(depth)
    local kept, undo = copy(allowed), math.random() < 0.6
    pcall(conn.savepoint, conn, function()
      for _ = 1, math.random(3) do step(depth + 1) end
      if undo then error("undo", 0) end
    end)
    if undo then allowed = kept end
  end
  function step(depth)
    local x = math.random()
    if x < 0.45 then alter()
    elseif x < 0.65 or depth > 2 then write()
    else savepoint(depth) end
  end
  math.randomseed(SEED)
  for _ = 1, math.random(4) do step(0) end
  print(covers(bag()) and "SOUND" or "BROKEN")
]=]

describe("any conversions, writes and savepoints", function()
  it("leave nothing broken that was not", function()
    local passed, stopped = 0, 0
    for seed = 1, 60 do
      local box = sandbox.new()
      math.randomseed(seed)
      local values = {}
      for i = 1, 6 do
        values[i] = ("(%d, %d)"):format(i, ({ 1, 2, 90, 91 })[
          math.random(4)])
      end
      box:sql([[
        CREATE TABLE p (id INTEGER PRIMARY KEY);
        INSERT INTO p VALUES (1), (2);
        CREATE TABLE c (id INTEGER PRIMARY KEY, pid INT REFERENCES p (id));
        INSERT INTO c VALUES ]] .. table.concat(values, ", "))
      box:migration("2026_01_01_a", (RANDOM:gsub("SEED", seed)))
      local status, out, err = box:run("up")
      box:destroy()
      if out:find("SOUND", 1, true) then
        assert.equal(0, status, "seed " .. seed .. ": " .. err)
        passed = passed + 1
      else
        assert(out:find("BROKEN", 1, true), out .. err)
        assert.equal(1, status, "seed " .. seed .. " was let pass")
        stopped = stopped + 1
      end
    end
    assert(passed > 10 and stopped > 10, passed .. " " .. stopped)
  end)
end)
