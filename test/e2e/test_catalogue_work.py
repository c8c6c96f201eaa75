"""The written plans' own routine, row by row of docs/requirements.md, on the example plans
themselves: what recurs comes when the document says (held against a calendar of this
file's own), belongs to whom it says, is late when it says; what people do is asked,
confirmed and missed; what this version does not carry out says so and is never kept."""
import datetime as dt
import functools
import json
import os
import subprocess
import zoneinfo

import pytest
from conftest import BINARY, ROOT
from test_catalogue import play

UTC = dt.timezone.utc
FROM = dt.date(2027, 1, 4)
WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

# Who does it, in this version: `people` confirm it, all of it; `machine`: nobody, it fails and
# says so; `mixed`: people confirm their part, the rest is said to lack; `measured`: by Carène.
# rows, plan, duty, what the document says of its time, planned length, owner, who does it
WORK = [
    # generic
    ('TSK-06 VER-01', 'generic', 'task:health', 'daily 09:00', '15m', '', 'mixed'),
    ('TSK-07', 'generic', 'task:alert_review', 'daily 09:15', '30m', '', 'people'),
    ('TSK-08 EVO-13', 'generic', 'task:performance', 'daily 10:00', '20m', '', 'measured'),
    ('TSK-09', 'generic', 'task:data', 'daily 14:00', '30m', '', 'mixed'),
    ('TSK-10 REG-01 LOD-12', 'generic', 'task:regression', 'daily 15:00', '45m', '', ''),
    ('TSK-11 SUP-16 DOC-09 TRN-05 EVO-16', 'generic', 'task:helpdesk', 'daily 16:00', '60m', '', 'people'),
    ('TSK-12 SEC-01 VER-04 SEC-04 DOC-27', 'generic', 'task:security_weekly', 'weekly mon 02:00', '2h', '', 'mixed'),
    ('TSK-13 VER-03', 'generic', 'task:database_weekly', 'weekly sun 03:00', '1h', '', 'mixed'),
    ('TSK-14 CLN-07', 'generic', 'task:cleaning', 'weekly sun 04:00', '30m', '', 'mixed'),
    ('TSK-15 REP-13 REP-28 EVO-13', 'generic', 'task:month_end', 'monthly 1 10:00', '2h', '', 'mixed'),
    ('TSK-16 UPD-07 REG-02 DEP-22', 'generic', 'task:dependencies_monthly', 'monthly 15 14:00', '3h', '', 'mixed'),
    ('VER-02', 'generic', 'task:database_daily', 'daily', '', '', 'mixed'),
    ('LOG-16', 'generic', 'task:database_weekly_also', 'weekly', '', '', 'mixed'),
    ('BAK-01', 'generic', 'backup:daily', 'daily', '', '', ''),
    ('BAK-02', 'generic', 'backup:weekly', 'weekly', '', '', 'machine'),
    ('BAK-03', 'generic', 'backup:monthly', 'monthly', '', '', 'machine'),
    ('VER-05', 'generic', 'restore_test:monthly', 'monthly', '', '', ''),
    ('LOG-11', 'generic', 'log:security:review', 'weekly mon 02:00', '', '', ''),
    ('LOG-14', 'generic', 'log:errors:clean', 'daily 14:00', '', '', 'machine'),
    ('LOG-15', 'generic', 'log:errors:rotate', 'weekly sun 04:00', '', '', 'machine'),
    ('LOG-15', 'generic', 'log:errors:archive', 'weekly sun 04:00', '', '', 'machine'),
    ('DBM-01', 'generic', 'db_action:vacuum', 'weekly sun 03:00', '', '', 'machine'),
    ('DBM-02', 'generic', 'db_action:reindex', 'weekly sun 03:00', '', '', 'machine'),
    ('DBM-03', 'generic', 'db_action:stats', 'daily 14:00', '', '', 'machine'),
    ('DBM-04', 'generic', 'db_action:integrity', 'daily 14:00', '', '', 'machine'),
    ('DBM-05', 'generic', 'db_action:slow', 'daily 14:00', '', '', ''),
    ('DBM-06', 'generic', 'db_action:queries', 'daily', '', '', 'machine'),
    ('DBM-07 DBM-27', 'generic', 'db_action:tuning', 'weekly', '', '', ''),
    ('CLN-01', 'generic', 'cleanup:temporary_files', 'weekly sun 04:00', '', '', 'machine'),
    ('CLN-02', 'generic', 'db_action:temporary', 'daily', '', '', 'machine'),
    ('CLN-03', 'generic', 'cleanup:archive', 'daily 14:00', '', '', 'machine'),
    ('CLN-04', 'generic', 'cleanup:purge', 'weekly sun 04:00', '', '', 'machine'),
    ('CLN-05', 'generic', 'cleanup:sessions', 'weekly sun 04:00', '', '', 'machine'),
    ('CLN-06', 'generic', 'cleanup:caches', 'weekly sun 04:00', '', '', 'machine'),
    ('CLN-14', 'generic', 'cleanup:month', 'monthly 1 10:00', '', '', 'machine'),
    ('UPD-03', 'generic', 'update:minor', 'monthly', '', '', ''),
    ('UPD-04', 'generic', 'update:major', 'quarterly', '', '', 'machine'),
    ('UPD-05', 'generic', 'update:dependencies', 'weekly', '', '', 'machine'),
    ('SEC-02', 'generic', 'audit:scan', 'weekly mon 02:00', '', '', ''),
    ('SEC-03', 'generic', 'audit:access', 'weekly mon 02:00', '', '', ''),
    ('REP-01 REP-02 REP-03', 'generic', 'report:morning', 'daily 09:00', '', '', ''),
    ('REP-04 REP-05 REP-06', 'generic', 'report:evening', 'daily 18:00', '', '', ''),
    ('REP-07 REP-08 REP-09', 'generic', 'report:weekly', 'weekly fri', '', '', ''),
    ('REP-10 REP-11 REP-12', 'generic', 'report:monthly', 'monthly 1', '', '', ''),
    ('DOC-02', 'generic', 'document:technical:update', 'monthly', '', '', 'people'),
    ('DOC-03', 'generic', 'document:technical:review', 'quarterly', '', '', 'people'),
    ('DOC-06', 'generic', 'document:user:update', 'weekly', '', '', 'people'),
    ('DOC-07', 'generic', 'document:user:review', 'monthly', '', '', 'people'),
    ('TRN-02', 'generic', 'training:newcomers:follow_up', 'monthly', '', '', 'people'),
    ('TRN-03 TRN-04', 'generic', 'training:ongoing', 'monthly', '', '', 'people'),
    ('TRN-03', 'generic', 'training:security', 'quarterly', '', '', 'people'),
    # sitearis
    ('BAK-05 BAK-27', 'sitearis', 'backup:daily', 'daily 03:00', '', 'supabase', ''),
    ('BAK-06', 'sitearis', 'backup:weekly', 'weekly sun', '', 'dba', ''),
    ('BAK-07', 'sitearis', 'backup:monthly', 'monthly 1', '', 'dba', ''),
    ('BAK-08', 'sitearis', 'backup:files', 'weekly', '', 'devops', 'machine'),
    ('DRX-01', 'sitearis', 'exercise:recovery', 'yearly 07', '', '', 'people'),
    ('DBM-08', 'sitearis', 'db_action:slow', 'weekly', '', 'dba', 'machine'),
    ('DBM-09', 'sitearis', 'db_action:indexes', 'monthly', '', 'dba', ''),
    ('DBM-10', 'sitearis', 'db_action:vacuum', 'weekly', '', 'supabase', 'machine'),
    ('DBM-11', 'sitearis', 'db_action:integrity', 'monthly', '', 'dba', 'machine'),
    ('DBM-12', 'sitearis', 'db_action:tuning', 'yearly 07', '', '', 'people'),
    ('UPD-08', 'sitearis', 'update:npm', 'weekly', '', 'dev_team', 'machine'),
    ('UPD-09', 'sitearis', 'update:nextjs', 'quarterly', '', 'lead_dev', 'people'),
    ('UPD-10', 'sitearis', 'update:supabase', 'quarterly', '', 'dba', 'people'),
    ('LOD-02', 'sitearis', 'load_test:yearly', 'yearly 10', '', '', 'machine'),
    ('DOC-12', 'sitearis', 'document:procedures:update', 'quarterly', '', 'devops', 'people'),
    ('TRN-08', 'sitearis', 'training:emergency', 'quarterly', '', '', 'people'),
    ('SEC-05', 'sitearis', 'audit:scan', 'weekly', '', 'ci', ''),
    ('SEC-06', 'sitearis', 'audit:dependencies', 'weekly', '', 'ci', 'machine'),
    ('SEC-07', 'sitearis', 'audit:deep', 'quarterly', '', 'security_team', 'people'),
    ('SEC-08', 'sitearis', 'audit:pentest', 'halfyearly', '', 'pentester', 'people'),
    # mangatheque
    ('TSK-17 TSK-21 VER-08', 'mangatheque', 'task:daily', 'daily', '', 'dev', 'mixed'),
    ('TSK-18 TSK-22 VER-07', 'mangatheque', 'task:weekly', 'weekly', '', 'dev', 'mixed'),
    ('TSK-19 TSK-23', 'mangatheque', 'task:monthly', 'monthly', '', 'dev', 'mixed'),
    ('TSK-20 TSK-24', 'mangatheque', 'task:quarterly', 'quarterly', '', 'dev', 'mixed'),
    ('TSK-25 VER-10 REG-12 DOC-20 SEC-11', 'mangatheque', 'task:check_month', 'monthly', '', '', 'mixed'),
    ('TSK-26 VER-10 SEC-11', 'mangatheque', 'task:check_quarter', 'quarterly', '', '', ''),
    ('BAK-10', 'mangatheque', 'backup:daily', 'daily', '', '', 'machine'),
    ('BAK-11', 'mangatheque', 'backup:full', 'quarterly', '', '', 'machine'),
    ('VER-09', 'mangatheque', 'restore_test:monthly', 'monthly', '', '', 'machine'),
    ('LOG-13', 'mangatheque', 'log:app:clean', 'weekly', '', '', 'machine'),
    ('DBM-13', 'mangatheque', 'db_action:slow', 'weekly', '', '', 'machine'),
    ('DBM-14', 'mangatheque', 'db_action:indexes', 'weekly', '', '', 'machine'),
    ('DBM-15', 'mangatheque', 'db_action:vacuum', 'monthly', '', '', 'machine'),
    ('DBM-16', 'mangatheque', 'db_action:tuning', 'monthly', '', '', 'people'),
    ('CLN-08', 'mangatheque', 'cleanup:cache', 'monthly', '', '', 'machine'),
    ('UPD-19', 'mangatheque', 'update:minor', 'weekly', '', '', 'machine'),
    ('UPD-20', 'mangatheque', 'update:monthly', 'monthly', '', '', 'machine'),
    ('UPD-21', 'mangatheque', 'update:major', 'quarterly', '', '', 'machine'),
    ('LOD-01', 'mangatheque', 'load_test:home', 'quarterly', '', '', 'machine'),
    ('REP-25', 'mangatheque', 'report:weekly_stats', 'weekly', '', '', 'machine'),
    ('DOC-16', 'mangatheque', 'document:procedures:review', 'monthly', '', '', 'people'),
    ('DOC-17', 'mangatheque', 'document:user_guides:update', 'quarterly', '', 'support', 'people'),
    ('TRN-10', 'mangatheque', 'training:team', 'quarterly', '', '', 'people'),
    ('SEC-09', 'mangatheque', 'audit:security', 'monthly', '', '', 'people'),
    ('SEC-09', 'mangatheque', 'audit:full', 'quarterly', '', '', 'machine'),
    ('SEC-10', 'mangatheque', 'audit:scan', 'daily', '', '', 'machine'),
    ('EVO-02', 'mangatheque', 'task:features', 'quarterly', '', '', 'people'),
    ('EVO-03', 'mangatheque', 'task:performance', 'monthly', '', '', 'people'),
    ('EVO-05', 'mangatheque', 'task:evolution', 'halfyearly', '', '', 'people'),
    ('EVO-06 EVO-09', 'mangatheque', 'roadmap:short:review', 'quarterly', '', '', 'people'),
    ('EVO-07', 'mangatheque', 'roadmap:middle:review', 'quarterly', '', '', 'people'),
    ('EVO-08', 'mangatheque', 'roadmap:long:review', 'quarterly', '', '', 'people'),
    ('EVO-10', 'mangatheque', 'calendar:06:1', 'yearly 06', '', '', 'people'),
    ('EVO-11', 'mangatheque', 'calendar:01:2', 'yearly 01', '', '', 'people'),
    ('EVO-11', 'mangatheque', 'calendar:12:1', 'yearly 12', '', '', 'people'),
    ('EVO-12', 'mangatheque', 'calendar:05:1', 'yearly 05', '', '', 'people'),
    ('EVO-12', 'mangatheque', 'calendar:10:1', 'yearly 10', '', '', 'people'),
    # francaisfluide
    ('TSK-27 VER-11', 'francaisfluide', 'task:daily', 'daily 02:00', '15m', 'team', 'mixed'),
    ('TSK-28 DBM-17 SEC-12', 'francaisfluide', 'task:weekly', 'weekly sun 03:00', '1h', 'team', 'mixed'),
    ('TSK-29 COS-04 SEC-13 EVO-13', 'francaisfluide', 'task:monthly', 'monthly first sun 04:00', '4h', 'team', 'mixed'),
    ('LOG-17', 'francaisfluide', 'log:app:clean', 'weekly sun 03:00', '', '', 'machine'),
    ('DBM-18', 'francaisfluide', 'db_action:optimise', 'monthly first sun 04:00', '', '', 'machine'),
    ('UPD-23', 'francaisfluide', 'update:minor', 'weekly sun 03:00', '', '', ''),
    ('UPD-24', 'francaisfluide', 'update:major', 'monthly first sun 04:00', '', '', ''),
    ('REG-07', 'francaisfluide', 'suite:weekly', 'weekly', '', '', ''),
    ('REG-08', 'francaisfluide', 'suite:full', 'monthly', '', '', ''),
    ('REP-15 REP-16 REP-17', 'francaisfluide', 'report:daily', 'daily', '', '', 'machine'),
    ('REP-18 REP-19 REP-20 REP-21 DEP-19 CAP-13 COS-06', 'francaisfluide', 'report:monthly', 'monthly', '', '', ''),
    # nationsounds
    ('TSK-30 TSK-31 VER-13', 'nationsounds', 'task:daily', 'daily', '', '', 'mixed'),
    ('TSK-32 TSK-33 VER-12 LOG-06 REP-28', 'nationsounds', 'task:weekly', 'weekly', '', '', 'mixed'),
    ('TSK-34 TSK-35 VER-19', 'nationsounds', 'task:monthly', 'monthly', '', '', 'mixed'),
    ('TSK-36', 'nationsounds', 'task:quarterly', 'quarterly', '', '', ''),
    ('TSK-37', 'nationsounds', 'task:yearly', 'yearly', '', '', 'people'),
    ('BAK-14', 'nationsounds', 'backup:db_full', 'daily 01:00', '', 'admin', 'machine'),
    ('BAK-15', 'nationsounds', 'backup:db_diff', 'every 6h', '', 'admin', 'machine'),
    ('BAK-16', 'nationsounds', 'backup:db_log', 'every 1h', '', 'admin', 'machine'),
    ('BAK-17', 'nationsounds', 'backup:files_full', 'daily 03:00', '', 'admin', 'machine'),
    ('BAK-18', 'nationsounds', 'backup:files_incr', 'daily 15:00', '', 'admin', 'machine'),
    ('BAK-20', 'nationsounds', 'backup:config', 'weekly sun 02:00', '', 'admin', 'machine'),
    ('BAK-23', 'nationsounds', 'storage:offline', 'monthly', '', 'admin', 'people'),
    ('VER-15 REP-24', 'nationsounds', 'report:backups', 'daily', '', '', 'machine'),
    ('VER-17', 'nationsounds', 'restore_test:partial', 'monthly', '', 'admin', ''),
    ('VER-18', 'nationsounds', 'restore_test:full', 'quarterly', '', 'admin', ''),
    ('DRX-02', 'nationsounds', 'exercise:disaster', 'yearly', '', 'admin', 'people'),
    ('LOG-04', 'nationsounds', 'log:app:rotate', 'daily', '', 'admin', 'machine'),
    ('LOG-05', 'nationsounds', 'log:mysql:rotate', 'weekly', '', 'dba', 'machine'),
    ('LOG-09', 'nationsounds', 'log:system:review', 'daily', '', 'admin', ''),
    ('LOG-09', 'nationsounds', 'log:app:review', 'daily', '', 'admin', ''),
    ('LOG-10', 'nationsounds', 'log:security:review', 'weekly', '', 'security', ''),
    ('DBM-19', 'nationsounds', 'db_action:missing_index', 'weekly', '', 'dba', 'machine'),
    ('DBM-19', 'nationsounds', 'db_action:analyze', 'weekly', '', 'dba', 'machine'),
    ('DBM-20 DBM-24', 'nationsounds', 'db_action:slow', 'weekly', '', 'dba', ''),
    ('DBM-21', 'nationsounds', 'db_action:optimize', 'monthly', '', 'dba', 'machine'),
    ('DBM-22', 'nationsounds', 'db_action:fragmentation', 'monthly', '', 'dba', 'machine'),
    ('DBM-23', 'nationsounds', 'db_action:quarterly', 'quarterly', '', 'dba', ''),
    ('CLN-09', 'nationsounds', 'cleanup:caches', 'monthly', '', 'lead_dev', 'machine'),
    ('CLN-12', 'nationsounds', 'cleanup:sessions', 'monthly', '', 'dba', 'machine'),
    ('UPD-26', 'nationsounds', 'update:major', 'quarterly', '', 'lead_dev', 'machine'),
    ('UPD-27', 'nationsounds', 'update:minor', 'monthly', '', 'lead_dev', 'machine'),
    ('UPD-28', 'nationsounds', 'update:dependencies', 'monthly', '', 'lead_dev', 'machine'),
    ('UPD-29', 'nationsounds', 'update:security', 'monthly', '', 'lead_dev', 'machine'),
    ('UPD-34 EVO-15', 'nationsounds', 'audit:technology', 'yearly', '', '', 'people'),
    ('REP-22', 'nationsounds', 'report:health', 'monthly', '', '', 'machine'),
    ('REP-23', 'nationsounds', 'report:performance', 'monthly', '', '', ''),
    ('DOC-22', 'nationsounds', 'document:technical:review', 'quarterly', '', '', 'people'),
    ('TRN-13', 'nationsounds', 'training:procedures', 'yearly', '', '', 'people'),
    ('SEC-15', 'nationsounds', 'audit:security', 'quarterly', '', 'security', 'people'),
    ('SEC-16', 'nationsounds', 'audit:access_audit', 'yearly', '', 'security', 'people'),
    ('SEC-17', 'nationsounds', 'audit:access_review', 'monthly', '', 'security', ''),
    ('EVO-14', 'nationsounds', 'audit:infrastructure', 'yearly', '', 'admin', 'people'),
]

