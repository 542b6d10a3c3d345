"""Builds a small, complete release file with invented, realistic numbers, the way `tvaers release` writes it."""

import json
from datetime import date
from pathlib import Path

import polars as pl

from indicators.definitions.groups import load_groups
from indicators.definitions.standards import as_text, load_standards
from indicators.definitions.stratifiers import load_stratifiers, told_of
from indicators.disclosure.control import protect
from indicators.disclosure.expected import protect_expected
from indicators.disclosure.policy import load_policy
from indicators.release.content import places
from indicators.release.file import write_release
from indicators.release.times import released_results, step_cells, tables
from packs.pack import load_pack
from tests.lib.invented_case_mix import FACTORS, invented_expected
from tests.lib.invented_cells import AGE_BANDS, INVENTED, NESTED, Invented, invented_cells
from tests.lib.invented_times import invented_times, steps_nested, waiting

POLICY = Path(__file__).parents[2] / "packs" / "denmark" / "disclosure.yaml"
LANGUAGES = ("en", "da", "nb")
WORDS = {
    "hba1c_measured": ("HbA1c measured", "HbA1c målt", "HbA1c målt"),
    "hba1c_below_53": ("HbA1c below 53 mmol/mol", "HbA1c under 53 mmol/mol", "HbA1c under 53 mmol/mol"),
    "hba1c_below_59": ("HbA1c below 59 mmol/mol", "HbA1c under 59 mmol/mol", "HbA1c under 59 mmol/mol"),
    "hba1c_75_and_above": ("HbA1c 75 mmol/mol and above", "HbA1c 75 mmol/mol og derover", "HbA1c 75 mmol/mol og over"),
    "hba1c_median": ("Median HbA1c", "Median-HbA1c", "Median HbA1c"),
    "blood_pressure_measured": ("Blood pressure measured", "Blodtryk målt", "Blodtrykk målt"),
    "ldl_measured": ("LDL measured", "LDL målt", "LDL målt"),
    "ldl_below_2_6": ("LDL below 2.6 mmol/L", "LDL under 2,6 mmol/L", "LDL under 2,6 mmol/L"),
    "albuminuria_examined": ("Examined for albuminuria", "Undersøgt for albuminuri", "Undersøkt for albuminuri"),
    "eye_examined": ("Eyes examined", "Øjne undersøgt", "Øyne undersøkt"),
    "foot_examined": ("Feet examined", "Fødder undersøgt", "Føtter undersøkt"),
    "all_or_none": ("All examinations done", "Alle undersøgelser udført", "Alle undersøkelser utført"),
    "new_foot_ulcers": ("New foot ulcers", "Nye fodsår", "Nye fotsår"),
    "readmission_30_days": (
        "Readmission within 30 days",
        "Genindlæggelse inden 30 dage",
        "Reinnleggelse innen 30 dager",
    ),
}


def tiny_release(
    path: Path, *, seed: int = 1, patients: int = 3_000, practices: int = 24, clusters: int = 5, quarters: int = 8
) -> Path:
    """Write a release of an invented region and return its path.

    The region has three municipalities, practices of uneven size in clusters, two hospitals, quarter ends up to
    2026-09-30, hidden cells of every sort, one late delivery, one refused file and a month without data.
    """
    world = invented_cells(seed=seed, patients=patients, practices=practices, clusters=clusters, quarters=quarters)
    policy = load_policy(POLICY)
    definitions = [
        {"indicator_id": each.indicator_id, "definition_version": 1, "position": number, "definition": definition(each)}
        for number, each in enumerate(INVENTED, start=1)
    ]
    waited, curves = invented_times(world.results["period_end"].unique().sort().to_list(), seed=seed)
    definitions.append(
        {
            "indicator_id": waiting().id,
            "definition_version": waiting().version,
            "position": len(definitions) + 1,
            "definition": json.dumps(
                waiting().model_dump(mode="json", exclude_none=True)
                | {"period": "12 months", "group_title": group_title(waiting().group)}
            ),
        }
    )
    counted = world.results.with_columns(is_too_few=pl.lit(value=False)).select(waited.columns)
    cells = pl.concat([counted, waited, step_cells(curves)], how="vertical_relaxed")
    protected = protect(cells, policy, world.parents, (*NESTED, *steps_nested())).cells
    write_release(
        path,
        {
            "result": released_results(curves, protected, policy),
            **tables(curves, protected, policy),
            "case_mix": protect_expected(
                invented_expected(world.results, [each.indicator_id for each in INVENTED if is_adjusted(each)]),
                protected,
                world.parents,
                policy,
            ),
            "unit": world.units,
            "place": places(load_pack("denmark")),
            "indicator": pl.DataFrame(definitions),
            "delivery": deliveries(),
            "quarantine": quarantine(),
            "completeness": completeness(),
            "policy": pl.DataFrame(policy.rows()),
            "meta": pl.DataFrame({"key": list(META), "value": list(META.values())}),
        },
    )
    return path


