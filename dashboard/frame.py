"""What every page has in common: the release, the reader's choices, the heading, the mark on invented data."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import streamlit as st

from dashboard import address, colours
from dashboard.access import bar
from dashboard.access.roles import Visitor
from dashboard.catalogue import Definition
from dashboard.content import Content, current, languages_and_smallest_group, settle
from dashboard.parts.markup import safe
from dashboard.presenters.units import Directory, Unit, label, name, spoken
from dashboard.release_reader import ReleaseUnavailableError
from dashboard.wording import LANGUAGES, Wording, wording

STYLE = Path(__file__).parent / "style.css"
OWN_WORDS = (Path(__file__).parent / "own_words.js").read_text(encoding="utf-8")
PICTURE = f"<script>{(Path(__file__).parent / 'picture.js').read_text(encoding='utf-8')}</script>"
ICON = Path(__file__).parent / "icon.svg"
NOBODY = "nobody"


@dataclass(frozen=True)
class View:
    """The content with the reader's choices.

    Attributes:
        peer: Whom the unit is compared with; None when it is everybody itself or the reader wants no comparison.
    """

    visitor: Visitor
    content: Content
    words: Wording
    page: str
    unit: Unit
    peer: Unit | None
    reporting_date: date
    definition: Definition

    def as_told(self) -> "View":
        """Return the view on the last reporting date, up to the chosen one, on which its indicator is told."""
        told = [day for day in self.content.told_on(self.definition.indicator_id) if day <= self.reporting_date]
        return replace(self, reporting_date=told[-1]) if told else self

    @property
    def told_note(self) -> str:
        """What a reader must know of the date of an indicator that is not told on every one; empty for most."""
        definition, words = self.definition, self.words
        if not definition.is_told_apart:
            return ""
        months = words.whole(definition.period_months)
        return words("frame.told_apart", months=months, date=words.date(self.reporting_date))

    @property
    def address(self) -> dict[str, str]:
        """The choices that a link to another page carries along."""
        kept = {"lang": self.words.language, "unit": self.unit.key}
        for chosen in ("with", "date"):
            if value := address.read(chosen):
                kept[chosen] = value
        return kept

    @property
    def unit_name(self) -> str:
        """The chosen unit's name as it stands by itself."""
        return name(self.unit, self.words)

    @property
    def peer_name(self) -> str:
        """The name of whom it is compared with, by itself; empty without a comparison."""
        return name(self.peer, self.words) if self.peer else ""

    @property
    def peer_spoken(self) -> str:
        """The name of whom it is compared with, inside a sentence; empty without a comparison."""
        return spoken(self.peer, self.words) if self.peer else ""

    @property
    def source(self) -> str:
        """The line below every picture and table: which release, of when, and whether it is invented."""
        return self.content.source(self.words)


def reader_words() -> Wording:
    """Return the reader's wording, also when there is no release."""
    try:
        languages, smallest_group = languages_and_smallest_group()
    except ReleaseUnavailableError:
        return wording(address.language())
    return wording(address.language(languages), smallest_group)


def is_dark() -> bool:
    """Return whether the reader's browser shows pages light on dark."""
    return st.context.theme.type == "dark"


def begin(title: str) -> Wording:
    """Give the page its title in the browser and its look, and return the reader's wording.

    Args:
        title: The key of the title in the wording.
    """
    words = reader_words()
    address.write("lang", words.language)
    st.set_page_config(page_title=f"{words(title)} · {words('frame.name')}", page_icon=str(ICON), layout="wide")
    st.html(STYLE)
    st.html(PICTURE, unsafe_allow_javascript=True)
    looks = colours.variables(is_dark=is_dark())
    st.html(f'<style>:root {{ {looks} --tv-nothing: "{words("choose.nothing")}"; }}</style>')
    own = {
        "language": words.language,
        "skip": words("frame.skip"),
        "notFound": words("frame.not_found"),
        "shownInstead": words("frame.shown_instead"),
        "close": words("frame.close"),
    }
    st.html(f"<script>window.tvWords = {json.dumps(own)};\n{OWN_WORDS}</script>", unsafe_allow_javascript=True)
    return words


def open_page(visitor: Visitor, page: str, choices: Sequence[str] = ()) -> View:
    """Draw the top of a page and return what it is to show; without a usable release, say so and stop.

    Args:
        visitor: Whom `require` let in.
        page: The page's key in the wording.
        choices: Which of `unit`, `practice`, `indicator`, `with` and `date` the page lets the reader choose.
    """
    words = begin(f"page.{page}")
    try:
        found = current(visitor)
    except ReleaseUnavailableError as fault:
        _apologise(fault, words)
        st.stop()
    if not found.dates or not found.definitions:
        st.html(f"<h1>{safe(words('fault.title'))}</h1>")
        st.info(words("fault.empty"))
        st.stop()
    if found.is_synthetic:
        st.html(f'<p class="tv-invented" role="note">{safe(words("frame.invented"))}</p>')
    if not visitor.only_invented:
        bar.draw(visitor, found.units, words)
    return _chosen(visitor, found, words, page, choices)


