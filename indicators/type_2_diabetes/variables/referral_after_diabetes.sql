-- label: First referral to a municipal diabetes course, at the latest twelve months after the first day of diabetes
-- unit: -
-- rows: patient and period
-- sources: municipal_course
-- ties: -
--
-- Also a referral from before that day: the day is that of the second sign of diabetes, and a practice may refer upon the
-- first. A referral that was revoked later was made all the same.
SELECT municipal_course.patient_id, patient.period_end, MIN(municipal_course.referred_on) AS first_early_referral_on
FROM municipal_course
JOIN codelist
    ON codelist.list = 'municipal_diabetes_focus' AND codelist.code = municipal_course.focus_code
JOIN patient
    ON patient.patient_id = municipal_course.patient_id
    AND municipal_course.referred_on <= patient.diabetes_since_on + INTERVAL '12' MONTH
GROUP BY municipal_course.patient_id, patient.period_end
