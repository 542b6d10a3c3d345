-- label: As osdc, with the diagnoses of general practice as a fourth stream and HbA1c from everywhere
-- unit: -
-- rows: patient
-- sources: diagnosis, measurement(analyte=hba1c), dispensing, service
-- ties: events of different streams on one day are one event; within a stream every row is an event
--
-- The steps that this file shares with osdc.sql are the same text (a test compares them). Not part of the published
-- classifier: the practice stream; HbA1c measured in general practice and municipalities or sent under other codes than
-- the two national ones; hospital diagnoses of which the newer register does not state whether they were retracted;
-- and type 1 for a person without any type-specific hospital diagnosis and without other drugs than
-- insulin, when type 1 outnumbers type 2 among the practice's diagnoses. Gestational diabetes is in no stream.
WITH
    -- Hospital diagnoses of type A or B. What is not stated to be retracted counts.
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
            AND diagnosis.retraction <> 'yes'
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

    -- Purchases of glucose-lowering drugs, without drugs that are also used for other diseases, and without metformin
    -- that may treat polycystic ovary syndrome. Equal rows are one purchase.
    purchase AS (
        SELECT DISTINCT
            dispensing.patient_id,
            dispensing.dispensed_on,
            dispensing.atc_code,
            dispensing.volume,
            dispensing.packages,
            dispensing.indication_code
        FROM dispensing
        JOIN person ON person.patient_id = dispensing.patient_id
        JOIN codelist AS glucose_lowering
            ON glucose_lowering.list = 'glucose_lowering_drug'
            AND glucose_lowering.system = 'atc'
            AND glucose_lowering.code = dispensing.atc_code
        LEFT JOIN codelist AS other_use
            ON other_use.list = 'glucose_lowering_drug_with_other_use'
            AND other_use.system = 'atc'
            AND other_use.code = dispensing.atc_code
        LEFT JOIN codelist AS metformin
            ON metformin.list = 'metformin'
            AND metformin.system = 'atc'
            AND metformin.code = dispensing.atc_code
        LEFT JOIN codelist AS polycystic
            ON polycystic.list = 'polycystic_ovary_indication'
            AND polycystic.system = 'indication'
            AND polycystic.code = dispensing.indication_code
        WHERE
            other_use.code IS NULL
            AND NOT (
                person.sex = 'female'
                AND metformin.code IS NOT NULL
                AND (
                    dispensing.dispensed_on < person.born_on + INTERVAL '40' YEAR
                    OR polycystic.code IS NOT NULL
                )
            )
    ),

    kept_purchase AS (
        SELECT *
        FROM purchase
        WHERE
            NOT EXISTS (
                SELECT 1
                FROM pregnancy
                WHERE
                    pregnancy.patient_id = purchase.patient_id
                    AND purchase.dispensed_on >= pregnancy.starts_on
                    AND purchase.dispensed_on <= pregnancy.ends_on
            )
    ),

    -- One raised HbA1c per person and date, from every register and under every code that the country maps to HbA1c.
    -- Results delivered in percent have their own limit after conversion.
    raised_hba1c AS (
        SELECT DISTINCT patient_id, taken_on
        FROM measurement
        WHERE
            analyte = 'hba1c'
            AND result_state = 'number'
            AND COALESCE(comparator, '=') NOT IN ('<', '<=')
            AND value >= CASE
                WHEN code IN ('NPU03835', 'NPU02307') THEN $hba1c_diagnosis_from_percent_mmol_mol
                ELSE $hba1c_diagnosis_mmol_mol
            END
    ),

    kept_hba1c AS (
        SELECT *
        FROM raised_hba1c
        WHERE
            NOT EXISTS (
                SELECT 1
                FROM pregnancy
                WHERE
                    pregnancy.patient_id = raised_hba1c.patient_id
                    AND raised_hba1c.taken_on >= pregnancy.starts_on
                    AND raised_hba1c.taken_on <= pregnancy.ends_on
            )
    ),

    -- Foot therapy for diabetes: one per person, week and service; a child on the parent's card is not the parent.
    foot_therapy AS (
        SELECT DISTINCT service.patient_id, service.service_on, service.specialty_code, service.service_code
        FROM service
        JOIN codelist
            ON codelist.list = 'foot_therapist_service'
            AND codelist.system = 'service'
            AND codelist.code = service.specialty_code || service.service_code
        WHERE NOT service.is_for_child
    ),

    -- Diabetes diagnoses of general practice, one per person, date and type; retracted ones are left out.
    practice_diagnosis AS (
        SELECT DISTINCT diagnosis.patient_id, diagnosis.diagnosed_on, codelist.list
        FROM diagnosis
        JOIN codelist ON codelist.system = diagnosis.code_system AND codelist.code = diagnosis.code
        WHERE
            codelist.list IN ('practice_type_1_diagnosis', 'practice_type_2_diagnosis')
            AND diagnosis.sector = 'general_practice'
            AND diagnosis.retraction <> 'yes'
    ),

    practice_type AS (
        SELECT
            patient_id,
            SUM(CASE WHEN list = 'practice_type_1_diagnosis' THEN 1 ELSE 0 END) AS type_1_count,
            SUM(CASE WHEN list = 'practice_type_2_diagnosis' THEN 1 ELSE 0 END) AS type_2_count
        FROM practice_diagnosis
        GROUP BY patient_id
    ),

    -- Events per stream and day. Within a stream each row is an event of its own; a purchase and a raised HbA1c of one
    -- day are one event, as they share a stream in which they are joined by day.
    stream_day AS (
        SELECT patient_id, diagnosed_on AS event_on, COUNT(*) AS event_count
        FROM hospital_diagnosis
        WHERE list = 'diabetes_diagnosis'
        GROUP BY patient_id, diagnosed_on
        UNION ALL
        SELECT patient_id, service_on AS event_on, COUNT(*) AS event_count
        FROM foot_therapy
        GROUP BY patient_id, service_on
        UNION ALL
        SELECT patient_id, dispensed_on AS event_on, COUNT(*) AS event_count
        FROM kept_purchase
        GROUP BY patient_id, dispensed_on
        UNION ALL
        SELECT patient_id, taken_on AS event_on, 1 AS event_count
        FROM kept_hba1c
        UNION ALL
        SELECT DISTINCT patient_id, diagnosed_on AS event_on, 1 AS event_count
        FROM practice_diagnosis
    ),

    -- Streams meet by day: events of different streams on one day are one event.
    event_day AS (
        SELECT patient_id, event_on, MAX(event_count) AS event_count
        FROM stream_day
        GROUP BY patient_id, event_on
    ),

    counted_day AS (
        SELECT
            patient_id,
            event_on,
            SUM(event_count) OVER (PARTITION BY patient_id ORDER BY event_on) AS events_until_day
        FROM event_day
    ),

    inclusion AS (
        SELECT patient_id, MIN(event_on) AS included_on
        FROM counted_day
        WHERE events_until_day >= 2
        GROUP BY patient_id
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

    dose AS (
        SELECT
            kept_purchase.patient_id,
            kept_purchase.dispensed_on,
            kept_purchase.volume * kept_purchase.packages AS dose_ddd,
            insulin.code IS NOT NULL AND with_glp1.code IS NULL AS is_insulin,
            MIN(kept_purchase.dispensed_on) OVER (PARTITION BY kept_purchase.patient_id) AS first_purchase_on
        FROM kept_purchase
        LEFT JOIN codelist AS insulin
            ON insulin.list = 'insulin' AND insulin.system = 'atc' AND insulin.code = kept_purchase.atc_code
        LEFT JOIN codelist AS with_glp1
            ON with_glp1.list = 'insulin_with_glp1'
            AND with_glp1.system = 'atc'
            AND with_glp1.code = kept_purchase.atc_code
    ),

    insulin_use AS (
        SELECT
            patient_id,
            COALESCE(SUM(CASE WHEN is_insulin THEN dose_ddd END), 0) AS insulin_ddd,
            COALESCE(SUM(dose_ddd), 0) AS all_ddd,
            MAX(
                CASE WHEN is_insulin AND dispensed_on <= first_purchase_on + INTERVAL '180' DAY THEN 1 ELSE 0 END
            ) = 1 AS has_insulin_early
        FROM dose
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
            ) AS has_majority_type_1,
            COALESCE(
                type_1_endocrinology_count + type_2_endocrinology_count + type_1_other_medical_count
                + type_2_other_medical_count = 0,
                TRUE
            )
            AND COALESCE(insulin_use.insulin_ddd = insulin_use.all_ddd, TRUE)
            AND COALESCE(practice_type.type_1_count > practice_type.type_2_count, FALSE)
                AS has_type_1_in_practice_only
        FROM inclusion
        LEFT JOIN type_diagnosis ON type_diagnosis.patient_id = inclusion.patient_id
        LEFT JOIN insulin_use ON insulin_use.patient_id = inclusion.patient_id
        LEFT JOIN practice_type ON practice_type.patient_id = inclusion.patient_id
    )

SELECT
    patient_id,
    CASE
        WHEN has_only_insulin AND has_any_type_1_diagnosis THEN 'type_1'
        WHEN NOT has_only_insulin AND has_majority_type_1 AND has_two_thirds_insulin AND has_insulin_early THEN 'type_1'
        WHEN has_type_1_in_practice_only THEN 'type_1'
        ELSE 'type_2'
    END AS diabetes_type,
    included_on AS diabetes_since_on,
    included_on >= DATE '1998-01-01' AS is_since_date_stable
FROM evidence
