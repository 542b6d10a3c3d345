-- label: Referrals to a municipal diabetes course, and those that led to a meeting in time, by municipality
-- unit: referrals
-- rows: patient, period and municipality
-- sources: municipal_course, municipal_encounter
-- ties: -
--
-- By the municipality that received the referral. A referral is counted when all of its 14 or 30 days lie in the time
-- that the patient is observed in the period, unless it was revoked in those days before anything began: who gives up
-- later has waited too long.
WITH timed AS (
    SELECT
        referrals.patient_id,
        patient.period_end,
        referrals.municipality_code AS municipality_id,
        referrals.referred_on,
        DATE_DIFF('day', referrals.referred_on, referrals.began_on) AS waited_days,
        DATE_DIFF('day', referrals.referred_on, patient.observed_to) AS followed_days,
        CASE
            WHEN referrals.began_on IS NULL THEN DATE_DIFF('day', referrals.referred_on, referrals.revoked_on)
        END AS revoked_after_days
    FROM step.referrals
    JOIN patient
        ON patient.patient_id = referrals.patient_id
        AND patient.observed_from <= referrals.referred_on
        AND patient.observed_to >= referrals.referred_on
)

SELECT
    patient_id,
    period_end,
    municipality_id,
    SUM(
        CASE WHEN followed_days >= 14 AND COALESCE(revoked_after_days > 14, TRUE) THEN 1 ELSE 0 END
    ) AS referrals_followed_14_days_count,
    SUM(CASE WHEN followed_days >= 14 AND waited_days <= 14 THEN 1 ELSE 0 END)
        AS referrals_started_within_14_days_count,
    SUM(
        CASE WHEN followed_days >= 30 AND COALESCE(revoked_after_days > 30, TRUE) THEN 1 ELSE 0 END
    ) AS referrals_followed_30_days_count,
    SUM(CASE WHEN followed_days >= 30 AND waited_days <= 30 THEN 1 ELSE 0 END)
        AS referrals_started_within_30_days_count,
    MAX(referred_on) AS latest_referral_on
FROM timed
GROUP BY patient_id, period_end, municipality_id