PAGES = {
    "complications": [
        {
            "title": {"en": "Feet", "da": "Fødder", "nb": "Føtter"},
            "have": ["hba1c_75_and_above"],
            "new_cases": ["new_foot_ulcers"],
            "found_by": ["foot_examined", "eye_examined"],
        }
    ],
    "courses": [
        {
            "title": {"en": "From discharge", "da": "Fra udskrivning", "nb": "Fra utskrivning"},
            "is_sequence": True,
            "links": [
                {
                    "indicator": indicator,
                    "from": {"en": "Discharged", "da": "Udskrevet", "nb": "Utskrevet"},
                    "to": {"en": "End of the link", "da": "Leddets ende", "nb": "Slutten av leddet"},
                }
                for indicator in ("readmission_30_days", "hba1c_75_and_above")
            ],
            "times": ["referral_to_first_meeting"],
        }
    ],
}
META = {
    "created_on": "2026-10-06",
    "code_version": "0.1.0",
    "pack": "denmark",
    "disease": "type_2_diabetes",
    "is_synthetic": "true",
    "reporting_date": "2026-09-30",
    "country_languages": "da, en, nb",
    "pages": json.dumps(PAGES, ensure_ascii=False),
    "stratifiers": told_of(load_stratifiers(POLICY.parent, "type_2_diabetes")),
    "standards": as_text(load_standards(POLICY.parent, AGE_BANDS)),
}


def group_title(group: str) -> dict[str, str | None]:
    return load_groups("type_2_diabetes")[group].title.model_dump()


def is_adjusted(invented: Invented) -> bool:
    """Return whether a number is expected of units for an invented indicator."""
    return invented.counts == "patients" and (
        (invented.of is not None and invented.kind == "proportion") or invented.group == "complications"
    )


def definition(invented: Invented) -> str:
    """Return an indicator's page as JSON, with every key of the indicator YAML and its parameters resolved."""
    title = dict(zip(LANGUAGES, WORDS[invented.indicator_id], strict=True))
    source = {"title": "An invented guideline", "href": "https://example.org/guideline", "read_on": "2026-01-05"}
    target = {"value": invented.target, "unit": "share", "from_on": "2017-03-01", "source": source}
    threshold = {"value": invented.below, "unit": "mmol/mol", "from_on": "2019-01-01", "source": source}
    return json.dumps(
        {
            "id": invented.indicator_id,
            "version": 1,
            "title": title,
            "question": {
                "en": f"{title['en']}: how many of our patients?",
                "da": f"{title['da']}: hvor mange af vores patienter?",
                "nb": f"{title['nb']}: hvor mange av våre pasienter?",
            },
            "why_it_matters": {
                "en": "It tells whether care reaches everybody who needs it.",
                "da": "Det viser, om behandlingen når alle, der har brug for den.",
                "nb": "Det viser om behandlingen når alle som trenger den.",
            },
            "what_to_do": {
                "en": "Look at the patients who were not seen last year.",
                "da": "Se på de patienter, der ikke blev set sidste år.",
                "nb": "Se på pasientene som ikke ble sett i fjor.",
            },
            "group": invented.group,
            "group_title": group_title(invented.group),
            "aspect": "outcome" if invented.of else "process",
            "kind": invented.kind,
            "counts": invented.counts,
            "direction": f"{invented.direction}_is_better",
            "period": "12 months",
            "population": "adults_with_type_2_diabetes",
            "denominator": {
                "who": {"en": "Everybody in the population", "da": "Alle i populationen", "nb": "Alle i populasjonen"},
                "when": "true",
            },
            "exclusions": [],
            "missing_values": "exclude" if invented.of else "fail",
            "numerator": None if invented.kind == "median" else {"who": title, "when": "true"},
            "value": {"who": title, "of": "column", "unit": invented.unit} if invented.kind == "median" else None,
            "threshold": threshold if invented.below else None,
            "threshold_relation": "below" if invented.below else None,
            "target": target if invented.target else None,
            "limits": [
                {
                    "en": "Patients treated only abroad are not seen.",
                    "da": "Patienter, der kun behandles i udlandet, ses ikke.",
                    "nb": "Pasienter som bare behandles i utlandet, ses ikke.",
                }
            ],
            "case_mix": {"factors": FACTORS} if is_adjusted(invented) else None,
            "source": [source],
            "verified": True,
            "examples": [],
            "owner": "Clinical editor",
            "reviewed_on": "2026-01-05",
            "next_review": "2027-01-05",
        },
        ensure_ascii=False,
    )


