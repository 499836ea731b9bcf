-- Registered people with the follow-ups expected by now: one for each whole three months since 1 January or
-- registration, at least 1, at most 4.
WITH registered AS (
  SELECT subject, greatest(min(occurred_on), %(year_start)s) AS start
  FROM records_dm_registration WHERE occurred_on <= %(as_of)s
  GROUP BY subject
),
visits AS (
  SELECT subject, count(*) AS visits
  FROM records_dm_followup WHERE occurred_on BETWEEN %(year_start)s AND %(as_of)s
  GROUP BY subject
),
villages AS (
  SELECT r.place, count(*) FILTER (WHERE coalesce(v.visits, 0) >= 1
      + (g.start + interval '6 months' <= %(next_day)s)::int
      + (g.start + interval '9 months' <= %(next_day)s)::int
      + (g.start + interval '12 months' <= %(next_day)s)::int) AS numerator, count(*) AS denominator
  FROM registered g JOIN residents r ON r.id = g.subject LEFT JOIN visits v ON v.subject = g.subject
  WHERE (r.birth_date IS NULL OR r.birth_date <= %(as_of)s) AND (r.death_date IS NULL OR r.death_date > %(as_of)s)
  GROUP BY r.place
)
SELECT a.unit AS place, sum(v.numerator)::bigint AS numerator, sum(v.denominator)::bigint AS denominator
FROM villages v JOIN place_above a ON a.place = v.place
GROUP BY a.unit
