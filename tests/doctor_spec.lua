-- SPDX-License-Identifier: MIT
-- doctor says what in this environment will not work, and the remedy; it
-- changes nothing, leaves nothing behind and waits for nobody. (What it says of containers is in
-- trouble_spec.lua, of odd places in small_places_spec.lua.)
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local hold = require "tests.support.holder"
local system = require "system"

describe("doctor", function()
  local box, let_go

  before_each(function()
    box, let_go = sandbox.new(), function() end
    box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
  end)
  after_each(function()
    let_go()
    box:destroy()
  end)

  -- Everything in the sandbox but its own notes. A reader of a database in WAL
  -- mode takes part in the memory that its readers share, a file.
  local function listing()
    local _, out = box:sh("find . -path ./.run -prune -o " ..
      "\\( -type d -o -name '*-shm' \\) -printf '%p\\n' -o " ..
      "-printf '%p %y %m %s %T@ %l\\n' | sort")
    return out
  end

  -- Exits so, writes nothing to standard error and leaves all as it was.
  local function doctor(expected, ...)
    local before, bytes = listing(), box:bytes()
    local status, out, err = box:lumigrate("doctor", "--database", "app.db",
      "--migrations", "migrations", ...)
    assert.equal(expected, status, out .. err)
    assert.equal("", err)
    assert.equal(before, listing())
    assert.equal(bytes, box:bytes())
    return out
  end

  local function held_by(sql)
    let_go = hold(box, sql)
  end

  it("finds nothing wrong where nothing is", function()
    local out = doctor(0)
    has(out, "✓ the database app.db is not there yet and can be made\n")
    has(out, "✓ 1 migration in the folder migrations can be read\n")
    assert.truthy(out:find("✓ [%d.]+ [KMGTP]iB are free where the database " ..
      "is\n"), out)
    assert.truthy(out:find("✓ temporary files go to /%S+\n"), out)
    assert.truthy(out:find("✓ SQLite 3%.%d+%.%d+, Lua 5%.4%.%d+"), out)
    assert.truthy(out:find("\nnothing is wrong\n$"), out)
    assert.falsy(box:exists("app.db"))
    box:up()
    out = doctor(0)
    assert.truthy(out:find("✓ the database app%.db %([%d.]+ KiB%) can be " ..
      "written\n"), out)
    has(out, "✓ the table schema_migrations has 1 row\n")
    box:sql("PRAGMA journal_mode = wal")
    has(doctor(0), " KiB, WAL mode) can be written\n")
  end)

  it("says what it knows of Lua before 5.4.8", function()
    local _, version = box:run("version")
    local release = tonumber(version:match("Lua 5%.4%.(%d+)"))
    local words = "scripts are kept from what is known to crash this Lua " ..
      "(mended in 5.4.8)\n"
    assert.equal(release < 8, doctor(0):find(words, 1, true) ~= nil)
  end)

  it("is silent with --quiet when all is well", function()
    assert.equal("", doctor(0, "--quiet"))
    box:sh("rm migrations/*")
    assert.equal("✗ there is no migration in the folder migrations\n  " ..
      "hint: check --migrations (LUMIGRATE_MIGRATIONS), or write the first " ..
      "one: lumigrate new NAME\n", doctor(2, "-q"))
  end)

  it("wants a database to be named", function()
    local status, out, err = box:lumigrate("doctor")
    assert.same({ 2, "" }, { status, out })
    has(err, "lumigrate: error: no database is given\n")
  end)

  describe("finds in the path of the database", function()
    it("a folder that can be made", function()
      has(doctor(0, "--database", "new/app.db"), "✓ the database new/app.db " ..
        "and its folder are not there yet and can be made\n")
    end)

    it("two folders that are not there", function()
      local out = doctor(2, "--database", "new/deep/app.db")
      has(out, "✗ neither the folder new/deep, for the database, nor new is " ..
        "there\n  hint: make it yourself, or check the path\n")
      has(out, "\n1 error, 0 warnings\n")
    end)

    it("a folder in the place of a file", function()
      has(doctor(2, "--database", "migrations"),
        "✗ the database migrations is a folder, not a file\n")
    end)

    it("a FIFO", function()
      box:sh("mkfifo pipe")
      has(doctor(2, "--database", "pipe"),
        "✗ the database pipe is not a file\n")
    end)

    it("a file in the place of its folder", function()
      box:write("file", "")
      has(doctor(2, "--database", "file/app.db"), "✗ ")
    end)
  end)

  describe("finds in the database", function()
    it("that it is none", function()
      box:write("app.db", ("no database\n"):rep(1000))
      has(doctor(7), "is not a SQLite database\n  hint: check the path: ")
    end)

    it("damage", function()
      box:up()
      box:sh("truncate -s 9000 app.db")
      has(doctor(7), "app.db is damaged\n  hint: the file is damaged: " ..
        "restore a backup, ")
    end)

    it("another tool's ledger", function()
      box:sql("CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY)")
      local out = doctor(4)
      assert.truthy(out:find("✗ [^\n]*schema_migrations[^\n]*\n  hint: " ..
        "[^\n]*%-%-table"), out)
      has(doctor(0, "--table", "ours"), "✓ there is no table ours yet\n")
    end)

    it("a home-made ledger", function()
      box:sql("CREATE TABLE schema_migrations (id TEXT PRIMARY KEY); " ..
        "INSERT INTO schema_migrations VALUES ('2026_01_01_a')")
      has(doctor(0), "✓ the table schema_migrations has 1 row of another " ..
        "runner's and will be completed\n")
    end)

    it("a journal that waits to be rolled back", function()
      box:up()
      box:sql("CREATE TABLE big (x)")
      held_by("PRAGMA cache_size = 1; BEGIN; " ..
        "INSERT INTO big SELECT zeroblob(100000); " ..
        "INSERT INTO big SELECT zeroblob(100000)")
      box:sh("mkdir copy && cp app.db app.db-journal copy")
      let_go()
      box:sh("cp copy/* .")
      local out = doctor(0)
      has(out, "! a program ended in the middle of writing: whoever opens " ..
        "app.db next rolls back what it had done\n  hint: let lumigrate up " ..
        "do it; never copy the database without app.db-journal, or delete " ..
        "that\n")
      assert.is_true(box:exists("app.db-journal"))
      box:up()
      assert.equal("ok", box:value("PRAGMA integrity_check"))
      has(doctor(0), "nothing is wrong\n")
    end)

    for mode, sql in pairs {
      delete = "BEGIN IMMEDIATE",
      wal = "BEGIN IMMEDIATE; INSERT INTO a VALUES (1)",
    } do
      it("a writer, in journal mode " .. mode, function()
        box:up()
        box:sql("PRAGMA journal_mode = " .. mode)
        held_by(sql)
        local out = doctor(0)
        assert.truthy(out:find("! another program %(process %d+%) writes " ..
          "to app%.db now\n  hint: lumigrate up waits for it, up to " ..
          "%-%-lock%-timeout\n"), out)
        has(out, "✓ the table schema_migrations has 1 row\n")
        has(out, "\n0 errors, 1 warning\n")
        let_go()
        has(doctor(0), "nothing is wrong\n")
      end)
    end

    it("somebody who shuts all out, and waits for nobody", function()
      box:up()
      held_by("BEGIN EXCLUSIVE")
      local began = system.monotime()
      local out = doctor(0)
      assert.is_true(system.monotime() - began < 30)
      has(out, "! the database is locked: what is in it cannot be read now\n")
      let_go()
    end)
  end)

  describe("finds in the migrations", function()
    it("no folder", function()
      has(doctor(2, "--migrations", "nix"), "✗ the migrations folder nix " ..
        "does not exist\n  hint: check --migrations (LUMIGRATE_MIGRATIONS), ")
    end)

    it("a file that cannot be read", function()
      box:sh("ln -s nowhere migrations/2026_01_02_b.lua")
      has(doctor(2), "✗ cannot read migrations/2026_01_02_b.lua: it is a " ..
        "link that leads nowhere\n")
    end)

    it("a script without an ID", function()
      box:write("migrations/2026_01_02_b.lua", "function upgrade() end\n")
      has(doctor(2), "2026_01_02_b.lua")
    end)
  end)

  it("finds that few files may be open", function()
    local status, out = box:sh("ulimit -n 12; exec " ..
      box:defaults("doctor"))
    assert.equal(0, status)
    has(out, "! a process may have only 12 files open\n  hint: raise the " ..
      "limit with ulimit -n, to 16 at least\n")
  end)

  it("exits with the status of what is worst", function()
    box:write("app.db", ("no database\n"):rep(1000))
    has(doctor(7, "--migrations", "nix"), "\n2 errors, 0 warnings\n")
  end)

  it("writes JSON of one shape", function()
    box:up()
    local out = doctor(0, "--json")
    assert.truthy(out:find('^{\n  "format": 1,\n  "ok": true,\n  ' ..
      '"findings": %[\n'), out)
    assert.truthy(out:find('"subject": "database",\n      "level": "ok",\n' ..
      '      "message": "the database app%.db [^"]*",\n' ..
      '      "hint": null,\n      "code": 0\n'), out)
    has(out, '\n  "error": null\n}\n')
    out = doctor(2, "--json", "--migrations", "nix")
    has(out, '"ok": false')
    has(out, '"subject": "migrations",\n      "level": "error",\n      ' ..
      '"message": "the migrations folder nix does not exist",\n      ' ..
      '"hint": "check --migrations')
    local status
    status, out = box:lumigrate("doctor", "--jsonl")
    assert.equal(2, status)
    assert.truthy(out:find('^{"format":1,"ok":false,"findings":%[%],' ..
      '"error":{'), out)
    has(out, '"no database is given"')
  end)
end)
