-- SPDX-License-Identifier: MIT
--
-- Comparing tables inside a migration.
--
--   same.LIB    functions for the body of a migration, on one line:
--     is(got, want)    equal all the way down, kinds of numbers too; `want`
--                      has all fields that there are
--     shown(value)     as text, fields in order
--     names(list)      the field `name` of each, joined by blanks
local same = {}

same.LIB = [[
  local function shown(v)
    if type(v) == "string" then return string.format("%q", v) end
    if type(v) ~= "table" then
      return tostring(v) .. (math.type(v) == "float" and "f" or "")
    end
    local out, keys = {}, {}
    for k in pairs(v) do keys[#keys + 1] = k end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    for i, k in ipairs(keys) do
      out[i] = (type(k) == "number" and "" or k .. " = ") .. shown(v[k])
    end
    return "{" .. table.concat(out, ", ") .. "}"
  end
  local function is(got, want)
    if shown(got) ~= shown(want) then
      error("got " .. shown(got) .. ", wanted " .. shown(want), 2)
    end
  end
  local function names(list)
    local out = {}
    for i, x in ipairs(list) do out[i] = tostring(x.name) end
    return table.concat(out, " ")
  end
]]
same.LIB = same.LIB:gsub("%s+", " ")

return same
