-- Occurrences of the plan's duties, their items, and what people said of them.
CREATE TABLE "task_occurrence" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "duty" TEXT NOT NULL,
  "number" BIGINT NOT NULL,
  "title" TEXT NOT NULL,
  "state" INTEGER NOT NULL,
  "due" BIGINT,
  "expected_end" BIGINT,
  "until" BIGINT,
  "started" BIGINT,
  "ended" BIGINT,
  "owners" TEXT NOT NULL,
  "after" TEXT NOT NULL,
  "locks" TEXT NOT NULL,
  "overlap" INTEGER NOT NULL,
  "human" SMALLINT NOT NULL,
  "supplier" SMALLINT NOT NULL,
  "caught_up" SMALLINT NOT NULL,
  "asked_for" SMALLINT NOT NULL,
  "unavailable" SMALLINT NOT NULL,
  "waits_for" TEXT NOT NULL,
  "told_due" TEXT NOT NULL,
  "told_end" TEXT NOT NULL,
  "quiet_end" SMALLINT NOT NULL,
  "reason" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "words_n" INTEGER NOT NULL
);

CREATE TABLE "task_item" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "occurrence" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "place" INTEGER NOT NULL,
  "kind" INTEGER NOT NULL,
  "todo" TEXT NOT NULL,
  "duty" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "to" TEXT NOT NULL,
  "only_if" TEXT NOT NULL,
  "needed" SMALLINT NOT NULL,
  "expect" TEXT NOT NULL,
  "stops" SMALLINT NOT NULL,
  "timeout" BIGINT NOT NULL,
  "state" INTEGER NOT NULL,
  "measured" INTEGER NOT NULL,
  "unavailable" SMALLINT NOT NULL,
  "found" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "asked_at" BIGINT,
  "ended" BIGINT
);

CREATE TABLE "task_word" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "occurrence" TEXT NOT NULL,
  "item" TEXT NOT NULL,
  "kind" INTEGER NOT NULL,
  "who" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "at" BIGINT,
  "note" TEXT NOT NULL,
  "file" TEXT NOT NULL,
  "digest" TEXT NOT NULL,
  "size" BIGINT NOT NULL
);

