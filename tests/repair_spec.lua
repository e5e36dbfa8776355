-- SPDX-License-Identifier: MIT
-- repair: the record of one migration put right by its name, and of nothing
-- else. No migration runs, and the history keeps what was done.
local sandbox = require "tests.support.sandbox"
local json = require "tests.support.json"
local look = require "tests.support.look"
local has, first_line = look.has, look.first_line

local box
before_each(function()
  box = sandbox.new()
  box:sql_file("1_a.sql", "CREATE TABLE a (x);")
  box:sql_file("2_b.sql", "CREATE TABLE b (x);")
end)
after_each(function() box:destroy() end)

local function repair(...)
  local status, out, err = box:run("repair", ...)
  assert.equal(0, status, err)
  assert.equal("", err)
  return out
end

local function refused(status, message, ...)
  local before = box:bytes()
  local err = box:fails(status, "repair", ...)
  has(first_line(err), message)
  assert.equal(before, box:bytes())
  return err
end

local function last_attempt()
  local row = box:query("SELECT id, action, outcome, error, source FROM " ..
    "schema_migrations_history ORDER BY seq DESC LIMIT 1")[1]
  return { row.id, row.action, row.outcome, row.error, row.source }
end

local function status_of(id)
  local _, out = box:run("status", "--json")
  for _, item in ipairs(json.decode(out).migrations) do
    if item.id == id then
      return item.status
    end
  end
end

describe("repair --accept", function()
  it("takes an edit as it is", function()
    box:up()
    local before = box:query("SELECT position, applied_at, effect FROM " ..
      "schema_migrations WHERE id = '1_a'")[1]
    box:sql_file("1_a.sql", "-- Better.\nCREATE TABLE a (x, y);")
    assert.equal("edited", status_of("1_a"))
    has(repair("--accept", "1_a"), "✓ 1_a   accepted")
    assert.equal("applied", status_of("1_a"))
    assert.same(before, box:query("SELECT position, applied_at, effect " ..
      "FROM schema_migrations WHERE id = '1_a'")[1])
    assert.equal("Better.", box:value(
      "SELECT description FROM schema_migrations WHERE id = '1_a'"))
    -- The text that counts from now on is kept; nothing ran.
    assert.same({ "1_a", "repair", "recorded", "accepted",
      "-- Better.\nCREATE TABLE a (x, y);" }, last_attempt())
    assert.equal(1, box:value("SELECT count(*) FROM pragma_table_info('a')"))
    local status = box:run("up", "--strict")
    assert.equal(0, status)
  end)

  it("changes nothing where there is no edit", function()
    box:up()
    local before = box:bytes()
    has(repair("--accept", "1_a"), "Nothing to change")
    assert.equal(before, box:bytes())
  end)

  it("gives a completed ledger its fingerprints", function()
    box:sql([[CREATE TABLE schema_migrations (id TEXT PRIMARY KEY);
      INSERT INTO schema_migrations VALUES ('1_a')]])
    local status = box:run("repair", "--accept", "1_a")
    assert.equal(0, status)
    assert.equal(1, box:value("SELECT checksum LIKE 't1:%' FROM " ..
      "schema_migrations WHERE id = '1_a'"))
  end)

  it("is for what is applied and there", function()
    refused(2, "1_a is not applied", "--accept", "1_a")
    assert.equal("absent", box:bytes())
    box:up("1")
    refused(2, "2_b is not applied, so there is no edit", "--accept", "2_b")
    refused(2, "3_x is not applied", "--accept", "3_x")
    os.remove(box:path("migrations/1_a.sql"))
    has(refused(2, "1_a is applied, but its file is missing", "--accept",
      "1_a"), "--forget")
  end)
end)

