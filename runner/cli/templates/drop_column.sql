--@about drop a column with all that is in it
--@var table identifier -- the table
--@var column identifier -- the column that goes
--@var type type = TEXT -- its type, for the way back
-- ${words}. SQL cannot look whether the column is there: where it
-- may be gone, a Lua script is the better choice.

-- migrate:up
ALTER TABLE ${table} DROP COLUMN ${column};

-- migrate:down
ALTER TABLE ${table} ADD COLUMN ${column} ${type};
