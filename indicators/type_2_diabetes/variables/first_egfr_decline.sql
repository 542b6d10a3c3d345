-- label: First day on which a reduced kidney filtration is confirmed
-- unit: -
-- rows: patient
-- sources: measurement(analyte=egfr)
-- ties: -
--
-- Two values surely below the limit at least 90 days apart; the later of the two is the day. A result given as more
-- than some number is not surely below.
WITH low AS (
    SELECT
        patient_id,
        taken_on,
        MIN(taken_on) OVER (PARTITION BY patient_id) AS first_low_on
    FROM measurement
    WHERE
        analyte = 'egfr'
        AND result_state = 'number'
        AND (
            (COALESCE(comparator, '=') IN ('=', '<', '<=') AND value < $egfr_reduced_below_ml_min_1_73m2)
            OR (comparator = '<' AND value = $egfr_reduced_below_ml_min_1_73m2)
        )
)

SELECT patient_id, MIN(taken_on) AS first_egfr_decline_on
FROM low
WHERE taken_on >= first_low_on + INTERVAL '90' DAY
GROUP BY patient_id
