-- SPDX-License-Identifier: MIT
-- Every command of README.md, in the order in which it stands there, in a
-- copy of the project: what the README promises is what happens.
local sandbox = require "tests.support.sandbox"

-- The text of all blocks that begin with ```sh.
local function commands_of(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  local blocks = {}
  for block in text:gmatch("\n```sh\n(.-)\n```") do
    blocks[#blocks + 1] = block
  end
  return table.concat(blocks, "\n")
end

describe("README.md", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  it("shows only commands that work", function()
    -- Objects of the plain build come along, so that little is built again.
    local status, _, err = box:sh(([[
      mkdir copy && cd %s &&
      tar cf - --exclude=./.git --exclude=./data --exclude=./build/sanitize . |
      tar xf - -C "$OLDPWD/copy"
    ]]):format(sandbox.quote(sandbox.root)))
    assert.equal(0, status, err)

    -- `make test` would run this spec again: one suite stands for all.
    local out
    status, out, err = box:sh("cd copy && set -e\n" ..
      commands_of(sandbox.root .. "/README.md"), {
        TESTS = "tests/header_test.sh",
        PATH = box:path("copy/build") .. ":" .. os.getenv("PATH"),
      })
    assert.equal(0, status, out .. err)
    assert.equal("", err)
    assert.truthy(out:find("\n5 passed, 0 failed\n", 1, true), out)
  end)
end)
