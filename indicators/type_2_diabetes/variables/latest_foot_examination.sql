-- label: Latest foot examination in the period
-- unit: -
-- rows: patient and day
-- sources: examination(examination=foot)
-- ties: -
--
-- also reads: service; foot therapists add to the examinations of practices and hospitals, which come without them.
-- Foot status of general practice or hospital, or a diabetes foot therapist's service (dated by the Monday of its
-- week).
SELECT patient_id, examined_on AS latest_foot_examination_on
FROM examination
WHERE examination = 'foot'
UNION ALL
SELECT service.patient_id, service.service_on AS latest_foot_examination_on
FROM service
JOIN codelist
    ON codelist.list = 'foot_therapist_service'
    AND codelist.system = 'service'
    AND codelist.code = service.specialty_code || service.service_code
WHERE NOT service.is_for_child
