-- SPDX-License-Identifier: MIT
-- A dump loads into the same schema: tests/support/dumps.lua says what that
-- means. Here: databases that others made, folders of each kind, and what is
-- hard in a definition.
--
-- LUMIGRATE_TEST_DUMPS=FILE proves it of more: a database, folder of
-- migrations or file of SQL on each line of FILE.
local sandbox = require "tests.support.sandbox"
local dumps = require "tests.support.dumps"

-- A shop for records, as many such samples are: eleven tables in a chain, one
-- that points to itself, and one between two others.
local SHOP = [[
  CREATE TABLE [Track] ([TrackId] INTEGER NOT NULL, [Name] NVARCHAR(200)
    NOT NULL, [AlbumId] INTEGER, [MediaId] INTEGER NOT NULL, [GenreId] INTEGER,
    [Price] NUMERIC(10,2) NOT NULL, CONSTRAINT [PK_Track] PRIMARY KEY
    ([TrackId]), FOREIGN KEY ([AlbumId]) REFERENCES [Album] ([AlbumId])
    ON DELETE NO ACTION ON UPDATE NO ACTION, FOREIGN KEY ([MediaId])
    REFERENCES [Media] ([MediaId]), FOREIGN KEY ([GenreId]) REFERENCES
    [Genre] ([GenreId]));
  CREATE TABLE [Album] ([AlbumId] INTEGER PRIMARY KEY NOT NULL,
    [Title] NVARCHAR(160) NOT NULL, [ArtistId] INTEGER NOT NULL REFERENCES
    [Artist] ([ArtistId]));
  CREATE TABLE [Artist] ([ArtistId] INTEGER PRIMARY KEY, [Name] NVARCHAR);
  CREATE TABLE [Genre] ([GenreId] INTEGER PRIMARY KEY, [Name] NVARCHAR(120));
  CREATE TABLE [Media] ([MediaId] INTEGER PRIMARY KEY, [Name] NVARCHAR(120));
  CREATE TABLE [ListTrack] ([ListId] INTEGER NOT NULL, [TrackId] INTEGER
    NOT NULL, CONSTRAINT [PK_ListTrack] PRIMARY KEY ([ListId], [TrackId]),
    FOREIGN KEY ([ListId]) REFERENCES [List] ([ListId]),
    FOREIGN KEY ([TrackId]) REFERENCES [Track] ([TrackId]));
  CREATE TABLE [List] ([ListId] INTEGER PRIMARY KEY, [Name] NVARCHAR(120));
  CREATE TABLE [Line] ([LineId] INTEGER PRIMARY KEY AUTOINCREMENT,
    [BillId] INTEGER NOT NULL REFERENCES [Bill], [TrackId] INTEGER NOT NULL
    REFERENCES [Track] ([TrackId]), [Quantity] INTEGER NOT NULL DEFAULT 1);
  CREATE TABLE [Bill] ([BillId] INTEGER PRIMARY KEY, [BuyerId] INTEGER
    REFERENCES [Buyer] ([BuyerId]) ON DELETE CASCADE, [Day] DATETIME
    DEFAULT CURRENT_TIMESTAMP, [Total] NUMERIC(10,2) CHECK ([Total] >= 0));
  CREATE TABLE [Buyer] ([BuyerId] INTEGER PRIMARY KEY, [Email] NVARCHAR(60)
    COLLATE NOCASE UNIQUE, [SellerId] INTEGER REFERENCES [Staff] ([StaffId]));
  CREATE TABLE [Staff] ([StaffId] INTEGER PRIMARY KEY, [Name] NVARCHAR(20),
    [ReportsTo] INTEGER, FOREIGN KEY ([ReportsTo]) REFERENCES [Staff]
    ([StaffId]));
  CREATE INDEX [IFK_AlbumArtistId] ON [Album] ([ArtistId]);
  CREATE UNIQUE INDEX [IPK_ListTrack] ON [ListTrack] ([ListId], [TrackId]);
  CREATE INDEX [IFK_TrackGenreId] ON [Track] ([GenreId]);
  CREATE VIEW [Takings] AS SELECT strftime('%Y', b.[Day]) AS [Year],
    sum(l.[Quantity] * t.[Price]) AS [Sum] FROM [Bill] b JOIN [Line] l USING
    ([BillId]) JOIN [Track] t USING ([TrackId]) GROUP BY 1;
  CREATE TRIGGER [Totals] AFTER INSERT ON [Line] BEGIN UPDATE [Bill] SET
    [Total] = [Total] + new.[Quantity] WHERE [BillId] = new.[BillId]; END;
  INSERT INTO [Artist] VALUES (1, 'Ada'); INSERT INTO [Line] VALUES (9, 1, 1, 1);
]]

-- Texts of definitions end where SQLite says: with a comment, or blanks, or
-- neither. _N is another number in each.
local ENDS = {
  "CREATE TABLE t_N (a INT) STRICT",
  "CREATE TABLE t_N (a INT PRIMARY KEY) WITHOUT ROWID",
  "CREATE TABLE t_N (a)",
  "CREATE TABLE t_N AS SELECT 1 AS a, 'x' AS \"b c\"",
  "CREATE VIRTUAL TABLE f_N USING fts5(x)",
  "CREATE VIEW v_N AS SELECT 1",
  "CREATE INDEX i_N ON it (a)",
  "CREATE INDEX i_N ON it (a) WHERE a > 1",
  "CREATE TRIGGER g_N AFTER INSERT ON it BEGIN SELECT 1; END",
}
local BEHIND = {
  "", ";", " ;", "\n;", " -- c", " -- c\n", " -- c\n;", " -- c\n  \n ;",
  " /* c */", "/* c */ ;", " -- c /*", " /* -- */\t;", " -- '\n;", " --",
}

