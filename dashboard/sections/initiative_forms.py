"""Forms by which a unit writes down what it does: a new initiative, a note, a change of the plan, the end."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import streamlit as st
from pydantic import ValidationError

from dashboard import frame
from dashboard.frame import View
from dashboard.initiatives import store
from dashboard.initiatives.initiative import (
    ENDINGS,
    LONGEST_LINE,
    LONGEST_TEXT,
    PHASES,
    End,
    Initiative,
    Note,
    Plan,
)
from dashboard.presenters import drawn, measures
from dashboard.wording import Wording

NEW = "new"
WRITTEN = "initiative.written"
_DAY = "DD.MM.YYYY"


def draw(view: View, path: Path, own: Mapping[str, Initiative]) -> None:
    """Draw the forms for the chosen unit's initiatives, and write what is sent with them.

    Args:
        view: The reader's choices.
        path: The database of initiatives.
        own: The unit's initiatives by their number.
    """
    words = view.words
    frame.subheading(words("initiative.write.title"), words("initiative.write.note"))
    if st.session_state.pop(WRITTEN, False):
        st.success(words("initiative.write.done"), icon=":material/check:")
    chosen = st.selectbox(
        words("initiative.write.about"),
        [NEW, *own],
        format_func=lambda key: words("initiative.write.new") if key == NEW else own[key].plan.aim,
        key=f"initiative.about.{view.unit.key}",
    )
    if chosen == NEW:
        _plan(view, None, lambda plan: store.begin(path, view.visitor, view.unit.key, plan))
        return
    initiative = own[chosen]
    kinds: dict[str, Callable[..., None]] = {"note": _note, "plan": _plan, "end": _end}
    kind = st.segmented_control(
        words("initiative.write.kind"),
        list(kinds),
        default="note",
        format_func=lambda key: words(f"initiative.write.as.{key}"),
        required=True,
        key=f"initiative.kind.{chosen}",
    )
    kinds[kind or "note"](view, initiative, lambda content: store.go_on(path, view.visitor, initiative, content))


def _plan(view: View, initiative: Initiative | None, keep: Callable[[Any], object]) -> None:
    words, definitions = view.words, view.content.definitions
    now = initiative.plan if initiative else None
    first = now.indicator_id if now and now.indicator_id in definitions else view.definition.indicator_id
    indicator = st.selectbox(
        words("choose.indicator"),
        list(definitions),
        index=list(definitions).index(first),
        format_func=lambda key: words.text(definitions[key].title),
        key=f"initiative.indicator.{_place(view, initiative)}",
    )
    definition = definitions[indicator]
    times = drawn.factor(definition)
    with st.form(f"initiative.plan.{_place(view, initiative)}", clear_on_submit=False):
        aim = st.text_input(words("initiative.field.aim"), value=now.aim if now else "", max_chars=LONGEST_LINE)
        target = st.number_input(
            words("initiative.field.target_in", unit=measures.unit(definition, words)),
            value=now.target * times if now and now.target is not None and now.indicator_id == indicator else None,
            min_value=0.0,
            max_value=100.0 if definition.kind == "proportion" else None,
            step=1.0,
            placeholder="",
        )
        owner = st.text_input(
            words("initiative.field.owner"),
            value=now.owner if now else "",
            max_chars=LONGEST_LINE,
            help=words("initiative.field.owner_help"),
        )
        start = st.date_input(
            words("initiative.field.start"), value=now.start if now else view.content.released_on, format=_DAY
        )
        actions = st.text_area(
            words("initiative.field.actions"), value=now.actions if now else "", max_chars=LONGEST_TEXT
        )
        if _sent(words):
            told = {"aim": aim, "indicator_id": indicator, "owner": owner, "start": start, "actions": actions}
            _keep(Plan, told | {"target": None if target is None else target / times}, keep, words)


def _note(view: View, initiative: Initiative, keep: Callable[[Any], object]) -> None:
    words = view.words
    with st.form(f"initiative.note.{initiative.initiative_id}", clear_on_submit=False):
        phase = st.radio(
            words("initiative.field.phase"),
            PHASES,
            format_func=lambda key: words(f"initiative.phase.{key}"),
            captions=[words(f"initiative.phase_help.{key}") for key in PHASES],
            horizontal=True,
        )
        day = st.date_input(words("initiative.field.day"), value=_today(view), format=_DAY)
        text = st.text_area(words("initiative.field.text"), max_chars=LONGEST_TEXT)
        if _sent(words):
            _keep(Note, {"phase": phase, "day": day, "text": text}, keep, words)


def _end(view: View, initiative: Initiative, keep: Callable[[Any], object]) -> None:
    words = view.words
    with st.form(f"initiative.end.{initiative.initiative_id}", clear_on_submit=False):
        ending = st.radio(
            words("initiative.field.ending"),
            ENDINGS,
            format_func=lambda key: words(f"initiative.ending.{key}"),
            horizontal=True,
        )
        day = st.date_input(words("initiative.field.end_day"), value=_today(view), format=_DAY)
        text = st.text_area(words("initiative.field.learned"), max_chars=LONGEST_TEXT)
        if _sent(words):
            _keep(End, {"ending": ending, "day": day, "text": text}, keep, words)


def _sent(words: Wording) -> bool:
    return st.form_submit_button(words("initiative.write.save"), type="primary")


def _keep(
    kind: type[Plan] | type[Note] | type[End], told: dict[str, Any], keep: Callable[[Any], object], words: Wording
) -> None:
    """Write down what was told, or say for each field what is wrong with it."""
    try:
        content = kind(**told)
    except ValidationError as fault:
        for each in fault.errors(include_input=False, include_url=False):
            kind_of = each["type"] if words.has(f"initiative.fault.{each['type']}") else "other"
            field = words(f"initiative.field.{each['loc'][0]}")
            st.error(words(f"initiative.fault.{kind_of}", field=field), icon=":material/error:")
        return
    try:
        keep(content)
    except store.InitiativesError:
        st.error(words("initiative.fault.not_written"), icon=":material/error:")
        return
    st.session_state[WRITTEN] = True
    st.rerun()


def _place(view: View, initiative: Initiative | None) -> str:
    return initiative.initiative_id if initiative else view.unit.key


def _today(view: View) -> date:
    return max(datetime.now(tz=UTC).date(), view.content.released_on or date.min)
