--@about let columns refer to another table
--@var table identifier -- the table
--@var columns identifiers -- its columns, split by commas
--@var parent identifier -- the table that they refer to
--@var key identifiers = id -- its columns, split by commas
--@var on_delete text = NO ACTION -- what becomes of rows whose parent goes
--- ${words}.
MIGRATION_ID = ${id}

-- Rows that point nowhere are refused; so is a target that is neither the
-- PRIMARY KEY of its table nor UNIQUE.
function upgrade(conn, column_exists, table_exists)
  local done = conn:alter(${table}, function(t)
    t:add_foreign_key(${columns}, ${parent}, ${key},
      { on_delete = ${on_delete} })
  end)
  if done.changed then
    print("${table} refers to ${parent}")
  end
end

function downgrade(conn, column_exists, table_exists)
  conn:alter(${table}, function(t)
    t:drop_foreign_key(${columns})
  end)
end
