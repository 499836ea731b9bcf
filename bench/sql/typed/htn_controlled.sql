-- Registered people whose last follow-up of this year is controlled; two on one day: the larger id is the last.
WITH registered AS (
  SELECT DISTINCT subject FROM records_htn_registration WHERE occurred_on <= %(as_of)s
),
last_visit AS (
  SELECT DISTINCT ON (subject) subject, occurred_on, sbp, dbp
  FROM records_htn_followup WHERE occurred_on BETWEEN %(year_start)s AND %(as_of)s
  ORDER BY subject, occurred_on DESC, id DESC
),
villages AS (
  SELECT r.place, count(*) FILTER (WHERE l.dbp < 90 AND l.sbp < CASE WHEN r.birth_date <= l.occurred_on - interval '65 years' THEN 150 ELSE 140 END) AS numerator, count(*) AS denominator
  FROM registered g JOIN residents r ON r.id = g.subject LEFT JOIN last_visit l ON l.subject = g.subject
  WHERE (r.birth_date IS NULL OR r.birth_date <= %(as_of)s) AND (r.death_date IS NULL OR r.death_date > %(as_of)s)
  GROUP BY r.place
)
SELECT a.unit AS place, sum(v.numerator)::bigint AS numerator, sum(v.denominator)::bigint AS denominator
FROM villages v JOIN place_above a ON a.place = v.place
GROUP BY a.unit
