-- label: First sign of diabetic kidney disease ever
-- unit: -
-- rows: patient and sign
-- sources: diagnosis, procedure, measurement(analyte=uacr)
-- ties: -
--
-- Diagnoses and chronic dialysis or transplantation, or one urine albumin-creatinine ratio in the severe range. Acute
-- dialysis does not count.
SELECT patient_id, seen_on AS first_nephropathy_on
FROM (
    SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS seen_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'nephropathy'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.retraction <> 'yes' AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
    UNION ALL
    SELECT procedure.patient_id, procedure.performed_on AS seen_on
    FROM procedure
    JOIN codelist
        ON codelist.list = 'nephropathy' AND codelist.system = 'sks' AND codelist.code = procedure.code
    UNION ALL
    SELECT patient_id, taken_on AS seen_on
    FROM measurement
    WHERE
        analyte = 'uacr'
        AND result_state = 'number'
        AND COALESCE(comparator, '=') NOT IN ('<', '<=')
        AND value >= $uacr_severe_from_mg_g
) AS seen
