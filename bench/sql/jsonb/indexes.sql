CREATE INDEX ON records (kind, subject, occurred_on, record_id);
CREATE INDEX ON records (kind, occurred_on) INCLUDE (subject, record_id);
CREATE INDEX ON records (kind, institution)
