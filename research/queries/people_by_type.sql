-- How many people have each type of the disease, by the definition in use.
SELECT diabetes_type, count(DISTINCT person) AS n
FROM diabetes
GROUP BY diabetes_type
HAVING count(DISTINCT person) >= 10
ORDER BY n DESC
