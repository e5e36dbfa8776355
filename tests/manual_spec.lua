-- SPDX-License-Identifier: MIT
-- The manual's pages say what --help says: every command, other name and
-- option, and none that is not there.
local sandbox = require "tests.support.sandbox"
local look = require "tests.support.look"
local sorted, slurp = look.sorted, look.source
local quote = sandbox.quote

-- All words of a text that match, as a sorted list.
local function words(text, pattern)
  local set = {}
  for word in text:gmatch(pattern) do
    set[word] = true
  end
  return sorted(set)
end

-- "*up* [_N_] (*migrate*, …)" begins a command in the section COMMANDS, and
-- what is indented below belongs to it.
local function commands_of_page(page)
  local section = page:match("\n# COMMANDS\n(.-)\n# ")
  local commands, current = {}, nil
  for line in section:gmatch("[^\n]+") do
    local name = line:match("^%*(%l+)%*")
    if name and not line:find("^%*lumigrate") then
      current = { options = "",
        also = words(line:match("%(.*%)") or "", "%*(%l+)%*") }
      commands[name] = current
    elseif current and line:find("^\t\t?%*%-") then
      current.options = current.options .. line
    end
  end
  for _, command in pairs(commands) do
    command.options = words(command.options, "%*(%-%-?%l[%l-]*)%*")
  end
  return commands
end

describe("lumigrate(1)", function()
  local page = slurp("docs/lumigrate.1.scd")
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function help(...)
    local status, out = box:lumigrate("help", ...)
    assert.equal(0, status)
    return out
  end

  local function commands_of_help()
    local list = {}
    for line in help():match("\ncommands:\n(.-)\n\n"):gmatch("[^\n]+") do
      list[#list + 1] = line:match("^  (%l+)")
    end
    table.sort(list)
    return list
  end

  -- The first column of a table of options.
  local function options(text)
    local set = {}
    for line in (text or ""):gmatch("[^\n]+") do
      local names = line:match("^  (.-%S)  +%S") or line
      for name in names:gsub(" [^%s-].*", ""):gmatch("%-%-?%l[%l-]*") do
        set[name] = true
      end
    end
    return sorted(set)
  end

  it("has the commands, their other names and options", function()
    local described = commands_of_page(page)
    local names = commands_of_help()
    assert.is_true(#names >= 8)
    assert.same(names, sorted(described))
    for _, name in ipairs(names) do
      local text = help(name)
      assert.same(words(text:match("\nalso: ([^\n]*)") or "", "%l+"),
        described[name].also, name)
      local own = options(text:match(
        "\noptions of \"" .. name .. "\":\n(.-)\n\n"))
      for _, option in ipairs(own) do
        assert.truthy((" " .. table.concat(described[name].options, " ") ..
          " "):find(" " .. option .. " ", 1, true), name .. " " .. option)
      end
      for _, option in ipairs(described[name].options) do
        assert.truthy(text:find(option, 1, true), name .. " " .. option)
      end
    end
  end)

  it("has the options of every command", function()
    local section = page:match("\n# OPTIONS\n(.-)\n# ")
    local heads = ("\n" .. section):gmatch("\n(%*%-[^\n]*)")
    local set = {}
    for head in heads do
      for name in head:gmatch("%*(%-%-?%l[%l-]*)%*") do
        set[name] = true
      end
    end
    local shown = options(help():match("\noptions %(.-:\n(.-)\n\n"))
    assert.is_true(#shown >= 20)
    assert.same(shown, sorted(set))
  end)

  it("names every variable of the environment", function()
    local variables = words(slurp("runner/cli/options.c"),
      '"(LUMIGRATE_[%u_]+)"')
    assert.is_true(#variables >= 9)
    for _, name in ipairs(variables) do
      assert.truthy(page:find("*" .. name .. "*", 1, true), name)
    end
  end)

  it("names every exit status of the guide", function()
    local guide = slurp("docs/guide.md")
    local section = guide:match("\n## 12. Exit status\n(.-)\n## ")
    local count = 0
    for cell in section:gmatch("\n| ([%d, ]+) |") do
      for status in cell:gmatch("%d+") do
        assert.truthy(page:find("*" .. status .. "*", 1, true), status)
        count = count + 1
      end
    end
    assert.is_true(count >= 9)
  end)
end)

describe("lumigrate(5)", function()
  local page = slurp("docs/lumigrate.5.scd")

  it("knows what a script gets", function()
    local annotations = slurp("share/lumigrate.lua")
    local count = 0
    for name in annotations:gmatch("\nfunction ([%w_]+[:.][%w_]+)%(") do
      local short = name:gsub("^lumigrate%.", "")
      assert.truthy(page:find("*" .. short .. "*", 1, true), short)
      count = count + 1
    end
    for name in annotations:gmatch("\nfunction ([%w_]+)%(") do
      assert.truthy(page:find("*" .. name .. "*", 1, true), name)
      count = count + 1
    end
    assert.is_true(count >= 25)
  end)

  it("shows a script that runs", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    box:sql("CREATE TABLE users (id INTEGER PRIMARY KEY)")
    box:write("migrations/2026_01_28_add_email_to_users.lua",
      page:match("```\n(.-)```"))
    box:up()
    assert.equal(1, box:value("SELECT count(*) FROM schema_migrations"))
  end)
end)

describe("the manual", function()
  it("is made of pages that scdoc and man take", function()
    local box = sandbox.new()
    finally(function() box:destroy() end)
    if not box:sh("command -v scdoc") then
      pending("scdoc is not installed")
      return
    end
    for _, name in ipairs { "lumigrate.1", "lumigrate.5" } do
      local status, out, err = box:sh(("sed s/@VERSION@/0.0/ %s | scdoc"):
        format(quote(sandbox.root .. "/docs/" .. name .. ".scd")))
      assert.equal(0, status, err)
      assert.equal("", err)
      assert.truthy(out:find('\n.TH "lumigrate" "' .. name:sub(-1) .. '"', 1,
        true), out:sub(1, 300))
    end
  end)
end)
