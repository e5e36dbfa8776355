--@about add a column to a table
--@var table identifier -- the table
--@var column identifier -- the new column
--@var type type = TEXT -- its type, with constraints if it has any
-- ${words}. SQL cannot look whether the column is there: where it
-- may be, a Lua script is the better choice.

-- migrate:up
ALTER TABLE ${table} ADD COLUMN ${column} ${type};

-- migrate:down
ALTER TABLE ${table} DROP COLUMN ${column};
