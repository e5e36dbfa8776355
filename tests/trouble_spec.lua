-- SPDX-License-Identifier: MIT
-- What containers do to a database: each trouble has a sentence of its own,
-- which says what to do, and nothing is lost.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has
local container = require "tests.support.container"

local MANY = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 " ..
  "FROM n WHERE i < %d) "

describe("trouble:", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function it_contained(name, test)
    it(name, function()
      if container.missing() then
        pending(container.missing())
      end
      test()
    end)
  end

  local function needs_root()
    if not container.is_root then
      pending("only root can give files to somebody else")
    end
  end

  local function shell(command)
    local status, _, err = box:sh(command)
    assert.equal(0, status, err)
  end

  -- One migration is applied in data/app.db, one is pending.
  local function prepare(mode)
    box:write("data/.keep", "")
    box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
    shell(sandbox.quote(sandbox.program) .. " up -q -u data/app.db")
    box:sql("PRAGMA journal_mode = " .. (mode or "delete"), "data/app.db")
    box:migration("2026_01_02_b", [[conn:execute("CREATE TABLE b (x)")]])
    container.open(box)
  end

  local function command(...)
    local words = { sandbox.quote(sandbox.program) }
    for _, word in ipairs { ... } do
      words[#words + 1] = sandbox.quote(word)
    end
    return table.concat(words, " ")
  end

  -- `up` as it runs in a container (mounts) or as the user alone (nil) exits
  -- so, with this sentence and hint, and changes nothing.
  local function refused(mounts, expected, ...)
    local path = expected.path or "data/app.db"
    local up = command("up", "-u", path, ...)
    local before = box:bytes(expected.file or path)
    local status, out, err = box:sh(mounts and
      container.line(box, mounts, up) or container.user(up))
    assert.equal(expected.status, status, out .. err)
    assert.equal("lumigrate: error: " .. expected.sentence,
      err:match("^[^\n]*"))
    has(err, "\n  hint       " .. expected.hint .. "\n")
    has(err, "\n  state      nothing was changed\n")
    assert.falsy(out:find("→", 1, true), out)
    -- To look at it nothing has to be written.
    local line = command("status", "-u", path)
    local looked, seen, why = box:sh(mounts and
      container.line(box, mounts, line) or container.user(line))
    assert.equal(0, looked, why)
    has(seen, path)
    has(seen, " pending\n")
    assert.equal(before, box:bytes(expected.file or path))
    assert.falsy(box:exists("data/app.db-journal"))
    return err
  end

  local function doctor(mounts, path)
    local line = command("doctor", "-u", path or "data/app.db")
    local status, out = box:sh(mounts and
      container.line(box, mounts, line) or container.user(line))
    return status, out
  end

  describe("no permission", function()
    local function us()
      return ("this process is uid %d, gid %d; "):format(container.uid,
        container.gid)
    end

    it("for a file that belongs to somebody else", function()
      needs_root()
      prepare()
      shell("chown 0:0 data/app.db && chmod 644 data/app.db")
      refused(nil, { status = 2,
        sentence = "no permission to write the database data/app.db: " ..
          us() .. "it belongs to uid 0, gid 0 and has mode 0644",
        hint = "chown 65532 data/app.db, run as its owner, or set fsGroup " ..
          "for the volume" })
      local status, out = doctor()
      assert.equal(2, status)
      has(out, "✗ no permission to write the database data/app.db: " .. us())
      has(out, "\n  hint: chown 65532 data/app.db, ")
    end)

    it("for a folder that belongs to somebody else", function()
      needs_root()
      prepare()
      shell("chown 0:0 data && chmod 755 data")
      local folder = { status = 2,
        sentence = "no permission to write the database's folder data: " ..
          us() .. "it belongs to uid 0, gid 0 and has mode 0755",
        hint = "chown 65532 data, run as its owner, or set fsGroup for the " ..
          "volume" }
      refused(nil, folder)
      local status, out = doctor()
      assert.equal(2, status)
      has(out, "✗ " .. folder.sentence)
      -- A database that is to be made there.
      folder.path = "data/new.db"
      refused(nil, folder)
      status, out = doctor(nil, "data/new.db")
      assert.equal(2, status)
      has(out, "✗ " .. folder.sentence)
      assert.falsy(box:exists("data/new.db"))
    end)

    -- What runs as another user leaves its files behind.
    it("for what another program left beside the database", function()
      needs_root()
      for _, suffix in ipairs { "-wal", "-shm" } do
        prepare("wal")
        box:write("data/app.db" .. suffix, "x")
        shell("chmod 600 data/app.db" .. suffix)
        local sentence = "no permission to write "
        local status, out = doctor()
        assert.equal(2, status, out)
        has(out, "✗ " .. sentence .. "data/app.db" .. suffix .. ": " ..
          us() .. "it belongs to uid 0, gid 0 and has mode 0600")
        local err
        status, _, err = box:sh(container.user(command("up", "-u",
          "data/app.db")))
        assert.equal(2, status)
        has(err, "lumigrate: error: " .. sentence)
        has(err, "app.db" .. suffix .. ": " .. us())
        has(err, "\n  state      nothing was changed\n")
        shell("rm -r data migrations/*")
      end
    end)

    it("to enter a folder on the way", function()
      needs_root()
      prepare()
      shell("mkdir -p closed/data; mv data/app.db closed/data; " ..
        "chmod 700 closed; chown 0:0 closed")
      local sentence = "no permission to enter the folder closed: " .. us() ..
        "it belongs to uid 0, gid 0 and has mode 0700"
      local hint = "chown 65532 closed, run as its owner, or set fsGroup " ..
        "for the volume"
      for _, word in ipairs { "up", "status" } do
        local status, _, err = box:sh(container.user(command(word, "-u",
          "closed/data/app.db")))
        assert.equal(2, status)
        assert.equal("lumigrate: error: " .. sentence, err:match("^[^\n]*"))
        has(err, "\n  hint       " .. hint .. "\n")
      end
      local status, out = doctor(nil, "closed/data/app.db")
      assert.equal(2, status)
      has(out, "✗ " .. sentence .. "\n  hint: " .. hint .. "\n")
    end)

    it("to make a folder", function()
      needs_root()
      prepare()
      shell("chown 0:0 data && chmod 755 data")
      local sentence = "no permission to make a folder in data: " .. us() ..
        "it belongs to uid 0, gid 0 and has mode 0755"
      refused(nil, { status = 2, path = "data/new/app.db",
        sentence = sentence, hint = "chown 65532 data, run as its owner, " ..
          "or set fsGroup for the volume" })
      local status, out = doctor(nil, "data/new/app.db")
      assert.equal(2, status)
      has(out, "✗ " .. sentence)
      assert.falsy(box:exists("data/new"))
    end)

    it("to read a file", function()
      needs_root()
      prepare()
      shell("chown 0:0 data/app.db && chmod 600 data/app.db")
      local sentence = "no permission to read the database data/app.db: " ..
        us() .. "it belongs to uid 0, gid 0 and has mode 0600"
      local status, _, err = box:sh(container.user(command("up", "-u",
        "data/app.db")))
      assert.equal(2, status)
      has(err, sentence)
      local out
      status, out = doctor()
      assert.equal(2, status)
      has(out, "✗ " .. sentence)
    end)

    it("for a file of our own: chmod", function()
      prepare()
      shell("chmod 444 data/app.db")
      local err = refused(nil, { status = 2,
        sentence = ("no permission to write the database data/app.db: %s" ..
          "it belongs to uid %d, gid %d and has mode 0444"):format(us(),
          container.uid, container.gid),
        hint = "chmod u+rw data/app.db" })
      assert.falsy(err:find("chown", 1, true))
    end)

    it("when nothing is pending: none is needed", function()
      needs_root()
      prepare()
      shell("rm migrations/2026_01_02_b.lua; chown 0:0 data data/app.db")
      local status, out = box:sh(container.user(command("up", "-u",
        "data/app.db")))
      assert.equal(0, status)
      has(out, "All migrations already applied")
    end)
  end)

  describe("a container with", function()
    it_contained("a single mounted file", function()
      prepare()
      box:write("mounted/app.db", "")
      shell("mv data/app.db outside.db")
      local expected = { status = 2, path = "mounted/app.db",
        file = "outside.db",
        sentence = "the file mounted/app.db is mounted by itself: SQLite " ..
          "makes a journal beside the database and cannot",
        hint = "mount the folder, not the single file" }
      local mounts = "--bind %s/outside.db %s/mounted/app.db"
      refused(mounts, expected)
      local status, out = doctor(mounts, "mounted/app.db")
      assert.equal(2, status)
      has(out, "✗ " .. expected.sentence)
      has(out, "\n  hint: " .. expected.hint .. "\n")
    end)

    -- It works, until the journal goes with the container.
    it_contained("a single mounted file whose folder can be written", function()
      prepare()
      box:write("mounted/app.db", "")
      shell(("mv data/app.db outside.db; chown -R %d mounted"):format(
        container.uid))
      local mounts = "--bind %s/mounted %s/mounted " ..
        "--bind %s/outside.db %s/mounted/app.db"
      local status, out = doctor(mounts, "mounted/app.db")
      assert.equal(0, status, out)
      has(out, "! the file mounted/app.db is mounted by itself: its journal ")
      has(out, "\n  hint: mount the folder, not the single file\n")
    end)

    it_contained("a read-only volume", function()
      prepare()
      local expected = { status = 2,
        sentence = "the database data/app.db is on a read-only volume",
        hint = "mount it writable; lumigrate status reads it as it is" }
      refused("", expected)
      local status, out = doctor("")
      assert.equal(2, status)
      has(out, "✗ " .. expected.sentence)
      status, out = box:sh(container.line(box, "", command("status", "-u",
        "data/app.db")))
      assert.equal(0, status)
      has(out, "1 applied, 1 pending")
    end)

    it_contained("an empty read-only volume", function()
      prepare()
      local expected = { status = 2, path = "data/new.db",
        sentence = "the database data/new.db is on a read-only volume",
        hint = "mount it writable; lumigrate status reads it as it is" }
      refused("", expected)
      local status, out = doctor("", "data/new.db")
      assert.equal(2, status)
      has(out, "✗ " .. expected.sentence)
    end)

    it_contained("a WAL database on a read-only volume", function()
      prepare("wal")
      local expected = { status = 2,
        sentence = "the database data/app.db is in WAL mode on a read-only " ..
          "volume: SQLite needs data/app.db-shm beside it and cannot make it",
        hint = "mount it writable; lumigrate status reads it as it is, and " ..
          "other programs can with immutable=1" }
      local before = box:bytes("data/app.db")
      local status, out, err = box:sh(container.line(box, "", command("up",
        "-u", "data/app.db")))
      assert.equal(2, status, out .. err)
      has(err, "is in WAL mode on a read-only volume: SQLite needs ")
      has(err, "app.db-shm beside it and cannot make it\n")
      has(err, "\n  hint       " .. expected.hint .. "\n")
      has(err, "\n  state      nothing was changed\n")
      assert.equal(before, box:bytes("data/app.db"))
      status, out = doctor("")
      assert.equal(2, status)
      has(out, "✗ " .. expected.sentence)
      has(out, "✓ the table schema_migrations has 1 row\n")
      for _, word in ipairs { "status", "current", "history" } do
        status, out, err = box:sh(container.line(box, "", command(word, "-u",
          "data/app.db")))
        assert.equal(0, status, err)
        has(out, "2026_01_01_a")
      end
      assert.falsy(box:exists("data/app.db-shm"))
    end)

    -- A writer that was killed leaves its -wal; whoever copies the two to a
    -- volume brings no -shm.
    it_contained("rows in a -wal on a read-only volume", function()
      prepare("wal")
      box:sql(("PRAGMA wal_autocheckpoint = 0; INSERT INTO " ..
        "schema_migrations SELECT '2026_01_01_later', 2, '', '', '', " ..
        "'2026-01-01T00:00:00.000Z', 0;\n.shell cp data/app.db data/" ..
        "app.db-wal .\n"), "data/app.db")
      shell("rm -f data/*; mv app.db app.db-wal data")
      container.open(box)
      assert.is_true(#box:read("data/app.db-wal") > 0)
      local before = { box:bytes("data/app.db"),
        box:bytes("data/app.db-wal") }
      local function check(mounts)
        local status, out, err = box:sh(mounts and container.line(box, mounts,
          command("status", "-u", "data/app.db")) or container.user(command(
          "status", "-u", "data/app.db")))
        assert.equal(0, status, err)
        has(out, "2026_01_01_later  missing")
        status, out = doctor(mounts)
        assert.equal(2, status, out)
        has(out, "✓ the table schema_migrations has 2 rows\n")
        return out
      end
      has(check(""), "✗ the database data/app.db is in WAL mode on a " ..
        "read-only volume: SQLite needs data/app.db-shm beside it and " ..
        "cannot make it\n  hint: mount it writable; lumigrate status reads " ..
        "it as it is\n")
      -- A folder that is closed to us, and files that are not.
      for _, mode in ipairs { "444", "666" } do
        shell("chmod " .. mode .. " data/app.db*; chmod 555 data")
        check(nil)
        shell("chmod 755 data")
      end
      assert.same(before, { box:bytes("data/app.db"),
        box:bytes("data/app.db-wal") })
      assert.falsy(box:exists("data/app.db-shm"))
    end)

    it_contained("a read-only volume and a folder to be made", function()
      prepare()
      local sentence = "the folder data is on a read-only volume: the " ..
        "folder data/new cannot be made in it"
      refused("", { status = 2, path = "data/new/app.db",
        sentence = sentence, hint = "mount it writable, or check the path" })
      local status, out = doctor("", "data/new/app.db")
      assert.equal(2, status)
      has(out, "✗ " .. sentence)
    end)

    local SMALL = "--bind %s %s --size 2000000 --tmpfs %s/data"

    -- The script may catch what it likes.
    it_contained("a full disk", function()
      prepare()
      shell("rm migrations/2026_01_02_b.lua; cp data/app.db copy.db")
      box:migration("2026_01_02_big", ([[
        conn:execute("CREATE TABLE big (x)")
        print(pcall(function()
          conn:execute("%sINSERT INTO big SELECT zeroblob(1000) FROM n")
        end))
      ]]):format(MANY:format(5000)))
      container.open(box)
      local status, out, err = box:sh(container.line(box, SMALL, ([[
        cp copy.db data/app.db
        %s
        status=$?
        ls -A data >left
        cp data/app.db after.db
        exit $status
      ]]):format(command("up", "-u", "data/app.db"))))
      assert.equal(7, status, out .. err)
      has(err, "lumigrate: error: the disk is full: ")
      assert.truthy(err:find(" bytes are free where the database %S+" ..
        "data/app%.db %(%d+ bytes%) is\n"), err)
      has(err, "\n  SQLite     SQLITE_FULL (13)\n")
      has(err, "\n  state      the migration was rolled back\n")
      has(err, "\n  hint       make room and run it again; ")
      assert.equal("app.db\n", box:read("left"))
      assert.equal("ok", box:value("PRAGMA integrity_check", "after.db"))
      assert.equal(1, box:value("SELECT count(*) FROM schema_migrations",
        "after.db"))
      assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
        "name = 'big'", "after.db"))
    end)

    it_contained("hardly any room left: doctor says so", function()
      prepare()
      shell("cp data/app.db copy.db")
      local fill = "cp copy.db data/app.db; " ..
        "head -c %d /dev/zero >data/other; " ..
        command("doctor", "-u", "data/app.db")
      local status, out = box:sh(container.line(box, SMALL,
        fill:format(1700000)))
      assert.equal(0, status, out)
      has(out, "! only ")
      has(out, " KiB are free where the database (24.0 KiB) is\n" ..
        "  hint: make room in data: ")
      status, out = box:sh(container.line(box, SMALL, fill:format(1960000)))
      assert.equal(7, status, out)
      has(out, "✗ the disk is full: ")
      has(out, "\n  hint: make room in data\n")
    end)

    local INDEX = [[
      conn:execute("CREATE TABLE big (x)")
      conn:execute("%sINSERT INTO big SELECT hex(randomblob(8)) FROM n")
      conn:execute("CREATE INDEX big_x ON big (x)")
    ]]

    it_contained("a full folder for temporary files", function()
      prepare()
      box:write("tmp/.keep", "")
      box:migration("2026_01_02_b", INDEX:format(MANY:format(300000)))
      container.open(box)
      local status, out, err = box:sh("SQLITE_TMPDIR=tmp " .. container.line(
        box, "--bind %s %s --size 1000000 --tmpfs %s/tmp",
        command("up", "-u", "data/app.db")))
      assert.equal(7, status, out .. err)
      assert.truthy(err:find("^lumigrate: error: the folder for temporary " ..
        "files tmp is full: %d+ bytes are free\n"), err)
      has(err, "\n  state      the migration was rolled back\n")
      has(err, "\n  hint       set SQLITE_TMPDIR to a folder with more " ..
        "room, for instance the database's own\n")
      assert.equal(1, box:value("SELECT count(*) FROM schema_migrations",
        "data/app.db"))
      status, out = box:sh("SQLITE_TMPDIR=tmp " .. container.line(box,
        "--bind %s %s --size 500000 --tmpfs %s/tmp",
        command("doctor", "-u", "data/app.db")))
      assert.equal(0, status, out)
      assert.truthy(out:find("! only %S+ KiB are free in tmp, the folder " ..
        "for temporary files\n  hint: set SQLITE_TMPDIR to a folder"), out)
    end)

    -- SQLite would say "disk I/O error".
    it_contained("no folder for temporary files uses the database's own", function()
      prepare()
      box:migration("2026_01_02_b", INDEX:format(MANY:format(300000)))
      container.open(box)
      local mounts = "--bind %s/data %s/data"
      local status, out = doctor(mounts)
      assert.equal(0, status, out)
      has(out, "✓ temporary files go to data\n")
      local err
      status, out, err = box:sh(container.line(box, mounts, command("up",
        "-u", "data/app.db")))
      assert.equal(0, status, out .. err)
      has(out, "300,000 rows changed")
      assert.equal("ok", box:value("PRAGMA integrity_check", "data/app.db"))
      assert.equal(1, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
        "name = 'big_x'", "data/app.db"))
      shell("test -z \"$(ls data | grep -v '^app.db$')\"")
    end)
  end)

  describe("a limit on the size of files", function()
    -- 1 MB; SIGXFSZ would end a program that has not asked otherwise.
    local function limited(...)
      return box:sh("ulimit -f 2000; exec " .. command(...))
    end

    local BIG = [[
      conn:execute("CREATE TABLE big (x)")
      %s
    ]]
    local FILL = ([[conn:execute("%sINSERT INTO big SELECT zeroblob(1000) ]] ..
      [[FROM n")]]):format(MANY:format(5000))

    local function assert_limited(script)
      prepare()
      box:migration("2026_01_02_b", BIG:format(script))
      local status, out, err = limited("up", "-u", "data/app.db")
      assert.equal(7, status, out .. err)
      assert.truthy(err:find("^lumigrate: error: the limit on the size of " ..
        "files %(1024000 bytes%) was reached while writing %S*" ..
        "data/app%.db\n"), err)
      has(err, "\n  SQLite     SQLITE_IOERR_WRITE (778)\n")
      has(err, "\n  state      the migration was rolled back\n")
      has(err, "\n  hint       raise it with ulimit -f and run it again\n")
      assert.falsy(box:exists("data/app.db-journal"))
      assert.equal("ok", box:value("PRAGMA integrity_check", "data/app.db"))
      assert.equal(1, box:value("SELECT count(*) FROM schema_migrations",
        "data/app.db"))
      assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
        "name = 'big'", "data/app.db"))
    end

    it("rolls back what does not fit: exit 7", function()
      assert_limited(FILL)
    end)

    it("cannot be hidden by a script", function()
      assert_limited("pcall(function() " .. FILL .. " end)")
    end)

    -- There is nothing to be written into the history, which would read the
    -- database, and so roll back what the failed rollback has left.
    it("leaves no journal of a run that was one transaction", function()
      prepare()
      box:migration("2026_01_02_b", BIG:format("pcall(function() " .. FILL ..
        " end)"))
      local status, _, err = limited("up", "-u", "data/app.db",
        "--transaction", "all")
      assert.equal(7, status, err)
      has(err, "\n  state      the whole run was one transaction and was " ..
        "rolled back: nothing was changed\n")
      assert.falsy(box:exists("data/app.db-journal"))
    end)

    it("is told by doctor", function()
      prepare()
      local status, out = limited("doctor", "-u", "data/app.db")
      assert.equal(0, status, out)
      box:sql("CREATE TABLE big (x); " .. MANY:format(800) ..
        "INSERT INTO big SELECT zeroblob(1000) FROM n", "data/app.db")
      status, out = limited("doctor", "-u", "data/app.db")
      assert.equal(0, status, out)
      has(out, "! a file may not be larger than 1000.0 KiB, and the " ..
        "database must not grow beyond that\n  hint: raise the limit with " ..
        "ulimit -f\n")
      box:sql(MANY:format(800) .. "INSERT INTO big SELECT zeroblob(1000) " ..
        "FROM n", "data/app.db")
      status, out = limited("doctor", "-u", "data/app.db")
      assert.equal(7, status, out)
      has(out, "✗ a file may not be larger than 1000.0 KiB\n  hint: raise " ..
        "the limit with ulimit -f\n")
    end)
  end)
end)
