-- SPDX-License-Identifier: MIT
-- The words of the command line, the environment, .env, and what help says
-- about them.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has

describe("options", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function lacks(text, words)
    assert.falsy(text:find(words, 1, true), words .. "\nis in:\n" .. text)
  end

  local function applied()
    return box:value("SELECT count(*) FROM schema_migrations")
  end

  -- Exit 2 with this sentence and, where given, this hint.
  local function wrong(sentence, hint, code, out, err)
    assert.equal(2, code, out .. err)
    assert.equal("lumigrate: error: " .. sentence, err:match("^[^\n]*"))
    if hint then
      has(err, "  hint       " .. hint .. "\n")
    end
    assert.equal("", out)
  end

  -- What `env` shows: name → { value, source }.
  local function settings(env, ...)
    local code, out, err = box:lumigrate_env(env, "env", ...)
    assert.equal(0, code, err)
    local list = {}
    for name, value, source in out:gmatch("(%S+) +(%S+) +(%S[^\n]*)\n") do
      list[name] = { value, source }
    end
    return list, out
  end

  describe("of the command line", function()
    before_each(function()
      box:migration("a", "")
      box:migration("b", "")
    end)

    it("stand before the command and after it", function()
      for _, words in ipairs {
        { "--database", "app.db", "up", "1" },
        { "up", "--database", "app.db", "1" },
        { "up", "1", "--database", "app.db" },
        { "--database=app.db", "up", "1" },
        { "--to", "a", "--database=app.db", "up" },
        { "-u", "app.db", "up", "1" }, { "-uapp.db", "up", "1" },
        { "up", "1", "-qu", "app.db" }, { "up", "1", "-quapp.db" },
        { "-q", "-y", "up", "1", "-u", "app.db" },
        { "--url", "app.db", "up", "1" },
        { "--database", "app.db", "--dir", "migrations", "up", "1" },
        { "--database", "app.db", "-d", "migrations", "up", "1" },
        { "--database", "app.db", "--", "up", "1" },
        { "--database", "other.db", "up", "1", "--database", "app.db" },
      } do
        local code, _, err = box:lumigrate(table.unpack(words))
        assert.equal(0, code, table.concat(words, " ") .. "\n" .. err)
        assert.equal(1, applied(), table.concat(words, " "))
        box:sh("rm app.db")
        assert.is_false(box:exists("other.db"))
      end
    end)

    it("have values that may be odd", function()
      for _, name in ipairs { "-x.db", "a=b.db", "a b.db", "ä.db", "1" } do
        assert.equal(0, (box:lumigrate("up", "--database=" .. name)), name)
        assert.is_true(box:exists(name))
      end
      -- -1 is a number, - a name.
      wrong('--timeout: "-1" is not a number of seconds, 0 or more', nil,
        box:run("up", "--timeout", "-1"))
      assert.equal(0, (box:lumigrate("up", "--database", "-")))
      assert.is_true(box:exists("-"))
    end)

    it("that are not there are named, with the nearest", function()
      for given, near in pairs {
        ["--databse"] = "--database", ["--verbos"] = "--verbose",
        ["--tabel=x"] = "--table", ["--lock-timout"] = "--lock-timeout",
        ["--befor"] = "--before", ["--no-creat"] = "--no-create",
      } do
        wrong("unknown option " .. given:match("^[^=]*"),
          "did you mean " .. near .. "?", box:run("up", given))
      end
      wrong("unknown option --xyzzyx", '"lumigrate help up" lists them',
        box:run("up", "--xyzzyx"))
      wrong("unknown option --xyzzyx", '"lumigrate help" lists them',
        box:run("--xyzzyx", "up"))
      wrong("unknown option -Z", '"lumigrate help" lists them',
        box:run("up", "-qZ"))
      wrong("unknown option -ä", nil, box:run("up", "-ä"))
      wrong("unknown option -\u{fffd}", nil, box:run("up", "-\xff"))
    end)

    it("of another command are refused", function()
      for _, words in ipairs { { "status", "--to", "a" },
          { "--to", "a", "status" } } do
        wrong('"status" has no option --to', nil,
          box:run(table.unpack(words)))
      end
    end)

    it("miss their value", function()
      wrong("--database needs a value",
        "--database URL_OR_PATH, or --database=URL_OR_PATH",
        box:lumigrate("up", "--database"))
      wrong("--database needs a value", nil,
        box:lumigrate("up", "--database", "--strict"))
      wrong("--database needs a value", nil, box:lumigrate("up", "-u"))
      wrong("--to needs a value", "--to ID, or --to=ID",
        box:lumigrate("up", "--database", "app.db", "--to"))
    end)

    it("take no value where they are a yes or no", function()
      wrong('--json: "maybe" is not yes or no', nil,
        box:run("env", "--json=maybe"))
      assert.equal(0, (box:run("env", "--quiet=no", "--verbose=yes")))
    end)

    it("are one of a few words", function()
      wrong('--transaction: "none" is not each or all', nil,
        box:run("up", "--transaction", "none"))
      wrong('--color: "red" is not auto, always or never', nil,
        box:run("up", "--color", "red"))
      wrong('--out-of-order: "ok" is not apply, warn or error', nil,
        box:run("up", "--out-of-order", "ok"))
      wrong("--json and --jsonl exclude each other", nil,
        (function()
          local code, _, err = box:run("up", "--json", "--jsonl")
          return code, "", err
        end)())
      assert.equal("absent", box:bytes())
    end)
  end)

  describe("that are numbers", function()
    it("of seconds are checked", function()
      for _, option in ipairs { "--timeout", "--lock-timeout" } do
        for _, text in ipairs { "1x", "-1", "nan", "inf", "", " 1", "1 ",
            "1e3", "0x10", "+1", ".", "1.5.5", "1,5", "1000000001",
            ("9"):rep(400) } do
          local code, out, err = box:run("up", option .. "=" .. text)
          wrong(('%s: "%s" is not a number of seconds, 0 or more')
            :format(option, #text > 60 and text:sub(1, 60) .. "…" or text),
            nil, code, out, err)
        end
        for _, text in ipairs { "0", "0.5", ".5", "1.", "007",
            "1000000000" } do
          assert.equal(0, (box:run("env", option, text)), text)
        end
      end
    end)

    it("of MiB are checked", function()
      for _, text in ipairs { "0", "-1", "x", "", "1.5", "1M", " 1",
          "1048577", "18446744073709551617" } do
        wrong(('--memory-limit: "%s" is not a whole number of MiB, 1 or more')
          :format(text), nil, box:run("up", "--memory-limit=" .. text))
      end
      assert.equal(0, (box:run("env", "--memory-limit", "1048576")))
    end)

    it("are checked in the environment too", function()
      wrong('LUMIGRATE_TIMEOUT: "1x" is not a number of seconds, 0 or more',
        nil, box:run_env({ LUMIGRATE_TIMEOUT = "1x" }, "up"))
      box:write(".env", "LUMIGRATE_MEMORY_LIMIT=0\n")
      wrong('LUMIGRATE_MEMORY_LIMIT in .env: "0" is not a whole number of ' ..
        "MiB, 1 or more", nil, box:run("up"))
      box:write(".env", "")
      box:write("limit", "many\n")
      wrong('LUMIGRATE_LOCK_TIMEOUT_FILE: "many" is not a number of ' ..
        "seconds, 0 or more", nil,
        box:run_env({ LUMIGRATE_LOCK_TIMEOUT_FILE = "limit" }, "up"))
      wrong('LUMIGRATE_STRICT: "maybe" is not yes or no', nil,
        box:run_env({ LUMIGRATE_STRICT = "maybe" }, "up"))
    end)
  end)

  describe("commands", function()
    it("have other names", function()
      for command, aliases in pairs {
        up = { "migrate", "apply", "upgrade", "run", "latest", "deploy" },
        current = { "dbversion" },
        status = { "list", "info" },
        history = { "log" },
        new = { "create", "add", "make" },
      } do
        local _, wanted = box:lumigrate(command, "--help")
        has(wanted, "also: " .. table.concat(aliases, ", ") .. "\n")
        for _, alias in ipairs(aliases) do
          local code, out = box:lumigrate(alias, "--help")
          assert.equal(0, code)
          assert.equal(wanted, out)
        end
      end
      box:migration("a", "")
      assert.equal(0, (box:run("migrate")))
      assert.equal("a\n", select(2, box:run("dbversion")))
    end)

    it("that are not there are named, with the nearest", function()
      for given, near in pairs { upp = "up", statsu = "status",
          migrat = "migrate", histroy = "history", versoin = "version",
          curent = "current" } do
        wrong(('unknown command "%s"'):format(given),
          ('did you mean "lumigrate %s"?'):format(near), box:run(given))
      end
      wrong('unknown command "xyzzyx"', '"lumigrate help" lists the commands',
        box:run("xyzzyx"))
      wrong('unknown command "xyzzyx"', '"lumigrate help" lists the commands',
        box:lumigrate("help", "xyzzyx"))
      wrong('unknown command ""', nil, box:run(""))
      wrong('unknown command "a\\nb\\x1b"', nil, box:run("a\nb\27"))
    end)

    it("are needed", function()
      wrong("no command is given", '"lumigrate up" applies what is ' ..
        'pending, "lumigrate help" lists the commands', box:lumigrate())
      wrong("no command is given", nil, box:lumigrate("--database", "x"))
    end)

    it("take so many arguments and no more", function()
      for command, usage in pairs { up = "up [N]", status = "status",
          current = "current", history = "history [--show ID]", env = "env",
          version = "version", help = "help [COMMAND]" } do
        local words = { command }
        if usage:find("%[%u") then
          words[2] = "up"
        end
        words[#words + 1] = "extra"
        wrong(('"extra" is one argument too many for "%s"'):format(command),
          "usage: lumigrate [options] " .. usage,
          box:lumigrate(table.unpack(words)))
      end
      wrong('"--strict" is one argument too many for "status"', nil,
        box:lumigrate("status", "--", "--strict"))
    end)
  end)

  describe("help", function()
    local function commands()
      local code, out, err = box:lumigrate("help")
      assert.equal(0, code)
      assert.equal("", err)
      local list = {}
      for line in out:match("\ncommands:\n(.-)\n\n"):gmatch("[^\n]+") do
        list[#list + 1] = line:match("^  (%l+)")
      end
      return list, out
    end

    it("lists what is there", function()
      local list, out = commands()
      local found = {}
      for _, command in ipairs(list) do
        found[command] = true
      end
      for _, command in ipairs { "up", "status", "current", "history", "new",
          "env", "version", "help" } do
        assert.is_true(found[command], command)
      end
      assert.equal(out, select(2, box:lumigrate("--help")))
      assert.equal(out, select(2, box:lumigrate("-h")))
    end)

    it("of every command has an example that is one", function()
      for _, command in ipairs((commands())) do
        local code, out, err = box:lumigrate(command, "--help")
        assert.same({ 0, "" }, { code, err })
        assert.equal("usage: lumigrate [options] " .. command,
          out:match("^usage: lumigrate %[options%] %l+"))
        local example = out:match("\nexample:\n  lumigrate (%l+)[^\n]*\n$")
        assert.equal(command, example)
        assert.equal(out, select(2, box:lumigrate("help", command)))
        assert.equal(out, select(2, box:lumigrate("-h", command)))
        -- Each option that it names is one that the command takes.
        for option in out:gmatch("%-%-%l[%l-]*") do
          local _, _, said = box:lumigrate(command, option, "--help")
          lacks(said, "unknown option")
          lacks(said, "has no option")
        end
      end
    end)

    it("comes before anything is looked at", function()
      local code, out = box:lumigrate_env({ LUMIGRATE_TIMEOUT = "x" }, "up",
        "--help", "--env-file", "nope")
      assert.equal(0, code)
      has(out, "usage: lumigrate [options] up [N]\n")
    end)

    it("is at most 80 columns wide where it explains", function()
      for _, command in ipairs((commands())) do
        local _, out = box:lumigrate("help", command)
        for line in out:gsub("\noptions of .*", "\n"):gmatch("[^\n]+") do
          assert.is_true(utf8.len(line) <= 80, line)
        end
      end
    end)
  end)

  it("version names three", function()
    for _, words in ipairs { { "version" }, { "--version" },
        { "up", "--version" } } do
      local code, out, err = box:lumigrate(table.unpack(words))
      assert.same({ 0, "" }, { code, err })
      assert.truthy(out:find(
        "^lumigrate %d+%.%d+%.%d+ %(SQLite 3%.%d+%.%d+, Lua 5%.4%.%d+%)\n$"))
    end
  end)

  describe("in the environment", function()
    it("have a variable each", function()
      for name, setting in pairs {
        LUMIGRATE_DATABASE = { "database", "x.db" },
        DATABASE_URL = { "database", "sqlite:x.db" },
        LUMIGRATE_MIGRATIONS = { "migrations", "db/migrate" },
        LUMIGRATE_TABLE = { "table", "applied" },
        LUMIGRATE_LOCK_TIMEOUT = { "lock-timeout", "7" },
        LUMIGRATE_TIMEOUT = { "timeout", "8.5" },
        LUMIGRATE_MEMORY_LIMIT = { "memory-limit", "64" },
        LUMIGRATE_TRANSACTION = { "transaction", "all" },
        LUMIGRATE_STRICT = { "strict", "1" },
        LUMIGRATE_OUT_OF_ORDER = { "out-of-order", "error" },
        LUMIGRATE_DIALECT = { "dialect", "goose" },
      } do
        local option, value = table.unpack(setting)
        local list = settings { [name] = value }
        assert.same({ value, name }, list[option])
        -- An option counts before it, and it before .env.
        list = settings({ [name] = value }, ("--%s=%s"):format(option,
          value))
        assert.same({ value, "--" .. option }, list[option])
        box:write(".env", name .. "=nonsense\n")
        list = settings { [name] = value }
        assert.same({ value, name }, list[option])
        box:write(".env", name .. "=" .. value .. "\n")
        list = settings {}
        assert.same({ value, name .. " in .env" }, list[option])
        box:write("value", value .. "\n")
        list = settings { [name .. "_FILE"] = "value" }
        assert.same({ value, name .. "_FILE" }, list[option])
        box:sh("rm .env")
      end
    end)

    it("are what runs", function()
      box:write("db/migrate/a.lua",
        "MIGRATION_ID = 'a'\nfunction upgrade() end")
      local code, _, err = box:lumigrate_env({
        LUMIGRATE_DATABASE = "x.db", LUMIGRATE_MIGRATIONS = "db/migrate",
        LUMIGRATE_TABLE = "applied",
      }, "up")
      assert.equal(0, code, err)
      assert.equal("a", box:value("SELECT id FROM applied", "x.db"))
    end)

    it("prefer LUMIGRATE_DATABASE to DATABASE_URL", function()
      local list = settings { LUMIGRATE_DATABASE = "a.db",
        DATABASE_URL = "b.db" }
      assert.same({ "a.db", "LUMIGRATE_DATABASE" }, list.database)
      list = settings { LUMIGRATE_DATABASE = "", DATABASE_URL = "b.db" }
      assert.same({ "b.db", "DATABASE_URL" }, list.database)
    end)

    it("have defaults", function()
      local list = settings {}
      assert.same({ "(none)", "default" }, list.database)
      assert.same({ "migrations", "default" }, list.migrations)
      assert.same({ "schema_migrations", "default" }, list.table)
      assert.same({ "60", "default" }, list["lock-timeout"])
      assert.same({ "0", "default" }, list.timeout)
      assert.same({ "512", "default" }, list["memory-limit"])
      assert.same({ "each", "default" }, list.transaction)
      assert.same({ "no", "default" }, list.strict)
    end)

    it("may be named as files", function()
      box:migration("a", "")
      box:write("secret", "app.db\r\n")
      assert.equal(0, (box:lumigrate_env({ DATABASE_URL_FILE = "secret" },
        "up")))
      assert.equal(1, applied())
      wrong("DATABASE_URL and DATABASE_URL_FILE are both set",
        "unset one of them", box:lumigrate_env({ DATABASE_URL = "app.db",
          DATABASE_URL_FILE = "secret" }, "up"))
      wrong("DATABASE_URL_FILE: cannot read nope: No such file or directory",
        nil, box:lumigrate_env({ DATABASE_URL_FILE = "nope" }, "up"))
      wrong("DATABASE_URL_FILE: cannot read migrations: Is a directory",
        nil, box:lumigrate_env({ DATABASE_URL_FILE = "migrations" }, "up"))
      wrong("DATABASE_URL_FILE: cannot read /dev/zero: not a regular file",
        nil, box:lumigrate_env({ DATABASE_URL_FILE = "/dev/zero" }, "up"))
      box:write("secret", "a\0b")
      wrong("DATABASE_URL_FILE: cannot read secret: it holds a NUL byte",
        nil, box:lumigrate_env({ DATABASE_URL_FILE = "secret" }, "up"))
      box:write("secret", ("x"):rep(70000))
      wrong("DATABASE_URL_FILE: cannot read secret: too large", nil,
        box:lumigrate_env({ DATABASE_URL_FILE = "secret" }, "up"))
    end)

    it("show no password", function()
      for url, shown in pairs {
        ["postgres://me:hunter2@h/db"] = "postgres://me:***@h/db",
        ["postgres://me:hun@ter2/x@h/db"] = "postgres://me:***@h/db",
        ["sqlite:x.db?key=hunter2&cache=shared"] =
          "sqlite:x.db?key=***&cache=shared",
        ["libsql://h?authToken=hunter2"] = "libsql://h?authToken=***",
      } do
        local list, out = settings { DATABASE_URL = url }
        assert.equal(shown, list.database[1])
        lacks(out, "ter2")
        lacks(select(2, box:lumigrate("env", "--json", "-u", url)), "ter2")
      end
    end)
  end)

  describe("in .env", function()
    before_each(function()
      box:migration("a", [[
        for _, name in ipairs { "A", "B", "C", "D", "E", "F", "G", "H", "I",
            "J", "HOME_OF" } do
          print(name .. "=" .. tostring(os.getenv(name)))
        end
      ]])
    end)

    it("are read as they are written elsewhere", function()
      box:write(".env", "\u{feff}# a comment\n\nA=plain # behind it\n" ..
        "export B=\"two words # no comment\"\n" ..
        "  C = 'single $A \\n'   # after\n" ..
        "D=\"a\\nb\\t\\\"c\\\" \\$d\"\r\nE=\nF=a#b\nG=\"over\ntwo lines\"\n" ..
        "H=first\nH=last\nI=http://x/?a=b\nJ\n" ..
        "DATABASE_URL=app.db\n")
      local code, out, err = box:lumigrate("up")
      assert.equal(0, code, err)
      has(out, "    A=plain\n    B=two words # no comment\n" ..
        "    C=single $A \\n\n    D=a\n    b\t\"c\" $d\n    E=\n" ..
        "    F=a#b\n    G=over\n    two lines\n    H=last\n" ..
        "    I=http://x/?a=b\n    J=nil\n")
      assert.equal(1, applied())
    end)

    it("stand behind the real environment", function()
      box:write(".env", "A=file\nB=file\nLUMIGRATE_DATABASE=wrong.db\n" ..
        "LUMIGRATE_SKIP=1\n")
      local code, out, err = box:run_env({ A = "real", C = "real",
        LUMIGRATE_DATABASE = "other.db", LUMIGRATE_SKIP = "0" }, "up")
      assert.equal(0, code, err)
      has(out, "    A=real\n    B=file\n    C=real\n")
      assert.is_false(box:exists("wrong.db"))
      assert.is_false(box:exists("other.db"))
    end)

    it("hold LUMIGRATE_SKIP too", function()
      box:write(".env", "LUMIGRATE_SKIP=1\n")
      assert.equal("· LUMIGRATE_SKIP is set: nothing was done\n",
        select(2, box:run("up")))
    end)

    it("are taken from another file with --env-file", function()
      box:write(".env", "A=wrong\n")
      box:write("prod.env", "A=right\n")
      has(box:up("--env-file", "prod.env"), "    A=right\n")
      local list = settings({}, "--env-file", "prod.env")
      assert.same({ "prod.env", "--env-file" }, list["env-file"])
      wrong("cannot read nope.env: No such file or directory", nil,
        box:run("up", "--env-file", "nope.env"))
      wrong("cannot read migrations: Is a directory", nil,
        box:run("up", "--env-file", "migrations"))
    end)

    it("are not needed", function()
      box:sh("mkdir .env")
      assert.equal(0, (box:run("up")))
    end)

    it("have a place when they are wrong", function()
      for text, words in pairs {
        ["A=1\n\nnot a setting\n"] = ".env:3: not NAME=value",
        ["A=1\nB='open\n\n"] = ".env:2: a quote that is not closed",
        ["A=\"x\" y\n"] = ".env:1: text behind the closing quote",
        ["=x\n"] = ".env:1: not NAME=value",
        ["A=a\0b\n"] = ".env holds a NUL byte",
      } do
        box:write(".env", text)
        wrong(words, nil, box:run("up"))
      end
      assert.equal("absent", box:bytes())
    end)
  end)
end)
