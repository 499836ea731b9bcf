-- Township and community centres open on the day where somebody of mid title or higher is posted on it.
WITH posted AS (
  SELECT DISTINCT p.institution
  FROM records_posting p JOIN workers w ON w.id = p.subject
  WHERE w.title_level IN ('mid', 'associate_senior', 'senior') AND p.occurred_on <= %(as_of)s
    AND (p.valid_from IS NULL OR p.valid_from <= %(as_of)s)
    AND (p.valid_to IS NULL OR p.valid_to >= %(as_of)s)
),
villages AS (
  SELECT i.place, count(p.institution) AS numerator, count(*) AS denominator
  FROM institutions i LEFT JOIN posted p ON p.institution = i.id
  WHERE i.type IN ('township_centre', 'community_centre')
    AND (i.opened_on IS NULL OR i.opened_on <= %(as_of)s) AND (i.closed_on IS NULL OR i.closed_on > %(as_of)s)
  GROUP BY i.place
)
SELECT a.unit AS place, sum(v.numerator)::bigint AS numerator, sum(v.denominator)::bigint AS denominator
FROM villages v JOIN place_above a ON a.place = v.place
GROUP BY a.unit
