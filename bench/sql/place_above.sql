-- Each place with itself and every place above it, so that a query rolls its figure up the tree by one join.
CREATE VIEW place_above AS
WITH RECURSIVE above AS (
  SELECT id AS place, id AS unit FROM places
  UNION ALL
  SELECT a.place, p.parent FROM above a JOIN places p ON p.id = a.unit WHERE p.parent IS NOT NULL
)
SELECT place, unit FROM above
