"""The municipalities on a map, for any indicator and reporting date."""

import streamlit as st

from dashboard import address, frame, shown
from dashboard.access.entrance import require
from dashboard.charts import tile_map as chart
from dashboard.parts import rows
from dashboard.parts.markup import link
from dashboard.parts.prose import sentences
from dashboard.presenters import measures, tile_map
from dashboard.presenters.units import name

visitor = require("map")
view = frame.open_page(visitor, "map", ("indicator", "date")).as_told()
words, content, release, definition = view.words, view.content, view.content.release, view.definition
key, day, title = definition.indicator_id, view.reporting_date, words.text(view.definition.title)
units, everybody = content.units.of_level(tile_map.LEVEL), content.units.everybody

frame.heading(words("map.title", indicator=title), words.text(definition.question), view.told_note)
if not units:
    st.info(words("municipality.none"))
    st.stop()
every_cell = {
    level: measures.by(release.of_indicator(key, level, day).filter(sex="all", age_band="all"), "unit_id")
    for level in (everybody.level, tile_map.LEVEL)
}
cells = every_cell[tile_map.LEVEL]
reference = every_cell[everybody.level].get(everybody.unit_id, measures.ABSENT)
subtitle = words.joined(words("level.municipality.many"), words.short_date(day), measures.unit(definition, words))

choosing, leading = st.columns([2, 3], vertical_alignment="bottom")
with choosing:
    own = address.choose(
        words("map.choose"),
        "unit",
        [everybody.key, *(unit.key for unit in units)],
        lambda each: name(content.units.by_key[each], words),
        everybody.key,
    )
chosen = content.units.by_key[own]
choices = {**view.address, "unit": own, "indicator": key}
if chosen != everybody:
    whose = name(chosen, words)
    leads = [
        link("municipality", words("map.to_municipality", unit=whose), **choices, municipalities=own),
        link("overview", words("map.to_overview", unit=whose), **choices),
    ]
    leading.html(f'<p class="tv-note-line">{words.joined(*leads)}</p>')
drawn = tile_map.tiles(content.places, units, cells, definition, words, own_key=own)
if drawn:
    st.html(sentences([*tile_map.told(definition, drawn, words), words(f"map.{tile_map.drawn_as(content.places)}")]))
    picture = chart.figure(drawn, tile_map.key(drawn), shown.caption(view, title, subtitle), words)
    shown.chart(view, picture, f"map-{key}", words("map.text", title=title))
else:
    st.info(words("map.none"))
frame.subheading(words("map.table"), words("map.table_note"))
found = tile_map.rows(units, cells, everybody, reference, definition, words)
header = [words(f"map.column.{each}") for each in tile_map.columns(found)]
shown.sheet_of(view, words.joined(title, subtitle), header, rows.of_map(found, choices), f"map-{key}")
frame.close_page(view)
