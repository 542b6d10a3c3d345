-- label: Latest weight in the period
-- unit: -
-- rows: patient and day
-- sources: measurement(analyte=weight)
-- ties: -
SELECT patient_id, taken_on AS latest_weight_on
FROM measurement
WHERE analyte = 'weight' AND result_state = 'number'
