-- label: Whether the latest foot status in the period is low risk
-- unit: -
-- rows: patient and day
-- sources: examination(examination=foot)
-- ties: low risk only when every status of the latest day says so
SELECT
    patient_id,
    examined_on AS latest_foot_status_on,
    MIN(CASE WHEN result = 'low' THEN 1 ELSE 0 END) = 1 AS latest_foot_status_is_low_risk
FROM examination
WHERE examination = 'foot'
GROUP BY patient_id, examined_on
