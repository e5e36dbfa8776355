-- SPDX-License-Identifier: MIT
-- drizzle's meta/_journal.json, whatever stands in it: it is followed as
-- drizzle would follow it, or refused by name before anything is changed.
local sandbox = require "tests.support.sandbox"
local look = require "tests.support.look"

local A = '{"idx":0,"when":5,"tag":"0000_a"}'

local box
before_each(function()
  box = sandbox.new()
  box:sql_file("0000_a.sql", "CREATE TABLE a (x);")
end)
after_each(function() box:destroy() end)

local function journal(text)
  box:write("migrations/meta/_journal.json", text)
end

local function entries(...)
  return '{"version":"7","dialect":"sqlite","entries":[' ..
    table.concat({ ... }, ",") .. "]}"
end

local function refused(text, why)
  journal(text)
  local err = box:fails(2, "up")
  assert.equal("the journal cannot be read: " .. why, look.first_line(err))
  -- The file, and no line that nobody knows.
  look.has(err, "migrations/meta/_journal.json\n")
  look.has(err, "nothing was changed")
  assert.equal("absent", box:bytes())
end

local function runs(text)
  journal(text)
  box:up()
  assert.same({ "0000_a" }, box:rows("SELECT id FROM schema_migrations"))
  assert.equal("a", box:names())
  box:sh("rm app.db")
end

