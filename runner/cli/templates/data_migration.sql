--@about fill a column, where it is empty, from another one
--@var table identifier -- the table
--@var column identifier -- the column to fill
--@var source identifier -- the column that its value comes from
-- ${words}. Only empty values are filled, so that a second run
-- finds nothing to do.

-- migrate:up
UPDATE ${table} SET ${column} = ${source}
WHERE ${column} IS NULL AND ${source} IS NOT NULL;

-- migrate:down
-- What was filled in cannot be told from what was there before: it stays.
SELECT 1;
