--@about rename a column
--@var table identifier -- the table
--@var from identifier -- the column's name so far
--@var to identifier -- its new name
-- ${words}. SQL cannot look whether it is done: where it may be,
-- a Lua script is the better choice.

-- migrate:up
ALTER TABLE ${table} RENAME COLUMN ${from} TO ${to};

-- migrate:down
ALTER TABLE ${table} RENAME COLUMN ${to} TO ${from};
