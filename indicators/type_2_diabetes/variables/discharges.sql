-- label: Hospital discharges and what followed them, by hospital
-- unit: discharges
-- rows: patient, period and hospital
-- sources: hospital_contact, diagnosis, examination, service, municipal_encounter
-- ties: -
--
-- By the hospital where the stay ended. A stay is physical contacts joined when they overlap or lie at most so many
-- hours apart; it is an admission from so many hours on (national statistics of readmissions). A contact with dates but no times
-- is a stay when the register calls it inpatient. The discharge is alive, and counts once the 7, 14 or 30 days have
-- passed within the period. Discharges with a diabetes diagnosis at any contact of the stay are followed up, unless the
-- patient died or was admitted again in those days. Contacts that count: general practice (a consultation is dated by
-- the Monday of its week), outpatient endocrinology, and municipal meetings that were held.
WITH stay AS (
    SELECT * FROM step.stays
),

followed AS (
    SELECT
        *,
        CAST(discharged_on + INTERVAL '30' DAY AS DATE) AS followed_until,
        CAST(
            LEAD(admitted_at) OVER (PARTITION BY patient_id ORDER BY admitted_at) AS DATE
        ) AS next_admitted_on,
        CAST(
            MIN(CASE WHEN is_acute THEN admitted_at END) OVER (
                PARTITION BY patient_id
                ORDER BY admitted_at
                ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
            ) AS DATE
        ) AS next_acute_admitted_on
    FROM stay
),

seen_outside AS (
    SELECT * FROM step.contacts_outside_hospital
),

-- The first contact on a later day, as long as a discharge is followed.
seen_after AS (
    SELECT followed.patient_id, followed.discharged_at, MIN(seen_outside.seen_on) AS next_seen_on
    FROM seen_outside
    JOIN followed
        ON followed.patient_id = seen_outside.patient_id
        AND followed.discharged_on < seen_outside.seen_on
        AND followed.followed_until >= seen_outside.seen_on
    WHERE followed.has_diabetes_diagnosis
    GROUP BY followed.patient_id, followed.discharged_at
),

-- A discharge belongs to the period of its day; the patient is observed on that day and leaves the hospital alive.
timed AS (
    SELECT
        followed.patient_id,
        patient.period_end,
        followed.hospital_id,
        followed.discharged_on,
        followed.has_diabetes_diagnosis,
        DATE_DIFF('day', followed.discharged_on, patient.period_end) AS followed_days,
        DATE_DIFF('day', followed.discharged_on, seen_after.next_seen_on) AS seen_after_days,
        DATE_DIFF('day', followed.discharged_on, followed.next_acute_admitted_on) AS readmitted_after_days,
        DATE_DIFF('day', followed.discharged_on, LEAST(followed.next_admitted_on, patient.died_on))
            AS interrupted_after_days
    FROM followed
    LEFT JOIN seen_after
        ON seen_after.patient_id = followed.patient_id AND seen_after.discharged_at = followed.discharged_at
    JOIN period_day ON period_day.day = followed.discharged_on
    JOIN patient ON patient.patient_id = followed.patient_id AND patient.period_end = period_day.period_end
    WHERE
        followed.discharged_on >= patient.observed_from
        AND followed.discharged_on <= patient.observed_to
        AND (patient.died_on IS NULL OR patient.died_on > followed.discharged_on)
)

SELECT
    patient_id,
    period_end,
    hospital_id,
    COUNT(
        CASE
            WHEN has_diabetes_diagnosis AND followed_days >= 7 AND COALESCE(interrupted_after_days > 7, TRUE)
                THEN 1
        END
    ) AS discharges_followed_7_days_count,
    COUNT(
        CASE
            WHEN
                has_diabetes_diagnosis
                AND followed_days >= 7
                AND COALESCE(interrupted_after_days > 7, TRUE)
                AND seen_after_days <= 7
                THEN 1
        END
    ) AS contacts_within_7_days_count,
    COUNT(
        CASE
            WHEN has_diabetes_diagnosis AND followed_days >= 14 AND COALESCE(interrupted_after_days > 14, TRUE)
                THEN 1
        END
    ) AS discharges_followed_14_days_count,
    COUNT(
        CASE
            WHEN
                has_diabetes_diagnosis
                AND followed_days >= 14
                AND COALESCE(interrupted_after_days > 14, TRUE)
                AND seen_after_days <= 14
                THEN 1
        END
    ) AS contacts_within_14_days_count,
    COUNT(
        CASE
            WHEN has_diabetes_diagnosis AND followed_days >= 30 AND COALESCE(interrupted_after_days > 30, TRUE)
                THEN 1
        END
    ) AS discharges_followed_30_days_count,
    COUNT(
        CASE
            WHEN
                has_diabetes_diagnosis
                AND followed_days >= 30
                AND COALESCE(interrupted_after_days > 30, TRUE)
                AND seen_after_days <= 30
                THEN 1
        END
    ) AS contacts_within_30_days_count,
    COUNT(CASE WHEN followed_days >= $readmission_within_days THEN 1 END) AS discharges_before_readmission_count,
    COUNT(
        CASE
            WHEN followed_days >= $readmission_within_days AND readmitted_after_days <= $readmission_within_days THEN 1
        END
    ) AS readmissions_count,
    MAX(discharged_on) AS latest_discharge_on
FROM timed
GROUP BY patient_id, period_end, hospital_id
