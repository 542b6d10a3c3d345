-- label: Latest dispensing of an angiotensin receptor blocker in the last 6 months of the period
-- unit: -
-- rows: patient and day
-- within: 6 months
-- sources: dispensing
-- ties: -
--
-- Only dispensings of community pharmacies are known; drugs given in hospital are not.
SELECT dispensing.patient_id, dispensing.dispensed_on AS latest_angiotensin_receptor_blocker_on
FROM dispensing
JOIN codelist
    ON codelist.list = 'angiotensin_receptor_blocker' AND codelist.system = 'atc' AND codelist.code = dispensing.atc_code
