-- label: First amputation of a lower limb or part of it ever
-- unit: -
-- rows: patient and sign
-- sources: diagnosis, procedure
-- ties: -
--
-- Operations and status codes; revisions of a stump and implants do not count.
SELECT patient_id, seen_on AS first_amputation_on
FROM (
    SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS seen_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'amputation'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.retraction <> 'yes' AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
    UNION ALL
    SELECT procedure.patient_id, procedure.performed_on AS seen_on
    FROM procedure
    JOIN codelist
        ON codelist.list = 'amputation' AND codelist.system = 'sks' AND codelist.code = procedure.code
) AS seen
