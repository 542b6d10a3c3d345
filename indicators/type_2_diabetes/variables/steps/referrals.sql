-- label: Referrals to a municipal diabetes course, when it began and when the referral was revoked
--
-- From the day the municipality received the referral to the first meeting that was held; not to the day the course
-- was granted. Only courses whose focus is diabetes. The day of revoking is that of closing, or else of the report that
-- tells it.
SELECT
    municipal_course.patient_id,
    municipal_course.course_id,
    municipal_course.municipality_code,
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
    municipal_course.municipality_code,
    municipal_course.referred_on,
    municipal_course.status,
    municipal_course.closed_on,
    municipal_course.reported_at
