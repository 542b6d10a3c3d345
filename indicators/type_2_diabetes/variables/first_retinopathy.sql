-- label: First sign of diabetic retinopathy ever
-- unit: -
-- rows: patient and sign
-- sources: diagnosis, procedure, examination(examination=eye)
-- ties: -
--
-- Diagnoses (A or B from hospital, any from general practice, unless retracted), panretinal laser treatment, and eye
-- examinations that found retinopathy of any degree in either eye.
SELECT patient_id, seen_on AS first_retinopathy_on
FROM (
    SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS seen_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'retinopathy'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.retraction <> 'yes' AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
    UNION ALL
    SELECT procedure.patient_id, procedure.performed_on AS seen_on
    FROM procedure
    JOIN codelist
        ON codelist.list = 'retinopathy' AND codelist.system = 'sks' AND codelist.code = procedure.code
    UNION ALL
    SELECT patient_id, examined_on AS seen_on
    FROM examination
    WHERE examination = 'eye' AND result IN ('mild', 'moderate', 'severe', 'proliferative')
) AS seen
