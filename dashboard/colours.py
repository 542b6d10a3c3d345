"""One palette for charts, cards and tables: told apart by colour-blind people, and never by colour alone.

Blue and orange are the pair that every common form of colour blindness keeps apart; each also has its own symbol.
"""

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
# Of a map, from little to much: one hue that only grows darker. Around a target: blue is better, orange is worse.
RAMP = ("#dbe8f3", "#b3d0e6", "#84b3d6", "#4f91c1", "#2170a8", "#0b4a82")
RAMP_BETTER = ("#c3dcf0", "#6aa8d8", "#0b5aa0")
RAMP_WORSE = ("#fadcc0", "#ea9a5c", "#a94207")
ELSEWHERE = "#eef2f5"
# Where there is no number: a pattern for each reason, and its sign in a key.
PATTERNS = {"hidden": "/", "left_out": "x", "no_data": "-"}
PATTERN_SIGNS = {"hidden": SIGN_HATCH, "left_out": "▩", "no_data": "▤"}
