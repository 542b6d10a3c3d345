-- label: Latest examination of the injection sites in the period
-- unit: -
-- rows: patient and day
-- sources: examination(examination=injection_sites)
-- ties: -
SELECT patient_id, examined_on AS latest_injection_site_examination_on
FROM examination
WHERE examination = 'injection_sites'
