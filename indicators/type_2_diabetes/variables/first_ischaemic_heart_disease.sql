-- label: First sign of ischaemic heart disease ever
-- unit: -
-- rows: patient and sign
-- sources: diagnosis, procedure
-- ties: -
--
-- Diagnoses (A or B from hospital, any from general practice, unless retracted), bypass operation or balloon
-- dilatation.
SELECT patient_id, seen_on AS first_ischaemic_heart_disease_on
FROM (
    SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS seen_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'ischaemic_heart_disease'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.retraction <> 'yes' AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
    UNION ALL
    SELECT procedure.patient_id, procedure.performed_on AS seen_on
    FROM procedure
    JOIN codelist
        ON codelist.list = 'ischaemic_heart_disease' AND codelist.system = 'sks' AND codelist.code = procedure.code
) AS seen
