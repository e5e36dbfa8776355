-- SPDX-License-Identifier: MIT
-- The entry point of examples/container: which words it hands to lumigrate
-- alone, and which are a server's command, for which it migrates first.
local sandbox = require "tests.support.sandbox"

local entry = sandbox.root .. "/examples/container/docker-entrypoint.sh"

describe("docker-entrypoint.sh", function()
  local box
  before_each(function()
    box = sandbox.new()
    -- Says what it was called with.
    box:write("said", '#!/bin/sh\nprintf "<%s>" "$@"\n')
    box:sh("chmod +x said")
  end)
  after_each(function() box:destroy() end)

  local function handed(...)
    local words = {}
    for i, word in ipairs { ... } do
      words[i] = sandbox.quote(word)
    end
    local status, out, err = box:sh(("sh %s %s"):format(
      sandbox.quote(entry), table.concat(words, " ")),
      { LUMIGRATE = box:path("said") })
    assert.equal(0, status, err)
    return out
  end

  -- All names of all commands, as the program itself tells them.
  local function names()
    local _, help = box:lumigrate("help")
    local list = {}
    for line in help:match("\ncommands:\n(.-)\n\n"):gmatch("[^\n]+") do
      local name = line:match("^  (%l+)")
      local _, more = box:lumigrate("help", name)
      list[#list + 1] = name
      for alias in (more:match("\nalso: ([^\n]+)") or ""):gmatch("%l+") do
        list[#list + 1] = alias
      end
    end
    return list
  end

  it("hands every command of lumigrate's to lumigrate alone", function()
    local list, seen = names(), {}
    for _, name in ipairs(list) do
      assert.equal("<" .. name .. "><a b>", handed(name, "a b"))
      seen[name] = true
    end
    -- Commands, and names of theirs, that change what is there.
    for _, name in ipairs { "down", "rollback", "backup", "repair", "load",
        "restore", "stamp" } do
      assert.is_true(seen[name], name)
    end
    assert.equal("<down><--all><-y>", handed("down", "--all", "-y"))
    assert.equal("<-u><x.db><down>", handed("-u", "x.db", "down"))
  end)

  it("knows no command that lumigrate does not have", function()
    local text, known = box:read(entry), {}
    for _, name in ipairs(names()) do
      known[name] = true
    end
    local list = text:match("\n'' | %-%* | (.-)%)\n")
    for word in assert(list):gmatch("%l+") do
      assert.is_true(known[word], word)
    end
  end)

  it("migrates for any other command", function()
    for _, name in ipairs { "server", "/app/down", "./run", "sh" } do
      assert.equal("<up><--exec><--><" .. name .. "><a b>",
        handed(name, "a b"))
    end
  end)
end)
