"""From what presenters found to the rows of tables."""

from collections.abc import Mapping, Sequence

from dashboard.parts.markup import chip, link
from dashboard.parts.tables import Cell, Section
from dashboard.presenters import beside, data_quality, municipality, practice, tile_map
from dashboard.presenters.about import Listed, Rule
from dashboard.presenters.drawn import Dot, Line, Panel
from dashboard.presenters.funnel import Spot
from dashboard.presenters.strata import Group
from dashboard.wording import Wording


def side_by_side(found: Sequence[municipality.Row], address: Mapping[str, str], words: Wording) -> list[Section]:
    """Return one row per indicator, one column per unit, by group of indicators."""

    def row(each: municipality.Row) -> tuple[Cell, ...]:
        return (_title(each.indicator_id, each.title, address), *[_entry(entry, words) for entry in each.entries])

    groups = dict.fromkeys(each.group for each in found)
    return [Section(group, tuple(row(each) for each in found if each.group == group)) for group in groups]


def of_practice(found: Sequence[practice.Row], address: Mapping[str, str], words: Wording) -> list[Section]:
    """Return one row per indicator: the practice, those it is compared with, and the verdict in words."""

    def row(each: practice.Row) -> tuple[Cell, ...]:
        own = (
            _hidden(each.value, each.reason)
            if each.reason
            else Cell(each.value, note=_note(each.interval, each.basis, words), look="number")
        )
        others = [Cell(value, look="number") for value in each.others]
        verdict = Cell(each.verdict.text, markup=chip(each.verdict.judgement, each.verdict.text))
        return (_title(each.indicator_id, each.title, address), own, *others, verdict)

    groups = dict.fromkeys(each.group for each in found)
    return [Section(group, tuple(row(each) for each in found if each.group == group)) for group in groups]


def of_dots(dots: Sequence[Dot], words: Wording) -> list[Section]:
    """Return one row per dot of a chart: its name and everything about it in words."""
    return [Section("", tuple(_dot(dot, words) for dot in dots))]


def of_strata(found: Sequence[Group], words: Wording) -> list[Section]:
    """Return one row per group of a stratifier: its number with what it rests on, and how far it is from the rest."""

    def row(each: Group) -> tuple[Cell, ...]:
        if each.reason:
            return (Cell(each.title), _hidden(each.value, each.reason), Cell(""))
        note = words.joined(_note(each.interval, each.basis, words), each.completeness)
        verdict = Cell(each.verdict, markup=chip(each.judgement, each.verdict))
        return (Cell(each.title), Cell(each.value, note=note, look="number"), verdict)

    return [Section("", tuple(row(each) for each in found))]


def of_map(found: Sequence[tile_map.Row], address: Mapping[str, str]) -> list[Section]:
    """Return one row per municipality with what the map tells of it; its name leads to its page."""
    stated = tile_map.columns(found)

    def row(each: tile_map.Row) -> tuple[Cell, ...]:
        choices = {**address, "unit": each.unit.key, "municipalities": each.unit.key}
        is_one = each.unit.level == tile_map.LEVEL
        title = Cell(each.name, markup=link("municipality", each.name, **choices) if is_one else "")
        facts = [each.interval, each.basis, *([each.completeness] if "completeness" in stated else [])]
        if each.reason:
            return (title, _hidden(each.value, each.reason), *[Cell("")] * (len(facts) + 1))
        facts.insert(0, each.value)
        verdict = Cell(each.verdict.text, markup=chip(each.verdict.judgement, each.verdict.text))
        return (title, *[Cell(fact, look="number") for fact in facts], verdict)

    return [Section("", tuple(row(each) for each in found))]


def beside_each_other(found: Sequence[beside.Row], address: Mapping[str, str], *, is_compared: bool) -> list[Section]:
    """Return one row per indicator, by group; the last two columns only where there is a comparison."""
    is_complete_told = beside.has_completeness(found)

    def row(each: beside.Row) -> tuple[Cell, ...]:
        own = _hidden(each.value, each.reason) if each.reason else Cell(each.value, look="number")
        told = (each.interval, each.basis, *([each.completeness] if is_complete_told else []))
        facts = [Cell(fact, look="number") for fact in told]
        verdict = Cell(each.verdict.text, markup=chip(each.verdict.judgement, each.verdict.text))
        others = [Cell(each.other, look="number"), verdict] if is_compared else []
        return (_title(each.indicator_id, each.title, address), own, *facts, *others)

    groups = dict.fromkeys(each.group for each in found)
    return [Section(group, tuple(row(each) for each in found if each.group == group)) for group in groups]


def of_panels(panels: Sequence[Panel], words: Wording) -> list[Section]:
    """Return the dots of several panels, each under its heading."""
    return [Section(panel.heading, tuple(_dot(dot, words)[:2] for dot in panel.dots)) for panel in panels]


def of_bands(found: Sequence[tuple[str, ...]]) -> list[Section]:
    """Return one row per band of a distribution: its limits, the people in it, and the shares."""
    return [Section("", tuple((Cell(label), *(Cell(text, look="number") for text in rest)) for label, *rest in found))]


