-- label: Largest difference between two HbA1c that two sectors hold, at most one day apart, in the period
-- unit: mmol/mol
-- rows: patient and period
-- sources: measurement(analyte=hba1c)
-- ties: every pair of two sectors counts
--
-- Results whose sector is not delivered are left out: they may be the same sample told twice.
WITH result AS (
    SELECT patient_id, taken_on, value, sector
    FROM measurement
    WHERE analyte = 'hba1c' AND result_state = 'number' AND comparator = '=' AND sector <> 'unknown'
)

SELECT
    earlier.patient_id,
    period_day.period_end,
    MAX(ABS(later.value - earlier.value)) AS hba1c_between_sectors_mmol_mol,
    MAX(later.taken_on) AS hba1c_of_two_sectors_on
FROM result AS earlier
JOIN result AS later
    ON later.patient_id = earlier.patient_id
    AND later.sector <> earlier.sector
    AND later.taken_on >= earlier.taken_on
    AND later.taken_on <= earlier.taken_on + INTERVAL '1' DAY
JOIN period_day ON period_day.day = later.taken_on
GROUP BY earlier.patient_id, period_day.period_end
