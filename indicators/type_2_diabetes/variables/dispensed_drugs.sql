-- label: Latest dispensing of each drug group in the last 12 months of the period
-- unit: -
-- rows: patient and period
-- sources: dispensing
-- ties: -
--
-- Only dispensings of community pharmacies are known; drugs given in hospital are not. The 12 months are counted from
-- the day after the reporting date, as periods are.
WITH drug AS (
    SELECT
        code,
        MAX(CASE WHEN list = 'glucose_lowering_drug' THEN 1 ELSE 0 END) = 1 AS is_glucose_lowering,
        MAX(CASE WHEN list = 'lipid_lowering_drug' THEN 1 ELSE 0 END) = 1 AS is_lipid_lowering,
        MAX(CASE WHEN list = 'blood_pressure_lowering_drug' THEN 1 ELSE 0 END) = 1 AS is_blood_pressure_lowering,
        MAX(CASE WHEN list = 'ras_blockade' THEN 1 ELSE 0 END) = 1 AS is_ras_blockade
    FROM codelist
    WHERE
        system = 'atc'
        AND list IN (
            'glucose_lowering_drug',
            'lipid_lowering_drug',
            'blood_pressure_lowering_drug',
            'ras_blockade'
        )
    GROUP BY code
)

SELECT
    dispensing.patient_id,
    period_day.period_end,
    MAX(CASE WHEN drug.is_glucose_lowering THEN dispensing.dispensed_on END) AS latest_glucose_lowering_drug_on,
    MAX(CASE WHEN drug.is_lipid_lowering THEN dispensing.dispensed_on END) AS latest_lipid_lowering_drug_on,
    MAX(CASE WHEN drug.is_blood_pressure_lowering THEN dispensing.dispensed_on END)
        AS latest_blood_pressure_lowering_drug_on,
    MAX(CASE WHEN drug.is_ras_blockade THEN dispensing.dispensed_on END) AS latest_ras_blockade_on
FROM dispensing
JOIN drug ON drug.code = dispensing.atc_code
JOIN period_day ON period_day.day = dispensing.dispensed_on
WHERE period_day.day >= period_day.period_end + INTERVAL '1' DAY - INTERVAL '12' MONTH
GROUP BY dispensing.patient_id, period_day.period_end
