-- People of 65 or older with a complete check this year. Somebody born on 29 February becomes older on 1 March.
WITH checked AS (
  SELECT DISTINCT subject FROM records WHERE kind = 'elderly_check' AND occurred_on BETWEEN %(year_start)s AND %(as_of)s
    AND ("values"->>'lifestyle')::bool AND ("values"->>'physical')::bool AND ("values"->>'auxiliary')::bool AND ("values"->>'guidance')::bool
),
villages AS (
  SELECT r.place, count(*) FILTER (WHERE c.subject IS NOT NULL) AS numerator, count(*) AS denominator
  FROM residents r LEFT JOIN checked c ON c.subject = r.id
  WHERE r.birth_date <= %(as_of)s - interval '65 years' AND (r.death_date IS NULL OR r.death_date > %(as_of)s)
  GROUP BY r.place
)
SELECT a.unit AS place, sum(v.numerator)::bigint AS numerator, sum(v.denominator)::bigint AS denominator
FROM villages v JOIN place_above a ON a.place = v.place
GROUP BY a.unit
