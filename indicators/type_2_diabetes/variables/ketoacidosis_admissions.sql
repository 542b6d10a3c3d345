-- label: Acute hospital contacts with ketoacidosis in the period
-- unit: admissions
-- rows: patient and period
-- sources: diagnosis, hospital_contact
-- ties: several contacts that begin on one day are one admission
--
-- Acute physical hospital contacts, admitted or not: from 2019 the register does not say who was admitted, and many
-- are treated and sent home the same day. Only while the patient is observed.
WITH ketoacidosis AS (
    SELECT DISTINCT diagnosis.patient_id, diagnosis.contact_id, diagnosis.diagnosed_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'ketoacidosis'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.diagnosis_type IN ('A', 'B') AND diagnosis.retraction <> 'yes'
)

SELECT
    ketoacidosis.patient_id,
    period_day.period_end,
    COUNT(DISTINCT ketoacidosis.diagnosed_on) AS ketoacidosis_admission_count,
    MAX(ketoacidosis.diagnosed_on) AS latest_ketoacidosis_admission_on
FROM ketoacidosis
JOIN hospital_contact
    ON hospital_contact.patient_id = ketoacidosis.patient_id
    AND hospital_contact.contact_id = ketoacidosis.contact_id
JOIN period_day ON period_day.day = ketoacidosis.diagnosed_on
JOIN patient ON patient.patient_id = ketoacidosis.patient_id AND patient.period_end = period_day.period_end
WHERE
    hospital_contact.is_physical
    AND (
        hospital_contact.patient_type IN ('inpatient', 'emergency')
        OR COALESCE(hospital_contact.is_acute, FALSE)
    )
    AND ketoacidosis.diagnosed_on >= patient.observed_from
    AND ketoacidosis.diagnosed_on <= patient.observed_to
GROUP BY ketoacidosis.patient_id, period_day.period_end
