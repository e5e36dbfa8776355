-- SPDX-License-Identifier: MIT
-- `new` writes a migration that runs as it is, prints its path, and writes
-- nothing at all where something is wrong. `templates` lists what there is.
local container = require "tests.support.container"
local sandbox = require "tests.support.sandbox"

local DAY = { "--date", "2026-01-28" }

describe("new", function()
  local box
  before_each(function()
    box = sandbox.new()
    box:sh("rmdir migrations")
  end)
  after_each(function() box:destroy() end)

  local function files()
    local _, out = box:sh("ls migrations 2>/dev/null")
    local list = {}
    for file in out:gmatch("[^\n]+") do
      list[#list + 1] = file
    end
    return list
  end

  -- Without a database; the path.
  local function new(...)
    local words = { "new", ... }
    if not table.concat(words, " "):find("--date", 1, true) then
      words[#words + 1], words[#words + 2] = DAY[1], DAY[2]
    end
    local status, out, err = box:lumigrate(table.unpack(words))
    assert.equal(0, status, err)
    return (out:gsub("\n$", ""))
  end

  local function refused(message, ...)
    local before = table.concat(files(), " ")
    local status, out, err = box:lumigrate("new", ...)
    assert.equal(2, status, out .. err)
    assert.equal("", out)
    assert.equal("lumigrate: error: " .. message, err:match("^[^\n]*"))
    assert.equal(before, table.concat(files(), " "))
    return err
  end

  it("prints the path alone and says that it made the folder", function()
    local status, out, err = box:lumigrate("new", "add_email_to_users",
      table.unpack(DAY))
    assert.equal(0, status)
    assert.equal("migrations/2026_01_28_add_email_to_users.lua\n", out)
    assert.equal("created the folder migrations\n", err)
    local _, again, nothing = box:lumigrate("new", "other",
      table.unpack(DAY))
    assert.equal("migrations/2026_01_28_other.lua\n", again)
    assert.equal("", nothing)
  end)

  it("takes today's date", function()
    local before = os.date("!%Y_%m_%d")
    local _, out = box:lumigrate("new", "x")
    local after = os.date("!%Y_%m_%d")
    assert.truthy(out == "migrations/" .. before .. "_x.lua\n" or
      out == "migrations/" .. after .. "_x.lua\n", out)
  end)

  it("answers in JSON", function()
    local _, out = box:lumigrate("new", "x", "--jsonl", table.unpack(DAY))
    assert.equal('{"format":1,"ok":true,"id":"2026_01_28_x",' ..
      '"path":"migrations/2026_01_28_x.lua","error":null}\n', out)
  end)

  it("knows from the name what to write, and it runs as it is", function()
    box:sql([[
      CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT, nick TEXT);
      INSERT INTO users VALUES (1, 'a@b', 'x');
    ]])
    new("create_audit_log")
    new("drop_nick_from_users")
    new("rename_mail_to_address_in_users")
    new("add_phone_to_users")
    new("Create Notes table")
    box:up()
    assert.equal("id,address,phone", box:value(
      "SELECT group_concat(name) FROM pragma_table_info('users')"))
    assert.equal(2, box:value("SELECT count(*) FROM sqlite_schema " ..
      "WHERE name IN ('audit_log', 'notes')"))
    assert.equal("Create audit log.", box:value(
      "SELECT description FROM schema_migrations WHERE position = 1"))
  end)

  it("lets --set have the last word over the name", function()
    local path = new("add_email_to_users", "--set", "table=People",
      "--set", "type=TEXT NOT NULL DEFAULT 'none'")
    assert.truthy(box:read(path):find(
      "ALTER TABLE People ADD COLUMN email TEXT NOT NULL DEFAULT 'none'", 1,
      true))
  end)

  it("says nothing into a name that says nothing clear", function()
    for _, name in ipairs {
      "add_index_to_users", "create_index_on_users", "add_reply_to_to_mails",
      "rename_users", "drop_users", "create", "add_to_users",
      "tidy up", "add_a.b_to_users",
    } do
      local text = box:read(new(name))
      assert.truthy(text:find("Look before you leap", 1, true), name)
    end
  end)

  it("sorts what was made later on one day behind", function()
    local order = { "zebra", "apple", "mango", "banana", "zoo", "ant" }
    for _, name in ipairs(order) do
      new(name)
    end
    new("first_of_next", "--date", "2026-01-29")
    box:up()
    local found = {}
    for i, row in ipairs(box:query(
        "SELECT description FROM schema_migrations ORDER BY position")) do
      found[i] = row.description:lower():gsub("%.", "")
    end
    order[#order + 1] = "first of next"
    assert.same(order, found)
  end)

  it("makes no second migration of a name", function()
    local path = new("x")
    box:write(path, "mine")
    local err = refused("there is a migration 2026_01_28_x already: " ..
      "migrations/2026_01_28_x.lua", "x", table.unpack(DAY))
    assert.truthy(err:find("nothing was written", 1, true))
    assert.equal("mine", box:read(path))
    refused("there is a migration 2026_01_28_x already: " ..
      "migrations/2026_01_28_x.lua", "x", "--sql", table.unpack(DAY))
    box:write("migrations/other.lua", 'MIGRATION_ID = "2026_01_28_y"\n')
    refused("there is a migration 2026_01_28_y already: " ..
      "migrations/other.lua", "y", table.unpack(DAY))
  end)

  it("refuses a name that sorts before an applied one", function()
    new("later", "--date", "2026-02-01")
    box:up()
    refused("2026_01_28_early would sort before 2026_02_01_later, which " ..
      "is applied", "early", "--database", "app.db", table.unpack(DAY))
    assert.equal("migrations/2026_01_28_early.lua", new("early",
      "--database", "app.db", "--force"))
    new("latest", "--database", "app.db", "--date", "2026-02-01")
    new("unasked")
    new("no_such_database", "--database", "none.db")
    assert.is_false(box:exists("none.db"))
  end)

  it("sorts behind what other tools have written", function()
    for _, first in ipairs { "20240101000000_a.up.sql", "20240101_a.sql",
        "1700000000_a.sql", "20240101000000_a/migration.sql" } do
      box:write("migrations/" .. first, "CREATE TABLE a (x);")
      local path = new("add_beds", "--database", "app.db")
      assert.truthy(path:find("^migrations/%d+_add_beds%.lua$"), path)
      assert.equal(14, #path:match("%d+"))
      box:up()
      path = new("zoo", "--database", "app.db", "--date", "9999-12-31")
      assert.truthy(path:find("/99991231%d+_zoo%.lua$"), path)
      box:up()
      assert.equal("add_beds zoo", box:value(
        "SELECT group_concat(substr(id, 16), ' ') FROM " ..
        "(SELECT id FROM schema_migrations WHERE position > 1 " ..
        "ORDER BY position)"))
      box:sh("rm -rf migrations app.db")
    end
  end)

  it("sorts behind Flyway's versions, with their letter", function()
    for _, first in ipairs { "V1__a.sql", "V1.2__a.sql",
        "V20240101000000__a.sql", "V2024_01_01__a.sql" } do
      box:write("migrations/" .. first, "CREATE TABLE a (x);")
      new("zoo", "--database", "app.db")
      box:up("--strict")
      new("ant", "--database", "app.db", "--date", "9999-12-31")
      box:up("--strict")
      assert.equal("zoo ant", box:value(
        "SELECT group_concat(substr(id, 17), ' ') FROM " ..
        "(SELECT id FROM schema_migrations WHERE position > 1 " ..
        "ORDER BY position)"))
      box:sh("rm -rf migrations app.db")
    end
  end)

  it("keeps its date beside shorter numbers and folders of diesel's",
    function()
      for _, first in ipairs { "00012_a.up.sql", "0099.sql",
          "2018-01-14-171611_a/up.sql" } do
        box:write("migrations/" .. first, "CREATE TABLE a (x);")
        box:up()
        assert.equal("migrations/2026_01_28_x.lua", new("x", "--database",
          "app.db", table.unpack(DAY)))
        box:sh("rm -rf migrations app.db")
      end
    end)

  it("writes no SQL among another tool's files", function()
    for file, tool in pairs { ["1_a.sql"] = "goose",
        ["1_a.up.sql"] = "golang-migrate", ["1_a/migration.sql"] = "prisma",
        ["V1__a.sql"] = "flyway" } do
      box:write("migrations/" .. file, tool == "goose" and
        "-- +goose Up\nCREATE TABLE a (x);" or "CREATE TABLE a (x);")
      local err = refused("--sql writes dbmate's marks, and the files here " ..
        "are of " .. tool, "x", "--sql", "--database", "app.db")
      assert.truthy(err:find("nothing was written: leave --sql out", 1, true))
      box:sh("rm -rf migrations")
    end
    box:write("migrations/0001.sql", "CREATE TABLE a (x);")
    new("apple", "--sql", "--database", "app.db", table.unpack(DAY))
    assert.equal("migrations/2026_01_28b_ant.sql",
      new("ant", "--sql", "--database", "app.db", table.unpack(DAY)))
    box:sh("rm migrations/2026_01_28_apple.sql")
    box:up("--strict")
    assert.equal("0001 2026_01_28b_ant", box:value(
      "SELECT group_concat(id, ' ') FROM schema_migrations"))
  end)

  it("writes no SQL there without a database either", function()
    for _, case in ipairs {
      { "V1__a.sql", "the files here are of flyway" },
      { "1_a.up.sql", "the files here are of golang-migrate" },
      { "1_a_up.sql 1_a_down.sql", "the files here are of pairs" },
      { "1_a.sql 1_a_undo.sql", "the files here are of pairs" },
      { "1_a.sql 1_a.rollback.sql", "the files here are of yoyo" },
      { "1_a/up.sql", "the files here are of diesel" },
      { "1_a/migration.sql", "the files here are of prisma" },
      { "1_a.sql 2_b.down.sql", "here is a file that is no migration: " ..
        "2_b.down.sql" },
      { "1_a.down.sql", "here is a file that is no migration: " ..
        "1_a.down.sql" },
      { "1_a.sql 1_a_undo.sql 1_a_down.sql", "it is not known whose files " ..
        "are here: 1_a_down.sql and 1_a_undo.sql are both the way down of " ..
        "1_a.sql by their names" },
    } do
      for file in case[1]:gmatch("%S+") do
        box:write("migrations/" .. file, "CREATE TABLE a (x);")
      end
      for _, db in ipairs { "", "none.db" } do
        refused("--sql writes dbmate's marks, and " .. case[2], "pin_down",
          "--sql", table.unpack(db == "" and {} or { "--database", db }))
      end
      new("script")
      box:sh("rm -rf migrations")
    end
    box:write("migrations/1_a.sql", "-- migrate:up\n")
    new("apple", "--sql")
    new("ant", "--sql")
    refused("--sql writes dbmate's marks, and the files here are, as " ..
      "--dialect says, of plain", "x", "--sql", "--dialect", "plain")
    box:sh("rm migrations/2026*")
    box:write("migrations/schema.sql", "")
    refused("--sql writes dbmate's marks, and here is a file that is no " ..
      "migration: schema.sql", "x", "--sql")
    new("forced", "--sql", "--force")
    assert.equal(3, #files())
  end)

  it("writes SQL where asked", function()
    box:sql("CREATE TABLE users (id INTEGER PRIMARY KEY)")
    local path = new("add_email_to_users", "--sql")
    assert.equal("migrations/2026_01_28_add_email_to_users.sql", path)
    new("nothing", "--sql")
    box:up()
    assert.equal(1, box:value("SELECT count(*) FROM " ..
      "pragma_table_info('users') WHERE name = 'email'"))
  end)

  it("names what is missing where nobody can be asked", function()
    local err = refused("the template rename_column needs a value for " ..
      "table (the table), to (its new name)", "x", "-t", "rename_column",
      "--set", "from=a")
    assert.truthy(err:find("add --set table=… --set to=…", 1, true), err)
  end)

  it("asks for it on a terminal", function()
    local status, out = box:sh(
      "printf ' \\nusers\\nmail\\nemail\\n' | script -qec '" ..
      sandbox.program .. " new x -t rename_column --date 2026-01-28' " ..
      "/dev/null")
    assert.equal(0, status, out)
    assert.truthy(out:find("table (identifier, the table): ", 1, true), out)
    assert.truthy(out:find('" " is empty', 1, true), out)
    local text = assert(box:read("migrations/2026_01_28_x.lua"), out)
    assert.truthy(text:find('rename(conn, "mail", "email")', 1, true))
  end)

  it("refuses bad names", function()
    refused('"+-!?" has no letter and no digit to make a name of', "+-!?")
    refused('"' .. ("a"):rep(60) .. '…" is too long for a name',
      ("a"):rep(300))
    refused('"../../etc/x" is a path, not a name', "../../etc/x")
    refused('"" has no letter and no digit to make a name of', "")
  end)

  it("keeps letters that are not ASCII", function()
    local function made(name)
      local status, out, err = box:lumigrate("new", name, table.unpack(DAY))
      assert.equal(0, status, err)
      return out
    end
    assert.equal("migrations/2026_01_28_größe.lua\n", made("Größe"))
    assert.equal("migrations/2026_01_28_été_à_日本.lua\n",
      made("été\u{a0}à – 日本"))
    local path = made("add_größe_to_kästen"):gsub("\n", "")
    local text = box:read(path)
    assert.truthy(text:find("Add größe to kästen", 1, true), text)
    box:sql('CREATE TABLE "kästen" (id INTEGER PRIMARY KEY)')
    box:up()
    assert.equal(1, box:value("SELECT count(*) FROM " ..
      "pragma_table_info('kästen') WHERE name = 'größe'"))
    refused('"gr\u{fffd}\u{fffd}e" is not UTF-8', "gr\xf6\xdfe")
    refused('"a\u{fffd}" is not UTF-8', "a\xc3")
  end)

  it("refuses bad values", function()
    local function set(message, value, template)
      refused(message, "add_a_to_b", "-t", template or "add_column", "--set",
        value)
    end
    set('table: "" is empty', "table=")
    set('table: " " is empty', "table= ")
    set('table: "a\\nb" has a control character in it', "table=a\nb")
    set('table: "a\\x1b[31m" has a control character in it',
      "table=a\27[31m")
    set('table: "�" is not valid UTF-8', "table=\xff")
    set('type: "TEXT; DROP TABLE x" has a semicolon in it',
      "type=TEXT; DROP TABLE x")
    set('type: "TEXT, b TEXT" has a comma in it', "type=TEXT, b TEXT")
    set('type: "TEXT)" closes a parenthesis that is not open', "type=TEXT)")
    set('type: "TEXT (1" has a parenthesis that is not closed',
      "type=TEXT (1")
    set('type: "TEXT -- x" has a comment in it', "type=TEXT -- x")
    set('type: "TEXT DEFAULT \'" has a quote that is not closed',
      "type=TEXT DEFAULT '")
    set('columns: "a,,b" has an empty name in it', "columns=a,,b",
      "add_index")
    set('unique: "maybe" is neither yes nor no', "unique=maybe",
      "add_index")
    set("--set wants NAME=VALUE, as in --set table=users", "table")
  end)

  it("refuses a variable twice and one that is none", function()
    refused("--set gives table twice", "x", "-t", "add_column", "--set",
      "table=a", "--set", "table=b")
    local err = refused('the template add_column has no variable "tabel"',
      "x", "-t", "add_column", "--set", "tabel=a")
    assert.truthy(err:find("did you mean table?", 1, true))
    refused('the template plain has no variable "a"', "x", "--set", "a=b")
    err = refused('no template "add_colum"', "x", "-t", "add_colum")
    assert.truthy(err:find("did you mean add_column?", 1, true))
    refused('no template "../x"', "x", "-t", "../x")
  end)

  it("needs a folder that it may write to", function()
    box:write("file", "")
    refused("cannot read the folder file/x: Not a directory", "x", "-d",
      "file/x")
    -- Root may write anywhere: then it is done as somebody who may not.
    box:sh("cp " .. sandbox.quote(sandbox.program) .. " lumigrate; " ..
      "mkdir closed; chmod 555 closed; chmod 755 . lumigrate")
    local status, out, err = box:sh(container.user(
      "./lumigrate new x -d closed " .. table.concat(DAY, " ")))
    assert.equal(2, status)
    assert.equal("", out)
    assert.equal("lumigrate: error: cannot create closed/2026_01_28_x.lua: " ..
      "Permission denied", err:match("^[^\n]*"))
  end)

  it("tells of a folder that is not writable, whoever asks", function()
    local status, _, err = box:lumigrate("new", "x", "-d", "/proc/none")
    assert.equal(2, status)
    assert.equal("lumigrate: error: cannot create the folder /proc/none: " ..
      "No such file or directory", err:match("^[^\n]*"))
  end)

  describe("with a template of one's own", function()
    local OWN = [[
--@about a table for tags
--@var thing identifier -- what is tagged
--@var note text = none -- a remark
--@var loud flag = no
--- ${words}: ${note}
MIGRATION_ID = ${id}
local price = "$${thing}"
function upgrade(conn)
--@if loud
  print("made ${thing}_tags on ${date} at " .. price)
--@else
  print("quiet")
--@end
  conn:execute("CREATE TABLE ${thing:sql} (x)")
end
]]

    it("fills it in", function()
      box:write("migrations/templates/tags.lua", OWN)
      new("tag it", "-t", "tags", "--set", 'thing=or"der', "--set",
        "loud=yes")
      local out = box:up()
      assert.truthy(out:find(
        'made or"der_tags on 2026-01-28 at ${thing}', 1, true), out)
      assert.equal(1, box:value("SELECT count(*) FROM sqlite_schema " ..
        "WHERE name = 'or\"der'"))
      assert.equal("Tag it: none", box:value(
        "SELECT description FROM schema_migrations"))
    end)

    it("prefers it to the built-in one of its name", function()
      box:write("migrations/templates/plain.lua",
        "-- mine\nMIGRATION_ID = ${id}\nfunction upgrade() end")
      assert.equal('-- mine\nMIGRATION_ID = "2026_01_28_x"\n' ..
        "function upgrade() end\n", box:read(new("x")))
    end)

    it("says which line of a broken one is wrong", function()
      for text, message in pairs {
        ["--@about x\nlocal a = ${nmae}\n"] =
          '2: unknown variable "nmae"',
        ["\n\nlocal a = ${name\n"] = "3: ${ without a name and } behind " ..
          "it ($${ is a ${ that stays)",
        ["--@var a thing\n"] = "1: a kind is identifier, identifiers, " ..
          "type, columns, text or flag",
        ["--@var a text\n--@var a text\n"] =
          "2: there is a variable of this name already",
        ["--@var a text\n--@if a\nx\n"] = "4: --@if without --@end",
        ["x\n--@end\n"] = "2: --@ stands before about and var at the " ..
          "top, and before if, else and end",
      } do
        box:write("migrations/templates/bad.lua", text)
        refused("migrations/templates/bad.lua:" .. message, "x", "-t", "bad")
        local status, _, err = box:lumigrate("templates")
        assert.equal(2, status)
        assert.truthy(err:find("templates/bad.lua:" .. message, 1, true))
      end
    end)
  end)
end)

describe("templates", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  it("lists all with their variables", function()
    local status, out, err = box:lumigrate("templates")
    assert.equal(0, status, err)
    for _, name in ipairs {
      "add_column", "create_table", "data_migration", "recreate_table",
      "rename_column", "add_index", "drop_column", "plain", "change_type",
      "add_foreign_key", "make_not_null",
    } do
      assert.truthy(("\n" .. out):find("\n" .. name .. "   ", 1, true), name)
    end
    -- One column for all of them, whichever template they are of.
    local column
    for before, line in out:gmatch("\n    (%S+ +)([^\n]+)") do
      column = column or #before
      assert.equal(column, #before, line)
      assert.falsy(line:find("()", 1, true), line)
    end
    assert.truthy(out:find("before     type         the old one, for the " ..
      "way back                      (none)\n", 1, true), out)
  end)

  it("lists one's own in place of a built-in one", function()
    box:write("migrations/templates/plain.lua", "--@about mine\n")
    box:write("migrations/templates/tags.lua",
      "--@var thing identifier -- what is tagged\n")
    local _, out = box:lumigrate("templates")
    assert.truthy(out:find("\nplain   mine   " ..
      "migrations/templates/plain.lua\n", 1, true), out)
    assert.truthy(out:find("\ntags   migrations/templates/tags.lua\n" ..
      "    thing      identifier   what is tagged\n", 1, true), out)
    local _, json = box:lumigrate("templates", "--jsonl")
    assert.truthy(json:find('{"name":"tags","kind":"lua","file":' ..
      '"migrations/templates/tags.lua","about":"","variables":[{"name":' ..
      '"thing","kind":"identifier","required":true,"default":null,"help":' ..
      '"what is tagged"}]}', 1, true), json)
  end)
end)
