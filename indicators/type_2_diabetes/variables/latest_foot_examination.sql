-- label: Latest foot examination in the period
-- unit: -
-- rows: patient and period
-- sources: examination(examination=foot)
-- ties: -
--
-- Foot status of general practice or hospital, or a diabetes foot therapist's service (dated by the Monday of its
-- week).
SELECT seen.patient_id, period_day.period_end, MAX(seen.seen_on) AS latest_foot_examination_on
FROM (
    SELECT patient_id, examined_on AS seen_on
    FROM examination
    WHERE examination = 'foot'
    UNION ALL
    SELECT service.patient_id, service.service_on AS seen_on
    FROM service
    JOIN codelist
        ON codelist.list = 'foot_therapist_service'
        AND codelist.system = 'service'
        AND codelist.code = service.specialty_code || service.service_code
    WHERE NOT service.is_for_child
) AS seen
JOIN period_day ON period_day.day = seen.seen_on
GROUP BY seen.patient_id, period_day.period_end
