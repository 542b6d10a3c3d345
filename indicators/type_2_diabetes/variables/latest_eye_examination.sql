-- label: Latest usable eye examination for retinopathy in the period
-- unit: -
-- rows: patient and day
-- sources: examination(examination=eye)
-- ties: -
--
-- also reads: procedure, diagnosis; they add hospital screening to the results of screening, which come without them.
-- Results of eye screening and of the practice's status form, and hospital screening contacts and eye photographs. An
-- ungradable picture does not count: it has to be taken again.
SELECT patient_id, examined_on AS latest_eye_examination_on
FROM step.eye_examinations
