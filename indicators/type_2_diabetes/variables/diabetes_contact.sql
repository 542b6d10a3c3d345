-- label: Latest contact about diabetes in the period, in general practice or hospital
-- unit: -
-- rows: patient and day
-- sources: diagnosis, examination
-- ties: -
--
-- A diabetes diagnosis at a hospital contact or in general practice, a foot examination or an annual review. Eye
-- screening alone is not follow-up of the disease.
SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS latest_diabetes_contact_on
FROM diagnosis
JOIN codelist ON codelist.system = diagnosis.code_system AND codelist.code = diagnosis.code
WHERE
    codelist.list IN ('diabetes_diagnosis', 'practice_type_1_diagnosis', 'practice_type_2_diagnosis')
    AND diagnosis.retraction <> 'yes'
    AND diagnosis.sector IN ('hospital', 'general_practice')
UNION ALL
SELECT patient_id, examined_on AS latest_diabetes_contact_on
FROM examination
WHERE examination IN ('foot', 'annual_review') AND sector IN ('hospital', 'general_practice')
