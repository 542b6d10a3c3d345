"""Where do we stand: the chosen unit's story in sentences and cards."""

import streamlit as st

from dashboard import address, frame, shown
from dashboard.access.entrance import require
from dashboard.parts.cards import cards, summary
from dashboard.parts.markup import safe
from dashboard.presenters.data_quality import FileTypes, deliveries, stale
from dashboard.presenters.overview import Peer, present
from dashboard.sections import next_steps

EVERYTHING = "all"

visitor = require("overview")
view = frame.open_page(visitor, "overview", ("unit", "with", "date"))
words, release = view.words, view.content.release

own = view.content.histories(view.unit)
peer = Peer(view.peer_spoken, view.content.histories(view.peer)) if view.peer else None
story = present(view.content.definitions, own, peer, view.reporting_date, words)

compared = words("overview.compared", peer=view.peer_spoken) if peer else words("overview.not_compared")
frame.heading(
    words("overview.title", unit=view.unit_name),
    words("overview.subtitle", date=words.date(view.reporting_date), compared=compared),
)
st.html(summary(story.summary))

names = FileTypes(view.content.meta, words)
if late := stale(deliveries(release.deliveries(), view.content.released_on, names, words)):
    st.warning(words("overview.stale", sectors=words.listed(late)), icon=":material/schedule:")

if story.look_first:
    frame.subheading(words("overview.look_first"), words("overview.look_first_note"))
    st.html(cards(story.look_first, view.address, words))
else:
    frame.subheading(words("overview.look_first"), words("overview.nothing_worse"))
if story.going_well:
    frame.subheading(words("overview.going_well"), words("overview.going_well_note"))
    st.html(cards(story.going_well, view.address, words))

next_steps.draw_of(view, story.cards, words("report.next_steps"))
shown.reports(view)

frame.subheading(words("overview.everything"), words("overview.everything_note"))
group = address.choose_one(
    words("overview.group"),
    "group",
    [EVERYTHING, *story.by_group],
    lambda key: words("overview.all_groups") if key == EVERYTHING else story.by_group[key][0].group_title,
    EVERYTHING,
)
for key, found in story.by_group.items():
    if group in {EVERYTHING, key}:
        st.html(f"<h3>{safe(found[0].group_title)}</h3>{cards(found, view.address, words, 4)}")
if story.chance:
    st.html(f'<p class="tv-note-line">{safe(story.chance)}</p>')
frame.close_page(view)
