-- label: Municipal diabetes courses begun at least six months ago, and those completed
-- unit: courses
-- rows: patient and period
-- sources: municipal_course
-- ties: -
--
-- Courses granted from the first day of the period until six months before its last. Only courses whose focus is
-- diabetes. A course that was stopped or revoked, or still runs, is not completed.
SELECT
    municipal_course.patient_id,
    period.period_end,
    COUNT(*) AS course_count,
    SUM(
        CASE
            WHEN municipal_course.status = 'completed' AND municipal_course.closed_on <= period.period_end THEN 1
            ELSE 0
        END
    ) AS completed_course_count,
    MAX(municipal_course.granted_on) AS latest_course_granted_on
FROM municipal_course
JOIN codelist
    ON codelist.list = 'municipal_diabetes_focus' AND codelist.code = municipal_course.focus_code
JOIN period
    ON municipal_course.granted_on >= period.period_start
    AND municipal_course.granted_on + INTERVAL '6' MONTH <= period.period_end
GROUP BY municipal_course.patient_id, period.period_end
