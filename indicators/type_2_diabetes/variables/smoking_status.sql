-- label: Latest recorded smoking status in the period
-- unit: -
-- rows: patient and day
-- sources: examination(examination=smoking)
-- ties: current before former before never on the latest day
SELECT
    patient_id,
    examined_on AS latest_smoking_status_on,
    MAX_BY(result, CASE result WHEN 'current' THEN 2 WHEN 'former' THEN 1 ELSE 0 END) AS latest_smoking_status
FROM examination
WHERE examination = 'smoking'
GROUP BY patient_id, examined_on
