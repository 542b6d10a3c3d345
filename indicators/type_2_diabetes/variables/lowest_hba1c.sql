-- label: Lowest HbA1c of the period
-- unit: mmol/mol
-- rows: patient and period
-- sources: measurement(analyte=hba1c)
-- ties: the lowest value, whatever the day
--
-- A result with the sign < or > counts as just below or just above the number it names.
SELECT
    measurement.patient_id,
    period_day.period_end,
    MIN(measurement.value + CASE measurement.comparator WHEN '<' THEN -0.01 WHEN '>' THEN 0.01 ELSE 0 END)
        AS lowest_hba1c_mmol_mol
FROM measurement
JOIN period_day ON period_day.day = measurement.taken_on
WHERE measurement.analyte = 'hba1c' AND measurement.result_state = 'number'
GROUP BY measurement.patient_id, period_day.period_end
