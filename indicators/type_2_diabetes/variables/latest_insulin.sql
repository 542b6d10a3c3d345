-- label: Latest dispensing of insulin in the last 12 months of the period, alone or with a GLP-1 receptor agonist
-- unit: -
-- rows: patient and day
-- within: 12 months
-- sources: dispensing
-- ties: -
--
-- Only dispensings of community pharmacies are known; drugs given in hospital are not.
SELECT dispensing.patient_id, dispensing.dispensed_on AS latest_insulin_on
FROM dispensing
JOIN codelist
    ON codelist.list = 'insulin' AND codelist.system = 'atc' AND codelist.code = dispensing.atc_code
