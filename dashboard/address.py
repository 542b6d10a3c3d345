"""The reader's choices live in the page's address, so that a link shows another person the same thing.

A choice in the address wins; without one, the choice made earlier in the visit holds (Streamlit empties the address
when the reader goes to another page), and without that, the default.
"""

import re
from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.wording import LANGUAGES

NAMES = ("lang", "unit", "with", "date", "indicator", "level", "group", "municipalities", "split")
_SPOKEN = {"da": "da", "nb": "nb", "nn": "nb", "no": "nb", "en": "en"}


def read(name: str) -> str | None:
    """Return a choice, or None when none was made."""
    return st.query_params.get(name) or st.session_state.get(f"address.{name}")


def write(name: str, value: str | None) -> None:
    """Remember a choice and put it into the address; None takes it out."""
    st.session_state[f"address.{name}"] = value
    if value is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def keep() -> None:
    """Put the choices made earlier in the visit back into the address."""
    for name in NAMES:
        if value := read(name):
            write(name, value)


def language(offered: str = "") -> str:
    """Return the reader's language: chosen, else the browser's, else the release's, else the first we have.

    Args:
        offered: Languages the release names, parted by commas.
    """
    if (chosen := read("lang")) in LANGUAGES:
        return chosen or LANGUAGES[0]
    asked = [st.context.locale or "", *re.findall(r"[a-z]{2}", offered)]
    return next((_SPOKEN[code[:2].lower()] for code in asked if code[:2].lower() in _SPOKEN), LANGUAGES[0])


def choose(caption: str, name: str, options: Sequence[str], label: Callable[[str], str], default: str) -> str:
    """Draw a list with search and return the choice, kept in the address.

    Args:
        caption: What is chosen.
        name: The choice's name in the address.
        options: The values in the order of display.
        label: From a value to what the reader sees.
        default: Chosen when the address says nothing, or something that does not exist here.
    """
    current = read(name)
    chosen = current if current is not None and current in options else default
    key = f"choose.{name}"
    st.session_state[key] = chosen
    st.selectbox(caption, options, key=key, format_func=label, on_change=_changed, args=(name, key))
    return chosen


def choose_one(caption: str, name: str, options: Sequence[str], label: Callable[[str], str], default: str) -> str:
    """Draw a few choices beside each other and return the one that holds, kept in the address."""
    current = read(name)
    chosen = current if current is not None and current in options else default
    key = f"choose.{name}"
    st.session_state[key] = chosen
    st.segmented_control(
        caption,
        options,
        key=key,
        format_func=label,
        on_change=_changed,
        args=(name, key),
        label_visibility="collapsed",
        required=True,
    )
    return chosen


def choose_some(
    caption: str,
    name: str,
    options: Sequence[str],
    label: Callable[[str], str],
    at_most: int,
    best: Sequence[str],
) -> list[str]:
    """Draw a list in which several can be chosen and return them, kept in the address.

    Args:
        caption: What stands above the list.
        name: In the address.
        options: In the order of the list.
        label: How an option is called.
        at_most: How many can be chosen.
        best: Options, those first that are chosen by default.
    """
    stated = (read(name) or "").split(",")
    first = [option for option in best if option in options][:at_most] or options[:at_most]
    chosen = [option for option in options if option in stated] or [option for option in options if option in first]
    key = f"choose.{name}"
    st.session_state[key] = chosen[:at_most]
    st.multiselect(
        caption,
        options,
        key=key,
        format_func=label,
        max_selections=at_most,
        on_change=_some_changed,
        args=(name, key),
    )
    return chosen[:at_most]


def _some_changed(name: str, key: str) -> None:
    write(name, ",".join(st.session_state.get(key) or []) or None)


def _changed(name: str, key: str) -> None:
    if value := st.session_state.get(key):
        write(name, value)
