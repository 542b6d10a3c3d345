-- label: First day on which the patient was recorded as a smoker or former smoker
-- unit: -
-- rows: patient
-- sources: examination(examination=smoking)
-- ties: -
SELECT patient_id, MIN(examined_on) AS first_smoking_on
FROM examination
WHERE examination = 'smoking' AND result IN ('current', 'former')
GROUP BY patient_id
