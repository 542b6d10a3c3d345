-- label: Pairs of results that two sectors hold, of one day or of a day and the next
--
-- Reads `result`: patient_id, taken_on, value and sector. Each is held against those of its own day and of the day before,
-- by equality of days. The pair is of the later day.
SELECT later.patient_id, later.taken_on, ABS(later.value - earlier.value) AS difference
FROM result AS later
JOIN (
    SELECT patient_id, taken_on AS compared_on, value, sector
    FROM result
    UNION ALL
    SELECT patient_id, CAST(taken_on + INTERVAL '1' DAY AS DATE) AS compared_on, value, sector
    FROM result
) AS earlier
    ON earlier.patient_id = later.patient_id
    AND earlier.compared_on = later.taken_on
    AND earlier.sector <> later.sector
