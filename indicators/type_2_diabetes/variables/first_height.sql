-- label: First measured height ever
-- unit: -
-- rows: patient and sign
-- sources: measurement(analyte=height)
-- ties: -
SELECT patient_id, taken_on AS first_height_on
FROM measurement
WHERE analyte = 'height' AND result_state = 'number'
