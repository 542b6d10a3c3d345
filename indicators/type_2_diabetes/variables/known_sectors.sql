-- label: In which sectors the patient has any record in the period
-- unit: sectors
-- rows: patient and period
-- sources: hospital_contact, diagnosis, measurement, examination, service, municipal_course, municipal_encounter
-- ties: -
--
-- Sectors are hospital, general practice and municipality. A laboratory result counts when general practice or the
-- municipality ordered it; what the hospital ordered is told by its contact. Eye screening belongs to none of the three.
-- A municipal course counts while it runs.
WITH record AS (
    SELECT patient_id, started_on AS seen_on, 'hospital' AS sector
    FROM hospital_contact
    UNION ALL
    SELECT patient_id, diagnosed_on AS seen_on, sector
    FROM diagnosis
    WHERE retraction <> 'yes'
    UNION ALL
    SELECT patient_id, taken_on AS seen_on, sector
    FROM measurement
    WHERE sector IN ('general_practice', 'municipality') AND result_state <> 'cancelled'
    UNION ALL
    SELECT patient_id, examined_on AS seen_on, sector
    FROM examination
    WHERE sector IN ('hospital', 'general_practice', 'municipality')
    UNION ALL
    SELECT service.patient_id, service.service_on AS seen_on, 'general_practice' AS sector
    FROM service
    JOIN codelist
        ON codelist.list = 'general_practice_service'
        AND codelist.system = 'service'
        AND codelist.code = service.specialty_code || service.service_code
    WHERE NOT service.is_for_child
    UNION ALL
    SELECT patient_id, held_on AS seen_on, 'municipality' AS sector
    FROM municipal_encounter
    WHERE status = 'finished'
),

-- Periods overlap: records are counted once for each stretch of days that lie in the same periods, told by its first day.
stretch_day AS (
    SELECT day, MIN(day) OVER (PARTITION BY first_period_end, last_period_end) AS stretch_from
    FROM (
        SELECT day, MIN(period_end) AS first_period_end, MAX(period_end) AS last_period_end
        FROM period_day
        GROUP BY day
    ) AS periods_of_day
),

recorded AS (
    SELECT
        record.patient_id,
        stretch_day.stretch_from,
        MAX(CASE WHEN record.sector = 'hospital' THEN 1 ELSE 0 END) AS in_hospital,
        MAX(CASE WHEN record.sector = 'general_practice' THEN 1 ELSE 0 END) AS in_general_practice,
        MAX(CASE WHEN record.sector = 'municipality' THEN 1 ELSE 0 END) AS in_municipality
    FROM record
    JOIN stretch_day ON stretch_day.day = record.seen_on
    GROUP BY record.patient_id, stretch_day.stretch_from
),

placed AS (
    SELECT
        recorded.patient_id,
        period_day.period_end,
        recorded.in_hospital,
        recorded.in_general_practice,
        recorded.in_municipality
    FROM recorded
    JOIN period_day ON period_day.day = recorded.stretch_from
    UNION ALL
    SELECT
        municipal_course.patient_id,
        period.period_end,
        0 AS in_hospital,
        0 AS in_general_practice,
        1 AS in_municipality
    FROM municipal_course
    JOIN period
        ON COALESCE(municipal_course.referred_on, municipal_course.granted_on) <= period.period_end
        AND COALESCE(municipal_course.closed_on, period.period_end) >= period.period_start
)

SELECT
    patient_id,
    period_end,
    MAX(in_hospital) + MAX(in_general_practice) + MAX(in_municipality) AS known_sector_count
FROM placed
GROUP BY patient_id, period_end