# What has no date: an event or a person sets it off, and people confirm it.
ON_EVENT = [
    ('DOC-10', 'sitearis', 'document:technical:update', 'on major_change', 'lead_dev'),
    ('DOC-11', 'sitearis', 'document:admin_guide:update', 'on new_feature', 'product_owner'),
    ('DOC-15', 'mangatheque', 'document:technical:update', 'on release', ''),
    ('DOC-23', 'nationsounds', 'document:technical:update', 'on change', ''),
    ('DOC-25', 'nationsounds', 'document:infrastructure:update', 'on major_change', ''),
    ('TRN-01', 'generic', 'training:newcomers', 'as_needed', ''),
    ('TRN-07', 'sitearis', 'training:novelties', 'on release', ''),
    ('TRN-09', 'sitearis', 'training:back_office', 'on major_change', ''),
    ('TRN-11', 'mangatheque', 'training:new_technologies', 'as_needed', ''),
    ('TRN-14', 'nationsounds', 'training:infrastructure', 'as_needed', ''),
    ('DRX-06', 'nationsounds', 'exercise:incidents', 'as_needed', ''),
    ('UPD-11', 'sitearis', 'update:stripe', 'as_needed', 'lead_dev'),
]

# rows, plan, name of the commitment, its figure: what is judged, by the document's own number
FIGURES = [
    ('BAK-04', 'generic', 'cadence:backup:daily', 'daily'),
    ('BAK-05 BAK-26', 'sitearis', 'retention:backup:daily', 'keep 30d'),
    ('BAK-06 BAK-26', 'sitearis', 'retention:backup:weekly', 'keep 3mo'),
    ('BAK-07 BAK-26', 'sitearis', 'retention:backup:monthly', 'keep 1y'),
    ('BAK-08 BAK-26', 'sitearis', 'retention:backup:files', 'keep 3mo'),
    ('BAK-09 BAK-26 GIT-08', 'sitearis', 'retention:backup:config', 'keep forever'),
    ('BAK-09', 'sitearis', 'cadence:backup:config', 'on change'),
    ('BAK-14 BAK-26', 'nationsounds', 'retention:backup:db_full', 'keep 30d'),
    ('BAK-15 BAK-26', 'nationsounds', 'retention:backup:db_diff', 'keep 1w'),
    ('BAK-16 BAK-26', 'nationsounds', 'retention:backup:db_log', 'keep 24h'),
    ('BAK-17 BAK-26', 'nationsounds', 'retention:backup:files_full', 'keep 90d'),
    ('BAK-18 BAK-26', 'nationsounds', 'retention:backup:files_incr', 'keep 90d'),
    ('BAK-19 BAK-20 BAK-26', 'nationsounds', 'retention:backup:config', 'keep 1y'),
    ('BAK-19', 'nationsounds', 'cadence:backup:config:also', 'on change'),
    ('BAK-21', 'nationsounds', 'existence:storage:primary', 'autre site'),
    ('BAK-22', 'nationsounds', 'existence:storage:cloud', 'AWS'),
    ('BAK-22', 'nationsounds', 'existence:storage:cloud:encrypted', 'encrypted'),
    ('BAK-24 DEP-02', 'sitearis', 'before:backup:predeploy', 'before each deployment'),
    ('BAK-24', 'francaisfluide', 'before:backup:predeploy', 'before each deployment'),
    ('BAK-24 DEP-14', 'nationsounds', 'before:backup:before_deployment', 'before each deployment'),
    ('BAK-30', 'mangatheque', 'objective:rpo', 'data_loss_window <= 24h per incident'),
    ('BAK-30', 'francaisfluide', 'objective:rpo', 'data_loss_window == 0s per incident'),
    ('VER-14', 'nationsounds', 'verify:backup:db_full', 'verify each'),
    ('VER-14', 'nationsounds', 'verify:backup:db_diff', 'verify each'),
    ('VER-14', 'nationsounds', 'verify:backup:db_log', 'verify each'),
    ('VER-14', 'nationsounds', 'verify:backup:files_full', 'verify each'),
    ('VER-14', 'nationsounds', 'verify:backup:files_incr', 'verify each'),
    ('VER-17 RST-07', 'nationsounds', 'expect:restore_test:partial:1', 'count(users) > 0'),
    ('VER-17 RST-07', 'nationsounds', 'expect:restore_test:partial:2', 'count(concerts) > 0'),
    ('VER-17 RST-07', 'nationsounds', 'expect:restore_test:partial:3', 'count(artists) > 0'),
    ('RST-10', 'mangatheque', 'deadline:restore_test:monthly:rto', '<= 4h'),
    ('RST-10', 'francaisfluide', 'objective:rto', 'recovery_time < 15m per incident'),
    ('LOG-04', 'nationsounds', 'retention:log:app', 'keep 14'),
    ('LOG-04', 'nationsounds', 'existence:log:app:mode', '0640 www-data www-data'),
    ('LOG-04', 'nationsounds', 'existence:log:app:compress', 'compress delayed'),
    ('LOG-05', 'nationsounds', 'retention:log:mysql', 'keep 8'),
    ('LOG-05', 'nationsounds', 'existence:log:mysql:mode', '0640 mysql mysql'),
    ('LOG-05', 'nationsounds', 'existence:log:mysql:compress', 'compress delayed'),
    ('LOG-13', 'mangatheque', 'retention:log:app:delete', 'delete after 1w'),
    ('DBM-20 DBM-25', 'nationsounds', 'threshold:db:slow', 'threshold 1s'),
    ('DBM-25 CAP-04', 'sitearis', 'capacity:queries:warn', 'query_time > 1s'),
    ('CLN-10', 'nationsounds', 'retention:cleanup:concerts', 'nothing older than 2y'),
    ('CLN-12', 'nationsounds', 'retention:cleanup:sessions', 'nothing older than 30d'),
    ('CLN-13', 'nationsounds', 'retention:cleanup:jobs', 'nothing older than 1w'),
    ('CAP-01', 'sitearis', 'capacity:disk:warn', 'db_disk_used > 70%'),
    ('CAP-02', 'sitearis', 'capacity:disk:crit', 'db_disk_used > 80%'),
    ('CAP-03', 'sitearis', 'capacity:tables:warn', 'table_rows > 10000000'),
    ('CAP-05', 'nationsounds', 'capacity:cpu:warn', 'cpu_used > 70% for 1h'),
    ('CAP-05', 'nationsounds', 'capacity:cpu:crit', 'cpu_used > 85% for 15m'),
    ('CAP-06', 'nationsounds', 'capacity:memory:warn', 'mem_used > 80% for 1h'),
    ('CAP-06', 'nationsounds', 'capacity:memory:crit', 'mem_used > 90% for 15m'),
    ('CAP-07', 'nationsounds', 'capacity:disk:warn', 'disk_used > 75%'),
    ('CAP-07', 'nationsounds', 'capacity:disk:crit', 'disk_used > 90%'),
    ('CAP-08', 'nationsounds', 'capacity:connections:warn', 'db_connections > 80%'),
    ('CAP-08', 'nationsounds', 'capacity:connections:crit', 'db_connections > 90%'),
    ('UPD-02', 'generic', 'cadence:update:security', 'on advisory'),
    ('UPD-06', 'generic', 'cadence:update:config', 'as_needed'),
    ('UPD-16', 'mangatheque', 'deadline:update:critical', '<= 24h'),
    ('UPD-17', 'mangatheque', 'deadline:update:important', '<= 1w'),
    ('UPD-18', 'mangatheque', 'deadline:update:minor', '<= 1mo'),
    ('UPD-25 UPD-36', 'nationsounds', 'notice:update:critical', 'asap'),
    ('UPD-25', 'nationsounds', 'deadline:update:critical', 'asap'),
    ('UPD-36', 'nationsounds', 'notice:update:major', '>= 2w'),
    ('UPD-36', 'nationsounds', 'notice:update:minor', '>= 48h'),
    ('UPD-36', 'nationsounds', 'notice:update:dependencies', '>= 24h'),
    ('UPD-32', 'nationsounds', 'cadence:update:framework', 'as_needed'),
    ('UPD-33', 'nationsounds', 'cadence:update:infrastructure', 'as_needed'),
    ('DEP-01', 'sitearis', 'gates:deployment:release:prepare', '5 gates'),
    ('DEP-02', 'sitearis', 'gates:deployment:release:deploy', '4 gates'),
    ('DEP-03', 'sitearis', 'gates:deployment:release:validate', '3 gates'),
    ('DEP-04', 'sitearis', 'gates:deployment:release:tell', '2 gates'),
    ('DEP-05 EVO-01', 'sitearis', 'sprint:deployment:release', 'every 2w'),
    ('DEP-05 EVO-01', 'sitearis', 'candidate:deployment:release', '>= 1w'),
    ('DEP-05 EVO-01 DEP-17', 'sitearis', 'watch:deployment:release', '>= 2d'),
    ('DEP-06', 'sitearis', 'objective:deployments', 'deploy_success > 95% per 1mo'),
    ('DEP-07', 'mangatheque', 'gates:deployment:pipeline:tests', '1 gate'),
    ('DEP-07', 'mangatheque', 'gates:deployment:pipeline:watch', '1 gate'),
    ('DEP-08', 'mangatheque', 'gates:deployment:standard:tests', '2 gates'),
    ('DEP-08', 'mangatheque', 'gates:deployment:standard:after', '2 gates'),
    ('DEP-10', 'francaisfluide', 'stage:deployment:release:preparation', '<= 30m'),
    ('DEP-11', 'francaisfluide', 'stage:deployment:release:deploiement', '<= 15m'),
    ('DEP-12', 'francaisfluide', 'stage:deployment:release:suites', '<= 30m'),
    ('DEP-14 UPD-30', 'nationsounds', 'gates:deployment:production:deploy', '4 gates'),
    ('UPD-30', 'nationsounds', 'gates:deployment:production:test', '4 gates'),
    ('UPD-14', 'sitearis', 'deadline:vulnerability:medium', 'next_sprint'),
    ('DEP-15 UPD-30', 'nationsounds', 'gates:deployment:production:preparation', '4 gates'),
    ('DEP-20 REG-10', 'sitearis', 'objective:coverage', 'test_coverage > 80% per build'),
    ('RBK-04', 'francaisfluide', 'rollback:deployment:release:1', 'error_rate{up} > 5%'),
    ('RBK-05', 'francaisfluide', 'rollback:deployment:release:2', 'latency{up} > 5s'),
    ('RBK-06', 'francaisfluide', 'rollback:deployment:release:3', 'Une fonction essentielle ne marche plus'),
    ('RBK-07', 'francaisfluide', 'rollback:deployment:release:4', 'Une faille de sécurité est découverte'),
    ('RBK-13 RBK-08', 'francaisfluide', 'rollback:deployment:release', '<= 5m'),
    ('LOD-05', 'francaisfluide', 'load_test:validation:p95', 'p95 <= 2s'),
    ('LOD-05', 'francaisfluide', 'load_test:validation:rpm', 'rpm >= 1000 req/min'),
    ('LOD-05', 'francaisfluide', 'load_test:validation:errors', 'errors <= 0.1%'),
    ('LOD-05', 'francaisfluide', 'load_test:validation:availability', 'availability >= 99.9%'),
    ('LOD-07', 'francaisfluide', 'load_test:validation:warn', 'warn > 20%'),
    ('LOD-08', 'francaisfluide', 'load_test:validation:crit', 'crit > 50%'),
    ('LOD-09', 'francaisfluide', 'load_test:validation:fail', 'fail > 80%'),
    ('LOD-11', 'nationsounds', 'cadence:load_test:validation', 'on deploy'),
    ('LOD-04', 'nationsounds', 'cadence:load_test:infrastructure', 'as_needed'),
    ('REG-03', 'francaisfluide', 'gate:suite:unit', 'all pass'),
    ('REG-03 LOD-03', 'francaisfluide', 'cadence:suite:performance', 'on deploy'),
    ('REG-03', 'francaisfluide', 'cadence:suite:integration', 'on deploy'),
    ('REG-03', 'francaisfluide', 'cadence:suite:journeys', 'on deploy'),
    ('REG-04 SEC-14', 'francaisfluide', 'standard:suite:accessibility', 'WCAG'),
    ('REG-04 DEP-21', 'francaisfluide', 'cadence:suite:acceptance', 'on deploy'),
    ('REG-05', 'francaisfluide', 'cadence:suite:unit', 'on deploy'),
    ('REG-06', 'francaisfluide', 'cadence:suite:regression', 'on deploy'),
    ('REG-09', 'mangatheque', 'gate:suite:unit', 'all pass'),
    ('REG-09', 'mangatheque', 'gate:suite:static', 'all pass'),
    ('REG-11', 'nationsounds', 'gate:suite:automated', 'all pass'),
    ('REP-26', 'sitearis', 'objective:mttr', 'incident_mttr < 4h per 1mo'),
    ('REP-26', 'sitearis', 'objective:mtbf', 'incident_mtbf > 720h per 1mo'),
    ('REP-26', 'sitearis', 'objective:lcp', 'lcp < 2.5s per 1d'),
    ('REP-26', 'sitearis', 'objective:fid', 'fid < 100ms per 1d'),
    ('REP-26', 'sitearis', 'objective:cls', 'cls < 0.1 per 1d'),
    ('REP-26', 'mangatheque', 'objective:errors', 'error_rate < 0.1% per 1d'),
    ('REP-26', 'mangatheque', 'objective:happy', 'satisfaction >= 4.5/5 per 1mo'),
    ('SUP-10', 'generic', 'ratio:support:resolution_rate', '> 80%'),
    ('SUP-11', 'generic', 'ratio:support:satisfaction', '> 4.5/5'),
    ('SUP-12', 'generic', 'ratio:support:resolution_mean', '< 4h'),
    ('SUP-13', 'generic', 'ratio:support:escalation', '< 10%'),
    ('SUP-14', 'generic', 'ratio:support:reopened', '< 5%'),
    ('DOC-01', 'generic', 'existence:document:technical', '8 documents'),
    ('DOC-05', 'generic', 'existence:document:user', '8 documents'),
    ('DOC-14', 'mangatheque', 'existence:document:technical', '12 documents'),
    ('DOC-18', 'mangatheque', 'existence:document:user_guides', '4 documents'),
    ('DOC-19', 'mangatheque', 'existence:document:changelog', 'CHANGELOG.md'),
    ('COS-01', 'mangatheque', 'cost:render', '0-25 EUR per 1mo'),
    ('COS-01', 'mangatheque', 'cost:cloudflare', '0 EUR per 1mo'),
    ('COS-01', 'mangatheque', 'cost:github', '0 EUR per 1mo'),
    ('COS-01', 'mangatheque', 'cost:monitoring', '0 EUR per 1mo'),
    ('COS-01', 'mangatheque', 'cost:total', 'total 0-25 EUR per 1mo'),
    ('COS-02 COS-03', 'mangatheque', 'effort:preventive', '20 h per 1mo'),
    ('COS-02 COS-03', 'mangatheque', 'effort:bugs', '10 h per incident'),
    ('COS-02 COS-03', 'mangatheque', 'effort:features', '40 h per quarter'),
    ('COS-02', 'mangatheque', 'effort:total', 'total 70 h'),
    ('GIT-01', 'sitearis', 'version:scheme', 'semver'),
    ('GIT-02', 'mangatheque', 'version:scheme', 'semver'),
    ('GIT-03 GIT-05', 'sitearis', 'existence:branch:main', 'branch main'),
    ('GIT-03', 'sitearis', 'existence:branch:develop', 'branch develop'),
    ('GIT-03', 'sitearis', 'existence:branch:feature/*', 'branch feature/*'),
    ('GIT-03', 'sitearis', 'existence:branch:hotfix/*', 'branch hotfix/*'),
    ('GIT-04 GIT-05', 'mangatheque', 'existence:branch:main', 'branch main'),
    ('GIT-04', 'mangatheque', 'existence:branch:release/*', 'branch release/*'),
    ('EVO-06', 'mangatheque', 'deadline:roadmap:short', '<= 3mo'),
    ('EVO-07', 'mangatheque', 'deadline:roadmap:middle', '<= 6mo'),
    ('EVO-08', 'mangatheque', 'deadline:roadmap:long', '<= 1y'),
]

