-- SPDX-License-Identifier: MIT
-- migrations/ tells one story, on an empty database and on one that an
-- application made before it had migrations.
local sandbox = require "tests.support.sandbox"

local IDS = {
  "2026_01_05_create_customers_and_orders",
  "2026_01_12_add_email_to_customers",
  "2026_01_19_backfill_customer_email",
  "2026_02_02_index_orders_by_customer",
  "2026_02_09_order_history",
  "2026_03_02_require_order_status",
}

-- What the shop's own program made: e-mail addresses and an index are there,
-- under names of its own.
local APPLICATION = [[
  CREATE TABLE customers (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, contact TEXT, Email TEXT
  );
  CREATE TABLE orders (
    id          INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    placed_at   TEXT NOT NULL,
    status      TEXT,
    total_cents INTEGER NOT NULL
  );
  CREATE INDEX ix_orders ON orders (customer_id, placed_at);
  CREATE VIEW open_orders AS SELECT * FROM orders WHERE status = 'open';
  INSERT INTO customers VALUES
    (1, 'Ada', 'Ada Lovelace <Ada@Example.com>', NULL),
    (2, 'Bob', 'call 555-0100', NULL),
    (3, 'Cyd', 'cyd@old.example', 'cyd@new.example'),
    (4, 'Dee', NULL, NULL);
  INSERT INTO orders VALUES
    (10, 1, '2025-12-01', 'paid', 1250),
    (11, 1, '2025-12-02', NULL, 300),
    (12, 3, '2025-12-03', 'open', 0);
]]

local function effects(box)
  local list = {}
  for _, row in ipairs(box:query(
      "SELECT id, effect FROM schema_migrations ORDER BY position")) do
    list[row.id] = row.effect
  end
  return list
end

describe("the sample migrations", function()
  local box

  before_each(function()
    box = sandbox.new()
    assert(os.execute(("cp -R %s/migrations/. %s"):format(
      sandbox.quote(sandbox.root), sandbox.quote(box.migrations))))
  end)
  after_each(function() box:destroy() end)

  it("run in order on an empty database, once", function()
    box:up()
    local ids = {}
    for i, row in ipairs(box:query(
        "SELECT id FROM schema_migrations ORDER BY position")) do
      ids[i] = row.id
    end
    assert.same(IDS, ids)
    assert.truthy(box:up():find("All migrations already applied", 1, true))
  end)

  it("find work done that an application did before them", function()
    box:sql(APPLICATION)
    box:up()
    local effect = effects(box)
    assert.equal("no_op", effect[IDS[1]])
    assert.equal("no_op", effect[IDS[2]])
    assert.equal("changed", effect[IDS[3]])
    assert.equal("no_op", effect[IDS[4]])
    assert.equal("changed", effect[IDS[5]])
    assert.equal("changed", effect[IDS[6]])
  end)

  it("fill in what is missing and keep what is there", function()
    box:sql(APPLICATION)
    local out = box:up()
    local emails = box:query("SELECT email FROM customers ORDER BY id")
    assert.equal("ada@example.com", emails[1].Email)
    assert.is_nil(emails[2].Email)
    assert.equal("cyd@new.example", emails[3].Email)
    assert.is_nil(emails[4].Email)
    assert.truthy(out:find("1 contacts hold no e-mail address", 1, true))
  end)

  it("make orders again with rows, indexes, views and triggers", function()
    box:sql(APPLICATION)
    box:up()
    assert.equal("paid,open,open", box:value([[
      SELECT group_concat(status) FROM (SELECT * FROM orders ORDER BY id)
    ]]))
    assert.equal(1550, box:value("SELECT sum(total_cents) FROM orders"))
    assert.equal(1, box:value(
      "SELECT count(*) FROM sqlite_schema WHERE name = 'ix_orders'"))
    assert.equal(2, box:value("SELECT count(*) FROM open_orders"))
    box:sql("UPDATE orders SET status = 'sent' WHERE id = 10")
    assert.equal("sent", box:value("SELECT new_status FROM order_history"))
    assert.equal(1550, box:value(
      "SELECT total_cents FROM customer_totals WHERE id = 1"))
    assert.has_error(function()
      box:sql("UPDATE orders SET status = 'lost'")
    end)
  end)

  it("refuse what would be lost", function()
    box:sql(APPLICATION)
    box:sql("ALTER TABLE orders ADD COLUMN gift_wrap TEXT")
    local err = box:fails(1, "up")
    assert.truthy(err:find("orders has a column gift_wrap", 1, true))
    assert.equal(1, box:value("SELECT count(gift_wrap IS NULL) FROM orders " ..
      "WHERE id = 10"))
    assert.equal(5, box:value("SELECT count(*) FROM schema_migrations"))
  end)

  it("say which rows do not fit", function()
    box:sql(APPLICATION)
    box:sql("UPDATE orders SET total_cents = -1 WHERE id = 12")
    local err = box:fails(1, "up")
    assert.truthy(err:find(
      "1 orders do not fit, the first one has id 12", 1, true))
  end)
end)
