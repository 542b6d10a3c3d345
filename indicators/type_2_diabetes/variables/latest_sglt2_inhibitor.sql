-- label: Latest dispensing of an SGLT2 inhibitor in the period, alone or in combination
-- unit: -
-- rows: patient and day
-- sources: dispensing
-- ties: -
--
-- Only dispensings of community pharmacies are known; drugs given in hospital are not.
SELECT dispensing.patient_id, dispensing.dispensed_on AS latest_sglt2_inhibitor_on
FROM dispensing
JOIN codelist
    ON codelist.list = 'sglt2_inhibitor_any' AND codelist.system = 'atc' AND codelist.code = dispensing.atc_code
