-- label: Stays in hospital long enough to be an admission
--
-- A stay is an admission from so many hours on (national statistics of readmissions), or when a contact
-- of it has dates only. It ends at the hospital of the contact that ended last, and has to do with diabetes when any of its
-- contacts holds a diabetes diagnosis that was not taken back.
SELECT
    contacts_by_stay.patient_id,
    MAX_BY(
        contacts_by_stay.hospital_id,
        (contacts_by_stay.finishes_at, contacts_by_stay.begins_at, contacts_by_stay.hospital_id)
    ) AS hospital_id,
    MIN(contacts_by_stay.begins_at) AS admitted_at,
    MAX(contacts_by_stay.finishes_at) AS discharged_at,
    CAST(MAX(contacts_by_stay.finishes_at) AS DATE) AS discharged_on,
    MAX(CASE WHEN contacts_by_stay.opens_stay = 1 AND contacts_by_stay.is_acute THEN 1 ELSE 0 END) = 1 AS is_acute,
    MAX(CASE WHEN diabetes_contact.contact_id IS NOT NULL THEN 1 ELSE 0 END) = 1 AS has_diabetes_diagnosis
FROM step.contacts_by_stay
LEFT JOIN (
    SELECT DISTINCT diagnosis.patient_id, diagnosis.contact_id
    FROM diagnosis
    JOIN codelist
        ON codelist.list = 'diabetes_diagnosis'
        AND codelist.system = diagnosis.code_system
        AND codelist.code = diagnosis.code
    WHERE diagnosis.sector = 'hospital' AND diagnosis.retraction <> 'yes'
) AS diabetes_contact
    ON diabetes_contact.patient_id = contacts_by_stay.patient_id
    AND diabetes_contact.contact_id = contacts_by_stay.contact_id
GROUP BY contacts_by_stay.patient_id, contacts_by_stay.stay_number
HAVING
    MAX(CASE WHEN contacts_by_stay.has_dates_only THEN 1 ELSE 0 END) = 1
    OR MAX(contacts_by_stay.finishes_at) >= MIN(contacts_by_stay.begins_at) + INTERVAL '1' HOUR * $stay_from_hours
