-- label: Days on which the eyes were examined for retinopathy and could be judged
--
-- Results of eye screening and of the practice's status form, and hospital screening contacts and eye photographs. An
-- ungradable picture does not count: it has to be taken again.
SELECT patient_id, examined_on
FROM examination
WHERE examination = 'eye' AND result <> 'ungradable'
UNION ALL
SELECT procedure.patient_id, procedure.performed_on AS examined_on
FROM procedure
JOIN codelist
    ON codelist.list = 'eye_examination' AND codelist.system = 'sks' AND codelist.code = procedure.code
UNION ALL
SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS examined_on
FROM diagnosis
JOIN codelist
    ON codelist.list = 'eye_examination'
    AND codelist.system = diagnosis.code_system
    AND codelist.code = diagnosis.code
WHERE diagnosis.retraction <> 'yes'
