-- label: Days from the first discharge with diabetes until somebody saw the patient, and which hospital discharged
-- unit: days
-- rows: patient, period and hospital
-- sources: hospital_contact, diagnosis, examination, service, municipal_encounter
-- ties: -
--
-- One row per patient: the first discharge of the period that is alive, with a diabetes diagnosis, and of a day on which
-- the patient is observed; by the hospital where the stay ended. Stays, and who counts as having seen the patient, are
-- those of `discharges`. Followed for 30 days at most, until a new admission, the last observed day (death, moving away) or
-- the reporting date; a contact on that last day counts.
WITH stay AS (
    SELECT * FROM step.stays
),

followed AS (
    SELECT
        *,
        CAST(LEAD(admitted_at) OVER (PARTITION BY patient_id ORDER BY admitted_at) AS DATE) AS next_admitted_on,
        CAST(discharged_on + INTERVAL '30' DAY AS DATE) AS day_30
    FROM stay
),

placed AS (
    SELECT
        followed.patient_id,
        patient.period_end,
        followed.hospital_id,
        followed.discharged_on,
        LEAST(patient.observed_to, followed.next_admitted_on, followed.day_30) AS followed_to,
        ROW_NUMBER() OVER (
            PARTITION BY followed.patient_id, patient.period_end
            ORDER BY followed.discharged_at
        ) AS place
    FROM followed
    JOIN patient
        ON patient.patient_id = followed.patient_id
        AND patient.observed_from <= followed.discharged_on
        AND patient.observed_to >= followed.discharged_on
    WHERE followed.has_diabetes_diagnosis AND (patient.died_on IS NULL OR patient.died_on > followed.discharged_on)
),

seen_outside AS (
    SELECT * FROM step.contacts_outside_hospital
),

first_seen AS (
    SELECT
        placed.patient_id,
        placed.period_end,
        placed.hospital_id,
        placed.discharged_on,
        placed.followed_to,
        MIN(seen_outside.seen_on) AS seen_on
    FROM placed
    LEFT JOIN seen_outside
        ON seen_outside.patient_id = placed.patient_id
        AND seen_outside.seen_on > placed.discharged_on
        AND seen_outside.seen_on <= placed.followed_to
    WHERE placed.place = 1
    GROUP BY placed.patient_id, placed.period_end, placed.hospital_id, placed.discharged_on, placed.followed_to
)

SELECT
    patient_id,
    period_end,
    hospital_id,
    DATE_DIFF('day', discharged_on, COALESCE(seen_on, followed_to)) AS days_from_first_discharge,
    seen_on IS NOT NULL AS is_seen_after_first_discharge,
    discharged_on AS first_discharge_on
FROM first_seen
