-- label: Latest recorded smoking status in the period
-- unit: -
-- rows: patient and period
-- sources: examination(examination=smoking)
-- ties: current before former before never on the latest day
SELECT
    examination.patient_id,
    period_day.period_end,
    MAX_BY(
        examination.result,
        (
            examination.examined_on,
            CASE examination.result WHEN 'current' THEN 2 WHEN 'former' THEN 1 ELSE 0 END
        )
    ) AS latest_smoking_status,
    MAX(examination.examined_on) AS latest_smoking_status_on
FROM examination
JOIN period_day ON period_day.day = examination.examined_on
WHERE examination.examination = 'smoking'
GROUP BY examination.patient_id, period_day.period_end
