-- label: Foot ulcer or proliferative retinopathy seen in the period
-- unit: -
-- rows: patient and period
-- sources: diagnosis, procedure, examination
-- ties: -
--
-- A foot ulcer is the same here as in first_foot_ulcer: a specific diagnosis, an ulcer of the lower limb at a contact
-- that also carries a diabetes diagnosis, or a foot examination that found one.
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
    SELECT ulcer.patient_id, ulcer.diagnosed_on AS seen_on, 'foot_ulcer' AS sign
    FROM diagnosis AS ulcer
    JOIN codelist AS ulcer_code
        ON ulcer_code.list = 'ulcer_of_lower_limb'
        AND ulcer_code.system = ulcer.code_system
        AND ulcer_code.code = ulcer.code
    JOIN diagnosis AS diabetes
        ON diabetes.patient_id = ulcer.patient_id AND diabetes.contact_id = ulcer.contact_id
    JOIN codelist AS diabetes_code
        ON diabetes_code.list = 'diabetes_diagnosis'
        AND diabetes_code.system = diabetes.code_system
        AND diabetes_code.code = diabetes.code
    WHERE ulcer.retraction <> 'yes' AND diabetes.retraction <> 'yes' AND ulcer.diagnosis_type IN ('A', 'B')
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
