-- label: First record of moderate or severe frailty ever
-- unit: -
-- rows: patient
-- sources: diagnosis
-- ties: -
SELECT diagnosis.patient_id, MIN(diagnosis.diagnosed_on) AS first_frailty_on
FROM diagnosis
JOIN codelist
    ON codelist.list = 'frailty'
    AND codelist.system = diagnosis.code_system
    AND codelist.code = diagnosis.code
WHERE diagnosis.retraction <> 'yes'
GROUP BY diagnosis.patient_id
