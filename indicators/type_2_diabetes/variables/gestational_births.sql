-- label: Latest birth after gestational diabetes, followed for so long within the period, and HbA1c after it
-- unit: -
-- rows: patient and period
-- sources: diagnosis, measurement(analyte=hba1c)
-- ties: several births of one day are one birth
--
-- A birth is a hospital diagnosis of delivery on the day of a diagnosis of gestational diabetes or at most 280 days
-- after one. HbA1c counts from so many days after birth, when glucose has settled, to so many days after it.
WITH gestational AS (
    SELECT DISTINCT diagnosis.patient_id, diagnosis.diagnosed_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'gestational_diabetes'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.retraction <> 'yes' AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
),

birth AS (
    SELECT
        diagnosis.patient_id,
        period.period_end,
        MAX(diagnosis.diagnosed_on) AS born_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'delivery'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    JOIN gestational
        ON gestational.patient_id = diagnosis.patient_id
        AND gestational.diagnosed_on <= diagnosis.diagnosed_on
        AND gestational.diagnosed_on >= diagnosis.diagnosed_on - INTERVAL '280' DAY
    JOIN period
        ON period.period_start <= diagnosis.diagnosed_on
        AND period.period_end >= diagnosis.diagnosed_on + INTERVAL '1' DAY * $hba1c_after_birth_to_days
    WHERE diagnosis.retraction <> 'yes' AND diagnosis.diagnosis_type IN ('A', 'B')
    GROUP BY diagnosis.patient_id, period.period_end
)

SELECT
    birth.patient_id,
    birth.period_end,
    birth.born_on AS gestational_birth_on,
    MIN(measurement.taken_on) AS hba1c_after_birth_on
FROM birth
LEFT JOIN measurement
    ON measurement.patient_id = birth.patient_id
    AND measurement.analyte = 'hba1c'
    AND measurement.result_state = 'number'
    AND measurement.taken_on >= birth.born_on + INTERVAL '1' DAY * $hba1c_after_birth_from_days
    AND measurement.taken_on <= birth.born_on + INTERVAL '1' DAY * $hba1c_after_birth_to_days
GROUP BY birth.patient_id, birth.period_end, birth.born_on
