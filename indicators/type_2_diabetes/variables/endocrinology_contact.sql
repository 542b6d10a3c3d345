-- label: Latest hospital contact for diabetes in the period
-- unit: -
-- rows: patient and day
-- sources: hospital_contact, diagnosis
-- ties: -
SELECT patient_id, seen_on AS latest_hospital_diabetes_contact_on
FROM step.hospital_diabetes_contacts
