"""Every visible sentence that is not in a definition, and every number and date, in the reader's language.

The sentences lie in `languages/<language>.yaml`, the same keys in each file.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LANGUAGES = ("da", "nb", "en")
LOCALES = {"da": "da_DK", "nb": "nb_NO", "en": "en_GB"}
SMALLEST_GROUP = 5
NO_BREAK_SPACE = "\u00a0"
# A page writes a thousand numbers, most of which another page has written before.
REMEMBERED_NUMBERS = 20_000


class Wording:
    """The words, numbers and dates of one language.

    Args:
        language: One of `LANGUAGES`.
        sentences: By dotted key.
        smallest_group: The smallest number of people the release may show; `{k}` in every sentence.
    """

    def __init__(self, language: str, sentences: Mapping[str, str], smallest_group: int) -> None:
        self.language = language
        self.smallest_group = smallest_group
        self.locale = Locale.parse(LOCALES[language])
        self._sentences = sentences

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence with its values filled in.

        Raises:
            KeyError: No such sentence; a test proves that every key in use exists in every language.
        """
        return self._sentences[key].format(**{"k": self.smallest_group} | values)

    def count(self, key: str, number: int, **values: object) -> str:
        """Return a sentence in the grammatical number that fits: the keys `<key>.one` and `<key>.other`."""
        form = "one" if self.locale.plural_form(number) == "one" else "other"
        return self(f"{key}.{form}", number=self.whole(number), **values)

    def has(self, key: str) -> bool:
        """Return whether a sentence exists (codes that come from data may be unknown)."""
        return key in self._sentences

    def text(self, texts: Mapping[str, str]) -> str:
        """Return a definition's words in this language, or in English when they are not translated."""
        return texts.get(self.language) or texts.get("en", "")

    def listed(self, names: Sequence[str]) -> str:
        """Return names as a list in a sentence: a, b and c."""
        return format_list(names, locale=self.locale)

    def joined(self, *texts: str) -> str:
        """Return texts beside each other, parted by a dot; empty ones are left out."""
        return " · ".join(text for text in texts if text)

    def whole(self, number: int) -> str:
        """Return a whole number with the language's thousands separator."""
        return _decimal(Decimal(number), "#,##0", self.language)

    def number(self, number: float, decimals: int = 1) -> str:
        """Return a number with a fixed number of decimals."""
        return _decimal(_rounded(number, decimals), "#,##0." + "0" * decimals if decimals else "#,##0", self.language)

    def signed(self, number: float, decimals: int = 1) -> str:
        """Return a number with its sign, + or a real minus; 0 has none."""
        rounded = round(number, decimals)
        sign = "+" if rounded > 0 else "\N{MINUS SIGN}" if rounded < 0 else ""
        return sign + self.number(abs(rounded), decimals)

    def trimmed(self, number: float) -> str:
        """Return a number with as many decimals (at most two) as it needs: 53, 2.6."""
        return _decimal(_rounded(number, 2), "#,##0.##", self.language)

    def share(self, share: float, decimals: int = 1) -> str:
        """Return a share 0–1 as a percentage."""
        return _percent(_rounded(share, decimals + 2), decimals, self.language)

    def percent_suffix(self) -> str:
        """Return what follows a percentage on an axis, with the language's space before it."""
        return str(self.locale.percent_formats[None].pattern).replace("#,##0", "")

    def date(self, day: dt.date) -> str:
        """Return a date in full: 30. september 2026."""
        return format_date(day, format="long", locale=self.locale)

    def short_date(self, day: dt.date) -> str:
        """Return a date with an abbreviated month: 30. sep. 2026."""
        return format_date(day, format="medium" if self.language == "en" else "d. MMM y", locale=self.locale)

    def day_and_month(self, day: dt.date) -> str:
        """Return a day of the year: 31. marts."""
        return format_skeleton("MMMMd", day, locale=self.locale)

    def month(self, day: dt.date) -> str:
        """Return an abbreviated month and year: sep. 2026."""
        return format_date(day, format="MMM y", locale=self.locale)

    def decimal_mark(self) -> str:
        """Return the decimal mark of the language."""
        return str(self.locale.number_symbols["latn"]["decimal"])

    def thousands_mark(self) -> str:
        """Return the thousands separator of the language."""
        return str(self.locale.number_symbols["latn"]["group"])


def _rounded(number: float, decimals: int) -> Decimal:
    """Return a number as it is written, so that one written form is remembered once; nought has no sign."""
    return Decimal(str(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN) + 0


@lru_cache(maxsize=REMEMBERED_NUMBERS)
def _decimal(number: Decimal, pattern: str, language: str) -> str:
    return format_decimal(number, format=pattern, locale=LOCALES[language])


@lru_cache(maxsize=REMEMBERED_NUMBERS)
def _percent(share: Decimal, decimals: int, language: str) -> str:
    locale = Locale.parse(LOCALES[language])
    pattern = str(locale.percent_formats[None].pattern)
    if decimals:
        pattern = pattern.replace("#,##0", "#,##0." + "0" * decimals)
    return format_percent(share, format=pattern, locale=locale)


@lru_cache
def wording(language: str, smallest_group: int = SMALLEST_GROUP) -> Wording:
    """Return the wording of a language (da, nb or en) under a disclosure policy."""
    return Wording(language, sentences(language), smallest_group)


@lru_cache
def sentences(language: str) -> Mapping[str, str]:
    """Return all sentences of a language by dotted key."""
    text = (files("dashboard") / "languages" / f"{language}.yaml").read_text(encoding="utf-8")
    return dict(_flat(yaml.load(text, Loader=_Loader)))  # noqa: S506 - a safe loader


def _flat(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, branch in tree.items():
        name = f"{prefix}{key}"
        found += _flat(branch, f"{name}.") if isinstance(branch, Mapping) else [(name, str(branch).strip())]
    return found
