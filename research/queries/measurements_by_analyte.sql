-- What was measured, in how many people, and the middle of the values.
SELECT analyte, unit, count(*) AS results, count(DISTINCT person) AS n, round(median(value), 1) AS median_value
FROM measurement
WHERE result_state = 'number'
GROUP BY analyte, unit
HAVING count(DISTINCT person) >= 10
ORDER BY analyte
