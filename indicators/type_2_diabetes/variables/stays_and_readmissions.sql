-- label: Inpatient stays of the elderly and acute readmissions after a gap, by hospital
-- unit: discharges
-- rows: patient, period and hospital
-- sources: hospital_contact
-- ties: -
--
-- By the hospital where the stay ended. A stay is inpatient contacts that overlap or lie less than the gap apart, as a
-- transfer between hospitals does; what begins later is a new stay (national indicator of readmissions of the elderly).
-- A contact with dates but no times begins and ends at midnight; one that has not ended may be a readmission and is no
-- discharge. The discharge is alive, at an age from which people count as elderly, of a day on which the patient is
-- observed, and counts once the days of follow-up have passed within the period.
WITH contact AS (
    SELECT
        patient_id,
        contact_id,
        COALESCE(starts_at, CAST(started_on AS TIMESTAMP)) AS begins_at,
        COALESCE(ends_at, CAST(ended_on AS TIMESTAMP)) AS finishes_at,
        is_acute,
        COALESCE(hospital_id, 'none') AS hospital_id,
        COALESCE(ends_at, CAST(ended_on AS TIMESTAMP))
        + INTERVAL '1' HOUR * $readmission_gap_hours
        - INTERVAL '1' SECOND AS joined_until
    FROM hospital_contact
    WHERE is_physical AND patient_type = 'inpatient'
),

stay AS (
    SELECT
        patient_id,
        MAX_BY(
            hospital_id,
            CASE WHEN finishes_at IS NOT NULL THEN (finishes_at, begins_at, hospital_id) END
        ) AS hospital_id,
        MIN(begins_at) AS admitted_at,
        CAST(MAX(finishes_at) AS DATE) AS discharged_on,
        MAX(CASE WHEN opens_stay = 1 AND is_acute THEN 1 ELSE 0 END) = 1 AS is_acute
    FROM step.contacts_joined
    GROUP BY patient_id, stay_number
),

followed AS (
    SELECT
        patient_id,
        hospital_id,
        discharged_on,
        CAST(
            MIN(CASE WHEN is_acute THEN admitted_at END) OVER (
                PARTITION BY patient_id
                ORDER BY admitted_at
                ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
            ) AS DATE
        ) AS next_acute_admitted_on
    FROM stay
)

SELECT
    followed.patient_id,
    patient.period_end,
    followed.hospital_id,
    COUNT(*) AS stays_followed_count,
    SUM(
        CASE
            WHEN DATE_DIFF('day', followed.discharged_on, followed.next_acute_admitted_on) <= $readmission_within_days
                THEN 1
            ELSE 0
        END
    ) AS stays_readmitted_count,
    MAX(followed.discharged_on) AS latest_stay_ended_on
FROM followed
JOIN period_day ON period_day.day = followed.discharged_on
JOIN patient ON patient.patient_id = followed.patient_id AND patient.period_end = period_day.period_end
JOIN birth ON birth.patient_id = followed.patient_id
WHERE
    YEAR(followed.discharged_on) - YEAR(birth.born_on) - CASE
        WHEN
            MONTH(followed.discharged_on) * 100 + DAY(followed.discharged_on)
            < MONTH(birth.born_on) * 100 + DAY(birth.born_on)
            THEN 1
        ELSE 0
    END >= $elderly_from_age_years
    AND followed.discharged_on >= patient.observed_from
    AND followed.discharged_on <= patient.observed_to
    AND (patient.died_on IS NULL OR patient.died_on > followed.discharged_on)
    AND DATE_DIFF('day', followed.discharged_on, patient.period_end) >= $readmission_within_days
GROUP BY followed.patient_id, patient.period_end, followed.hospital_id
