/* The tables of all sections, for the registry in schema.c. */
#pragma once
#include "plan/schema.h"

extern const Table schema_plan, schema_service, schema_role, schema_team, schema_audience,
        schema_contact, schema_channel, schema_status_page, schema_class, schema_level,
        schema_escalation, schema_metric, schema_objective, schema_tier, schema_database,
        schema_check, schema_rule, schema_window, schema_notice, schema_template;

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
