"""Paragraphs under small headings: definitions and method."""

from collections.abc import Sequence

from dashboard.parts.markup import safe
from dashboard.presenters.prose import Paragraph


def paragraphs(heading: str, found: Sequence[Paragraph], *, is_wide: bool = False) -> str:
    """Return a definition list; several texts under one heading become a list of their own.

    Args:
        heading: Above them all; not shown when empty.
        found: In the order of display.
        is_wide: Whether the small headings stand to the left of their texts, where there is room.
    """
    title = f"<h2>{safe(heading)}</h2>" if heading else ""
    look = "tv-prose tv-wide" if is_wide else "tv-prose"
    return f'{title}<dl class="{look}">{"".join(_paragraph(paragraph) for paragraph in found)}</dl>'


def sentences(told: Sequence[str]) -> str:
    """Return sentences as one paragraph."""
    return f'<p class="tv-note-line">{" ".join(safe(sentence) for sentence in told)}</p>'


def _paragraph(paragraph: Paragraph) -> str:
    texts = [_text(text, paragraph.links.get(text, "")) for text in paragraph.texts]
    body = texts[0] if len(texts) == 1 else f"<ul>{''.join(f'<li>{text}</li>' for text in texts)}</ul>"
    return f"<dt>{safe(paragraph.heading)}</dt><dd>{body}</dd>"


def _text(text: str, href: str) -> str:
    if href.startswith(("https://", "http://")):
        return f'<a class="tv-link" href="{safe(href)}" rel="noreferrer">{safe(text)}</a>'
    return safe(text)
