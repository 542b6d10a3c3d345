-- The diagnoses that most people have, by code system.
SELECT code_system, code, count(DISTINCT person) AS n
FROM diagnosis
WHERE code IS NOT NULL
GROUP BY code_system, code
HAVING count(DISTINCT person) >= 10
ORDER BY n DESC, code_system, code
LIMIT 15
