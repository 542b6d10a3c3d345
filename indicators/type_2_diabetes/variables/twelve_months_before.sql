-- label: The day 12 months before the reporting date
-- unit: -
-- rows: patient and period
-- sources: -
-- ties: -
--
-- What happened after this day happened within the last 12 months, whatever the length of the period. Counted from the
-- day after the reporting date, as periods are: the 12 months until 28 February begin on 1 March, also after a leap year.
SELECT patient.patient_id, patient.period_end, moved.twelve_months_before_on
FROM patient
JOIN (
    SELECT
        period_end,
        CAST(period_end + INTERVAL '1' DAY - INTERVAL '12' MONTH - INTERVAL '1' DAY AS DATE) AS twelve_months_before_on
    FROM period
) AS moved
    ON moved.period_end = patient.period_end
