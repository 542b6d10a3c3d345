-- label: Latest HbA1c in the period
-- unit: mmol/mol
-- rows: patient and day
-- sources: measurement(analyte=hba1c)
-- ties: the lowest value of the latest day
--
-- A result with the sign < or > counts as just below or just above the number it names.
SELECT
    patient_id,
    taken_on AS latest_hba1c_on,
    MIN(value + CASE comparator WHEN '<' THEN -0.01 WHEN '>' THEN 0.01 ELSE 0 END) AS latest_hba1c_mmol_mol
FROM measurement
WHERE analyte = 'hba1c' AND result_state = 'number'
GROUP BY patient_id, taken_on
