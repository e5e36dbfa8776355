-- SPDX-License-Identifier: MIT
-- An application reads and writes the same database while migrations run:
-- neither fails, no row is lost, and the database keeps its settings.
local sandbox = require "tests.support.sandbox"

local MIGRATIONS = 20

-- Short transactions until the file `stop` is there, by one connection that
-- waits for locks as applications do; `begun` says that the first are in.
local WRITER = [[
  i=0
  while [ ! -e stop ]; do
    i=$((i + 1))
    echo "INSERT INTO orders (id, state) VALUES ($i, 'new');"
    echo "UPDATE orders SET state = 'paid' WHERE id = $i;"
    echo "SELECT count(*) FROM orders WHERE state = 'lost';"
    [ $i -ne 50 ] || echo ".shell touch begun"
    echo $i >written
  done | sqlite3 -bail -cmd '.timeout 10000' app.db | sort -u
]]

-- A reader that waits for nobody; `reading` says that it has begun.
local READER = [[
  {
    echo "SELECT count(*) >= 0 FROM orders;"
    echo ".shell touch reading"
    while [ ! -e stop ]; do
      echo "SELECT count(*) >= 0 FROM orders;"
    done
  } | sqlite3 -bail -cmd '.timeout 0' app.db | sort -u
]]

local SETTINGS = { "journal_mode", "page_size", "auto_vacuum", "encoding",
  "user_version", "application_id", "integrity_check" }

describe("beside an application:", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function make_migrations()
    for i = 1, MIGRATIONS do
      box:migration(("2026_03_%02d_step"):format(i), i % 2 == 1 and ([[
        if not column_exists("orders", "extra_%d") then
          conn:execute("ALTER TABLE orders ADD COLUMN extra_%d INTEGER")
        end
        conn:execute("CREATE INDEX orders_%d ON orders (state, extra_%d)")
      ]]):format(i, i, i, i) or ([[
        local write = conn:cursor()
        for id in conn:execute("SELECT id FROM orders"):values() do
          write:execute("UPDATE orders SET extra_%d = ? WHERE id = ?", id,
            id)
        end
      ]]):format(i - 1))
    end
  end

  local function make_database(mode)
    box:sql("PRAGMA page_size = 8192; PRAGMA auto_vacuum = FULL; " ..
      "PRAGMA application_id = 77; PRAGMA user_version = 5; " ..
      "CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT); " ..
      "PRAGMA journal_mode = " .. mode)
    make_migrations()
  end

  local function settings()
    local values = {}
    for i, name in ipairs(SETTINGS) do
      values[i] = name .. " " .. box:value("PRAGMA " .. name)
    end
    return table.concat(values, "\n")
  end

  local function wait_for(file)
    assert(box:sh("until [ -e " .. file .. " ]; do sleep 0.01; done") == 0)
  end

  local function ends_well(job, output)
    local status, out, err = box:wait(job)
    assert.equal("", err)
    assert.equal(output, out)
    assert.equal(0, status)
  end

  local function work_beside(mode, reader)
    make_database(mode)
    local before = settings()
    local writer = box:spawn_sh(WRITER)
    local reading = reader and box:spawn_sh(READER)
    wait_for("begun")
    if reading then
      wait_for("reading")
    end
    box:up()
    box:write("stop", "")
    ends_well(writer, "0\n")
    if reading then
      ends_well(reading, "1\n")
    end
    assert.equal(before, settings())
    assert.equal(MIGRATIONS, box:value(
      "SELECT count(*) FROM schema_migrations"))
    local n = tonumber(box:read("written"))
    assert.equal(("%d,%d,%d"):format(n, n, n), box:value("SELECT count(*) " ..
      "|| ',' || sum(state = 'paid') || ',' || max(id) FROM orders"))
  end

  it("with a rollback journal", function()
    work_beside("delete", false)
  end)

  it("in WAL, where readers are never held up", function()
    work_beside("wal", true)
  end)
end)
