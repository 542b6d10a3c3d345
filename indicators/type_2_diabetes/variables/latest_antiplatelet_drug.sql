-- label: Latest dispensing of an antiplatelet drug in the last 12 months of the period
-- unit: -
-- rows: patient and day
-- within: 12 months
-- sources: dispensing
-- ties: -
--
-- Only dispensings of community pharmacies are known; drugs given in hospital are not.
SELECT dispensing.patient_id, dispensing.dispensed_on AS latest_antiplatelet_drug_on
FROM dispensing
JOIN codelist
    ON codelist.list = 'antiplatelet_drug' AND codelist.system = 'atc' AND codelist.code = dispensing.atc_code
