-- label: Discharges and the discharge summaries sent of them, by the hospital that discharged
-- unit: discharges
-- rows: patient, period and hospital
-- sources: hospital_contact, diagnosis, message(kind=discharge_summary)
-- ties: -
--
-- Stays are those of `discharges`; a stay with a birth is left out, as the national indicator does. The discharge is alive and
-- of a day on which the patient is observed. A summary answers the latest discharge from the hospital that sent it, on the
-- day it was sent or before; one that the receiver's system refused was not sent. The day of discharge is day 0.
WITH stay AS (
    SELECT * FROM step.stays
),

of_birth AS (
    SELECT DISTINCT stay.patient_id, stay.discharged_at
    FROM stay
    JOIN diagnosis
        ON diagnosis.patient_id = stay.patient_id
        AND diagnosis.diagnosed_on >= CAST(stay.admitted_at AS DATE)
        AND diagnosis.diagnosed_on <= stay.discharged_on
    JOIN codelist
        ON codelist.list = 'delivery'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.sector = 'hospital' AND diagnosis.retraction <> 'yes'
),

answered AS (
    SELECT message.patient_id, message.message_id, message.sent_on, MAX(stay.discharged_at) AS discharged_at
    FROM message
    JOIN stay
        ON stay.patient_id = message.patient_id
        AND stay.hospital_id = message.hospital_id
        AND stay.discharged_on <= message.sent_on
    WHERE message.kind = 'discharge_summary' AND message.state = 'sent'
    GROUP BY message.patient_id, message.message_id, message.sent_on
),

first_summary AS (
    SELECT patient_id, discharged_at, MIN(sent_on) AS sent_on
    FROM answered
    GROUP BY patient_id, discharged_at
),

timed AS (
    SELECT
        stay.patient_id,
        patient.period_end,
        stay.hospital_id,
        stay.discharged_on,
        DATE_DIFF('day', stay.discharged_on, patient.period_end) AS followed_days,
        DATE_DIFF('day', stay.discharged_on, first_summary.sent_on) AS sent_after_days
    FROM stay
    LEFT JOIN first_summary
        ON first_summary.patient_id = stay.patient_id AND first_summary.discharged_at = stay.discharged_at
    LEFT JOIN of_birth ON of_birth.patient_id = stay.patient_id AND of_birth.discharged_at = stay.discharged_at
    JOIN period_day ON period_day.day = stay.discharged_on
    JOIN patient ON patient.patient_id = stay.patient_id AND patient.period_end = period_day.period_end
    WHERE
        of_birth.patient_id IS NULL
        AND stay.discharged_on >= patient.observed_from
        AND stay.discharged_on <= patient.observed_to
        AND (patient.died_on IS NULL OR patient.died_on > stay.discharged_on)
)

SELECT
    patient_id,
    period_end,
    hospital_id,
    COUNT(CASE WHEN followed_days >= 1 THEN 1 END) AS summaries_due_1_day_count,
    COUNT(CASE WHEN followed_days >= 1 AND sent_after_days <= 1 THEN 1 END) AS summaries_within_1_day_count,
    COUNT(CASE WHEN followed_days >= 7 THEN 1 END) AS summaries_due_7_days_count,
    COUNT(CASE WHEN followed_days >= 7 AND sent_after_days <= 7 THEN 1 END) AS summaries_within_7_days_count,
    MAX(discharged_on) AS latest_summary_due_on
FROM timed
GROUP BY patient_id, period_end, hospital_id
