--@about an empty SQL file with a way up and a way down
-- ${words}.

-- migrate:up
-- CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT);
SELECT 1;

-- migrate:down
-- DROP TABLE IF EXISTS users;
SELECT 1;
