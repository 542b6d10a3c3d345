-- label: Latest blood pressure in the period, both values of one day
-- unit: mmHg
-- rows: patient and day
-- sources: measurement(analyte=systolic_blood_pressure), measurement(analyte=diastolic_blood_pressure)
-- ties: the lowest systolic and the lowest diastolic value of the latest day that has both
--
-- The rule for several readings of one day is that of the US measure CMS165.
SELECT
    patient_id,
    taken_on AS latest_blood_pressure_on,
    latest_systolic_blood_pressure_mm_hg,
    latest_diastolic_blood_pressure_mm_hg
FROM (
    SELECT
        patient_id,
        taken_on,
        MIN(CASE WHEN analyte = 'systolic_blood_pressure' THEN value END) AS latest_systolic_blood_pressure_mm_hg,
        MIN(CASE WHEN analyte = 'diastolic_blood_pressure' THEN value END) AS latest_diastolic_blood_pressure_mm_hg
    FROM measurement
    WHERE analyte IN ('systolic_blood_pressure', 'diastolic_blood_pressure') AND result_state = 'number'
    GROUP BY patient_id, taken_on
) AS reading
WHERE latest_systolic_blood_pressure_mm_hg IS NOT NULL AND latest_diastolic_blood_pressure_mm_hg IS NOT NULL
