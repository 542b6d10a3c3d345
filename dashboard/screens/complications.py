"""Complications: who has them and who gets them, beside the examinations that should find them."""

import streamlit as st

from dashboard import frame, shown
from dashboard.access.entrance import require
from dashboard.charts import dots
from dashboard.parts import rows
from dashboard.parts.cards import side_by_side
from dashboard.parts.prose import sentences
from dashboard.presenters import beside, drawn
from dashboard.presenters.overview import Peer, present

DRAWN = ("have", "new_cases")

visitor = require("complications")
view = frame.open_page(visitor, "complications", ("unit", "with", "date"))
words, content, release, day = view.words, view.content, view.content.release, view.reporting_date
own = content.histories(view.unit)
peer = Peer(view.peer_spoken, content.histories(view.peer)) if view.peer else None

frame.heading(words("complication.title", unit=view.unit_name), words("complication.subtitle", date=words.date(day)))
complications = beside.held(beside.complications(content.meta.get("pages", "")), content.definitions)
if not complications:
    st.info(words("complication.none"))
    frame.close_page(view)
    st.stop()
st.html(sentences([words("complication.note")]))
asked = {key: content.definitions[key] for each in complications for keys in each.parts.values() for key in keys}
cards = {card.indicator_id: card for card in present(asked, own, peer, day, words).cards}
for each in complications:
    parts = {words(f"complication.part.{part}"): [cards[key] for key in keys] for part, keys in each.parts.items()}
    less = beside.found_less([cards[key] for key in each.parts["found_by"]], words)
    frame.subheading(words.text(each.title), *([less] if less else []))
    st.html(side_by_side(parts, view.address, words))

frame.subheading(words("complication.together"), words("municipality.by_sex_and_age_note"))
below = words("chart.subtitle", unit=view.unit_name, date=words.short_date(day))
for part in DRAWN:
    keys = [key for each in complications for key in each.parts[part]]
    panels = beside.panels(keys, own, peer, day, (view.unit_name, view.peer_name), content.definitions, words)
    if keys:
        scale = drawn.without_target(drawn.scale(content.definitions[keys[0]], words))
        caption = shown.caption(view, words(f"complication.part.{part}"), words.joined(below, scale.unit))
        picture = dots.figure(dots.headed(panels), None, scale, caption, words)
        shown.chart(view, picture, f"complications-{part}", words(f"complication.text.{part}", unit=view.unit_name))
found = beside.rows(complications, own, peer, day, content.definitions, words)
header = beside.header(words("table.indicator"), found, view.peer_name, words)
table = rows.beside_each_other(found, view.address, is_compared=peer is not None)
shown.sheet_of(view, words.joined(words("page.complications"), below), header, table, "complications")
frame.close_page(view)
