-- What happens to an order, and what each customer has spent.
--
-- What SQL can say by itself needs no script: a plain .sql file is run whole,
-- statement by statement, in one transaction.

CREATE TABLE IF NOT EXISTS order_history (
    order_id   INTEGER NOT NULL REFERENCES orders (id),
    changed_at TEXT NOT NULL,
    old_status TEXT,
    new_status TEXT
);

CREATE TRIGGER IF NOT EXISTS orders_status_changed
AFTER UPDATE OF status ON orders
WHEN new.status IS NOT old.status
BEGIN
    INSERT INTO order_history
    VALUES (new.id, datetime('now'), old.status, new.status);
END;

CREATE VIEW IF NOT EXISTS customer_totals AS
SELECT c.id, c.name, count(o.id) AS orders, sum(o.total_cents) AS total_cents
FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id
GROUP BY c.id;
