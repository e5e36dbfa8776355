-- SPDX-License-Identifier: MIT
-- What is in the migrations folder, what it is called, in which order it
-- runs, and what stops everything before anything runs.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has

local TABLE = [[conn:execute("CREATE TABLE t (x)")]]

describe("the migrations folder", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function applied()
    local ids = {}
    for i, row in ipairs(box:query(
        "SELECT id FROM schema_migrations ORDER BY position")) do
      ids[i] = row.id
    end
    return ids
  end

  local function shell(command)
    local status, _, err = box:sh(command)
    assert.equal(0, status, err)
  end

  -- Exit 2 with this sentence; no database is made, and one that is there
  -- is not touched.
  local function refused(sentence, ...)
    local err, out = box:fails(2, "up", ...)
    assert.equal("lumigrate: error: " .. sentence, err:match("^[^\n]*"))
    has(err, "nothing was changed")
    assert.equal("", out)
    assert.equal("absent", box:bytes())
    box:sql("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)")
    local before = box:bytes()
    err = box:fails(2, "up", ...)
    assert.equal("lumigrate: error: " .. sentence, err:match("^[^\n]*"))
    assert.equal(before, box:bytes())
    assert.falsy(box:exists("app.db-journal"))
    return err
  end

  describe("runs in natural order", function()
    it("of the names, digits as numbers", function()
      for _, id in ipairs { "10_x", "2_x", "1_x", "B", "a", "2026_01_10_y",
          "2026_01_9_y", "02_x", "x10y2", "x10y10", "x9y99",
          "99999999999999999999999_big", "100000000000000000000000_big" } do
        box:migration(id, "")
      end
      box:up()
      assert.same({ "1_x", "02_x", "2_x", "10_x", "2026_01_9_y",
        "2026_01_10_y", "99999999999999999999999_big",
        "100000000000000000000000_big", "B", "a", "x9y99", "x10y2",
        "x10y10" }, applied())
    end)

    it("of the files, whatever their IDs", function()
      box:migration("z", "", "1.lua")
      box:migration("a", "", "2.lua")
      box:up()
      assert.same({ "z", "a" }, applied())
    end)

    it("the same under every locale", function()
      for _, id in ipairs { "b", "A", "ä", "B", "a", "é" } do
        box:migration(id, "")
      end
      box:run_env({ LC_ALL = "de_DE.UTF-8", LANG = "de_DE.UTF-8" }, "up")
      assert.same({ "A", "B", "a", "b", "ä", "é" }, applied())
    end)
  end)

  describe("knows a migration by", function()
    it("the MIGRATION_ID that stands in its text", function()
      box:write("migrations/a.lua", [[
        local MIGRATION_ID = "local"
        local t = { MIGRATION_ID = "field" }
        -- MIGRATION_ID = "comment"
        local s = "MIGRATION_ID = 'string'"
        local function f() MIGRATION_ID = "inner" end
        MIGRATION_ID = "real\u{e9}"
        function upgrade() f, t, s = nil, MIGRATION_ID, s end
      ]])
      -- The local of that name hides the global when it runs.
      box:fails(1, "up")
      box:write("migrations/a.lua", [[
        -- MIGRATION_ID = "comment"
        local t = { MIGRATION_ID = "field" }
        local s = "MIGRATION_ID = 'string'"
        MIGRATION_ID = "real\u{e9}"
        function upgrade() print(t, s) end
      ]])
      box:up()
      assert.same({ "realé" }, applied())
    end)

    it("that alone: a renamed file stays applied", function()
      box:migration("a", TABLE)
      box:up()
      shell("mv migrations/a.lua migrations/b.lua")
      local _, out, err = box:run("up")
      has(out, "All migrations already applied")
      has(err, "lumigrate: warning: the ID a does not match the name of " ..
        "its file b.lua\n")
    end)

    it("any ID up to 255 bytes of UTF-8", function()
      local ids = { ("x"):rep(255), "ä \"'`[];%_\\", "-- no comment",
        "a.lua", "SELECT", ".." }
      for i, id in ipairs(ids) do
        box:migration(id, "", i .. ".lua")
      end
      box:up()
      assert.same(ids, applied())
      assert.truthy(box:up():find("already applied", 1, true))
    end)
  end)

  describe("refuses an ID that", function()
    local function script(literal)
      box:write("migrations/a.lua",
        "MIGRATION_ID = " .. literal .. "\nfunction upgrade() end\n")
    end

    it("is empty", function()
      script('""')
      refused("the MIGRATION_ID of a.lua is empty")
    end)

    it("is longer than 255 bytes", function()
      script('"' .. ("x"):rep(256) .. '"')
      refused("the MIGRATION_ID of a.lua is longer than 255 bytes")
    end)

    it("has a control character in it", function()
      for _, literal in ipairs { [["a\tb"]], [["a\nb"]], [["\0"]],
          [["a\127"]], [["\u{85}"]], [["\27[31m"]] } do
        script(literal)
        local err = box:fails(2, "up")
        has(err, "error: the MIGRATION_ID of a.lua has a control character " ..
          "in it\n")
      end
      refused("the MIGRATION_ID of a.lua has a control character in it")
    end)

    it("has a slash in it", function()
      script('"a/b"')
      refused("the MIGRATION_ID of a.lua has a slash in it")
    end)

    it("is not UTF-8", function()
      for _, bytes in ipairs { "\\255", "\\xC3(", "\\xED\\xA0\\x80",
          "\\xC0\\xAF" } do
        script('"a' .. bytes .. '"')
        has(box:fails(2, "up"), "the MIGRATION_ID of a.lua is not valid " ..
          "UTF-8\n")
      end
      refused("the MIGRATION_ID of a.lua is not valid UTF-8")
    end)

    it("is missing", function()
      box:write("migrations/a.lua", "function upgrade() end\n")
      local err = refused("a.lua sets no MIGRATION_ID")
      has(err, 'add the line: MIGRATION_ID = "a"')
      has(err, "migrations/a.lua")
    end)

    it("is no literal, or is set twice", function()
      script('"a" .. "b"')
      local err = refused("MIGRATION_ID must be one string literal")
      has(err, "migrations/a.lua:1")
      box:write("migrations/a.lua", 'MIGRATION_ID = "a"\n\n' ..
        'MIGRATION_ID = "b"\n')
      err = box:fails(2, "up")
      has(err, "error: MIGRATION_ID is set twice\n")
      has(err, "migrations/a.lua:3")
    end)

    it("two files have", function()
      box:migration("one", TABLE, "a.lua")
      box:migration("one", TABLE, "b.lua")
      refused("two migrations have the ID one: a.lua and b.lua")
    end)

    it("a script and a SQL file have", function()
      box:migration("one", TABLE)
      box:sql_file("one.sql", "CREATE TABLE u (x);")
      refused("two migrations have the ID one: one.lua and one.sql")
    end)
  end)

  describe("says of a file whose name differs from its ID", function()
    local sentence = "the ID a does not match the name of its file b.lua"

    it("a warning, in up and status", function()
      box:migration("a", TABLE, "b.lua")
      local _, _, err = box:run("status")
      assert.equal("lumigrate: warning: " .. sentence .. "\n", err)
      local status
      status, _, err = box:run("up")
      assert.equal(0, status)
      assert.equal("lumigrate: warning: " .. sentence .. "\n", err)
      assert.same({ "a" }, applied())
    end)

    it("an error under --strict", function()
      box:migration("a", TABLE, "b.lua")
      local err = refused(sentence, "--strict")
      has(err, "a (migrations/b.lua)")
    end)
  end)

  describe("leaves alone", function()
    it("sub-folders and what editors and people leave behind", function()
      box:migration("a", TABLE)
      for _, file in ipairs { "old/0.lua", "old/0.sql", "lib/slug.lua",
          "templates/t.lua", "templates/t.sql", "a.lua~", ".a.lua.swp",
          "#a.lua#", ".#a.lua", "#a.lua", "a.lua.bak", "a.lua.orig",
          "x.sql~", "#x.sql", "#x.sql#", ".x.sql.swp", "README.md",
          "notes.txt", "example_x.lua.example", "lua", "sql", ".lua",
          ".sql", ".hidden.lua" } do
        box:write("migrations/" .. file, "this is no migration (")
      end
      box:up()
      assert.same({ "a" }, applied())
      local _, out, err = box:run("status")
      has(out, "1 applied, 0 pending")
      assert.equal("", err)
    end)

    it("names in capitals, and says so", function()
      local said = "left alone, as the name of a migration ends in .sql or " ..
        ".lua, in small letters: 2_b.SQL, 3_c.Sql, 4_d.LUA\n"
      for _, name in ipairs { "2_b.SQL", "3_c.Sql", "4_d.LUA" } do
        box:write("migrations/" .. name, "CREATE TABLE b (x);")
      end
      box:write("migrations/#5_e.SQL", "")
      box:sh("mkdir migrations/old.SQL")
      local err = box:fails(2, "up")
      assert.equal("lumigrate: error: there is no migration in the folder " ..
        "migrations", err:match("^[^\n]*"))
      assert.truthy(err:find("  hint       " .. said, 1, true), err)
      box:sql_file("1_a.sql", "CREATE TABLE a (x);")
      for _, command in ipairs { "up", "status", "check" } do
        local status, _, warned = box:run(command)
        assert.same({ 0, "lumigrate: warning: " .. said }, { status, warned })
      end
      assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
    end)

    it("dead links and FIFOs that no migration is named like", function()
      box:migration("a", TABLE)
      shell("cd migrations && ln -s nowhere README && mkfifo pipe.txt && " ..
        "ln -s . loop")
      box:up()
      assert.same({ "a" }, applied())
    end)
  end)

  describe("follows links", function()
    it("to files, as a mounted ConfigMap has them", function()
      shell([[cd migrations && mkdir ..2026_01 &&
        ln -s ..2026_01 ..data && ln -s ..data/a.lua a.lua &&
        ln -s ..data/b.sql b.sql]])
      box:migration("a", TABLE, "..2026_01/a.lua")
      box:sql_file("..2026_01/b.sql", "CREATE TABLE b (x);")
      box:up()
      assert.same({ "a", "b" }, applied())
    end)

    it("to the folder itself", function()
      box:migration("a", TABLE)
      shell("mv migrations there && ln -s there migrations")
      box:up()
      assert.same({ "a" }, applied())
    end)
  end)

  describe("refuses", function()
    -- Each stands behind a good migration, which must not run either.
    before_each(function() box:migration("a", TABLE) end)

    it("a link that leads nowhere", function()
      shell("ln -s nowhere migrations/b.lua")
      local err = refused("cannot read migrations/b.lua: it is a link that " ..
        "leads nowhere")
      has(err, "  file       migrations/b.lua\n")
      shell("rm migrations/b.lua; ln -s /nowhere/x.sql migrations/c.sql")
      has(box:fails(2, "up"), "error: cannot read migrations/c.sql: it is " ..
        "a link that leads nowhere\n")
    end)

    it("links in a circle", function()
      shell("cd migrations; ln -s c.lua b.lua; ln -s b.lua c.lua")
      refused("cannot read migrations/b.lua: its links lead in a circle")
    end)

    it("a FIFO, without waiting for somebody to write to it", function()
      shell("mkfifo migrations/b.lua")
      refused("cannot read migrations/b.lua: it is a FIFO, not a file")
      shell("rm migrations/b.lua; mkfifo pipe; ln -s ../pipe " ..
        "migrations/c.sql")
      has(box:fails(2, "up"), "error: cannot read migrations/c.sql: it is " ..
        "a FIFO, not a file\n")
    end)

    it("a device", function()
      shell("ln -s /dev/zero migrations/b.lua")
      refused("cannot read migrations/b.lua: it is a device, not a file")
    end)

    it("a folder that is named like a migration", function()
      shell("mkdir migrations/b.lua")
      refused("cannot read migrations/b.lua: it is a folder, not a file")
      shell("rmdir migrations/b.lua; mkdir migrations/b.sql")
      has(box:fails(2, "up"), "error: cannot read migrations/b.sql: it is " ..
        "a folder, not a file\n")
    end)

    it("a file larger than 64 MiB", function()
      shell("truncate -s 65M migrations/b.lua")
      refused("migrations/b.lua is too large: 68157440 bytes, at most " ..
        "67108864 are read")
    end)

    -- Root reads everything; somebody else is asked then.
    local function unprivileged(command)
      if io.popen("id -u"):read("l") ~= "0" then
        return box:sh(command)
      end
      return box:sh("setpriv --reuid 65534 --regid 65534 --clear-groups -- " ..
        command)
    end

    -- The build may lie where only we can go.
    local function run_unprivileged()
      shell("cp " .. sandbox.quote(sandbox.program) .. " lumigrate && " ..
        "chmod 755 . lumigrate")
      return unprivileged("./lumigrate up --database app.db")
    end

    it("a file that it may not read", function()
      box:migration("b", TABLE)
      shell("chmod 000 migrations/b.lua")
      local status, out, err = run_unprivileged()
      assert.equal(2, status)
      assert.truthy(err:match("^lumigrate: error: no permission to read " ..
        "migrations/b.lua: this process is uid %d+, gid %d+; it belongs to " ..
        "uid %d+, gid %d+ and has mode 0000\n"), err)
      assert.truthy(err:match("\n  hint       ch%a+ [^\n]*b%.lua"), err)
      assert.equal("", out)
      assert.equal("absent", box:bytes())
    end)

    it("a folder that it may not read", function()
      shell("chmod 000 migrations")
      local status, _, err = run_unprivileged()
      assert.equal(2, status)
      assert.truthy(err:match("^lumigrate: error: no permission to read " ..
        "the folder migrations: this process is uid %d+, gid %d+; it " ..
        "belongs to uid %d+, gid %d+ and has mode 0000\n"), err)
      assert.truthy(err:match("\n  hint       ch%a+ [^\n]*migrations"), err)
      assert.equal("absent", box:bytes())
    end)

    it("a folder that it may list and not enter", function()
      shell("chmod 444 migrations")
      local status, _, err = run_unprivileged()
      assert.equal(2, status)
      assert.truthy(err:match("^lumigrate: error: no permission to enter " ..
        "the folder migrations: this process is uid %d+, gid %d+; it " ..
        "belongs to uid %d+, gid %d+ and has mode 0444\n"), err)
      assert.equal("absent", box:bytes())
    end)

    it("a folder that is a file", function()
      shell("rm -r migrations; echo text >migrations")
      refused("migrations is a file, not a migrations folder")
      shell("rm -r migrations; mkfifo migrations")
      has(box:fails(2, "up"), "error: migrations is a file, not a " ..
        "migrations folder\n")
    end)

    it("a folder that is not there", function()
      shell("rm -r migrations")
      refused("the migrations folder migrations does not exist")
      shell("ln -s migrations migrations")
      has(box:fails(2, "up"), "error: ")
      assert.equal(2, (box:run("status")))
    end)

    it("a folder with nothing in it to run", function()
      shell("mv migrations/a.lua migrations/README.md")
      local err = refused("there is no migration in the folder migrations")
      has(err, "lumigrate new NAME")
    end)
  end)

  describe("compiles all that is pending before the first runs", function()
    before_each(function()
      box:migration("a", TABLE)
      box:migration("b", [[conn:execute("CREATE TABLE u (x)")]])
    end)

    it("so that a syntax error in the last one stops all", function()
      box:migration("c", "\n  local x = = 2")
      local err = refused("syntax error: unexpected symbol near '='")
      has(err, "  migration  c (migrations/c.lua:2)\n")
    end)

    it("and in a SQL file too", function()
      box:sql_file("c.sql", "SELECT 1;\nSELECT 2 /* open")
      local err = refused("the comment that begins here is never closed")
      has(err, "migrations/c.sql:2:10")
    end)

    it("but not what is applied already", function()
      box:up()
      box:migration("b", "x = = 2")
      box:migration("c", "")
      box:up()
      assert.same({ "a", "b", "c" }, applied())
    end)

    it("and runs the text that it read then", function()
      box:sql("CREATE TABLE steps (x)")
      box:migration("a", [[
        TRANSACTION = false
        function upgrade(conn)
          local give_up = os.time() + 30
          conn:execute("INSERT INTO steps VALUES ('a runs')")
          repeat
            local n = conn:execute("SELECT count(*) FROM steps"):fetchall()
          until n[1][1] == 2 or os.time() > give_up
        end
      ]])
      box:migration("b", [[conn:execute("INSERT INTO steps VALUES ('old')")]])
      local job = box:spawn("up")
      while box:value("SELECT count(*) FROM steps") == 0 do
        assert.is_true(box:running(job))
      end
      box:migration("b", [[conn:execute("INSERT INTO steps VALUES ('new')")]])
      box:sql("INSERT INTO steps VALUES ('b was edited')")
      assert.equal(0, (box:wait(job)))
      assert.equal("old", box:value("SELECT x FROM steps WHERE rowid = 3"))
    end)
  end)
end)
