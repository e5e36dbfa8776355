-- SPDX-License-Identifier: MIT
-- Migrations that run again: RUN = "on_change" and "always", and what was
-- edited with up --reapply-changed. The ledger has one row for each, which
-- keeps its position; the history tells every time.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has

describe("a migration that runs again", function()
  local box
  before_each(function()
    box = sandbox.new()
    box:sql("CREATE TABLE log (line)")
  end)
  after_each(function() box:destroy() end)

  -- Writes a line when it runs; `head` holds globals, `word` is the text.
  local function logging(id, head, word)
    box:write("migrations/" .. id .. ".lua", ([[
MIGRATION_ID = "%s"
%s
function upgrade(conn)
  conn:execute("INSERT INTO log VALUES ('%s')")
end
]]):format(id, head, word or id))
  end

  local function list(sql)
    local words = {}
    for i, row in ipairs(box:query(sql)) do
      words[i] = row[1]
    end
    return words
  end

  local function log()
    return list("SELECT line FROM log ORDER BY rowid")
  end

  local function ledger()
    return list("SELECT position || ' ' || id FROM schema_migrations " ..
      "ORDER BY position")
  end

  local function history(id)
    return list("SELECT action || ' ' || outcome FROM " ..
      "schema_migrations_history WHERE id = '" .. id .. "' ORDER BY seq")
  end

  local function current()
    local status, out = box:run("status")
    assert.equal(0, status)
    return out:match("([^\n]*)\n$")
  end

  describe('with RUN = "on_change"', function()
    local ON_CHANGE = 'RUN = "on_change"'

    it("runs when it is new and when its text has changed", function()
      logging("a", "", "a")
      logging("b_views", ON_CHANGE, "one")
      box:up()
      box:up()
      assert.same({ "a", "one" }, log())
      logging("b_views", ON_CHANGE, "two")
      logging("c", "", "c")
      has(box:up(), "✓ 2 migrations applied in")
      assert.same({ "a", "one", "two", "c" }, log())
      assert.same({ "1 a", "2 b_views", "3 c" }, ledger())
      assert.same({ "up done", "reapply done" }, history("b_views"))
      has(box:up(), "All migrations already applied")
      assert.equal(0, box:value("SELECT count(*) FROM schema_migrations m, " ..
        "schema_migrations_history h WHERE m.id = h.id AND h.action = " ..
        "'reapply' AND (m.checksum <> h.checksum OR m.applied_at <> " ..
        "h.started_at OR m.duration_ms <> h.duration_ms)"))
    end)

    it("is pending while it has changed, and not edited", function()
      logging("a", ON_CHANGE, "one")
      logging("b", "", "b")
      box:up()
      logging("a", ON_CHANGE, "two")
      local status, out, err = box:run("status")
      assert.equal(0, status)
      has(out, "  · a  pending  20")
      has(out, "1 applied, 1 pending\n")
      assert.equal("", err)
      out = select(2, box:run("status", "--json"))
      has(out, '"state": "pending"')
      -- Nor is it an error, or out of order, under --strict.
      box:up("--strict")
      assert.same({ "one", "b", "two" }, log())
      assert.equal("2 applied, 0 pending", current())
    end)

    it("writes what it is now into its row", function()
      logging("a", ON_CHANGE .. '\nDESCRIPTION = "first"', "one")
      box:up()
      box:write("migrations/a.lua", [[
MIGRATION_ID = "a"
DESCRIPTION = "second"
RUN = "on_change"
function upgrade() end
]])
      box:up()
      assert.same({ 1, "second", "no_op" }, { table.unpack(box:query(
        "SELECT position, description, effect FROM schema_migrations")[1],
        1, 3) })
      assert.equal(2, box:value("SELECT count(DISTINCT source) FROM " ..
        "schema_migrations_history"))
    end)

    it("is counted by a number, and named by --to", function()
      logging("a", ON_CHANGE, "one")
      logging("b", "", "b")
      box:up()
      logging("a", ON_CHANGE, "two")
      logging("c", "", "c")
      box:up("1")
      assert.same({ "one", "b", "two" }, log())
      logging("a", ON_CHANGE, "three")
      box:up("--before", "a")
      assert.same({ "one", "b", "two" }, log())
      box:up("--to", "a")
      assert.same({ "one", "b", "two", "three" }, log())
    end)

    it("stays as it was when it fails, and is tried again", function()
      logging("a", ON_CHANGE, "one")
      box:up()
      local row = box:query("SELECT * FROM schema_migrations")
      box:migration("a", ON_CHANGE .. [[

function upgrade(conn)
  conn:execute("DELETE FROM log")
  error("not so")
end
]])
      box:fails(1, "up")
      local err = box:fails(1, "up")
      has(err, "the migration was rolled back")
      assert.same({ "one" }, log())
      assert.same(row, box:query("SELECT * FROM schema_migrations"))
      assert.same({ "up done", "reapply failed" }, history("a"))
      assert.equal(1, box:value("SELECT repeats FROM " ..
        "schema_migrations_history WHERE outcome = 'failed'"))
      assert.equal("0 applied, 1 pending", current())
      logging("a", ON_CHANGE, "two")
      box:up()
      assert.same({ "one", "two" }, log())
    end)

    it("does not make later ones be out of order", function()
      logging("z_views", ON_CHANGE, "views")
      box:up()
      logging("b", "", "b")
      local _, _, err = box:run("up", "--strict")
      assert.equal("", err)
      assert.same({ "views", "b" }, log())
    end)

    it("runs once for each change, however many start together", function()
      logging("a", ON_CHANGE, "one")
      box:up()
      logging("a", ON_CHANGE, "two")
      local jobs = {}
      for i = 1, 8 do
        jobs[i] = box:spawn("up")
      end
      for i = 1, 8 do
        local status, out, err = box:wait(jobs[i])
        assert.equal(0, status, out .. err)
      end
      assert.same({ "one", "two" }, log())
      assert.same({ "up done", "reapply done" }, history("a"))
    end)

    it("does not run for a row whose fingerprint is unknown", function()
      logging("a", ON_CHANGE, "one")
      box:up()
      box:sql("UPDATE schema_migrations SET checksum = ''")
      has(box:up(), "All migrations already applied")
      assert.same({ "one" }, log())
    end)

    it("works outside a transaction", function()
      local head = ON_CHANGE .. "\nTRANSACTION = false"
      logging("a", head, "one")
      box:up()
      logging("a", head, "two")
      box:up()
      has(box:up(), "All migrations already applied")
      assert.same({ "one", "two" }, log())
      assert.same({ "up started", "up done", "reapply started",
        "reapply done" }, history("a"))
      assert.same({ "1 a" }, ledger())
    end)

    it("is undone with the whole run under --transaction all", function()
      logging("a", ON_CHANGE, "one")
      box:up()
      local row = box:query("SELECT * FROM schema_migrations")
      logging("a", ON_CHANGE, "two")
      box:migration("b", [[error("no")]])
      box:fails(1, "up", "--transaction", "all")
      assert.same({ "one" }, log())
      assert.same(row, box:query("SELECT * FROM schema_migrations"))
      box:sh("rm migrations/b.lua")
      box:up("--transaction", "all")
      assert.same({ "one", "two" }, log())
    end)
  end)

  describe('with RUN = "always"', function()
    local ALWAYS = 'RUN = "always"'

    it("runs at every up, also where nothing else is pending", function()
      logging("a", ALWAYS)
      logging("b", "")
      has(box:up(), "✓ 2 migrations applied in")
      has(box:up(), "✓ 1 migration applied in")
      logging("c", "")
      box:up()
      assert.same({ "a", "b", "a", "a", "c" }, log())
      assert.same({ "1 a", "2 b", "3 c" }, ledger())
      assert.same({ "up done", "reapply done", "reapply done" }, history("a"))
    end)

    it("is never pending, and never edited", function()
      logging("a", ALWAYS)
      assert.equal("0 applied, 1 pending", current())
      box:up()
      assert.equal("1 applied, 0 pending", current())
      logging("a", ALWAYS, "changed")
      local status, out, err = box:run("status", "--strict")
      assert.same({ 0, "" }, { status, err })
      has(out, "  ✓ a  applied")
      box:up("--strict")
      assert.same({ "a", "changed" }, log())
    end)

    it("runs as far as the run gets", function()
      logging("a", ALWAYS)
      logging("b", "")
      logging("c", ALWAYS)
      logging("d", "")
      logging("e", ALWAYS)
      box:up("1")
      assert.same({ "a" }, log())
      box:up("1")
      assert.same({ "a", "a", "b" }, log())
      box:up("--to", "d")
      assert.same({ "a", "a", "b", "a", "c", "d" }, log())
      box:migration("b2", [[error("no")]])
      box:fails(1, "up", "--out-of-order", "apply")
      assert.same({ "a", "a", "b", "a", "c", "d", "a" }, log())
    end)

    it("is run by each of those that start together", function()
      logging("a", ALWAYS)
      local jobs = {}
      for i = 1, 4 do
        jobs[i] = box:spawn("up")
      end
      for i = 1, 4 do
        local status, out, err = box:wait(jobs[i])
        assert.equal(0, status, out .. err)
      end
      assert.same({ "a", "a", "a", "a" }, log())
      assert.same({ "1 a" }, ledger())
    end)

    it("that is stuck in its child is not said to be applied", function()
      box:write("migrations/a.lua", [[
MIGRATION_ID = "a"
RUN = "always"
function upgrade(conn)
  local n = conn:execute("SELECT count(*) FROM log"):fetchone()[1]
  conn:execute("INSERT INTO log VALUES ('a')")
  if n > 0 then
    string.find(("a"):rep(40), ("a?"):rep(40) .. ("a"):rep(40) .. "b")
  end
end
]])
      box:up()
      local row = box:query("SELECT * FROM schema_migrations")
      local err = box:fails(1, "up", "--timeout", "0.3")
      has(err, "timeout: the migration took longer than 0.3 s")
      has(err, "the migration was rolled back")
      assert.same({ "a" }, log())
      assert.same(row, box:query("SELECT * FROM schema_migrations"))
      assert.same({ "up done", "reapply failed" }, history("a"))
    end)

    it("works outside a transaction, but not inside one for all", function()
      logging("a", ALWAYS .. "\nTRANSACTION = false")
      box:up()
      box:up()
      assert.same({ "a", "a" }, log())
      local err = box:fails(2, "up", "--transaction", "all")
      has(err, "TRANSACTION = false: it cannot run inside the one " ..
        "transaction of --transaction all")
      assert.same({ "a", "a" }, log())
    end)
  end)

  describe("because --reapply-changed asks for it", function()
    it("was edited, and keeps its position", function()
      for _, id in ipairs { "a", "b", "c" } do
        logging(id, "")
      end
      box:up()
      logging("a", "", "a2")
      logging("c", "", "c2")
      logging("d", "")
      local _, _, err = box:run("up", "--to", "a")
      has(err, "a was edited after it was applied")
      assert.equal(3, #log())
      local status, out
      status, out, err = box:run("up", "--reapply-changed", "--strict")
      assert.same({ 0, "" }, { status, err })
      has(out, "Discovered 4 migration files, 1 applied, 3 pending")
      has(out, "✓ 3 migrations applied in")
      assert.same({ "a", "b", "c", "a2", "c2", "d" }, log())
      assert.same({ "1 a", "2 b", "3 c", "4 d" }, ledger())
      assert.same({ "up done", "reapply done" }, history("c"))
      assert.equal("4 applied, 0 pending", current())
    end)

    it("is done by one of those that start together", function()
      logging("a", "")
      box:up()
      logging("a", "", "a2")
      local jobs = {}
      for i = 1, 8 do
        jobs[i] = box:spawn("up", "--reapply-changed")
      end
      for i = 1, 8 do
        local status, out, err = box:wait(jobs[i])
        assert.equal(0, status, out .. err)
      end
      assert.same({ "a", "a2" }, log())
    end)

    it("remains, and is listed so, when one before it fails", function()
      logging("a", "")
      logging("b", "")
      box:up()
      box:migration("a", [[error("no")]])
      logging("b", "", "b2")
      local status, out = box:run("up", "--reapply-changed", "--json")
      assert.equal(1, status)
      has(out, '"remaining": [\n    "b"\n  ]')
      assert.equal("a was edited after it was applied", select(3,
        box:run("up")):match("warning: ([^\n]*)"))
    end)

    it("does nothing where nothing was edited", function()
      logging("a", "")
      box:up()
      has(box:up("--reapply-changed"), "All migrations already applied")
      assert.same({ "a" }, log())
    end)

    it("is an option of up alone", function()
      has(box:fails(2, "status", "--reapply-changed"),
        '"status" has no option --reapply-changed')
    end)
  end)

  it("has a RUN that is one of three words", function()
    box:migration("a", 'RUN = "often"\nfunction upgrade() end')
    has(box:fails(2, "up"), "RUN")
  end)
end)

describe("a failure at every start", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function rows(outcome)
    return box:value("SELECT count(*) FROM schema_migrations_history " ..
      "WHERE outcome = '" .. outcome .. "'")
  end

  it("is one row while it stays the same", function()
    box:migration("a", [[error("no")]])
    for _ = 1, 5 do
      box:fails(1, "up")
    end
    local row = box:query("SELECT * FROM schema_migrations_history")
    assert.equal(1, #row)
    row = row[1]
    assert.same({ "a", "up", "failed", "no", 4 },
      { row.id, row.action, row.outcome, row.error, row.repeats })
    assert.is_true(row.duration_ms > 0)
    assert.truthy(row.host ~= "" and row.user ~= "")
    assert.truthy(row.last_at > row.started_at)
  end)

  it("is a few rows when its words differ each time", function()
    box:migration("a", [[error("at " .. os.getenv("ADDRESS"))]])
    for i = 1, 14 do
      local status = box:run_env({ ADDRESS = "0x" .. i }, "up")
      assert.equal(1, status)
    end
    assert.equal(10, rows("failed"))
    local last = box:query("SELECT * FROM schema_migrations_history " ..
      "ORDER BY seq DESC LIMIT 1")[1]
    assert.equal(4, last.repeats)
    assert.equal("at 0x14", last.error)
  end)

  it("is one row outside a transaction, too", function()
    box:migration("a", "TRANSACTION = false\n" ..
      [[function upgrade() error("no") end]])
    for _ = 1, 4 do
      box:fails(1, "up")
      local out = select(2, box:run("status"))
      assert.truthy(out:find("✗ a  failed", 1, true), out)
    end
    assert.same({ 1, 1 }, { rows("started"), rows("failed") })
    assert.equal(3, box:value("SELECT repeats FROM " ..
      "schema_migrations_history WHERE outcome = 'failed'"))
  end)

  it("is a few rows when it is killed outside a transaction", function()
    box:migration("a", "TRANSACTION = false\n" ..
      "function upgrade(conn) print(\"inside\") " ..
      "while true do conn:execute(\"SELECT 1\") end end")
    for _ = 1, 12 do
      local job = box:spawn("up")
      repeat
        assert.is_true(box:running(job))
      until (box:read(job.base .. ".out") or ""):find("inside", 1, true)
      box:kill(job, "KILL")
      assert.equal(137, (box:wait(job)))
    end
    assert.equal(10, rows("started"))
    assert.equal(2, box:value("SELECT max(repeats) FROM " ..
      "schema_migrations_history"))
  end)
end)
