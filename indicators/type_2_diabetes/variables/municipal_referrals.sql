-- label: Referrals to a municipal diabetes course and the days until it began
-- unit: days
-- rows: patient and period
-- sources: municipal_course, municipal_encounter
-- ties: the latest referral of those whose course began on the latest day
--
-- From the day the municipality received the referral to the first meeting that was held; not to the day the course
-- was granted. Only courses whose focus is diabetes. A referral revoked before anything began is left out. A referral
-- is counted once its 14 or 30 days have passed within the period.
WITH referral AS (
    SELECT
        municipal_course.patient_id,
        municipal_course.course_id,
        municipal_course.referred_on,
        municipal_course.status,
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
        municipal_course.status
),

timed AS (
    SELECT
        patient_id,
        referred_on,
        began_on,
        DATE_DIFF('day', referred_on, began_on) AS waited_days
    FROM referral
    WHERE began_on IS NOT NULL OR status <> 'revoked'
)

SELECT
    timed.patient_id,
    period.period_end,
    COUNT(*) AS municipal_referral_count,
    MAX_BY(
        CASE WHEN timed.began_on BETWEEN period.period_start AND period.period_end THEN timed.waited_days END,
        CASE
            WHEN timed.began_on BETWEEN period.period_start AND period.period_end
                THEN (timed.began_on, timed.referred_on)
        END
    ) AS days_from_referral_to_start,
    MAX(CASE WHEN timed.began_on BETWEEN period.period_start AND period.period_end THEN timed.began_on END)
        AS latest_municipal_start_on,
    SUM(
        CASE
            WHEN
                timed.referred_on >= period.period_start
                AND timed.referred_on + INTERVAL '14' DAY <= period.period_end
                THEN 1
            ELSE 0
        END
    ) AS referrals_followed_14_days_count,
    SUM(
        CASE
            WHEN
                timed.referred_on >= period.period_start
                AND timed.referred_on + INTERVAL '14' DAY <= period.period_end
                AND timed.waited_days <= 14
                THEN 1
            ELSE 0
        END
    ) AS referrals_started_within_14_days_count,
    SUM(
        CASE
            WHEN
                timed.referred_on >= period.period_start
                AND timed.referred_on + INTERVAL '30' DAY <= period.period_end
                THEN 1
            ELSE 0
        END
    ) AS referrals_followed_30_days_count,
    SUM(
        CASE
            WHEN
                timed.referred_on >= period.period_start
                AND timed.referred_on + INTERVAL '30' DAY <= period.period_end
                AND timed.waited_days <= 30
                THEN 1
            ELSE 0
        END
    ) AS referrals_started_within_30_days_count
FROM timed
JOIN period
    ON timed.referred_on <= period.period_end
    AND (timed.referred_on >= period.period_start OR timed.began_on >= period.period_start)
GROUP BY timed.patient_id, period.period_end
