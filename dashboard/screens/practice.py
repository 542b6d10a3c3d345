"""A practice against its cluster, its municipality and everybody."""

import streamlit as st

from dashboard import frame, shown
from dashboard.access.entrance import require
from dashboard.charts import spine
from dashboard.parts import rows
from dashboard.parts.markup import link
from dashboard.presenters import alike, case_mix
from dashboard.presenters.measures import by
from dashboard.presenters.practice import drawable, present, without_band
from dashboard.presenters.units import name, spoken
from dashboard.sections import before_after, next_steps

visitor = require("practice")
view = frame.open_page(visitor, "practice", ("practice", "date"))
words, content, release = view.words, view.content, view.content.release
if view.unit.level != "practice":
    frame.heading(words("practice.title_none"))
    st.info(words("practice.none"))
    st.stop()

peers = content.units.peers(view.unit)
day = view.reporting_date
practices = release.of_level("practice", day)
own = by(practices.filter(unit_id=view.unit.unit_id), "indicator_id")
others = [
    (peer.level, name(peer, words), by(release.of_level(peer.level, day).filter(unit_id=peer.unit_id), "indicator_id"))
    for peer in peers
]
expected_of_all = release.case_mix_of_level("practice", day)
expected = case_mix.by(expected_of_all.filter(unit_id=view.unit.unit_id), "indicator_id")
likest = alike.alike(view.unit.unit_id, practices, expected_of_all)
if likest:
    together = alike.pooled(practices, likest, content.definitions)
    others.insert(-1, (alike.LEVEL, words.count("practice.alike", len(likest)), together))
found = present(content.definitions, own, others, practices, words, expected)

frame.heading(
    words("practice.title", unit=view.unit_name),
    words("practice.subtitle", date=words.date(day), peers=words.listed([spoken(peer, words) for peer in peers])),
)
if all(row.reason for row in found):
    st.info(words("practice.all_hidden"))
    leads = [
        link("overview", words("map.to_overview", unit=spoken(peer, words)), **view.address | {"unit": peer.key})
        for peer in peers
    ]
    st.html(f'<p class="tv-note-line">{words.joined(*leads)}</p>')
    frame.close_page(view)
    st.stop()

next_steps.draw(view, view.unit, words("report.next_steps"))

in_chart = drawable(found)
left_out = len(found) - len(in_chart)
notes = [words("practice.spine_note")]
if bandless := without_band(in_chart):
    notes.append(words.count("spine.no_band", bandless))
if likest:
    named = [name(unit, words) for each in likest if (unit := content.units.find("practice", each))]
    notes.append(words("practice.alike_note", names=words.listed(named)))
if left_out:
    notes.append(words.count("spine.left_out", left_out))
frame.subheading(words("practice.spine"), *notes)
subtitle = words("chart.subtitle", unit=view.unit_name, date=words.short_date(day))
picture = spine.figure(
    in_chart,
    [(level, peer) for level, peer, _ in others[:-1]],
    shown.caption(view, words("practice.spine"), subtitle),
    words,
)
shown.chart(view, picture, "practice-spine", words("practice.chart_text", unit=view.unit_name))

frame.subheading(words("practice.numbers"), words("practice.numbers_note"))
shown.sheet_of(
    view,
    words("practice.table", unit=view.unit_name, date=words.date(day)),
    [words("table.indicator"), view.unit_name, *[peer for _, peer, _ in others], words("table.verdict")],
    rows.of_practice(found, view.address, words),
    "practice",
)
with st.container(key="choices-indicator"):
    definition = frame.choose_indicator(content, words, view.definition)
before_after.draw(view, view.unit, definition)
frame.close_page(view)
