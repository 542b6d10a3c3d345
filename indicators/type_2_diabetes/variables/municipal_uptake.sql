-- label: Referrals to a municipal diabetes course, and those taken up within 90 days, by municipality
-- unit: referrals
-- rows: patient, period and municipality
-- sources: municipal_course, municipal_encounter
-- ties: -
--
-- By the municipality that received the referral. A referral is counted when all of its 90 days lie in the time that the
-- patient is observed in the period, also when it was revoked: to give up is not to take up.
SELECT
    referrals.patient_id,
    patient.period_end,
    referrals.municipality_code AS municipality_id,
    COUNT(*) AS referrals_followed_90_days_count,
    COUNT(CASE WHEN DATE_DIFF('day', referrals.referred_on, referrals.began_on) <= 90 THEN 1 END)
        AS referrals_taken_up_count,
    MAX(referrals.referred_on) AS latest_followed_referral_on
FROM step.referrals
JOIN patient
    ON patient.patient_id = referrals.patient_id
    AND patient.observed_from <= referrals.referred_on
    AND DATE_DIFF('day', referrals.referred_on, patient.observed_to) >= 90
GROUP BY referrals.patient_id, patient.period_end, referrals.municipality_code