-- SQLite takes the end of the text for the end of a comment.
local OPEN = { " /* c", " /* c *", "/*/" }

local KINDS = {
  goose = {
    ["00001_a.sql"] = "-- +goose Up\nCREATE TABLE a (x);\n-- +goose Down\n" ..
      "DROP TABLE a;\n",
    ["00002_b.sql"] = "-- +goose Up\n-- +goose StatementBegin\nCREATE " ..
      "TRIGGER g AFTER INSERT ON a BEGIN\n  DELETE FROM a;\nEND;\n" ..
      "-- +goose StatementEnd\n",
  },
  ["sql-migrate"] = {
    ["1_a.sql"] = "-- +migrate Up\nCREATE TABLE a (x);\n-- +migrate Down\n" ..
      "DROP TABLE a;\n",
  },
  dbmate = {
    ["20260101000000_a.sql"] = "-- migrate:up\nCREATE TABLE a (x);\n" ..
      "-- migrate:down\nDROP TABLE a;\n",
  },
  ["golang-migrate"] = {
    ["1_a.up.sql"] = "CREATE TABLE a (x);", ["1_a.down.sql"] = "DROP TABLE a;",
  },
  sqlx = {
    ["20260101000000_a.sql"] = "-- no-transaction\nCREATE TABLE a (x);",
  },
  diesel = {
    ["2026-01-01-000000_a/up.sql"] = "CREATE TABLE a (x);",
    ["2026-01-01-000000_a/down.sql"] = "DROP TABLE a;",
  },
  Prisma = {
    ["20260101000000_it's/migration.sql"] = [[
      PRAGMA foreign_keys=OFF;
      CREATE TABLE "new_A" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT);
      ALTER TABLE "new_A" RENAME TO "A"; PRAGMA foreign_keys=ON;]],
  },
  drizzle = {
    ["0000_a.sql"] = "CREATE TABLE `a` (`x` text DEFAULT 'y' NOT NULL);\n" ..
      "--> statement-breakpoint\nCREATE UNIQUE INDEX `a_x` ON `a` (`x`);",
    ["meta/_journal.json"] = '{"version": "7", "dialect": "sqlite", ' ..
      '"entries": [{"idx": 0, "version": "6", "when": 1, "tag": "0000_a", ' ..
      '"breakpoints": true}]}',
  },
  Flyway = {
    ["V1__a.sql"] = "CREATE TABLE a (x);",
    ["V1.1__b.sql"] = "ALTER TABLE a ADD COLUMN y INT DEFAULT 1;",
    ["R__c.sql"] = "DROP VIEW IF EXISTS c; CREATE VIEW c AS SELECT y FROM a;",
  },
  refinery = { ["V1__a.sql"] = "CREATE TABLE a (x);" },
  plain = {
    ["1 it's.sql"] = "BEGIN; CREATE TABLE a (x INT -- all\n) STRICT -- so\n;" ..
      "COMMIT;",
    ["2_é.lua"] = 'MIGRATION_ID = "2_é" function upgrade(conn) ' ..
      'conn:execute("ALTER TABLE a ADD COLUMN y ANY") end',
  },
}

local function lines_of(command)
  local list = {}
  for line in io.popen(command):lines() do
    list[#list + 1] = line
  end
  return list
end

describe("a dump loads into the same schema:", function()
  local box
  before_each(function() box = sandbox.new() end)
  after_each(function() box:destroy() end)

  it("a shop's", function()
    box:sql(SHOP)
    dumps.prove(box)
  end)

  it("proj.db", function()
    local path = "/usr/share/proj/proj.db"
    if not box:exists(path) then
      pending("proj-data is not installed")
      return
    end
    dumps.make(box, path)
    dumps.prove(box)
  end)

  for _, folder in ipairs(lines_of("find " .. sandbox.quote(sandbox.root) ..
      "/migrations " .. sandbox.quote(sandbox.root) ..
      "/examples -type d -name migrations | sort")) do
    it(folder:sub(#sandbox.root + 2), function()
      dumps.make(box, folder)
      assert.truthy(dumps.prove(box):find("\nINSERT INTO \"schema_migr", 1,
        true))
    end)
  end

  for kind, files in pairs(KINDS) do
    it("a folder of " .. kind, function()
      for name, text in pairs(files) do
        box:write("migrations/" .. name, text)
      end
      box:up()
      dumps.prove(box)
    end)
  end

  local function define(ends)
    local script = { 'conn:execute("CREATE TABLE it (a)")' }
    for i, definition in ipairs(ENDS) do
      for k, behind in ipairs(ends) do
        script[#script + 1] = ("conn:execute(%q)"):format(
          definition:gsub("_N", ("_%d_%d"):format(i, k), 1) .. behind)
      end
    end
    box:migration("a", table.concat(script, "\n"))
    box:up()
  end

  it("whatever stands behind a definition", function()
    define(BEHIND)
    dumps.prove(box)
  end)

  it("with a comment that has no end, which is given one", function()
    define(OPEN)
    local _, text = box:lumigrate("dump", "-u", "app.db")
    box:write("dump.sql", text)
    assert.equal(0, (box:lumigrate("load", "dump.sql", "-u", "closed.db")))
    assert.equal(0, (box:lumigrate("diff", "app.db", "closed.db")))
    box:sh("mv closed.db app.db")
    assert.equal(text, dumps.prove(box))
  end)

  local sweep = os.getenv("LUMIGRATE_TEST_DUMPS")
  for line in sweep and assert(io.open(sweep)):lines() or
      function() end do
    it(line, function()
      dumps.make(box, line)
      dumps.prove(box)
    end)
  end
end)
