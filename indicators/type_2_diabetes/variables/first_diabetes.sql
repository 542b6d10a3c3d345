-- label: First day of type 1 or type 2 diabetes, as the classifier of the disease says
-- unit: -
-- rows: patient
-- sources: diagnosis
-- ties: -
--
-- For people whom another classifier found: whether and since when they have diabetes as well. The classifiers tell that
-- from diagnoses; where none are delivered nobody is known to have either.
SELECT patient_id, diabetes_since_on AS first_diabetes_on
FROM classified
WHERE diabetes_type <> 'gestational'
