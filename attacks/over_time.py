"""Attacks on two releases: what their difference tells, and what each tells of what the other hides."""

from datetime import date
from pathlib import Path

import duckdb

from attacks.attacker import Attacker
from attacks.reading import Found


def changed_by_few(older: Path, newer: Path, few: int) -> Found:
    """Find counts of the same people in the same period that differ by few: those who came in between, or left."""
    counts = ("numerator", "denominator", "eligible")
    changes = " UNION ALL ".join(
        f"SELECT indicator_id, '{count}' AS count, level, unit_id, sex, age_band, period_end, "
        f"new.{count} - old.{count} AS change FROM old JOIN new "
        "USING (indicator_id, level, unit_id, sex, age_band, period_end)"
        for count in counts
    )
    with duckdb.connect() as con:
        for name, path in (("before", older), ("since", newer)):
            con.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {name} (READ_ONLY)")
        con.execute("CREATE VIEW old AS SELECT * FROM before.result WHERE state = 'shown'")
        con.execute("CREATE VIEW new AS SELECT * FROM since.result WHERE state = 'shown'")
        number = con.execute(
            "SELECT count(*) FROM old JOIN new USING (indicator_id, level, unit_id, sex, age_band, period_end)"
        )
        tried = number.fetchone()
        rows = con.execute(
            f"SELECT * FROM ({changes}) WHERE abs(change) BETWEEN 1 AND {few - 1} ORDER BY ALL"
        ).fetchall()
    found = {
        (f"{name}.{count} on {period}", (level, unit, sex, age)): float(change)
        for name, count, level, unit, sex, age, period, change in rows
    }
    return (tried[0] if tried else 0), found


def joined(older: Path, newer: Path, period: date, nested: tuple[tuple[str, str], ...]) -> tuple[Attacker, Attacker]:
    """Return the attacker of the newer release, and one who takes what the older showed of the same cells for true.

    Where both show a number and it changed, the older one is forgotten.
    """
    then, now = Attacker(older, period, nested), Attacker(newer, period, nested)
    with duckdb.connect(str(older), read_only=True) as con:
        rows = con.execute(
            "SELECT indicator_id, level, unit_id, sex, age_band, numerator, denominator, eligible FROM result "
            "WHERE state = 'shown' AND period_end = ? ORDER BY ALL",
            [period],
        ).fetchall()
    told = now.numbers_of([row for row in rows if row[0] in then.kinds])
    return now, now.knowing({variable: value for variable, value in told.items() if variable not in now.known})
