-- SPDX-License-Identifier: MIT
-- Every built-in template, filled in, makes a script that may run again on
-- whatever it finds, that keeps what it does not name, and that fails with
-- the table's name where its table is not there.
local sandbox = require "tests.support.sandbox"

local DAY = "2026-01-28"

-- A shop with everything that hangs on a table.
local SHOP = [[
  CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER REFERENCES customers (id),
    status TEXT, note TEXT, amount TEXT
  );
  CREATE TABLE lines (id INTEGER PRIMARY KEY,
    order_id INTEGER REFERENCES orders (id) ON DELETE CASCADE);
  CREATE TABLE log (what TEXT);
  CREATE INDEX orders_by_customer ON orders (customer_id);
  CREATE VIEW open_orders AS SELECT id, status FROM orders
    WHERE status = 'open';
  CREATE TRIGGER orders_logged AFTER UPDATE OF status ON orders BEGIN
    INSERT INTO log VALUES (old.id || ' ' || new.status);
  END;
  CREATE TRIGGER lines_logged AFTER INSERT ON lines BEGIN
    INSERT INTO log SELECT 'line of ' || status FROM orders
      WHERE id = new.order_id;
  END;
]]

local ROWS = [[
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
    WHERE i < 10000)
  INSERT INTO customers SELECT i, 'customer ' || i FROM n;
  INSERT INTO orders (id, customer_id, status, amount)
    SELECT id, id, 'open', '  ' || id || ' EUR ' FROM customers;
  INSERT INTO lines SELECT id, id FROM orders;
  UPDATE sqlite_sequence SET seq = 20000;
  DELETE FROM log;
]]

local AFTER = "id INTEGER PRIMARY KEY AUTOINCREMENT, " ..
  "customer_id INTEGER REFERENCES customers (id), " ..
  "status TEXT NOT NULL DEFAULT 'open', note TEXT, amount TEXT"
local BEFORE = "id INTEGER PRIMARY KEY AUTOINCREMENT, " ..
  "customer_id INTEGER REFERENCES customers (id), " ..
  "status TEXT, note TEXT, amount TEXT"

-- The table made again with other columns behind the first two.
local function by_hand(columns)
  return ([[
    PRAGMA legacy_alter_table = ON;
    CREATE TABLE new (id INTEGER PRIMARY KEY AUTOINCREMENT,
      customer_id INTEGER REFERENCES customers (id), %s);
    INSERT INTO new SELECT * FROM orders;
    DROP TABLE orders;
    ALTER TABLE new RENAME TO orders;
  ]]):format(columns)
end

-- done: what has the effect before the script comes. fresh: it needs no
-- table. back: a way down.
local CASES = {
  add_column = {
    set = { "table=orders", "column=total",
      "type=INTEGER NOT NULL DEFAULT 0" },
    done = "ALTER TABLE orders ADD COLUMN Total INTEGER",
    back = true,
  },
  create_table = {
    set = { "table=audit_log" },
    done = "CREATE TABLE Audit_Log (id INTEGER PRIMARY KEY)",
    fresh = true,
    back = true,
  },
  data_migration = {
    set = { "table=orders", "column=note", "source=amount" },
    done = "UPDATE orders SET note = trim(amount)",
  },
  recreate_table = {
    set = { "table=orders", "columns=" .. AFTER, "before=" .. BEFORE },
    done = ([[
      PRAGMA legacy_alter_table = ON;
      CREATE TABLE new (%s);
      INSERT INTO new SELECT * FROM orders;
      DROP TABLE orders;
      ALTER TABLE new RENAME TO orders;
    ]]):format(AFTER),
    back = true,
  },
  rename_column = {
    set = { "table=orders", "from=amount", "to=price" },
    done = "ALTER TABLE orders RENAME COLUMN amount TO price",
    back = true,
  },
  add_index = {
    set = { "table=orders", "columns=status,customer_id" },
    done = "CREATE INDEX by_hand ON orders (Status, Customer_ID)",
    back = true,
  },
  ["add_index, unique"] = {
    template = "add_index",
    set = { "table=orders", "columns=status, customer_id", "unique=yes" },
    done = "CREATE UNIQUE INDEX by_hand ON orders (Status, Customer_ID)",
    back = true,
  },
  drop_column = {
    set = { "table=orders", "column=note" },
    done = "ALTER TABLE orders DROP COLUMN note",
    back = true,
  },
  change_type = {
    set = { "table=orders", "column=amount", "type=REAL", "before=TEXT" },
    done = by_hand("status TEXT, note TEXT, amount REAL"),
    back = true,
    lua_only = true,
  },
  add_foreign_key = {
    set = { "table=lines", "columns=order_id", "parent=orders",
      "on_delete=CASCADE" },
    done = "",
    there = true,
    lua_only = true,
  },
  make_not_null = {
    set = { "table=orders", "column=status" },
    done = by_hand("status TEXT NOT NULL, note TEXT, amount TEXT"),
    back = true,
    lua_only = true,
  },
  ["make_not_null, filled"] = {
    template = "make_not_null",
    set = { "table=orders", "column=note", "fill='none'" },
    done = by_hand("status TEXT, note TEXT NOT NULL, amount TEXT")
      :gsub("SELECT %*", "SELECT id, customer_id, status, " ..
        "coalesce(note, 'none'), amount"),
    back = true,
    lua_only = true,
  },
  plain = { set = {}, done = "", fresh = true },
}

