-- How many people each practice has on its list today, that is on the last day anybody registered.
WITH today AS (SELECT max(starts_on) AS day FROM core.registration)
SELECT practice.practice_id, practice.cluster_id, practice.municipality_code, count(registration.patient_id) AS people
FROM core.practice AS practice
CROSS JOIN today
LEFT JOIN core.registration AS registration
    ON registration.practice_id = practice.practice_id
    AND today.day BETWEEN registration.starts_on AND coalesce(registration.ends_on, DATE '9999-12-31')
GROUP BY ALL
ORDER BY ALL;
