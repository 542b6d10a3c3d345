-- label: Acute hospital contacts with hypoglycaemia in the period
-- unit: admissions
-- rows: patient and period
-- sources: diagnosis, hospital_contact
-- ties: several contacts that begin on one day are one admission
--
-- Acute physical hospital contacts, admitted or not: from 2019 the register does not say who was admitted, and many
-- are treated and sent home the same day. Only while the patient is observed.
WITH hypoglycaemia AS (
    SELECT DISTINCT diagnosis.patient_id, diagnosis.contact_id, diagnosis.diagnosed_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'hypoglycaemia'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.diagnosis_type IN ('A', 'B') AND diagnosis.retraction <> 'yes'
)

SELECT
    hypoglycaemia.patient_id,
    period_day.period_end,
    COUNT(DISTINCT hypoglycaemia.diagnosed_on) AS hypoglycaemia_admission_count,
    MAX(hypoglycaemia.diagnosed_on) AS latest_hypoglycaemia_admission_on
FROM hypoglycaemia
JOIN hospital_contact
    ON hospital_contact.patient_id = hypoglycaemia.patient_id
    AND hospital_contact.contact_id = hypoglycaemia.contact_id
JOIN period_day ON period_day.day = hypoglycaemia.diagnosed_on
JOIN patient ON patient.patient_id = hypoglycaemia.patient_id AND patient.period_end = period_day.period_end
WHERE
    hospital_contact.is_physical
    AND (
        hospital_contact.patient_type IN ('inpatient', 'emergency')
        OR COALESCE(hospital_contact.is_acute, FALSE)
    )
    AND hypoglycaemia.diagnosed_on >= patient.observed_from
    AND hypoglycaemia.diagnosed_on <= patient.observed_to
GROUP BY hypoglycaemia.patient_id, period_day.period_end
