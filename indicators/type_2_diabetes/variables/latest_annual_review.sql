-- label: Latest annual review in the period
-- unit: -
-- rows: patient and day
-- sources: examination(examination=annual_review)
-- ties: -
SELECT patient_id, examined_on AS latest_annual_review_on
FROM examination
WHERE examination = 'annual_review'
