-- SPDX-License-Identifier: MIT
-- --strict, --out-of-order and --if-ahead: what each does with what is
-- edited, missing, ahead and out of order, alone and together. What is an
-- error is one before anything runs.
local sandbox = require "tests.support.sandbox"

describe("the policy", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local EDITED = "a was edited after it was applied"
  local MISSING = "b is applied, but its file is missing"
  local LATE = "b is out of order: one that comes after it is applied already"
  local AHEAD = "the database is ahead of this folder: c is applied, and its "
    .. "file is not here"
  local GONE = "c is applied, but its file is missing"

  local function ledger()
    return box:value("SELECT group_concat(id, ' ') FROM (SELECT id FROM " ..
      "schema_migrations ORDER BY position)")
  end

  -- a, b and c applied, d pending; then each of these.
  local PREPARE = {
    edited = function()
      box:migration("a", "local changed")
    end,
    missing = function()
      box:sh("rm migrations/b.lua")
    end,
    late = function()
      box:sql("DELETE FROM schema_migrations WHERE id = 'b'")
    end,
    ahead = function()
      box:sh("rm migrations/c.lua migrations/d.lua")
    end,
  }

  local function prepare(what)
    for _, id in ipairs { "a", "b", "c" } do
      box:migration(id, "")
    end
    box:up()
    box:migration("d", "")
    PREPARE[what]()
  end

  -- An up with these words: the status, then what it warns of or fails with.
  local function expect(case, words)
    local before = ledger()
    local status, out, err = box:run("up", table.unpack(words))
    local what = table.concat(words, " ") .. ": " .. out .. err
    assert.equal(case[1], status, what)
    local said = {}
    for kind, line in err:gmatch("lumigrate: (%l+): ([^\n]*)") do
      said[#said + 1] = kind .. ": " .. line
    end
    assert.same({ case[2] }, said, what)
    if status ~= 0 then
      assert.equal(before, ledger())
      assert.falsy(out:find("→", 1, true), out)
    end
  end

  local function words_of(strict, option, value)
    local words = {}
    if strict then
      words[1] = "--strict"
    end
    if value then
      words[#words + 1] = option
      words[#words + 1] = value
    end
    return words
  end

  it("on an edited one is --strict's alone", function()
    for _, strict in ipairs { false, true } do
      for _, order in ipairs { false, "apply", "warn", "error" } do
        prepare("edited")
        expect(strict and { 4, "error: " .. EDITED } or
          { 0, "warning: " .. EDITED },
          words_of(strict, "--out-of-order", order))
        box:destroy()
        box = sandbox.new()
      end
    end
  end)

  it("on a missing one is --strict's, whatever is said of ahead", function()
    for _, strict in ipairs { false, true } do
      for _, ahead in ipairs { false, "ok", "error" } do
        prepare("missing")
        expect(strict and { 4, "error: " .. MISSING } or
          { 0, "warning: " .. MISSING },
          words_of(strict, "--if-ahead", ahead))
        box:destroy()
        box = sandbox.new()
      end
    end
  end)

  it("on one out of order is its own, and without it --strict's", function()
    local warning, none, refusal = { 0, "warning: " .. LATE }, { 0 },
      { 4, "error: " .. LATE }
    for _, case in ipairs {
      { false, false, warning }, { false, "apply", none },
      { false, "warn", warning }, { false, "error", refusal },
      { true, false, refusal }, { true, "apply", none },
      { true, "warn", warning }, { true, "error", refusal },
    } do
      prepare("late")
      expect(case[3], words_of(case[1], "--out-of-order", case[2]))
      assert.equal(case[3] == refusal and "a c" or "a c b d", ledger())
      box:destroy()
      box = sandbox.new()
    end
  end)

  it("on a database ahead is its own, and without it --strict's", function()
    local warning, refusal = { 0, "warning: " .. GONE },
      { 6, "error: " .. AHEAD }
    for _, case in ipairs {
      { false, false, warning }, { false, "ok", warning },
      { false, "error", refusal },
      { true, false, { 4, "error: " .. GONE } }, { true, "ok", warning },
      { true, "error", refusal },
    } do
      prepare("ahead")
      expect(case[3], words_of(case[1], "--if-ahead", case[2]))
      box:destroy()
      box = sandbox.new()
    end
  end)

  it("on all at once names what is ahead first, and runs nothing", function()
    prepare("edited")
    PREPARE.late()
    PREPARE.ahead()
    box:migration("aa", [[conn:execute("CREATE TABLE no (x)")]])
    local before = box:bytes()
    local err = box:fails(6, "up", "--strict", "--if-ahead", "error")
    assert.truthy(err:find(AHEAD, 1, true), err)
    assert.truthy(err:find("--if-ahead ok", 1, true), err)
    assert.truthy(err:find("nothing was changed", 1, true), err)
    assert.equal(before, box:bytes())
    err = box:fails(4, "up", "--strict", "--if-ahead", "ok")
    assert.truthy(err:find(EDITED, 1, true), err)
    assert.equal(before, box:bytes())
  end)

  it("of ahead is one where every missing ID comes after the last", function()
    prepare("ahead")
    box:sh("rm migrations/a.lua")
    -- a sorts before b, which is there: missing, and not ahead.
    local _, _, err = box:run("up", "--if-ahead", "error")
    assert.truthy(err:find("a is applied, but its file is missing", 1, true))
    assert.equal(0, (box:run("up", "--if-ahead", "error")))
  end)

  it("may come from the environment", function()
    prepare("ahead")
    local status, _, err = box:run_env({ LUMIGRATE_IF_AHEAD = "error" }, "up")
    assert.equal(6, status, err)
    assert.equal(0, (box:run_env({ LUMIGRATE_IF_AHEAD = "error" }, "up",
      "--if-ahead", "ok")))
    assert.equal(4, (box:run_env({ LUMIGRATE_STRICT = "1" }, "up")))
    assert.equal(0, (box:run_env({ LUMIGRATE_STRICT = "1",
      LUMIGRATE_IF_AHEAD = "ok" }, "up")))
  end)

  it("is one of the words that there are", function()
    local err = box:fails(2, "up", "--if-ahead", "warn")
    assert.truthy(err:find('--if-ahead: "warn" is not ok or error', 1, true),
      err)
    err = select(3, box:run_env({ LUMIGRATE_IF_AHEAD = "no" }, "up"))
    assert.truthy(err:find('LUMIGRATE_IF_AHEAD: "no" is not ok or error', 1,
      true), err)
    assert.equal("absent", box:bytes())
  end)

  it("in force is what env shows", function()
    local function shown(env, ...)
      local status, out = box:lumigrate_env(env, "env", ...)
      assert.equal(0, status)
      return out:match("\nout%-of%-order +(%l+)"),
        out:match("\nif%-ahead +(%l+)")
    end
    assert.same({ "warn", "ok" }, { shown(nil) })
    assert.same({ "error", "error" }, { shown(nil, "--strict") })
    assert.same({ "error", "error" }, { shown({ LUMIGRATE_STRICT = "1" }) })
    assert.same({ "apply", "ok" }, { shown({ LUMIGRATE_IF_AHEAD = "ok" },
      "--strict", "--out-of-order", "apply") })
    assert.same({ "warn", "error" }, { shown({ LUMIGRATE_STRICT = "1",
      LUMIGRATE_OUT_OF_ORDER = "warn" }) })
  end)
end)
