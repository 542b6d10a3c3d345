"""What a unit can do next, where the statistics say that something is worse."""

from collections.abc import Sequence

import streamlit as st

from dashboard import frame
from dashboard.frame import View
from dashboard.parts.cards import advice
from dashboard.presenters.next_steps import next_steps
from dashboard.presenters.overview import Card, Peer, present
from dashboard.presenters.units import Unit, spoken


def draw(view: View, unit: Unit, title: str) -> None:
    """Draw the most useful next steps of a unit beside everybody, under a title."""
    words, content, everybody = view.words, view.content, view.content.units.everybody
    peer = Peer(spoken(everybody, words), content.histories(everybody))
    story = present(content.definitions, content.histories(unit), peer, view.reporting_date, words)
    draw_of(view, story.cards, title)


def draw_of(view: View, cards: Sequence[Card], title: str) -> None:
    """Draw the most useful next steps that cards give reason for, or say that they give none."""
    words = view.words
    steps = next_steps(cards, view.content.definitions, words)
    frame.subheading(title, words("next_steps.note" if steps else "next_steps.none"))
    if steps:
        st.html(advice(steps, view.address))
