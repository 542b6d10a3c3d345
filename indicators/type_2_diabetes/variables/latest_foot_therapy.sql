-- label: Latest service of a diabetes foot therapist in the period
-- unit: -
-- rows: patient and day
-- sources: service
-- ties: -
--
-- Dated by the Monday of its week; services for a child on the parent's number do not count.
SELECT service.patient_id, service.service_on AS latest_foot_therapy_on
FROM service
JOIN codelist
    ON codelist.list = 'foot_therapist_service'
    AND codelist.system = 'service'
    AND codelist.code = service.specialty_code || service.service_code
WHERE NOT service.is_for_child
