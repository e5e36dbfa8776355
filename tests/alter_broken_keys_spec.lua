-- SPDX-License-Identifier: MIT
-- conn:alter: rows that pointed nowhere may be converted whatever becomes of
-- their keys, and no row that did not points nowhere afterwards.
local sandbox = require "tests.support.sandbox"

-- What the migration says at its end; `gives` is what a query gives then.
local function up(schema, lines, sql)
  local box = sandbox.new()
  finally(function() box:destroy() end)
  box:sql(schema)
  box:migration("2026_01_01_a", lines)
  local status, out, err = box:run("up")
  assert.equal(0, status, err)
  return box:value(sql), out
end

local CHILD = [[
  CREATE TABLE p (id INTEGER PRIMARY KEY);
  INSERT INTO p VALUES (1), (2);
  CREATE TABLE c (id INT NOT NULL, n INT NOT NULL, pid INT REFERENCES p,
    PRIMARY KEY (id)) %s;
  INSERT INTO c VALUES (1, 30, 1), (2, 20, 99), (3, 10, 98), (4, 40, NULL);
]]

local function converts(name, options, ops)
  it("is another one " .. name, function()
    local found = up(CHILD:format(options), ([[
      conn:alter("c", function(t)
        %s
        t:set_type("pid", "INT", {using = "CASE pid WHEN 99 THEN 97 " ..
          "WHEN 98 THEN 2 ELSE pid END"})
      end)
    ]]):format(ops), "SELECT group_concat(coalesce(pid, '-')) FROM " ..
      "(SELECT pid FROM c ORDER BY id)")
    assert.equal("1,97,2,-", found)
  end)
end

local function refuses(name, options, ops, using, said)
  it("hides no other one " .. name .. ", and the script goes on", function()
    local found, out = up(CHILD:format(options), ([[
      local ok, e = pcall(conn.alter, conn, "c", function(t)
        %s
        t:set_type("pid", "INT", {using = "%s"})
      end)
      print(ok, e.code, e.reason, e.message)
      conn:execute("INSERT INTO c VALUES (5, 50, 99), (6, 60, 1)")
      conn:execute("DELETE FROM c WHERE id = 2")
    ]]):format(ops, using), "SELECT group_concat(pid) FROM (SELECT pid " ..
      "FROM c WHERE pid NOT NULL ORDER BY id)")
    assert.equal("1,98,99,1", found)
    assert(out:find("false\talter_refused\tforeign_key\talter c: ", 1,
      true), out)
    assert(out:find(said, 1, true), out)
  end)
end

local SWAP = "CASE pid WHEN 99 THEN 1 WHEN 1 THEN 99 ELSE pid END"
local ROWS = "rows of c point to no row of p"

describe("a value that points nowhere", function()
  converts("in a table without rowids", "WITHOUT ROWID", "")
  converts("where rowids go", "", "t:set_without_rowid(true)")
  converts("where rowids come", "WITHOUT ROWID",
    "t:set_without_rowid(false)")
  converts("where the key is another", "", 't:set_primary_key{"n"}')
  converts("where the key without rowids is another", "WITHOUT ROWID",
    't:set_primary_key{"n", "id"}')
  converts("where a column becomes the rowid", "",
    't:set_primary_key{"n"} t:set_type("n", "INTEGER")')
  converts("where the key gets another type", "WITHOUT ROWID",
    't:set_type("id", "TEXT")')
  converts("where the key gets another collation", "WITHOUT ROWID",
    't:set_type("id", "TEXT") t:set_collate("id", "NOCASE")')

  refuses("in a table without rowids", "WITHOUT ROWID", "", SWAP, ROWS)
  refuses("where rowids go", "", "t:set_without_rowid(true)", SWAP, ROWS)
  refuses("where rowids come", "WITHOUT ROWID", "t:set_without_rowid(false)",
    SWAP, ROWS)
  refuses("where the key is another", "", 't:set_primary_key{"n"}', SWAP,
    ROWS)
  refuses("where key and value are computed", "WITHOUT ROWID",
    't:set_type("id", "INT", {using = "10 - id"})', SWAP,
    "which of them did before cannot be told")
  refuses("where the value is exchanged", "", "", SWAP, ROWS)

  it("stays where the key is computed and it is not", function()
    local found = up(CHILD:format("WITHOUT ROWID"), [[
      conn:alter("c", function(t)
        t:set_type("id", "INT", {using = "10 - id"})
        t:set_type("pid", "TEXT")
      end)
    ]], "SELECT group_concat(quote(pid)) FROM (SELECT pid FROM c ORDER BY " ..
      "id DESC)")
    assert.equal("'1','99','98',NULL", found)
  end)

  it("is a row's of its own where the table points to itself", function()
    local found, out = up([[
      CREATE TABLE c (id INT PRIMARY KEY NOT NULL, up INT REFERENCES c (id))
        WITHOUT ROWID;
      INSERT INTO c VALUES (1, NULL), (2, 1), (3, 77);
    ]], [[
      local function try(id, up)
        print(pcall(conn.alter, conn, "c", function(t)
          if id then t:set_type("id", "INT", {using = id}) end
          t:set_type("up", "INT", {using = up})
        end))
      end
      try(nil, "CASE up WHEN 1 THEN 9 ELSE up END")
      try(nil, "up + 0")
      try(nil, "CASE up WHEN 77 THEN 78 ELSE up END")
    ]], "SELECT group_concat(up) FROM (SELECT up FROM c ORDER BY id)")
    assert.equal("1,78", found)
    local _, refused = out:gsub("rows of c point to no row of c", "")
    assert.equal(1, refused, out)
  end)

  it("is not taken for that of a key that was not there", function()
    local _, out = up(CHILD:format("WITHOUT ROWID") ..
      "CREATE TABLE q (id INTEGER PRIMARY KEY);", [[
      print(pcall(conn.alter, conn, "c", function(t)
        t:drop_foreign_key{"pid"}
        t:add_foreign_key({"pid"}, "q", {"id"})
        t:set_type("pid", "INT", {using = "pid + 1"})
      end))
    ]], "SELECT 1")
    assert(out:find("rows of c point to no row of q", 1, true), out)
  end)

  it("may stay where two keys have one column, and nothing else", function()
    local found, out = up([[
      CREATE TABLE p (a INT UNIQUE, b INT UNIQUE);
      CREATE TABLE c (id INTEGER PRIMARY KEY, pid INT REFERENCES p (a)
        REFERENCES p (b));
      INSERT INTO p VALUES (1, 1);
      INSERT INTO c VALUES (1, 1), (2, 99);
    ]], [[
      local function try(using)
        print(pcall(conn.alter, conn, "c", function(t)
          t:set_type("pid", "INT", {using = using})
        end))
      end
      try("pid + 0")
      try("pid + (pid > 9)")
    ]], "SELECT group_concat(pid) FROM c")
    assert.equal("1,99", found)
    assert(out:find("true\t", 1, true), out)
    assert(out:find("false\t", 1, true), out)
  end)

  it("of a child without rowids hides none that the parent leaves", function()
    local found, out = up([[
      CREATE TABLE p (id INT PRIMARY KEY);
      CREATE TABLE c (k INT PRIMARY KEY, pid INT REFERENCES p)
        WITHOUT ROWID;
      INSERT INTO p VALUES (1), (2);
      INSERT INTO c VALUES (1, 1), (2, 99);
    ]], [[
      local function try(using)
        print(pcall(conn.alter, conn, "p", function(t)
          t:set_type("id", "INT", {using = using})
        end))
      end
      try("CASE id WHEN 1 THEN 99 ELSE id END")
      try("CASE id WHEN 2 THEN 3 ELSE id END")
    ]], "SELECT group_concat(id) FROM (SELECT id FROM p ORDER BY id)")
    assert.equal("1,3", found)
    assert(out:find("alter p: set_type: rows of c point to no row of p", 1,
      true), out)
  end)
end)

