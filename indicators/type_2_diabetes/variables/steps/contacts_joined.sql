-- label: Contacts with a hospital, joined into stays
--
-- Reads `contact`: patient_id, contact_id, begins_at, finishes_at, and joined_until, the last second at which what begins
-- belongs to the same stay. A transfer between hospitals goes on with the stay. What has not ended joins nothing to it.
SELECT
    marked.*,
    SUM(opens_stay) OVER (
        PARTITION BY patient_id
        ORDER BY begins_at, finishes_at, contact_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS stay_number
FROM (
    SELECT
        contact.*,
        CASE
            WHEN
                begins_at <= MAX(joined_until) OVER (
                    PARTITION BY patient_id
                    ORDER BY begins_at, finishes_at, contact_id
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                )
                THEN 0
            ELSE 1
        END AS opens_stay
    FROM contact
) AS marked
