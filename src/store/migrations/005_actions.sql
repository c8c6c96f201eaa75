-- Follow-ups of incidents become actions, beside vulnerabilities and the rest of the
-- improvement register. What was open is proposed; nothing of what was said is lost.
CREATE TABLE "action" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "vulnerability" SMALLINT NOT NULL,
  "origin" INTEGER NOT NULL,
  "origin_ref" TEXT NOT NULL,
  "what" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "severity" TEXT NOT NULL,
  "component" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "state" INTEGER NOT NULL,
  "max" TEXT NOT NULL,
  "due" BIGINT,
  "mitigate_due" BIGINT,
  "mitigated_at" BIGINT,
  "made_at" BIGINT,
  "made_by" TEXT NOT NULL,
  "triaged_at" BIGINT,
  "planned_at" BIGINT,
  "planned_for" BIGINT,
  "planned_by" TEXT NOT NULL,
  "done_at" BIGINT,
  "verified_at" BIGINT,
  "done_by" TEXT NOT NULL,
  "verified_by" TEXT NOT NULL,
  "accepted_by" TEXT NOT NULL,
  "accepted_until" BIGINT,
  "reason" TEXT NOT NULL,
  "reopens" INTEGER NOT NULL,
  "late_at" BIGINT,
  "reminders" INTEGER NOT NULL,
  "next" BIGINT
);

-- state: open 0, done 1, verified 2, dropped 3; origin 1 is the incident. One that is open
-- and has a date is looked at one microsecond after it.
INSERT INTO "action"
SELECT "id", 0, 1, 'incident:' || "incident", "what", "kind", '', '', "owner",
  CASE "state" WHEN 0 THEN 0 WHEN 1 THEN 3 WHEN 2 THEN 4 ELSE 6 END,
  '', "due", NULL, NULL, "made_at", "made_by", NULL,
  CASE WHEN "state" IN (1, 2) THEN "done_at" END, NULL,
  CASE WHEN "state" IN (1, 2) THEN "done_by" ELSE '' END,
  CASE WHEN "state" IN (1, 2) THEN "done_at" END,
  CASE WHEN "state" = 2 THEN "done_at" END,
  CASE WHEN "state" IN (1, 2) THEN "done_by" ELSE '' END,
  CASE WHEN "state" = 2 THEN "done_by" ELSE '' END,
  '', NULL, "reason", 0, NULL, 0,
  CASE WHEN "state" = 0 AND "due" IS NOT NULL THEN "due" + 1 ELSE 9223372036854775807 END
FROM "follow_up";

DROP TABLE "follow_up";
