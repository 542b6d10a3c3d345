-- label: Municipal diabetes courses begun at least six months ago, and those completed, by municipality
-- unit: courses
-- rows: patient, period and municipality
-- sources: municipal_course
-- ties: -
--
-- By the municipality that received the referral. Courses granted while the patient is observed, before the last six
-- calendar months of the period, of patients who are observed until the end of the six months after. Only courses whose
-- focus is diabetes. A course that was stopped or revoked, or still runs, is not completed.
SELECT
    municipal_course.patient_id,
    patient.period_end,
    municipal_course.municipality_code AS municipality_id,
    COUNT(*) AS course_count,
    SUM(
        CASE
            WHEN municipal_course.status = 'completed' AND municipal_course.closed_on <= patient.period_end THEN 1
            ELSE 0
        END
    ) AS completed_course_count,
    MAX(municipal_course.granted_on) AS latest_course_granted_on
FROM municipal_course
JOIN codelist
    ON codelist.list = 'municipal_diabetes_focus' AND codelist.code = municipal_course.focus_code
JOIN patient
    ON patient.patient_id = municipal_course.patient_id
    AND municipal_course.granted_on >= patient.observed_from
    AND municipal_course.granted_on + INTERVAL '6' MONTH <= patient.observed_to
GROUP BY municipal_course.patient_id, patient.period_end, municipal_course.municipality_code
