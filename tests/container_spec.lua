-- SPDX-License-Identifier: MIT
-- examples/container: its entry point as an image runs it, process 1 of a
-- container whose root is read-only and holds the static program and busybox.
-- There is no Docker engine here; bubblewrap makes the container.
local sandbox = require "tests.support.sandbox"
local container = require "tests.support.container"
local image = require "tests.support.image"
local quote = sandbox.quote

describe("examples/container", function()
  local box

  local function output_of(command)
    local status, out, err = box:sh(command)
    assert.equal(0, status, out .. err)
    return out
  end

  -- A shell line that runs the image with these variables and words; in an
  -- env of its own: volume, how the folder of the database is mounted.
  local function line(env, words)
    local set = {}
    for name, value in pairs(env or {}) do
      set[name] = value
    end
    local mounts = set.volume and set.volume .. " data /data"
    set.volume = nil
    return image.line(set, words, mounts)
  end

  local function run(env, ...)
    return box:sh(line(env, { ... }))
  end

  -- Process 1 as we see it; it gets signals from outside its namespace.
  local function kill_first(signal)
    local pid = (box:read("status") or ""):match('"child%-pid": (%d+)')
    output_of(("kill -%s %s"):format(signal, pid))
  end

  local function wait_for(job, ready)
    while not ready() do
      assert.is_true(box:running(job), box:read(job.base .. ".err"))
    end
  end

  before_each(function()
    if container.missing() then
      pending(container.missing())
    end
    box = sandbox.new()
    image.make(box)
    container.open(box)
    box.db = box:path("data/app.db")
  end)
  after_each(function()
    if box then
      box:destroy()
    end
  end)

  it("starts the command as process 1, migrated", function()
    local status, out, err = run(nil, "sh", "-c",
      'echo $$ $# "[$1]" "[$2]"; touch /x 2>/dev/null; exit 7', "sh", "a  b",
      "$(c)")
    assert.equal(7, status, err)
    assert.equal("1 2 [a  b] [$(c)]\n", out)
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations"))
    assert.truthy(err:find("2 migrations applied", 1, true), err)
    assert.is_false(box:exists("root/x"))
  end)

  it("finds nothing to do the second time", function()
    assert.equal(0, (run(nil, "echo", "first")))
    local before = box:bytes()
    local status, out, err = run(nil, "echo", "second")
    assert.equal(0, status)
    assert.equal("second\n", out)
    assert.equal("✓ All migrations already applied\n", err)
    assert.equal(before, box:bytes())
  end)

  it("never starts the command when a migration fails", function()
    box:write("root/migrations/2026_02_01_bad.lua", [[
MIGRATION_ID = "2026_02_01_bad"
function upgrade(conn)
  conn:execute("DROP TABLE visits")
  error("not like this")
end
]])
    local status, out, err = run(nil, "touch", "/data/started")
    assert.equal(1, status)
    assert.equal("", out)
    assert.truthy(err:find("lumigrate: error: not like this", 1, true), err)
    assert.is_false(box:exists("data/started"))
    assert.equal(0, box:value("SELECT count(*) FROM visits"))
  end)

  it("rolls back for SIGTERM while it migrates", function()
    box:write("root/migrations/2026_02_01_long.lua", [[
MIGRATION_ID = "2026_02_01_long"
function upgrade(conn)
  conn:execute("CREATE TABLE long (x)")
  print("inside")
  conn:execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 " ..
    "FROM n) INSERT INTO long SELECT i FROM n")
end
]])
    local job = box:spawn_sh(line(nil, { "touch", "/data/started" }))
    wait_for(job, function()
      return (box:read(job.base .. ".err") or ""):find("inside", 1, true)
    end)
    kill_first("TERM")
    local status, _, err = box:wait(job, 20)
    assert.equal(143, status, err)
    assert.truthy(err:find("interrupted by SIGTERM", 1, true), err)
    assert.is_false(box:exists("data/started"))
    assert.is_false(box:exists("data/app.db-journal"))
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations"))
  end)

  it("lets SIGTERM reach the command while it serves", function()
    local job = box:spawn_sh(line(nil, { "sh", "-c", [[
      trap 'echo ending; exit 5' TERM
      touch /data/serving
      while :; do sleep 0.05; done
    ]] }))
    wait_for(job, function() return box:exists("data/serving") end)
    kill_first("TERM")
    local status, out = box:wait(job, 20)
    assert.equal(5, status)
    assert.equal("ending\n", out)
  end)

  it("migrates once when two replicas start at once", function()
    box:write("root/migrations/2026_02_01_row.lua", [[
MIGRATION_ID = "2026_02_01_row"
function upgrade(conn)
  conn:execute("INSERT INTO visits (visitor) VALUES ('first')")
end
]])
    local jobs = {}
    for i = 1, 2 do
      jobs[i] = box:spawn_sh(line(nil, { "echo", "serving" }))
    end
    for i = 1, 2 do
      local status, out, err = box:wait(jobs[i])
      assert.equal(0, status, err)
      assert.equal("serving\n", out)
    end
    assert.equal(1, box:value("SELECT count(*) FROM visits"))
    assert.equal(3, box:value("SELECT count(*) FROM schema_migrations"))
    assert.equal(3, box:value(
      "SELECT count(*) FROM schema_migrations_history"))
  end)

  it("takes DATABASE_URL from a secret, for the command too", function()
    box:write("root/secrets/url", "sqlite:///data/secret.db\n")
    local status, out, err = run({ DATABASE_URL = false,
      DATABASE_URL_FILE = "/secrets/url" }, "sh", "-c",
      "echo $DATABASE_URL ${DATABASE_URL_FILE-unset}")
    assert.equal(0, status, err)
    assert.equal("sqlite:///data/secret.db unset\n", out)
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations",
      "data/secret.db"))
  end)

  it("ends with 64 when its settings are wrong", function()
    box:write("root/secrets/url", "sqlite:///data/secret.db\n")
    box:write("root/secrets/empty", "\n")
    for _, case in ipairs {
      { { DATABASE_URL_FILE = "/secrets/url" }, "are both set" },
      { { DATABASE_URL = false, DATABASE_URL_FILE = "/secrets/none" },
        "cannot read /secrets/none" },
      { { DATABASE_URL = false, DATABASE_URL_FILE = "/secrets/empty" },
        "is empty" },
      { { LUMIGRATE_ON_START = "yes" }, 'LUMIGRATE_ON_START is "yes", ' ..
        "not up, wait, check or skip" },
    } do
      local status, out, err = run(case[1], "touch", "/data/started")
      assert.equal(64, status, out .. err)
      assert.truthy(err:find(case[2], 1, true), err)
      assert.is_false(box:exists("data/started"))
      assert.is_false(box:exists("data/app.db"))
    end
  end)

  it("only starts the command with LUMIGRATE_ON_START=skip", function()
    local status, out, err = run({ LUMIGRATE_ON_START = "skip" }, "sh", "-c",
      "echo $$; exit 3")
    assert.equal(3, status)
    assert.equal("1\n", out)
    assert.equal("", err)
    assert.is_false(box:exists("data/app.db"))
  end)

  it("starts the command only if it is ready, with check", function()
    local env = { LUMIGRATE_ON_START = "check", volume = "--ro-bind" }
    local status, out, err = run(env, "touch", "/data/started")
    assert.same({ 3, "" }, { status, out })
    assert.truthy(err:find("· pending: ", 1, true), err)
    assert.is_false(box:exists("data/app.db"))
    assert.equal(0, (run(nil, "up")))
    local before = box:bytes()
    status, out, err = run(env, "sh", "-c", "echo $$ $1; exit 7", "sh", "a b")
    assert.same({ 7, "1 a b\n", "✓ ready: 2 applied, 0 pending\n" },
      { status, out, err })
    assert.equal(before, box:bytes())
    box:sql("CREATE VIEW v AS SELECT * FROM visits; DROP TABLE visits")
    status, out, err = run(env, "touch", "/data/started")
    assert.same({ 4, "" }, { status, out })
    assert.truthy(err:find("the view v does not compile", 1, true), err)
    assert.is_false(box:exists("data/started"))
  end)

  it("waits for another container's migration, with wait", function()
    local job = box:spawn_sh(line({ LUMIGRATE_ON_START = "wait",
      volume = "--ro-bind" }, { "sh", "-c", "echo $$; exit 5" }))
    wait_for(job, function()
      return (box:read(job.base .. ".err") or ""):find("waiting: 2 migr", 1,
        true)
    end)
    assert.is_false(box:exists("data/app.db"))
    assert.equal(0, (run(nil, "up")))
    local status, out, err = box:wait(job, 20)
    assert.same({ 5, "1\n" }, { status, out })
    assert.truthy(err:find("✓ ready: 2 applied, 0 pending\n", 1, true), err)
  end)

  it("ends waiting when its time is up, and for SIGTERM", function()
    local env = { LUMIGRATE_ON_START = "wait", LUMIGRATE_WAIT_TIMEOUT = "0.1" }
    local status, _, err = run(env, "touch", "/data/started")
    assert.equal(5, status, err)
    env.LUMIGRATE_WAIT_TIMEOUT = nil
    local job = box:spawn_sh(line(env, { "touch", "/data/started" }))
    wait_for(job, function()
      return (box:read(job.base .. ".err") or ""):find("waiting", 1, true)
    end)
    kill_first("TERM")
    status, _, err = box:wait(job, 20)
    assert.equal(143, status, err)
    assert.is_false(box:exists("data/started"))
    env.LUMIGRATE_SKIP = "1"
    assert.equal(0, (run(env, "touch", "/data/started")))
    assert.is_true(box:exists("data/started"))
  end)

  -- What the notes on Kubernetes give to this image, and to a probe.
  it("understands the words of kubernetes.md", function()
    assert.equal(0, (run(nil, "up")))
    local text, seen = box:read(image.files .. "kubernetes.md"), {}
    for key, list in text:gmatch("(%l+): %[(\"[^%]\n]*)%]") do
      local words = {}
      for word in list:gmatch('"([^"]*)"') do
        words[#words + 1] = word
      end
      if key == "command" and words[1] == "lumigrate" and
          words[#words] ~= "--" or words[1] == "wait" or words[1] == "up" then
        seen[words[1] == "lumigrate" and words[2] or words[1]] = true
        local status, out, err = run({ volume = "--ro-bind" },
          table.unpack(words))
        assert.equal(0, status, list .. out .. err)
      end
    end
    assert.same({ up = true, wait = true, check = true }, seen)
    for value in text:gmatch("LUMIGRATE_ON_START, value: (%l+)") do
      assert.equal(0, (run({ LUMIGRATE_ON_START = value }, "echo")))
    end
  end)

  it("hands lumigrate's own commands to lumigrate", function()
    local status, out = run(nil, "status")
    assert.equal(0, status)
    assert.truthy(out:find("2026_01_05_create_visits", 1, true), out)
    assert.is_false(box:exists("data/app.db"))
    status, out = run(nil, "lumigrate", "version")
    assert.equal(0, status)
    assert.truthy(out:find("^lumigrate %d"))
    status, out = run(nil, "--version")
    assert.equal(0, status)
    assert.truthy(out:find("^lumigrate %d"))
  end)

  it("says when the command is not in the image", function()
    local status, _, err = run(nil, "server")
    assert.equal(127, status)
    assert.truthy(err:find('cannot run "server"', 1, true), err)
    assert.equal(2, box:value("SELECT count(*) FROM schema_migrations"))
  end)
end)

describe("the files of examples/container", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  it("are shell that every shell reads and shellcheck likes", function()
    local script = quote(image.files .. "docker-entrypoint.sh")
    for _, shell in ipairs { "sh", "bash --posix", "busybox sh" } do
      local status, _, err = box:sh(("%s -n %s"):format(shell, script))
      assert.equal(0, status, shell .. ": " .. err)
    end
    local status, out = box:sh("shellcheck " .. script)
    assert.equal(0, status, out)
  end)

  it("copy into the image only what is there", function()
    local count = 0
    for _, name in ipairs { "Dockerfile", "Dockerfile.scratch" } do
      for words in assert(box:read(image.files .. name)):gmatch("\nCOPY ([^\n]+)")
      do
        local source = words:match("^%S+")
        if source:sub(1, 2) ~= "--" then
          assert.is_true(box:exists(sandbox.root .. "/" .. source), source)
          count = count + 1
        end
      end
    end
    assert.is_true(count >= 7)
  end)

  -- What COPY brings is enough to build both programs.
  it("bring all that the build needs", function()
    local status, out, err = box:sh(([[
      mkdir src && cd %s && tar cf - Makefile scripts runner |
      tar xf - -C "$OLDPWD/src" && cd "$OLDPWD/src" &&
      make -n all static >/dev/null
    ]]):format(quote(sandbox.root)))
    assert.equal(0, status, out .. err)
  end)

  it("make an image", function()
    pending("there is no Docker engine here: the image files are not built")
  end)
end)
