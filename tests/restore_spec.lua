-- SPDX-License-Identifier: MIT
-- A restored database is the backup, all of it; one that is refused, or ended
-- in the middle, is as it was.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local hold = require "tests.support.holder"
local json = require "tests.support.json"

describe("restore", function()
  local box
  before_each(function()
    box = sandbox.new()
    box:migration("2026_01_01_a", [[
      conn:execute("CREATE TABLE a (x)")
      conn:execute("INSERT INTO a VALUES ('old')")
    ]])
    box:up()
    assert.equal(0, (box:run("backup", "copy.db")))
    box:migration("2026_01_02_b", [[
      conn:execute("CREATE TABLE b (x)")
      conn:execute("UPDATE a SET x = 'new'")
    ]])
    box:up()
  end)
  after_each(function() box:destroy() end)

  local function state()
    return box:value("SELECT x FROM a") .. " " ..
      box:value("SELECT group_concat(id) FROM schema_migrations")
  end

  local OLD, NEW = "old 2026_01_01_a", "new 2026_01_01_a,2026_01_02_b"

  -- Refused with these words and this status, and nothing else happened.
  local function refused(status, words, ...)
    local sum = box:bytes()
    local err = box:fails(status, "restore", ...)
    has(err, words)
    has(err, "nothing was changed")
    assert.equal(sum, box:bytes())
    assert.equal(NEW, state())
  end

  it("brings back what was there", function()
    assert.equal(NEW, state())
    local status, out, err = box:run("restore", "copy.db")
    assert.equal(0, status, err)
    assert.equal("✓ restored copy.db into app.db\n", out)
    assert.equal(OLD, state())
    assert.equal("ok", box:value("PRAGMA integrity_check"))
    box:up()
    assert.equal(NEW, state())
  end)

  it("makes a database that is not there", function()
    box:sh("rm app.db")
    assert.equal(0, (box:run("restore", "copy.db")))
    assert.equal(OLD, state())
  end)

  it("does so in WAL mode, with a -wal in its place", function()
    local let_go = hold(box, "PRAGMA journal_mode = WAL; " ..
      "UPDATE a SET x = 'newer'; BEGIN; SELECT * FROM a")
    box:sh("cp app.db crashed.db; cp app.db-wal crashed.db-wal")
    let_go()
    box:sh("mv crashed.db app.db; mv crashed.db-wal app.db-wal")
    assert.equal(0, (box:run("restore", "copy.db")))
    assert.equal(OLD, state())
    assert.equal("wal", box:value("PRAGMA journal_mode"))
    assert.is_false(box:exists("app.db-wal"))
  end)

  it("takes another page size", function()
    box:sql("PRAGMA page_size = 1024; VACUUM", "copy.db")
    assert.equal(0, (box:run("restore", "copy.db")))
    assert.equal(OLD, state())
    assert.equal(1024, box:value("PRAGMA page_size"))
  end)

  it("answers in JSON", function()
    local _, out = box:run("restore", "copy.db", "--json")
    local answer = json.decode(out)
    assert.is_true(answer.ok)
    assert.equal("copy.db", answer.restored)
    assert.equal(json.null, answer.aside)
    _, out = box:fails(2, "restore", "nowhere.db", "--json")
    answer = json.decode(out)
    assert.is_false(answer.ok)
    assert.equal(2, answer.error.code)
  end)

  describe("refuses", function()
    it("what is no database", function()
      box:write("text.sql", "CREATE TABLE a (x);\n")
      refused(7, "text.sql is not a SQLite database", "text.sql")
      box:write("empty", "")
      refused(7, "the file empty is empty", "empty")
      refused(2, "cannot read the backup nowhere", "nowhere")
      refused(2, "app.db is the database itself", "./app.db")
      has(box:fails(2, "restore"), "no backup is named")
    end)

    it("a backup that is damaged or cut off", function()
      box:sql("CREATE TABLE more (x); CREATE INDEX i ON more (x); " ..
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n " ..
        "WHERE i < 9999) INSERT INTO more SELECT i FROM n", "copy.db")
      box:sh("cp copy.db cut.db; truncate -s 20000 cut.db")
      box:sh("printf %4096s x | tr ' ' x | dd of=copy.db bs=4096 seek=9 " ..
        "conv=notrunc 2>/dev/null")
      refused(7, "", "cut.db", "--force")
      refused(7, "not whole", "copy.db", "--force")
    end)

    it("a backup of another database, unless it is told to", function()
      box:sql("CREATE TABLE other (x)", "other.db")
      refused(7, "they have no table in common", "other.db")
      -- The same folder on another database.
      assert.equal(0, (box:lumigrate("up", "-u", "twin.db")))
      refused(7, "no migration was applied to both at the same time",
        "twin.db")
      box:sql("PRAGMA application_id = 7")
      box:sql("PRAGMA application_id = 8", "copy.db")
      refused(7, "another application_id", "copy.db")
      assert.equal(0, (box:run("restore", "copy.db", "--force")))
      assert.equal(8, box:value("PRAGMA application_id"))
      assert.equal(0, (box:run("restore", "other.db", "-y")))
      assert.equal("other", box:value("SELECT name FROM sqlite_schema"))
    end)

    it("to do it while somebody reads or writes", function()
      for _, sql in ipairs { "BEGIN; SELECT * FROM a", "BEGIN IMMEDIATE" } do
        local let_go = hold(box, sql)
        local sum = box:bytes()
        local err = box:fails(5, "restore", "copy.db", "--lock-timeout",
          "0.1")
        let_go()
        assert.truthy(err:find("app%.db is in use by process %d+ %(sqlite3%)"),
          err)
        has(err, "nothing was changed")
        assert.equal(sum, box:bytes())
      end
      assert.equal(NEW, state())
    end)

    it("to do it while somebody has it open in WAL mode", function()
      local let_go = hold(box, "PRAGMA journal_mode = WAL; SELECT * FROM a")
      local err = box:fails(5, "restore", "copy.db", "--lock-timeout", "0.1")
      let_go()
      has(err, "is in use by process")
      assert.equal(NEW, state())
    end)
  end)

  it("puts a damaged database aside", function()
    box:write("app.db", ("garbage"):rep(1000))
    local sum = box:bytes()
    local status, out, err = box:run("restore", "copy.db")
    assert.equal(0, status, err)
    has(out, "the database was damaged; it is kept as app.db.20")
    local aside = out:match("kept as (%S+)")
    assert.equal(sum, box:bytes(aside))
    assert.equal(OLD, state())
  end)

  describe("of a large database", function()
    -- Some megabytes, so that it takes a while.
    local function fill(path, n)
      box:sql(([[
        CREATE TABLE bulk (x);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
          WHERE i < %d) INSERT INTO bulk SELECT randomblob(3900) FROM n;
      ]]):format(n), path)
    end

    it("that is killed leaves one or the other", function()
      fill("copy.db", 4000)
      fill("app.db", 3000)
      box:sh("cp app.db first.db")
      local killed = 0
      for i = 1, 12 do
        box:sh("rm -f app.db-*; cp first.db app.db")
        local status = box:sh(("exec timeout -s KILL 0.%03d %s restore " ..
          "copy.db --database app.db"):format(4 * i,
          sandbox.quote(sandbox.program)))
        killed = killed + (status ~= 0 and 1 or 0)
        local rows = box:value("SELECT count(*) FROM bulk")
        assert.equal(rows == 3000 and NEW or OLD, state())
        assert.equal("ok", box:value("PRAGMA quick_check"))
        assert.is_true(rows == 3000 or rows == 4000)
      end
      assert.is_true(killed > 0)
    end)

    it("that does not fit is rolled back", function()
      fill("copy.db", 1000)
      local sum = box:bytes()
      local status, _, err = box:sh(("ulimit -f 2000; exec %s restore " ..
        "copy.db --database app.db"):format(sandbox.quote(sandbox.program)))
      assert.equal(7, status, err)
      has(err, "limit on the size of files")
      assert.equal(NEW, state())
      assert.equal(sum, box:bytes())
    end)
  end)
end)
