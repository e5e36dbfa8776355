-- SPDX-License-Identifier: MIT
-- conn:alter: whatever operations come together, all is done or nothing is,
-- what is not named stays, and the second time there is nothing to do.
local sandbox = require "tests.support.sandbox"

local SCHEMA = [[
  CREATE TABLE p (id INTEGER PRIMARY KEY, k INT UNIQUE);
  INSERT INTO p VALUES (1, 10), (2, 20), (3, 30);
  CREATE TABLE log (n INTEGER PRIMARY KEY, what);
  CREATE TABLE t (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- the number
    name TEXT NOT NULL ON CONFLICT IGNORE COLLATE NOCASE,
    "odd ""one" REAL DEFAULT (1.5) CHECK ("odd ""one" IS NOT 9),
    [ref] INT REFERENCES p ON DELETE CASCADE,
    up INT REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED,
    g AS (name || '!') /* shouted */, n, -- no type
    CONSTRAINT both UNIQUE (name, n) ON CONFLICT REPLACE,
    CHECK (length(name) < 90)
  );
  INSERT INTO t (id, name, "odd ""one", ref, up, n) VALUES
    (3, 'Ada', 2.5, 1, NULL, '7'), (10, 'bob', NULL, 2, 3, x'07'),
    (11, 'Cy', 'text', 3, 10, 7), (12, '12', 1, NULL, NULL, NULL);
  DELETE FROM t WHERE id = 12;
  CREATE TABLE c (t INT REFERENCES t ON DELETE CASCADE, x);
  INSERT INTO c VALUES (3, 1), (99, 2);
  CREATE INDEX i ON t (name DESC, n) WHERE ref > 0;
  CREATE INDEX e ON t (lower(name), "odd ""one");
  CREATE VIEW v AS SELECT id, name FROM t;
  CREATE VIEW w AS SELECT * FROM v;
  CREATE VIEW broken AS SELECT * FROM gone;
  CREATE TRIGGER a AFTER UPDATE OF name ON t BEGIN
    INSERT INTO log (what) VALUES (new.name); END;
  CREATE TRIGGER b AFTER INSERT ON log BEGIN
    UPDATE t SET n = "odd ""one" WHERE id = -1; END;
  ANALYZE;
]]

