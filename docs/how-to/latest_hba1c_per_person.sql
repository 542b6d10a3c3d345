-- The latest HbA1c of every person in the last full year of data, with its day and the sector that measured it.
SELECT
    patient_id,
    max(taken_on) AS taken_on,
    max_by(value, taken_on) AS hba1c_mmol_mol,
    max_by(sector, taken_on) AS sector
FROM core.measurement
WHERE analyte = 'hba1c'
  AND result_state = 'number'
  AND taken_on > (SELECT max(taken_on) - INTERVAL 1 YEAR FROM core.measurement)
GROUP BY patient_id
ORDER BY patient_id;
