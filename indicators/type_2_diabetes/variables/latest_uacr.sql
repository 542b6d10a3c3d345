-- label: Latest urine albumin-creatinine ratio in the period
-- unit: mg/g
-- rows: patient and day
-- sources: measurement(analyte=uacr)
-- ties: the lowest value of the latest day
--
-- A result with the sign < or > counts as just below or just above the number it names. Albumin below the detection
-- limit is an examination with the ratio 0.
SELECT
    patient_id,
    taken_on AS latest_uacr_on,
    MIN(
        CASE
            WHEN result_state = 'below_detection' THEN 0
            ELSE value + CASE comparator WHEN '<' THEN -0.01 WHEN '>' THEN 0.01 ELSE 0 END
        END
    ) AS latest_uacr_mg_g
FROM measurement
WHERE analyte = 'uacr' AND result_state IN ('number', 'below_detection')
GROUP BY patient_id, taken_on
