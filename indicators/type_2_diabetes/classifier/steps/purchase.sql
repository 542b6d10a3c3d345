-- label: Purchases of glucose-lowering drugs, their dose in defined daily doses, and which are insulin
--
-- Without drugs that are also used for other diseases, and without metformin that may treat polycystic ovary syndrome.
-- Equal rows are one purchase. Insulin together with a GLP-1 analogue does not count as insulin.
WITH
    drug AS (
        SELECT
            code,
            MAX(CASE WHEN list = 'metformin' THEN 1 ELSE 0 END) = 1 AS is_metformin,
            MAX(CASE WHEN list = 'insulin' THEN 1 ELSE 0 END) = 1
            AND MAX(CASE WHEN list = 'insulin_with_glp1' THEN 1 ELSE 0 END) = 0 AS is_insulin
        FROM codelist
        WHERE system = 'atc'
        GROUP BY code
        HAVING
            MAX(CASE WHEN list = 'glucose_lowering_drug' THEN 1 ELSE 0 END) = 1
            AND MAX(CASE WHEN list = 'glucose_lowering_drug_with_other_use' THEN 1 ELSE 0 END) = 0
    ),

    one_purchase AS (
        SELECT DISTINCT
            dispensing.patient_id,
            dispensing.dispensed_on,
            dispensing.atc_code,
            dispensing.volume,
            dispensing.packages,
            dispensing.indication_code
        FROM dispensing
        JOIN drug ON drug.code = dispensing.atc_code
    )

SELECT
    one_purchase.patient_id,
    one_purchase.dispensed_on,
    one_purchase.volume * one_purchase.packages AS dose_ddd,
    drug.is_insulin
FROM one_purchase
JOIN drug ON drug.code = one_purchase.atc_code
JOIN person ON person.patient_id = one_purchase.patient_id
LEFT JOIN codelist AS polycystic
    ON polycystic.list = 'polycystic_ovary_indication'
    AND polycystic.system = 'indication'
    AND polycystic.code = one_purchase.indication_code
WHERE
    NOT (
        person.sex = 'female'
        AND drug.is_metformin
        AND (
            one_purchase.dispensed_on < person.born_on + INTERVAL '40' YEAR
            OR polycystic.code IS NOT NULL
        )
    )
