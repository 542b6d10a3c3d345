"""What a release tells beside its numbers: the units, what was delivered, what was quarantined, how complete it is."""

from collections.abc import Collection
from pathlib import Path

import duckdb
import polars as pl

from data_contracts.contract import load_contracts
from indicators.disclosure.policy import Policy
from indicators.disclosure.told_totals import protect_left_out
from indicators.release.geometry import read_outlines
from packs.pack import Pack
from packs.tiles import LONGEST_SHORT_NAME, read_tiles

# The day of an event, table by table: what the months of a sector are counted by.
EVENT_DAYS = {
    "hospital_contact": "started_on",
    "diagnosis": "diagnosed_on",
    "procedure": "performed_on",
    "measurement": "taken_on",
    "dispensing": "dispensed_on",
    "service": "service_on",
    "examination": "examined_on",
    "municipal_course": "granted_on",
    "municipal_encounter": "held_on",
    "message": "sent_on",
    "registration": "starts_on",
    "residence": "starts_on",
}
POPULATION_TABLES = ("registration", "residence")
# What sector and type are called of a file that was refused before either was known.
UNKNOWN = "unknown"


def units(con: duckdb.DuckDBPyConnection, pack: Pack, used: pl.DataFrame) -> pl.DataFrame:
    """Return every unit that has a result (`level`, `unit_id`); `none` are the people who belong to no unit.

    A practice has the name, municipality and cluster of its last row, and no cluster after it left one; a cluster has
    the last name that a practice tells.
    """
    practices = con.execute(
        """
        SELECT practice_id AS unit_id, max_by(name, starts_on) AS name,
               nullif(max_by(coalesce(cluster_id, 'none'), starts_on), 'none') AS cluster_id,
               max_by(municipality_code, starts_on) AS municipality_id
        FROM core.practice GROUP BY practice_id
        """
    ).pl()
    clusters = con.execute(
        "SELECT cluster_id AS unit_id, max_by(cluster_name, (starts_on, practice_id)) AS name FROM core.practice "
        "WHERE cluster_id IS NOT NULL AND cluster_name IS NOT NULL GROUP BY cluster_id"
    ).pl()
    municipalities = pack.municipalities.select(pl.col("municipality_code").alias("unit_id"), "name")
    hospitals = pack.hospitals.select(pl.col("hospital_id").alias("unit_id"), "name")
    named = {"practice": practices, "cluster": clusters, "municipality": municipalities, "hospital": hospitals}
    names = pl.concat(
        [frame.with_columns(pl.lit(level).alias("level")) for level, frame in named.items()], how="diagonal"
    )
    return (
        used.join(names, on=["level", "unit_id"], how="left")
        .with_columns(pl.coalesce("name", "unit_id").alias("name"))
        .select("level", "unit_id", "name", "cluster_id", "municipality_id")
    )


def places(pack: Pack, geometry: Path | None = None, needed: Collection[str] = ()) -> pl.DataFrame:
    """Return where each municipality of the pack's map stands, also those that the release does not hold.

    Args:
        pack: The pack with its tiles.
        geometry: A GeoJSON file with outlines to draw instead of hexagons.
        needed: Codes of the municipalities that the release holds, which such a file must have.

    Raises:
        DefinitionError: The file cannot be drawn.
    """
    tiles = read_tiles(pack.folder).rename({"municipality_code": "unit_id"})
    if geometry is None:
        return tiles.with_columns(pl.col("down").cast(pl.Float64), pl.lit(None, pl.String).alias("outline"))
    named = pack.municipalities.select("name", unit_id="municipality_code")
    short = named.join(tiles.select("unit_id", "short_name"), on="unit_id", how="left").with_columns(
        pl.coalesce("short_name", pl.col("name").str.head(LONGEST_SHORT_NAME)).alias("short_name")
    )
    return read_outlines(geometry, short, needed)


