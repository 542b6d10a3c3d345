-- In how many sectors each person has been seen, and how many people that is.
WITH seen AS (
    SELECT DISTINCT patient_id, 'hospital' AS sector FROM core.hospital_contact
    UNION
    SELECT DISTINCT patient_id, 'general_practice' FROM core.service
    UNION
    SELECT DISTINCT patient_id, 'municipality' FROM core.municipal_course
),
per_person AS (
    SELECT patient_id, string_agg(sector, ' + ' ORDER BY sector) AS sectors FROM seen GROUP BY patient_id
)
SELECT sectors, count(*) AS patients
FROM per_person
GROUP BY sectors
ORDER BY patients DESC;
