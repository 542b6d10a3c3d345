-- label: Latest thyroid-stimulating hormone (TSH) in the period
-- unit: -
-- rows: patient and day
-- sources: measurement(analyte=tsh)
-- ties: -
SELECT patient_id, taken_on AS latest_tsh_on
FROM measurement
WHERE analyte = 'tsh' AND result_state = 'number'
