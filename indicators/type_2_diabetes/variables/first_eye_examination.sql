-- label: Days from the first sign of diabetes to the first usable eye examination
-- unit: days
-- rows: patient and period
-- sources: examination(examination=eye)
-- ties: -
--
-- also reads: procedure, diagnosis; they add hospital screening to the results of screening, which come without them.
-- Whoever got diabetes in the period while living in the area is followed from that day; who has not been examined is
-- followed until the last observed day. An ungradable picture does not count.
WITH examined AS (
    SELECT patient_id, examined_on
    FROM examination
    WHERE examination = 'eye' AND result <> 'ungradable'
    UNION ALL
    SELECT procedure.patient_id, procedure.performed_on AS examined_on
    FROM procedure
    JOIN codelist
        ON codelist.list = 'eye_examination' AND codelist.system = 'sks' AND codelist.code = procedure.code
    UNION ALL
    SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS examined_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'eye_examination'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.retraction <> 'yes'
)

SELECT
    patient.patient_id,
    patient.period_end,
    DATE_DIFF('day', patient.diabetes_since_on, COALESCE(MIN(examined.examined_on), patient.observed_to))
        AS days_from_diabetes_to_eye_examination,
    COUNT(examined.examined_on) > 0 AS has_first_eye_examination
FROM patient
LEFT JOIN examined
    ON examined.patient_id = patient.patient_id
    AND examined.examined_on >= patient.diabetes_since_on
    AND examined.examined_on <= patient.observed_to
WHERE patient.observed_from = patient.diabetes_since_on
GROUP BY patient.patient_id, patient.period_end, patient.diabetes_since_on, patient.observed_to
