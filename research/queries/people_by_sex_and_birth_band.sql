-- How many people the project has, by sex and five-year band of birth.
SELECT sex, birth_band, count(*) AS n
FROM person
GROUP BY sex, birth_band
HAVING count(DISTINCT person) >= 10
ORDER BY sex, birth_band
