-- label: First dispensing of a GLP-1 receptor agonist ever, alone or with insulin
-- unit: -
-- rows: patient
-- sources: dispensing
-- ties: -
--
-- Only dispensings of community pharmacies are known; drugs given in hospital are not.
SELECT dispensing.patient_id, MIN(dispensing.dispensed_on) AS first_glp1_agonist_on
FROM dispensing
JOIN codelist
    ON codelist.list = 'glp1_agonist_any' AND codelist.system = 'atc' AND codelist.code = dispensing.atc_code
GROUP BY dispensing.patient_id