-- Runs inside one migration; each list in a savepoint that is undone.
local SCRIPT = [[
  local names = { "id", "name", 'odd "one', "ref", "up", "g", "n" }
  local function pick(list) return list[math.random(#list)] end
  local function any() return pick(names) end
  local function q(name) return conn:quote_ident(name) end
  local makers = {
    add_column = function() return "z", pick {
      "INT", "INT NOT NULL DEFAULT 5", "TEXT UNIQUE", "REFERENCES p",
      "INT DEFAULT 1 REFERENCES p", "AS (id + 1)", "INT NOT NULL",
      "DEFAULT CURRENT_TIME" }, pick { {}, { after = any() } } end,
    drop_column = function() return any(), { cascade =
      pick { {}, { "views" }, { "indexes", "triggers" },
        { "indexes", "triggers", "views", "constraints" } } } end,
    rename_column = function() return any(), pick { "z y", "NAME" } end,
    rename_to = function() return pick { "u", "my t" } end,
    set_type = function() return any(), pick { "INT", "TEXT", "BLOB" } end,
    set_not_null = function() return any(), pick { true, false },
      pick { {}, { fill = "0" } } end,
    set_default = function() return any(), pick { "1", "'x'", "1 + 1" } end,
    set_collate = function() return any(), pick { "NOCASE", "RTRIM" } end,
    add_check = function() return q(any()) .. " IS NOT 8" end,
    drop_check = function() return { expr = "length(name)<90" } end,
    add_unique = function() return { any(), any() } end,
    drop_unique = function() return { "name", "n" } end,
    add_foreign_key = function() return { any() }, "p", { "k" } end,
    drop_foreign_key = function() return { any() } end,
    set_primary_key = function() return { any() } end,
    set_autoincrement = function() return pick { true, false } end,
    set_strict = function() return pick { true, false } end,
    set_without_rowid = function() return pick { true, false } end,
    reorder = function() return { any() } end,
  }
  local kinds = {}
  for kind in pairs(makers) do kinds[#kinds + 1] = kind end
  table.sort(kinds)

  local function read(sql, ...)
    local rows = {}
    for row in conn:execute(sql, ...):rows() do
      local line = {}
      for k = 1, #row do line[k] = tostring(row[k]) end
      rows[#rows + 1] = table.concat(line, "|")
    end
    return table.concat(rows, "\n")
  end
  local function tables(but)
    local all = {}
    for _, name in ipairs { "p", "log", "c", "t", "sqlite_sequence" } do
      if name ~= but then
        all[#all + 1] = read("SELECT * FROM " .. name)
      end
    end
    return table.concat(all, "\n--\n")
  end
  local function schema(where)
    return read("SELECT type, name, sql FROM sqlite_schema WHERE " ..
      (where or "1") .. " ORDER BY type, name")
  end
  local function version()
    return conn:execute("PRAGMA schema_version"):fetchone()[1]
  end
  local function values(table_name, columns)
    local list = {}
    for _, c in ipairs(columns) do list[#list + 1] = "quote(" .. q(c) .. ")" end
    return read("SELECT " .. table.concat(list, ", ") .. " FROM " ..
      q(table_name) .. " ORDER BY 1")
  end

  local done, refused = 0, 0
  local function try(list)
    local said = {}
    local function change(t)
      for _, op in ipairs(list) do t[op.kind](t, table.unpack(op, 1, 3)) end
    end
    local touched, named, final = {}, false, "t"
    for k, op in ipairs(list) do
      touched[type(op[1]) == "table" and op[1][1] or op[1] or ""] = true
      said[k] = op.kind
      named = named or op.kind:find("rename") or op.kind:find("drop_column")
      if op.kind == "rename_to" then final = op[1] end
      if op.kind == "set_primary_key" then named = true end
    end
    said = table.concat(said, ", ")
    local kept = { "id" }
    for _, c in ipairs(names) do
      if not touched[c] and c ~= "g" and c ~= "id" then
        kept[#kept + 1] = c
      end
    end
    local sum = values("t", kept)
    local before, rows, v = schema(), tables(), version()
    local others = tables("t")
    local loose = read("SELECT count(*) FROM pragma_foreign_key_check")
    local code = schema("type <> 'table'")
    local ok, r = pcall(conn.alter, conn, "t", change)
    if not ok then
      assert(type(r) == "table" and r.code == "alter_refused", tostring(r))
      assert(before == schema() and rows == tables() and v == version(),
        said .. ": refused, and changed")
      refused = refused + 1
      return
    end
    done = done + 1
    assert(read("PRAGMA integrity_check") == "ok", said)
    assert(others:gsub("t|12", "") ==
      tables("t"):gsub(final .. "|12", ""):gsub("t|12", ""), said)
    assert(read("SELECT count(*) FROM pragma_foreign_key_check") <= loose,
      said)
    if not touched.id then
      assert(values(final, kept) == sum, said .. ": values")
    end
    if not named then
      assert(code:gsub("index|sqlite_auto[^\n]*\n", "") ==
        schema("type <> 'table'"):gsub("index|sqlite_auto[^\n]*\n", ""),
        said .. ": code")
    end
    v = version()
    ok, r = pcall(conn.alter, conn, "t", change)
    assert(not ok or #list > 1 or not r.changed, said .. ": again")
    assert((ok and r.changed) or v == version(), said .. ": version")
  end
  for round = 1, 300 do
    local list = {}
    for k = 1, pick { 1, 1, 2, 3 } do
      local kind = pick(kinds)
      list[k] = { kind = kind, makers[kind]() }
    end
    local ok, why = pcall(conn.savepoint, conn, function()
      try(list)
      error("undo", 0)
    end)
    assert(why == "undo", "round " .. round .. ": " .. tostring(why))
  end
  print("DONE " .. done .. " " .. refused)
]]

describe("any operations", function()
  for _, on in ipairs { "true", "false" } do
    it("are done whole or not at all, foreign keys " .. on, function()
      local box = sandbox.new()
      finally(function() box:destroy() end)
      box:sql(SCHEMA)
      box:write("migrations/2026_01_01_a.lua", 'MIGRATION_ID = ' ..
        '"2026_01_01_a"\nFOREIGN_KEYS = ' .. on ..
        "\nfunction upgrade(conn)\n" .. SCRIPT .. "\nend\n")
      local status, out, err = box:run("up")
      assert.equal(0, status, out .. err)
      local done, refused = out:match("DONE (%d+) (%d+)")
      assert(tonumber(done) > 50 and tonumber(refused) > 50, out)
    end)
  end
end)
