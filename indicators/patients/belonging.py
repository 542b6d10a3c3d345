"""Which days each member is observed and where they belong on each reporting date, as SQL over the members' facts."""

from collections.abc import Sequence

from indicators.definitions.population import Breakdowns

NOWHERE = "none"


# Of a practice in another municipality only those patients are known who live in the area: it is no unit, and they
# belong to no practice. A practice that no register tells is taken as one of the area.
PRACTICE_OUTSIDE = """
    SELECT practice_id, period_end
    FROM (
        SELECT
            practice.practice_id, reporting.period_end,
            max_by(practice.municipality_code, practice.starts_on) AS municipality_code
        FROM practice
        CROSS JOIN reporting
        WHERE practice.starts_on <= reporting.period_end
        GROUP BY practice.practice_id, reporting.period_end
    ) AS latest
    WHERE municipality_code NOT IN (SELECT municipality_code FROM area)
"""

# Days without an end last until one that no period reaches. `addresses` tells who has one only: nothing of theirs must
# be grouped by date. `practices` below does the same.
LIVED = """
    SELECT
        patient_id, municipality_code, starts_on, lived_from, lived_to,
        count(*) OVER (PARTITION BY patient_id) AS addresses,
        max(CASE WHEN opens_stretch THEN lived_from END) OVER (
            PARTITION BY patient_id ORDER BY lived_from, lived_to, municipality_code
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS stretch_from
    FROM (
        SELECT
            *,
            coalesce(
                lived_from > date_add(
                    max(lived_to) OVER (
                        PARTITION BY patient_id ORDER BY lived_from, lived_to, municipality_code
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                    ),
                    INTERVAL '1' DAY
                ),
                TRUE
            ) AS opens_stretch
        FROM (
            SELECT
                member.patient_id, residence.municipality_code, residence.starts_on,
                greatest(residence.starts_on, member.diabetes_since_on) AS lived_from,
                least(coalesce(residence.ends_on, DATE '9999-12-30'), coalesce(member.died_on, DATE '9999-12-30'))
                    AS lived_to
            FROM member
            JOIN residence ON residence.patient_id = member.patient_id
            JOIN area ON area.municipality_code = residence.municipality_code
        ) AS dated
        WHERE lived_from <= lived_to
    ) AS opened
"""

# Addresses that follow each other without a day between are one stretch, also across municipalities of the area; the
# last stretch of a period is the one that counts. `stretch_from` may lie before the period.
OBSERVED = """
    SELECT
        patient_id, period_end, stretch_from, least(lived_to, period_end) AS observed_to,
        municipality_code AS municipality_id
    FROM lived
    CROSS JOIN reporting
    WHERE addresses = 1 AND lived_from <= period_end AND lived_to >= earliest_start
    UNION ALL
    SELECT
        patient_id, period_end, max(stretch_from) AS stretch_from, max(least(lived_to, period_end)) AS observed_to,
        max_by(municipality_code, (starts_on, municipality_code)) AS municipality_id
    FROM lived
    CROSS JOIN reporting
    WHERE addresses > 1 AND lived_from <= period_end AND lived_to >= earliest_start
    GROUP BY patient_id, period_end
"""

LISTED = """
    SELECT patient_id, practice_id, starts_on, ends_on, count(*) OVER (PARTITION BY patient_id) AS practices
    FROM registration
"""

REGISTERED = """
    SELECT observed.patient_id, observed.period_end, listed.practice_id
    FROM observed
    JOIN listed ON listed.patient_id = observed.patient_id
    LEFT JOIN practice_outside
        ON practice_outside.practice_id = listed.practice_id AND practice_outside.period_end = observed.period_end
    WHERE practice_outside.practice_id IS NULL
      AND listed.practices = 1
      AND listed.starts_on <= observed.observed_to
      AND coalesce(listed.ends_on, observed.observed_to) >= observed.observed_to
    UNION ALL
    SELECT
        observed.patient_id,
        observed.period_end,
        max_by(listed.practice_id, (listed.starts_on, listed.practice_id)) AS practice_id
    FROM observed
    JOIN listed ON listed.patient_id = observed.patient_id
    LEFT JOIN practice_outside
        ON practice_outside.practice_id = listed.practice_id AND practice_outside.period_end = observed.period_end
    WHERE practice_outside.practice_id IS NULL
      AND listed.practices > 1
      AND listed.starts_on <= observed.observed_to
      AND coalesce(listed.ends_on, observed.observed_to) >= observed.observed_to
    GROUP BY observed.patient_id, observed.period_end
"""

# A practice may leave its cluster: some engines pass over rows without a value, so that it would stay for ever.
PRACTICE_CLUSTER = f"""
    SELECT
        practice.practice_id, reporting.period_end,
        max_by(coalesce(practice.cluster_id, '{NOWHERE}'), practice.starts_on) AS cluster_id
    FROM practice
    CROSS JOIN reporting
    WHERE practice.starts_on <= reporting.period_end
    GROUP BY practice.practice_id, reporting.period_end
"""

HOSPITAL_DAYS = """
    SELECT patient_id, started_on, max(hospital_id) AS hospital_id
    FROM hospital_contact
    WHERE is_physical AND hospital_id IS NOT NULL AND started_on >= (SELECT min(contact_start) FROM reporting)
    GROUP BY patient_id, started_on
"""


def patient_at_sql(lengths: Sequence[int], breakdowns: Breakdowns) -> str:
    """Return the SELECT of the base columns but the hospital; `<column>_<months>` differ between lengths of period."""
    bands = " ".join(
        f"WHEN age >= {band.from_age}" + (f" AND age <= {band.to_age}" if band.to_age else "") + f" THEN '{band.id}'"
        for band in breakdowns.age_bands
    )
    per_length = "".join(
        f", greatest(stretch_from, start_{months}) AS from_{months}, start_{months}" for months in lengths
    )
    return f"""
        SELECT
            patient_id, period_end, sex, age, CASE {bands} ELSE '{NOWHERE}' END AS age_band, diabetes_type,
            diabetes_since_on, died_on, observed_to, is_present, municipality_id, practice_id, cluster_id,
            contact_start{per_length}
        FROM (
            SELECT
                observed.*, reporting.*, member.sex, member.diabetes_type, member.diabetes_since_on, member.died_on,
                year(observed_to) - year(born_on) - CASE
                    WHEN month(observed_to) * 100 + day(observed_to) < month(born_on) * 100 + day(born_on)
                    THEN 1 ELSE 0 END AS age,
                observed_to = observed.period_end AND coalesce(died_on > observed.period_end, TRUE) AS is_present,
                coalesce(registered.practice_id, '{NOWHERE}') AS practice_id,
                coalesce(practice_cluster.cluster_id, '{NOWHERE}') AS cluster_id
            FROM observed
            JOIN member ON member.patient_id = observed.patient_id
            JOIN reporting ON reporting.period_end = observed.period_end
            LEFT JOIN registered
                ON registered.patient_id = observed.patient_id AND registered.period_end = observed.period_end
            LEFT JOIN practice_cluster
                ON practice_cluster.practice_id = registered.practice_id
                AND practice_cluster.period_end = observed.period_end
        ) AS base
    """
