-- Samples as blobs. Ids say where a row belongs (src/store/samples.c): rows of one hour lie
-- together while they are young, rows of one series once they are settled.
CREATE TABLE sample_log (
  slot INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
CREATE TABLE piece (
  id INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
CREATE TABLE chunk (
  id INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
CREATE TABLE bucket_open (
  id INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
CREATE TABLE bucket (
  id INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
ALTER TABLE series ADD COLUMN span BIGINT NOT NULL DEFAULT 0;
ALTER TABLE series ADD COLUMN bump BIGINT NOT NULL DEFAULT 0;
