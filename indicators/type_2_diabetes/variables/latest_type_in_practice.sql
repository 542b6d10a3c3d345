-- label: Type of diabetes by the latest diagnosis of general practice in the period
-- unit: -
-- rows: patient and day
-- sources: diagnosis
-- ties: type 2 before type 1 on the latest day
SELECT
    diagnosis.patient_id,
    diagnosis.diagnosed_on AS latest_type_in_practice_on,
    MAX(CASE codelist.list WHEN 'practice_type_1_diagnosis' THEN 'type_1' ELSE 'type_2' END) AS latest_type_in_practice
FROM diagnosis
JOIN codelist ON codelist.system = diagnosis.code_system AND codelist.code = diagnosis.code
WHERE
    codelist.list IN ('practice_type_1_diagnosis', 'practice_type_2_diagnosis')
    AND diagnosis.retraction <> 'yes'
    AND diagnosis.sector = 'general_practice'
GROUP BY diagnosis.patient_id, diagnosis.diagnosed_on
