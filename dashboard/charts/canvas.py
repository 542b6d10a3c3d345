"""What is drawn, in Plotly's own words, put together without having each of them checked.

Plotly's objects check every property when it is set and again when the trace is added, which took half of the server's
time for a page. What a chart says is the same at each visit but for its numbers, so a test has Plotly check charts
of every kind instead (tests/dashboard/test_screens.py).
"""

from collections.abc import Mapping
from typing import Any, Literal

import plotly.graph_objects as go


class Canvas:
    """Traces and a layout that become a figure.

    Args:
        layout: Of the figure, with its axes.
    """

    def __init__(self, layout: Mapping[str, Any]) -> None:
        self._traces: list[dict[str, Any]] = []
        self._layout: dict[str, Any] = {**layout, "shapes": [], "annotations": []}

    def add(self, kind: Literal["scatter", "bar", "heatmap"], **trace: Any) -> None:
        """Draw a trace above those drawn before."""
        self._traces.append({"type": kind, **trace})

    def xaxis(self, **settings: Any) -> None:
        """Set properties of the axis across; those that are not named stay."""
        self._layout["xaxis"] = {**self._layout["xaxis"], **settings}

    def yaxis(self, **settings: Any) -> None:
        """Set properties of the axis upwards; those that are not named stay."""
        self._layout["yaxis"] = {**self._layout["yaxis"], **settings}

    def shape(self, **shape: Any) -> None:
        """Draw a line or an area."""
        self._layout["shapes"].append(shape)

    def note(self, **annotation: Any) -> None:
        """Write a text beside what is drawn."""
        self._layout["annotations"].append(annotation)

    def figure(self) -> go.Figure:
        """Return the figure."""
        return go.Figure({"data": self._traces, "layout": self._layout}, _validate=False)
