"""Text made safe for HTML, and links between pages."""

from html import escape
from urllib.parse import urlencode

from dashboard import colours
from dashboard.comparison import Judgement


def safe(text: object) -> str:
    """Return text in which nothing is read as markup; names come from registers and are not trusted."""
    return escape(str(text), quote=True)


def link(page: str, text: str, **address: str) -> str:
    """Return a link to another page of the dashboard with its choices in the address."""
    return f'<a class="tv-link" href="{safe(page)}?{safe(urlencode(address))}">{safe(text)}</a>'


def picture_button(key: str, text: str) -> str:
    """Return a button by which the page's own script saves the chart whose element has this key."""
    return f'<button type="button" class="tv-picture" data-chart="{safe(key)}">{safe(text)}</button>'


def chip(judgement: Judgement, text: str) -> str:
    """Return a sentence with the symbol and colour of its judgement."""
    if not text:
        return ""
    mark = colours.MARKS[judgement]
    symbol = f'<span aria-hidden="true">{mark}</span> ' if mark else ""
    return f'<span class="tv-chip tv-{judgement}">{symbol}{safe(text)}</span>'
