-- SPDX-License-Identifier: MIT
-- `make static` makes one file that needs nothing else: it runs in a root
-- directory that holds only it, the migrations and a place for the database.
local sandbox = require "tests.support.sandbox"
local container = require "tests.support.container"
local quote = sandbox.quote

describe("the static program", function()
  local box

  local function output_of(command)
    local status, out, err = box:sh(command)
    assert.equal(0, status, out .. err)
    return out
  end

  before_each(function()
    box = sandbox.new()
    output_of(("make -s -C %s static && cp %s/build/lumigrate-static ."):format(
      quote(sandbox.root), quote(sandbox.root)))
  end)
  after_each(function() box:destroy() end)

  it("needs no library and no loader", function()
    local headers = output_of("readelf -ld lumigrate-static")
    assert.falsy(headers:find("INTERP", 1, true), headers)
    assert.falsy(headers:find("Shared library", 1, true), headers)
  end)

  it("is smaller than 3.5 MiB, stripped", function()
    output_of("strip -o small lumigrate-static")
    local size = tonumber(output_of("stat -c %s small"))
    assert.is_true(size < 3.5 * 1024 * 1024, size .. " bytes")
  end)

  it("says the same versions as the other one", function()
    local _, version = box:sh(quote(sandbox.program) .. " version")
    assert.equal(version, output_of("./lumigrate-static version"))
  end)

  it("migrates in an empty root directory", function()
    if container.missing() then
      pending(container.missing())
      return
    end
    box:migration("2026_01_01_a", [[
      conn:execute("CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT)")
      conn:execute("INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION " ..
        "ALL SELECT i + 1 FROM n LIMIT 20000) SELECT i, hex(i) FROM n")
      conn:execute("CREATE INDEX a_y ON a (y)")
      assert(os.date("!%Y") >= "2026" and ("ä"):len() == 2)
    ]])
    box:sql_file("2026_01_02_b.sql", "CREATE TABLE b (x);")
    output_of("mkdir -p root/data && cp -R migrations root/ && " ..
      "mv lumigrate-static root/lumigrate")
    container.open(box)
    local enter = container.user("exec bwrap --unshare-user --unshare-pid " ..
      "--unshare-net --as-pid-1 --ro-bind root / --bind root/data /data " ..
      "--clearenv --chdir / -- /lumigrate up --database /data/app.db %s")
    local status, out, err = box:sh((enter:gsub("%%s", "")))
    assert.equal(0, status, err)
    assert.truthy(out:find("2 migrations applied", 1, true), out)
    assert.equal(20000, box:value("SELECT count(*) FROM a",
      "root/data/app.db"))
    -- And becomes what there is to become: itself.
    status, out = box:sh((enter:gsub("%%s",
      "--exec -- /lumigrate current --database /data/app.db")))
    assert.equal(0, status)
    assert.equal("2026_01_02_b\n", out)
    assert.equal("data\nlumigrate\nmigrations\n", output_of("ls root"))
    assert.equal("app.db\n", output_of("ls root/data"))
  end)
end)
