-- label: Largest difference between systolic blood pressures of two sectors, at most one day apart, in the period
-- unit: mmHg
-- rows: patient and period
-- sources: measurement(analyte=systolic_blood_pressure)
-- ties: every pair of two sectors counts
--
-- Results whose sector is not delivered are left out: they may be the same reading told twice.
WITH result AS (
    SELECT patient_id, taken_on, value, sector
    FROM measurement
    WHERE
        analyte = 'systolic_blood_pressure'
        AND result_state = 'number'
        AND comparator = '='
        AND sector <> 'unknown'
)

SELECT
    held_by_two_sectors.patient_id,
    period_day.period_end,
    MAX(held_by_two_sectors.difference) AS systolic_between_sectors_mm_hg,
    MAX(held_by_two_sectors.taken_on) AS systolic_of_two_sectors_on
FROM step.held_by_two_sectors
JOIN period_day ON period_day.day = held_by_two_sectors.taken_on
GROUP BY held_by_two_sectors.patient_id, period_day.period_end
