"""The faults of real deliveries, by file type: what is done to a row, and which rules it then breaks."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Texts = dict[str, list[str | None]]
Change = Callable[[Texts, int, np.random.Generator], bool]

IDENTIFIER_COLUMN = {
    "bef": "pnr", "praksis_tilknytning": "pnr", "lpr_adm": "pnr", "kontakter": "pnr", "lpr_a_kontakt": "pnr",
    "for_lpr3kontakter": "cpr", "for_indlaeggelser": "cpr", "for_besoeg": "cpr", "for_akutambulantekontakter": "cpr",
    "lab_dm_forsker": "patient_cpr", "labka": "pnr", "for_labka": "cpr", "lmdb": "pnr", "sssy": "pnr", "sysi": "pnr",
    "praksis_diagnoser": "cpr", "praksis_maalinger": "cpr", "praksis_undersoegelser": "cpr", "kommune_maalinger": "cpr",
    "oejenscreening": "cpr", "meddelelseslog": "cpr",
}  # fmt: skip
NO_CONTACT = "000000000999999999"
FUTURE_YEAR = "2032"
"""A leap year, so that 29 February stays a date."""


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        rules: Rules that the row then breaks.
        change: Changes the row; tells whether it could.
    """

    rules: tuple[str, ...]
    change: Change

    def apply(self, texts: Texts, row: int, draw: np.random.Generator) -> bool:
        """Change one row; return False, and leave it as it is, when the fault does not fit it."""
        return self.change(texts, row, draw)


def put(column: str, text: str | None, rule: str, **others: str | None) -> Fault:
    """Write a fixed text into a column, and into others so that nothing else breaks."""

    def change(texts: Texts, row: int, _draw: np.random.Generator) -> bool:
        for name, value in {column: text, **others}.items():
            texts[name][row] = value
        return True

    return Fault((rule,), change)


def blank(column: str, rule: str | None = None) -> Fault:
    """Leave a required column blank."""
    return put(column, None, rule or f"{column}_missing")


def future(column: str, *clears: str) -> Fault:
    """Move a date into the future; columns that would then contradict it are blanked."""

    def change(texts: Texts, row: int, _draw: np.random.Generator) -> bool:
        text = texts[column][row] or ""
        moved = re.sub(r"(19|20)\d\d", FUTURE_YEAR, text, count=1)
        if moved == text:
            return False
        texts[column][row] = moved
        for name in clears:
            texts[name][row] = None
        return True

    return Fault((f"{column}_in_future",), change)


def identifier_faults(file_type: str) -> Sequence[Fault]:
    """Return the faults of an identifier: blank, a digit lost, letters, an impossible date, a replacement number."""
    column = IDENTIFIER_COLUMN.get(file_type)
    if column is None:
        return ()

    def spelled(rule: str, change_text: Callable[[str], str]) -> Fault:
        def change(texts: Texts, row: int, _draw: np.random.Generator) -> bool:
            texts[column][row] = change_text((texts[column][row] or "").replace("-", ""))
            return True

        return Fault((rule,), change)

    return (
        blank(column, "identifier_missing"),
        spelled("identifier_broken", lambda text: text[1:]),
        spelled("identifier_broken", lambda text: text[:4] + "AB" + text[6:]),
        spelled("identifier_broken", lambda text: "3113" + text[4:]),
        spelled("identifier_replacement", lambda text: text[:6] + "1KX" + text[-1]),
    )


def _identifier_in(column: str, identifier_column: str) -> Fault:
    """Let an identifier slip into a text."""

    def change(texts: Texts, row: int, _draw: np.random.Generator) -> bool:
        texts[column][row] = f"se {(texts[identifier_column][row] or '').replace('-', '')}"
        return True

    return Fault(("identifier_in_text",), change)


def _wrong_unit(value: str, code: str, codes: Sequence[str], wrong: str, rule: str) -> Fault:
    """Deliver a result in another unit than its code says."""

    def change(texts: Texts, row: int, _draw: np.random.Generator) -> bool:
        if (texts[code][row] or "").upper() not in codes:
            return False
        texts[value][row] = wrong
        if "numerisksvar" in texts:
            texts["numerisksvar"][row] = wrong.replace(",", ".")
        if "relationsign" in texts:
            texts["relationsign"][row] = "="
        return True

    return Fault((rule,), change)


def _unit_of_another(unit: str, code: str, codes: Sequence[str], wrong: str) -> Fault:
    """Deliver a unit that the code cannot have."""

    def change(texts: Texts, row: int, _draw: np.random.Generator) -> bool:
        fits = (texts[code][row] or "").upper() in codes
        if fits:
            texts[unit][row] = wrong
        return fits

    return Fault(("unit_contradicts_code",), change)


MALFORMED = Fault(("row_malformed",), lambda _texts, _row, _draw: True)

