-- All eight indicators at every place: one grouped pass per kind of record, one join, one grouped pass per village.
WITH RECURSIVE above AS (
  SELECT id AS place, id AS unit FROM places
  UNION ALL
  SELECT a.place, p.parent FROM above a JOIN places p ON p.id = a.unit WHERE p.parent IS NOT NULL
),
htn_since AS (
  SELECT subject, min(occurred_on) AS day FROM htn_registration WHERE occurred_on <= $as_of GROUP BY subject
),
htn_visits AS (
  -- rowid follows the order of the files: the largest one is the last visit, by day and record id
  SELECT subject, count(*) AS visits, arg_max({'day': occurred_on, 'sbp': sbp, 'dbp': dbp}, rowid) AS last
  FROM htn_followup WHERE occurred_on BETWEEN $year_start AND $as_of GROUP BY subject
),
dm_since AS (
  SELECT subject, min(occurred_on) AS day FROM dm_registration WHERE occurred_on <= $as_of GROUP BY subject
),
dm_visits AS (
  SELECT subject, count(*) AS visits, arg_max({'fpg': fpg}, rowid) AS last
  FROM dm_followup WHERE occurred_on BETWEEN $year_start AND $as_of GROUP BY subject
),
checked AS (
  SELECT DISTINCT subject FROM elderly_check WHERE occurred_on BETWEEN $year_start AND $as_of AND complete
),
contracted AS (
  SELECT DISTINCT subject FROM contract
  WHERE occurred_on <= $as_of
    AND (valid_from IS NULL OR valid_from <= $as_of) AND (valid_to IS NULL OR valid_to >= $as_of)
),
people AS (
  SELECT
    r.place,
    hs.day IS NOT NULL AS hypertension,
    -- one visit is expected for each whole three months since 1 January or registration; 1 to 4
    coalesce(hv.visits, 0) >= 1
      + (greatest(hs.day, $year_start) + INTERVAL 6 MONTH <= $next_day)::INT
      + (greatest(hs.day, $year_start) + INTERVAL 9 MONTH <= $next_day)::INT
      + (greatest(hs.day, $year_start) + INTERVAL 12 MONTH <= $next_day)::INT AS htn_enough,
    hv.last.dbp < 90
      AND hv.last.sbp < CASE WHEN r.birth_date <= hv.last.day - INTERVAL 65 YEAR THEN 150 ELSE 140 END AS htn_well,
    ds.day IS NOT NULL AS diabetes,
    coalesce(dv.visits, 0) >= 1
      + (greatest(ds.day, $year_start) + INTERVAL 6 MONTH <= $next_day)::INT
      + (greatest(ds.day, $year_start) + INTERVAL 9 MONTH <= $next_day)::INT
      + (greatest(ds.day, $year_start) + INTERVAL 12 MONTH <= $next_day)::INT AS dm_enough,
    dv.last.fpg < 7.0 AS dm_well,
    -- somebody born on 29 February becomes older on 1 March, which is what taking off years means here
    r.birth_date <= $as_of - INTERVAL 65 YEAR AS elderly,
    r.birth_date > $as_of - INTERVAL 7 YEAR AS child,
    k.subject IS NOT NULL AS checked,
    c.subject IS NOT NULL AS contracted
  FROM residents r
  LEFT JOIN htn_since hs ON hs.subject = r.id
  LEFT JOIN htn_visits hv ON hv.subject = r.id
  LEFT JOIN dm_since ds ON ds.subject = r.id
  LEFT JOIN dm_visits dv ON dv.subject = r.id
  LEFT JOIN checked k ON k.subject = r.id
  LEFT JOIN contracted c ON c.subject = r.id
  WHERE (r.birth_date IS NULL OR r.birth_date <= $as_of) AND (r.death_date IS NULL OR r.death_date > $as_of)
),
villages AS (
  SELECT
    place,
    count(*) AS people,
    count(*) FILTER (contracted) AS contracted,
    count(*) FILTER (elderly OR child OR hypertension OR diabetes) AS key_people,
    count(*) FILTER (contracted AND (elderly OR child OR hypertension OR diabetes)) AS key_contracted,
    count(*) FILTER (elderly) AS elderly,
    count(*) FILTER (elderly AND checked) AS checked,
    count(*) FILTER (hypertension) AS hypertension,
    count(*) FILTER (hypertension AND htn_enough) AS htn_enough,
    count(*) FILTER (hypertension AND htn_well) AS htn_well,
    count(*) FILTER (diabetes) AS diabetes,
    count(*) FILTER (diabetes AND dm_enough) AS dm_enough,
    count(*) FILTER (diabetes AND dm_well) AS dm_well
  FROM people GROUP BY place
),
posted AS (
  SELECT DISTINCT p.institution
  FROM posting p JOIN workers w ON w.id = p.subject
  WHERE w.title_level IN ('mid', 'associate_senior', 'senior') AND p.occurred_on <= $as_of
    AND (p.valid_from IS NULL OR p.valid_from <= $as_of) AND (p.valid_to IS NULL OR p.valid_to >= $as_of)
),
centres AS (
  SELECT i.place, count(p.institution) AS posted, count(*) AS centres
  FROM institutions i LEFT JOIN posted p ON p.institution = i.id
  WHERE i.type IN ('township_centre', 'community_centre')
    AND (i.opened_on IS NULL OR i.opened_on <= $as_of) AND (i.closed_on IS NULL OR i.closed_on > $as_of)
  GROUP BY i.place
),
figures AS (
  SELECT place, unnest([
    {'indicator': 'htn_managed', 'n': htn_enough, 'd': hypertension},
    {'indicator': 'htn_controlled', 'n': htn_well, 'd': hypertension},
    {'indicator': 'dm_managed', 'n': dm_enough, 'd': diabetes},
    {'indicator': 'dm_controlled', 'n': dm_well, 'd': diabetes},
    {'indicator': 'elderly_managed', 'n': checked, 'd': elderly},
    {'indicator': 'contract_coverage', 'n': contracted, 'd': people},
    {'indicator': 'contract_coverage_key', 'n': key_contracted, 'd': key_people}
  ]) AS f FROM villages
  UNION ALL
  SELECT place, {'indicator': 'posting_coverage', 'n': posted, 'd': centres} FROM centres
)
SELECT f.indicator AS indicator, a.unit AS place, sum(f.n)::BIGINT AS numerator, sum(f.d)::BIGINT AS denominator
FROM figures JOIN above a USING (place)
GROUP BY ALL
