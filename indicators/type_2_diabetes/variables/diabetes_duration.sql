-- label: Years with diabetes on the last observed day, in whole calendar years
-- unit: years
-- rows: patient and period
-- sources: -
-- ties: -
SELECT
    patient_id,
    period_end,
    YEAR(observed_to) - YEAR(diabetes_since_on) - CASE
        WHEN
            MONTH(observed_to) * 100 + DAY(observed_to)
            < MONTH(diabetes_since_on) * 100 + DAY(diabetes_since_on)
            THEN 1
        ELSE 0
    END AS diabetes_years
FROM patient
