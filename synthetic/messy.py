"""Spoil clean deliveries the way real ones are spoiled, at known rates, and remember which rule each row breaks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from synthetic.chance import Chance, Ints
from synthetic.extracts.delivery import FACT, FAULTS, WARNED, Delivery, Style
from synthetic.extracts.municipal_files import BundleDelivery
from synthetic.faults import FAULTS_BY_FILE_TYPE, IDENTIFIER_COLUMN, identifier_faults

RATE = 0.002
"""Share of a file's rows that break each rule; a file breaks at most ten of its rules."""
MOST_SHARE = 0.03
LEAST_ROWS = 120
REPEATED_SHARE = 0.003
HARMLESS_SHARE = 0.02
REPEATABLE = frozenset(
    {"lab_dm_forsker", "labka", "for_labka", "lmdb", "sssy", "sysi", "praksis_maalinger", "praksis_undersoegelser"}
)
STYLES = {
    "praksis_diagnoser": Style("\t", "utf-8", "upper", quoted=True),
    "sysi": Style(";", "utf-16", "title"),
    "praksis_undersoegelser": Style("|", "cp1252", "lower"),
    "kontakter": Style(",", "utf-8", "title"),
}


def spoil(delivery: Delivery, chance: Chance) -> Delivery:
    """Return a delivery with faults in its rows and another style; small files and bundles keep their rows."""
    draw = chance.about(f"faults of {delivery.stem}")
    delivery = replace(delivery, style=STYLES.get(delivery.file_type, delivery.style))
    if isinstance(delivery, BundleDelivery):
        return spoil_bundles(delivery, draw)
    rows = _harmless(delivery, draw)
    possible = [*identifier_faults(delivery.file_type), *FAULTS_BY_FILE_TYPE.get(delivery.file_type, ())]
    order = _rows_to_spoil(delivery, rows, draw)
    if rows.height < LEAST_ROWS or not possible or not len(order):
        return replace(delivery, rows=rows)
    each = max(1, min(round(RATE * rows.height), int(MOST_SHARE * rows.height / len(possible))))
    texts = {name: rows[name].to_list() for name in rows.columns}
    malformed: list[int] = []
    for number, fault in enumerate(possible):
        for row in order[number * each : (number + 1) * each].tolist():
            if fault.apply(texts, row, draw):
                texts[FAULTS][row] = ",".join(fault.rules)
            if fault.rules == ("row_malformed",):
                malformed.append(row)
    spoiled = pl.DataFrame(texts, schema=rows.schema)
    return replace(delivery, rows=_with_repeats(delivery, spoiled, draw), malformed=tuple(malformed))


def _rows_to_spoil(delivery: Delivery, rows: pl.DataFrame, draw: np.random.Generator) -> Ints:
    """Choose rows in random order; of the address register only first ones of people with several.

    A person all of whose addresses were held back would be unknown, and the known answers would not hold. Neither
    would they for a row whose fault took away what it is warned of. Each row has one fault at most.
    """
    may_be_spoiled = rows[FACT].is_not_null() & (rows[FAULTS] == "")
    if WARNED in rows.columns:
        may_be_spoiled &= rows[WARNED] == ""
    chosen = np.flatnonzero(may_be_spoiled.to_numpy())
    if delivery.file_type == "bef":
        several = rows.select((pl.len().over("pnr") > 1) & pl.col("pnr").is_first_distinct()).to_series()
        chosen = chosen[several.to_numpy()[chosen]]
    return draw.permutation(chosen)


