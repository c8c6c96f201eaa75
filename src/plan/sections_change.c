/* Sections of change: updates, vulnerabilities, deployments, suites, load tests. */
#include "plan/sections_private.h"

#include "core/alloc.h"

const Table schema_update = { "update", NULL, 0, sizeof(Update), true, NULL, NULL, 0, NULL };
void plan_verify_update(const Verify *v) { (void)v; }
const Table schema_vulnerability = {
	"vulnerability", NULL, 0, sizeof(Vulnerability), true, NULL, NULL, 0, NULL
};
void plan_verify_vulnerability(const Verify *v) { (void)v; }
const Table schema_deployment = { "deployment", NULL, 0,   sizeof(Deployment), true, NULL,
	                          NULL,         0,    NULL };
void plan_verify_deployment(const Verify *v) { (void)v; }
const Table schema_suite = { "suite", NULL, 0, sizeof(Suite), true, NULL, NULL, 0, NULL };
void plan_verify_suite(const Verify *v) { (void)v; }
const Table schema_load_test = {
	"load test", NULL, 0, sizeof(LoadTest), true, NULL, NULL, 0, NULL
};
void plan_verify_load_test(const Verify *v) { (void)v; }
