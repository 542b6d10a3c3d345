-- label: Days from the first sign of diabetes to the first usable eye examination
-- unit: days
-- rows: patient and period
-- sources: examination(examination=eye)
-- ties: -
--
-- also reads: procedure, diagnosis; they add hospital screening to the results of screening, which come without them.
-- Whoever got diabetes in the period while living in the area is followed from that day; who has not been examined is
-- followed until the last observed day. An ungradable picture does not count.
SELECT
    patient.patient_id,
    patient.period_end,
    DATE_DIFF('day', patient.diabetes_since_on, COALESCE(MIN(eye_examinations.examined_on), patient.observed_to))
        AS days_from_diabetes_to_eye_examination,
    COUNT(eye_examinations.examined_on) > 0 AS has_first_eye_examination
FROM patient
LEFT JOIN step.eye_examinations
    ON eye_examinations.patient_id = patient.patient_id
    AND eye_examinations.examined_on >= patient.diabetes_since_on
    AND eye_examinations.examined_on <= patient.observed_to
WHERE patient.observed_from = patient.diabetes_since_on
GROUP BY patient.patient_id, patient.period_end, patient.diabetes_since_on, patient.observed_to
