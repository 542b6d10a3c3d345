-- label: Hospital contacts that can be a stay or a part of one
--
-- Physical contacts that have ended. A contact with dates but no times is one when the register calls it inpatient. They
-- belong together when they overlap or lie at most so many hours apart (national statistics of readmissions).
SELECT
    patient_id,
    contact_id,
    COALESCE(starts_at, CAST(started_on AS TIMESTAMP)) AS begins_at,
    COALESCE(ends_at, CAST(ended_on AS TIMESTAMP)) AS finishes_at,
    COALESCE(is_acute, FALSE) AS is_acute,
    starts_at IS NULL OR ends_at IS NULL AS has_dates_only,
    COALESCE(hospital_id, 'none') AS hospital_id,
    COALESCE(ends_at, CAST(ended_on AS TIMESTAMP)) + INTERVAL '1' HOUR * $stay_gap_hours AS joined_until
FROM hospital_contact
WHERE
    is_physical
    AND ended_on IS NOT NULL
    AND ((starts_at IS NOT NULL AND ends_at IS NOT NULL) OR patient_type = 'inpatient')
