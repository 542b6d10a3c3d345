-- label: Latest HbA1c in the period
-- unit: mmol/mol
-- rows: patient and period
-- sources: measurement(analyte=hba1c)
-- ties: the lowest value of the latest day
SELECT
    measurement.patient_id,
    period_day.period_end,
    max_by(measurement.value, (measurement.taken_on, -measurement.value)) AS latest_hba1c_mmol_mol,
    max(measurement.taken_on) AS latest_hba1c_on
FROM measurement
JOIN period_day ON period_day.day = measurement.taken_on
WHERE measurement.analyte = 'hba1c' AND measurement.value IS NOT NULL
GROUP BY measurement.patient_id, period_day.period_end
