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
    held_by_two_sectors.patient_id,
    period_day.period_end,
    MAX(held_by_two_sectors.difference) AS hba1c_between_sectors_mmol_mol,
    MAX(held_by_two_sectors.taken_on) AS hba1c_of_two_sectors_on
FROM step.held_by_two_sectors
JOIN period_day ON period_day.day = held_by_two_sectors.taken_on
GROUP BY held_by_two_sectors.patient_id, period_day.period_end
