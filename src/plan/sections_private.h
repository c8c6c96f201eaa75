/* The tables of all sections, for the registry in schema.c. */
#pragma once
#include "plan/schema.h"

extern const Table plan_table, service_table, role_table, team_table, audience_table, contact_table,
        channel_table, status_page_table, class_table, level_table, escalation_table, metric_table,
        objective_table, tier_table, database_table, check_table, rule_table, window_table,
        notice_table, template_table;

void verify_service(const Verify *v);
void verify_contact(const Verify *v);
void verify_channel(const Verify *v);
void verify_class(const Verify *v);
void verify_level(const Verify *v);
void verify_escalation(const Verify *v);
void verify_metric(const Verify *v);
void verify_objective(const Verify *v);
void verify_database(const Verify *v);
void verify_check(const Verify *v);
void verify_rule(const Verify *v);
void verify_window(const Verify *v);
void verify_status_page(const Verify *v);
void verify_template(const Verify *v);
