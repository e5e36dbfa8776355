-- SPDX-License-Identifier: MIT
-- examples/embed and examples/native are whole programs: they are built and
-- run as their READMEs say, against the installed library, and migrate
-- themselves.
local sandbox = require "tests.support.sandbox"

describe("examples/embed", function()
  local box
  local quote = sandbox.quote

  local function output_of(command, env)
    local status, out, err = box:sh(command, env)
    assert.equal(0, status, out .. err)
    return out
  end

  before_each(function()
    box = sandbox.new()
    output_of(("cp -R %s embed"):format(
      quote(sandbox.root .. "/examples/embed")))
  end)
  after_each(function() box:destroy() end)

  it("is shorter than a hundred lines", function()
    local _, lines = box:read("embed/notes.c"):gsub("\n", "")
    assert.is_true(lines < 100)
  end)

  it("is built by pkg-config and brings its database up to date", function()
    -- What the README says to do before, without root, and nothing else.
    local exports = box:read("embed/README.md"):match("```sh\n(.-)```")
    output_of(("make -s -C %s install PREFIX=\"$HOME/.local\""):format(
      quote(sandbox.root)))
    output_of(exports .. "cd embed && make -s")
    output_of(exports .. "cd embed && ./notes notes.db 'buy milk'")
    local out = output_of(exports .. "cd embed && ./notes notes.db")
    assert.truthy(out:match("^%d%d%d%d%-%d%d%-%d%d  buy milk\n$"))
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations",
      "embed/notes.db"))
  end)

  -- The library of this very build, sanitizers and all.
  describe("linked with the static library", function()
    local flags = ""
    if (os.getenv("SANITIZE") or "") ~= "" then
      flags = "-fsanitize=address,undefined"
    elseif sandbox.program:find("/coverage/", 1, true) then
      flags = "--coverage"
    end

    before_each(function()
      output_of(("cd embed && ${CC:-cc} %s -I%s -o notes notes.c %s " ..
        "$(pkg-config --libs sqlite3 lua5.4 libmd) -lm"):format(flags,
        quote(sandbox.root .. "/runner"),
        quote(sandbox.program:gsub("[^/]*$", "liblumigrate.a"))))
    end)

    it("keeps the rows of an older version of itself", function()
      box:sql("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT " ..
        "NULL); INSERT INTO notes (text) VALUES ('old')", "embed/notes.db")
      local out = output_of("cd embed && ./notes notes.db new")
      assert.truthy(out:match("^unknown  old\n%d[%d-]+  new\n$"))
    end)

    it("says what went wrong and leaves the database alone", function()
      box:write("embed/migrations/2026_02_01_broken.lua",
        'MIGRATION_ID = "2026_02_01_broken"\nfunction upgrade( end\n')
      local status, out, err = box:sh("cd embed && ./notes notes.db x")
      assert.equal(1, status)
      assert.equal("", out)
      assert.truthy(err:find("^notes: "))
      assert.truthy(err:find("2026_02_01_broken", 1, true))
      assert.is_false(box:exists("embed/notes.db"))
    end)

    local function refuses(command, words)
      local status, out, err = box:sh("cd embed && " .. command)
      assert.equal(1, status, out)
      assert.equal("", out)
      assert.truthy(err:find(words, 1, true), err)
    end

    it("refuses to start when it is not ready", function()
      refuses("./notes -n notes.db", "2 migrations are pending, and the " ..
        "database does not exist yet")
      assert.is_false(box:exists("embed/notes.db"))
      output_of("cd embed && ./notes notes.db old")
      output_of("cd embed && ./notes -n notes.db")
      box:write("embed/migrations/2026_02_01_next.lua", 'MIGRATION_ID = ' ..
        '"2026_02_01_next"\nfunction upgrade(conn) conn:execute("CREATE ' ..
        'TABLE next (x)") end\nfunction downgrade(conn) conn:execute(' ..
        '"DROP TABLE next") end\n')
      refuses("./notes -n notes.db x", "1 migration is pending")
      output_of("cd embed && ./notes notes.db")
      os.remove(box:path("embed/migrations/2026_02_01_next.lua"))
      refuses("./notes notes.db x", "the database is ahead of this " ..
        "folder: 2026_02_01_next is applied, and its file is not here")
      assert.equal(1, box:value("SELECT count(*) FROM notes",
        "embed/notes.db"))

      -- The release is an old one, the way down is in the database.
      output_of("cd embed && ./notes -r 2026_01_12_date_notes notes.db")
      output_of("cd embed && ./notes -n notes.db")
      assert.equal(0, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
        "name = 'next'", "embed/notes.db"))
    end)

    it("goes back to an ID, and keeps the notes", function()
      output_of("cd embed && ./notes notes.db kept")
      assert.equal("", output_of(
        "cd embed && ./notes -r 2026_01_05_create_notes notes.db"))
      assert.equal("kept", box:value("SELECT text FROM notes",
        "embed/notes.db"))
      assert.equal(1, box:value("SELECT count(*) FROM schema_migrations",
        "embed/notes.db"))
      refuses("./notes -r nonsense notes.db", "nonsense is not applied")
      refuses("./notes -n notes.db", "1 migration is pending")
    end)

    it("may start several times at once", function()
      output_of("cd embed && for i in 1 2 3 4 5 6 7 8; do " ..
        "./notes notes.db $i >/dev/null & p=\"$p $!\"; done; " ..
        "for i in $p; do wait $i || exit 1; done")
      assert.equal(2, box:value("SELECT count(*) FROM schema_migrations",
        "embed/notes.db"))
    end)
  end)
end)

describe("examples/native", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  -- The blocks of its README, in the order in which they stand there.
  it("is built and runs line by line as its README says", function()
    local from = sandbox.quote(sandbox.root .. "/examples/native")
    local blocks = {}
    local status, out, err = box:sh("cp -R " .. from .. " native && " ..
      "make -s -C " .. sandbox.quote(sandbox.root) ..
      ' install PREFIX="$HOME/.local"')
    assert.equal(0, status, out .. err)
    for block in box:read("native/README.md"):gmatch("```sh\n(.-)```") do
      blocks[#blocks + 1] = block
    end
    assert.equal(2, #blocks)
    status, out, err = box:sh("set -e; " .. blocks[1] .. "cd native\n" ..
      blocks[2])
    assert.equal(0, status, out .. err)
    assert.equal(2, select(2, out:gsub("The Dispossessed", "")), out)
    assert.equal("2026_01_10_create_books 2026_01_15_keys 2026_01_20_read_at",
      box:value("SELECT group_concat(id, ' ') FROM (SELECT id FROM " ..
        "schema_migrations ORDER BY position)", "native/books.db"))
    assert.equal(1, box:value("SELECT count(*) FROM books",
      "native/books.db"))
  end)
end)
