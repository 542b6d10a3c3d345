"""Numbers as the readers of a language write them: 70%, 70 %, 2.6 and 2,6."""

from babel.numbers import format_decimal, format_percent

LOCALES = {"en": "en_GB", "da": "da_DK", "nb": "nb_NO"}


def written(value: float | str, unit: str, language: str) -> str:
    """Return a value without its unit; a proportion is written in per cent, a text as it is."""
    if isinstance(value, str):
        return value
    if unit == "proportion":
        # English style guides of health services write 70%; Danish and Norwegian put a space before the sign.
        pattern = "#,##0.##%" if language == "en" else "#,##0.## %"
        return str(format_percent(value, format=pattern, locale=LOCALES[language]))
    return str(format_decimal(value, format="#,##0.##", locale=LOCALES[language]))
