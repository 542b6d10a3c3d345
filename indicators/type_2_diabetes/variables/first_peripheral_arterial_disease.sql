-- label: First sign of peripheral arterial disease ever
-- unit: -
-- rows: patient and sign
-- sources: diagnosis, procedure
-- ties: -
--
-- Diagnoses of type A or B from hospital and any from general practice, unless retracted.
SELECT patient_id, seen_on AS first_peripheral_arterial_disease_on
FROM (
    SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS seen_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'peripheral_arterial_disease'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.retraction <> 'yes' AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
    UNION ALL
    SELECT procedure.patient_id, procedure.performed_on AS seen_on
    FROM procedure
    JOIN codelist
        ON codelist.list = 'peripheral_arterial_disease' AND codelist.system = 'sks' AND codelist.code = procedure.code
) AS seen