-- Changes by chance, each of which must be done just when it leaves no row
-- pointing nowhere that did not.
local RANDOM = [=[
  math.randomseed(SEED)
  local function pick(list) return list[math.random(#list)] end
  local function expression()
    local text = {}
    for _, v in ipairs { 1, 2, 90, 91, 92 } do
      if math.random() < 0.5 then
        text[#text + 1] = ("WHEN %d THEN %s"):format(v,
          pick { "1", "2", "90", "91", "NULL" })
      end
    end
    return #text == 0 and "pid" or
      "CASE pid " .. table.concat(text, " ") .. " ELSE pid END"
  end
  local function rows(using)
    local list, breaks = {}, false
    for row in conn:execute("SELECT n, pid, " .. using ..
        " FROM c ORDER BY +n"):rows() do
      local from, to = row[2], row[3]
      breaks = breaks or (to and to > 2 and (not from or from < 3))
      list[#list + 1] = tostring(to)
    end
    return table.concat(list, " "), breaks and true or false
  end
  local shapes = {
    function() end,
    function(t) t:set_primary_key{"n"} end,
    function(t) t:set_primary_key{"id"} end,
    function(t) t:set_primary_key{"n", "id"} end,
    function(t) t:set_without_rowid(true) end,
    function(t) t:set_without_rowid(false) end,
    function(t) t:set_type("id", pick { "INTEGER", "TEXT", "" }) end,
    function(t) t:set_type("n", pick { "INTEGER", "REAL", "INT" }) end,
  }
  for _ = 1, 6 do
    local using, shape, other = expression(), pick(shapes), pick(shapes)
    local want, breaks = rows(using)
    local was = rows("pid")
    local ok, e = pcall(conn.alter, conn, "c", function(t)
      shape(t)
      if math.random() < 0.3 and other ~= shape then other(t) end
      t:set_type("pid", "INT", { using = using })
    end)
    if ok or e.reason ~= "contradiction" then
      assert(ok ~= breaks, "SEED: " .. using .. ": " .. tostring(e))
    end
    assert(rows("pid") == (ok and want or was))
    print(ok and "DONE" or "REFUSED")
  end
]=]

describe("any conversions, whatever becomes of the key", function()
  it("are done where they break no other row", function()
    local done, refused = 0, 0
    for seed = 1, 40 do
      math.randomseed(seed)
      local values = {}
      for i = 1, 6 do
        values[i] = ("(%d, %d, %s)"):format(i, 10 - i, ({ "1", "2", "90",
          "91", "NULL" })[math.random(5)])
      end
      local _, out = up([[
        CREATE TABLE p (id INTEGER PRIMARY KEY);
        INSERT INTO p VALUES (1), (2);
        CREATE TABLE c (id INT NOT NULL, n INT NOT NULL UNIQUE,
          pid INT REFERENCES p, PRIMARY KEY (id));
        INSERT INTO c VALUES ]] .. table.concat(values, ", "),
        (RANDOM:gsub("SEED", seed)), "SELECT 1")
      done = done + select(2, out:gsub("DONE", ""))
      refused = refused + select(2, out:gsub("REFUSED", ""))
    end
    assert(done > 20 and refused > 20, done .. " " .. refused)
  end)
end)
