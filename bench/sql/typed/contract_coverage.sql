-- Residents with a contract in force on the day; an empty date sets no limit.
WITH contracted AS (
  SELECT DISTINCT subject FROM records_contract WHERE occurred_on <= %(as_of)s
    AND (valid_from IS NULL OR valid_from <= %(as_of)s)
    AND (valid_to IS NULL OR valid_to >= %(as_of)s)
),
villages AS (
  SELECT r.place, count(*) FILTER (WHERE c.subject IS NOT NULL) AS numerator, count(*) AS denominator
  FROM residents r LEFT JOIN contracted c ON c.subject = r.id
  WHERE (r.birth_date IS NULL OR r.birth_date <= %(as_of)s) AND (r.death_date IS NULL OR r.death_date > %(as_of)s)
  GROUP BY r.place
)
SELECT a.unit AS place, sum(v.numerator)::bigint AS numerator, sum(v.denominator)::bigint AS denominator
FROM villages v JOIN place_above a ON a.place = v.place
GROUP BY a.unit
