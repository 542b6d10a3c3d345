-- label: People with a diagnosis of the disease that nobody took back, from the first one on
-- unit: -
-- rows: patient
-- sources: diagnosis
-- ties: -
SELECT
    diagnosis.patient_id,
    'diagnosed' AS diabetes_type,
    MIN(diagnosis.diagnosed_on) AS diabetes_since_on,
    TRUE AS is_since_date_stable
FROM diagnosis
JOIN codelist
    ON codelist.list = 'new_disease_diagnosis'
    AND codelist.system = diagnosis.code_system
    AND codelist.code = diagnosis.code
WHERE diagnosis.retraction <> 'yes'
GROUP BY diagnosis.patient_id
