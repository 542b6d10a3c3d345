-- Generated from data_contracts/core/*.yaml by `python -m data_contracts.generate`. Do not edit.

CREATE SCHEMA core;
CREATE SCHEMA parked;
CREATE SCHEMA meta;

CREATE TABLE core.diagnosis (
    patient_id UUID NOT NULL,
    contact_id VARCHAR,
    diagnosed_on DATE NOT NULL,
    code_system VARCHAR NOT NULL CHECK (code_system IN ('sks', 'icd8', 'icpc2', 'icd10', 'snomed')),
    code VARCHAR NOT NULL,
    diagnosis_type VARCHAR CHECK (diagnosis_type IN ('A', 'B', 'G', 'H', '+')),
    specialty VARCHAR CHECK (specialty IN ('endocrinology', 'other_medical', 'other')),
    retraction VARCHAR NOT NULL CHECK (retraction IN ('no', 'yes', 'not_stated')),
    sector VARCHAR NOT NULL CHECK (sector IN ('hospital', 'general_practice', 'municipality')),
    source_system VARCHAR NOT NULL,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.dispensing (
    patient_id UUID NOT NULL,
    dispensed_on DATE NOT NULL,
    atc_code VARCHAR NOT NULL,
    volume DOUBLE,
    packages DOUBLE,
    indication_code VARCHAR,
    product_number VARCHAR,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.examination (
    patient_id UUID NOT NULL,
    examined_on DATE NOT NULL,
    examination VARCHAR NOT NULL CHECK (examination IN ('foot', 'eye', 'smoking', 'annual_review', 'injection_sites')),
    result VARCHAR NOT NULL CHECK (result IN ('low', 'moderate', 'high', 'ulcer', 'none', 'mild', 'severe', 'proliferative', 'ungradable', 'never', 'former', 'current', 'swelling', 'done')),
    sector VARCHAR NOT NULL CHECK (sector IN ('hospital', 'general_practice', 'eye_screening', 'municipality')),
    source_system VARCHAR NOT NULL,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.hospital_contact (
    patient_id UUID NOT NULL,
    contact_id VARCHAR NOT NULL,
    started_on DATE NOT NULL,
    starts_at TIMESTAMP,
    ended_on DATE,
    ends_at TIMESTAMP,
    patient_type VARCHAR CHECK (patient_type IN ('inpatient', 'outpatient', 'emergency')),
    is_physical BOOLEAN NOT NULL,
    is_acute BOOLEAN,
    specialty_code VARCHAR,
    specialty VARCHAR CHECK (specialty IN ('endocrinology', 'other_medical', 'other')),
    hospital_id VARCHAR,
    department_id VARCHAR,
    source_system VARCHAR NOT NULL CHECK (source_system IN ('lpr2', 'lpr3_f', 'lpr3_a', 'bi_lpr2', 'bi_lpr3', 'npr')),
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.hospital_department (
    department_id VARCHAR NOT NULL,
    specialty_code VARCHAR NOT NULL,
    specialty VARCHAR NOT NULL CHECK (specialty IN ('endocrinology', 'other_medical', 'other')),
    starts_on DATE NOT NULL,
    ends_on DATE,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.measurement (
    patient_id UUID NOT NULL,
    taken_on DATE NOT NULL,
    taken_at TIMESTAMP,
    analyte VARCHAR NOT NULL CHECK (analyte IN ('hba1c', 'ldl', 'total_cholesterol', 'hdl', 'triglyceride', 'creatinine', 'egfr', 'uacr', 'systolic_blood_pressure', 'diastolic_blood_pressure', 'weight', 'height', 'bmi', 'glucose', 'potassium', 'mean_glucose', 'tsh', 'coeliac_antibodies')),
    value DOUBLE,
    comparator VARCHAR CHECK (comparator IN ('=', '<', '<=', '>', '>=')),
    unit VARCHAR NOT NULL,
    result_state VARCHAR NOT NULL CHECK (result_state IN ('number', 'below_detection', 'cancelled', 'word')),
    raw_text VARCHAR,
    raw_unit VARCHAR,
    code VARCHAR NOT NULL,
    sector VARCHAR NOT NULL CHECK (sector IN ('hospital', 'general_practice', 'municipality', 'unknown')),
    source_system VARCHAR NOT NULL,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.message (
    patient_id UUID NOT NULL,
    message_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('discharge_summary', 'outpatient_summary', 'admission_notice', 'discharge_notice', 'admission_report', 'discharge_report', 'ready_for_discharge', 'care_plan', 'correspondence', 'other')),
    sent_on DATE NOT NULL,
    sent_at TIMESTAMP,
    state VARCHAR NOT NULL CHECK (state IN ('sent', 'refused')),
    hospital_id VARCHAR,
    source_system VARCHAR NOT NULL,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.municipal_course (
    patient_id UUID NOT NULL,
    course_id VARCHAR NOT NULL,
    law VARCHAR NOT NULL CHECK (law IN ('119', '140')),
    focus_code VARCHAR,
    referred_on DATE,
    granted_on DATE,
    closed_on DATE,
    status VARCHAR NOT NULL CHECK (status IN ('active', 'completed', 'revoked', 'stopped')),
    stop_reason_code VARCHAR,
    municipality_code VARCHAR,
    reported_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.municipal_encounter (
    patient_id UUID NOT NULL,
    encounter_id VARCHAR NOT NULL,
    course_id VARCHAR,
    held_on DATE NOT NULL,
    status VARCHAR NOT NULL CHECK (status IN ('finished', 'planned', 'cancelled')),
    mode VARCHAR,
    intervention_code VARCHAR,
    reported_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.person (
    patient_id UUID NOT NULL,
    sex VARCHAR NOT NULL CHECK (sex IN ('female', 'male')),
    born_on DATE NOT NULL,
    died_on DATE,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.person_alias (
    old_patient_id UUID NOT NULL,
    patient_id UUID NOT NULL,
    changed_on DATE NOT NULL,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.practice (
    practice_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    cluster_id VARCHAR,
    cluster_name VARCHAR,
    municipality_code VARCHAR NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.procedure (
    patient_id UUID NOT NULL,
    contact_id VARCHAR,
    performed_on DATE NOT NULL,
    code VARCHAR NOT NULL,
    procedure_type VARCHAR,
    source_system VARCHAR NOT NULL,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.registration (
    patient_id UUID NOT NULL,
    practice_id VARCHAR NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.residence (
    patient_id UUID NOT NULL,
    municipality_code VARCHAR NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE core.service (
    patient_id UUID NOT NULL,
    service_on DATE NOT NULL,
    specialty_code VARCHAR NOT NULL,
    service_code VARCHAR NOT NULL,
    provider_id VARCHAR,
    quantity INTEGER,
    is_for_child BOOLEAN NOT NULL,
    delivered_as UUID,
    batch_id INTEGER NOT NULL
);

CREATE TABLE meta.batch (
    batch_id INTEGER NOT NULL,
    run_id VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    file_hash VARCHAR NOT NULL,
    file_type VARCHAR NOT NULL,
    sector VARCHAR NOT NULL,
    contract_version VARCHAR NOT NULL,
    pack VARCHAR NOT NULL,
    pack_version VARCHAR NOT NULL,
    delivery_key VARCHAR NOT NULL,
    delivered_on DATE NOT NULL,
    covers_until DATE,
    rows_until DATE,
    key_id VARCHAR NOT NULL,
    encoding VARCHAR,
    separator VARCHAR,
    rows_in BIGINT NOT NULL,
    rows_loaded BIGINT NOT NULL,
    rows_quarantined BIGINT NOT NULL,
    rows_duplicate BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('loaded', 'replaced')),
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    code_version VARCHAR NOT NULL
);

CREATE TABLE meta.quarantine (
    batch_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL,
    rule VARCHAR NOT NULL,
    column_name VARCHAR,
    severity VARCHAR NOT NULL CHECK (severity IN ('quarantine', 'warn'))
);

CREATE TABLE meta.refusal (
    run_id VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    file_hash VARCHAR,
    delivery_name VARCHAR NOT NULL,
    file_type VARCHAR,
    sector VARCHAR,
    state VARCHAR NOT NULL CHECK (state IN ('refused', 'unrecognised')),
    reason VARCHAR NOT NULL,
    delivered_on DATE,
    rows_in BIGINT NOT NULL,
    rows_quarantined BIGINT NOT NULL,
    refused_at TIMESTAMP NOT NULL,
    code_version VARCHAR NOT NULL
);

CREATE TABLE meta.run (
    run_id VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    files_seen INTEGER NOT NULL,
    files_loaded INTEGER NOT NULL,
    files_refused INTEGER NOT NULL,
    files_already_loaded INTEGER NOT NULL,
    files_unrecognised INTEGER NOT NULL,
    rows_in BIGINT NOT NULL,
    rows_loaded BIGINT NOT NULL,
    rows_quarantined BIGINT NOT NULL,
    rows_duplicate BIGINT NOT NULL,
    key_id VARCHAR NOT NULL,
    pack VARCHAR NOT NULL,
    pack_version VARCHAR NOT NULL,
    code_version VARCHAR NOT NULL
);

CREATE TABLE meta.told_row (
    batch_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL,
    told VARCHAR NOT NULL
);

CREATE TABLE meta.version (
    schema_version INTEGER NOT NULL
);

CREATE TABLE meta.waiting (
    batch_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL,
    partner VARCHAR NOT NULL,
    key VARCHAR NOT NULL
);

-- parked: rows of one batch that tell what another batch tells, or whose contact is not in use.

CREATE TABLE parked.diagnosis AS FROM core.diagnosis LIMIT 0;

CREATE TABLE parked.dispensing AS FROM core.dispensing LIMIT 0;

CREATE TABLE parked.examination AS FROM core.examination LIMIT 0;

CREATE TABLE parked.hospital_contact AS FROM core.hospital_contact LIMIT 0;

CREATE TABLE parked.hospital_department AS FROM core.hospital_department LIMIT 0;

CREATE TABLE parked.measurement AS FROM core.measurement LIMIT 0;

CREATE TABLE parked.message AS FROM core.message LIMIT 0;

CREATE TABLE parked.municipal_course AS FROM core.municipal_course LIMIT 0;

CREATE TABLE parked.municipal_encounter AS FROM core.municipal_encounter LIMIT 0;

CREATE TABLE parked.person AS FROM core.person LIMIT 0;

CREATE TABLE parked.person_alias AS FROM core.person_alias LIMIT 0;

CREATE TABLE parked.practice AS FROM core.practice LIMIT 0;

CREATE TABLE parked.procedure AS FROM core.procedure LIMIT 0;

CREATE TABLE parked.registration AS FROM core.registration LIMIT 0;

CREATE TABLE parked.residence AS FROM core.residence LIMIT 0;

CREATE TABLE parked.service AS FROM core.service LIMIT 0;

COMMENT ON TABLE core.diagnosis IS 'Diagnoses from hospital, general practice and municipality.';
COMMENT ON COLUMN core.diagnosis.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.diagnosis.contact_id IS 'The hospital contact the diagnosis was given at; empty outside hospital.';
COMMENT ON COLUMN core.diagnosis.diagnosed_on IS 'Start of the contact, or the date the diagnosis was recorded.';
COMMENT ON COLUMN core.diagnosis.code_system IS 'Code system of the code.';
COMMENT ON COLUMN core.diagnosis.code IS 'Diagnosis code, upper case without dot; match by prefix.';
COMMENT ON COLUMN core.diagnosis.diagnosis_type IS 'Role of the diagnosis in the contact; empty outside hospital.';
COMMENT ON COLUMN core.diagnosis.specialty IS 'Specialty group of the contact, copied from it.';
COMMENT ON COLUMN core.diagnosis.retraction IS 'Whether the diagnosis was retracted later.';
COMMENT ON COLUMN core.diagnosis.sector IS 'Sector that recorded it.';
COMMENT ON COLUMN core.diagnosis.source_system IS 'Where the row came from, so that a fact told twice can be told apart: a hospital register (lpr2, lpr3_f, lpr3_a, bi_lpr2, bi_lpr3, npr) or, elsewhere, the delivered file type.';
COMMENT ON COLUMN core.diagnosis.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.diagnosis.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.dispensing IS 'Prescription medicine handed out by community pharmacies.';
COMMENT ON COLUMN core.dispensing.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.dispensing.dispensed_on IS 'Date of the purchase.';
COMMENT ON COLUMN core.dispensing.atc_code IS 'ATC code, upper case.';
COMMENT ON COLUMN core.dispensing.volume IS 'Defined daily doses per package as delivered.';
COMMENT ON COLUMN core.dispensing.packages IS 'Number of packages; dose = volume x packages.';
COMMENT ON COLUMN core.dispensing.indication_code IS 'Indication code of the prescription, seven digits.';
COMMENT ON COLUMN core.dispensing.product_number IS 'Product number of the package, six digits.';
COMMENT ON COLUMN core.dispensing.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.dispensing.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.examination IS 'Examinations with a graded result: feet, eyes, smoking status, annual review.';
COMMENT ON COLUMN core.examination.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.examination.examined_on IS 'Date of the examination.';
COMMENT ON COLUMN core.examination.examination IS 'What was examined.';
COMMENT ON COLUMN core.examination.result IS 'Result; which words belong to which examination stands beside each.';
COMMENT ON COLUMN core.examination.sector IS 'Sector that examined.';
COMMENT ON COLUMN core.examination.source_system IS 'Where the row came from, so that a fact told twice can be told apart: a hospital register (lpr2, lpr3_f, lpr3_a, bi_lpr2, bi_lpr3) or, elsewhere, the delivered file type.';
COMMENT ON COLUMN core.examination.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.examination.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.hospital_contact IS 'Contacts with a hospital: admissions, outpatient visits and emergency visits.';
COMMENT ON COLUMN core.hospital_contact.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.hospital_contact.contact_id IS 'Key of the contact with its register as prefix: lpr2:, lpr3:, npr: or bi:, then a keyed hash of the key it was delivered with. Two deliveries of one contact carry the same key, save bi:, which is compared on patient, start, kind of contact and department, and with the registers on patient, day and department.';
COMMENT ON COLUMN core.hospital_contact.started_on IS 'Date the contact began.';
COMMENT ON COLUMN core.hospital_contact.starts_at IS 'Time the contact began, where the delivery has a time.';
COMMENT ON COLUMN core.hospital_contact.ended_on IS 'Date the contact ended (included); empty while it lasts or when not delivered.';
COMMENT ON COLUMN core.hospital_contact.ends_at IS 'Time the contact ended, where the delivery has a time.';
COMMENT ON COLUMN core.hospital_contact.patient_type IS 'Kind of contact where the delivery tells it.';
COMMENT ON COLUMN core.hospital_contact.is_physical IS 'True when the patient was present; false for telephone, video and mail contacts.';
COMMENT ON COLUMN core.hospital_contact.is_acute IS 'True for an unplanned contact; empty when not delivered.';
COMMENT ON COLUMN core.hospital_contact.specialty_code IS 'Specialty as delivered, in lower case: a number before 2019, words after.';
COMMENT ON COLUMN core.hospital_contact.specialty IS 'Specialty group used by the classification of diabetes type; empty when no specialty was delivered.';
COMMENT ON COLUMN core.hospital_contact.hospital_id IS 'Hospital (first four characters of the organisation code).';
COMMENT ON COLUMN core.hospital_contact.department_id IS 'Department (the whole organisation code as delivered).';
COMMENT ON COLUMN core.hospital_contact.source_system IS 'Register the row came from.';
COMMENT ON COLUMN core.hospital_contact.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.hospital_contact.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.hospital_department IS 'Specialties of hospital departments and sections, for contacts that are told without a specialty.';
COMMENT ON COLUMN core.hospital_department.department_id IS 'Unit code of the department or section; a department''s code begins those of its sections.';
COMMENT ON COLUMN core.hospital_department.specialty_code IS 'Specialty as delivered.';
COMMENT ON COLUMN core.hospital_department.specialty IS 'Group of specialties used to classify diabetes.';
COMMENT ON COLUMN core.hospital_department.starts_on IS 'First day on which it holds (included).';
COMMENT ON COLUMN core.hospital_department.ends_on IS 'Last day on which it holds (included); empty while it does.';
COMMENT ON COLUMN core.hospital_department.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.measurement IS 'Laboratory results, blood pressure and body measurements from all sectors.';
COMMENT ON COLUMN core.measurement.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.measurement.taken_on IS 'Date of sampling.';
COMMENT ON COLUMN core.measurement.taken_at IS 'Time of sampling, where delivered.';
COMMENT ON COLUMN core.measurement.analyte IS 'What was measured; the unit of value follows from it.';
COMMENT ON COLUMN core.measurement.value IS 'The number in the canonical unit; empty when the result has no number. With a comparator it is the limit that was reported.';
COMMENT ON COLUMN core.measurement.comparator IS 'How value relates to the result; empty when the result has no number.';
COMMENT ON COLUMN core.measurement.unit IS 'Canonical unit of the analyte.';
COMMENT ON COLUMN core.measurement.result_state IS 'What kind of result it is.';
COMMENT ON COLUMN core.measurement.raw_text IS 'The result exactly as delivered (trimmed).';
COMMENT ON COLUMN core.measurement.raw_unit IS 'The unit exactly as delivered.';
COMMENT ON COLUMN core.measurement.code IS 'Analysis code, normalised: replaced codes resolved, digits padded to five.';
COMMENT ON COLUMN core.measurement.sector IS 'Sector that ordered or made the measurement.';
COMMENT ON COLUMN core.measurement.source_system IS 'Where the row came from, so that a fact told twice can be told apart: a hospital register (lpr2, lpr3_f, lpr3_a, bi_lpr2, bi_lpr3) or, elsewhere, the delivered file type.';
COMMENT ON COLUMN core.measurement.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.measurement.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.message IS 'Messages about a person that one organisation sent another: that, when and what kind, never what stood in them.';
COMMENT ON COLUMN core.message.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.message.message_id IS 'Keyed hash of the identifier that the message has in the sender''s log.';
COMMENT ON COLUMN core.message.kind IS 'What kind of message it is.';
COMMENT ON COLUMN core.message.sent_on IS 'Date on which it was sent.';
COMMENT ON COLUMN core.message.sent_at IS 'Time at which it was sent, where the delivery has a time.';
COMMENT ON COLUMN core.message.state IS 'Whether it reached the receiver''s system.';
COMMENT ON COLUMN core.message.hospital_id IS 'Hospital that sent it; empty when another organisation did or when not delivered.';
COMMENT ON COLUMN core.message.source_system IS 'The delivered file type.';
COMMENT ON COLUMN core.message.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.message.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.municipal_course IS 'Courses of municipal prevention (law section 119) and rehabilitation (section 140).';
COMMENT ON COLUMN core.municipal_course.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.municipal_course.course_id IS 'Keyed hash of the identifier that the course has in the reporting system.';
COMMENT ON COLUMN core.municipal_course.law IS 'Section of the law the course is given under.';
COMMENT ON COLUMN core.municipal_course.focus_code IS 'Diagnosis the course is for (such as DE11), carried over to later reports that do not repeat it.';
COMMENT ON COLUMN core.municipal_course.referred_on IS 'Date the municipality received the referral.';
COMMENT ON COLUMN core.municipal_course.granted_on IS 'Date the course was granted; not the first attendance.';
COMMENT ON COLUMN core.municipal_course.closed_on IS 'Date the course was closed.';
COMMENT ON COLUMN core.municipal_course.status IS 'Where the course stands in its latest report.';
COMMENT ON COLUMN core.municipal_course.stop_reason_code IS 'Why the course was stopped, as delivered.';
COMMENT ON COLUMN core.municipal_course.municipality_code IS 'Reporting municipality, four digits.';
COMMENT ON COLUMN core.municipal_course.reported_at IS 'Time of the report this row is taken from.';
COMMENT ON COLUMN core.municipal_course.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.municipal_encounter IS 'Meetings within municipal courses.';
COMMENT ON COLUMN core.municipal_encounter.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.municipal_encounter.encounter_id IS 'Keyed hash of the identifier that the meeting has in the reporting system.';
COMMENT ON COLUMN core.municipal_encounter.course_id IS 'Course the meeting belongs to; empty when not linked.';
COMMENT ON COLUMN core.municipal_encounter.held_on IS 'Date of the meeting (planned date when not held).';
COMMENT ON COLUMN core.municipal_encounter.status IS 'Whether it took place.';
COMMENT ON COLUMN core.municipal_encounter.mode IS 'How they met, as delivered: AMB present, HH at home, VR video or telephone.';
COMMENT ON COLUMN core.municipal_encounter.intervention_code IS 'Intervention of the meeting, as delivered.';
COMMENT ON COLUMN core.municipal_encounter.reported_at IS 'Time of the report this row is taken from.';
COMMENT ON COLUMN core.municipal_encounter.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.person IS 'One row per person of the region, living or dead.';
COMMENT ON COLUMN core.person.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.person.sex IS 'Sex as registered in the population register.';
COMMENT ON COLUMN core.person.born_on IS 'First day of the month of birth (coarsened on purpose).';
COMMENT ON COLUMN core.person.died_on IS 'Date of death; empty while alive.';
COMMENT ON COLUMN core.person.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.person.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.person_alias IS 'Persons who were given a new identifier: old pseudonym to new pseudonym.';
COMMENT ON COLUMN core.person_alias.old_patient_id IS 'Pseudonym of the identifier the person had before.';
COMMENT ON COLUMN core.person_alias.patient_id IS 'Pseudonym of the identifier the person has now.';
COMMENT ON COLUMN core.person_alias.changed_on IS 'Date of the change.';
COMMENT ON COLUMN core.person_alias.delivered_as IS 'Pseudonym of the new identifier as this change was delivered, where later changes lead from it to another one.';
COMMENT ON COLUMN core.person_alias.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.practice IS 'General practices with their quality cluster and municipality.';
COMMENT ON COLUMN core.practice.practice_id IS 'Practice number, six characters with leading zeros.';
COMMENT ON COLUMN core.practice.name IS 'Name of the practice.';
COMMENT ON COLUMN core.practice.cluster_id IS 'Quality cluster the practice belongs to; empty when it is in none.';
COMMENT ON COLUMN core.practice.cluster_name IS 'Name of the quality cluster.';
COMMENT ON COLUMN core.practice.municipality_code IS 'Municipality the practice lies in, four digits.';
COMMENT ON COLUMN core.practice.starts_on IS 'First day these details hold (included).';
COMMENT ON COLUMN core.practice.ends_on IS 'Last day these details hold (included); empty while they do.';
COMMENT ON COLUMN core.practice.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.procedure IS 'Operations, treatments and examinations done in hospital.';
COMMENT ON COLUMN core.procedure.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.procedure.contact_id IS 'The hospital contact it was done in; empty when the delivery has no link.';
COMMENT ON COLUMN core.procedure.performed_on IS 'Date the procedure began.';
COMMENT ON COLUMN core.procedure.code IS 'Procedure code, upper case (no prefix D).';
COMMENT ON COLUMN core.procedure.procedure_type IS 'Role of the procedure as delivered (P primary, V, D, + addition).';
COMMENT ON COLUMN core.procedure.source_system IS 'Where the row came from, so that a fact told twice can be told apart: a hospital register (lpr2, lpr3_f, lpr3_a, bi_lpr2, bi_lpr3) or, elsewhere, the delivered file type.';
COMMENT ON COLUMN core.procedure.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.procedure.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.registration IS 'Which general practice a person was registered with, in periods.';
COMMENT ON COLUMN core.registration.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.registration.practice_id IS 'Practice number, six characters with leading zeros.';
COMMENT ON COLUMN core.registration.starts_on IS 'First day registered (included).';
COMMENT ON COLUMN core.registration.ends_on IS 'Last day registered (included); empty while it lasts.';
COMMENT ON COLUMN core.registration.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.registration.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.residence IS 'Where a person lived, in periods; gaps mean that the person lived elsewhere.';
COMMENT ON COLUMN core.residence.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.residence.municipality_code IS 'Municipality of residence, four digits with leading zeros.';
COMMENT ON COLUMN core.residence.starts_on IS 'First day in the municipality (included).';
COMMENT ON COLUMN core.residence.ends_on IS 'Last day in the municipality (included); empty while it lasts.';
COMMENT ON COLUMN core.residence.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.residence.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE core.service IS 'Services settled with the health insurance: practices, specialists, foot therapists.';
COMMENT ON COLUMN core.service.patient_id IS 'Pseudonym of the person: the first 128 bits of an HMAC-SHA256 of the tagged identifier; never the identifier itself.';
COMMENT ON COLUMN core.service.service_on IS 'Monday of the ISO week of the service.';
COMMENT ON COLUMN core.service.specialty_code IS 'Specialty of the provider, two characters.';
COMMENT ON COLUMN core.service.service_code IS 'Service, four characters with leading zeros; no characters when only the specialty was delivered.';
COMMENT ON COLUMN core.service.provider_id IS 'Provider number, six characters with leading zeros.';
COMMENT ON COLUMN core.service.quantity IS 'Number of services.';
COMMENT ON COLUMN core.service.is_for_child IS 'True when the service was for a child on the parent''s card; not to be counted for the person.';
COMMENT ON COLUMN core.service.delivered_as IS 'Pseudonym under which the row was delivered, where the person has had another identifier since; empty for all others.';
COMMENT ON COLUMN core.service.batch_id IS 'The delivery (meta.batch) this row came with.';

COMMENT ON TABLE meta.batch IS 'Every delivery that was loaded, with what became of its rows.';
COMMENT ON COLUMN meta.batch.batch_id IS 'Number of the delivery, counting from 1.';
COMMENT ON COLUMN meta.batch.run_id IS 'The ingest run (meta.run) that loaded it.';
COMMENT ON COLUMN meta.batch.file_name IS 'Name of the delivered file, without its folder.';
COMMENT ON COLUMN meta.batch.file_hash IS 'SHA-256 of the delivered bytes, hexadecimal: recognises a file delivered before.';
COMMENT ON COLUMN meta.batch.file_type IS 'Contract the file was recognised by.';
COMMENT ON COLUMN meta.batch.sector IS 'Sector the contract belongs to.';
COMMENT ON COLUMN meta.batch.contract_version IS 'Version of that contract.';
COMMENT ON COLUMN meta.batch.pack IS 'Country pack in use.';
COMMENT ON COLUMN meta.batch.pack_version IS 'Version of the pack.';
COMMENT ON COLUMN meta.batch.delivery_key IS 'What the file is a delivery of; another file with the same key corrects and replaces it.';
COMMENT ON COLUMN meta.batch.delivered_on IS 'Date the file was received, which is the day of the run.';
COMMENT ON COLUMN meta.batch.covers_until IS 'Last day of the period that the file covers completely, as its steward stated it; empty when it is to be told from the rows.';
COMMENT ON COLUMN meta.batch.rows_until IS 'Last day up to the delivery that its rows tell of, in a register also the end of an address or a death; empty when they have no day of their own. Of two deliveries of a file type that tell a fact otherwise, the one with the later day is the newer one.';
COMMENT ON COLUMN meta.batch.key_id IS 'Which key the pseudonyms are made with now: first eight hexadecimal digits of its fingerprint; never the key. A change of key changes it.';
COMMENT ON COLUMN meta.batch.encoding IS 'Character encoding found.';
COMMENT ON COLUMN meta.batch.separator IS 'Field separator found; empty for bundles.';
COMMENT ON COLUMN meta.batch.rows_in IS 'Rows delivered.';
COMMENT ON COLUMN meta.batch.rows_loaded IS 'Rows loaded.';
COMMENT ON COLUMN meta.batch.rows_quarantined IS 'Rows held back by at least one rule.';
COMMENT ON COLUMN meta.batch.rows_duplicate IS 'Rows not in use because another delivery tells the same, because their contact is not in use, or because the person objected.';
COMMENT ON COLUMN meta.batch.state IS 'Whether its rows are in the warehouse.';
COMMENT ON COLUMN meta.batch.started_at IS 'When reading began (UTC).';
COMMENT ON COLUMN meta.batch.ended_at IS 'When loading ended (UTC).';
COMMENT ON COLUMN meta.batch.code_version IS 'Version of the software.';

COMMENT ON TABLE meta.quarantine IS 'Rows that broke a rule: where and which rule, never what stood there.';
COMMENT ON COLUMN meta.quarantine.batch_id IS 'The delivery (meta.batch).';
COMMENT ON COLUMN meta.quarantine.row_number IS 'Data row in the delivered file; the first row after the header is 1.';
COMMENT ON COLUMN meta.quarantine.rule IS 'Rule of the contract that the row broke.';
COMMENT ON COLUMN meta.quarantine.column_name IS 'Column the rule is about; empty for rules about several.';
COMMENT ON COLUMN meta.quarantine.severity IS 'Whether the row was held back.';

COMMENT ON TABLE meta.refusal IS 'Files of which nothing was loaded: why, and how many rows they had, never what stood in them.';
COMMENT ON COLUMN meta.refusal.run_id IS 'The ingest run (meta.run) that refused it.';
COMMENT ON COLUMN meta.refusal.file_name IS 'Name of the delivered file, without its folder; masked when it held what looked like an identifier.';
COMMENT ON COLUMN meta.refusal.file_hash IS 'SHA-256 of the delivered bytes; empty when they could not be read.';
COMMENT ON COLUMN meta.refusal.delivery_name IS 'The file name without endings and marks of correction: the part of a delivery key after the colon.';
COMMENT ON COLUMN meta.refusal.file_type IS 'Contract the file was recognised by; empty when it was not.';
COMMENT ON COLUMN meta.refusal.sector IS 'Sector the contract belongs to.';
COMMENT ON COLUMN meta.refusal.state IS 'What was said of it.';
COMMENT ON COLUMN meta.refusal.reason IS 'Short name of the reason.';
COMMENT ON COLUMN meta.refusal.delivered_on IS 'Date the file was received; empty when it was not looked into.';
COMMENT ON COLUMN meta.refusal.rows_in IS 'Rows delivered; 0 when they were not read.';
COMMENT ON COLUMN meta.refusal.rows_quarantined IS 'Rows that broke at least one rule.';
COMMENT ON COLUMN meta.refusal.refused_at IS 'When it was refused (UTC).';
COMMENT ON COLUMN meta.refusal.code_version IS 'Version of the software.';

COMMENT ON TABLE meta.run IS 'Every ingest run.';
COMMENT ON COLUMN meta.run.run_id IS 'Identifier of the run.';
COMMENT ON COLUMN meta.run.started_at IS 'When it began (UTC).';
COMMENT ON COLUMN meta.run.ended_at IS 'When it ended (UTC).';
COMMENT ON COLUMN meta.run.files_seen IS 'Files found in the folder.';
COMMENT ON COLUMN meta.run.files_loaded IS 'Files loaded.';
COMMENT ON COLUMN meta.run.files_refused IS 'Files refused whole.';
COMMENT ON COLUMN meta.run.files_already_loaded IS 'Files known from before.';
COMMENT ON COLUMN meta.run.files_unrecognised IS 'Files of no known type.';
COMMENT ON COLUMN meta.run.rows_in IS 'Rows delivered in the loaded files.';
COMMENT ON COLUMN meta.run.rows_loaded IS 'Rows loaded.';
COMMENT ON COLUMN meta.run.rows_quarantined IS 'Rows held back.';
COMMENT ON COLUMN meta.run.rows_duplicate IS 'Rows not in use because another delivery tells the same, because their contact is not in use, or because the person objected.';
COMMENT ON COLUMN meta.run.key_id IS 'Which key was in force when it ran; a later change of key does not change it.';
COMMENT ON COLUMN meta.run.pack IS 'Country pack in use.';
COMMENT ON COLUMN meta.run.pack_version IS 'Version of the pack.';
COMMENT ON COLUMN meta.run.code_version IS 'Version of the software.';

COMMENT ON TABLE meta.told_row IS 'Accepted rows of file types whose facts follow from all their deliveries together, pseudonymised.';
COMMENT ON COLUMN meta.told_row.batch_id IS 'The delivery (meta.batch).';
COMMENT ON COLUMN meta.told_row.row_number IS 'Data row in the delivered file; the first row is 1.';
COMMENT ON COLUMN meta.told_row.told IS 'What the row tells, as a JSON object of the staged columns; persons and keys are hashed.';

COMMENT ON TABLE meta.version IS 'The version of these tables.';
COMMENT ON COLUMN meta.version.schema_version IS 'Counts up by one when tables or columns change; a warehouse with a higher version than the software knows is refused.';

COMMENT ON TABLE meta.waiting IS 'Quarantined rows that broke no other rule than that the row they lean on has not come; they are used when it does.';
COMMENT ON COLUMN meta.waiting.batch_id IS 'The delivery (meta.batch).';
COMMENT ON COLUMN meta.waiting.row_number IS 'Data row in the delivered file; the first row after the header is 1.';
COMMENT ON COLUMN meta.waiting.partner IS 'Core table of the row it leans on.';
COMMENT ON COLUMN meta.waiting.key IS 'Key of that row, a keyed hash as everywhere in the warehouse.';

INSERT INTO meta.version VALUES (8);
