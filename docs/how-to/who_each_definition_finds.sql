-- How many people each definition of diabetes finds, and how many of them the published classifier does not.
SELECT
    found.definition,
    found.diabetes_type,
    count(*) AS people,
    count(*) FILTER (WHERE published.patient_id IS NULL) AS not_found_by_osdc,
    min(found.diabetes_since_on) AS earliest_inclusion,
    count(*) FILTER (WHERE NOT found.is_since_date_stable) AS without_stable_date
FROM indicator.diabetes AS found
LEFT JOIN indicator.diabetes AS published
    ON published.patient_id = found.patient_id AND published.definition = 'osdc'
GROUP BY found.definition, found.diabetes_type
ORDER BY found.definition, found.diabetes_type;
