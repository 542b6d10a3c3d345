-- A table as `tvaers export check` wants it: counts of people named n and n_…, with `all` where a column is summed up.
WITH latest AS (
    SELECT person, max(value) AS highest
    FROM measurement
    WHERE analyte = 'hba1c' AND result_state = 'number'
    GROUP BY person
)
SELECT
    coalesce(person.sex, 'all') AS sex,
    coalesce(diabetes.diabetes_type, 'all') AS diabetes_type,
    count(*) AS n,
    count(*) FILTER (WHERE latest.highest < 75) AS n_always_below_75
FROM latest
JOIN person ON person.person = latest.person
JOIN diabetes ON diabetes.person = latest.person
GROUP BY CUBE (person.sex, diabetes.diabetes_type)
ORDER BY sex, diabetes_type
