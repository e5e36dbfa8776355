--@about create a table, unless it is there
--@var table identifier -- the new table
--@var columns columns = id INTEGER PRIMARY KEY, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP -- its columns and constraints
-- ${words}.

-- migrate:up
CREATE TABLE IF NOT EXISTS ${table} (
  ${columns}
);

-- migrate:down
DROP TABLE IF EXISTS ${table};
