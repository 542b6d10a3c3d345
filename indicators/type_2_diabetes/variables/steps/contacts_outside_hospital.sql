-- label: Days on which somebody saw the patient outside the hospital
--
-- General practice (a consultation is dated by the Monday of its week), outpatient endocrinology that was planned, and
-- municipal meetings that were held.
SELECT patient_id, started_on AS seen_on
FROM hospital_contact
WHERE
    specialty = 'endocrinology'
    AND is_physical
    AND NOT COALESCE(is_acute, FALSE)
    AND COALESCE(patient_type, 'outpatient') = 'outpatient'
UNION ALL
SELECT service.patient_id, service.service_on AS seen_on
FROM service
JOIN codelist
    ON codelist.list = 'general_practice_consultation'
    AND codelist.system = 'service'
    AND codelist.code = service.specialty_code || service.service_code
WHERE NOT service.is_for_child
UNION ALL
SELECT patient_id, examined_on AS seen_on
FROM examination
WHERE sector = 'general_practice'
UNION ALL
SELECT patient_id, held_on AS seen_on
FROM municipal_encounter
WHERE status = 'finished'
