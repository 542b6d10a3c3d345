-- label: Foot therapy for diabetes
--
-- One per person, week and service; a child on the parent's card is not the parent.
SELECT DISTINCT service.patient_id, service.service_on, service.specialty_code, service.service_code
FROM service
JOIN codelist
    ON codelist.list = 'foot_therapist_service'
    AND codelist.system = 'service'
    AND codelist.code = service.specialty_code || service.service_code
WHERE NOT service.is_for_child
