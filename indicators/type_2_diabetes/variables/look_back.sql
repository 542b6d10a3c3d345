-- label: First day of the look-back that decides who is a new case
-- unit: -
-- rows: patient and period
-- sources: -
-- ties: -
--
-- It ends on the day before the first one under observation, and is as long for everybody in every period.
SELECT
    patient_id,
    period_end,
    CAST(observed_from - INTERVAL '1' MONTH * $new_case_look_back_months AS DATE) AS look_back_from_on
FROM patient