def parents(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the cluster of each practice on each reporting date, as the engine attributes patients."""
    return con.execute(
        """
        SELECT period_end, practice_id AS unit_id, max_by(coalesce(cluster_id, 'none'), starts_on) AS cluster_id
        FROM core.practice
        JOIN (SELECT DISTINCT period_end FROM indicator.result) AS period ON practice.starts_on <= period_end
        GROUP BY ALL
        UNION ALL
        SELECT DISTINCT period_end, 'none', 'none' FROM indicator.result
        """
    ).pl()


def deliveries(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return every delivery in use, numbered by file type: a supplier's own file name could say anything.

    A register without days of its own, or one that each delivery tells whole, holds on the day of delivery. A delivery
    whose rows all repeat others' reaches as far as its rows tell, and nobody knows how far when they have no day.
    """
    days = " UNION ALL ".join(
        f"SELECT batch_id, max({column}) AS day FROM core.{table} GROUP BY batch_id"
        for table, column in EVENT_DAYS.items()
    )
    found = con.execute(
        f"""
        WITH telling AS (
            SELECT *, coalesce(rows_until, day, CASE WHEN rows_loaded > 0 THEN delivered_on END) AS tells_until
            FROM meta.batch
            LEFT JOIN (SELECT batch_id, max(day) AS day FROM ({days}) GROUP BY batch_id) AS covered USING (batch_id)
        )
        SELECT sector, file_type, file_name, delivered_on,
               coalesce(covers_until, if(tells_until > delivered_on, delivered_on, tells_until)) AS covers_until,
               rows_in, rows_loaded, rows_quarantined, rows_duplicate, state
        FROM telling
        WHERE state = 'loaded'
        ORDER BY sector, file_type, delivered_on, batch_id
        """
    ).pl()
    running = pl.int_range(1, pl.len() + 1).over("sector", "file_type", "state")
    told = pl.concat([found, _refused(con).select(found.columns)], how="vertical_relaxed")
    return told.join(_promises(), on="file_type", how="left", maintain_order="left").select(
        *found.columns[:2],
        pl.concat_str("file_type", pl.lit(" "), running).alias("file_name"),
        "delivered_on",
        pl.when("is_told_whole").then("delivered_on").otherwise("covers_until").alias("covers_until"),
        *found.columns[5:],
        "fresh_within_days",
        "followed_by",
    )


def _promises() -> pl.DataFrame:
    """Return what the contract of each file type says of how recent it is, the types that took its place in a list."""
    types = {
        "file_type": pl.String,
        "fresh_within_days": pl.Int32,
        "followed_by": pl.String,
        "is_told_whole": pl.Boolean,
    }
    rows = [
        (name, each.fresh_within_days, ",".join(each.followed_by) or None, each.is_told_whole)
        for name, each in load_contracts().items()
    ]
    return pl.DataFrame(rows, schema=types, orient="row")


def _refused(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the files of the last year that were refused and never came whole, newest refusal of each name only.

    A file is whole again when its bytes, or a file of its name, were loaded since. Of an older version that came late
    nothing is missing.
    """
    return con.execute(
        f"""
        SELECT coalesce(sector, '{UNKNOWN}') AS sector, coalesce(file_type, '{UNKNOWN}') AS file_type,
               '' AS file_name, coalesce(delivered_on, CAST(refused_at AS DATE)) AS delivered_on,
               CAST(NULL AS DATE) AS covers_until, CAST(NULL AS BIGINT) AS rows_in, CAST(NULL AS BIGINT) AS rows_loaded,
               CAST(NULL AS BIGINT) AS rows_quarantined, CAST(NULL AS BIGINT) AS rows_duplicate, 'refused' AS state
        FROM meta.refusal AS own
        WHERE reason <> 'older_version'
          AND refused_at > (SELECT max(started_at) FROM meta.run) - INTERVAL 1 YEAR
          AND NOT EXISTS (
            SELECT 1 FROM meta.batch AS batch
            WHERE batch.file_hash = own.file_hash
               OR (batch.ended_at >= own.refused_at
                   AND regexp_replace(split_part(batch.delivery_key, ':', 2), '@[0-9-]+$', '') = own.delivery_name)
          )
        QUALIFY row_number() OVER (PARTITION BY delivery_name ORDER BY refused_at DESC, run_id DESC) = 1
        ORDER BY 1, 2, delivered_on, delivery_name
        """
    ).pl()


def quarantine(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the quarantined rows by file type and rule."""
    found = con.execute(
        """
        SELECT batch.sector, batch.file_type, quarantine.rule, count(*) AS rows
        FROM meta.quarantine AS quarantine
        JOIN meta.batch AS batch USING (batch_id)
        WHERE batch.state = 'loaded' AND quarantine.severity = 'quarantine'
        GROUP BY ALL
        ORDER BY ALL
        """
    ).pl()
    rules = [
        (name, rule.id, rule.description) for name, contract in load_contracts().items() for rule in contract.rules
    ]
    schema = {"file_type": pl.String, "rule": pl.String, "description": pl.String}
    described = pl.DataFrame(rules, schema=schema, orient="row").unique(["file_type", "rule"])
    return found.join(described, on=["file_type", "rule"], how="left", maintain_order="left")


def left_out(con: duckdb.DuckDBPyConnection, policy: Policy) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return deliveries and quarantine as they may be published: both tell the rows left out, in two ways."""
    delivered, rules = protect_left_out(
        deliveries(con), quarantine(con), policy.smallest_count, policy.protection_width
    )
    state = pl.when(pl.col("rows").is_null()).then(pl.lit("suppressed")).otherwise(pl.lit("shown"))
    return delivered, rules.with_columns(state.alias("state"))


def completeness(con: duckdb.DuckDBPyConnection, policy: Policy) -> pl.DataFrame:
    """Return how many rows each sector's events have in each month that the results look back on.

    Numbers are rounded: the months add up to the rows loaded, which would tell the one that is hidden.
    """
    counts = " UNION ALL ".join(
        f"SELECT batch_id, date_trunc('month', {column}) AS month, count(*) AS rows FROM core.{table} "
        f"WHERE {column} BETWEEN ? AND ? GROUP BY ALL"
        for table, column in EVENT_DAYS.items()
        if table not in POPULATION_TABLES
    )
    span = con.execute("SELECT min(period_start), max(period_end) FROM indicator.result").fetchone()
    first, last = span if span and span[0] else (None, None)
    first = first.replace(day=1) if first else first
    bounds = [first, last] * counts.count("BETWEEN")
    found = con.execute(
        f"""
        SELECT batch.sector, CAST(month AS DATE) AS month, CAST(sum(rows) AS BIGINT) AS rows
        FROM ({counts}) JOIN meta.batch AS batch USING (batch_id)
        GROUP BY ALL
        """,
        bounds,
    ).pl()
    few, step = pl.col("rows") < policy.smallest_count, policy.delivered_rows_step
    rounded = (pl.col("rows") / step).round().clip(1).cast(pl.Int64) * step
    return found.with_columns(
        pl.when(few).then(None).otherwise(rounded).alias("rows"),
        pl.when(few).then(pl.lit("suppressed")).otherwise(pl.lit("shown")).alias("state"),
    )
