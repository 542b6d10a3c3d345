-- label: In which sectors the patient has any record in the period
-- unit: sectors
-- rows: patient and period
-- sources: hospital_contact, diagnosis, measurement, examination, service, municipal_course, municipal_encounter
-- ties: -
--
-- Sectors are hospital, general practice and municipality. A laboratory result counts for the sector that ordered it.
-- Eye screening belongs to none of the three. A municipal course counts while it runs.
-- Sectors are added as 1 (hospital), 2 (general practice) and 4 (municipality).
WITH record AS (
    SELECT patient_id, started_on AS seen_on, 1 AS sectors
    FROM hospital_contact
    UNION ALL
    SELECT
        patient_id,
        diagnosed_on AS seen_on,
        CASE sector WHEN 'hospital' THEN 1 WHEN 'general_practice' THEN 2 WHEN 'municipality' THEN 4 ELSE 0 END
            AS sectors
    FROM diagnosis
    WHERE retraction <> 'yes'
    UNION ALL
    SELECT patient_id, taken_on AS seen_on, CASE sector WHEN 'general_practice' THEN 2 ELSE 4 END AS sectors
    FROM measurement
    WHERE sector IN ('general_practice', 'municipality') AND result_state <> 'cancelled'
    UNION ALL
    SELECT
        patient_id,
        examined_on AS seen_on,
        CASE sector WHEN 'hospital' THEN 1 WHEN 'general_practice' THEN 2 ELSE 4 END AS sectors
    FROM examination
    WHERE sector IN ('hospital', 'general_practice', 'municipality')
    UNION ALL
    SELECT service.patient_id, service.service_on AS seen_on, 2 AS sectors
    FROM service
    JOIN codelist
        ON codelist.list = 'general_practice_service'
        AND codelist.system = 'service'
        AND codelist.code = service.specialty_code || service.service_code
    WHERE NOT service.is_for_child
    UNION ALL
    SELECT patient_id, held_on AS seen_on, 4 AS sectors
    FROM municipal_encounter
    WHERE status = 'finished'
),

-- Days that lie in the same periods are one stretch; records are counted once for each.
stretch_day AS (
    SELECT day, MIN(period_end) AS first_period_end, MAX(period_end) AS last_period_end
    FROM period_day
    GROUP BY day
),

recorded AS (
    SELECT
        record.patient_id,
        stretch_day.first_period_end,
        stretch_day.last_period_end,
        BIT_OR(record.sectors) AS sectors
    FROM record
    JOIN stretch_day ON stretch_day.day = record.seen_on
    GROUP BY record.patient_id, stretch_day.first_period_end, stretch_day.last_period_end
),

placed AS (
    SELECT recorded.patient_id, period.period_end, recorded.sectors
    FROM recorded
    JOIN period
        ON period.period_end >= recorded.first_period_end
        AND period.period_end <= recorded.last_period_end
    UNION ALL
    SELECT municipal_course.patient_id, period.period_end, 4 AS sectors
    FROM municipal_course
    JOIN period
        ON COALESCE(municipal_course.referred_on, municipal_course.granted_on) <= period.period_end
        AND COALESCE(municipal_course.closed_on, period.period_end) >= period.period_start
)

SELECT
    patient_id,
    period_end,
    (BIT_OR(sectors) & 1) + ((BIT_OR(sectors) >> 1) & 1) + ((BIT_OR(sectors) >> 2) & 1) AS known_sector_count
FROM placed
GROUP BY patient_id, period_end
