-- label: Latest blood pressure in the period, both values of one day
-- unit: mmHg
-- rows: patient and period
-- sources: measurement(analyte=systolic_blood_pressure), measurement(analyte=diastolic_blood_pressure)
-- ties: the lowest systolic and the lowest diastolic value of the latest day that has both
--
-- The rule for several readings of one day is that of the US measure CMS165.
WITH reading AS (
    SELECT
        measurement.patient_id,
        period_day.period_end,
        measurement.taken_on,
        MIN(CASE WHEN measurement.analyte = 'systolic_blood_pressure' THEN measurement.value END) AS systolic_mm_hg,
        MIN(CASE WHEN measurement.analyte = 'diastolic_blood_pressure' THEN measurement.value END) AS diastolic_mm_hg
    FROM measurement
    JOIN period_day ON period_day.day = measurement.taken_on
    WHERE
        measurement.analyte IN ('systolic_blood_pressure', 'diastolic_blood_pressure')
        AND measurement.result_state = 'number'
    GROUP BY measurement.patient_id, period_day.period_end, measurement.taken_on
)

SELECT
    patient_id,
    period_end,
    MAX_BY(systolic_mm_hg, taken_on) AS latest_systolic_blood_pressure_mm_hg,
    MAX_BY(diastolic_mm_hg, taken_on) AS latest_diastolic_blood_pressure_mm_hg,
    MAX(taken_on) AS latest_blood_pressure_on
FROM reading
WHERE systolic_mm_hg IS NOT NULL AND diastolic_mm_hg IS NOT NULL
GROUP BY patient_id, period_end