describe("repair --forget", function()
  it("drops one whose file is gone", function()
    box:up()
    os.remove(box:path("migrations/1_a.sql"))
    assert.equal("missing", status_of("1_a"))
    has(repair("--forget", "1_a"), "✓ 1_a   forgotten")
    assert.is_nil((status_of("1_a")))
    assert.same({ "1_a", "repair", "recorded", "forgotten" },
      last_attempt())
    assert.equal("2_b", box:value(
      "SELECT group_concat(id) FROM schema_migrations"))
    -- The table stays: only the record went.
    assert.equal(1, box:value(
      "SELECT count(*) FROM sqlite_schema WHERE name = 'a'"))
  end)

  it("is for nothing else", function()
    box:up("1")
    has(refused(2, "1_a is applied and its file is there", "--forget",
      "1_a"), "baseline --undo")
    refused(2, "2_b is not applied", "--forget", "2_b")
  end)
end)

describe("repair --restart", function()
  -- What a process leaves that was killed in the middle.
  local function partial()
    box:migration("3_out", [[conn:execute("CREATE TABLE c (x)")]])
    box:write("migrations/3_out.lua", "TRANSACTION = false\n" ..
      box:read("migrations/3_out.lua"))
    box:up("2")
    box:sql([[INSERT INTO schema_migrations_history (id, action, outcome)
      VALUES ('3_out', 'up', 'started')]])
    assert.equal("partial", status_of("3_out"))
  end

  it("forgets that one was begun", function()
    partial()
    has(repair("--restart", "3_out"), "✓ 3_out   begins anew")
    assert.equal("pending", status_of("3_out"))
    assert.same({ "3_out", "repair", "recorded", "restarted" },
      { table.unpack(last_attempt(), 1, 4) })
    box:up()
    assert.equal("applied", status_of("3_out"))
  end)

  it("is for nothing else", function()
    partial()
    refused(2, "1_a is applied, not partial", "--restart", "1_a")
    refused(2, "9_x was not begun", "--restart", "9_x")
    box:sql_file("4_bad.sql", "SELECT 1 FROM nope;")
    box:fails(1, "up")
    has(refused(2, "4_bad is not partial: it failed", "--restart", "4_bad"),
      "lumigrate up runs it from its beginning")
    box:sql([[UPDATE schema_migrations_history SET outcome = 'interrupted'
      WHERE id = '4_bad']])
    refused(2, "4_bad is not partial: it was interrupted and rolled back",
      "--restart", "4_bad")
  end)

  it("says of one that failed outside a transaction that it did", function()
    box:up()
    box:migration("5_out", [[error("no")]])
    box:write("migrations/5_out.lua", "TRANSACTION = false\n" ..
      box:read("migrations/5_out.lua"))
    box:fails(1, "up")
    refused(2, "5_out is not partial: it failed", "--restart", "5_out")
  end)
end)

describe("repair", function()
  it("does nothing without a name", function()
    box:up()
    has(refused(2, "nothing is named"), "--accept ID")
    refused(2, "exclude each other", "--accept", "1_a", "--forget", "1_a")
    refused(2, "--accept needs a value", "--accept")
  end)

  it("is called resolve as well", function()
    box:up()
    local status = box:run("resolve", "--accept", "1_a")
    assert.equal(0, status)
  end)

  it("never touches another tool's ledger", function()
    box:sql("CREATE TABLE schema_migrations (version uint64, dirty bool)")
    refused(4, "belongs to golang-migrate", "--accept", "1_a")
    refused(4, "belongs to golang-migrate", "--forget", "1_a")
  end)

  it("has one shape of JSON", function()
    local keys = { "format", "ok", "written", "migrations", "error" }
    box:up()
    local status, out = box:run("repair", "--accept", "1_a", "--json")
    assert.equal(0, status)
    local o = json.decode(out)
    assert.same(keys, json.keys(o))
    assert.same({ true, 0, "1_a", "already" }, { o.ok, o.written,
      o.migrations[1].id, o.migrations[1].status })
    status, out = box:run("repair", "--json", "--forget", "1_a")
    assert.equal(2, status)
    o = json.decode(out)
    assert.same(keys, json.keys(o))
    assert.same({ false, 0, {}, 2 }, { o.ok, o.written, o.migrations,
      o.error.code })
  end)
end)
