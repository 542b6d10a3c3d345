-- label: Days from a referral until the municipal diabetes course that began last, and the municipality that took them
-- unit: days
-- rows: patient, period and municipality
-- sources: municipal_course, municipal_encounter
-- ties: the latest referral of those whose course began on the latest day
--
-- One row per patient: the course that began last in the period while the patient is observed, by the municipality that
-- received its referral; where none began, the latest referral that still waits, with nothing for the days. A referral
-- that was revoked before the reporting date and before anything began no longer waits.
WITH timed AS (
    SELECT
        referrals.patient_id,
        patient.period_end,
        referrals.municipality_code,
        referrals.referred_on,
        CASE
            WHEN referrals.began_on BETWEEN patient.observed_from AND patient.observed_to THEN referrals.began_on
        END AS began_on,
        DATE_DIFF('day', referrals.referred_on, referrals.began_on) AS waited_days,
        referrals.began_on IS NULL AND referrals.revoked_on <= patient.period_end AS is_given_up
    FROM step.referrals
    JOIN patient
        ON patient.patient_id = referrals.patient_id
        AND patient.observed_to >= referrals.referred_on
        AND (patient.observed_from <= referrals.referred_on OR patient.observed_from <= referrals.began_on)
),

deciding AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY patient_id, period_end
            ORDER BY began_on DESC NULLS LAST, referred_on DESC, municipality_code
        ) AS place
    FROM timed
    WHERE NOT COALESCE(is_given_up, FALSE)
)

SELECT
    patient_id,
    period_end,
    municipality_code AS municipality_id,
    referred_on AS deciding_referral_on,
    CASE WHEN began_on IS NOT NULL THEN waited_days END AS days_from_referral_to_start,
    began_on AS latest_municipal_start_on
FROM deciding
WHERE place = 1
