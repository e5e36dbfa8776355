-- SPDX-License-Identifier: MIT
std = "lua54"
max_line_length = 79
self = false

files["tests"].std = "lua54+busted"

-- What the runner gives to a script, and the five globals it may set.
local script = {
  globals = {
    "MIGRATION_ID", "DESCRIPTION", "TRANSACTION", "FOREIGN_KEYS", "RUN",
    "upgrade", "downgrade",
  },
  read_globals = {
    "table_exists", "column_exists", "view_exists", "index_exists",
    "trigger_exists", "foreign_key_exists", "row_exists",
    "blob", "NULL", "progress", "log",
  },
  -- upgrade's parameters are the guards again, by the same names.
  ignore = { "212", "431", "432" },
}
files["migrations"] = script
files["examples"] = script
