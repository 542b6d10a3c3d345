"""A unit's course as a line the size of a word."""

from base64 import b64encode
from collections.abc import Sequence

from dashboard import colours

WIDTH, HEIGHT = 132, 38
_PAD = 5


def sparkline(values: Sequence[float | None], ends: Sequence[float], target: float | None, description: str) -> str:
    """Return a small line as an image element, empty when there is no course; see `drawing`.

    Args:
        values: Oldest first; None where nothing is shown.
        ends: Values that must fit beside the line.
        target: Drawn when it lies near the values.
        description: What a screen reader says; already safe.
    """
    svg = drawing(values, ends, target)
    if not svg:
        return ""
    # As a picture, because Streamlit takes SVG elements out of HTML.
    source = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    return f'<img class="tv-spark" src="{source}" width="{WIDTH}" height="{HEIGHT}" alt="{description}">'


def drawing(values: Sequence[float | None], ends: Sequence[float], target: float | None) -> str:
    """Return a small line as SVG; gaps stay gaps and get a grey tick on the ground line.

    Args:
        values: Oldest first; None where nothing is shown. With fewer than two values there is no line.
        ends: Values that must fit beside the line, so that its scale is never finer than chance.
        target: Drawn as a dotted line when it lies near the values.
    """
    shown = [value for value in values if value is not None]
    if len(shown) < 2:
        return ""
    low, high = min(*shown, *ends), max(*shown, *ends)
    span = (high - low) or abs(high) or 1.0
    if target is not None and low - span < target < high + span:
        low, high = min(low, target), max(high, target)
    span = (high - low) or abs(high) or 1.0

    def across(place: int) -> float:
        return round(_PAD + place * (WIDTH - 2 * _PAD) / max(len(values) - 1, 1), 1)

    def down(value: float) -> float:
        return round(_PAD + (high - value) * (HEIGHT - 2 * _PAD) / span, 1)

    drawn = []
    if target is not None and low <= target <= high:
        drawn.append(
            f'<line x1="{_PAD}" x2="{WIDTH - _PAD}" y1="{down(target)}" y2="{down(target)}" stroke="{colours.TARGET}" '
            'stroke-width="1" stroke-dasharray="2 3"/>'
        )
    stretch: list[str] = []
    for place, value in enumerate([*values, None]):
        if value is not None:
            stretch.append(f"{across(place)},{down(value)}")
            continue
        if stretch:
            drawn.append(
                f'<polyline points="{" ".join(stretch)}" fill="none" stroke="{colours.ACCENT}" stroke-width="2" '
                'stroke-linejoin="round" stroke-linecap="round"/>'
            )
            stretch = []
        if place < len(values):
            drawn.append(
                f'<rect x="{across(place) - 1}" y="{HEIGHT - 6}" width="2" height="4" fill="{colours.HIDDEN}"/>'
            )
    if values[-1] is not None:
        drawn.append(
            f'<circle cx="{across(len(values) - 1)}" cy="{down(values[-1])}" r="3.5" fill="{colours.ACCENT}"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{''.join(drawn)}</svg>"
    )
