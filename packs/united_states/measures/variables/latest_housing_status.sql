-- label: Whether the latest housing status until the end of the period is life in a nursing home
-- unit: -
-- rows: patient and period
-- sources: -
-- ties: when several end at the same moment, one that says nursing home is enough
WITH told AS (
    SELECT fact.patient_id, patient.period_end, fact.ends_at, list_contains(fact.value_lists, 'lives_in_nursing_home') AS is_so
    FROM fact
    JOIN patient ON patient.patient_id = fact.patient_id
    WHERE fact.resource = 'Observation'
        AND coalesce(fact.kind, 'assessment') = 'assessment'
        AND fact.status IN ('final', 'amended', 'corrected')
        AND list_contains(fact.code_lists, 'housing_status')
        AND fact.ends_on <= patient.period_end
), latest AS (
    SELECT patient_id, period_end, max(ends_at) AS ends_at FROM told GROUP BY patient_id, period_end
)
SELECT patient_id, period_end, bool_or(is_so) AS lives_in_nursing_home
FROM told JOIN latest USING (patient_id, period_end, ends_at)
GROUP BY patient_id, period_end
