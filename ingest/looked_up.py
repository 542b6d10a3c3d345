"""Look up what a delivered text means in the pack's lists: codes, the words of results, and units.

Distinct texts are looked up once each, however many rows hold them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from data_contracts.contract import Column, Contract, ResultReading
from packs.definition_file import definition_fault
from packs.pack import Pack

SAME, CONVERTED, CONTRADICTS, UNKNOWN = UNIT_FITS = ("same", "converted", "contradicts", "unknown")
"""How a delivered unit fits its analysis, see the staged table in `data_contracts.contract`."""
_WAY = ("factor", "plus", "decimals")
_NUMBER_AND_UNIT = r"^([<>=≤≥]{0,2}\s*[+-]?[0-9]+(?:[.,][0-9]+)?)\s*([^0-9.,\s].*)$"
_PLAIN_SIGNS = {"µ": "u", "μ": "u", "²": "2", "³": "3", "⁻": "-", "×": "x", "·": ".", ",": ".", "^": ""}
_NEEDED = {
    "analysis": ("analyte", "delivered_unit"),
    "units": ("unit",),
    "conversions": ("analyte", "given", "wanted", *_WAY),
}


@dataclass(frozen=True)
class Lookups:
    """What some columns of the staged table are looked up in.

    Attributes:
        codes: Name of a code list to the codes it knows.
        known_keys: Column that refers to another delivery to (SELECT of the known values as `key`, expression on the
            delivered row that is compared with them).
        units: Column with results to how every known spelling of a unit fits every code (`unit_fits`).
    """

    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    known_keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    units: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def lookups_of(pack: Pack, contract: Contract, known_keys: Mapping[str, tuple[str, str]]) -> Lookups:
    """Return what the columns of a contract are looked up in, from the lists of a pack.

    Raises:
        DefinitionError: The pack lacks a list, or a list lacks a column.
    """
    readings = {column.name: column.reading for column in contract.columns if column.reading}
    lists = {column.code_list for column in contract.columns if column.code_list}
    lists |= {reading.words for reading in readings.values()}
    return Lookups(
        codes={name: pack.codelist(name)["code"].to_list() for name in lists},
        known_keys=known_keys,
        units={name: _fits_in(pack, contract, reading) for name, reading in readings.items()},
    )


def _fits_in(pack: Pack, contract: Contract, reading: ResultReading) -> pl.DataFrame:
    names = {
        "analysis": contract.column(reading.analysis).code_list,
        "units": reading.units,
        "conversions": reading.conversions,
    }
    lists = {part: pack.codelist(name) for part, name in names.items()}
    for part, needed in _NEEDED.items():
        for column in needed:
            if column not in lists[part].columns:
                path = pack.folder / "codelists" / f"{names[part]}.csv"
                raise definition_fault(path, column, f"The column '{column}' is missing.")
    return unit_fits(lists["analysis"], lists["units"], lists["conversions"])


def unit_fits(analyses: pl.DataFrame, units: pl.DataFrame, conversions: pl.DataFrame) -> pl.DataFrame:
    """Return code, spelling, fit, factor, plus and decimals of every spelling of a unit beside every analysis.

    A number in the spelled unit, times factor, plus plus, is one in the unit that the code stands for.
    """
    codes = analyses.select("code", "analyte", wanted="delivered_unit")
    ways = conversions.select("analyte", "given", "wanted", "factor", "plus", pl.col("decimals").cast(pl.Float64))
    beside = codes.join(units.select(spelling="code", given="unit"), how="cross")
    is_same = (pl.col("given") == pl.col("wanted")) | ((pl.col("factor") == 1) & (pl.col("plus") == 0))
    fit = pl.when(is_same).then(pl.lit(SAME)).when(pl.col("factor").is_not_null()).then(pl.lit(CONVERTED))
    return beside.join(ways, on=["analyte", "given", "wanted"], how="left").select(
        "code", "spelling", fit.otherwise(pl.lit(CONTRADICTS)).alias("fit"), "factor", "plus", "decimals"
    )


def look_up(frame: pl.DataFrame, contract: Contract, lookups: Lookups) -> pl.DataFrame:
    """Add to a block what its codes, units and results mean.

    Returns:
        The block with `<c>__normal` and `<c>__known` for a column with a code list; `<c>__bare` for results: the text
        without a unit behind the number, where it is the unit of the code; and `<u>__fit`, `<u>__factor`, `<u>__plus`
        and `<u>__decimals` for their unit. Those that are the same on every row are left to `read_plainly`.
    """
    for column in contract.columns:
        if column.code_list:
            frame = frame.with_columns(*_codes(frame[column.name], lookups.codes[column.code_list]))
    for column in contract.columns:
        if column.reading:
            fits = lookups.units[column.name]
            frame = _without_own_unit(frame, column, column.reading, fits)
            frame = _with_fit(frame, column.reading, fits) if column.reading.unit else frame
    return frame


def read_plainly(frame: pl.DataFrame, contract: Contract) -> dict[str, str]:
    """Return name and SQL of what `look_up` left out, where numbers stand alone or all units are those of the codes."""
    plain = {}
    for column in contract.columns:
        if column.reading:
            plain[f"{column.name}__bare"] = column.name
        if column.reading and (unit := column.reading.unit):
            plain[f"{unit}__fit"] = f"'{SAME}'"
            plain |= {f"{unit}__{name}": "CAST(NULL AS DOUBLE)" for name in _WAY}
    return {name: expression for name, expression in plain.items() if name not in frame.columns}


def _without_own_unit(frame: pl.DataFrame, column: Column, reading: ResultReading, fits: pl.DataFrame) -> pl.DataFrame:
    name, code = column.name, f"{reading.analysis}__normal"
    bare, spelling = pl.col(name).str.extract(_NUMBER_AND_UNIT, 1), pl.col(name).str.extract(_NUMBER_AND_UNIT, 2)
    texts = frame[name].unique().to_frame().with_columns(bare=bare, spelling=compact(spelling)).drop_nulls()
    if texts.is_empty():
        return frame
    own = fits.filter(pl.col("fit") == SAME).select(pl.col("code").alias(code), "spelling", is_own=True)
    read = (
        frame.select(code, name)
        .join(texts, on=name, how="left", maintain_order="left")
        .join(own, on=[code, "spelling"], how="left", maintain_order="left")
    )
    text = pl.when("is_own").then("bare").otherwise(name)
    return frame.with_columns(read.select(text.alias(f"{name}__bare")))


def _with_fit(frame: pl.DataFrame, reading: ResultReading, fits: pl.DataFrame) -> pl.DataFrame:
    code, unit = f"{reading.analysis}__normal", reading.unit
    is_known = pl.col(code).is_in(fits["code"].unique().to_list())
    pairs = (
        frame.group_by(code, unit)
        .agg()
        .with_columns(spelling=compact(pl.col(unit)))
        .join(fits.rename({"code": code}), on=[code, "spelling"], how="left")
        .with_columns(fit=pl.when(pl.col("fit").is_null() & is_known).then(pl.lit(UNKNOWN)).otherwise("fit"))
        .with_columns(fit=pl.when(pl.col(unit).is_not_null()).then("fit"))
        .select(code, unit, pl.col("fit", *_WAY).name.prefix(f"{unit}__"))
    )
    if pairs[f"{unit}__fit"].drop_nulls().eq(SAME).all():
        return frame
    return frame.join(pairs, on=[code, unit], how="left", nulls_equal=True, maintain_order="left")


def _codes(values: pl.Series, codes: Sequence[str]) -> tuple[pl.Series, pl.Series]:
    """Return the normal form of each code, and whether the code list knows it."""
    delivered = values.drop_nulls().unique()
    normal = normal_codes(delivered)
    known = normal.is_in(list(codes))
    return (
        values.replace_strict(delivered, normal, return_dtype=pl.String).alias(f"{values.name}__normal"),
        values.replace_strict(delivered, known, return_dtype=pl.Boolean).alias(f"{values.name}__known"),
    )


def normal_codes(delivered: pl.Series) -> pl.Series:
    """Return codes in upper case, a replaced one resolved, and digits after three letters padded to five.

    `NPU4998` becomes `NPU04998`. Of `DNK05001 (replaced by NPU19673)`, in any language, the last code in the brackets
    is the one that counts.
    """
    upper = delivered.str.strip_chars().str.to_uppercase()
    replacing = upper.str.extract(r"\(.*\b([A-Z]{3}[0-9]+)\s*\)$")
    code = pl.select(pl.coalesce(replacing, upper)).to_series()
    digits = code.str.extract(r"^[A-Z]{3}([0-9]{1,5})$")
    padded = code.str.slice(0, 3) + digits.str.zfill(5)
    return pl.select(pl.coalesce(padded, code)).to_series().alias("normal")


def compact(unit: pl.Expr) -> pl.Expr:
    """Return units as the pack spells them: lower case, no blanks, plain signs, a decimal point."""
    bare = unit.str.to_lowercase().str.replace_all(r"\s", "")
    return bare.str.replace_many(list(_PLAIN_SIGNS), list(_PLAIN_SIGNS.values()))
