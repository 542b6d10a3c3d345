-- label: Municipal diabetes courses granted at least six months ago, those completed and those ended early, by municipality
-- unit: courses
-- rows: patient, period and municipality
-- sources: municipal_course
-- ties: -
--
-- By the municipality that received the referral. Courses granted while the patient is observed, before the last six
-- calendar months of the period, of patients who are observed until the end of the six months after. Only courses whose
-- focus is diabetes. A course that was stopped or revoked, or still runs, is not completed. The day on which a course was
-- ended early is that of closing, or else of the report that tells it.
WITH course AS (
    SELECT
        municipal_course.patient_id,
        patient.period_end,
        municipal_course.municipality_code,
        municipal_course.granted_on,
        municipal_course.status = 'completed' AND municipal_course.closed_on <= patient.period_end AS is_completed,
        municipal_course.status IN ('stopped', 'revoked')
        AND COALESCE(municipal_course.closed_on, CAST(municipal_course.reported_at AS DATE))
        <= patient.period_end AS is_ended_early,
        municipal_course.stop_reason_code
    FROM municipal_course
    JOIN codelist
        ON codelist.list = 'municipal_diabetes_focus' AND codelist.code = municipal_course.focus_code
    JOIN patient
        ON patient.patient_id = municipal_course.patient_id
        AND municipal_course.granted_on >= patient.observed_from
        AND municipal_course.granted_on + INTERVAL '6' MONTH <= patient.observed_to
)

SELECT
    course.patient_id,
    course.period_end,
    course.municipality_code AS municipality_id,
    COUNT(*) AS course_count,
    COUNT(CASE WHEN course.is_completed THEN 1 END) AS completed_course_count,
    COUNT(CASE WHEN course.is_ended_early AND opted_out.code IS NOT NULL THEN 1 END) AS opted_out_course_count,
    COUNT(CASE WHEN course.is_ended_early AND not_attended.code IS NOT NULL THEN 1 END) AS not_attended_course_count,
    MAX(course.granted_on) AS latest_course_granted_on
FROM course
LEFT JOIN codelist AS opted_out
    ON opted_out.list = 'course_opted_out' AND opted_out.code = course.stop_reason_code
LEFT JOIN codelist AS not_attended
    ON not_attended.list = 'course_not_attended' AND not_attended.code = course.stop_reason_code
GROUP BY course.patient_id, course.period_end, course.municipality_code
