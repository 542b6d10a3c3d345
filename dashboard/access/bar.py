"""The line at the top that says as whom somebody is here, with the way out; and the screen that empties itself."""

import time

import streamlit as st

from dashboard.access.entrance import LEFT_ALONE, log_in, log_out
from dashboard.access.logins import LOGINS, Login
from dashboard.access.roles import Role, Visitor
from dashboard.parts.markup import safe
from dashboard.presenters.units import Directory, name
from dashboard.wording import Wording

_AFTER_THE_END_SECONDS = 2
# Each rerun sets the clock anew. The moment in it makes the text new, without which the browser would not run it again.
_EMPTIES_ITSELF = """/* {moment} */ clearTimeout(window.tvLoginEnds);
window.tvLoginEnds = setTimeout(() => {{
  const here = new URL(location.href); here.searchParams.set('{left_alone}', '1'); location.replace(here);
}}, {milliseconds});"""
# The address begins with our own, so that no remembered path can lead elsewhere.
_TO_WHAT_WAS_ASKED = """const asked = sessionStorage.getItem('tvAsked'); sessionStorage.removeItem('tvAsked');
if (asked && asked !== location.pathname + location.search) location.replace(location.origin + asked);"""


def draw(visitor: Visitor, units: Directory, words: Wording) -> None:
    """Say as whom the visitor is here, and offer to log out, or to log in."""
    unit = name(units.by_key[visitor.unit], words) if visitor.role is Role.UNIT else ""
    with st.container(key="visitor", horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.html(f'<p class="tv-visitor">{safe(words(f"access.as.{visitor.role}", unit=unit))}</p>', width="content")
        if visitor.login is None:
            st.button(words("access.log_in"), key="log_in", type="tertiary", on_click=log_in)
            return
        st.button(words("access.log_out"), key="log_out", type="tertiary", on_click=log_out, args=(visitor.login,))
    _leave_nothing_on_the_screen(visitor.login)


def _leave_nothing_on_the_screen(login: Login) -> None:
    milliseconds = round((LOGINS.left(login) + _AFTER_THE_END_SECONDS) * 1000)
    emptied = _EMPTIES_ITSELF.format(moment=time.time(), left_alone=LEFT_ALONE, milliseconds=milliseconds)
    st.html(f"<script>{_TO_WHAT_WAS_ASKED}\n{emptied}</script>", unsafe_allow_javascript=True)
