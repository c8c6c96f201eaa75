-- Proof: what was promised under each plan, what a person waived, months that are closed.
CREATE TABLE "waiver" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "reason" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "at" BIGINT,
  "until" BIGINT
);

CREATE TABLE "epoch" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "digest" TEXT NOT NULL,
  "plan" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "version" TEXT NOT NULL,
  "began" BIGINT,
  "ended" BIGINT,
  "commitments" INTEGER NOT NULL,
  "text" TEXT
);

CREATE TABLE "epoch_line" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "epoch" TEXT NOT NULL,
  "commitment" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "section" TEXT NOT NULL,
  "figure" TEXT NOT NULL,
  "label" TEXT NOT NULL,
  "src" TEXT NOT NULL,
  "ours" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "since" BIGINT
);

CREATE TABLE "month_verdict" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "month" TEXT NOT NULL,
  "commitment" TEXT NOT NULL,
  "epoch" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "section" TEXT NOT NULL,
  "figure" TEXT NOT NULL,
  "label" TEXT NOT NULL,
  "src" TEXT NOT NULL,
  "ours" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "period" TEXT NOT NULL,
  "verdict" TEXT NOT NULL,
  "measured" TEXT NOT NULL,
  "value_en" TEXT NOT NULL,
  "value_fr" TEXT NOT NULL,
  "sentence_en" TEXT,
  "sentence_fr" TEXT,
  "evidence" TEXT,
  "has_coverage" SMALLINT NOT NULL,
  "coverage" DOUBLE PRECISION,
  "from" BIGINT,
  "to" BIGINT,
  "broken_at" BIGINT,
  "frozen_at" BIGINT
);
