-- SPDX-License-Identifier: MIT
--
-- A strict reader of JSON (RFC 8259), for specs that care about the form too.
--
--   local json = require "tests.support.json"
--   local value = json.decode(text)   raises at anything that is not one
--                                     JSON text: also at what is not UTF-8, a
--                                     key that comes twice, text behind it
--   json.null                         null
--   json.keys(object)                 its keys in the order of the text
--   json.lines(text)                  a list: each line must be a JSON text
--
-- An array is a list (`#` counts its nulls); an object a table by key. Whole
-- numbers are integers, as in Lua.
local json = {}

json.null = setmetatable({}, { __tostring = function() return "null" end })

local orders = setmetatable({}, { __mode = "k" })

local ESCAPES = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/",
  b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

local function fail(text, at, what)
  error(("%s at byte %d: %q"):format(what, at, text:sub(at, at + 30)), 0)
end

local function skip(text, at)
  return (text:find("[^ \t\r\n]", at)) or #text + 1
end

-- \uXXXX, and the second half of a pair when the first asks for it.
local function read_code(text, at)
  local code = tonumber(text:match("^%x%x%x%x", at) or "", 16)
  if not code then
    fail(text, at, "four hex digits expected")
  end
  at = at + 4
  if code >= 0xD800 and code < 0xDC00 then
    local low = tonumber(text:match("^\\u(%x%x%x%x)", at) or "", 16)
    if not low or low < 0xDC00 or low > 0xDFFF then
      fail(text, at, "half a pair")
    end
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), at + 6
  elseif code >= 0xDC00 and code < 0xE000 then
    fail(text, at, "half a pair")
  end
  return code, at
end

local function read_string(text, at)
  local parts = {}
  at = at + 1
  while true do
    local plain = text:match('^[^"\\%c]+', at)
    if plain then
      parts[#parts + 1] = plain
      at = at + #plain
    end
    local c = text:sub(at, at)
    if c == '"' then
      return table.concat(parts), at + 1
    elseif c ~= "\\" then
      if c ~= "\127" then
        fail(text, at, "a string that does not end")
      end
      parts[#parts + 1] = c
      at = at + 1
    elseif text:sub(at + 1, at + 1) == "u" then
      local code
      code, at = read_code(text, at + 2)
      parts[#parts + 1] = utf8.char(code)
    else
      local escaped = ESCAPES[text:sub(at + 1, at + 1)]
      if not escaped then
        fail(text, at, "an unknown escape")
      end
      parts[#parts + 1] = escaped
      at = at + 2
    end
  end
end

local function read_number(text, at)
  local word = text:match("^-?%d[%d.eE+-]*", at)
  local whole = word and word:match("^-?(%d+)")
  local rest = word and word:gsub("^-?%d+", "")
  if not word or (#whole > 1 and whole:sub(1, 1) == "0") or
     not (rest == "" or rest:find("^%.%d+$") or
          rest:find("^[eE][+-]?%d+$") or
          rest:find("^%.%d+[eE][+-]?%d+$")) then
    fail(text, at, "not a number")
  end
  return tonumber(word), at + #word
end

local read_value

local function read_array(text, at)
  local list = {}
  at = skip(text, at + 1)
  if text:sub(at, at) == "]" then
    return list, at + 1
  end
  while true do
    list[#list + 1], at = read_value(text, at)
    at = skip(text, at)
    local c = text:sub(at, at)
    if c == "]" then
      return list, at + 1
    elseif c ~= "," then
      fail(text, at, "a comma or ] expected")
    end
    at = at + 1
  end
end

local function read_member(object, order, text, at)
  at = skip(text, at)
  if text:sub(at, at) ~= '"' then
    fail(text, at, "a key expected")
  end
  local key
  key, at = read_string(text, at)
  if object[key] ~= nil then
    fail(text, at, "a key that comes twice")
  end
  at = skip(text, at)
  if text:sub(at, at) ~= ":" then
    fail(text, at, "a colon expected")
  end
  order[#order + 1] = key
  object[key], at = read_value(text, at + 1)
  return skip(text, at)
end

local function read_object(text, at)
  local object, order = {}, {}
  orders[object] = order
  at = skip(text, at + 1)
  if text:sub(at, at) == "}" then
    return object, at + 1
  end
  while true do
    at = read_member(object, order, text, at)
    local c = text:sub(at, at)
    if c == "}" then
      return object, at + 1
    elseif c ~= "," then
      fail(text, at, "a comma or } expected")
    end
    at = at + 1
  end
end

local WORDS = { ["true"] = true, ["false"] = false, null = json.null }

function read_value(text, at)
  at = skip(text, at)
  local c = text:sub(at, at)
  if c == "{" then
    return read_object(text, at)
  elseif c == "[" then
    return read_array(text, at)
  elseif c == '"' then
    return read_string(text, at)
  end
  local word = text:match("^%l+", at)
  if word then
    if WORDS[word] == nil then
      fail(text, at, "an unknown word")
    end
    return WORDS[word], at + #word
  end
  return read_number(text, at)
end

function json.decode(text)
  local _, bad = utf8.len(text)
  if bad then
    fail(text, bad, "not UTF-8")
  end
  local value, at = read_value(text, 1)
  at = skip(text, at)
  if at <= #text then
    fail(text, at, "text behind the end")
  end
  return value
end

function json.keys(object)
  return assert(orders[object], "not an object")
end

function json.lines(text)
  local list = {}
  assert(text == "" or text:sub(-1) == "\n", "the last line does not end")
  for line in text:gmatch("([^\n]*)\n") do
    list[#list + 1] = json.decode(line)
  end
  return list
end

return json
