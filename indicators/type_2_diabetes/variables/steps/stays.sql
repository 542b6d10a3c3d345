-- label: Stays in hospital of 12 hours or more
--
-- Reads `contacts_joined`. A stay is an admission from 12 hours on (national statistics of readmissions), or when a contact
-- of it has dates only. It ends at the hospital of the contact that ended last, and has to do with diabetes when any of its
-- contacts holds a diabetes diagnosis that was not taken back.
SELECT
    contacts_joined.patient_id,
    MAX_BY(
        contacts_joined.hospital_id,
        (contacts_joined.finishes_at, contacts_joined.begins_at, contacts_joined.hospital_id)
    ) AS hospital_id,
    MIN(contacts_joined.begins_at) AS admitted_at,
    MAX(contacts_joined.finishes_at) AS discharged_at,
    CAST(MAX(contacts_joined.finishes_at) AS DATE) AS discharged_on,
    MAX(CASE WHEN contacts_joined.opens_stay = 1 AND contacts_joined.is_acute THEN 1 ELSE 0 END) = 1 AS is_acute,
    MAX(CASE WHEN diabetes_contact.contact_id IS NOT NULL THEN 1 ELSE 0 END) = 1 AS has_diabetes_diagnosis
FROM contacts_joined
LEFT JOIN (
    SELECT DISTINCT diagnosis.patient_id, diagnosis.contact_id
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'diabetes_diagnosis'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.sector = 'hospital' AND diagnosis.retraction <> 'yes'
) AS diabetes_contact
    ON diabetes_contact.patient_id = contacts_joined.patient_id
    AND diabetes_contact.contact_id = contacts_joined.contact_id
GROUP BY contacts_joined.patient_id, contacts_joined.stay_number
HAVING
    MAX(CASE WHEN contacts_joined.has_dates_only THEN 1 ELSE 0 END) = 1
    OR MAX(contacts_joined.finishes_at) >= MIN(contacts_joined.begins_at) + INTERVAL '12' HOUR
