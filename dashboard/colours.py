"""The theme of charts, cards and tables, light and dark: told apart by colour-blind people, and never by colour alone.

Blue and orange are the pair that every common form of colour blindness keeps apart; each also has its own symbol.
Everything is drawn in the light colours. In the dark each is exchanged for its counterpart in `DARK`, so that a chart
need not know where it is seen; what is taken along on paper stays light.
"""

import re

INK = "#1b2a3a"
MUTED = "#5a6b7b"
LINE = "#d9e0e6"
PAPER = "#ffffff"
WASH = "#f4f7f9"
ACCENT = "#0b5d7a"
BETTER = "#0067b1"
WORSE = "#b54708"
SIMILAR = "#5a6b7b"
DIFFERENT = "#6941a5"
TARGET = "#1b2a3a"
HIDDEN = "#9aa7b3"
LIMIT = "#7d8b98"
BAND = "#dfe6eb"
MIDDLE = "#b7c4ce"
RIBBON = "rgba(11, 93, 122, 0.16)"
NOTICE, NOTICE_INK = "#fff4e5", "#5c2a04"
BETTER_WASH, BETTER_INK = "#e3effa", "#00508a"
WORSE_WASH, WORSE_INK = "#fdeadb", "#8f3705"
DIFFERENT_WASH, DIFFERENT_INK = "#efe8fa", "#553088"
HATCH = "#e9eef2"
FONT = "'Source Sans', 'Source Sans Pro', 'Source Sans 3', 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

JUDGED = {"better": BETTER, "worse": WORSE, "similar": SIMILAR, "different": DIFFERENT, "unknown": SIMILAR}
SYMBOLS = {
    "better": "triangle-up",
    "worse": "triangle-down",
    "similar": "circle",
    "different": "diamond",
    "unknown": "circle",
}
MARKS = {"better": "▲", "worse": "▼", "similar": "●", "different": "◆", "unknown": ""}
OPEN_MARKS = {"better": "△", "worse": "▽", "similar": "○", "different": "◇", "unknown": ""}
SIGN_LINE, SIGN_DASHES, SIGN_DOTS, SIGN_HATCH, SIGN_BAND = "━●━", "– –", "····", "▨", "■"
SIGN_HEAVY, SIGN_THIN, SIGN_RING = "━", "—", "◯"
# Of a map, from little to much: one hue that only grows stronger. Around a target: blue is better, orange is worse.
RAMP = ("#dbe8f3", "#b3d0e6", "#84b3d6", "#3878ac", "#2170a8", "#0b4a82")
RAMP_BETTER = ("#c3dcf0", "#6aa8d8", "#0b5aa0")
RAMP_WORSE = ("#fadcc0", "#ea9a5c", "#a94207")
ELSEWHERE = "#eef2f5"
# Of months of delivered rows, from none over the usual to half as many again.
DELIVERED = ("#ee9f66", "#f6d2b3", "#e3eef5", "#8dbbd8", ACCENT)
# Where there is no number: a pattern for each reason, and its sign in a key.
PATTERNS = {"hidden": "/", "left_out": "x", "no_data": "-"}
PATTERN_SIGNS = {"hidden": SIGN_HATCH, "left_out": "▩", "no_data": "▤"}

DARK = {
    INK: "#e8eef3",
    MUTED: "#a9b7c4",
    LINE: "#34434f",
    PAPER: "#121a22",
    WASH: "#1c2731",
    ACCENT: "#63b9d8",
    BETTER: "#6db3f2",
    WORSE: "#f4a261",
    DIFFERENT: "#c3a6f0",
    HIDDEN: "#75838f",
    LIMIT: "#8b99a5",
    BAND: "#2a3742",
    MIDDLE: "#465764",
    RIBBON: "rgba(99, 185, 216, 0.22)",
    NOTICE: "#3a2a17",
    NOTICE_INK: "#f8d9b5",
    BETTER_WASH: "#15324b",
    BETTER_INK: "#a8d3f7",
    WORSE_WASH: "#46290f",
    WORSE_INK: "#f9c295",
    DIFFERENT_WASH: "#33264a",
    DIFFERENT_INK: "#d8c5f5",
    HATCH: "#24313c",
    ELSEWHERE: "#1a242d",
    **dict(zip(RAMP, ("#1d3b57", "#1f4d78", "#24629a", "#5a9cd2", "#8cbfe6", "#c1def4"), strict=True)),
    **dict(zip(RAMP_BETTER, ("#1f4a73", "#2f6ea8", "#a9d2f5"), strict=True)),
    **dict(zip(RAMP_WORSE, ("#5c3a1e", "#8f5624", "#f9c08f"), strict=True)),
    **dict(zip(DELIVERED[:-1], ("#b8652a", "#6e4324", "#26405a", "#3f78a3"), strict=True)),
}
_LIGHT = re.compile("|".join(re.escape(light) for light in DARK))
_NAMES = {
    "ink": INK, "muted": MUTED, "line": LINE, "paper": PAPER, "wash": WASH, "accent": ACCENT, "better": BETTER,
    "worse": WORSE, "similar": SIMILAR, "different": DIFFERENT, "hidden": HIDDEN, "hatch": HATCH, "notice": NOTICE,
    "notice-ink": NOTICE_INK, "better-wash": BETTER_WASH, "better-ink": BETTER_INK, "worse-wash": WORSE_WASH,
    "worse-ink": WORSE_INK, "different-wash": DIFFERENT_WASH, "different-ink": DIFFERENT_INK,
}  # fmt: skip


def in_the_dark(drawn: str) -> str:
    """Return the text of a drawing with each colour exchanged for its counterpart in the dark."""
    return _LIGHT.sub(lambda found: DARK[found[0]], drawn)


def variables(*, is_dark: bool) -> str:
    """Return the colours as variables of a style sheet: `--tv-ink: #1b2a3a; …`."""
    light = " ".join(f"--tv-{name}: {colour};" for name, colour in _NAMES.items())
    return in_the_dark(light) if is_dark else light
