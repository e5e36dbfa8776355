-- SPDX-License-Identifier: MIT
-- The tables schema_migrations and schema_migrations_history: what they look
-- like, what is said when folder and ledger differ, whose table is taken over
-- and whose is never touched, and that status changes nothing.
local sandbox = require "tests.support.sandbox"
local look = require "tests.support.look"
local has, first_line = look.has, look.first_line

local box
before_each(function() box = sandbox.new() end)
after_each(function() box:destroy() end)

local function ids()
  return box:rows("SELECT id FROM schema_migrations ORDER BY position")
end

local function shell(command)
  local status, out, err = box:sh(command)
  assert.equal(0, status, err)
  return out
end

local function warnings(err)
  local list = {}
  for line in err:gmatch("lumigrate: warning: ([^\n]*)") do
    list[#list + 1] = line
  end
  return list
end

describe("the ledger", function()
  it("has exactly these columns", function()
    box:migration("a", "")
    box:up()
    assert.same({
      "id|TEXT|1|NULL|1", "position|INTEGER|1|NULL|0",
      "description|TEXT|1|NULL|0", "checksum|TEXT|1|NULL|0",
      "effect|TEXT|1|NULL|0", "applied_at|TEXT|1|NULL|0",
      "duration_ms|REAL|1|NULL|0",
    }, box:rows([[SELECT name, type, "notnull", dflt_value, pk
      FROM pragma_table_xinfo('schema_migrations')]]))
    assert.same({ "u|position", "pk|id" }, box:rows([[
      SELECT l.origin, i.name FROM pragma_index_list('schema_migrations') l,
      pragma_index_info(l.name) i ORDER BY l.seq]]))
    assert.same({
      "seq|INTEGER|1", "id|TEXT|0", "action|TEXT|0", "outcome|TEXT|0",
      "error|TEXT|0", "checksum|TEXT|0", "source|TEXT|0",
      "started_at|TEXT|0", "duration_ms|REAL|0", "runner|TEXT|0",
      "sqlite|TEXT|0", "host|TEXT|0", "user|TEXT|0", "run_id|TEXT|0",
      "repeats|INTEGER|0", "last_at|TEXT|0",
    }, box:rows([[SELECT name, type, pk
      FROM pragma_table_xinfo('schema_migrations_history')]]))
    assert.same({ "schema_migrations", "schema_migrations_history" },
      box:rows([[SELECT name FROM sqlite_schema WHERE type = 'table'
        ORDER BY 1]]))
  end)

  it("says what was applied when, as what", function()
    box:migration("b", "--- Not this.\n", "2.lua")
    box:write("migrations/1.lua", [[
--- Make the table t.
MIGRATION_ID = "1"
function upgrade(conn) conn:execute("CREATE TABLE t (x)") end
]])
    box:run_env({ USER = "ada" }, "up")
    assert.same({ "1|1|Make the table t.|changed", "b|2||no_op" }, box:rows(
      "SELECT id, position, description, effect FROM schema_migrations"))
    assert.same({ "1|up|done|NULL|0|NULL|ada", "b|up|done|NULL|0|NULL|ada" },
      box:rows("SELECT id, action, outcome, error, repeats, last_at, user " ..
        "FROM schema_migrations_history"))
    -- One run, one run_id; the text that ran; by what and where.
    assert.equal(1, box:value("SELECT count(DISTINCT run_id) FROM " ..
      "schema_migrations_history WHERE length(run_id) > 8"))
    assert.equal(box:read("migrations/1.lua"), box:value(
      "SELECT source FROM schema_migrations_history WHERE id = '1'"))
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations_history"
      .. " h, schema_migrations m WHERE h.id = m.id AND h.checksum = " ..
      "m.checksum AND h.runner LIKE 'lumigrate %.%.%' AND h.sqlite LIKE " ..
      "'3.%' AND h.host <> '' AND h.started_at = m.applied_at"))
  end)

  it("counts positions on, whatever is in it", function()
    box:migration("a", "")
    box:up()
    box:sql("UPDATE schema_migrations SET position = 41")
    box:migration("b", "")
    box:up()
    assert.same({ "a|41", "b|42" },
      box:rows("SELECT id, position FROM schema_migrations"))
  end)

  it("writes durations to the microsecond, and no digit more", function()
    for i = 1, 20 do box:migration(tostring(i), "") end
    box:up()
    for _, name in ipairs { "schema_migrations", "schema_migrations_history" } do
      assert.equal(20, box:value("SELECT count(*) FROM " .. name ..
        " WHERE duration_ms > 0 AND duration_ms = round(duration_ms, 3) " ..
        "AND length(quote(duration_ms)) < 12"))
    end
  end)

  it("is kept under another name with --table", function()
    box:migration("a", "")
    has(box:up("--table", "mine"), "✓ mine table ready\n")
    has(box:up("--table", "mine"), "All migrations already applied")
    assert.same({ "mine", "mine_history" },
      box:rows("SELECT name FROM sqlite_schema WHERE type = 'table'"))
    has(box:up("--table", [[odd "name'; --]]), "1 migration applied")
    assert.same({ "a" }, box:rows([[SELECT id FROM "odd ""name'; --"]]))
    local _, out = box:run_env({ LUMIGRATE_TABLE = "mine" }, "status")
    has(out, "1 applied, 0 pending")
  end)

  it("cannot have a name that SQLite keeps for itself", function()
    box:migration("a", "")
    for name, sentence in pairs {
      [""] = "the name of the ledger's table is empty",
      sqlite_x = "names that begin with sqlite_ belong to SQLite: sqlite_x",
      SQLite_x = "names that begin with sqlite_ belong to SQLite: SQLite_x",
    } do
      local err = box:fails(2, "up", "--table", name)
      assert.equal(sentence, first_line(err))
      assert.equal("absent", box:bytes())
    end
  end)
end)

describe("folder and ledger differ:", function()
  before_each(function()
    for _, id in ipairs { "10", "20", "30" } do
      box:migration(id, "", id .. ".lua")
    end
    box:up()
  end)

  -- The warning in up and status, and the error under --strict before
  -- anything runs.
  local function differs(status, warning, state)
    local code, out, err = box:run("status")
    assert.equal(0, code)
    assert.same({ warning }, warnings(err))
    assert.truthy(out:match("\n  ! " .. state[1] .. " +" .. state[2]), out)
    has(out, "1 " .. state[2])
    local before = box:bytes()
    err = box:fails(status, "up", "--strict")
    assert.equal(warning, first_line(err))
    has(err, "nothing was changed")
    assert.equal(before, box:bytes())
    code, out, err = box:run("up")
    assert.equal(0, code, out)
    assert.same({ warning }, warnings(err))
  end

  it("a file was edited", function()
    box:migration("20", "print(1)")
    box:migration("40", "")
    differs(4, "20 was edited after it was applied", { "20", "edited" })
    assert.same({ "10", "20", "30", "40" }, ids())
    has(box:fails(4, "up", "--strict"), "20 (migrations/20.lua)")
    -- It does not run again.
    assert.equal(4, box:value("SELECT count(*) FROM " ..
      "schema_migrations_history"))
  end)

  it("a file is missing", function()
    shell("rm migrations/20.lua")
    box:migration("40", "")
    differs(4, "20 is applied, but its file is missing", { "20", "missing" })
    assert.same({ "10", "20", "30", "40" }, ids())
  end)

  it("a file is out of order", function()
    box:migration("15", [[print("late")]])
    local warning = "15 is out of order: one that comes after it is " ..
      "applied already"
    differs(4, warning, { "15", "out of order" })
    assert.same({ "10", "20", "30", "15" }, ids())
  end)

  it("a file is out of order and has failed as well", function()
    box:migration("15", [[error("no")]])
    box:fails(1, "up")
    local out = box:run("status") == 0 and select(2, box:run("status"))
    assert.truthy(out:find("15%s+failed"), out)
    -- What it is called does not change what the policies make of it.
    local late = "15 is out of order: one that comes after it is applied " ..
      "already"
    assert.same({ late }, warnings(select(3, box:run("status"))))
    assert.equal(late, first_line(box:fails(4, "up", "--strict")))
    assert.equal(late, first_line(box:fails(4, "check", "--strict")))
    assert.equal(late,
      first_line(box:fails(4, "up", "--out-of-order", "error")))
    assert.equal(3, (box:run("check")))
    local _, _, err = box:run("up", "--out-of-order", "apply")
    assert.falsy(err:find("out of order", 1, true), err)
    assert.equal("failed", box:value("SELECT outcome FROM " ..
      "schema_migrations_history ORDER BY seq DESC LIMIT 1"))
  end)

  it("what is out of order goes by --out-of-order", function()
    box:migration("15", "")
    local before = box:bytes()
    assert.equal("15 is out of order: one that comes after it is applied " ..
      "already", first_line(box:fails(4, "up", "--out-of-order", "error")))
    assert.equal(before, box:bytes())
    local status, _, err = box:run("up", "--out-of-order", "apply")
    assert.equal(0, status)
    assert.equal("", err)
    box:migration("16", "")
    status, _, err = box:run("up", "--strict", "--out-of-order", "warn")
    assert.equal(0, status)
    assert.equal(1, #warnings(err))
    box:migration("17", "")
    status, _, err = box:run_env({ LUMIGRATE_OUT_OF_ORDER = "apply" }, "up",
      "--strict")
    assert.equal(0, status)
    assert.equal("", err)
    assert.same({ "10", "20", "30", "15", "16", "17" }, ids())
  end)

  it("a newer release has been here: ahead", function()
    shell("rm migrations/30.lua")
    local status, out = box:run("status", "--json")
    assert.equal(0, status)
    assert.truthy(out:match('"state": *"ahead"'), out)
    shell("rm migrations/10.lua")
    out = select(2, box:run("status", "--json"))
    assert.truthy(out:match('"state": *"mismatch"'), out)
  end)

  it("re-formatting is no edit, for scripts", function()
    box:write("migrations/20.lua", "\u{feff}-- another comment\r\n" ..
      "--[[ and a long\n one ]]\r\n\r\nMIGRATION_ID   =\r\n\t" ..
      '"20"\nfunction upgrade( conn,column_exists , table_exists )\n\n\nend')
    local status, out, err = box:run("status")
    assert.equal(0, status)
    assert.equal("", err)
    has(out, "3 applied, 0 pending\n")
  end)

  it("re-formatting is no edit, for SQL", function()
    box:sql_file("40.sql", "CREATE TABLE t (a, 'b  c');\n")
    box:up()
    box:sql_file("40.sql", "\u{feff}-- why\r\nCREATE\r\n  TABLE t(\r\n" ..
      "\ta,/* x */'b  c' ) ;")
    local _, _, err = box:run("status")
    assert.equal("", err)
    for _, text in ipairs { "create TABLE t (a, 'b  c');",
        "CREATE TABLE t (a, 'b c');", "CREATE TABLE t (a, \"b  c\");",
        "CREATE TABLE t (a, 'b  c', d);" } do
      box:sql_file("40.sql", text)
      err = select(3, box:run("status"))
      assert.same({ "40 was edited after it was applied" }, warnings(err))
    end
  end)

  it("nothing is edited that has no checksum", function()
    box:sql("UPDATE schema_migrations SET checksum = ''")
    box:migration("20", "print(1)")
    local _, _, err = box:run("status")
    assert.equal("", err)
  end)
end)

describe("a home-made ledger", function()
  local SENTENCE = "the table schema_migrations has a text id, but cannot " ..
    "be taken over: %s; it was not touched"

  local function status_sees(text)
    local before = box:bytes()
    local status, out = box:run("status")
    assert.equal(0, status)
    has(out, text)
    assert.equal(before, box:bytes())
  end

  it("is rebuilt with its rows and columns kept", function()
    box:sql [[
      CREATE TABLE schema_migrations (id VARCHAR(200) PRIMARY KEY,
        applied_at TEXT, who TEXT NOT NULL DEFAULT 'a "b"', Note, num INT);
      CREATE INDEX by_who ON schema_migrations (who);
      INSERT INTO schema_migrations VALUES
        ('20', '2026-01-28T09:30:00.123Z', 'ada', x'00ff', 1),
        ('10', '2026-01-28 09:30:00', 'bob', NULL, '2');
      INSERT INTO schema_migrations (id) VALUES ('gone');
    ]]
    box:migration("10", [[error("never")]])
    box:migration("20", [[error("never")]])
    status_sees("3 applied, 0 pending, 1 missing")
    -- Nothing to apply, nothing written.
    local before = box:bytes()
    has(box:up(), "All migrations already applied")
    assert.equal(before, box:bytes())
    box:migration("30", "")
    has(box:up(), "✓ schema_migrations table ready (rebuilt)\n")
    assert.same({
      "20|1|||unknown|2026-01-28T09:30:00.123Z|0.0|ada|\0\255|1",
      "10|2|||unknown|2026-01-28T09:30:00.000Z|0.0|bob|NULL|2",
      [[gone|3|||unknown||0.0|a "b"|NULL|NULL]],
    }, box:rows("SELECT * FROM schema_migrations WHERE id <> '30' " ..
      "ORDER BY position"))
    assert.same({ [[30|4|no_op|a "b"|NULL|NULL]] }, box:rows("SELECT id, " ..
      "position, effect, who, note, num FROM schema_migrations " ..
      "WHERE id = '30'"))
    assert.same({
      "id|TEXT|1|1", "position|INTEGER|1|0", "description|TEXT|1|0",
      "checksum|TEXT|1|0", "effect|TEXT|1|0", "applied_at|TEXT|1|0",
      "duration_ms|REAL|1|0", "who|TEXT|1|0", "Note||0|0", "num|INT|0|0",
    }, box:rows([[SELECT name, type, "notnull", pk
      FROM pragma_table_xinfo('schema_migrations')]]))
    assert.equal(1, box:value("SELECT count(*) FROM sqlite_schema " ..
      "WHERE name = 'by_who' AND tbl_name = 'schema_migrations'"))
    assert.same({ "30 up done" }, box:rows("SELECT id || ' ' || action " ..
      "|| ' ' || outcome FROM schema_migrations_history"))
    assert.same({}, box:rows("SELECT name FROM sqlite_schema WHERE name " ..
      "LIKE 'lumigrate%'"))
    -- It is ours now.
    local out = box:up("-v")
    has(out, "All migrations already applied")
    assert.falsy(out:find("rebuilt", 1, true))
    -- None of them counts as edited.
    local _, _, err = box:run("status")
    assert.same({ "gone is applied, but its file is missing" },
      warnings(err))
  end)

  it("has its times read where they are times", function()
    box:sql [[CREATE TABLE schema_migrations (id TEXT, applied_at)]]
    local times = {
      { "'2026-01-28T09:30:00Z'", "2026-01-28T09:30:00.000Z" },
      { "'2026-01-28T09:30:00.123Z'", "2026-01-28T09:30:00.123Z" },
      { "'2026-01-28T09:30:00.123456+02:00'", "2026-01-28T07:30:00.123Z" },
      { "'2026-01-28 09:30:00'", "2026-01-28T09:30:00.000Z" },
      { "'2026-01-28'", "2026-01-28T00:00:00.000Z" },
      { "1769592600", "2026-01-28T09:30:00.000Z" },
      { "1769592600.5", "2026-01-28T09:30:00.500Z" },
      { "'1769592600'", "2026-01-28T09:30:00.000Z" },
      { "1769592600123", "2026-01-28T09:30:00.123Z" },
      { "'last Tuesday'", "" }, { "'now'", "" }, { "'12:00'", "" },
      { "2026", "" }, { "'2026'", "" }, { "'20260128'", "" },
      { "-1", "" }, { "''", "" }, { "NULL", "" }, { "x'00'", "" },
      { "'2026-13-45'", "" }, { "'2026-01-28 09:30:00 and more'", "" },
    }
    for i, time in ipairs(times) do
      box:sql(("INSERT INTO schema_migrations VALUES ('%02d', %s)"):format(i,
        time[1]))
    end
    box:migration("a", "")
    box:up()
    for i, time in ipairs(times) do
      assert.equal(time[2], box:value(("SELECT applied_at FROM " ..
        "schema_migrations WHERE id = '%02d'"):format(i)), time[1])
    end
  end)

  it("keeps its order by rowid, its descriptions and durations", function()
    box:sql [[
      CREATE TABLE schema_migrations (description TEXT, id TEXT PRIMARY KEY,
        checksum TEXT, position INTEGER, duration_ms INTEGER);
      INSERT INTO schema_migrations (rowid, description, id, checksum,
        position, duration_ms) VALUES (7, 'seven', 'a', 'md5', 1, 12),
        (3, NULL, 'b', NULL, 1, NULL), (5, 'five', 'c', 'md5', 1, 1.5);
    ]]
    box:migration("d", "")
    box:up()
    assert.same({ "b|1|||0.0", "c|2|five||1.5", "a|3|seven||12.0" },
      box:rows("SELECT id, position, description, checksum, duration_ms " ..
        "FROM schema_migrations WHERE id < 'd' ORDER BY position"))
  end)

  it("is rebuilt beside a view that is broken", function()
    box:sql [[
      CREATE TABLE schema_migrations (id TEXT);
      INSERT INTO schema_migrations VALUES ('a');
      CREATE VIEW bad AS SELECT x FROM nowhere;
    ]]
    box:migration("a", "")
    box:migration("b", "")
    has(box:up(), "(rebuilt)")
    assert.same({ "a", "b" }, ids())
  end)

  it("is rebuilt by one of many that start together", function()
    box:sql [[
      CREATE TABLE schema_migrations (id TEXT, who);
      INSERT INTO schema_migrations VALUES ('a', 'ada');
    ]]
    box:migration("a", [[error("never")]])
    box:migration("b", [[conn:execute("CREATE TABLE b (x)")]])
    local jobs = {}
    for i = 1, 6 do jobs[i] = box:spawn("up") end
    for i = 1, 6 do
      local status, out, err = box:wait(jobs[i])
      assert.equal(0, status, out .. err)
    end
    assert.same({ "a|ada", "b|NULL" },
      box:rows("SELECT id, who FROM schema_migrations ORDER BY position"))
  end)

  it("is not touched when --strict has a complaint", function()
    box:sql [[
      CREATE TABLE schema_migrations (id TEXT);
      INSERT INTO schema_migrations VALUES ('gone');
    ]]
    box:migration("a", "")
    local before = box:bytes()
    box:fails(4, "up", "--strict")
    assert.equal(before, box:bytes())
  end)

  for what, setup in pairs {
    ["a column of its own is NOT NULL and has no default"] =
      "CREATE TABLE schema_migrations (id TEXT, who TEXT NOT NULL)",
    ["it has a generated column"] =
      "CREATE TABLE schema_migrations (id TEXT, up TEXT AS (upper(id)))",
    ["it is WITHOUT ROWID, so nobody knows the order of its rows"] =
      "CREATE TABLE schema_migrations (id TEXT PRIMARY KEY) WITHOUT ROWID; " ..
      "INSERT INTO schema_migrations VALUES ('b'), ('a')",
    ["a view or a trigger uses it"] =
      "CREATE TABLE schema_migrations (id TEXT); " ..
      "CREATE VIEW v AS SELECT * FROM schema_migrations",
    ["it has a trigger"] =
      "CREATE TABLE schema_migrations (id TEXT); CREATE TRIGGER g AFTER " ..
      "INSERT ON schema_migrations BEGIN SELECT 1; END",
    ["a foreign key is on it"] =
      "CREATE TABLE schema_migrations (id TEXT PRIMARY KEY); " ..
      "CREATE TABLE c (m REFERENCES schema_migrations)",
    ["two of its rows have the same id"] =
      "CREATE TABLE schema_migrations (id TEXT); " ..
      "INSERT INTO schema_migrations VALUES ('a'), ('a')",
  } do
    it("cannot be taken over: " .. what, function()
      box:sql(setup)
      box:migration("new", [[conn:execute("CREATE TABLE t (x)")]])
      local before = box:bytes()
      local err, out = box:fails(4, "up")
      assert.equal(SENTENCE:format(what), first_line(err))
      has(err, "--table NAME (LUMIGRATE_TABLE)")
      assert.equal("", out)
      assert.equal(before, box:bytes())
      has(box:up("--table", "other"), "1 migration applied")
    end)
  end

  it("cannot be taken over: its trigger is on another table", function()
    box:sql("CREATE TABLE schema_migrations (id TEXT); CREATE TABLE q (x); " ..
      "CREATE TRIGGER g AFTER INSERT ON q BEGIN " ..
      "INSERT INTO schema_migrations VALUES ('x'); END")
    box:migration("new", "")
    assert.equal(SENTENCE:format("a view or a trigger uses it"),
      first_line(box:fails(4, "up")))
  end)

  it("cannot be taken over: a foreign key of its own", function()
    box:sql("CREATE TABLE q (id TEXT PRIMARY KEY); CREATE TABLE " ..
      "schema_migrations (id TEXT PRIMARY KEY REFERENCES q)")
    box:migration("new", "")
    assert.equal(SENTENCE:format("a foreign key is on it"),
      first_line(box:fails(4, "up")))
  end)

  it("cannot be taken over: it is a view", function()
    box:sql("CREATE VIEW schema_migrations AS SELECT 'a' AS id")
    box:migration("new", "")
    local before = box:bytes()
    local err = box:fails(4, "up")
    assert.equal("schema_migrations is a view in this database, so no " ..
      "ledger can have its name", first_line(err))
    has(err, "--table NAME")
    assert.equal(before, box:bytes())
  end)
end)

describe("a ledger of another tool", function()
  for name, case in pairs {
    Rails = { "Rails", [[
      CREATE TABLE "schema_migrations"
        ("version" varchar NOT NULL PRIMARY KEY);
      CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY,
        "value" varchar, "created_at" datetime(6) NOT NULL,
        "updated_at" datetime(6) NOT NULL);
      INSERT INTO schema_migrations VALUES ('20260128093000');]] },
    dbmate = { "dbmate", [[
      CREATE TABLE IF NOT EXISTS "schema_migrations"
        (version varchar(128) primary key);
      INSERT INTO schema_migrations VALUES ('20260128093000');]] },
    ["golang-migrate"] = { "golang-migrate", [[
      CREATE TABLE schema_migrations (version uint64,dirty bool);
      CREATE UNIQUE INDEX version_unique ON schema_migrations (version);
      INSERT INTO schema_migrations VALUES (7, false);]] },
    Ecto = { "Ecto", [[
      CREATE TABLE "schema_migrations" ("version" INTEGER PRIMARY KEY,
        "inserted_at" TEXT);
      INSERT INTO schema_migrations VALUES (20260128093000,
        '2026-01-28T09:30:00');]] },
    ["sql-migrate"] = { "sql-migrate", [[
      CREATE TABLE "schema_migrations" ("id" varchar(255) not null primary key,
        "applied_at" datetime);
      INSERT INTO schema_migrations VALUES ('1_a.sql',
        '2026-01-28 09:30:00+00:00');]] },
    ["a runner by version"] = {
      "a home-made runner that counts versions", [[
      CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, at TEXT);
      INSERT INTO schema_migrations VALUES (1, 'x');]] },
    ["a runner by name"] = { "a home-made runner that records names", [[
      CREATE TABLE schema_migrations (id INTEGER PRIMARY KEY, filename TEXT);
      INSERT INTO schema_migrations VALUES (1, 'a.sql');]] },
    ["something unknown"] = { "another program", [[
      CREATE TABLE schema_migrations (a, b);]] },
    ["an integer id"] = { "another program", [[
      CREATE TABLE schema_migrations (id INTEGER PRIMARY KEY, at TEXT);]] },
  } do
    it("is never written to: " .. name, function()
      box:sql(case[2])
      box:migration("new", [[conn:execute("CREATE TABLE t (x)")]])
      local before = box:bytes()
      for _, command in ipairs { "up", "status", "current", "history" } do
        local err = box:fails(4, command)
        assert.equal("the table schema_migrations in this database belongs " ..
          "to " .. case[1] .. "; it was not touched", first_line(err))
        has(err, "--table NAME (LUMIGRATE_TABLE)")
        has(err, "adopt")
        assert.equal(before, box:bytes())
      end
      -- As the message says.
      has(box:up("--table", "ours"), "1 migration applied")
      assert.same({ "new" }, box:rows("SELECT id FROM ours"))
    end)
  end
end)

describe("a ledger with garbage in it", function()
  before_each(function()
    box:migration("a", "")
    box:up()
    box:migration("b", [[conn:execute("CREATE TABLE t (x)")]])
  end)

  local function refused(sentence, ...)
    local before = box:bytes()
    assert.equal(sentence, first_line(box:fails(4, "up", ...)))
    assert.equal(before, box:bytes())
  end

  it("refuses an id that is a blob", function()
    box:sql("INSERT INTO schema_migrations VALUES (x'62', 9, '', '', '', '',"
      .. " 0)")
    refused("the table schema_migrations holds a row whose id is no text " ..
      "(position 9)")
  end)

  it("refuses an id with a NUL in it", function()
    box:sql("INSERT INTO schema_migrations VALUES ('b' || char(0) || 'c', 9,"
      .. " '', '', '', '', 0)")
    refused("the table schema_migrations holds a row whose id is no text " ..
      "(position 9)")
  end)

  it("takes a number for the text that SQLite makes of it", function()
    box:sql("INSERT INTO schema_migrations VALUES (12, 9, '', '', '', '', 0)")
    local _, _, err = box:run("up")
    assert.same({ "12 is applied, but its file is missing" }, warnings(err))
    assert.same({ "a", "12", "b" }, ids())
  end)

  it("lives with any value in the other columns", function()
    box:sql("INSERT INTO schema_migrations VALUES ('c', 'x', x'00ff', 12, " ..
      "char(27) || '[31m', x'01', 'z')")
    local status, out, err = box:run("status")
    assert.equal(0, status)
    assert.same({ "c is applied, but its file is missing" }, warnings(err))
    assert.falsy(out:find("\27", 1, true))
    box:up()
    assert.equal(2, box:value("SELECT position FROM schema_migrations " ..
      "WHERE id = 'b'"))
    assert.equal(0, (box:run("status", "--json")))
    assert.equal(0, (box:run("current")))
  end)

  it("finds no place behind the highest position", function()
    box:sql("INSERT INTO schema_migrations VALUES ('0', " ..
      "9223372036854775807, '', '', '', '', 0)")
    local err = box:fails(4, "up")
    assert.equal("the table schema_migrations holds a row with the highest " ..
      "position there is: none can come after it", first_line(err))
    assert.is_nil(box:value("SELECT 1 FROM sqlite_schema WHERE name = 't'"))
    assert.same({ "a", "0" }, ids())
  end)

  it("never commits a migration whose row a trigger keeps out", function()
    box:sql("CREATE TRIGGER g BEFORE INSERT ON schema_migrations " ..
      "BEGIN SELECT RAISE(IGNORE); END")
    local err = box:fails(4, "up")
    assert.equal("the row of the migration did not get into the table " ..
      "schema_migrations", first_line(err))
    assert.is_nil(box:value("SELECT 1 FROM sqlite_schema WHERE name = 't'"))
    assert.same({ "a" }, ids())
  end)

  it("makes the history anew when it is missing", function()
    box:sql("DROP TABLE schema_migrations_history")
    local status, out = box:run("history")
    assert.equal(0, status)
    assert.equal("", out)
    box:up()
    assert.same({ "b|done" },
      box:rows("SELECT id, outcome FROM schema_migrations_history"))
  end)

  it("makes the ledger anew beside its history", function()
    box:sql("DROP TABLE schema_migrations")
    box:up()
    assert.same({ "a", "b" }, ids())
    assert.same({ "a", "a", "b" },
      box:rows("SELECT id FROM schema_migrations_history"))
  end)

  it("refuses a history of another shape", function()
    box:sql("DROP TABLE schema_migrations_history; " ..
      "CREATE TABLE schema_migrations_history (x)")
    refused("schema_migrations_history is a table of another program, so " ..
      "the history cannot be kept there; it was not touched")
    has(box:fails(4, "up"), "--table NAME (LUMIGRATE_TABLE)")
    box:sql("DROP TABLE schema_migrations_history; " ..
      "CREATE VIEW schema_migrations_history AS SELECT 1 AS id")
    refused("schema_migrations_history is a view, so the history cannot be " ..
      "kept there; it was not touched")
  end)

  it("shows any value of the history", function()
    box:sql("INSERT INTO schema_migrations_history VALUES (100, x'00', 5, " ..
      "'started', char(27), NULL, x'ff', 7, 'x', NULL, NULL, NULL, NULL, " ..
      "NULL, 'x', NULL)")
    local status, out = box:run("history")
    assert.equal(0, status)
    has(out, "started")
    assert.falsy(out:find("\27", 1, true))
    assert.equal(0, (box:run("history", "--json")))
    box:up()
    assert.same({ "a", "b" }, ids())
  end)
end)

describe("status", function()
  local function files()
    return shell("ls -A | grep app.db | sort | tr '\\n' ' '")
  end

  local function sums()
    return shell("sha256sum app.db*")
  end

  before_each(function() box:migration("a", "") end)

  it("says that a database is absent, and makes none", function()
    local status, out, err = box:run("status")
    assert.equal(0, status)
    assert.equal("app.db does not exist yet: nothing is applied\n" ..
      "  · a  pending\n0 applied, 1 pending\n", out)
    assert.equal("", err)
    assert.equal("", files())
    status, out = box:run("status", "--json", "--database", "no/such/app.db")
    assert.equal(0, status)
    assert.truthy(out:match('"exists": *false'))
    assert.is_false(box:exists("no"))
  end)

  it("of an empty file says the same as of an absent one", function()
    box:write("app.db", "")
    local status, out = box:run("status")
    assert.equal(0, status)
    has(out, "0 applied, 1 pending")
    assert.equal("app.db ", files())
    assert.equal("", box:read("app.db"))
  end)

  it("changes nothing, journal mode delete", function()
    box:up()
    shell("touch -d 2001-01-01 app.db")
    local before, stamp = sums(), shell("stat -c %y app.db")
    local _, out = box:run("status")
    has(out, "1 applied, 0 pending")
    assert.equal(before, sums())
    assert.equal(stamp, shell("stat -c %y app.db"))
  end)

  describe("of a WAL database", function()
    before_each(function()
      box:up()
      box:sql("PRAGMA journal_mode = WAL; CREATE TABLE t (x)")
      assert.equal("app.db ", files())
    end)

    -- Leaves what is written next in the -wal.
    local function write_to_wal(sql)
      box:sql(".dbconfig no_ckpt_on_close on\n" .. sql)
      shell("rm -f app.db-shm")
      assert.equal("app.db app.db-wal ", files())
    end

    it("leaves nothing behind and not a byte changed", function()
      shell("touch -d 2001-01-01 app.db")
      local before, stamp = sums(), shell("stat -c %y app.db")
      for _, command in ipairs { "status", "current", "history" } do
        local status = box:run(command)
        assert.equal(0, status)
        assert.equal("app.db ", files())
      end
      assert.equal(before, sums())
      assert.equal(stamp, shell("stat -c %y app.db"))
    end)

    it("sees rows that are still in the -wal", function()
      write_to_wal("INSERT INTO schema_migrations VALUES ('w', 2, '', '', " ..
        "'', '', 0);")
      local before = sums()
      local status, out = box:run("status")
      assert.equal(0, status)
      has(out, "2 applied, 0 pending, 1 missing")
      assert.equal("app.db app.db-wal ", files())
      assert.equal(before, sums())
    end)

    it("works beside a program that has it open", function()
      local other = box:spawn_sh("sqlite3 app.db \"INSERT INTO " ..
        "schema_migrations VALUES ('w', 2, '', '', '', '', 0)\" BEGIN " ..
        "'INSERT INTO t VALUES (1)' '.shell touch ready; while [ ! -e go " ..
        "]; do sleep 0.01; done' COMMIT")
      while not box:exists("ready") do
        assert.is_true(box:running(other))
      end
      local status, out = box:run("status")
      assert.equal(0, status)
      has(out, "2 applied, 0 pending, 1 missing")
      assert.equal("app.db app.db-shm app.db-wal ", files())
      box:write("go", "")
      assert.equal(0, (box:wait(other)))
      assert.equal(1, box:value("SELECT count(*) FROM t"))
    end)

    -- Root may write anywhere; somebody else is asked then.
    local function read_only(...)
      local user = ""
      if io.popen("id -u"):read("l") == "0" then
        user = "setpriv --reuid 65534 --regid 65534 --clear-groups -- "
      end
      shell("cp " .. sandbox.quote(sandbox.program) .. " lumigrate && " ..
        "chmod 755 lumigrate && chmod -R a+rX migrations && " ..
        "chmod a+r app.db*")
      shell("chmod 555 .")
      local before = sums()
      local status, out, err = box:sh(user .. "./lumigrate " ..
        table.concat({ ... }, " ") .. " --database app.db")
      assert.equal(before, sums())
      shell("chmod 755 .")
      return status, out, err
    end

    it("works in a folder that is read-only", function()
      shell("chmod 444 app.db")
      local status, out, err = read_only("status")
      assert.equal(0, status, err)
      has(out, "1 applied, 0 pending")
      assert.equal("app.db ", files())
    end)

    it("never answers there without the rows of the -wal", function()
      write_to_wal("INSERT INTO schema_migrations VALUES ('w', 2, '', '', " ..
        "'', '', 0);")
      local status, out, err = read_only("status")
      assert.equal("app.db app.db-wal ", files())
      if status == 0 then
        has(out, "2 applied, 0 pending, 1 missing")
      else
        assert.truthy(first_line(err))
        assert.equal("", out)
      end
    end)

    it("works in a read-only folder, journal mode delete", function()
      box:sql("PRAGMA journal_mode = DELETE")
      shell("chmod 444 app.db")
      local status, out = read_only("status")
      assert.equal(0, status)
      has(out, "1 applied, 0 pending")
    end)
  end)

  it("waits for a writer, and gives up after --lock-timeout", function()
    box:up()
    local other = box:spawn_sh("sqlite3 app.db 'BEGIN EXCLUSIVE' " ..
      "'.shell touch ready; while [ ! -e go ]; do sleep 0.01; done' COMMIT")
    while not box:exists("ready") do
      assert.is_true(box:running(other))
    end
    local err = box:fails(5, "status", "--lock-timeout", "0.1")
    has(err, "lumigrate: error: ")
    local job = box:spawn("status")
    box:write("go", "")
    local status, out = box:wait(job)
    assert.equal(0, status)
    has(out, "1 applied, 0 pending")
    assert.equal(0, (box:wait(other)))
  end)
end)
