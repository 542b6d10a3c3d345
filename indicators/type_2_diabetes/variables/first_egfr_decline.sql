-- label: First day on which a reduced kidney filtration is confirmed
-- unit: -
-- rows: patient and sign
-- sources: measurement(analyte=egfr)
-- ties: -
--
-- A value surely below the limit that confirms another one, at least 90 days and at most some months before it. A result
-- given as more than some number is not surely below.
WITH low AS (
    SELECT patient_id, taken_on
    FROM measurement
    WHERE
        analyte = 'egfr'
        AND result_state = 'number'
        AND (
            (COALESCE(comparator, '=') IN ('=', '<', '<=') AND value < $egfr_reduced_below_ml_min_1_73m2)
            OR (comparator = '<' AND value = $egfr_reduced_below_ml_min_1_73m2)
        )
)

SELECT later.patient_id, later.taken_on AS first_egfr_decline_on
FROM low AS later
JOIN low AS earlier
    ON earlier.patient_id = later.patient_id
    AND earlier.taken_on <= later.taken_on - INTERVAL '90' DAY
    AND earlier.taken_on >= later.taken_on - INTERVAL '1' MONTH * $egfr_confirmed_within_months
GROUP BY later.patient_id, later.taken_on
