-- SPDX-License-Identifier: MIT
std = "lua54"
max_line_length = 100
self = false

files["tests"].std = "lua54+busted"

local function fields(words)
  local list = {}
  for word in words:gmatch("%S+") do
    list[word] = {}
  end
  return { fields = list }
end

-- All that a migration gets: what it may set, what the runner gives to it, and
-- what is left of Lua's own library. tests/annotations_spec.lua compares.
stds.migration = {
  globals = {
    "MIGRATION_ID", "DESCRIPTION", "TRANSACTION", "FOREIGN_KEYS", "RUN",
    "upgrade", "downgrade",
  },
  read_globals = {
    "table_exists", "column_exists", "view_exists", "index_exists",
    "trigger_exists", "foreign_key_exists", "row_exists",
    "blob", "NULL", "progress", log = fields("info warn"),

    "_VERSION", "assert", "error", "getmetatable", "ipairs", "load", "next",
    "pairs", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset",
    "require", "select", "setmetatable", "tonumber", "tostring", "type",
    "xpcall",
    _G = { other_fields = true },
    coroutine = fields("close create isyieldable resume running status " ..
      "wrap yield"),
    math = fields("abs acos asin atan ceil cos deg exp floor fmod huge log " ..
      "max maxinteger min mininteger modf pi rad random randomseed sin " ..
      "sqrt tan tointeger type ult"),
    os = fields("clock date difftime getenv time"),
    string = fields("byte char find format gmatch gsub len lower match " ..
      "pack packsize rep reverse sub unpack upper"),
    table = fields("concat insert move pack remove sort unpack"),
    utf8 = fields("char charpattern codepoint codes len offset"),
  },
}

local script = {
  std = "migration",
  -- upgrade's parameters are the guards again, by the same names.
  ignore = { "212", "431", "432" },
}
files["migrations"] = script
files["examples"] = script
