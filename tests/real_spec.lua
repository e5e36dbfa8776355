-- SPDX-License-Identifier: MIT
-- A database that somebody else made and uses: proj.db of Debian's package
-- proj-data, with 36 tables, 35 triggers, 7 views and 21 indexes.
local sandbox = require "tests.support.sandbox"
local has = require("tests.support.look").has

local PROJ = "/usr/share/proj/proj.db"

-- Nil, or why there is no such database here.
local function why_absent()
  local function done(command)
    return (os.execute(command .. " >/dev/null 2>&1")) == true
  end
  local install = "DEBIAN_FRONTEND=noninteractive apt-get -qq -y " ..
    "--no-install-recommends install proj-data"
  if done("test -r " .. PROJ) then
    return nil
  elseif not done('[ "$(id -u)" = 0 ]') then
    return "proj-data is not installed, and only root could do it"
  elseif done(install) or done("apt-get -qq update && " .. install) then
    return nil
  end
  return "proj-data is not installed, and apt-get could not do it"
end

local ADD = [[
  if not column_exists("usage", "label") then
    conn:execute("ALTER TABLE usage ADD COLUMN label TEXT")
  end
]]

-- Every row of the largest table, one by one.
local FILL = [[
  local update = conn:cursor()
  local rows = conn:execute("SELECT rowid, object_auth_name, object_code, " ..
    "object_table_name FROM usage WHERE label IS NULL")
  for rowid, auth, code, kind in rows:values() do
    update:execute("UPDATE usage SET label = ? WHERE rowid = ?",
      ("%s:%s (%s)"):format(auth, code, kind:gsub("_", " "):upper()), rowid)
  end
]]

