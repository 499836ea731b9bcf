-- By subject for one person's record; by day, covering, for figures of a period (index-only scans).
CREATE INDEX ON records_htn_registration (subject, occurred_on);
CREATE INDEX ON records_dm_registration (subject, occurred_on);
CREATE INDEX ON records_htn_followup (subject, occurred_on, id);
CREATE INDEX ON records_htn_followup (occurred_on) INCLUDE (subject, id, sbp, dbp);
CREATE INDEX ON records_dm_followup (subject, occurred_on, id);
CREATE INDEX ON records_dm_followup (occurred_on) INCLUDE (subject, id, fpg);
CREATE INDEX ON records_elderly_check (subject, occurred_on);
CREATE INDEX ON records_elderly_check (occurred_on) INCLUDE (subject, lifestyle, physical, auxiliary, guidance);
CREATE INDEX ON records_contract (subject, occurred_on);
CREATE INDEX ON records_contract (valid_to, valid_from) INCLUDE (subject, occurred_on);
CREATE INDEX ON records_posting (institution, occurred_on)
