-- label: Days of hospital contacts for diabetes
--
-- A contact with endocrinology, also by telephone or video, or with diabetes as its primary diagnosis (deliveries
-- without a specialty).
SELECT patient_id, started_on AS seen_on
FROM hospital_contact
WHERE specialty = 'endocrinology'
UNION ALL
SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS seen_on
FROM diagnosis
JOIN codelist
    ON codelist.list = 'diabetes_diagnosis'
    AND codelist.system = diagnosis.code_system
    AND codelist.code = diagnosis.code
WHERE diagnosis.sector = 'hospital' AND diagnosis.diagnosis_type = 'A' AND diagnosis.retraction <> 'yes'
