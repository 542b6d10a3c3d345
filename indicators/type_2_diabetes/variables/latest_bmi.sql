-- label: Latest body mass index in the period
-- unit: -
-- rows: patient and day
-- sources: measurement(analyte=bmi)
-- ties: -
SELECT patient_id, taken_on AS latest_bmi_on
FROM measurement
WHERE analyte = 'bmi' AND result_state = 'number'
