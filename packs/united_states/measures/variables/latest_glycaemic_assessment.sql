-- label: Lowest glycaemic assessment (HbA1c or glucose management indicator) of the most recent day in the period
-- unit: %
-- rows: patient and period
-- sources: -
-- ties: on the most recent day one without a result comes first, then one that is no number of percent, then the lowest
WITH assessed AS (
    SELECT
        fact.patient_id, patient.period_end, fact.latest_on, fact.has_value,
        CASE WHEN fact.unit = '%' THEN
            fact.value + CASE WHEN fact.comparator = '>' THEN 0.001 ELSE 0 END
        END AS percent
    FROM fact
    JOIN patient ON patient.patient_id = fact.patient_id
    WHERE fact.resource = 'Observation'
        AND coalesce(fact.kind, 'laboratory') = 'laboratory'
        AND fact.status IN ('final', 'amended', 'corrected')
        AND list_has_any(fact.code_lists, ['hba1c_laboratory_test', 'glucose_management_indicator'])
        AND fact.latest_on BETWEEN patient.period_start AND patient.period_end
), most_recent AS (
    SELECT patient_id, period_end, max(latest_on) AS latest_on FROM assessed GROUP BY patient_id, period_end
)
SELECT
    patient_id,
    period_end,
    latest_on AS glycaemic_assessment_on,
    bool_and(has_value) AS glycaemic_assessment_has_result,
    CASE WHEN count(percent) = count(*) THEN min(percent) END AS glycaemic_assessment_percent
FROM assessed JOIN most_recent USING (patient_id, period_end, latest_on)
GROUP BY patient_id, period_end, latest_on