local names = {}
for name, case in pairs(CASES) do
  names[#names + 1] = name
  case.template = case.template or name
end
table.sort(names)

local function write(box, case, ...)
  local words = { "new", "some work", "-t", case.template, "--date", DAY,
    "--force" }
  for _, set in ipairs(case.set) do
    words[#words + 1] = "--set"
    words[#words + 1] = set
  end
  for _, word in ipairs { ... } do
    words[#words + 1] = word
  end
  local status, out, err = box:run(table.unpack(words))
  assert.equal(0, status, err)
  return (out:gsub("\n$", ""))
end

-- All that is in the database but what the runner keeps for itself.
local function dump(box)
  local list = {}
  for _, row in ipairs(box:query([[
      SELECT name, sql FROM sqlite_schema
      WHERE tbl_name NOT LIKE 'schema!_migrations%' ESCAPE '!'
      ORDER BY type, name]])) do
    list[#list + 1] = row.name .. ": " .. (row.sql or "")
  end
  for _, row in ipairs(box:query([[
      SELECT name FROM sqlite_schema WHERE type = 'table'
        AND name NOT LIKE 'schema!_migrations%' ESCAPE '!' ORDER BY name]]))
  do
    if row.name ~= "sqlite_sequence" then
      list[#list + 1] = box:sqlite("-quote",
        ('SELECT rowid, * FROM "%s" ORDER BY rowid'):format(row.name))
    end
  end
  list[#list + 1] = box:sqlite("-quote", [[
    SELECT name, seq FROM sqlite_sequence
    WHERE name NOT LIKE 'schema!_migrations%' ESCAPE '!' ORDER BY name]])
  return table.concat(list, "\n")
end

local function effect(box)
  return box:value("SELECT effect FROM schema_migrations")
end

-- The script's downgrade, as a migration of its own.
local function run_downgrade(box, path)
  local text = assert(box:read(path))
  assert(os.remove(box:path(path)))
  box:write("migrations/2026_01_29_down.lua",
    (text:gsub('MIGRATION_ID = "[^"]*"',
      'MIGRATION_ID = "2026_01_29_down"')) .. "\nupgrade = downgrade\n")
  return box:run("up")
end

describe("a template", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  local function runs_twice(case)
    write(box, case)
    box:up()
    local once = dump(box)
    box:sql("DELETE FROM schema_migrations")
    box:up()
    assert.equal(once, dump(box))
    assert.equal("no_op", effect(box))
  end

  for _, name in ipairs(names) do
    local case = CASES[name]

    it(name .. " runs twice on empty tables", function()
      box:sql(SHOP)
      runs_twice(case)
    end)

    it(name .. " runs twice on 10,000 rows", function()
      box:sql(SHOP .. ROWS)
      runs_twice(case)
      assert.equal(10000, box:value("SELECT count(*) FROM orders"))
      assert.equal(10000, box:value("SELECT count(*) FROM lines"))
      assert.equal(0, box:value("SELECT count(*) FROM log"))
    end)

    it(name .. " finds work that is done", function()
      box:sql(SHOP .. ROWS .. case.done)
      runs_twice(case)
    end)

    it(name .. " works the first time it runs", function()
      box:sql(SHOP .. ROWS)
      write(box, case)
      box:up()
      assert.equal((name == "plain" or case.there) and "no_op" or "changed",
        effect(box))
    end)

    if not case.fresh then
      it(name .. " names a table that is not there", function()
        box:sql("CREATE TABLE others (id)")
        write(box, case)
        local err = box:fails(1, "up")
        assert.truthy(err:find("there is no table " ..
          (case.there and "lines" or "orders"), 1, true), err)
        assert.equal(0, box:value("SELECT count(*) FROM schema_migrations"))
      end)
    end

    if case.back then
      it(name .. " goes back, once", function()
        box:sql(SHOP .. ROWS)
        local columns = box:sqlite("-quote",
          "SELECT * FROM pragma_table_info('orders') ORDER BY name")
        local path = write(box, case)
        box:up()
        local status, out, err = run_downgrade(box, path)
        assert.equal(0, status, out .. err)
        -- A column that comes back is the last one.
        assert.equal(columns:gsub("%d+,'", "'"), (box:sqlite("-quote",
          "SELECT * FROM pragma_table_info('orders') ORDER BY name")
          :gsub("%d+,'", "'")))
        assert.equal(1, box:value(
          "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND " ..
          "tbl_name = 'orders'"))
        local once = dump(box)
        box:sql("DELETE FROM schema_migrations WHERE id LIKE '%down'")
        box:up()
        assert.equal(once, dump(box))
      end)
    end
  end

  it("keeps odd names as they are", function()
    local odd = [==[o'r"d ]]e]=]`r [$x] \\ -- ü]==]
    local column = 'a "col;umn"'
    box:sql(("CREATE TABLE \"%s\" (id INTEGER PRIMARY KEY, \"%s\" TEXT)")
      :format(odd:gsub('"', '""'), (column:gsub('"', '""'))))
    for _, case in ipairs {
      { template = "add_column", set = { "table=" .. odd, "column=select" } },
      { template = "add_index", set = { "table=" .. odd,
        "columns=select, " .. column, "index=i\\n" } },
      { template = "data_migration", set = { "table=" .. odd,
        "column=select", "source=" .. column } },
      { template = "rename_column", set = { "table=" .. odd, "from=select",
        "to=from]]" } },
      { template = "drop_column", set = { "table=" .. odd,
        "column=other" } },
      { template = "recreate_table", set = { "table=" .. odd,
        "columns=id INTEGER PRIMARY KEY, \"a \"\"col;umn\"\"\" TEXT, " ..
        "\"from]]\" TEXT DEFAULT ']]'" } },
      { template = "create_table", set = { "table=" .. odd .. "2" } },
    } do
      os.remove(box:path("migrations/2026_01_28_some_work.lua"))
      write(box, case)
      local status, out, err = box:run("up")
      assert.equal(0, status, case.template .. out .. err)
      box:sql("DELETE FROM schema_migrations")
    end
    assert.equal("]]", box:value(
      "SELECT substr(dflt_value, 2, 2) FROM pragma_table_info('" ..
      odd:gsub("'", "''") .. "') WHERE name = 'from]]'"))
    assert.equal(1, box:value(
      "SELECT count(*) FROM sqlite_schema WHERE name = 'i\\n'"))
  end)
end)

describe("the template recreate_table", function()
  local box
  local case = CASES.recreate_table
  before_each(function()
    box = sandbox.new()
    box:sql(SHOP .. ROWS)
  end)
  after_each(function() box:destroy() end)

  it("keeps rows, indexes, triggers, views, keys and the counter", function()
    box:sql("ANALYZE")
    write(box, case)
    box:up()
    box:sql("UPDATE orders SET status = 'paid' WHERE id = 7; " ..
      "INSERT INTO lines VALUES (20001, 7); " ..
      "INSERT INTO orders (customer_id) VALUES (1)")
    assert.same({ "7 paid", "line of paid" }, {
      box:value("SELECT what FROM log ORDER BY rowid"),
      box:value("SELECT what FROM log ORDER BY rowid DESC"),
    })
    assert.equal(20001, box:value("SELECT max(id) FROM orders"))
    assert.equal(10000, box:value("SELECT count(*) FROM open_orders"))
    assert.equal(1, box:value("SELECT count(*) FROM sqlite_schema " ..
      "WHERE name = 'orders_by_customer' AND tbl_name = 'orders'"))
    assert.equal(1, box:value("SELECT count(*) FROM sqlite_stat1 " ..
      "WHERE idx = 'orders_by_customer'"))
    assert.equal("orders", box:value(
      'SELECT "table" FROM pragma_foreign_key_list(\'lines\')'))
    assert.equal(0, box:value(
      "SELECT count(*) FROM pragma_foreign_key_check"))
  end)

  it("keeps rowids, STRICT and WITHOUT ROWID", function()
    box:sql([[
      CREATE TABLE bare (a TEXT) STRICT;
      INSERT INTO bare (rowid, a) VALUES (5, 'five'), (9, 'nine');
      CREATE TABLE keyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
      INSERT INTO keyed VALUES ('x', 1);
    ]])
    write(box, { template = "recreate_table",
      set = { "table=bare", "columns=a TEXT NOT NULL" } })
    box:up()
    os.remove(box:path("migrations/2026_01_28_some_work.lua"))
    box:sql("DELETE FROM schema_migrations")
    write(box, { template = "recreate_table",
      set = { "table=keyed", "columns=k TEXT PRIMARY KEY, v NOT NULL" } })
    box:up()
    assert.equal(9, box:value("SELECT rowid FROM bare WHERE a = 'nine'"))
    assert.equal(1, box:value(
      "SELECT strict FROM pragma_table_list('bare')"))
    assert.equal(1, box:value("SELECT wr FROM pragma_table_list('keyed')"))
    assert.equal(1, box:value("SELECT v FROM keyed"))
  end)

  it("refuses to lose a column", function()
    write(box, { template = "recreate_table",
      set = { "table=orders", "columns=id INTEGER PRIMARY KEY" } })
    local before = dump(box)
    local err = box:fails(1, "up")
    assert.truthy(err:find(
      "the column customer_id would be lost", 1, true), err)
    local after = dump(box)
    assert.equal(before, after)
  end)

  it("refuses rows that do not fit", function()
    box:sql("UPDATE orders SET status = NULL WHERE id = 3")
    write(box, case)
    local err = box:fails(1, "up")
    assert.truthy(err:find("NOT NULL constraint failed", 1, true), err)
    assert.equal(10000, box:value("SELECT count(*) FROM orders"))
  end)

  it("takes other values where the script names them", function()
    box:sql("UPDATE orders SET status = NULL WHERE id = 3")
    local path = write(box, case)
    box:write(path, (box:read(path):gsub('%-%- status =', 'status =')))
    box:up()
    assert.equal("open",
      box:value("SELECT status FROM orders WHERE id = 3"))
  end)

  it("leaves a table alone that has the free name", function()
    box:sql("CREATE TABLE orders_new (x); " ..
      "INSERT INTO orders_new VALUES (1)")
    write(box, case)
    box:up()
    assert.equal(1, box:value("SELECT x FROM orders_new"))
  end)
end)

describe("a SQL template", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  for _, name in ipairs(names) do
    local case = CASES[name]
    if case.template ~= "recreate_table" and not case.lua_only then
      it(name .. " runs", function()
        box:sql(SHOP .. ROWS)
        local set = {}
        for i, one in ipairs(case.set) do
          set[i] = one
        end
        assert.truthy(write(box, { template = case.template, set = set },
          "--sql"):find("_some_work%.sql$"))
        box:up()
        assert.equal(name == "plain" and "no_op" or "changed", effect(box))
      end)
    end
  end

  it("recreate_table is not there, and says so", function()
    local err = box:fails(2, "new", "x", "-t", "recreate_table", "--sql")
    assert.truthy(err:find('no SQL template "recreate_table"', 1, true))
    assert.truthy(err:find("leave out --sql", 1, true))
  end)
end)

describe("an example file", function()
  local EXAMPLES = {
    add_column = { "add email to users" },
    create_table = { "create audit log" },
    data_migration = { "fill in domain of users", "--set", "table=users",
      "--set", "column=domain", "--set", "source=email", "-t",
      "data_migration" },
    recreate_table = { "require status of orders", "-t", "recreate_table",
      "--set", "table=orders", "--set", "columns=id INTEGER PRIMARY KEY, " ..
      "status TEXT NOT NULL DEFAULT 'open', total_cents INTEGER NOT NULL",
      "--set", "before=id INTEGER PRIMARY KEY, status TEXT, " ..
      "total_cents INTEGER" },
  }
  for name, words in pairs(EXAMPLES) do
    it("example_" .. name .. ".lua.example is what new writes", function()
      local box = sandbox.new()
      local status, out, err = box:run("new", "--date", DAY,
        table.unpack(words))
      local written = status == 0 and box:read(out:gsub("\n", ""))
      local file = io.open(("%s/migrations/example_%s.lua.example"):format(
        sandbox.root, name))
      local example = file and file:read("a")
      box:destroy()
      assert.equal(0, status, err)
      assert.equal(written, example)
    end)
  end
end)
