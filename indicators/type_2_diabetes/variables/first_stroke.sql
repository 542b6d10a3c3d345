-- label: First stroke ever
-- unit: -
-- rows: patient and sign
-- sources: diagnosis
-- ties: -
--
-- Ischaemic or haemorrhagic stroke or its sequelae; a transient attack does not count.
SELECT patient_id, seen_on AS first_stroke_on
FROM (
    SELECT diagnosis.patient_id, diagnosis.diagnosed_on AS seen_on
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'stroke'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.retraction <> 'yes' AND COALESCE(diagnosis.diagnosis_type, 'A') IN ('A', 'B')
) AS seen
