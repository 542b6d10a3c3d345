-- label: Latest dispensing of each drug group in the last 12 months of the period
-- unit: -
-- rows: patient and period
-- sources: dispensing
-- ties: -
--
-- Only dispensings of community pharmacies are known; drugs given in hospital are not.
SELECT
    dispensing.patient_id,
    period_day.period_end,
    MAX(CASE WHEN codelist.list = 'glucose_lowering_drug' THEN dispensing.dispensed_on END)
        AS latest_glucose_lowering_drug_on,
    MAX(CASE WHEN codelist.list = 'lipid_lowering_drug' THEN dispensing.dispensed_on END)
        AS latest_lipid_lowering_drug_on,
    MAX(CASE WHEN codelist.list = 'blood_pressure_lowering_drug' THEN dispensing.dispensed_on END)
        AS latest_blood_pressure_lowering_drug_on,
    MAX(CASE WHEN codelist.list = 'ras_blockade' THEN dispensing.dispensed_on END)
        AS latest_ras_blockade_on
FROM dispensing
JOIN codelist ON codelist.system = 'atc' AND codelist.code = dispensing.atc_code
JOIN period_day ON period_day.day = dispensing.dispensed_on
WHERE
    codelist.list IN (
        'glucose_lowering_drug',
        'lipid_lowering_drug',
        'blood_pressure_lowering_drug',
        'ras_blockade'
    )
    AND period_day.day > period_day.period_end - INTERVAL '12' MONTH
GROUP BY dispensing.patient_id, period_day.period_end