# rows, plan, finding, where, what it says
FINDINGS = [
    ('DEP-09', 'mangatheque', 'L14', 'deployments.standard', 'left out the development tools'),
    ('DEP-09 GIT-05', 'mangatheque', 'L21', 'deployments.standard.branch', 'from the branch \'develop\''),
    ('DEP-09', 'mangatheque', 'L12', 'deployments.standard.stages', 'takes a backup'),
    ('LOG-20', 'mangatheque', 'L11', 'logs.app.delete_after', 'kept 7 d'),
    ('COS-02', 'mangatheque', 'L09', 'costs.stated_hours', '70 h'),
    ('BAK-13', 'mangatheque', 'L01', 'backups.daily', 'on the roadmap'),
    ('VER-09', 'mangatheque', 'L13', 'restore_tests.monthly', 'on production it would destroy'),
    ('RST-09', 'mangatheque', 'L13', 'procedures.db_lost', 'destroys what is there'),
    ('BAK-26', 'generic', 'L11', 'backups.daily.keep', 'how long'),
    ('BAK-26', 'mangatheque', 'L11', 'backups.daily.keep', 'how long'),
    ('TSK-38', 'mangatheque', 'L08', 'audits.full.at', 'which of them is promised'),
    ('UPD-07', 'generic', 'L08', 'updates.dependencies.at', 'promised weekly'),
]


