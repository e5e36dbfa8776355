-- SPDX-License-Identifier: MIT
-- The documents' links lead somewhere: each file is there, each anchor is a
-- heading of the file that it points into.
local sandbox = require "tests.support.sandbox"

local function slurp(path)
  local file = io.open(path)
  local text = file and file:read("a")
  if file then
    file:close()
  end
  return text
end

local function folder(path)
  return path:match("^(.*)/[^/]*$")
end

-- Without what only looks like a link or a heading.
local function prose(text)
  text = ("\n" .. text):gsub("\n```.-\n```", "\n")
  return text
end

-- What GitHub makes of a heading, and of a second one with the same words.
local function anchors(text)
  local found = {}
  for heading in prose(text):gmatch("\n#+ ([^\n]+)") do
    local name = heading:gsub("%[(.-)%]%(.-%)", "%1"):lower()
      :gsub("[^%w%s_\x80-\xff-]", ""):gsub(" ", "-")
    local count = 0
    while found[count == 0 and name or name .. "-" .. count] do
      count = count + 1
    end
    found[count == 0 and name or name .. "-" .. count] = true
  end
  return found
end

local function links(text)
  local list = {}
  text = prose(text):gsub("``?[^`]+``?", function(code)
    return (code:gsub("[%[%]%(%)]", " "))
  end)
  for target in text:gmatch("%[[^%]]*%]%(([^%s%)]+)%)") do
    list[#list + 1] = target
  end
  return list
end

local function broken(path)
  local text, list = slurp(path), {}
  for _, target in ipairs(links(text)) do
    local file, anchor = target:match("^([^#]*)#?(.*)$")
    local there = file == "" and path or folder(path) .. "/" .. file
    if target:find("^%a[%w+.-]*:") then
      there, anchor = path, ""
    end
    if os.execute("test -e " .. sandbox.quote(there)) ~= true or
       anchor ~= "" and not anchors(slurp(there))[anchor] then
      list[#list + 1] = target
    end
  end
  return list
end

describe("the links of", function()
  local pipe = io.popen("cd " .. sandbox.quote(sandbox.root) ..
    " && ls *.md docs/*.md migrations/*.md examples/*/*.md")
  for name in pipe:lines() do
    it(name, function()
      assert.same({}, broken(sandbox.root .. "/" .. name))
    end)
  end
  pipe:close()

  it("a page with a broken one would be found", function()
    local box = sandbox.new()
    box:write("b.md", "# 1. A `b` (c)\n")
    local path = box:write("a.md", "# Here\n[x](#here) [y](#there)\n" ..
      "[b](b.md#1-a-b-c)\n[b](b.md#b) [c](c.md) [w](https://a.b/#c)\n" ..
      "```\n# Not\n[z](z.md)\n```\n`[u](v.md)`\n")
    assert.same({ "#there", "b.md#b", "c.md" }, broken(path))
    box:destroy()
  end)
end)
