-- SPDX-License-Identifier: MIT
-- baseline: migrations recorded as applied without running, and that taken
-- back. Nothing without a name, nothing half, and a second time harmless.
local sandbox = require "tests.support.sandbox"
local json = require "tests.support.json"
local look = require "tests.support.look"
local has, first_line = look.has, look.first_line

local box
before_each(function()
  box = sandbox.new()
  -- Natural order: 2 before 10. None of them may ever run.
  for _, id in ipairs { "1_a", "2_b", "10_c" } do
    box:sql_file(id .. ".sql", "CREATE TABLE t" .. id .. " (x);")
  end
end)
after_each(function() box:destroy() end)

local function ledger()
  return box:rows("SELECT id, position, effect FROM schema_migrations " ..
    "ORDER BY position")
end

local function baseline(...)
  local status, out, err = box:run("baseline", ...)
  assert.equal(0, status, err)
  assert.equal("", err)
  return out
end

local function tables()
  return box:rows("SELECT name FROM sqlite_schema WHERE type = 'table' " ..
    "AND name NOT LIKE 'schema_migrations%'")
end

describe("baseline", function()
  it("records an ID and all that sorts before it", function()
    local out = baseline("2_b")
    has(out, "✓ schema_migrations table created\n")
    has(out, "✓ 1_a   recorded as applied, without running\n")
    has(out, "✓ 2 records changed, no migration was run\n")
    assert.same({ "1_a|1|unknown", "2_b|2|unknown" }, ledger())
    assert.same({}, tables())
    -- The rest, and no more, is for up.
    box:up()
    assert.same({ "t10_c" }, tables())
  end)

  it("keeps what a later down and status need", function()
    baseline("1_a")
    assert.same({ "1_a|baseline|recorded|NULL|1" }, box:rows([[
      SELECT id, action, outcome, error, source = 'CREATE TABLE t1_a (x);'
      FROM schema_migrations_history]]))
    assert.equal(1, box:value([[SELECT count(*) FROM schema_migrations m
      JOIN schema_migrations_history h ON h.checksum = m.checksum
      WHERE m.applied_at GLOB '20*T*:*Z' AND m.applied_at = h.started_at
      AND m.duration_ms = 0]]))
    local _, out = box:run("status")
    has(out, "1 applied, 2 pending")
  end)

  it("--all records the whole folder", function()
    baseline("--all")
    assert.same({ "1_a|1|unknown", "2_b|2|unknown", "10_c|3|unknown" },
      ledger())
    has(box:up(), "All migrations already applied")
  end)

  it("--only records one", function()
    baseline("--only", "2_b")
    assert.same({ "2_b|1|unknown" }, ledger())
  end)

  it("has the names of other tools", function()
    for _, name in ipairs { "stamp", "mark", "fake" } do
      local status = box:run(name, "1_a", "--table", name)
      assert.equal(0, status)
      assert.equal("1_a", box:value("SELECT id FROM " .. name))
    end
  end)

  it("leaves alone what is recorded already", function()
    box:up("1")
    baseline("--all")
    assert.same({ "1_a|1|changed", "2_b|2|unknown", "10_c|3|unknown" },
      ledger())
    local before = box:bytes()
    has(baseline("--all"), "Nothing to change: it is recorded so already")
    assert.equal(before, box:bytes())
    assert.equal(3, box:value(
      "SELECT count(*) FROM schema_migrations_history"))
  end)

  it("--undo takes one back, and up runs it", function()
    baseline("--all")
    has(baseline("--undo", "2_b"), "recorded as applied no longer")
    assert.same({ "1_a|1|unknown", "10_c|3|unknown" }, ledger())
    assert.same({ "2_b|baseline|recorded|undone" }, box:rows([[SELECT id,
      action, outcome, error FROM schema_migrations_history ORDER BY seq DESC
      LIMIT 1]]))
    box:up()
    assert.same({ "t2_b" }, tables())
    assert.equal(4, box:value(
      "SELECT position FROM schema_migrations WHERE id = '2_b'"))
  end)

  it("--undo says so when the migration really ran", function()
    box:up("1")
    local status, _, err = box:run("baseline", "--undo", "1_a")
    assert.equal(0, status)
    has(err, "1_a was not only recorded, it ran")
    assert.same({}, ledger())
  end)

  it("--undo needs no file", function()
    baseline("--all")
    os.remove(box:path("migrations/1_a.sql"))
    baseline("--undo", "1_a")
    assert.same({ "2_b|2|unknown", "10_c|3|unknown" }, ledger())
  end)

  it("makes the database as up does, but not with --undo", function()
    local err = box:fails(2, "baseline", "--undo", "1_a")
    assert.equal("1_a is not recorded as applied", first_line(err))
    assert.equal("absent", box:bytes())
    local status, out = box:lumigrate("baseline", "1_a", "--database",
      "data/x.db", "--migrations", "migrations")
    assert.equal(0, status)
    has(out, "✓ created data\n")
    assert.equal(1, box:value("SELECT count(*) FROM schema_migrations",
      "data/x.db"))
  end)

  it("takes the IDs of scripts", function()
    box:migration("20_script", "error('never')", "20_other.lua")
    baseline("20_script")
    assert.equal(4, #ledger())
  end)

  it("goes all the way or not at all", function()
    baseline("1_a")
    box:sql([[CREATE TRIGGER refuse BEFORE INSERT ON schema_migrations
      WHEN new.id = '10_c' BEGIN SELECT RAISE(ABORT, 'no'); END]])
    local before = box:bytes()
    local err = box:fails(1, "baseline", "--all")
    has(err, "nothing was changed")
    assert.equal(before, box:bytes())
    assert.same({ "1_a|1|unknown" }, ledger())
  end)
end)

describe("baseline refuses", function()
  local function refused(status, message, ...)
    local before = box:bytes()
    local err = box:fails(status, "baseline", ...)
    has(first_line(err), message)
    assert.equal(before, box:bytes())
    return err
  end

  it("to do anything without a name", function()
    has(refused(2, "no migration is named"), "--all, --only ID")
  end)

  it("two names at once", function()
    refused(2, "exclude each other", "1_a", "--all")
    refused(2, "exclude each other", "--only", "1_a", "--undo", "2_b")
  end)

  it("an ID that the folder does not have", function()
    for _, words in ipairs { { "3_x" }, { "--only", "3_x" }, { "1_a.sql" } }
    do
      refused(2, "there is no migration with the ID",
        table.unpack(words))
    end
    box:up()
    refused(2, "there is no migration with the ID", "3_x")
    refused(2, "3_x is not recorded as applied", "--undo", "3_x")
  end)

  it("an empty folder", function()
    os.execute("rm " .. sandbox.quote(box.migrations) .. "/*")
    refused(2, "there is no migration in the folder", "--all")
  end)

  it("another tool's ledger", function()
    box:sql("CREATE TABLE schema_migrations (version varchar(128) " ..
      "primary key)")
    local err = refused(4, "belongs to dbmate", "--all")
    has(err, "lumigrate adopt")
    refused(4, "belongs to dbmate", "--undo", "1_a")
  end)

  it("two files with one ID", function()
    box:migration("1_a", "", "99.lua")
    refused(2, "two migrations have the ID 1_a", "--all")
  end)

  it("what is no database", function()
    box:write("app.db", ("no database at all\n"):rep(200))
    refused(7, "", "--all")
  end)
end)

describe("the JSON of baseline", function()
  it("has one shape", function()
    local keys = { "format", "ok", "written", "migrations", "error" }
    local status, out, err = box:run("baseline", "2_b", "--json")
    assert.equal(0, status)
    local o = json.decode(out)
    assert.same(keys, json.keys(o))
    assert.same({ 1, true, 2, json.null }, { o.format, o.ok, o.written,
      o.error })
    assert.same({ "id", "status" }, json.keys(o.migrations[1]))
    assert.same({ "1_a", "recorded" }, { o.migrations[1].id,
      o.migrations[1].status })
    -- Words for people go to standard error.
    assert.equal("✓ schema_migrations table created\n", err)
    status, out = box:run("baseline", "--all", "--json")
    assert.equal(0, status)
    o = json.decode(out)
    assert.same({ 1, "already", "recorded" }, { o.written,
      o.migrations[2].status, o.migrations[3].status })
    for _, words in ipairs { { "nope" }, { "--bogus" }, {} } do
      status, out = box:run("baseline", "--json", table.unpack(words))
      assert.equal(2, status)
      o = json.decode(out)
      assert.same(keys, json.keys(o))
      assert.same({ false, 0, {}, 2 }, { o.ok, o.written, o.migrations,
        o.error.code })
    end
  end)
end)
