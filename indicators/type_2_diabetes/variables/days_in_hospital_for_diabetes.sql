-- label: Days in the period on which a hospital contact for diabetes began
-- unit: days
-- rows: patient and period
-- sources: hospital_contact, diagnosis
-- ties: several contacts that begin on one day are one
SELECT
    hospital_diabetes_contacts.patient_id,
    period_day.period_end,
    COUNT(DISTINCT hospital_diabetes_contacts.seen_on) AS hospital_diabetes_day_count
FROM step.hospital_diabetes_contacts
JOIN period_day ON period_day.day = hospital_diabetes_contacts.seen_on
GROUP BY hospital_diabetes_contacts.patient_id, period_day.period_end
