-- label: First diagnosis of heart failure ever
-- unit: -
-- rows: patient and sign
-- sources: diagnosis
-- ties: -
--
-- Diagnoses of type A or B from hospital and any from general practice, unless retracted.
SELECT patient_id, seen_on AS first_heart_failure_on
FROM (
    SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS seen_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'heart_failure'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.retraction <> 'yes' AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
) AS seen
