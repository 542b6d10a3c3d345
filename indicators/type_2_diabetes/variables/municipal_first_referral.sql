-- label: Days from the first referral to a municipal diabetes course until the first meeting, and who took the referral
-- unit: days
-- rows: patient, period and municipality
-- sources: municipal_course, municipal_encounter
-- ties: of referrals of one day the one whose course began first
--
-- One row per patient: the first referral of the period while the patient is observed, by the municipality that
-- received it. Who has not begun is followed until the last observed day (the reporting date, death or moving away), or
-- until the referral was revoked.
WITH referred AS (
    SELECT
        referrals.patient_id,
        patient.period_end,
        referrals.municipality_code,
        referrals.referred_on,
        CASE WHEN referrals.began_on <= patient.observed_to THEN referrals.began_on END AS began_on,
        LEAST(patient.observed_to, referrals.revoked_on) AS followed_to
    FROM step.referrals
    JOIN patient
        ON patient.patient_id = referrals.patient_id
        AND patient.observed_from <= referrals.referred_on
        AND patient.observed_to >= referrals.referred_on
),

placed AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY patient_id, period_end
            ORDER BY referred_on, began_on NULLS LAST, followed_to DESC, municipality_code
        ) AS place
    FROM referred
)

SELECT
    patient_id,
    period_end,
    municipality_code AS municipality_id,
    DATE_DIFF('day', referred_on, COALESCE(began_on, GREATEST(followed_to, referred_on))) AS days_from_first_referral,
    began_on IS NOT NULL AS has_begun_after_first_referral,
    referred_on AS first_referral_on
FROM placed
WHERE place = 1