FAULTS_BY_FILE_TYPE: dict[str, tuple[Fault, ...]] = {
    "bef": (
        put("koen", "3", "koen_not_allowed"),
        blank("foed_dato"),
        put("foed_dato", "31-02-1950", "foed_dato_unreadable"),
        put("bop_vtil", "01-01-2014", "ends_before_start", bop_vfra="01-01-2015"),
        blank("kom"),
    ),
    "praksis_tilknytning": (
        future("tilknyttet_fra", "tilknyttet_til"),
        put("ydernr", "AB12", "ydernr_unreadable"),
        put("tilknyttet_til", "01-01-2014", "ends_before_start", tilknyttet_fra="01-01-2015"),
    ),
    "lpr_adm": (
        future("d_inddto", "d_uddto"),
        put("c_pattype", "7", "c_pattype_not_allowed"),
        put("d_uddto", "02/01/1990", "ends_before_start"),
        put("d_inddto", "00/00/0000", "d_inddto_unreadable"),
    ),
    "lpr_diag": (
        put("recnum", NO_CONTACT, "contact_unknown"),
        blank("c_diag"),
        put("c_diagtype", "Z", "c_diagtype_not_allowed"),
    ),
    "kontakter": (
        future("dato_start", "dato_slut", "tidspunkt_slut"),
        put("kontakttype", "??", "kontakttype_unreadable"),
        put("dato_slut", "1990-01-02", "ends_before_start"),
        MALFORMED,
    ),
    "diagnoser": (
        put("dw_ek_kontakt", NO_CONTACT, "contact_unknown"),
        put("diagnosetype", "Q", "diagnosetype_not_allowed"),
    ),
    "lpr_a_kontakt": (
        future("kont_starttidspunkt", "kont_sluttidspunkt"),
        put("kont_sluttidspunkt", "1990-01-02 08:00:00", "ends_before_start"),
        put("kont_starttidspunkt", "i går", "kont_starttidspunkt_unreadable"),
    ),
    "lpr_a_diagnose": (
        put("dw_ek_kontakt", NO_CONTACT, "contact_unknown"),
        put("senere_afkraeftet", "Måske", "senere_afkraeftet_not_allowed"),
    ),
    "for_lpr3kontakter": (
        future("datotid_lpr3kontaktstart", "datotid_lpr3kontaktslut"),
        put("pt_type", "Hjemme", "pt_type_not_allowed"),
    ),
    "for_besoeg": (future("datotid_start", "datotid_slut"),),
    "labka": (
        future("realsamplecollectiontime"),
        put("ol_inver_iupac_cde", "ZZZ00001", "ol_inver_iupac_cde_not_allowed"),
        put("relationsign", "~", "relationsign_not_allowed"),
        blank("internal_reply_num"),
        _wrong_unit("internal_reply_num", "ol_inver_iupac_cde", ("NPU27300",), "7.2", "internal_reply_num_implausible"),
    ),
    "lab_dm_forsker": (
        future("samplingdate"),
        put("samplingdate", "0000-00-00", "samplingdate_unreadable"),
        put("analysiscode", "ZZZ00001", "analysiscode_not_allowed", value="52"),
        blank("value"),
        _wrong_unit("value", "analysiscode", ("NPU27300",), "7,2", "value_implausible"),
        _wrong_unit("value", "analysiscode", ("NPU18016",), "0,082", "value_implausible"),
        _unit_of_another("unit", "analysiscode", ("NPU27300", "NPU01568"), "mL/min"),
        MALFORMED,
    ),
    "for_labka": (
        put("npukode", "ZZZ00001", "npukode_not_allowed", svar="52"),
        blank("svar"),
        put("datotid_sidstesvar", "2015-01-01 08:00:00", "answered_before_sampling"),
        _wrong_unit("svar", "npukode", ("NPU27300",), "7,2", "svar_implausible"),
    ),
    "lmdb": (
        future("eksd"),
        put("atc", "metformin", "atc_unreadable"),
        put("volume", "-4", "volume_implausible"),
        blank("apk"),
        MALFORMED,
    ),
    "sssy": (
        put("honuge", "2075", "honuge_unreadable"),
        put("barnmak", "2", "barnmak_not_allowed"),
        put("speciale", "ABC", "speciale_unreadable"),
    ),
    "sysi": (put("honuge", "1675", "honuge_unreadable"), blank("speciale")),
    "praksis_diagnoser": (
        put("status", "måske", "status_not_allowed"),
        put("icpc2", None, "code_missing", sks=None),
        future("dato"),
    ),
    "praksis_maalinger": (
        put("kode", "BT", "kode_not_allowed"),
        _wrong_unit("vaerdi", "kode", ("DNK05472",), "13,2", "vaerdi_implausible"),
        _identifier_in("enhed", "cpr"),
        future("dato"),
        _unit_of_another("enhed", "kode", ("DNK05472", "DNK05473"), "kg"),
    ),
    "praksis_undersoegelser": (
        put("resultat", "fin", "resultat_not_allowed"),
        put("undersoegelse", "hudtjek", "undersoegelse_not_allowed"),
    ),
    "kommune_maalinger": (future("dato"), blank("vaerdi")),
    "meddelelseslog": (
        future("afsendt"),
        put("afsendt", "i går", "afsendt_unreadable"),
        put("meddelelsestype", "epikrise", "meddelelsestype_unreadable"),
        put("kvittering", "måske", "kvittering_not_allowed"),
    ),
    "oejenscreening": (
        put("retinopati_hoejre", "7", "retinopati_hoejre_not_allowed"),
        put("retinopati_hoejre", None, "result_missing", retinopati_venstre=None),
        future("undersoegelse_dato"),
    ),
}  # fmt: skip
