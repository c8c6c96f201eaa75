/* Sections about people's knowledge and means: support, documents, training, costs,
 * versioning, roadmap, calendar. */
#include "plan/sections_private.h"

#include "core/alloc.h"

const Table schema_support = { "support", NULL, 0, sizeof(Support), true, NULL, NULL, 0, NULL };
void plan_verify_support(const Verify *v) { (void)v; }
const Table schema_document = { "document", NULL, 0, sizeof(Document), true, NULL, NULL, 0, NULL };
void plan_verify_document(const Verify *v) { (void)v; }
const Table schema_training = { "training", NULL, 0, sizeof(Training), true, NULL, NULL, 0, NULL };
void plan_verify_training(const Verify *v) { (void)v; }
const Table schema_costs = { "costs", NULL, 0, sizeof(Costs), true, NULL, NULL, 0, NULL };
void plan_verify_costs(const Verify *v) { (void)v; }
const Table schema_versioning = { "versioning", NULL, 0,   sizeof(Versioning), true, NULL,
	                          NULL,         0,    NULL };
void plan_verify_versioning(const Verify *v) { (void)v; }
const Table schema_roadmap = { "roadmap", NULL, 0, sizeof(RoadmapItem), true, NULL, NULL, 0, NULL };
void plan_verify_roadmap(const Verify *v) { (void)v; }
const Table schema_calendar = {
	"calendar", NULL, 0, sizeof(YearCalendar), true, NULL, NULL, 0, NULL
};
void plan_verify_calendar(const Verify *v) { (void)v; }
