-- SPDX-License-Identifier: MIT
-- A backup is a whole copy or none; before a run it is made when there is
-- something to do, and a run that cannot have it changes nothing.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local container = require "tests.support.container"
local hold = require "tests.support.holder"
local json = require "tests.support.json"

describe("backup:", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  -- The names in a folder, sorted, with times as T.
  local function files(dir)
    local _, out = box:sh("ls -A " .. (dir or "."))
    local list = {}
    for name in out:gmatch("[^\n]+") do
      if name ~= ".run" and name ~= "migrations" then
        list[#list + 1] = name:gsub("%d%d%d%d%d%d%d%dT%d%d%d%d%d%d%.%d%d%dZ",
          "T")
      end
    end
    return table.concat(list, " ")
  end

  local function newest(dir)
    local _, out = box:sh("ls " .. (dir or "") .. "*.backup | tail -n 1")
    return (out:gsub("\n", ""))
  end

  describe("the command", function()
    before_each(function()
      box:sql("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)")
    end)

    it("writes a copy beside the database, named by time", function()
      local status, out, err = box:run("backup")
      assert.equal(0, status, err)
      assert.truthy(out:match("^✓ backup app%.db%.%d+T%d+%.%d%d%dZ%.backup, " ..
        "8%.0 KiB\n$"), out)
      assert.equal("app.db app.db.T.backup", files())
      assert.equal(2, box:value("SELECT count(*) FROM t", newest()))
    end)

    it("writes to a file, and never over another one", function()
      assert.equal(0, (box:run("backup", "copy.db")))
      local sum = box:bytes("copy.db")
      box:sql("DELETE FROM t")
      local err = box:fails(2, "backup", "copy.db")
      has(err, "copy.db is there already")
      has(err, "--force replaces it")
      assert.equal(sum, box:bytes("copy.db"))
      assert.equal(0, (box:run("backup", "copy.db", "--force")))
      assert.equal(0, box:value("SELECT count(*) FROM t", "copy.db"))
      assert.equal("app.db copy.db", files())
    end)

    it("is never the database itself, by whatever name", function()
      box:sh("ln -s app.db soft; ln app.db hard; mkdir sub")
      local sum = box:bytes()
      for _, name in ipairs { "app.db", "./app.db", "sub/../app.db",
          box.db, "soft", "hard" } do
        for _, force in ipairs { "--force", "--quiet" } do
          local err = box:fails(2, "backup", name, force)
          has(err, name .. " is the database itself")
          assert.is_nil(err:find("--force", 1, true), err)
        end
      end
      assert.equal(sum, box:bytes())
      assert.equal("app.db hard soft sub", files())
    end)

    it("keeps so many only in a folder", function()
      local err = box:fails(2, "backup", "--keep", "2", "baks")
      has(err, "needs a folder of backups, and baks is none")
      has(err, "baks/")
      assert.equal("app.db", files())
      for _ = 1, 3 do
        assert.equal(0, (box:run("backup", "--keep", "2", "baks/")))
      end
      assert.equal("app.db.T.backup app.db.T.backup", files("baks"))
    end)

    it("keeps so many in a folder, and only those of this database",
      function()
        box:write("kept/other.db.20200101T000000.000Z.backup", "x")
        box:write("kept/app.db.notes.backup", "x")
        box:write("kept/app.db.20200101T000000.000Z.backup", "x")
        for _ = 1, 3 do
          assert.equal(0, (box:run("backup", "kept/", "--keep", "2")))
        end
        assert.equal("app.db.T.backup app.db.T.backup app.db.notes.backup " ..
          "other.db.T.backup", files("kept"))
        assert.is_false(box:exists("kept/app.db.20200101T000000.000Z.backup"))
      end)

    it("removes what a killed one left, once it is old", function()
      local old = "app.db.20200101T000000.000Z.backup." ..
        "20200101T000000.000Z.partial"
      local young = "app.db.20200102T000000.000Z.backup." ..
        "20200102T000000.000Z.partial"
      box:write(old, "x")
      box:write(young, "x")
      box:sh("touch -d '2 hours ago' " .. old)
      assert.equal(0, (box:run("backup")))
      assert.is_false(box:exists(old))
      assert.is_true(box:exists(young))
    end)

    it("copies what a -wal holds, and leaves the database alone", function()
      local let_go = hold(box, "PRAGMA journal_mode = WAL; " ..
        "INSERT INTO t VALUES (3); SELECT * FROM t")
      local sum, wal = box:bytes(), box:bytes("app.db-wal")
      assert.equal(0, (box:run("backup", "copy.db")))
      assert.equal(sum, box:bytes())
      assert.equal(wal, box:bytes("app.db-wal"))
      let_go()
      assert.equal(3, box:value("SELECT count(*) FROM t", "copy.db"))
      assert.is_false(box:exists("copy.db-wal"))
    end)

    it("may be read by whoever may read the database", function()
      box:sh("chmod 640 app.db")
      assert.equal(0, (box:run("backup", "copy.db")))
      local _, out = box:sh("stat -c %a copy.db")
      assert.equal("640\n", out)
    end)

    it("answers in JSON", function()
      local _, out = box:run("backup", "copy.db", "--json")
      local answer = json.decode(out)
      assert.equal(1, answer.format)
      assert.is_true(answer.ok)
      assert.equal("copy.db", answer.backup)
      assert.equal(8192, answer.bytes)
      _, out = box:fails(2, "backup", "copy.db", "--json")
      answer = json.decode(out)
      assert.is_false(answer.ok)
      has(answer.error.message, "is there already")
    end)

    it("does not copy damage", function()
      box:sql("CREATE INDEX i ON t (x); WITH RECURSIVE n (i) AS (SELECT 1 " ..
        "UNION ALL SELECT i + 1 FROM n WHERE i < 9999) INSERT INTO t " ..
        "SELECT i FROM n")
      box:sh("printf %4096s x | tr ' ' x | dd of=app.db bs=4096 seek=5 " ..
        "conv=notrunc 2>/dev/null")
      local err = box:fails(7, "backup", "copy.db")
      has(err, "the copy is not whole")
      assert.equal("app.db", files())
    end)

    it("needs a database that is there", function()
      local status, _, err = box:lumigrate("backup", "-u", "nowhere.db")
      assert.equal(2, status)
      has(err, "the database nowhere.db does not exist")
      assert.is_false(box:exists("nowhere.db"))
    end)

    it("waits for no longer than the lock timeout", function()
      local let_go = hold(box, "BEGIN EXCLUSIVE")
      local err = box:fails(5, "backup", "--lock-timeout", "0.1")
      let_go()
      has(err, "locked")
      assert.is_nil(files():find("backup", 1, true))
    end)

    it("checks its numbers", function()
      for _, bad in ipairs { "0", "x", "1.5", "-1" } do
        has(box:fails(2, "backup", "--keep=" .. bad), "--keep")
      end
    end)
  end)

  describe("up --backup", function()
    before_each(function()
      box:migration("2026_01_01_a", "conn:execute('CREATE TABLE a (x)')")
    end)

    it("has nothing to copy where there is no database", function()
      local out = box:up("--backup")
      assert.is_nil(out:find("backup", 1, true))
      assert.equal("app.db", files())
    end)

    it("makes one before there is a change, and says so", function()
      box:sql("CREATE TABLE old (x)")
      local out = box:up("--backup")
      has(out, "✓ backup app.db.20")
      assert.equal("app.db app.db.T.backup", files())
      assert.equal("old", box:value(
        "SELECT group_concat(name) FROM sqlite_schema", newest()))
    end)

    it("makes none when nothing is pending", function()
      box:up()
      assert.equal("✓ All migrations already applied\n", box:up("--backup"))
      assert.equal("app.db", files())
    end)

    it("makes the folder and prunes it", function()
      box:up()
      for i = 2, 5 do
        box:migration("2026_01_0" .. i .. "_b", "conn:execute('SELECT 1')")
        box:up("--backup=kept", "--keep", "2")
      end
      assert.equal("app.db.T.backup app.db.T.backup", files("kept"))
      assert.equal(4, box:value("SELECT count(*) FROM schema_migrations",
        newest("kept/")))
    end)

    it("is in the JSON", function()
      box:sql("CREATE TABLE old (x)")
      local _, out = box:run("up", "--backup=kept", "--json")
      local answer = json.decode(out)
      assert.equal(newest("kept/"), answer.backup)
      _, out = box:run("up", "--backup=kept", "--json")
      assert.equal(json.null, json.decode(out).backup)
      box:migration("2026_01_02_b", "conn:execute('SELECT 1')")
      _, out = box:run("up", "--backup=kept", "--jsonl")
      has(out, '{"format":1,"event":"backup","text":"kept/app.db.')
    end)

    it("is in the JSON of a run whose process had to be ended", function()
      box:sql("CREATE TABLE old (x)")
      box:migration("2026_01_02_b",
        "string.find(('a'):rep(40), ('a*'):rep(40) .. 'b')")
      local _, out = box:fails(1, "up", "--backup=kept", "--json",
        "--timeout", "0.3")
      assert.equal(newest("kept/"), json.decode(out).backup)
    end)

    describe("of down", function()
      before_each(function()
        box:migration("2026_01_02_b", [[
          conn:execute("CREATE TABLE b (x)")
        end

        function downgrade(conn)
          conn:execute("DROP TABLE b")
        ]])
        box:up()
      end)

      it("makes one before a revert, with what is reverted", function()
        local _, out = box:run("down", "--backup=kept", "--keep", "1",
          "--json")
        local answer = json.decode(out)
        assert.is_true(answer.ok)
        assert.equal(newest("kept/"), answer.backup)
        assert.equal("a,b", box:value("SELECT group_concat(name) FROM " ..
          "(SELECT name FROM sqlite_schema WHERE name IN ('a', 'b') " ..
          "ORDER BY name)", newest("kept/")))
        assert.equal("a", box:value("SELECT group_concat(name) FROM " ..
          "sqlite_schema WHERE name IN ('a', 'b')"))
      end)

      it("makes none when nothing is to be reverted", function()
        box:run("down", "--backup=kept", "--to", "2026_01_02_b")
        box:run("down", "--backup=kept", "--dry-run")
        assert.is_false(box:exists("kept"))
      end)

      it("stops the run when it cannot be made", function()
        box:write("file", "x")
        local sum = box:bytes()
        local err = box:fails(7, "down", "--backup=file")
        has(err, "for a backup: File exists")
        assert.equal(sum, box:bytes())
      end)
    end)

    it("stops the run when it cannot be made", function()
      box:sql("CREATE TABLE old (x)")
      box:write("file", "x")
      local sum = box:bytes()
      local err = box:fails(7, "up", "--backup=file")
      has(err, "for a backup: File exists")
      has(err, "nothing was changed")
      assert.equal(sum, box:bytes())
      err = box:fails(7, "up", "--backup=no/where")
      has(err, "cannot make the folder no/where")
      assert.equal(sum, box:bytes())
    end)

    it("stops the run when a limit is in the way", function()
      box:sql("CREATE TABLE old (x); INSERT INTO old VALUES " ..
        "(zeroblob(3000000))")
      local sum = box:bytes()
      local status, _, err = box:sh(("ulimit -f 2000; exec %s up " ..
        "--database app.db --migrations migrations --backup"):format(
        sandbox.quote(sandbox.program)))
      assert.equal(7, status, err)
      has(err, "raise the limit with ulimit -f")
      assert.equal(sum, box:bytes())
      assert.equal("app.db", files())
    end)

    it("stops the run when there is no room", function()
      local why = container.missing()
      if why then
        pending(why)
        return
      end
      box:sql("CREATE TABLE old (x); INSERT INTO old VALUES " ..
        "(zeroblob(3000000))")
      box:sh("mkdir disk")
      container.open(box)
      local sum = box:bytes()
      local status, _, err = box:sh(container.line(box,
        "--bind %s %s --size 1000000 --tmpfs %s/disk",
        sandbox.quote(sandbox.program) .. " up --database app.db " ..
        "--migrations migrations --backup=disk"))
      assert.equal(7, status, err)
      has(err, "there is no room for a copy of the database")
      has(err, "free in disk")
      assert.equal(sum, box:bytes())
    end)

    it("is made once, however many start together", function()
      box:sql("CREATE TABLE old (x)")
      for i = 2, 9 do
        box:migration("2026_01_0" .. i .. "_b", "conn:execute('SELECT 1')")
      end
      local jobs = {}
      for i = 1, 8 do
        jobs[i] = box:spawn("up", "--backup", "--keep", "1")
      end
      for _, job in ipairs(jobs) do
        local status, out, err = box:wait(job)
        assert.equal(0, status, out .. err)
      end
      assert.equal("app.db app.db.T.backup", files())
      assert.equal("old", box:value(
        "SELECT group_concat(name) FROM sqlite_schema", newest()))
      assert.equal(9, box:value("SELECT count(*) FROM schema_migrations"))
    end)

    it("goes with a migration outside a transaction", function()
      box:sql("CREATE TABLE old (x)")
      box:migration("2026_01_02_v", [[
        TRANSACTION = false
        function upgrade(conn) conn:execute("VACUUM") end
      ]])
      box:up("--backup", "--lock-timeout", "5")
      assert.equal("app.db app.db.T.backup", files())
    end)

    it("knows --keep only with it", function()
      has(box:fails(2, "up", "--keep", "3"), "there is no --backup")
    end)
  end)
end)
