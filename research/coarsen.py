"""What is rare becomes coarser before it enters a project: codes that few people have, and areas where few live.

Rarity is counted among the people of the project, in distinct people, and counted again after every step.
"""

import duckdb

from research.columns import Column
from research.page import ProjectPage
from research.people import MAP

AREAS = "areas_of_project"
OTHER = "other"
ELSEWHERE = "elsewhere"
BAND_YEARS = 5
OLDEST, YOUNGEST = 90, 18


def birth_band(column: str) -> str:
    """Return SQL for the five-year band of a year of birth, as of a bound day `$today`.

    The bands of the oldest and of those under age are open, and whole bands: a part of one would be a finer band.
    """
    year = f"CAST(date_part('year', {column}) AS INTEGER)"
    first = f"({year} - {year} % {BAND_YEARS})"
    now = "CAST(date_part('year', CAST($today AS DATE)) AS INTEGER)"
    oldest = f"({now} - {OLDEST} - ({now} - {OLDEST}) % {BAND_YEARS})"
    youngest = f"({now} - {YOUNGEST} + 1 - ({now} - {YOUNGEST} + 1) % {BAND_YEARS})"
    return f"""
        CASE
            WHEN {first} <= {oldest} THEN 'to ' || ({oldest} + {BAND_YEARS - 1})
            WHEN {first} >= {youngest} THEN 'from ' || {youngest}
            ELSE {first} || '-' || ({first} + {BAND_YEARS - 1})
        END
    """


def map_codes(con: duckdb.DuckDBPyConnection, column: Column, smallest: int) -> str:
    """Make the temporary table of what becomes of each code of a column, and return its name.

    A code that fewer people have than asked for is shortened to the next length, together with all others that are
    too rare; what is still too rare at the shortest length is `other`, and is left out where even that is too rare.

    Args:
        con: A connection with the map of people.
        column: A column of codes.
        smallest: Fewest people behind a code.
    """
    name = f"codes_{column.table}_{column.name}"
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {name}_people AS
        SELECT DISTINCT patient_id, {column.name} AS old, left({column.name}, {column.lengths[0]}) AS new
        FROM {column.source} SEMI JOIN {MAP} USING (patient_id)
        WHERE {column.name} IS NOT NULL
        """
    )
    for shorter in (*(f"left(old, {length})" for length in column.lengths[1:]), f"'{OTHER}'", "NULL"):
        con.execute(
            f"""
            UPDATE {name}_people SET new = {shorter}
            WHERE new IN (SELECT new FROM {name}_people GROUP BY new HAVING count(DISTINCT patient_id) < $smallest)
            """,
            {"smallest": smallest},
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT old, new FROM {name}_people")
    con.execute(f"DROP TABLE {name}_people")
    return name


def map_areas(con: duckdb.DuckDBPyConnection, page: ProjectPage, today: str) -> None:
    """Make the temporary table of what each person's municipality is called: itself, its region, or `elsewhere`.

    A municipality is named for people of whom enough in the project live there with the same sex and birth band, and
    when the municipality itself is large enough.

    Args:
        con: A connection with the map of people.
        page: The project's page.
        today: The day, for the open ends of birth bands.
    """
    regions = [(code, name) for name, codes in page.regions.items() for code in codes]
    con.execute("CREATE OR REPLACE TEMP TABLE region_of (municipality_code VARCHAR, region VARCHAR)")
    if regions:
        con.executemany("INSERT INTO region_of VALUES (?, ?)", regions)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {AREAS} AS
        WITH inhabitants AS (
            SELECT municipality_code, count(DISTINCT patient_id) AS people
            FROM core.residence WHERE ends_on IS NULL GROUP BY municipality_code
        ), lived AS (
            SELECT DISTINCT home.patient_id, home.municipality_code, person.sex, {birth_band("person.born_on")} AS band
            FROM core.residence AS home
            SEMI JOIN {MAP} ON {MAP}.patient_id = home.patient_id
            JOIN core.person AS person ON person.patient_id = home.patient_id
        ), counted AS (
            SELECT *, count(*) OVER (PARTITION BY municipality_code, sex, band) AS class FROM lived
        )
        SELECT
            counted.patient_id, counted.municipality_code,
            CASE
                WHEN class >= $smallest AND coalesce(people, 0) >= $inhabitants THEN counted.municipality_code
                ELSE coalesce(region, '{ELSEWHERE}')
            END AS area
        FROM counted
        LEFT JOIN inhabitants USING (municipality_code)
        LEFT JOIN region_of USING (municipality_code)
        """,
        {"smallest": page.smallest_group, "inhabitants": page.smallest_municipality, "today": today},
    )
