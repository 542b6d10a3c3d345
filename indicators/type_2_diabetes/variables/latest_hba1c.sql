-- label: Latest HbA1c in the period
-- unit: mmol/mol
-- rows: patient and period
-- sources: measurement(analyte=hba1c)
-- ties: the lowest value of the latest day
--
-- A result with the sign < or > counts as just below or just above the number it names.
SELECT
    result.patient_id,
    result.period_end,
    MAX_BY(result.value, (result.taken_on, -result.value)) AS latest_hba1c_mmol_mol,
    MAX(result.taken_on) AS latest_hba1c_on
FROM (
    SELECT
        measurement.patient_id,
        period_day.period_end,
        measurement.taken_on,
        measurement.value + CASE measurement.comparator WHEN '<' THEN -0.01 WHEN '>' THEN 0.01 ELSE 0 END AS value
    FROM measurement
    JOIN period_day ON period_day.day = measurement.taken_on
    WHERE measurement.analyte = 'hba1c' AND measurement.result_state = 'number'
) AS result
GROUP BY result.patient_id, result.period_end
