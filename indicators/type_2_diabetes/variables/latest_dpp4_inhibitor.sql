-- label: Latest dispensing of a DPP-4 inhibitor in the last 6 months of the period, alone or in combination
-- unit: -
-- rows: patient and day
-- within: 6 months
-- sources: dispensing
-- ties: -
--
-- Only dispensings of community pharmacies are known; drugs given in hospital are not.
SELECT dispensing.patient_id, dispensing.dispensed_on AS latest_dpp4_inhibitor_on
FROM dispensing
JOIN codelist
    ON codelist.list = 'dpp4_inhibitor_any' AND codelist.system = 'atc' AND codelist.code = dispensing.atc_code
