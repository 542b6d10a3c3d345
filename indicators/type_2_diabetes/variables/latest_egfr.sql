-- label: Latest estimated glomerular filtration rate in the period
-- unit: mL/min/1.73 m2
-- rows: patient and day
-- sources: measurement(analyte=egfr)
-- ties: the lowest value of the latest day
--
-- A result with the sign < or > counts as just below or just above the number it names.
SELECT
    patient_id,
    taken_on AS latest_egfr_on,
    MIN(value + CASE comparator WHEN '<' THEN -0.01 WHEN '>' THEN 0.01 ELSE 0 END) AS latest_egfr_ml_min_1_73m2
FROM measurement
WHERE analyte = 'egfr' AND result_state = 'number'
GROUP BY patient_id, taken_on
