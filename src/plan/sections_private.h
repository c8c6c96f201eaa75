/* The tables of all sections, for the registry in schema.c. */
#pragma once
#include "plan/schema.h"

extern const Table schema_plan, schema_service, schema_role, schema_team, schema_audience,
        schema_contact, schema_channel, schema_status_page, schema_class, schema_level,
        schema_escalation, schema_metric, schema_objective, schema_tier, schema_database,
        schema_check, schema_rule, schema_window, schema_notice, schema_template, schema_task,
        schema_procedure, schema_storage, schema_backup, schema_restore_test, schema_exercise,
        schema_log, schema_db_action, schema_cleanup, schema_capacity, schema_update,
        schema_vulnerability, schema_audit, schema_deployment, schema_suite, schema_load_test,
        schema_report, schema_support, schema_document, schema_training, schema_costs,
        schema_versioning, schema_roadmap, schema_calendar;
/* Items of tasks, steps of procedures, gates of stages. */
extern const Table schema_step;

void plan_verify_plan(const Verify *v);
void plan_verify_service(const Verify *v);
void plan_verify_contact(const Verify *v);
void plan_verify_channel(const Verify *v);
void plan_verify_class(const Verify *v);
void plan_verify_level(const Verify *v);
void plan_verify_escalation(const Verify *v);
void plan_verify_metric(const Verify *v);
void plan_verify_objective(const Verify *v);
void plan_verify_database(const Verify *v);
void plan_verify_check(const Verify *v);
void plan_verify_rule(const Verify *v);
void plan_verify_window(const Verify *v);
void plan_verify_status_page(const Verify *v);
void plan_verify_template(const Verify *v);
void plan_verify_task(const Verify *v);
void plan_verify_procedure(const Verify *v);
void plan_verify_storage(const Verify *v);
void plan_verify_backup(const Verify *v);
void plan_verify_restore_test(const Verify *v);
void plan_verify_exercise(const Verify *v);
void plan_verify_log(const Verify *v);
void plan_verify_db_action(const Verify *v);
void plan_verify_cleanup(const Verify *v);
void plan_verify_capacity(const Verify *v);
void plan_verify_update(const Verify *v);
void plan_verify_vulnerability(const Verify *v);
void plan_verify_audit(const Verify *v);
void plan_verify_deployment(const Verify *v);
void plan_verify_suite(const Verify *v);
void plan_verify_load_test(const Verify *v);
void plan_verify_report(const Verify *v);
void plan_verify_support(const Verify *v);
void plan_verify_document(const Verify *v);
void plan_verify_training(const Verify *v);
void plan_verify_versioning(const Verify *v);
void plan_verify_roadmap(const Verify *v);