describe("drizzle's journal", function()
  it("is refused when it is not JSON", function()
    for _, text in ipairs {
      "", " \n", "{", '{"entries":[\n{"tag":', entries(A) .. " x",
      entries(A) .. entries(A), entries(A, ""), '{"entries" []}',
      "<<<<<<< HEAD\n" .. entries(A), "\xEF\xBB\xBF" .. entries(A),
      "{'entries':[]}", "{entries:[]}", "/* */" .. entries(A),
      entries('{"tag":"0000_a","x":"\\x"}'),
      entries('{"tag":"0000_a","x":"\\u12g4"}'),
      entries('{"tag":"0000_a","x":"a\nb"}'),
      entries('{"when":NaN,"tag":"0000_a"}'),
      entries('{"when":01,"tag":"0000_a"}'),
      entries('{"when":+1,"tag":"0000_a"}'),
      entries('{"when":0x10,"tag":"0000_a"}'),
    } do
      refused(text, "it is not JSON")
    end
  end)

  it("is refused when it is not UTF-8", function()
    for _, bytes in ipairs { "\xFF", "\xC0\x80", "\xED\xA0\x80", "\xE2\x82" } do
      refused(entries('{"tag":"0000_a","x":"' .. bytes .. '"}'),
        "it is not JSON")
    end
    for _, half in ipairs { "\\ud83d", "\\ude80", "\\ude80\\ud83d" } do
      refused(entries('{"tag":"0000_a' .. half .. '"}'),
        "a text in it is not Unicode")
      refused(entries('{"tag":"0000_a","' .. half .. '":1}'),
        "a text in it is not Unicode")
    end
    runs(entries('{"tag":"0000_a","x":"é \\ud83d\\ude80"}'))
  end)

  it("is refused when a NUL would cut it", function()
    refused(entries(A) .. "\0", "it is not JSON")
    refused(entries(A) .. "\0junk", "it is not JSON")
    refused(entries('{"tag":"0000_a\0"}'), "it is not JSON")
    for _, escape in ipairs { "\\u0000", "\\\\\\u0000" } do
      refused(entries('{"tag":"0000_a' .. escape .. 'x"}'),
        "a text in it holds a NUL")
      refused(entries('{"tag' .. escape .. '":"0000_a"}'),
        "a text in it holds a NUL")
    end
    runs(entries('{"tag":"0000_a","x":"\\\\u0000"}'))
  end)

  it("is refused when a number in it cannot be held", function()
    for _, n in ipairs { "9223372036854775808", "-9223372036854775809",
        ("9"):rep(10000), "1e999", "-1e999" } do
      refused(entries('{"when":' .. n .. ',"tag":"0000_a"}'),
        "a number in it is too large")
      refused('{"version":[' .. n .. '],"entries":[' .. A .. "]}",
        "a number in it is too large")
    end
    for _, n in ipairs { "9223372036854775807", "-9223372036854775808",
        "1.7e308", "1e-999", "-0" } do
      runs(entries('{"when":' .. n .. ',"tag":"0000_a"}'))
    end
  end)

  it("is refused when it is nested without an end", function()
    refused(("["):rep(1000000), "it is not JSON")
    refused(('{"a":'):rep(100000), "it is not JSON")
    local deep = ("["):rep(3000) .. ("]"):rep(3000)
    refused('{"x":' .. deep .. ',"entries":[' .. A .. "]}", "it is not JSON")
    deep = ("["):rep(100) .. ("]"):rep(100)
    runs('{"x":' .. deep .. ',"entries":[' .. A .. "]}")
  end)

  it("is refused when it has no list of entries", function()
    for _, text in ipairs {
      "7", "null", '"entries"', "[]", "[" .. A .. "]", "{}",
      '{"entries":{}}', '{"entries":"[]"}', '{"entries":null}',
      '{"entries":[' .. A .. '],"entries":3}',
    } do
      refused(text, "it has no list of entries")
    end
  end)

  it("is refused when an entry has no tag", function()
    for _, entry in ipairs {
      "1", "null", "true", '"0000_a"', '"{\\"tag\\":\\"0000_a\\"}"',
      '["tag","0000_a"]', "[]", "{}", '{"tag":1}', '{"tag":null}',
      '{"tag":""}', '{"tag":"../0000_a"}', '{"tag":["0000_a"]}',
      '{"tag":{"tag":"0000_a"}}', '{"tag":"0000_a","tag":7}',
      '{"x":{"tag":"0000_a"}}',
    } do
      refused(entries(entry), "an entry has no tag")
      refused(entries(A, entry), "an entry has no tag")
    end
  end)

  it("has no tag left over from the entry before", function()
    box:sql_file("0001_b.sql", "CREATE TABLE b (x);")
    refused(entries(A, '{"when":6}', '{"tag":"0001_b"}'),
      "an entry has no tag")
  end)

  it("means the last of two keys, however they are written", function()
    runs(entries('{"tag":"gone","tag":"0000_a"}'))
    runs(entries('{"t\\u0061g":"0000\\u005fa"}'))
    runs('{"entries":[],"dialect":"mysql","entries":[' .. A ..
      '],"dialect":"sqlite"}')
    runs('{"dialect":"mysql","dialect":7,"entries":[' .. A .. "]}")
  end)

  it("goes by the place of an entry, not by its idx or time", function()
    box:sql_file("0001_b.sql", "CREATE TABLE b (x);")
    journal(entries('{"idx":1,"when":9,"tag":"0001_b"}', A))
    box:up()
    assert.same({ "0001_b", "0000_a" },
      box:rows("SELECT id FROM schema_migrations ORDER BY position"))
  end)

  describe("when drizzle's table is taken over", function()
    local function adopt(when, created_at)
      journal(entries('{"tag":"0000_a",' .. when .. "}"))
      box:sql(([[CREATE TABLE "__drizzle_migrations" (id SERIAL PRIMARY KEY,
        hash text NOT NULL, created_at numeric);
        INSERT INTO __drizzle_migrations VALUES (NULL, 'x', %s)]]):format(
        created_at))
      local status, _, err = box:run("adopt")
      local ids = status == 0 and box:rows("SELECT id FROM schema_migrations")
      box:sh("rm app.db")
      return ids, err
    end

    it("finds an entry by its time", function()
      for when, created_at in pairs {
        ['"when":5'] = "5", ['"when":-5'] = "-5", ['"when":1,"when":5'] = "5",
        ['"when":9223372036854775807'] = "9223372036854775807",
      } do
        local ids, err = adopt(when, created_at)
        assert.same({ "0000_a" }, ids, when .. err)
      end
    end)

    it("takes nothing for a time that is no whole number", function()
      for when, created_at in pairs {
        ['"when":true'] = "1", ['"when":"5"'] = "5", ['"when":5.0'] = "5",
        ['"when":null'] = "0", ['"when":[5]'] = "5",
        ['"when":5,"when":null'] = "5", ['"wheN":5'] = "5",
      } do
        local ids, err = adopt(when, created_at)
        assert.is_false(ids, when)
        look.has(err, "is neither in the journal nor the hash of a file")
      end
    end)
  end)
end)