def close_page(view: View) -> None:
    """Draw the foot of a page."""
    st.html(f'<footer class="tv-foot">{safe(view.source)} · {safe(view.words("frame.foot"))}</footer>')
    settle(view.page, view.content.meta.get("release_id", ""))


def heading(title: str, subtitle: str = "", note: str = "") -> None:
    """Draw the page's title, the line below it, and a note where there is one."""
    below = f'<p class="tv-subtitle">{safe(subtitle)}</p>' if subtitle else ""
    below += f'<p class="tv-note-line">{safe(note)}</p>' if note else ""
    st.html(f"<h1>{safe(title)}</h1>{below}")


def subheading(title: str, *notes: str) -> None:
    """Draw a section's title and the sentences that tell how to read it."""
    below = "".join(f'<p class="tv-note-line">{safe(note)}</p>' for note in notes)
    st.html(f"<h2>{safe(title)}</h2>{below}")


def choose_indicator(found: Content, words: Wording, default: Definition) -> Definition:
    """Draw the list of indicators and return the one that is chosen, kept in the address."""
    key = address.choose(
        words("choose.indicator"),
        "indicator",
        list(found.definitions),
        lambda each: words.text(found.definitions[each].title),
        default.indicator_id,
    )
    return found.definitions[key]


def _chosen(visitor: Visitor, found: Content, words: Wording, page: str, choices: Sequence[str]) -> View:
    units, words_of = found.units, lambda key: label(found.units.by_key[key], found.units, words)
    unit = units.by_key.get(address.read("unit") or visitor.unit, units.everybody)
    definition = found.definitions.get(address.read("indicator") or "", next(iter(found.definitions.values())))
    asked = {"unit": units.by_key, "indicator": found.definitions, "date": [day.isoformat() for day in found.dates]}
    unknown = [name for name, known in asked.items() if (stated := address.read(name)) and stated not in known]
    with st.container(key="choices", horizontal=True, vertical_alignment="bottom"):
        if "indicator" in choices:
            definition = choose_indicator(found, words, definition)
        if "unit" in choices:
            unit = units.by_key[address.choose(words("choose.unit"), "unit", list(units.by_key), words_of, unit.key)]
        if "practice" in choices and (practices := [each.key for each in units.of_level("practice")]):
            chosen = address.choose(words("choose.practice"), "unit", practices, words_of, _nearest(unit, found))
            unit = units.by_key[chosen]
        peer = _peer(unit, units, words, is_asked="with" in choices)
        reporting_date = _reporting_date(found.dates, words, is_asked="date" in choices)
        address.choose(
            words("choose.language"), "lang", LANGUAGES, lambda code: words(f"language.{code}"), words.language
        )
    view = View(visitor, found, words, page, unit, peer, reporting_date, definition)
    instead = {
        "unit": view.unit_name if {"unit", "practice"} & set(choices) else "",
        "indicator": words.text(definition.title) if "indicator" in choices else "",
        "date": words.date(reporting_date) if "date" in choices else "",
    }
    for name_of in unknown:
        if instead[name_of]:
            st.warning(words(f"frame.not_held.{name_of}", shown=instead[name_of]), icon=":material/link_off:")
    return view


def _peer(unit: Unit, units: Directory, words: Wording, *, is_asked: bool) -> Unit | None:
    others = {other.key: other for other in units.comparators(unit)}
    if not others:
        return None
    if not is_asked:
        return others.get(address.read("with") or "", units.everybody)
    options = [*others, NOBODY]
    chosen = address.choose(
        words("choose.with"),
        "with",
        options,
        lambda key: words("choose.nobody") if key == NOBODY else label(others[key], units, words),
        options[0],
    )
    return others.get(chosen)


def _reporting_date(dates: Sequence[date], words: Wording, *, is_asked: bool) -> date:
    by_text = {day.isoformat(): day for day in dates}
    newest = next(iter(by_text))
    if not is_asked:
        return by_text.get(address.read("date") or "", by_text[newest])
    return by_text[
        address.choose(words("choose.date"), "date", list(by_text), lambda key: words.short_date(by_text[key]), newest)
    ]


def _nearest(unit: Unit, found: Content) -> str:
    """Return the practice to begin with: of the reader's unit, and the one with most to look at."""
    practices = {practice.unit_id: practice for practice in found.units.of_level("practice")}
    order = [practices[known] for known in found.release.units_by_shown_numbers("practice") if known in practices]
    related = [
        practice
        for practice in order
        if unit == practice
        or (unit.level == "cluster" and practice.cluster_id == unit.unit_id)
        or (unit.level == "municipality" and practice.municipality_id == unit.unit_id)
    ]
    return [*related, *order, *practices.values()][0].key


def _apologise(fault: ReleaseUnavailableError, words: Wording) -> None:
    st.html(f"<h1>{safe(words('fault.title'))}</h1>")
    st.info(words(f"fault.{fault.reason}"), icon=":material/info:")
    st.markdown(words(f"fault.{fault.reason}_next"))
