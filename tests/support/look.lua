-- SPDX-License-Identifier: MIT
--
-- What specs look for in texts and tables.
--
--   look.has(text, words), look.lacks(text, words)   asserts, word for word
--   look.first_line(err)    what stands behind "lumigrate: error: "
--   look.sorted(set)        its keys, as a sorted list
--   look.source(path)       a file of the project
local assert = require "luassert"
local sandbox = require "tests.support.sandbox"

local look = {}

function look.has(text, words)
  assert.truthy(text:find(words, 1, true), words .. "\nis not in:\n" .. text)
end

function look.lacks(text, words)
  assert.falsy(text:find(words, 1, true), words .. "\nis in:\n" .. text)
end

function look.first_line(err)
  return err:match("lumigrate: error: ([^\n]*)")
end

function look.sorted(set)
  local list = {}
  for name in pairs(set) do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

function look.source(path)
  local file = assert(io.open(sandbox.root .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

return look
