"""Charts and tables on a page, each with its downloads: the picture, the page that holds it, and the numbers."""

import json
from collections.abc import Sequence
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from dashboard import colours
from dashboard.access.entrance import while_admitted
from dashboard.charts.sheet import Caption, config, file_name
from dashboard.download import csv_file
from dashboard.frame import View, is_dark
from dashboard.parts.markup import picture_button
from dashboard.parts.tables import Section, table
from dashboard.wording import Wording

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def chart(view: View, figure: go.Figure, name: str, description: str) -> None:
    """Draw a chart with its picture buttons, a text for those who cannot see it, and a file of it to keep.

    Args:
        view: The reader's choices.
        figure: The chart.
        name: A word for the file name, after the unit.
        description: What the chart shows, in words.
    """
    words = view.words
    title = file_name(name, view.unit_name, view.reporting_date.isoformat())
    seen = go.Figure(json.loads(colours.in_the_dark(figure.to_json()))) if is_dark() else figure
    key = f"chart-{name}"
    st.plotly_chart(seen, theme=None, config=config(title, words), key=key, alt=description)
    with st.container(horizontal=True, vertical_alignment="center"):
        # The reader's browser draws the picture from what it has: nothing is sent for it.
        st.html(picture_button(key, words("download.svg")), width="content")
        st.download_button(
            words("download.chart"),
            data=while_admitted(
                view.visitor,
                lambda: figure.to_html(include_plotlyjs=True, config=config(title, words, picture="svg")).encode(),
            ),
            file_name=f"{title}.html",
            mime="text/html",
            key=f"download.chart.{name}",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
            help=words("download.chart_help"),
        )


def sheet_of(view: View, title: str, header: Sequence[str], sections: Sequence[Section], name: str) -> None:
    """Draw a table with its file to keep.

    Args:
        view: The reader's choices.
        title: What the table shows; also its first line in the file.
        header: Names of the columns.
        sections: The rows.
        name: A word for the file name, after the unit.
    """
    words = view.words
    st.html(table(title, header, sections))
    lines = [
        (words("download.table"), title),
        (words("download.reporting_date"), words.date(view.reporting_date)),
        (words("download.unit"), view.unit_name),
        (words("download.source"), view.source),
        (words("download.reading"), words("download.reading_text")),
    ]
    kept = file_name(name, view.unit_name, view.reporting_date.isoformat())
    with st.container(horizontal=True):
        for form, mime, made in (("csv", "text/csv", csv_file), ("xlsx", _WORKBOOK, _workbook)):
            st.download_button(
                words(f"download.{form}"),
                data=while_admitted(view.visitor, partial(made, header, sections, lines, words)),
                file_name=f"{kept}.{form}",
                mime=mime,
                key=f"download.{form}.{name}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )


def _workbook(
    header: Sequence[str], sections: Sequence[Section], lines: Sequence[tuple[str, str]], words: Wording
) -> bytes:
    # Loaded when somebody asks for a workbook, so that no page waits for the library that writes it.
    from dashboard.workbook import workbook

    return workbook(header, sections, lines, words)


def reports(view: View) -> None:
    """Draw the buttons that hand out the chosen unit's report, as pages to print and as a slide."""
    words = view.words
    title = file_name("report", view.unit_name, view.reporting_date.isoformat())
    with st.container(horizontal=True):
        for form, mime in (("pdf", "application/pdf"), ("png", "image/png")):
            st.download_button(
                words(f"download.report.{form}"),
                data=while_admitted(view.visitor, partial(_report, view, form)),
                file_name=f"{title}.{form}",
                mime=mime,
                key=f"download.report.{form}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )


def _report(view: View, form: str) -> bytes:
    # Loaded when somebody asks for a report, so that no page waits for the library that sets type.
    from dashboard.report.folder import report_file

    return report_file(view.content, view.unit, view.reporting_date, view.words, form)


def catalogue_documents(view: View) -> None:
    """Draw the buttons that hand out the catalogue of the release, as pages to print and as a web page."""
    words = view.words
    with st.container(horizontal=True):
        for form, mime in (("pdf", "application/pdf"), ("html", "text/html")):
            st.download_button(
                words(f"download.catalogue.{form}"),
                data=while_admitted(view.visitor, partial(_catalogue, view, form)),
                file_name=f"{file_name('catalogue', words.language)}.{form}",
                mime=mime,
                key=f"download.catalogue.{form}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
                help=words("download.catalogue_help"),
            )


def _catalogue(view: View, form: str) -> bytes:
    from dashboard.report.catalogue_document import catalogue_file

    return catalogue_file(view.content, view.words, form)


def caption(view: View, title: str, subtitle: str) -> Caption:
    """Return what a picture says about itself."""
    return Caption(title, subtitle, view.source)
