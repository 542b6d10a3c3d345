-- label: Referrals to a municipal diabetes course and the days until it began
-- unit: days
-- rows: patient and period
-- sources: municipal_course, municipal_encounter
-- ties: the latest referral of those whose course began on the latest day
--
-- From the day the municipality received the referral to the first meeting that was held; not to the day the course
-- was granted. Only courses whose focus is diabetes. A referral is counted when all of its 14 or 30 days lie in the
-- time that the patient is observed in the period, unless it was revoked in those days before anything began: who
-- gives up later has waited too long. The day of revoking is that of closing, or else of the report that tells it.
WITH referral AS (
    SELECT
        municipal_course.patient_id,
        municipal_course.course_id,
        municipal_course.referred_on,
        CASE
            WHEN municipal_course.status = 'revoked'
                THEN COALESCE(municipal_course.closed_on, CAST(municipal_course.reported_at AS DATE))
        END AS revoked_on,
        MIN(municipal_encounter.held_on) AS began_on
    FROM municipal_course
    JOIN codelist
        ON codelist.list = 'municipal_diabetes_focus' AND codelist.code = municipal_course.focus_code
    LEFT JOIN municipal_encounter
        ON municipal_encounter.patient_id = municipal_course.patient_id
        AND municipal_encounter.course_id = municipal_course.course_id
        AND municipal_encounter.status = 'finished'
        AND municipal_encounter.held_on >= municipal_course.referred_on
    WHERE municipal_course.referred_on IS NOT NULL
    GROUP BY
        municipal_course.patient_id,
        municipal_course.course_id,
        municipal_course.referred_on,
        municipal_course.status,
        municipal_course.closed_on,
        municipal_course.reported_at
),

timed AS (
    SELECT
        referral.patient_id,
        patient.period_end,
        referral.referred_on,
        CASE
            WHEN referral.began_on BETWEEN patient.observed_from AND patient.observed_to THEN referral.began_on
        END AS began_on,
        DATE_DIFF('day', referral.referred_on, referral.began_on) AS waited_days,
        CASE
            WHEN referral.referred_on >= patient.observed_from
                THEN DATE_DIFF('day', referral.referred_on, patient.observed_to)
        END AS followed_days,
        CASE
            WHEN referral.began_on IS NULL THEN DATE_DIFF('day', referral.referred_on, referral.revoked_on)
        END AS revoked_after_days,
        referral.began_on IS NULL AND referral.revoked_on <= patient.period_end AS is_given_up
    FROM referral
    JOIN patient
        ON patient.patient_id = referral.patient_id
        AND patient.observed_to >= referral.referred_on
        AND (patient.observed_from <= referral.referred_on OR patient.observed_from <= referral.began_on)
)

SELECT
    patient_id,
    period_end,
    NULLIF(SUM(CASE WHEN is_given_up THEN 0 ELSE 1 END), 0) AS municipal_referral_count,
    MAX_BY(
        CASE WHEN began_on IS NOT NULL THEN waited_days END,
        CASE WHEN began_on IS NOT NULL THEN (began_on, referred_on) END
    ) AS days_from_referral_to_start,
    MAX(began_on) AS latest_municipal_start_on,
    SUM(
        CASE WHEN followed_days >= 14 AND COALESCE(revoked_after_days > 14, TRUE) THEN 1 ELSE 0 END
    ) AS referrals_followed_14_days_count,
    SUM(CASE WHEN followed_days >= 14 AND waited_days <= 14 THEN 1 ELSE 0 END)
        AS referrals_started_within_14_days_count,
    SUM(
        CASE WHEN followed_days >= 30 AND COALESCE(revoked_after_days > 30, TRUE) THEN 1 ELSE 0 END
    ) AS referrals_followed_30_days_count,
    SUM(CASE WHEN followed_days >= 30 AND waited_days <= 30 THEN 1 ELSE 0 END)
        AS referrals_started_within_30_days_count
FROM timed
GROUP BY patient_id, period_end
