-- label: Largest difference between systolic blood pressures of two sectors, at most one day apart, in the period
-- unit: mmHg
-- rows: patient and period
-- sources: measurement(analyte=systolic_blood_pressure)
-- ties: every pair of two sectors counts
--
-- Each reading is held against those of its day and of the day before, by equality of days.
WITH reading AS (
    SELECT patient_id, taken_on, value, sector
    FROM measurement
    WHERE
        analyte = 'systolic_blood_pressure'
        AND result_state = 'number'
        AND comparator = '='
        AND sector <> 'unknown'
),

earlier AS (
    SELECT patient_id, taken_on AS compared_on, value, sector
    FROM reading
    UNION ALL
    SELECT patient_id, CAST(taken_on + INTERVAL '1' DAY AS DATE) AS compared_on, value, sector
    FROM reading
)

SELECT
    later.patient_id,
    period_day.period_end,
    MAX(ABS(later.value - earlier.value)) AS systolic_between_sectors_mm_hg,
    MAX(later.taken_on) AS systolic_of_two_sectors_on
FROM reading AS later
JOIN earlier
    ON earlier.patient_id = later.patient_id
    AND earlier.compared_on = later.taken_on
    AND earlier.sector <> later.sector
JOIN period_day ON period_day.day = later.taken_on
GROUP BY later.patient_id, period_day.period_end