DELIVERIES = """
sector,file_type,file_name,delivered_on,covers_until,rows_in,rows_loaded,rows_quarantined,rows_duplicate,state,fresh
population,bef,bef_2026.csv,2026-10-02,2026-09-30,251204,251190,9,5,loaded,100
hospital,kontakter,kontakter_2026.csv,2026-10-03,2026-09-30,88410,88402,8,0,loaded,45
hospital,diagnoser,diagnoser_2026.csv,2026-10-03,2026-09-30,190011,189950,61,0,loaded,45
laboratory,lab_dm_forsker,lab_dm_forsker_2026.csv,2026-10-05,2026-09-30,96120,95900,120,100,loaded,45
pharmacy,lmdb,lmdb_2026.csv,2026-10-01,2026-09-30,140800,140800,0,0,loaded,60
general_practice,praksis_maalinger,praksis_maalinger_2026.csv,2026-10-04,2026-09-30,61400,61320,80,0,loaded,45
municipality,kl_gateway_119,kl_gateway_119_2026.ndjson,2026-06-28,2026-06-27,4210,4190,14,6,loaded,45
eye_screening,oejenscreening,oejenscreening_2026.csv,2026-10-02,,,0,,0,refused,100
"""
QUARANTINE = """
sector,file_type,rule,description,rows,state
hospital,diagnoser,contact_unknown,The diagnosis names a contact that was not delivered,61,shown
hospital,kontakter,identifier_broken,The identifier is not well formed,8,shown
laboratory,lab_dm_forsker,value_missing,The result is blank,101,shown
laboratory,lab_dm_forsker,samplingdate_in_future,The sample lies after the delivery,19,shown
general_practice,praksis_maalinger,vaerdi_implausible,The value lies outside the plausible range,80,shown
municipality,kl_gateway_119,identifier_missing,The resource has no identifier,,suppressed
"""
MONTHLY_ROWS = {
    "hospital": 7_400,
    "laboratory": 8_100,
    "pharmacy": 11_700,
    "general_practice": 5_100,
    "municipality": 350,
    "eye_screening": 690,
}


def deliveries() -> pl.DataFrame:
    """Return deliveries of every sector: most in time, one late, one refused."""
    return (
        pl.read_csv(DELIVERIES.strip().encode(), try_parse_dates=True)
        .rename({"fresh": "fresh_within_days"})
        .with_columns(followed_by=pl.lit(None, pl.String))
    )


def quarantine() -> pl.DataFrame:
    """Return quarantined rows by rule; counts of 1 to 4 are hidden."""
    return pl.read_csv(QUARANTINE.strip().encode())


def completeness() -> pl.DataFrame:
    """Return rows per sector and month of two years; one month of the municipalities is missing."""
    months = pl.DataFrame({"month": pl.date_range(date(2024, 10, 1), date(2026, 9, 1), "1mo", eager=True)})
    sectors = pl.DataFrame({"sector": list(MONTHLY_ROWS), "level": list(MONTHLY_ROWS.values())})
    gap = (pl.col("sector") == "municipality") & (pl.col("month") == date(2026, 2, 1))
    wave = pl.col("level") + 17 * (pl.col("month").dt.month() % 5)
    return (
        sectors.join(months, how="cross")
        .filter(~gap)
        .select("sector", "month", wave.alias("rows"), state=pl.lit("shown"))
    )
