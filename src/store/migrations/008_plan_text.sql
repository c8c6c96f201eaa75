-- The plan's file has a row of its own for each epoch, so that a row of `epoch` can be
-- written again without it; a large file is kept as what differs from the epoch's before.
CREATE TABLE "plan_text" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "base" TEXT NOT NULL,
  "head" INTEGER NOT NULL,
  "tail" INTEGER NOT NULL,
  "text" TEXT
);

INSERT INTO "plan_text" ("id", "base", "head", "tail", "text")
  SELECT "id", '', 0, 0, "text" FROM "epoch" WHERE "text" IS NOT NULL;
UPDATE "epoch" SET "text" = NULL;
