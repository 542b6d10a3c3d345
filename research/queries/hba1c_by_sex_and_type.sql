-- The middle of people's own median HbA1c, by sex and type of the disease.
WITH of_person AS (
    SELECT person, median(value) AS middle
    FROM measurement
    WHERE analyte = 'hba1c' AND result_state = 'number'
    GROUP BY person
)
SELECT person.sex, diabetes.diabetes_type, count(*) AS n, round(median(of_person.middle), 1) AS median_hba1c
FROM of_person
JOIN person ON person.person = of_person.person
JOIN diabetes ON diabetes.person = of_person.person
GROUP BY person.sex, diabetes.diabetes_type
HAVING count(*) >= 10
ORDER BY person.sex, diabetes.diabetes_type
