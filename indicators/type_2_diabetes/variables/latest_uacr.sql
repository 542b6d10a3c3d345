-- label: Latest urine albumin-creatinine ratio in the period
-- unit: mg/g
-- rows: patient and period
-- sources: measurement(analyte=uacr)
-- ties: the lowest value of the latest day
--
-- A result with the sign < or > counts as just below or just above the number it names. Albumin below the detection
-- limit is an examination with the ratio 0.
SELECT
    result.patient_id,
    result.period_end,
    MAX_BY(result.value, (result.taken_on, -result.value)) AS latest_uacr_mg_g,
    MAX(result.taken_on) AS latest_uacr_on
FROM (
    SELECT
        measurement.patient_id,
        period_day.period_end,
        measurement.taken_on,
        CASE
            WHEN measurement.result_state = 'below_detection' THEN 0
            ELSE measurement.value + CASE measurement.comparator WHEN '<' THEN -0.01 WHEN '>' THEN 0.01 ELSE 0 END
        END AS value
    FROM measurement
    JOIN period_day ON period_day.day = measurement.taken_on
    WHERE measurement.analyte = 'uacr' AND measurement.result_state IN ('number', 'below_detection')
) AS result
GROUP BY result.patient_id, result.period_end
