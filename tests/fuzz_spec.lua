-- SPDX-License-Identifier: MIT
-- Every harness of tests/fuzz has inputs to begin with, and holds for them.
-- `make fuzz` makes up more.
local sandbox = require "tests.support.sandbox"
local quote = sandbox.quote

local function lines_of(command)
  local pipe = io.popen("cd " .. quote(sandbox.root) .. " && " .. command)
  local list = {}
  for line in pipe:lines() do
    list[#list + 1] = line
  end
  pipe:close()
  return list
end

describe("the harness", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local flags = ""
  if (os.getenv("SANITIZE") or "") ~= "" then
    flags = "-fsanitize=address,undefined -fno-sanitize-recover=all"
  elseif sandbox.program:find("/coverage/", 1, true) then
    flags = "--coverage"
  end
  local library = sandbox.program:gsub("[^/]*$", "liblumigrate.a")
  local harnesses = lines_of("ls tests/fuzz/*.c")

  it("is one of several", function()
    assert.is_true(#harnesses >= 4)
  end)

  for _, source in ipairs(harnesses) do
    local name = source:match("([^/]+)%.c$")
    it(name .. " holds for its corpus", function()
      local inputs = #lines_of("ls tests/fuzz/corpus/" .. name)
      assert.is_true(inputs > 0, "there is no corpus")
      local command = ("${CC:-cc} -g -std=c11 " ..
        "-D_XOPEN_SOURCE=700 %s -o harness %s tests/support/replay.c %s " ..
        "$(pkg-config --cflags --libs sqlite3 lua5.4 libmd) -lm && " ..
        "./harness tests/fuzz/corpus/%s/*"):format(flags, source,
        quote(library), name):gsub("tests/", function(path)
          return sandbox.root .. "/" .. path
        end)
      local status, out, err = box:sh(command)
      assert.equal(0, status, out .. err)
      assert.equal(inputs .. " inputs\n", out)
    end)
  end
end)
