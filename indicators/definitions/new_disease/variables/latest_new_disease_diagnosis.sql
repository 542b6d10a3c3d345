-- label: Latest day in the period on which the disease was diagnosed
-- unit: -
-- rows: patient and day
-- sources: diagnosis
-- ties: -
SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS latest_new_disease_diagnosis_on
FROM diagnosis
JOIN codelist
    ON codelist.list = 'new_disease_diagnosis'
    AND codelist.system = diagnosis.code_system
    AND codelist.code = diagnosis.code
WHERE diagnosis.retraction <> 'yes'
