-- label: Latest coeliac antibodies in the period
-- unit: -
-- rows: patient and day
-- sources: measurement(analyte=coeliac_antibodies)
-- ties: -
--
-- Antibodies below the detection limit are a result.
SELECT patient_id, taken_on AS latest_coeliac_antibodies_on
FROM measurement
WHERE analyte = 'coeliac_antibodies' AND result_state IN ('number', 'below_detection')
