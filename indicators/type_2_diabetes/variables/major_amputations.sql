-- label: Major amputations of a lower limb in the period
-- unit: amputations
-- rows: patient and period
-- sources: procedure
-- ties: several amputations of one day are one
--
-- Above the ankle. Only while the patient is observed; revisions of a stump do not count.
SELECT
    procedure.patient_id,
    patient.period_end,
    COUNT(DISTINCT procedure.performed_on) AS major_amputation_count,
    MAX(procedure.performed_on) AS latest_major_amputation_on
FROM procedure
JOIN codelist
    ON codelist.list = 'major_amputation' AND codelist.system = 'sks' AND codelist.code = procedure.code
JOIN patient
    ON patient.patient_id = procedure.patient_id
    AND patient.observed_from <= procedure.performed_on
    AND patient.observed_to >= procedure.performed_on
GROUP BY procedure.patient_id, patient.period_end
