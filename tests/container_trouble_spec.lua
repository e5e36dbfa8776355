-- SPDX-License-Identifier: MIT
-- examples/container on volumes that are not as they should be: each trouble
-- has its sentence, the command is never started, and what is in the
-- database stays as it is.
local container = require "tests.support.container"
local image = require "tests.support.image"
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has

describe("examples/container, with", function()
  local box

  before_each(function()
    if container.missing() then
      pending(container.missing())
    end
    box = sandbox.new()
    image.make(box)
    container.open(box)
  end)
  after_each(function()
    if box then
      box:destroy()
    end
    box = nil
  end)

  local function shell(command)
    local status, _, err = box:sh(command)
    assert.equal(0, status, err)
  end

  local function run(mounts, ...)
    return box:sh(image.line(nil, { ... }, mounts))
  end

  -- The command leaves "served" on standard output; it must not.
  local function refused(mounts, status, sentence, hint)
    local code, out, err = run(mounts, "echo", "served")
    assert.equal(status, code, out .. err)
    assert.equal("", out)
    assert.truthy(err:find("lumigrate: error: " .. sentence .. "\n"), err)
    has(err, "\n  hint       " .. hint)
    return err
  end

  -- Both migrations are applied; a third is pending.
  local function migrated(mode)
    local code, _, err = run(nil, "echo", "served")
    assert.equal(0, code, err)
    box:sql("PRAGMA journal_mode = " .. (mode or "delete"), "data/app.db")
    container.open(box)
    box:write("root/migrations/2026_02_01_next.lua", [[
MIGRATION_ID = "2026_02_01_next"
function upgrade(conn) conn:execute("CREATE TABLE next (x)") end
]])
  end

  local function assert_as_it_was(path)
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations",
      path))
    assert.equal(0, box:value(
      "SELECT count(*) FROM sqlite_schema WHERE name = 'next'", path))
  end

  -- A migration that sorts more than the page cache holds.
  local function write_index(rows)
    box:write("root/migrations/2026_02_01_index.lua", ([[
MIGRATION_ID = "2026_02_01_index"
function upgrade(conn)
  conn:execute("CREATE TABLE big (x)")
  conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 " ..
    "FROM n WHERE i < %d) INSERT INTO big SELECT hex(randomblob(8)) FROM n")
  conn:execute("CREATE INDEX big_x ON big (x)")
end
]]):format(rows))
  end

  it("no /tmp: temporary files go beside the database", function()
    write_index(300000)
    local code, out, err = run(nil, "echo", "served")
    assert.equal(0, code, err)
    assert.equal("served\n", out)
    assert.equal(1, box:value("SELECT count(*) FROM sqlite_schema WHERE " ..
      "name = 'big_x'", "data/app.db"))
    local _, left = box:sh("ls -A data")
    assert.equal("app.db\n", left)
  end)

  it("a small /tmp: it is named, and not the database", function()
    shell("mkdir root/tmp")
    write_index(300000)
    local err = refused("--bind data /data --size 1000000 --tmpfs /tmp", 7,
      "the folder for temporary files /tmp is full: %d+ bytes are free",
      "set SQLITE_TMPDIR to a folder with more room")
    has(err, "\n  state      the migration was rolled back; 2 migrations " ..
      "applied before it stay applied\n")
    assert_as_it_was("data/app.db")
  end)

  it("the file of the database mounted, without its folder", function()
    migrated()
    shell("mv data/app.db mounted.db")
    local mounts = "--bind mounted.db /data/app.db"
    shell("touch root/data/app.db")
    refused(mounts, 2, "the file /data/app.db is mounted by itself: " ..
      "SQLite makes a journal beside the database and cannot",
      "mount the folder, not the single file\n")
    assert_as_it_was("mounted.db")
    local code, out = run(mounts, "doctor")
    assert.equal(2, code)
    has(out, "✗ the file /data/app.db is mounted by itself: ")
    code, out = run(mounts, "status")
    assert.equal(0, code)
    has(out, "2 applied, 1 pending\n")
  end)

  -- Inside, whoever is not mapped has the number of nobody.
  local OWNER = "this process is uid %d+, gid %d+; it belongs to uid %d+, " ..
    "gid %d+ and has mode "

  it("a volume that belongs to root", function()
    if not container.is_root then
      pending("only root can give files to somebody else")
    end
    migrated()
    shell("chown -R 0:0 data && chmod 755 data && chmod 644 data/app.db")
    local sentence = "no permission to write the database /data/app%.db: " ..
      OWNER .. "0644"
    local hint = ("chown %d /data/app.db, run as its owner, or set fsGroup " ..
      "for the volume\n"):format(container.uid)
    refused(nil, 2, sentence, hint)
    assert_as_it_was("data/app.db")
    local code, out = run(nil, "doctor")
    assert.equal(2, code)
    assert.truthy(out:find("✗ " .. sentence), out)
    code, out = run(nil, "status")
    assert.equal(0, code)
    has(out, "2 applied, 1 pending\n")
  end)

  it("an empty volume that belongs to root", function()
    if not container.is_root then
      pending("only root can give files to somebody else")
    end
    shell("chown 0:0 data && chmod 755 data")
    local sentence = "no permission to write the database's folder /data: " ..
      OWNER .. "0755"
    local hint = ("chown %d /data, run as its owner, or set fsGroup for " ..
      "the volume\n"):format(container.uid)
    refused(nil, 2, sentence, hint)
    local code, out = run(nil, "doctor")
    assert.equal(2, code)
    assert.truthy(out:find("✗ " .. sentence), out)
    code, out = run(nil, "status")
    assert.equal(0, code)
    has(out, "/data/app.db does not exist yet")
  end)

  it("a read-only volume", function()
    local empty = "the database /data/app%.db is on a read%-only volume"
    refused("--ro-bind data /data", 2, empty,
      "mount it writable; lumigrate status reads it as it is\n")
    migrated()
    refused("--ro-bind data /data", 2, empty,
      "mount it writable; lumigrate status reads it as it is\n")
    assert_as_it_was("data/app.db")
    local code, out = run("--ro-bind data /data", "status")
    assert.equal(0, code)
    has(out, "2 applied, 1 pending\n")
    code, out = run("--ro-bind data /data", "doctor")
    assert.equal(2, code)
    has(out, "✗ the database /data/app.db is on a read-only volume\n")
  end)

  it("a WAL database on a read-only volume", function()
    migrated("wal")
    local sentence = "the database /data/app%.db is in WAL mode on a " ..
      "read%-only volume: SQLite needs /data/app%.db%-shm beside it and " ..
      "cannot make it"
    refused("--ro-bind data /data", 2, sentence,
      "mount it writable; lumigrate status reads it as it is, and other " ..
      "programs can with immutable=1\n")
    local code, out = run("--ro-bind data /data", "status")
    assert.equal(0, code)
    has(out, "2 applied, 1 pending\n")
    code, out = run("--ro-bind data /data", "doctor")
    assert.equal(2, code)
    assert.truthy(out:find("✗ " .. sentence), out)
    local _, left = box:sh("ls -A data")
    assert.equal("app.db\n", left)
    assert_as_it_was("data/app.db")
  end)

  it("a volume that is full", function()
    box:write("root/migrations/2026_02_01_big.lua", [[
MIGRATION_ID = "2026_02_01_big"
function upgrade(conn)
  conn:execute("CREATE TABLE big (x)")
  conn:execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 " ..
    "FROM n WHERE i < 5000) INSERT INTO big SELECT zeroblob(1000) FROM n")
end
]])
    local err = refused("--size 2000000 --tmpfs /data", 7,
      "the disk is full: %d+ bytes are free where the database " ..
        "/data/app%.db %(%d+ bytes%) is", "make room and run it again; ")
    has(err, "\n  SQLite     SQLITE_FULL (13)\n")
    has(err, "\n  state      the migration was rolled back; 2 migrations " ..
      "applied before it stay applied\n")
  end)
end)