def _harmless(delivery: Delivery, draw: np.random.Generator) -> pl.DataFrame:
    """Vary what the receiver must not care about: hyphens, spaces, lost zeros, case, order, another column, remarks."""
    rows = delivery.rows
    column = IDENTIFIER_COLUMN.get(delivery.file_type)
    changes: list[pl.Expr] = []

    def some() -> pl.Series:
        return pl.Series(draw.random(rows.height) < HARMLESS_SHARE)

    if column:
        hyphenated = pl.col(column).str.slice(0, 6) + "-" + pl.col(column).str.slice(6)
        changes.append(pl.when(some()).then(hyphenated).otherwise(pl.col(column)).alias(column))
    for name, change in _SPELLINGS.items():
        if name in rows.columns:
            changes.append(pl.when(some()).then(change(pl.col(name))).otherwise(pl.col(name)).alias(name))
    if delivery.file_type == "lmdb":
        changes.append(pl.lit("2026-10-01").alias("sidst_opdateret"))
    if "bemaerkning" in rows.columns:
        slip = pl.lit("Ring til ") + pl.col(column or "cpr")
        changes.append(pl.when(some()).then(slip).otherwise(pl.col("bemaerkning")).alias("bemaerkning"))
    varied = rows.with_columns(changes)
    return varied.select(reversed(varied.columns)) if delivery.file_type == "lpr_adm" else varied


def _without_zero_of_service(text: pl.Expr) -> pl.Expr:
    """Write a service with three digits, as registers do that keep it as a number."""
    return text.str.replace(r"^(\d\d)0(\d\d\d)$", "${1}${2}")


_SPELLINGS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "kom": lambda text: text.str.strip_chars_start("0"),
    "ydernr": lambda text: text.str.strip_chars_start("0"),
    "enhed": lambda text: pl.lit(" ") + text + pl.lit("  "),
    "c_diag": lambda text: text.str.to_lowercase(),
    "diag_kode": lambda text: text.str.to_lowercase(),
    "senere_afkraeftet": lambda text: text.str.to_uppercase(),
    "hovedspeciale_ans": lambda text: text.str.to_titlecase(),
    "speciale": _without_zero_of_service,
    "npukode": lambda text: text.str.to_lowercase(),
}


def _with_repeats(delivery: Delivery, rows: pl.DataFrame, draw: np.random.Generator) -> pl.DataFrame:
    """Append exact copies of some good rows."""
    if delivery.file_type not in REPEATABLE:
        return rows
    good = rows.filter(pl.col(FAULTS) == "")
    chosen = np.sort(draw.permutation(good.height)[: round(REPEATED_SHARE * good.height)])
    return pl.concat([rows, good[chosen.tolist()]])


def spoil_bundles(delivery: BundleDelivery, draw: np.random.Generator) -> BundleDelivery:
    """Give some citizens a broken identifier throughout, and break a line where reports stand one per line."""
    from synthetic.extracts.municipal_files import COUNTED

    bundles = [dict(bundle) for bundle in delivery.bundles]
    patients = sorted({_patient(bundle)["id"] for bundle in bundles})
    unlucky = (
        set(draw.permutation(np.array(patients))[: max(1, len(patients) // 90)].tolist())
        if len(patients) > 30
        else set()
    )
    faults: list[str] = []
    for bundle in bundles:
        is_unlucky = _patient(bundle)["id"] in unlucky
        if is_unlucky:
            bundle["entry"] = [_without_identifier(entry) for entry in bundle["entry"]]
        counted = sum(entry["resource"]["resourceType"] in COUNTED for entry in bundle["entry"])
        faults += ["identifier_broken" if is_unlucky else ""] * counted
    rows = delivery.rows.with_columns(pl.Series(FAULTS, faults, dtype=pl.String))
    if delivery.is_lines and len(bundles) > 60:
        broken = pl.DataFrame({FACT: [None], FAULTS: ["row_malformed"]}, schema=rows.schema)
        rows = pl.concat([rows, broken])
        return replace(delivery, rows=rows, bundles=bundles, has_broken_line=True)
    return replace(delivery, rows=rows, bundles=bundles)


def _patient(bundle: dict[str, Any]) -> dict[str, Any]:
    resource: dict[str, Any] = bundle["entry"][0]["resource"]
    return resource


def _without_identifier(entry: dict[str, Any]) -> dict[str, Any]:
    if entry["resource"]["resourceType"] != "Patient":
        return entry
    resource = dict(entry["resource"])
    resource["identifier"] = [{**resource["identifier"][0], "value": "9999999999"}]
    return {**entry, "resource": resource}