-- A description is never NULL: the table is made again, by its own text.
local RECREATE = [[
  local sql = conn:execute("SELECT sql FROM sqlite_schema " ..
    "WHERE name = 'projected_crs'"):fetchone()[1]
  if sql:find("description TEXT NOT NULL", 1, true) then
    return
  end
  local belongings = conn:execute("SELECT sql FROM sqlite_schema WHERE " ..
    "tbl_name = 'projected_crs' AND type <> 'table' AND sql IS NOT NULL " ..
    "ORDER BY rowid"):fetchall()
  sql = sql:gsub("projected_crs%(", "projected_crs_new(", 1)
  sql = sql:gsub("description TEXT", "%0 NOT NULL DEFAULT ''", 1)
  conn:execute(sql)
  local columns = {}
  for name in conn:execute("SELECT name FROM pragma_table_info(" ..
      "'projected_crs')"):values() do
    columns[#columns + 1] = name == "description" and
      "coalesce(description, '')" or name
  end
  conn:execute("INSERT INTO projected_crs_new SELECT " ..
    table.concat(columns, ", ") .. " FROM projected_crs")
  conn:execute("PRAGMA legacy_alter_table = ON")
  conn:execute("DROP TABLE projected_crs")
  conn:execute("ALTER TABLE projected_crs_new RENAME TO projected_crs")
  for _, belonging in ipairs(belongings) do
    conn:execute(belonging.sql)
  end
]]

local absent = why_absent()

describe("on proj.db", function()
  local box

  local function it_if_present(name, body)
    it(name, function()
      if absent then
        pending(absent)
      else
        body()
      end
    end)
  end

  before_each(function()
    box = sandbox.new()
    if not absent then
      assert(os.execute(("cp %s %s && chmod u+w %s"):format(PROJ,
        sandbox.quote(box.db), sandbox.quote(box.db))))
    end
  end)
  after_each(function() box:destroy() end)

  local function make_story()
    box:migration("2026_02_01_add_label_to_usage", ADD)
    box:migration("2026_02_02_fill_usage_label", FILL)
    box:migration("2026_02_03_require_description", RECREATE)
  end

  local function effects()
    local list = {}
    for i, row in ipairs(box:query(
        "SELECT effect FROM schema_migrations ORDER BY position")) do
      list[i] = row.effect
    end
    return list
  end

  -- The text of everything but what the story changes and the runner's own.
  local function definitions()
    return box:sql("SELECT type, name, tbl_name, sql FROM sqlite_schema " ..
      "WHERE tbl_name NOT LIKE 'schema_migrations%' AND NOT " ..
      "(type = 'table' AND name IN ('usage', 'projected_crs')) " ..
      "ORDER BY type, name")
  end

  -- Every row and every definition that is not the runner's.
  local function content()
    local names = {}
    for i, row in ipairs(box:query("SELECT name FROM sqlite_schema WHERE " ..
        "type = 'table' AND name NOT LIKE 'schema_migrations%' ORDER BY 1"))
    do
      names[i] = row.name
    end
    assert.equal(36, #names)
    return box:sql(".dump " .. table.concat(names, " ") .. "\n") ..
      definitions()
  end

  local function counts_of_views()
    local list = {}
    for _, row in ipairs(box:query(
        "SELECT name FROM sqlite_schema WHERE type = 'view'")) do
      list[row.name] = box:value("SELECT count(*) FROM " .. row.name)
    end
    return list
  end

  local function refused(sql, words)
    local ok, message = pcall(box.sql, box, sql)
    assert.is_false(ok, "is not refused: " .. sql)
    has(message, words)
  end

  local function insert_crs(code)
    return ("INSERT INTO projected_crs SELECT auth_name, '%s', name, " ..
      "description, coordinate_system_auth_name, coordinate_system_code, " ..
      "geodetic_crs_auth_name, geodetic_crs_code, conversion_auth_name, " ..
      "conversion_code, text_definition, deprecated FROM projected_crs " ..
      "WHERE auth_name = 'EPSG' AND code = 2000"):format(code)
  end

  local function insert_usage(code)
    return ("INSERT INTO usage SELECT auth_name, 'n%s', object_table_name," ..
      " object_auth_name, '%s', extent_auth_name, extent_code, " ..
      "scope_auth_name, scope_code, label FROM usage WHERE " ..
      "object_table_name = 'projected_crs' AND object_auth_name = 'EPSG' " ..
      "AND object_code = 2000"):format(code, code)
  end

  it_if_present("a column, a back-fill and a new table apply", function()
    make_story()
    local before = definitions()
    local rows = box:value("SELECT count(*) FROM usage")
    local out = box:up()
    assert.same({ "changed", "changed", "changed" }, effects())
    has(out, (", %s rows changed"):format(tostring(rows):reverse():gsub(
      "(%d%d%d)", "%1,"):reverse():gsub("^,", "")))
    assert.equal(rows, box:value("SELECT count(*) FROM usage WHERE label = " ..
      "object_auth_name || ':' || object_code || ' (' || " ..
      "upper(replace(object_table_name, '_', ' ')) || ')'"))
    assert.equal(before, definitions())
    assert.equal(9984, box:value(
      "SELECT count(*) FROM projected_crs WHERE description = ''"))
    assert.same({}, box:query("PRAGMA foreign_key_check"))
    assert.equal("ok", box:value("PRAGMA integrity_check"))
  end)

  it_if_present("views and triggers work as before", function()
    local before = counts_of_views()
    make_story()
    box:up()
    assert.same(before, counts_of_views())
    local compiled = 0
    for _, row in ipairs(box:query("SELECT tbl_name FROM sqlite_schema " ..
        "WHERE type = 'trigger'")) do
      box:sql("EXPLAIN INSERT INTO " .. row.tbl_name .. " DEFAULT VALUES")
      compiled = compiled + 1
    end
    assert.equal(35, compiled)
    -- A trigger of the new table, one of a table that reads it through a
    -- view, and one of the table with the new column.
    refused(insert_crs(2001), "must not already exist in crs_view")
    refused("INSERT INTO vertical_crs SELECT 'EPSG', 2000, name, " ..
      "description, coordinate_system_auth_name, coordinate_system_code, " ..
      "datum_auth_name, datum_code, deprecated FROM vertical_crs LIMIT 1",
      "must not already exist in crs_view")
    refused(insert_usage("none"), "new entry refers to unexisting code")
    box:sql(insert_crs("fresh") .. ";" .. insert_usage("fresh"))
    assert.equal("", box:value("SELECT description FROM crs_view " ..
      "WHERE code = 'fresh'"))
  end)

  it_if_present("a second run finds everything done", function()
    make_story()
    box:up()
    box:sql("DELETE FROM schema_migrations")
    local before = content()
    local version = box:value("PRAGMA schema_version")
    has(box:up(), "✓ 3 migrations applied in ")
    assert.same({ "no_op", "no_op", "no_op" }, effects())
    assert.equal(before, content())
    assert.equal(version, box:value("PRAGMA schema_version"))
  end)

  it_if_present("a table that a view cannot read any more is refused",
    function()
      make_story()
      box:migration("2026_02_03_require_description", (RECREATE:gsub(
        "%%0 NOT NULL", "remark TEXT NOT NULL")))
      local before = definitions()
      local err = box:fails(1, "up")
      has(err, "migration  2026_02_03_require_description")
      has(err, "the migration breaks the view crs_view: no such column: " ..
        "description")
      has(err, "the migration was rolled back; 2 migrations applied before " ..
        "it stay applied")
      assert.equal(before, definitions())
      assert.equal(9984, box:value(
        "SELECT count(*) FROM projected_crs WHERE description IS NULL"))
    end)

  it_if_present("rows that others point to are not lost", function()
    box:migration("2026_02_01_forget_scopes",
      [[conn:execute("DELETE FROM scope WHERE code = 1024")]])
    local err = box:fails(1, "up")
    assert.truthy(err:find("^lumigrate: error: foreign key violated: row " ..
      "%d+ of usage points to no row of scope\n"))
    assert.equal(1, box:value("SELECT count(*) FROM scope " ..
      "WHERE code = 1024"))
    assert.same({}, box:query("PRAGMA foreign_key_check"))
  end)
end)
