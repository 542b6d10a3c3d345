-- label: Who has diabetes, of which type and from when, by the Open-Source Diabetes Classifier
-- unit: -
-- rows: patient
-- sources: diagnosis, measurement(analyte=hba1c), dispensing, service
-- ties: events of different streams on one day are one event; within a stream every row is an event
--
-- Rules: steno-aarhus/osdc (R package), August 2026, restated in docs/explanation/who_has_diabetes.md.
-- The second event is the inclusion date. Type is counted over the whole history, so it does not change with the
-- reporting date. Inclusion before 1998 has no stable date: the registers start too late to tell new from old disease.
WITH
    -- Hospital diagnoses of type A or B. The older register has no retraction field, so all its rows count; of the
    -- newer register only rows that state "not retracted" count, as in the published classifier.
    hospital_diagnosis AS (
        SELECT
            diagnosis.patient_id,
            diagnosis.diagnosed_on,
            diagnosis.diagnosis_type,
            diagnosis.specialty,
            codelist.list
        FROM diagnosis
        JOIN codelist ON codelist.system = diagnosis.code_system AND codelist.code = diagnosis.code
        WHERE
            codelist.list IN ('diabetes_diagnosis', 'type_1_diagnosis', 'type_2_diagnosis', 'pregnancy_ending')
            AND diagnosis.sector = 'hospital'
            AND diagnosis.diagnosis_type IN ('A', 'B')
            AND (diagnosis.source_system IN ('lpr2', 'bi_lpr2') OR diagnosis.retraction = 'no')
    ),

    -- 40 weeks before to 12 weeks after a diagnosis that ends a pregnancy, both ends included.
    pregnancy AS (
        SELECT DISTINCT
            patient_id,
            diagnosed_on - INTERVAL '280' DAY AS starts_on,
            diagnosed_on + INTERVAL '84' DAY AS ends_on
        FROM hospital_diagnosis
        WHERE list = 'pregnancy_ending'
    ),

    kept_purchase AS (
        SELECT purchase.*
        FROM purchase
        LEFT JOIN pregnancy
            ON pregnancy.patient_id = purchase.patient_id
            AND purchase.dispensed_on >= pregnancy.starts_on
            AND purchase.dispensed_on <= pregnancy.ends_on
        WHERE pregnancy.patient_id IS NULL
    ),

    -- Raised HbA1c, from the laboratory registers under the two national codes, as published.
    -- Results delivered in percent have their own limit after conversion.
    raised_hba1c AS (
        SELECT patient_id, taken_on
        FROM measurement
        WHERE
            code IN ('NPU27300', 'NPU03835')
            AND source_system IN ('lab_dm_forsker', 'labka', 'for_labka', 'laboratoriesvar')
            AND result_state = 'number'
            AND COALESCE(comparator, '=') NOT IN ('<', '<=')
            AND value >= CASE
                WHEN code = 'NPU03835' THEN $hba1c_diagnosis_from_percent_mmol_mol
                ELSE $hba1c_diagnosis_mmol_mol
            END
    ),

    kept_hba1c AS (
        SELECT raised_hba1c.*
        FROM raised_hba1c
        LEFT JOIN pregnancy
            ON pregnancy.patient_id = raised_hba1c.patient_id
            AND raised_hba1c.taken_on >= pregnancy.starts_on
            AND raised_hba1c.taken_on <= pregnancy.ends_on
        WHERE pregnancy.patient_id IS NULL
    ),

    -- Events of all streams. Raised HbA1c is one event a day, so that it needs no count.
    event AS (
        SELECT patient_id, diagnosed_on AS event_on, 1 AS is_diagnosis, 0 AS is_therapy, 0 AS is_purchase
        FROM hospital_diagnosis
        WHERE list = 'diabetes_diagnosis'
        UNION ALL
        SELECT patient_id, service_on AS event_on, 0 AS is_diagnosis, 1 AS is_therapy, 0 AS is_purchase
        FROM foot_therapy
        UNION ALL
        SELECT patient_id, dispensed_on AS event_on, 0 AS is_diagnosis, 0 AS is_therapy, 1 AS is_purchase
        FROM kept_purchase
        UNION ALL
        SELECT patient_id, taken_on AS event_on, 0 AS is_diagnosis, 0 AS is_therapy, 0 AS is_purchase
        FROM kept_hba1c
    ),

    first_event AS (
        SELECT patient_id, MIN(event_on) AS first_on
        FROM event
        GROUP BY patient_id
    ),

    -- The day of the second event. Within a stream every row is an event; events of different streams on one day are
    -- one. So it is the first day when one stream has two events on it, and the next day with an event otherwise.
    second_event AS (
        SELECT
            event.patient_id,
            CASE
                WHEN
                    GREATEST(
                        SUM(CASE WHEN event.event_on = first_event.first_on THEN event.is_diagnosis END),
                        SUM(CASE WHEN event.event_on = first_event.first_on THEN event.is_therapy END),
                        SUM(CASE WHEN event.event_on = first_event.first_on THEN event.is_purchase END)
                    ) >= 2
                    THEN MIN(event.event_on)
                ELSE MIN(CASE WHEN event.event_on > first_event.first_on THEN event.event_on END)
            END AS included_on
        FROM event
        JOIN first_event ON first_event.patient_id = event.patient_id
        GROUP BY event.patient_id
    ),

    inclusion AS (
        SELECT patient_id, included_on
        FROM second_event
        WHERE included_on IS NOT NULL
    ),

    type_diagnosis AS (
        SELECT
            patient_id,
            SUM(CASE WHEN list = 'type_1_diagnosis' AND specialty = 'endocrinology' THEN 1 ELSE 0 END)
                AS type_1_endocrinology_count,
            SUM(CASE WHEN list = 'type_2_diagnosis' AND specialty = 'endocrinology' THEN 1 ELSE 0 END)
                AS type_2_endocrinology_count,
            SUM(CASE WHEN list = 'type_1_diagnosis' AND specialty = 'other_medical' THEN 1 ELSE 0 END)
                AS type_1_other_medical_count,
            SUM(CASE WHEN list = 'type_2_diagnosis' AND specialty = 'other_medical' THEN 1 ELSE 0 END)
                AS type_2_other_medical_count
        FROM hospital_diagnosis
        WHERE diagnosis_type = 'A'
        GROUP BY patient_id
    ),

    insulin_use AS (
        SELECT
            patient_id,
            COALESCE(SUM(CASE WHEN is_insulin THEN dose_ddd END), 0) AS insulin_ddd,
            COALESCE(SUM(dose_ddd), 0) AS all_ddd,
            MIN(CASE WHEN is_insulin THEN dispensed_on END) <= MIN(dispensed_on) + INTERVAL '180' DAY
                AS has_insulin_early
        FROM kept_purchase
        GROUP BY patient_id
    ),

    evidence AS (
        SELECT
            inclusion.patient_id,
            inclusion.included_on,
            COALESCE(insulin_use.insulin_ddd > 0 AND insulin_use.insulin_ddd = insulin_use.all_ddd, FALSE)
                AS has_only_insulin,
            COALESCE(insulin_use.all_ddd > 0 AND 3 * insulin_use.insulin_ddd >= 2 * insulin_use.all_ddd, FALSE)
                AS has_two_thirds_insulin,
            COALESCE(insulin_use.has_insulin_early, FALSE) AS has_insulin_early,
            COALESCE(type_1_endocrinology_count + type_1_other_medical_count >= 1, FALSE) AS has_any_type_1_diagnosis,
            COALESCE(
                CASE
                    WHEN type_1_endocrinology_count + type_2_endocrinology_count > 0
                        THEN type_1_endocrinology_count > type_2_endocrinology_count
                    ELSE type_1_other_medical_count > type_2_other_medical_count
                END,
                FALSE
            ) AS has_majority_type_1
        FROM inclusion
        LEFT JOIN type_diagnosis ON type_diagnosis.patient_id = inclusion.patient_id
        LEFT JOIN insulin_use ON insulin_use.patient_id = inclusion.patient_id
    )

SELECT
    patient_id,
    CASE
        WHEN has_only_insulin AND has_any_type_1_diagnosis THEN 'type_1'
        WHEN NOT has_only_insulin AND has_majority_type_1 AND has_two_thirds_insulin AND has_insulin_early THEN 'type_1'
        ELSE 'type_2'
    END AS diabetes_type,
    included_on AS diabetes_since_on,
    included_on >= DATE '1998-01-01' AS is_since_date_stable
FROM evidence
