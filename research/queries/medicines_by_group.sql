-- In how many people each group of medicines was handed out.
SELECT left(atc_code, 5) AS atc_group, count(DISTINCT person) AS n, count(*) AS dispensings
FROM dispensing
GROUP BY atc_group
HAVING count(DISTINCT person) >= 10
ORDER BY n DESC, atc_group
LIMIT 15
