-- label: In which sectors the patient has any record in the period
-- unit: sectors
-- rows: patient and period
-- sources: hospital_contact, diagnosis, measurement, examination, service, municipal_course, municipal_encounter
-- ties: -
--
-- Sectors are hospital, general practice and municipality. A laboratory result counts for the sector that ordered it.
-- Eye screening belongs to none of the three. A municipal course counts while it runs.
WITH record AS (
    SELECT hospital_contact.patient_id, period_day.period_end, 'hospital' AS sector
    FROM hospital_contact
    JOIN period_day ON period_day.day = hospital_contact.started_on
    UNION
    SELECT diagnosis.patient_id, period_day.period_end, diagnosis.sector
    FROM diagnosis
    JOIN period_day ON period_day.day = diagnosis.diagnosed_on
    WHERE diagnosis.retraction <> 'yes'
    UNION
    SELECT measurement.patient_id, period_day.period_end, measurement.sector
    FROM measurement
    JOIN period_day ON period_day.day = measurement.taken_on
    WHERE measurement.sector IN ('general_practice', 'municipality') AND measurement.result_state <> 'cancelled'
    UNION
    SELECT examination.patient_id, period_day.period_end, examination.sector
    FROM examination
    JOIN period_day ON period_day.day = examination.examined_on
    WHERE examination.sector IN ('hospital', 'general_practice', 'municipality')
    UNION
    SELECT service.patient_id, period_day.period_end, 'general_practice' AS sector
    FROM service
    JOIN codelist
        ON codelist.list = 'general_practice_service'
        AND codelist.system = 'service'
        AND codelist.code = service.specialty_code || service.service_code
    JOIN period_day ON period_day.day = service.service_on
    WHERE NOT service.is_for_child
    UNION
    SELECT municipal_encounter.patient_id, period_day.period_end, 'municipality' AS sector
    FROM municipal_encounter
    JOIN period_day ON period_day.day = municipal_encounter.held_on
    WHERE municipal_encounter.status = 'finished'
    UNION
    SELECT municipal_course.patient_id, period.period_end, 'municipality' AS sector
    FROM municipal_course
    JOIN period
        ON COALESCE(municipal_course.referred_on, municipal_course.granted_on) <= period.period_end
        AND COALESCE(municipal_course.closed_on, period.period_end) >= period.period_start
)

SELECT
    patient_id,
    period_end,
    MAX(CASE WHEN sector = 'hospital' THEN 1 ELSE 0 END) = 1 AS is_known_in_hospital,
    MAX(CASE WHEN sector = 'general_practice' THEN 1 ELSE 0 END) = 1 AS is_known_in_general_practice,
    MAX(CASE WHEN sector = 'municipality' THEN 1 ELSE 0 END) = 1 AS is_known_in_municipality,
    COUNT(DISTINCT sector) AS known_sector_count
FROM record
GROUP BY patient_id, period_end
