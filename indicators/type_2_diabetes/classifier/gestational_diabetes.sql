-- label: Women who have had gestational diabetes, and since when
-- unit: -
-- rows: patient
-- sources: diagnosis
-- ties: -
--
-- A population of its own: gestational diabetes is never type 2 by that alone, and a woman can be in both.
SELECT
    diagnosis.patient_id,
    'gestational' AS diabetes_type,
    MIN(diagnosis.diagnosed_on) AS diabetes_since_on,
    TRUE AS is_since_date_stable
FROM diagnosis
JOIN person ON person.patient_id = diagnosis.patient_id
JOIN codelist
    ON codelist.list = 'gestational_diabetes'
    AND codelist.system = diagnosis.code_system
    AND codelist.code = diagnosis.code
WHERE
    person.sex = 'female'
    AND diagnosis.retraction <> 'yes'
    AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
GROUP BY diagnosis.patient_id
