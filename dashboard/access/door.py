"""What somebody sees who is not let in: why, and what to do about it."""

import re
from typing import NoReturn

import streamlit as st

from dashboard import address, frame
from dashboard.access.entrance import TurnedAway, log_in, log_out
from dashboard.parts.markup import safe
from dashboard.wording import LANGUAGES

# The provider sends everybody back to the first page; the browser itself remembers which one was asked for.
_REMEMBER = "<script>sessionStorage.setItem('tvAsked', location.pathname + location.search);</script>"
_COMMAND, _AS_COMMAND = re.compile("`([^`]+)`"), r"<code>\1</code>"
_MAY_LOG_IN = frozenset({"log_in", "expired", "idle", "logged_out"})


def turn_away(whom: TurnedAway) -> NoReturn:
    """Draw why somebody is not let in, and end the page."""
    reason = whom.reason
    words = frame.begin(f"door.{reason}.title")
    if reason in _MAY_LOG_IN - {"logged_out"}:
        st.html(_REMEMBER, unsafe_allow_javascript=True)
    with st.container(key="door"):
        st.html(
            f'<div class="tv-door"><h1>{safe(words(f"door.{reason}.title"))}</h1>'
            f"<p>{safe(words(f'door.{reason}.why'))}</p>"
            f'<p class="tv-door-next">{_COMMAND.sub(_AS_COMMAND, safe(words(f"door.{reason}.next")))}</p></div>'
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if reason in _MAY_LOG_IN:
                st.button(words("access.log_in"), key="log_in", type="primary", on_click=log_in)
            if whom.visitor is not None:
                first = whom.visitor.pages[0]
                if st.button(words("access.to_page", page=words(f"page.{first}")), key="to_page", type="primary"):
                    st.switch_page(f"screens/{first}.py")
            if reason in {"no_role", "not_this_page"} and whom.login is not None:
                st.button(words("access.log_out"), key="log_out", on_click=log_out, args=(whom.login,))
            elif reason == "not_this_page":
                st.button(words("access.log_in"), key="log_in", on_click=log_in)
        address.choose(
            words("choose.language"), "lang", LANGUAGES, lambda code: words(f"language.{code}"), words.language
        )
    st.html(f'<footer class="tv-foot">{safe(words("door.foot"))}</footer>')
    st.stop()
