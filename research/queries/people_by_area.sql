-- Where people live now, as far as the project may know.
SELECT area, count(DISTINCT person) AS n
FROM residence
WHERE ends_year IS NULL
GROUP BY area
HAVING count(DISTINCT person) >= 10
ORDER BY area
