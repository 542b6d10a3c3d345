-- label: Foot ulcer or proliferative retinopathy seen in the period
-- unit: -
-- rows: patient and period
-- sources: diagnosis, procedure, examination
-- ties: -
SELECT
    seen.patient_id,
    period_day.period_end,
    MAX(CASE WHEN seen.sign = 'foot_ulcer' THEN seen.seen_on END) AS latest_foot_ulcer_on,
    MAX(CASE WHEN seen.sign = 'proliferative_retinopathy' THEN seen.seen_on END) AS latest_proliferative_retinopathy_on
FROM (
    SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS seen_on, codelist.list AS sign
    FROM diagnosis
    JOIN codelist ON codelist.system = diagnosis.code_system AND codelist.code = diagnosis.code
    WHERE
        codelist.list IN ('foot_ulcer', 'proliferative_retinopathy')
        AND diagnosis.retraction <> 'yes'
        AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
    UNION ALL
    SELECT procedure.patient_id, procedure.performed_on AS seen_on, codelist.list AS sign
    FROM procedure
    JOIN codelist
        ON codelist.list = 'proliferative_retinopathy'
        AND codelist.system = 'sks'
        AND codelist.code = procedure.code
    UNION ALL
    SELECT
        patient_id,
        examined_on AS seen_on,
        CASE examination WHEN 'foot' THEN 'foot_ulcer' ELSE 'proliferative_retinopathy' END AS sign
    FROM examination
    WHERE (examination = 'foot' AND result = 'ulcer') OR (examination = 'eye' AND result = 'proliferative')
) AS seen
JOIN period_day ON period_day.day = seen.seen_on
GROUP BY seen.patient_id, period_day.period_end
