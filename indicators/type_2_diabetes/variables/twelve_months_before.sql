-- label: The day 12 months before the reporting date
-- unit: -
-- rows: patient and period
-- sources: -
-- ties: -
--
-- What happened after this day happened within the last 12 months, whatever the length of the period.
SELECT
    patient_id,
    period_end,
    CAST(period_end - INTERVAL '12' MONTH AS DATE) AS twelve_months_before_on
FROM patient
