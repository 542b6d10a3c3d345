"""What was delivered, how fresh and complete it is, and what was set aside."""

import streamlit as st

from dashboard import frame, shown
from dashboard.access.entrance import require
from dashboard.charts import received as received_chart
from dashboard.parts import rows
from dashboard.presenters import data_quality

MONTHS = 36

visitor = require("data_quality")
view = frame.open_page(visitor, "data_quality")
words, content, release = view.words, view.content, view.content.release
names = data_quality.FileTypes(content.meta, words)
found = data_quality.deliveries(release.deliveries(), content.released_on, names, words)
aside = data_quality.set_aside(release.quarantine(), names, words)
months = release.completeness()

frame.heading(words("data_quality.title"), words("data_quality.subtitle"))
if late := data_quality.stale(found):
    st.warning(words("data_quality.stale", files=words.listed(late)), icon=":material/schedule:")
if refused := data_quality.refused(found):
    st.warning(words("data_quality.some_refused", files=words.listed(refused)), icon=":material/block:")
if found and not late and not refused:
    st.success(words("data_quality.all_fresh"), icon=":material/check_circle:")

frame.subheading(words("data_quality.delivered"), words("data_quality.delivered_note"))
if found:
    columns = ("file", "delivered_on", "covers", "promise", "fresh", "rows_in", "loaded", "aside", "duplicate")
    header = [words(f"data_quality.column.{column}") for column in columns]
    shown.sheet_of(view, words("data_quality.delivered"), header, rows.deliveries(found, words), "deliveries")
else:
    st.info(words("data_quality.nothing_delivered"))

frame.subheading(words("data_quality.months"), words("data_quality.months_note"))
if months.is_empty():
    st.info(words("data_quality.no_months"))
else:
    per_month = data_quality.received(months, MONTHS, words)
    caption = shown.caption(view, words("data_quality.months"), words("data_quality.months_scale"))
    shown.chart(view, received_chart.figure(per_month, caption, words), "received", words("data_quality.months_text"))
    with st.expander(words("chart.as_table")):
        header = [words("table.month"), *per_month.sectors]
        shown.sheet_of(view, words("data_quality.months"), header, rows.received(per_month, words), "received")

frame.subheading(words("data_quality.quarantine"), words("data_quality.quarantine_note"))
if aside:
    header = [words(f"data_quality.column.{column}") for column in ("rule", "file", "rows")]
    shown.sheet_of(view, words("data_quality.quarantine"), header, rows.set_aside(aside), "quarantine")
else:
    st.info(words("data_quality.nothing_aside"))
frame.close_page(view)
