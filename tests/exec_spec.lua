-- SPDX-License-Identifier: MIT
-- `up --exec -- CMD …` migrates and then is CMD: the same process, with
-- nothing of lumigrate left in it. What did not migrate never starts CMD.
local sandbox = require "tests.support.sandbox"

describe("up --exec", function()
  local box

  -- A program that notes that it ran.
  local function trace()
    return "touch started"
  end

  local function refuses(status, ...)
    local code, out, err = box:run(...)
    assert.equal(status, code, out .. err)
    assert.is_false(box:exists("started"))
    return err
  end

  before_each(function()
    box = sandbox.new()
    box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
  end)
  after_each(function() box:destroy() end)

  -- Options of box:run stand behind: these commands name all themselves.
  local function become(env, ...)
    local list = { "up", "--database", "app.db", "--exec", "--", ... }
    return box:lumigrate_env(env or {}, table.unpack(list))
  end

  it("gives its process to the command", function()
    local status, out, err = box:sh(("echo $$; exec %s up --database " ..
      "app.db --exec -- sh -c 'echo $$'"):format(
      sandbox.quote(sandbox.program)))
    assert.equal(0, status, err)
    local before, after = out:match("^(%d+)\n(%d+)\n$")
    assert.truthy(before, out)
    assert.equal(before, after)
    assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
  end)

  it("hands over arguments as they are, and the exit status", function()
    local status, out = become(nil, "sh", "-c",
      'printf "[%s]" "$@"; exit 23', "sh", "a b", "", "--json", "$x\n*", "--",
      "-q")
    assert.equal("[a b][][--json][$x\n*][--][-q]", out)
    assert.equal(23, status)
    status = become(nil, "sh", "-c", "kill -9 $$")
    assert.equal(137, status)
  end)

  it("hands over the environment, .env excepted", function()
    box:write(".env", "FROM_DOTENV=1\nLUMIGRATE_MIGRATIONS=migrations\n")
    local env = { ODD = "a\nb 'c'", EMPTY = "" }
    local _, without = box:sh("env -0 | sort -z | tr '\\0' '\\n'", env)
    local status, with = become(env, "sh", "-c",
      "env -0 | sort -z | tr '\\0' '\\n'")
    assert.equal(0, status)
    local function clean(text) -- what each shell sets for itself
      return (("\n" .. text):gsub("\n_=[^\n]*", ""))
    end
    assert.equal(clean(without), clean(with))
  end)

  -- What /proc says of signals: of those that lumigrate has to do with.
  local function signals(text, name)
    local mask = 0
    for _, number in ipairs { 1, 2, 13, 14, 15, 17, 25 } do
      mask = mask | 1 << (number - 1)
    end
    return tonumber(text:match("\n" .. name .. ":%s*(%x+)"), 16) & mask
  end

  it("leaves no signal blocked, ignored or handled", function()
    -- With a child that migrates, and with nothing to do and so without.
    for _ = 1, 2 do
      local status, out = box:sh(("trap '' PIPE INT TERM; exec %s up " ..
        "--database app.db --exec -- cat /proc/self/status"):format(
        sandbox.quote(sandbox.program)))
      assert.equal(0, status)
      for _, name in ipairs { "SigBlk", "SigIgn", "SigCgt" } do
        assert.equal(0, signals(out, name), name)
      end
    end
  end)

  it("leaves SIGHUP ignored where nohup did that", function()
    local status, out = box:sh(("trap '' HUP; exec %s up --database app.db " ..
      "--exec -- cat /proc/self/status"):format(
      sandbox.quote(sandbox.program)))
    assert.equal(0, status)
    assert.equal(1, signals(out, "SigIgn"))
  end)

  it("leaves no file open and no alarm set", function()
    local files = "exec ls /proc/self/fd"
    local _, without = box:sh(files)
    local status, with = become({ LUMIGRATE_TIMEOUT = "0.4" }, "sh", "-c",
      files)
    assert.equal(0, status)
    -- What the test's own surroundings keep open may differ; the command has
    -- nothing beside that.
    for file in with:gmatch("%d+") do
      assert.truthy(("\n" .. without):find("\n" .. file .. "\n", 1, true),
        "file " .. file .. " is open:\n" .. with)
    end
    status = become({ LUMIGRATE_TIMEOUT = "0.1" }, "sleep", "0.3")
    assert.equal(0, status)
  end)

  it("keeps standard output for the command", function()
    local status, out, err = become(nil, "echo", "served")
    assert.equal(0, status)
    assert.equal("served\n", out)
    assert.truthy(err:find("1 migration applied", 1, true))
    status, out, err = become(nil, "echo", "served")
    assert.equal(0, status)
    assert.equal("served\n", out)
    assert.equal("✓ All migrations already applied\n", err)
  end)

  it("puts JSON before what the command writes", function()
    local status, out = box:lumigrate("up", "--database", "app.db", "--json",
      "--exec", "--", "echo", "served")
    assert.equal(0, status)
    assert.truthy(out:find('^{\n  "format": 1,\n  "ok": true,'), out)
    assert.truthy(out:find("\n}\nserved\n$"), out)
  end)

  it("takes its own options before and after the command's name", function()
    local status, out = box:lumigrate("--exec", "--database", "app.db", "up",
      "1", "-q", "--", "echo", "served")
    assert.equal(0, status)
    assert.equal("served\n", out)
  end)

  it("never starts the command when a migration fails", function()
    box:migration("2026_01_02_b", [[error("no")]])
    local err = refuses(1, "up", "--database", "app.db", "--exec", "--",
      "sh", "-c", trace())
    assert.truthy(err:find("lumigrate: error: no\n", 1, true), err)
    assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
  end)

  it("never starts it when the folder or the database is wrong", function()
    box:migration("2026_01_02_b", "(")
    refuses(2, "up", "--database", "app.db", "--exec", "--", "sh", "-c",
      trace())
    assert.is_false(box:exists("app.db"))
    box:write("app.db", ("not a database\n"):rep(100))
    os.remove(box:path("migrations/2026_01_02_b.lua"))
    refuses(7, "up", "--database", "app.db", "--exec", "--", "sh", "-c",
      trace())
  end)

  it("never starts it with --no-create on a new database", function()
    local status = box:lumigrate("up", "--database", "app.db", "--no-create",
      "--exec", "--", "sh", "-c", trace())
    assert.equal(2, status)
    assert.is_false(box:exists("started"))
    assert.is_false(box:exists("app.db"))
  end)

  it("never starts it when a signal ended the migration", function()
    box:migration("2026_01_02_b", [[
      conn:execute("CREATE TABLE b (x)")
      print("inside")
      while true do end
    ]])
    local job = box:spawn_sh(("exec %s up --database app.db --exec -- " ..
      "sh -c 'touch started'"):format(sandbox.quote(sandbox.program)))
    repeat
      local text = box:read(job.base .. ".err") or ""
    until text:find("inside", 1, true) or not box:running(job)
    box:kill(job, "TERM")
    local status, _, err = box:wait(job)
    assert.equal(143, status, err)
    assert.is_false(box:exists("started"))
    assert.equal(0, box:value(
      "SELECT count(*) FROM sqlite_schema WHERE name = 'b'"))
    assert.is_false(box:exists("app.db-journal"))
  end)

  it("becomes the command without migrating with LUMIGRATE_SKIP", function()
    local status, out, err = become({ LUMIGRATE_SKIP = "1" }, "sh", "-c",
      "echo served; exit 4")
    assert.equal(4, status)
    assert.equal("served\n", out)
    assert.truthy(err:find("LUMIGRATE_SKIP is set", 1, true))
    assert.is_false(box:exists("app.db"))
  end)

  it("says when the command is not there, or is no program", function()
    local function cannot(...)
      local status, out, err = become(nil, ...)
      assert.equal("", out)
      return status, err
    end
    local status, err = cannot("no-such-command", "x")
    assert.equal(127, status)
    assert.truthy(err:find('lumigrate: error: cannot run "no-such-command"',
      1, true), err)
    assert.truthy(err:find("in no folder of PATH", 1, true), err)
    assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))

    status, err = cannot("./no-such-file")
    assert.equal(127, status)
    assert.truthy(err:find('cannot run "./no-such-file"', 1, true), err)

    box:write("text", "not to be run\n")
    status, err = cannot("./text")
    assert.equal(126, status)
    assert.truthy(err:find('cannot run "./text": Permission denied', 1, true),
      err)
    assert.equal(126, (cannot("./migrations")))
  end)

  it("needs a command, and a command needs it", function()
    for _, case in ipairs {
      { "--exec needs a command after --", "up", "--exec" },
      { "--exec needs a command after --", "up", "--exec", "--" },
      { '"sh" follows --, and there is no --exec', "up", "--", "sh" },
      { "--exec", "status", "--exec", "--", "sh" },
    } do
      local words = { table.unpack(case, 2) }
      local status, out, err = box:lumigrate_env(
        { DATABASE_URL = "app.db" }, table.unpack(words))
      assert.equal(2, status)
      assert.equal("", out)
      assert.truthy(err:find(case[1], 1, true), err)
      assert.is_false(box:exists("app.db"))
    end
  end)
end)
