-- label: Whether urine albumin and urine creatinine were both measured within the period, at most so many days apart
-- unit: -
-- rows: patient and period
-- sources: -
-- ties: to the clock time; a day without one counts as its midnight
WITH urine_test AS (
    SELECT fact.patient_id, patient.period_end, fact.code_lists, fact.starts_at, fact.ends_at
    FROM fact
    JOIN patient ON patient.patient_id = fact.patient_id
    WHERE fact.resource = 'Observation'
        AND coalesce(fact.kind, 'laboratory') = 'laboratory'
        AND fact.status IN ('final', 'amended', 'corrected')
        AND fact.has_value
        AND fact.starts_on >= patient.period_start
        AND fact.ends_on <= patient.period_end
)
SELECT DISTINCT albumin.patient_id, albumin.period_end, TRUE AS albumin_and_creatinine_measured
FROM urine_test AS albumin
JOIN urine_test AS creatinine
    ON creatinine.patient_id = albumin.patient_id AND creatinine.period_end = albumin.period_end
WHERE list_contains(albumin.code_lists, 'urine_albumin')
    AND list_contains(creatinine.code_lists, 'urine_creatinine')
    AND albumin.starts_at >= creatinine.starts_at - to_days($urine_tests_within_days)
    AND albumin.ends_at <= creatinine.ends_at + to_days($urine_tests_within_days)
