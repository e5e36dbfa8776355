-- SPDX-License-Identifier: MIT
-- What the other specs rely on.
local sandbox = require "tests.support.sandbox"

describe("the sandbox", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  it("reads rows back as they are", function()
    box:sql([[
      CREATE TABLE t (a, "odd, name");
      INSERT INTO t VALUES (1, 'it''s
two lines, ''quoted'''), (NULL, x'00ff'), (-9223372036854775808, 1.5);
    ]])
    local rows = box:query("SELECT * FROM t -- comment")
    assert.equal(3, #rows)
    assert.equal(1, rows[1].a)
    assert.equal("it's\ntwo lines, 'quoted'", rows[1]["odd, name"])
    assert.is_nil(rows[2][1])
    assert.equal(2, rows[2].n)
    assert.equal("\0\255", rows[2][2])
    assert.equal(math.mininteger, rows[3].a)
    assert.equal(1.5, rows[3][2])
    assert.same({}, box:query("SELECT 1 WHERE 0"))
    assert.equal(3, box:value("SELECT count(*) FROM t"))
  end)

  it("keeps standard output, errors and status apart", function()
    local status, out, err = box:sh("echo a; echo b >&2; exit 3")
    assert.same({ 3, "a\n", "b\n" }, { status, out, err })
  end)

  it("hides our environment and shows what is asked for", function()
    local _, out = box:sh("env", { DATABASE_URL = "it's $HOME" })
    assert.truthy(out:find("DATABASE_URL=it's $HOME\n", 1, true))
    assert.falsy(out:find("LUMIGRATE", 1, true))
    assert.truthy(out:find("NO_COLOR=1\n", 1, true))
  end)

  it("waits for and kills what runs in the background", function()
    local quick = box:spawn_sh("echo done; exit 4")
    local slow = box:spawn_sh("exec sleep 60")
    assert.same({ 4, "done\n", "" }, { box:wait(quick) })
    assert.is_true(box:running(slow))
    box:kill(slow, "KILL")
    assert.equal(137, (box:wait(slow, 5)))
  end)

  it("sees whether a file changed", function()
    assert.equal("absent", box:bytes())
    box:write("app.db", "one")
    local before = box:bytes()
    box:write("app.db", "two")
    assert.not_equal(before, box:bytes())
  end)

  it("keeps the line numbers of a script's body", function()
    box:migration("a b", "error('here')")
    assert.equal('MIGRATION_ID = "a b" function upgrade(conn, ' ..
      "column_exists, table_exists) error('here')\nend\n",
      box:read("migrations/a b.lua"))
  end)
end)
