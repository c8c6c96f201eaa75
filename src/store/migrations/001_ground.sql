-- The ground: notebook, evidence, samples.
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT
);
CREATE TABLE journal (
  seq BIGINT PRIMARY KEY,
  t BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  line TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE TABLE series (
  number BIGINT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE sample (
  series BIGINT NOT NULL,
  t BIGINT NOT NULL,
  value DOUBLE PRECISION,
  PRIMARY KEY (series, t)
);
