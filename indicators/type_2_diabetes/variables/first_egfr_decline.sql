-- label: First day on which a reduced kidney filtration is confirmed
-- unit: -
-- rows: patient
-- sources: measurement(analyte=egfr)
-- ties: -
--
-- Two values below the limit at least 90 days apart; the later of the two is the day.
-- A result with the sign < or > counts as just below or just above the number it names.
WITH low AS (
    SELECT
        patient_id,
        taken_on,
        MIN(taken_on) OVER (PARTITION BY patient_id) AS first_low_on
    FROM measurement
    WHERE
        analyte = 'egfr'
        AND result_state = 'number'
        AND measurement.value + CASE measurement.comparator WHEN '<' THEN -0.01 WHEN '>' THEN 0.01 ELSE 0 END < $egfr_reduced_below_ml_min_1_73m2
)

SELECT patient_id, MIN(taken_on) AS first_egfr_decline_on
FROM low
WHERE taken_on >= first_low_on + INTERVAL '90' DAY
GROUP BY patient_id
