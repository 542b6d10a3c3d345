-- label: First sign of a diabetic foot ulcer or gangrene ever
-- unit: -
-- rows: patient and sign
-- sources: diagnosis, examination(examination=foot)
-- ties: -
--
-- Specific diagnoses, an ulcer of the lower limb at a contact that also carries a diabetes diagnosis, or a foot
-- examination that found an ulcer.
SELECT patient_id, seen_on AS first_foot_ulcer_on
FROM (
    SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS seen_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'foot_ulcer'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.retraction <> 'yes' AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
    UNION ALL
    SELECT ulcer.patient_id, ulcer.diagnosed_on AS seen_on
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
    SELECT patient_id, examined_on AS seen_on
    FROM examination
    WHERE examination = 'foot' AND result = 'ulcer'
) AS seen
