-- The shelf.
CREATE TABLE IF NOT EXISTS books (
  id     INTEGER PRIMARY KEY,
  title  TEXT NOT NULL,
  author TEXT NOT NULL DEFAULT ''
);

CREATE INDEX IF NOT EXISTS books_by_author ON books (author);