def names(table, first=3):
    return ['_'.join([row[0].replace(' ', '_'), *row[1:first]]) for row in table]


def carene(*words):
    done = subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=300,
                          env={**os.environ, 'LC_ALL': 'C.UTF-8'})
    return json.loads(done.stdout)


def example(plan):
    return ROOT / f'examples/{plan}.yaml'


@functools.cache
def agenda(plan):
    """zone, {duty: [entry]}"""
    facts = carene('next', example(plan), '--from', FROM, '--days', 400 if plan == 'generic' else 800, '--json')
    found = {}
    for e in facts['entries']:
        e['at'], e['end'] = (dt.datetime.fromisoformat(e[k].replace('Z', '+00:00')) for k in ('from', 'to'))
        found.setdefault(e['id'], []).append(e)
    assert not facts['cut']
    return zoneinfo.ZoneInfo(facts['zone']), found


@functools.cache
def verdicts(plan):
    """{commitment: verdict} after a month that was played"""
    facts = carene('simulate', example(plan), '--from', '2027-01-01', '--days', 33, '--json')
    return {v['id']: v for v in facts['verdicts']}


# ---- the calendar of this file: nothing of it is Carène's --------------------------------

PERIODS = {
    'daily': lambda d: d,
    'weekly': lambda d: d.isocalendar()[:2],
    'monthly': lambda d: (d.year, d.month),
    'quarterly': lambda d: (d.year, (d.month - 1) // 3),
    'halfyearly': lambda d: (d.year, (d.month - 1) // 6),
    'yearly': lambda d: d.year,
}


def days_between(first, last):
    return [first + dt.timedelta(n) for n in range((last - first).days + 1)]


def exists(local):
    """Whether that hour is on the clocks, or left out in spring."""
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)


def fits(cadence, local):
    """Whether a time is one that the words allow."""
    _, *words = cadence.split()
    for word in words:
        if ':' in word:
            hour, minute = map(int, word.split(':'))
            stated = local.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
            if exists(stated) and local != stated:
                return False
        elif word in WEEK and WEEK[local.weekday()] != word:
            return False
        elif word == 'first' and local.day > 7:
            return False
        elif word.isdigit() and (local.month if cadence.startswith('yearly') else local.day) != int(word):
            return False
    return True


def end_of(cadence, day, zone):
    """When the period around that day is over."""
    of, after = PERIODS[cadence], day
    while of(after) == of(day):
        after += dt.timedelta(1)
    return dt.datetime.combine(after, dt.time(), zone).astimezone(UTC)


def test_the_calendar_of_this_file_can_say_no():
    paris = zoneinfo.ZoneInfo('Europe/Paris')
    sunday = dt.datetime(2027, 2, 7, 4, 0, tzinfo=paris)
    assert fits('monthly first sun 04:00', sunday)
    for wrong in ('monthly first sun 04:01', 'monthly first mon 04:00', 'monthly 8 04:00', 'yearly 03'):
        assert not fits(wrong, sunday)
    assert not fits('monthly first sun 04:00', sunday + dt.timedelta(7))
    assert end_of('quarterly', dt.date(2027, 1, 5), paris) == dt.datetime(2027, 3, 31, 22, tzinfo=UTC)
    assert end_of('weekly', dt.date(2027, 1, 10), paris) == dt.datetime(2027, 1, 10, 23, tzinfo=UTC)


LENGTHS = {'15m': 15, '20m': 20, '30m': 30, '45m': 45, '60m': 60, '1h': 60, '2h': 120, '3h': 180, '4h': 240}


@pytest.mark.parametrize('rows,plan,duty,cadence,length,owner,by', WORK, ids=names(WORK))
def test_each_duty_comes_when_the_document_says(rows, plan, duty, cadence, length, owner, by):
    zone, entries = agenda(plan)
    entries = entries[duty]
    assert entries[0]['promised'] == cadence
    assert {tuple(e['owner']) for e in entries} == {(owner,) if owner else ()}
    if cadence.startswith('every'):
        per_day = 24 // int(cadence.split()[1].rstrip('h'))
        counts = {}
        for e in entries:
            counts[e['at'].astimezone(zone).date()] = counts.get(e['at'].astimezone(zone).date(), 0) + e['times']
        assert sorted(set(counts.values())) == [per_day] or abs(len(counts) * per_day - sum(counts.values())) <= 4
        return
    local = [e['at'].astimezone(zone) for e in entries]
    assert len(local) >= 2 and all(fits(cadence, t) for t in local), local[:3]
    of = PERIODS[cadence.split()[0]]
    assert [of(t.date()) for t in local] == list(dict.fromkeys(map(of, days_between(local[0].date(), local[-1].date()))))
    if length:
        assert {e['end'] - e['at'] for e in entries} == {dt.timedelta(minutes=LENGTHS[length])}
        assert all(e['late_after'] == e['to'] for e in entries)
    elif cadence in PERIODS and not entries[0]['set_off_by']:
        assert entries[0]['ours']
        assert [e['late_after'] for e in entries[:3]] == [
            end_of(cadence, t.date(), zone).strftime('%Y-%m-%dT%H:%M:%SZ') for t in local[:3]]


@pytest.mark.parametrize('rows,plan,duty,cadence,length,owner,by', WORK, ids=names(WORK))
def test_each_cadence_is_a_commitment_and_only_what_was_done_is_kept(rows, plan, duty, cadence, length, owner, by):
    v = verdicts(plan)[f'cadence:{duty}']
    assert v['kind'] == 'cadence' and v['figure'] == cadence
    if by == 'machine':
        assert v['verdict'] != 'kept'


def first_time(plan, duty):
    """The occurrence that carries it: its name, its second, its third, when the first is due."""
    zone, entries = agenda(plan)
    whole = entries[duty][0]['set_off_by'] or duty
    times = [e['at'] for e in entries[whole] if e['at'] >= entries[duty][0]['at']]
    return [f'{whole}@{t.strftime("%Y-%m-%dT%H:%M:%SZ")}' for t in times[:3]], times


def clock(at):
    return f'clock {at.strftime("%Y-%m-%d %H:%M")} UTC'


def tell(folder, plan, at, lines, rehearsed=True):
    """play() begins at its own hour; stories here begin at theirs."""
    play(folder, plan, [clock(at), *lines], rehearsed)


def of(by):
    return [row for row in WORK if row[6] == by]


@pytest.mark.parametrize('rows,plan,duty,cadence,length,owner,by', of('machine'), ids=names(of('machine')))
def test_what_this_version_does_not_carry_out_fails_and_says_so(rows, plan, duty, cadence, length, owner, by, tmp_path):
    (whole, *_), times = first_time(plan, duty)
    lines = ['pass 70m', f'expect task.show id={whole} task.unavailable = true']
    if whole.startswith(duty + '@'):
        lines += [f'expect task.show id={whole} task.state = failed',
                  f'expect task.show id={whole} task.items[0].unavailable = true']
    tell(tmp_path, plan, times[0] - dt.timedelta(hours=1), lines)


@pytest.mark.parametrize('rows,plan,duty,cadence,length,owner,by', of('mixed'), ids=names(of('mixed')))
def test_a_task_with_parts_that_lack_is_due_and_says_so(rows, plan, duty, cadence, length, owner, by, tmp_path):
    (whole, *_), times = first_time(plan, duty)
    tell(tmp_path, plan, times[0] - dt.timedelta(hours=1), [
        'pass 50m', f'expect task.show id={whole} task.state = scheduled',
        'pass 20m', f'expect task.show id={whole} task.unavailable = true',
        f'expect task.show id={whole} task.state != done'])


@pytest.mark.parametrize('rows,plan,duty,cadence,length,owner,by', of('people'), ids=names(of('people')))
def test_people_are_asked_and_confirm(rows, plan, duty, cadence, length, owner, by, tmp_path):
    (whole, *_), times = first_time(plan, duty)
    lines = ['pass 59m', f'expect task.show id={whole} task.state = scheduled', 'pass 6m']
    if not whole.startswith(duty + '@'):
        # it is one item of a task: that item is answered for
        item = place_of(tmp_path, plan, whole, duty, times[0])
        lines += [f'expect task.show id={whole} task.items[{item}].state = asked',
                  f'do task.confirm id={whole} note="fait, version 7" as=person:essai',
                  f'expect task.show id={whole} task.items[{item}].state = confirmed',
                  f'expect task.show id={whole} task.items[{item}].by = person:essai']
    else:
        lines += [f'expect task.show id={whole} task.state = awaiting_human',
                  f'do task.confirm id={whole} note="fait, version 7" as=person:essai',
                  f'expect task.show id={whole} task.state = done',
                  f'expect task.show id={whole} task.items[0].by = person:essai']
    lines += [f'expect task.show id={whole} task.words[0].note = "fait, version 7"', 'expect verify holds = true']
    tell(tmp_path, plan, times[0] - dt.timedelta(hours=1), lines)


def place_of(folder, plan, whole, duty, at):
    """Which of the task's items is that duty's."""
    for item in range(12):
        try:
            tell(folder, plan, at - dt.timedelta(hours=1), ['pass 65m', f'expect task.show id={whole} task.items[{item}].duty = {duty}'])
            return item
        except AssertionError:
            continue
    raise AssertionError(f'{duty} is no item of {whole}')


OFTEN = [row for row in of('people') + of('measured') if row[3].split()[0] in ('daily', 'weekly') and ':' in row[2]]


@pytest.mark.parametrize('rows,plan,duty,cadence,length,owner,by', OFTEN, ids=names(OFTEN))
def test_what_nobody_does_is_late_and_then_missed(rows, plan, duty, cadence, length, owner, by, tmp_path):
    (whole, *_), times = first_time(plan, duty)
    apart = int((times[1] - times[0]).total_seconds())
    lines = ['pass 61m']
    if length:
        lines += [f'pass {LENGTHS[length]}m', f'expect task.show id={whole} task.late = true',
                  f'pass {apart // 60 - LENGTHS[length]}m']
    else:
        lines += [f'pass {apart // 60}m']
    lines += ['pass 1m', f'expect task.show id={whole} task.state = missed',
              f'expect journal kind=task.missed subject={duty} records.count > 0']
    if by == 'measured':
        lines = [line for line in lines if 'missed' not in line]
    tell(tmp_path, plan, times[0] - dt.timedelta(hours=1), lines)


def test_performance_is_measured_asked_and_what_nothing_measures_fails(tmp_path):
    """Three figures are found, the document's fourth has no source, two questions are answered."""
    whole = 'task:performance@2027-03-02T09:00:00Z'
    tell(tmp_path, 'generic', dt.datetime(2027, 3, 2, 8), [
        'pass 65m',
        *[f'expect task.show id={whole} task.items[{n}].state = pass' for n in range(3)],
        f'expect task.show id={whole} task.items[3].state = fail',
        f'expect task.show id={whole} task.items[4].state = asked',
        f'expect task.show id={whole} task.items[5].state = asked',
        f'do task.confirm id={whole} item=5 note="la recherche" as=person:essai',
        f'expect task.show id={whole} task.state = awaiting_human',
        f'do task.confirm id={whole} item=6 as=person:essai',
        f'expect task.show id={whole} task.state = failed'])


# plan, task, place in its list, what it looks at
PREFILLED = [
    ('mangatheque', 'task:check_month', 1, 'objective:latency'),
    ('nationsounds', 'task:daily', 8, 'metric:latency'),
]


@pytest.mark.parametrize('plan,duty,place,what', PREFILLED, ids=[f'TSK-39_{row[0]}' for row in PREFILLED])
def test_a_person_only_confirms_what_was_measured(plan, duty, place, what, tmp_path):
    (whole, *_), times = first_time(plan, duty)
    item = f'id={whole} task.items[{place}]'
    tell(tmp_path, plan, times[0] - dt.timedelta(hours=2), [
        'pass 125m', f'expect task.show {item}.do = {what}', f'expect task.show {item}.state = asked',
        f'expect task.show {item}.measured != todo', f'expect task.show {item}.found != null',
        f'do task.confirm id={whole} item={place + 1} note="vu" as=person:essai',
        f'expect task.show {item}.state = confirmed', f'expect task.show {item}.by = person:essai'])


@pytest.mark.parametrize('rows,plan,duty,event,owner', ON_EVENT, ids=names(ON_EVENT))
def test_what_an_event_asks_for_is_begun_and_confirmed_by_people(rows, plan, duty, event, owner, tmp_path):
    assert verdicts(plan)[f'cadence:{duty}']['figure'] == event
    assert duty not in agenda(plan)[1]
    lines = ['pass 1m', f'do task.do id={duty} as=person:essai', 'pass 2m',
             f'expect task.show id={duty} task.state = awaiting_human',
             f'do task.confirm id={duty} note="fait, version 7" as=person:essai',
             f'expect task.list all=true duty={duty} tasks[0].state = done',
             'expect journal kind=task.confirmed records[0].note = "fait, version 7"']
    if owner:
        lines.append(f'expect task.list all=true duty={duty} tasks[0].owners[0] = {owner}')
    tell(tmp_path, plan, dt.datetime(2027, 3, 2, 10), lines)


@pytest.mark.parametrize('rows,plan,name,figure', FIGURES, ids=names(FIGURES))
def test_each_figure_is_judged(rows, plan, name, figure):
    v = verdicts(plan)[name]
    assert v['figure'] == figure and v['verdict'] in ('kept', 'broken', 'unproven', 'not_due', 'at_risk', 'disputed')
    if name.split(':')[0] in ('retention', 'before', 'verify', 'gates', 'rollback', 'load_test', 'expect'):
        assert v['verdict'] == 'unproven', 'nothing in this version shows it'


@functools.cache
def findings(plan):
    return carene('validate', example(plan), '--no-secrets', '--json')['findings']


@pytest.mark.parametrize('rows,plan,code,path,words', FINDINGS, ids=names(FINDINGS, 4))
def test_the_document_s_own_weakness_is_found(rows, plan, code, path, words):
    assert [f for f in findings(plan) if f['code'] == code and f['path'] == path and words in f['message']]


# row, plan, severity, days until it is overdue (None: no date)
FLAWS = [
    ('UPD-12 UPD-35 SEC-19', 'sitearis', 'critical', 1),
    ('UPD-13 UPD-35 SEC-19', 'sitearis', 'high', 7),
    ('UPD-15 UPD-35 SEC-19', 'sitearis', 'low', None),
    ('UPD-35 SEC-19', 'mangatheque', 'critical', 1),
    ('UPD-35 SEC-19', 'mangatheque', 'important', 7),
    ('UPD-35 SEC-19', 'mangatheque', 'minor', 30),
]


@pytest.mark.parametrize('rows,plan,severity,limit', FLAWS, ids=names(FLAWS))
@pytest.mark.parametrize('late', [False, True], ids=['in_time', 'too_late'])
def test_a_vulnerability_has_the_document_s_days(rows, plan, severity, limit, late, tmp_path):
    lines = ['pass 1m', f'do vuln.add text="Faille" severity={severity} as=person:essai']
    if limit is None:
        lines += ['expect vuln.list vulnerabilities[0].due = null', 'pass 40h',
                  'do vuln.fix id=V-0001 text="corrigée" as=person:essai',
                  'expect journal kind=vulnerability.fixed records.count = 1']
    else:
        lines += [f'pass {24 * limit - 2}h', f'pass {130 if late else 100}m',
                  f'expect vuln.list overdue=true vulnerabilities.count = {1 if late else 0}',
                  'do vuln.fix id=V-0001 text="corrigée" as=person:essai',
                  f'expect journal kind=vulnerability.fixed records[0].verdict = {"late" if late else "met"}',
                  'do vuln.verify id=V-0001 as=person:autre']
    tell(tmp_path, plan, dt.datetime(2027, 4, 6, 10), lines)


TICKETS = [('P0', '5m'), ('P1', '15m'), ('P2', '1h'), ('P3', '4h'), ('P4', '24h')]


@pytest.mark.parametrize('priority,limit', TICKETS, ids=[f'SUP-08_{p}' for p, _ in TICKETS])
@pytest.mark.parametrize('late', [False, True], ids=['at_the_limit', 'a_second_later'])
def test_a_ticket_is_answered_in_the_time_of_its_priority(priority, limit, late, tmp_path):
    tell(tmp_path, 'generic', dt.datetime(2027, 3, 2, 10), [
        'pass 1m', f'do ticket.open title="essai" priority={priority} as=person:essai', f'pass {limit}',
        *(['pass 1s'] if late else []), 'do ticket.answer id=T-0001 text="oui" as=person:essai',
        f'expect ticket.show id=T-0001 ticket.clocks[0].state = {"stopped_late" if late else "met"}'])
