-- label: Latest dispensing of a sulfonylurea in the period, alone or in combination
-- unit: -
-- rows: patient and day
-- sources: dispensing
-- ties: -
--
-- Only dispensings of community pharmacies are known; drugs given in hospital are not.
SELECT dispensing.patient_id, dispensing.dispensed_on AS latest_sulfonylurea_on
FROM dispensing
JOIN codelist
    ON codelist.list = 'sulfonylurea_any' AND codelist.system = 'atc' AND codelist.code = dispensing.atc_code
