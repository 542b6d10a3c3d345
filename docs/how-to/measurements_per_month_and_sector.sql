-- How many measurements of each analyte every sector took per month: the first thing to look at before trusting a trend.
SELECT date_trunc('month', taken_on) AS month, sector, analyte, count(*) AS measurements, count(DISTINCT patient_id) AS patients
FROM core.measurement
GROUP BY ALL
ORDER BY ALL;
