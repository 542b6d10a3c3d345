-- label: Acute hospital contacts with hypoglycaemia in the period
-- unit: admissions
-- rows: patient and period
-- sources: diagnosis, hospital_contact
-- ties: several contacts that begin on one day are one admission
--
-- Acute physical hospital contacts, admitted or not: from 2019 the register does not say who was admitted, and many
-- are treated and sent home the same day. Only while the patient is observed.
SELECT
    diagnosis.patient_id,
    period_day.period_end,
    COUNT(DISTINCT diagnosis.diagnosed_on) AS hypoglycaemia_admission_count,
    MAX(diagnosis.diagnosed_on) AS latest_hypoglycaemia_admission_on
FROM diagnosis
JOIN codelist
    ON codelist.list = 'hypoglycaemia'
    AND codelist.system = diagnosis.code_system
    AND codelist.code = diagnosis.code
JOIN hospital_contact
    ON hospital_contact.patient_id = diagnosis.patient_id
    AND hospital_contact.contact_id = diagnosis.contact_id
JOIN period_day ON period_day.day = diagnosis.diagnosed_on
JOIN patient ON patient.patient_id = diagnosis.patient_id AND patient.period_end = period_day.period_end
WHERE
    diagnosis.diagnosis_type IN ('A', 'B')
    AND diagnosis.retraction <> 'yes'
    AND hospital_contact.is_physical
    AND (
        hospital_contact.patient_type IN ('inpatient', 'emergency')
        OR COALESCE(hospital_contact.is_acute, FALSE)
    )
    AND diagnosis.diagnosed_on >= patient.observed_from
    AND diagnosis.diagnosed_on <= patient.observed_to
GROUP BY diagnosis.patient_id, period_day.period_end
