"""What was computed last, and whether it is still that of the files loaded and the settings made since."""

import duckdb
import polars as pl

from indicators.area import area_as_text, area_of
from indicators.counting.results import RESULT_COLUMNS
from indicators.counting.too_few import TOO_FEW
from indicators.definitions.definition import Indicator
from indicators.dialect import tables_beginning_with
from packs.pack import Pack
from tvaers.errors import WarehouseError
from tvaers.settings import Settings


def last_computed(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return what is noted of the last computation; nothing when there was none since rows were loaded."""
    is_there = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'indicator' AND table_name = 'run'"
    ).fetchone()
    if is_there == (0,):
        return {}
    return dict(con.execute("SELECT key, value FROM indicator.run").fetchall())


def latest_loaded(con: duckdb.DuckDBPyConnection) -> int | None:
    """Return the number of the file loaded last; None when the warehouse holds none."""
    row = con.execute("SELECT max(batch_id) FROM meta.batch WHERE state = 'loaded'").fetchone()
    return None if row is None else row[0]


def why_outdated(con: duckdb.DuckDBPyConnection, settings: Settings, pack: Pack) -> str:
    """Return in one sentence why the indicators have to be computed (again); empty when they are as they should be.

    Args:
        con: A connection whose default catalog is the warehouse.
        settings: The home's settings as they are now.
        pack: The pack they name.

    Raises:
        SettingsError: The area has a municipality that the pack does not know.
    """
    computed = last_computed(con)
    if not computed:
        return "No indicators have been computed of what the warehouse holds now."
    if int(computed.get("latest_batch", -1)) < (latest_loaded(con) or 0):
        return "Files have been loaded since the indicators were computed."
    if (disease := computed.get("disease")) != settings.disease:
        return f"The indicators were computed for {disease}, and the settings name {settings.disease}."
    area = area_as_text(area_of(settings, pack))
    if (before := computed.get("area", area)) != area:
        return f"The indicators were computed for another area ({before}) than the settings name ({area})."
    return ""


def computed_cells(
    con: duckdb.DuckDBPyConnection, settings: Settings, pack: Pack, definitions: tuple[Indicator, ...]
) -> pl.DataFrame:
    """Return all computed cells with the kind of their indicator, and whether they are too few for it.

    Raises:
        WarehouseError: Nothing was computed since the last delivery, not for the area and disease that the settings
            name, or not with these definitions and this version of the program.
    """
    what_to_do = "tvaers compute, then tvaers release"
    if outdated := why_outdated(con, settings, pack):
        raise WarehouseError(outdated, where=str(settings.warehouse), what_to_do=what_to_do)
    known = pl.DataFrame(
        [(each.id, each.version, each.told_as) for each in definitions],
        schema={"indicator_id": pl.String, "definition_version": pl.Int32, "kind": pl.String},
        orient="row",
    )
    try:
        results = con.execute("SELECT * FROM indicator.result ORDER BY ALL").pl()
        results = results.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    except duckdb.CatalogException:
        results = pl.DataFrame()
    if results.is_empty():
        raise WarehouseError("No indicators have been computed yet.", what_to_do=what_to_do)
    others = {*tables_beginning_with(con, "time_"), *tables_beginning_with(con, "expected")}
    if results.columns != list(RESULT_COLUMNS) or not {"time_step", "time_percentile", "expected"} <= others:
        raise WarehouseError("The indicators were computed by another version of the program.", what_to_do=what_to_do)
    told_apart = (pl.col("state") == TOO_FEW).alias("is_too_few")
    state = pl.when(pl.col("state") == TOO_FEW).then(pl.lit("computed")).otherwise("state").alias("state")
    cells = results.with_columns(told_apart, state).join(
        known, on=["indicator_id", "definition_version"], how="inner", maintain_order="left"
    )
    computed = set(results["indicator_id"].unique())
    if cells.height != results.height or computed != set(known["indicator_id"]):
        raise WarehouseError(
            "The indicators were computed with other definitions than those in use now.",
            how_much=f"{len(computed ^ set(known['indicator_id']))} indicators, {results.height - cells.height} cells.",
            what_to_do=what_to_do,
        )
    return cells
