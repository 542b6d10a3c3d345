-- label: First ketoacidosis ever
-- unit: -
-- rows: patient
-- sources: diagnosis
-- ties: -
--
-- Diagnoses of type A or B from hospital, unless retracted.
SELECT diagnosis.patient_id, MIN(diagnosis.diagnosed_on) AS first_ketoacidosis_on
FROM diagnosis
JOIN codelist
    ON codelist.list = 'ketoacidosis'
    AND codelist.system = diagnosis.code_system
    AND codelist.code = diagnosis.code
WHERE diagnosis.retraction <> 'yes' AND diagnosis.diagnosis_type IN ('A', 'B')
GROUP BY diagnosis.patient_id
