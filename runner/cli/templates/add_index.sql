--@about index columns of a table, unless there is an index of this name
--@var table identifier -- the table
--@var columns identifiers -- its columns, split by commas
--@var index identifier = ${table}_by_${columns} -- the name of the index
--@var unique flag = no -- may no two rows have the same values?
-- ${words}.

-- migrate:up
--@if unique
CREATE UNIQUE INDEX IF NOT EXISTS ${index} ON ${table} (${columns});
--@else
CREATE INDEX IF NOT EXISTS ${index} ON ${table} (${columns});
--@end

-- migrate:down
DROP INDEX IF EXISTS ${index};
