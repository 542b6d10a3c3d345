-- label: Lowest systolic and lowest diastolic pressure of the most recent day in the period with a reading that qualifies
-- unit: mm[Hg]
-- rows: patient and period
-- sources: -
-- ties: the lowest of each on the most recent day; where one reading of that day lacks a part, that part is not known
WITH part AS (
    SELECT component.fact_id, codelist.list, min(component.value) AS pressure
    FROM component
    JOIN codelist ON codelist.system = component.system AND codelist.code = component.code
    WHERE codelist.list IN ('systolic_blood_pressure', 'diastolic_blood_pressure')
        AND component.unit = 'mm[Hg]'
    GROUP BY component.fact_id, codelist.list
), reading AS (
    SELECT
        fact.patient_id, patient.period_end, fact.latest_on, fact.encounter_id,
        systolic.pressure AS systolic, diastolic.pressure AS diastolic
    FROM fact
    JOIN patient ON patient.patient_id = fact.patient_id
    LEFT JOIN part AS systolic ON systolic.fact_id = fact.fact_id AND systolic.list = 'systolic_blood_pressure'
    LEFT JOIN part AS diastolic ON diastolic.fact_id = fact.fact_id AND diastolic.list = 'diastolic_blood_pressure'
    WHERE fact.resource = 'Observation'
        AND fact.status IN ('final', 'amended', 'corrected')
        AND fact.latest_on BETWEEN patient.period_start AND patient.period_end
        AND (list_contains(fact.code_lists, 'blood_pressure_panel')
            OR systolic.fact_id IS NOT NULL OR diastolic.fact_id IS NOT NULL)
), qualifying AS (
    -- Taken on no day of a hospital or emergency stay; or taken at an encounter of another class.
    SELECT reading.* FROM reading
    WHERE NOT EXISTS (
        SELECT 1 FROM fact AS stay
        WHERE stay.patient_id = reading.patient_id
            AND stay.resource = 'Encounter'
            AND stay.status = 'finished'
            AND list_has_any(stay.code_lists, ['inpatient_encounter', 'emergency_visit'])
            AND reading.latest_on BETWEEN stay.starts_on AND stay.ends_on
    ) OR EXISTS (
        SELECT 1 FROM fact AS taken_at
        WHERE taken_at.patient_id = reading.patient_id
            AND taken_at.resource = 'Encounter'
            AND taken_at.resource_id = reading.encounter_id
            AND taken_at.class_code NOT IN ('EMER', 'IMP', 'ACUTE', 'NONAC', 'PRENC', 'SS')
    )
), most_recent AS (
    SELECT patient_id, period_end, max(latest_on) AS latest_on FROM qualifying GROUP BY patient_id, period_end
)
SELECT
    patient_id,
    period_end,
    latest_on AS blood_pressure_on,
    CASE WHEN count(systolic) = count(*) THEN min(systolic) END AS lowest_systolic_mm_hg,
    CASE WHEN count(diastolic) = count(*) THEN min(diastolic) END AS lowest_diastolic_mm_hg
FROM qualifying JOIN most_recent USING (patient_id, period_end, latest_on)
GROUP BY patient_id, period_end, latest_on
