-- label: Latest dispensing of a statin in the period
-- unit: -
-- rows: patient and day
-- sources: dispensing
-- ties: -
--
-- Only dispensings of community pharmacies are known; drugs given in hospital are not.
SELECT dispensing.patient_id, dispensing.dispensed_on AS latest_statin_on
FROM dispensing
JOIN codelist
    ON codelist.list = 'statin' AND codelist.system = 'atc' AND codelist.code = dispensing.atc_code
