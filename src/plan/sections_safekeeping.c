/* Sections that keep data safe: storage, backups, restore tests, logs, database
 * actions, cleanup, capacity. */
#include "plan/sections_private.h"

#include "core/alloc.h"

const Table schema_storage = { "storage", NULL, 0, sizeof(Storage), true, NULL, NULL, 0, NULL };
void plan_verify_storage(const Verify *v) { (void)v; }
const Table schema_backup = { "backup", NULL, 0, sizeof(Backup), true, NULL, NULL, 0, NULL };
void plan_verify_backup(const Verify *v) { (void)v; }
const Table schema_restore_test = { "restore test", NULL, 0,   sizeof(RestoreTest), true, NULL,
	                            NULL,           0,    NULL };
void plan_verify_restore_test(const Verify *v) { (void)v; }
const Table schema_log = { "log", NULL, 0, sizeof(Log), true, NULL, NULL, 0, NULL };
void plan_verify_log(const Verify *v) { (void)v; }
const Table schema_db_action = {
	"db action", NULL, 0, sizeof(DbAction), true, NULL, NULL, 0, NULL
};
void plan_verify_db_action(const Verify *v) { (void)v; }
const Table schema_cleanup = { "cleanup", NULL, 0, sizeof(Cleanup), true, NULL, NULL, 0, NULL };
void plan_verify_cleanup(const Verify *v) { (void)v; }
const Table schema_capacity = { "capacity", NULL, 0, sizeof(Capacity), true, NULL, NULL, 0, NULL };
void plan_verify_capacity(const Verify *v) { (void)v; }
