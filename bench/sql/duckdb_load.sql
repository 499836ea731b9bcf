-- The lake's Parquet files as in-memory tables, only the columns that the figures need. Files are sorted by
-- subject, day and record id, and DuckDB keeps that order, so that among a subject's rows the last is the newest.
CREATE TABLE places AS SELECT id, parent FROM read_parquet($places);
CREATE TABLE institutions AS SELECT id, type, place, opened_on, closed_on FROM read_parquet($institutions);
CREATE TABLE workers AS SELECT id, title_level FROM read_parquet($workers);
CREATE TABLE residents AS SELECT id, place, birth_date, death_date FROM read_parquet($residents);
CREATE TABLE htn_registration AS SELECT subject, occurred_on FROM read_parquet($records_htn_registration);
CREATE TABLE htn_followup AS SELECT subject, occurred_on, sbp, dbp FROM read_parquet($records_htn_followup);
CREATE TABLE dm_registration AS SELECT subject, occurred_on FROM read_parquet($records_dm_registration);
CREATE TABLE dm_followup AS SELECT subject, occurred_on, fpg FROM read_parquet($records_dm_followup);
CREATE TABLE elderly_check AS
  SELECT subject, occurred_on, lifestyle AND physical AND auxiliary AND guidance AS complete
  FROM read_parquet($records_elderly_check);
CREATE TABLE contract AS SELECT subject, occurred_on, valid_from, valid_to FROM read_parquet($records_contract);
CREATE TABLE posting AS
  SELECT subject, institution, occurred_on, valid_from, valid_to FROM read_parquet($records_posting);
