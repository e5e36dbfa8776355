-- SPDX-License-Identifier: MIT
-- A bundled folder is the same migrations as the folder, and examples/native
-- is a whole program without one.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has

describe("bundle:", function()
  local box
  local quote = sandbox.quote

  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function output_of(command, env)
    local status, out, err = box:sh(command, env)
    assert.equal(0, status, out .. err)
    return out
  end

  -- The library of this very build, sanitizers and all.
  local flags = ""
  if (os.getenv("SANITIZE") or "") ~= "" then
    flags = "-fsanitize=address,undefined"
  elseif sandbox.program:find("/coverage/", 1, true) then
    flags = "--coverage"
  end

  local function build(program, sources)
    output_of(("${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror %s " ..
      "-I%s -o %s %s %s $(pkg-config --libs sqlite3 lua5.4 libmd) -lm")
      :format(flags, quote(sandbox.root .. "/runner"), program, sources,
        quote(sandbox.program:gsub("[^/]*$", "liblumigrate.a"))))
  end

  local MAIN = [[
    #include <lumigrate.h>
    #include <stdio.h>
    int add_migrations(lumigrate *lm);
    int main(int argc, char **argv)
    {
        lumigrate_config c = {0};
        lumigrate *lm;
        int rc;

        c.database = argv[argc - 1];
        c.no_folder = 1;
        rc = lumigrate_open(&lm, &c);
        if (rc == LUMIGRATE_OK)
            rc = add_migrations(lm);
        if (rc == LUMIGRATE_OK)
            rc = lumigrate_up(lm, NULL);
        if (rc != LUMIGRATE_OK)
            fprintf(stderr, "%s\n", lumigrate_errmsg(lm));
        lumigrate_close(lm);
        return rc;
    }
  ]]

  it("is the same migrations as the folder", function()
    box:migration("2026_01_01_a", [[
      local words = require "lib.words"
      conn:execute("CREATE TABLE a (x)")
      conn:execute("INSERT INTO a VALUES (?)", words.odd)
    ]])
    box:write("migrations/lib/words.lua",
      'return { odd = "\\\\ \\" ??= \\0 ü\\n%s" }')
    box:write("migrations/lib/deep/er.lua", "return 1")
    box:write("migrations/lib/notes.txt", "no module")
    box:sql_file("20260102_b.sql",
      "-- migrate:up\r\n-- What?\r\nCREATE TABLE b (x DEFAULT " ..
      "'??/\"\\');\r\n")
    box:sql_file("20260110_c.sql",
      "-- migrate:up\nCREATE TABLE c (x);\n-- migrate:down\nDROP TABLE c;\n")
    output_of(quote(sandbox.program) .. " bundle migrations >migrations.c")
    box:write("main.c", MAIN)
    build("program", "main.c migrations.c")
    box:sh("mkdir elsewhere")
    output_of("cd elsewhere && ../program ../new.db")
    box:up()
    local columns = "SELECT id, position, description, checksum, effect " ..
      "FROM schema_migrations ORDER BY position"
    assert.same(box:query(columns), box:query(columns, "new.db"))
    assert.same(box:query("SELECT hex(x) FROM a"),
      box:query("SELECT hex(x) FROM a", "new.db"))
    assert.same(box:query("SELECT id, source FROM schema_migrations_history"),
      box:query("SELECT id, source FROM schema_migrations_history", "new.db"))
    assert.equal(0, (box:lumigrate("diff", "app.db", "new.db")))
    local status, out = box:lumigrate("up", "-u", "new.db")
    assert.equal(0, status)
    assert.equal("✓ All migrations already applied\n", out)
  end)

  it("is of the tool whose files they are", function()
    box:sql_file("V1__a.sql", "CREATE TABLE a (x);\n" ..
      "INSERT INTO a VALUES ('${who}');\n")
    local env = { FLYWAY_PLACEHOLDERS_WHO = "you" }
    output_of(quote(sandbox.program) .. " bundle migrations >migrations.c",
      env)
    box:write("main.c", MAIN)
    build("program", "main.c migrations.c")
    output_of("./program new.db", env)
    assert.equal("you", box:query("SELECT x FROM a", "new.db")[1].x)
  end)

  it("is C++ too, and has the name that is asked for", function()
    box:sql_file("1_a.sql", "SELECT 1;")
    local out = output_of(quote(sandbox.program) ..
      " bundle --name my_own -d migrations")
    has(out, "\nint my_own(lumigrate *lm)\n{\n")
    box:write("migrations.cc", out)
    output_of(("${CXX:-c++} -std=c++17 -Wall -Wextra -Werror -c -I%s " ..
      "-o out.o migrations.cc"):format(quote(sandbox.root .. "/runner")))
  end)

  it("says what cannot be bundled", function()
    has(box:fails(2, "bundle"), "there is no migration in the folder")
    box:sql_file("1_a.sql", "SELECT 1;")
    has(box:fails(2, "bundle", "--name", "2nd"), 'cannot be the name of a C')
    has(box:fails(2, "bundle", "--name="), 'cannot be the name of a C')
    has(box:fails(2, "bundle", "nowhere"), "nowhere")
    box:write("migrations/2_b.lua", "x = 1")
    has(box:fails(2, "bundle"), "sets no MIGRATION_ID")
  end)

  describe("examples/native", function()
    before_each(function()
      output_of(("cp -R %s native"):format(
        quote(sandbox.root .. "/examples/native")))
    end)

    local function build_example()
      output_of("cd native && " .. quote(sandbox.program) ..
        " bundle migrations >migrations.c")
      build("books", "native/books.c native/migrations.c")
      box:sh("rm -r native migrations")
    end

    it("migrates itself without a folder", function()
      build_example()
      box:sql("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT " ..
        "NULL, author TEXT NOT NULL DEFAULT ''); " ..
        "INSERT INTO books (title) VALUES ('The Dispossessed')", "books.db")
      local out = output_of("./books books.db 'the dispossessed!'")
      local one, two = out:match("^(%x+)  The Dispossessed\n" ..
        "(%x+)  the dispossessed!\n$")
      assert.truthy(one, out)
      assert.equal(one, two)
      assert.equal("2026_01_10_create_books,2026_01_15_keys," ..
        "2026_01_20_read_at", box:value("SELECT group_concat(id) FROM " ..
        "(SELECT id FROM schema_migrations ORDER BY position)", "books.db"))
      assert.equal(1, box:value("SELECT count(*) FROM " ..
        "pragma_table_info('books') WHERE name = 'read_at'", "books.db"))
    end)

    it("rolls its function back with everything in it", function()
      build_example()
      box:sql("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT " ..
        "NULL, author TEXT); CREATE TRIGGER no BEFORE UPDATE ON books " ..
        "BEGIN SELECT raise(ABORT, 'read only'); END; " ..
        "INSERT INTO books (title) VALUES ('x')", "books.db")
      local status, _, err = box:sh("./books books.db")
      assert.equal(1, status)
      has(err, "books: books.db: read only")
      assert.equal(1, box:value("SELECT count(*) FROM schema_migrations",
        "books.db"))
      assert.equal(0, box:value("SELECT count(*) FROM " ..
        "pragma_table_info('books') WHERE name = 'key'", "books.db"))
    end)

    it("is built as its README says", function()
      local env = {
        PKG_CONFIG_PATH = box:path("usr/lib/pkgconfig"),
        LD_LIBRARY_PATH = box:path("usr/lib"),
        PATH = box:path("usr/bin") .. ":" .. os.getenv("PATH"),
      }
      output_of(("make -s -C %s install PREFIX=%s"):format(
        quote(sandbox.root), quote(box:path("usr"))))
      output_of("cd native && make -s", env)
      assert.truthy(output_of("cd native && ./books books.db x", env)
        :match("^%x+  x\n$"))
    end)
  end)
end)
