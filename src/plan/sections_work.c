/* Sections of planned work: tasks, procedures, exercises, audits, reports. */
#include "plan/sections_private.h"

#include "core/alloc.h"

const Table schema_step = { "step", NULL, 0, sizeof(WorkItem), true, "ask", NULL, 0, NULL };
const Table schema_task = { "task", NULL, 0, sizeof(Task), true, NULL, NULL, 0, NULL };
void plan_verify_task(const Verify *v) { (void)v; }
const Table schema_procedure = {
	"procedure", NULL, 0, sizeof(Procedure), true, NULL, NULL, 0, NULL
};
void plan_verify_procedure(const Verify *v) { (void)v; }
const Table schema_exercise = { "exercise", NULL, 0, sizeof(Exercise), true, NULL, NULL, 0, NULL };
void plan_verify_exercise(const Verify *v) { (void)v; }
const Table schema_audit = { "audit", NULL, 0, sizeof(Audit), true, NULL, NULL, 0, NULL };
void plan_verify_audit(const Verify *v) { (void)v; }
const Table schema_report = { "report", NULL, 0, sizeof(ReportPlan), true, NULL, NULL, 0, NULL };
void plan_verify_report(const Verify *v) { (void)v; }
