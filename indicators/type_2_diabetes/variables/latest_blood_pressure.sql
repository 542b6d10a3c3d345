-- label: Latest blood pressure in the period, both values of one day
-- unit: mmHg
-- rows: patient and period
-- sources: measurement(analyte=systolic_blood_pressure), measurement(analyte=diastolic_blood_pressure)
-- ties: the lowest systolic and the lowest diastolic value of the latest day that has both
--
-- The rule for several readings of one day is that of the US measure CMS165.
WITH reading AS (
    SELECT
        patient_id,
        taken_on,
        MIN(CASE WHEN analyte = 'systolic_blood_pressure' THEN value END) AS systolic_mm_hg,
        MIN(CASE WHEN analyte = 'diastolic_blood_pressure' THEN value END) AS diastolic_mm_hg
    FROM measurement
    WHERE analyte IN ('systolic_blood_pressure', 'diastolic_blood_pressure') AND result_state = 'number'
    GROUP BY patient_id, taken_on
)

SELECT
    reading.patient_id,
    period_day.period_end,
    MAX_BY(reading.systolic_mm_hg, reading.taken_on) AS latest_systolic_blood_pressure_mm_hg,
    MAX_BY(reading.diastolic_mm_hg, reading.taken_on) AS latest_diastolic_blood_pressure_mm_hg,
    MAX(reading.taken_on) AS latest_blood_pressure_on
FROM reading
JOIN period_day ON period_day.day = reading.taken_on
WHERE reading.systolic_mm_hg IS NOT NULL AND reading.diastolic_mm_hg IS NOT NULL
GROUP BY reading.patient_id, period_day.period_end
