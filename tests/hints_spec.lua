-- SPDX-License-Identifier: MIT
-- What to do now, where the words on the command line are nearly right.
local sandbox = require "tests.support.sandbox"

describe("a hint", function()
  local box
  before_each(function()
    box = sandbox.new()
    box:migration("2026_01_01_a", [[conn:execute("CREATE TABLE a (x)")]])
  end)
  after_each(function() box:destroy() end)

  local function hint(...)
    local status, _, err = box:lumigrate("-u", "app.db", ...)
    assert.equal(2, status, err)
    assert.equal("absent", box:bytes())
    return err:match("\n  hint +([^\n]+)") or err
  end

  it("says how --backup takes its folder", function()
    local words = "the folder of --backup stands behind =, as in " ..
      "--backup=kept"
    assert.equal(words, hint("up", "--backup", "kept"))
    assert.equal(words, hint("up", "1", "--backup", "kept"))
    assert.equal(words, hint("down", "--backup", "kept"))
  end)

  it("says how --exec takes its command", function()
    assert.equal("to become that command: lumigrate up --exec -- CMD " ..
      "[ARGUMENT …]", hint("up", "--exec", "echo", "hi"))
    assert.equal("to become that command: lumigrate wait --exec -- CMD " ..
      "[ARGUMENT …]", hint("wait", "--exec", "echo", "hi"))
  end)

  it("names the options that take an ID", function()
    assert.equal("usage: lumigrate [options] repair --accept ID|" ..
      "--forget ID|--restart ID", hint("repair", "2026_01_01_a"))
    assert.equal("usage: lumigrate [options] history [--show ID]",
      hint("history", "2026_01_01_a"))
    assert.equal("usage: lumigrate [options] baseline ID|--all|--only ID|" ..
      "--undo ID", hint("baseline", "a", "b"))
    for _, command in ipairs { "repair", "history", "baseline" } do
      local _, out = box:lumigrate("help", command)
      assert.truthy(out:find("^usage: lumigrate %[options%] " .. command ..
        " %S*[^\n]*ID"), out)
    end
  end)

  it("says where a folder of migrations comes from", function()
    local words = "check --migrations (LUMIGRATE_MIGRATIONS), or write " ..
      "the first one: lumigrate new NAME"
    for _, command in ipairs { "up", "status", "check" } do
      assert.equal(words, hint(command, "--migrations", "nowhere"))
    end
  end)
end)

describe("help", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  it("names every exit status of check", function()
    local _, out = box:lumigrate("help", "check")
    for _, status in ipairs { 0, 2, 3, 4, 5, 6, 7 } do
      assert.truthy(out:find("%s" .. status .. ": "), out)
    end
  end)

  it("has no long line in what it says of a command", function()
    local _, all = box:lumigrate("help")
    for name in all:match("\ncommands:\n(.-)\n\n"):gmatch("  (%l+)[^\n]*") do
      local _, out = box:lumigrate("help", name)
      for line in out:match("^(.-)\noptions of "):gmatch("[^\n]+") do
        assert.is_true(#line <= 79, line)
      end
    end
  end)
end)