def of_spots(spots: Sequence[Spot]) -> list[Section]:
    """Return one row per practice of a funnel: its name, everything about it, and where it lies."""

    def row(spot: Spot) -> tuple[Cell, ...]:
        look = spot.judgement if spot.is_far else "similar"
        return Cell(spot.label), Cell(spot.text), Cell(spot.verdict, markup=chip(look, spot.verdict))

    return [Section("", tuple(row(spot) for spot in spots))]


def of_lines(own: Line, other: Line | None) -> list[Section]:
    """Return one row per reporting date, newest first: the unit and whom it is compared with."""
    rows = []
    for place in reversed(range(len(own.days))):
        dot = own.dots[place]
        cells = [Cell(dot.label), _text(dot)]
        if other is not None:
            cells.append(_text(other.dots[place]))
        rows.append(tuple(cells))
    return [Section("", tuple(rows))]


def deliveries(found: Sequence[data_quality.Delivery], words: Wording) -> list[Section]:
    """Return one row per file type, by sector."""
    sectors = dict.fromkeys(each.sector for each in found)
    looks = {"fresh": "better", "stale": "worse", "followed": "similar", "unknown": "similar"}
    return [
        Section(
            sector,
            tuple(
                (
                    Cell(each.name, note=_files(each, words)),
                    Cell(each.delivered, look="number"),
                    Cell(each.covers, look="number"),
                    Cell(each.promise, look="number"),
                    Cell(
                        each.freshness_text,
                        markup=chip(looks[each.freshness], each.freshness_text),  # type: ignore[arg-type]
                    ),
                    Cell(each.rows_in, look="number"),
                    Cell(each.rows_loaded, look="number"),
                    Cell(each.rows_quarantined, look="number"),
                    Cell(each.rows_duplicate, look="number"),
                )
                for each in found
                if each.sector == sector
            ),
        )
        for sector in sectors
    ]


def _files(each: data_quality.Delivery, words: Wording) -> str:
    own = each.file_type if each.file_type != each.name else ""
    refused = words("data_quality.refused_files", number=each.refused) if each.refused else ""
    return words.joined(own, words("data_quality.files", number=each.files), refused)


def received(found: data_quality.Received, words: Wording) -> list[Section]:
    """Return one row per month, newest first, and one column per sector."""
    rows = [
        (Cell(words.month(month)), *[Cell(counts[place], look="number") for counts in found.counts])
        for place, month in reversed(list(enumerate(found.months)))
    ]
    return [Section("", tuple(rows))]


def set_aside(found: Sequence[data_quality.SetAside]) -> list[Section]:
    """Return one row per rule, by sector."""
    sectors = dict.fromkeys(each.sector for each in found)
    return [
        Section(
            sector,
            tuple(
                (Cell(each.description, note=each.rule), Cell(each.name), Cell(each.rows, look="number"))
                for each in found
                if each.sector == sector
            ),
        )
        for sector in sectors
    ]


def policy(found: Sequence[Rule]) -> list[Section]:
    """Return one row per line of the disclosure policy."""
    return [Section("", tuple((Cell(rule.name), Cell(rule.value), Cell(rule.explanation)) for rule in found))]


def definitions(found: Sequence[Listed], address: Mapping[str, str], words: Wording) -> list[Section]:
    """Return one row per definition, by group."""
    groups = dict.fromkeys(each.group for each in found)
    return [
        Section(
            group,
            tuple(
                (
                    _title(each.indicator_id, each.title, address),
                    Cell(each.question),
                    Cell(words("about.published") if each.is_verified else words("definition.proposed")),
                    Cell(each.version, look="number"),
                )
                for each in found
                if each.group == group
            ),
        )
        for group in groups
    ]


def _title(indicator_id: str, title: str, address: Mapping[str, str]) -> Cell:
    return Cell(title, markup=link("indicator", title, **{**address, "indicator": indicator_id}))


def _entry(entry: municipality.Entry, words: Wording) -> Cell:
    if entry.reason:
        return _hidden(entry.value, entry.reason)
    return Cell(
        entry.value,
        markup=chip(entry.judgement, entry.value) if entry.judgement in {"better", "worse", "different"} else "",
        note=_note(entry.interval, entry.basis, words),
        look="number",
    )


def _hidden(short: str, reason: str) -> Cell:
    return Cell(short, note=reason, look="hidden")


def _note(interval: str, basis: str, words: Wording) -> str:
    limits = words("measure.interval", interval=interval) if interval else ""
    return words.joined(limits, basis)


def _dot(dot: Dot, words: Wording) -> tuple[Cell, ...]:
    verdict = words(f"chart.judged.{dot.judgement}") if dot.judgement != "unknown" else ""
    return Cell(dot.label), _text(dot), Cell(verdict, markup=chip(dot.judgement, verdict))


def _text(dot: Dot) -> Cell:
    return Cell(dot.text, look="" if dot.value is not None else "hidden")
