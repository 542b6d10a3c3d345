-- How many hospital diagnoses of diabetes are stated as retracted, as not retracted, or not stated, per register.
SELECT
    source_system,
    retraction,
    count(*) AS diagnoses,
    count(DISTINCT patient_id) AS people
FROM core.diagnosis
WHERE sector = 'hospital' AND code_system = 'sks' AND code BETWEEN 'DE10' AND 'DE14Z'
GROUP BY source_system, retraction
ORDER BY source_system, retraction;
