-- label: Acute stays in hospital with diabetes as their reason
-- unit: admissions
-- rows: patient and period
-- sources: hospital_contact, diagnosis
-- ties: -
--
-- Stays are those of `discharges`, dated by the day they began. The reason is the principal diagnosis of the contact that
-- begins the stay (OECD: of an episode the first). Only while the patient is observed, and left alive.
WITH contacts_by_stay AS (
    SELECT * FROM step.contacts_by_stay
),

stay AS (
    SELECT * FROM step.stays
),

reason AS (
    SELECT DISTINCT contacts_by_stay.patient_id, contacts_by_stay.begins_at AS admitted_at
    FROM contacts_by_stay
    JOIN diagnosis
        ON diagnosis.patient_id = contacts_by_stay.patient_id
        AND diagnosis.contact_id = contacts_by_stay.contact_id
    JOIN codelist
        ON codelist.list = 'diabetes_admission'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE contacts_by_stay.opens_stay = 1 AND diagnosis.diagnosis_type = 'A' AND diagnosis.retraction <> 'yes'
)

SELECT
    stay.patient_id,
    period_day.period_end,
    COUNT(*) AS unplanned_diabetes_admission_count,
    MAX(period_day.day) AS latest_unplanned_diabetes_admission_on
FROM stay
JOIN reason ON reason.patient_id = stay.patient_id AND reason.admitted_at = stay.admitted_at
JOIN period_day ON period_day.day = CAST(stay.admitted_at AS DATE)
JOIN patient ON patient.patient_id = stay.patient_id AND patient.period_end = period_day.period_end
WHERE
    stay.is_acute
    AND period_day.day >= patient.observed_from
    AND period_day.day <= patient.observed_to
    AND (patient.died_on IS NULL OR patient.died_on > stay.discharged_on)
GROUP BY stay.patient_id, period_day.period_end
