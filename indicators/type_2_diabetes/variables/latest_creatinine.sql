-- label: Latest serum creatinine in the period
-- unit: -
-- rows: patient and day
-- sources: measurement(analyte=creatinine)
-- ties: -
SELECT patient_id, taken_on AS latest_creatinine_on
FROM measurement
WHERE analyte = 'creatinine' AND result_state = 'number'
