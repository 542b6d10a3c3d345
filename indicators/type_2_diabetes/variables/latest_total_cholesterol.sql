-- label: Latest total cholesterol in the period
-- unit: mmol/L
-- rows: patient and day
-- sources: measurement(analyte=total_cholesterol)
-- ties: the lowest value of the latest day
--
-- A result with the sign < or > counts as just below or just above the number it names.
SELECT
    patient_id,
    taken_on AS latest_total_cholesterol_on,
    MIN(value + CASE comparator WHEN '<' THEN -0.01 WHEN '>' THEN 0.01 ELSE 0 END) AS latest_total_cholesterol_mmol_l
FROM measurement
WHERE analyte = 'total_cholesterol' AND result_state = 'number'
GROUP BY patient_id, taken_on
