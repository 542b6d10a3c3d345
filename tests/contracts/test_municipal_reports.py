"""Courses told by a series of reports: the latest report counts, and the diagnosis is carried over to later ones."""

from typing import Any

import duckdb
import pytest

from data_contracts.contract import load_contracts
from data_contracts.warehouse_schema import render_schema
from ingest.conform import offer_codelists, select_rows
from packs.pack import load_pack
from tests.lib.staged_rows import pseudonym, stage_rows

CONTRACT = load_contracts(["kl_gateway_119"])["kl_gateway_119"]
PACK = load_pack("denmark")
COURSE = "5c160c02-e858-4c1f-925a-71ed64844749"
BLANK = {each.name: "" for each in CONTRACT.columns}


def told(reported: str, kind: str, identity: str, **values: str) -> dict[str, str]:
    row = BLANK | {
        "pnr": "citizen",
        "reported_at": f"{reported} 23:25:12",
        "resource_type": kind,
        "resource_id": identity,
    }
    return row | {"status": "active"} | values


# One citizen: a course for type 2 diabetes, then one for lung disease. Later reports repeat neither referral nor
# diagnosis, and one is stamped earlier than the meeting it tells of.
STORY = [
    told("2022-06-02", "Condition", "c1", sks="DE11", status=""),
    told("2022-06-02", "ServiceRequest", "r1", condition_id="c1", received_on="2022-06-02"),
    told("2022-06-02", "CarePlan", "talk", fsiii="6eddbaf7", starts_at="2022-06-02"),
    told("2022-06-10", "CarePlan", "talk", fsiii="6eddbaf7", starts_at="2022-06-02", status="completed"),
    told("2022-06-10", "Encounter", "e1", plan_id="talk", starts_at="2022-06-10 12:10:00", status="finished"),
    told("2022-06-10", "CarePlan", "course1", category=COURSE, starts_at="2022-06-10"),
    told("2022-06-10", "CarePlan", "cooking", fsiii="01a500f6", plan_id="course1", starts_at="2022-06-10"),
    told("2022-06-29", "CarePlan", "course1", category=COURSE, starts_at="2022-06-10"),
    told("2022-06-29", "Encounter", "e3", plan_id="cooking", starts_at="2022-06-29 17:00:00", status="finished"),
    told("2022-07-04", "Condition", "c2", sks="DJ44", status=""),
    told("2022-07-04", "ServiceRequest", "r2", condition_id="c2", received_on="2022-07-04"),
    told("2022-06-10", "Encounter", "e9", starts_at="2022-07-09 09:00:00", status="finished"),
    told("2022-09-30", "CarePlan", "course2", category=COURSE, starts_at="2022-07-10", status="completed")
    | {"ends_at": "2022-09-30"},
]  # fmt: skip


def conformed(rows: list[dict[str, str]], table: str, earlier: str = "") -> list[dict[str, Any]]:
    con = duckdb.connect()
    con.execute(render_schema())
    con.execute(earlier)
    offer_codelists(con, {"municipal_organisation": PACK.codelist("municipal_organisation")})
    stage_rows(con, CONTRACT, rows)
    mapping = PACK.mapping("kl_gateway_119")
    for name, select in mapping.relations.items():
        con.execute(f"CREATE TEMP TABLE {name} AS {select}")
    if table == "repeats":
        found = con.execute(f"SELECT resource_id, reported_at FROM staged WHERE {mapping.repeats} ORDER BY row_number")
    elif table.startswith("withdrawn"):
        found = con.execute(f"FROM {table}")
    else:
        (target,) = [each for each in mapping.targets if each.table == table]
        found = con.execute(f"SELECT * EXCLUDE (row_number) FROM ({select_rows(target)}) ORDER BY 2")
    names = [each[0] for each in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_one_referral_is_one_course_with_its_own_diagnosis() -> None:
    first, second = conformed(STORY, "municipal_course")
    assert (first["course_id"], first["focus_code"], first["status"]) == ("r1", "DE11", "active")
    assert (str(first["referred_on"]), str(first["granted_on"]), first["closed_on"]) == (
        "2022-06-02",
        "2022-06-10",
        None,
    )
    assert (second["course_id"], second["focus_code"], second["status"]) == ("r2", "DJ44", "completed")
    assert str(second["closed_on"]) == "2022-09-30"


def test_a_meeting_belongs_to_the_course_of_its_plan_or_else_of_the_latest_referral() -> None:
    found = {each["encounter_id"]: each for each in conformed(STORY, "municipal_encounter")}
    assert {name: each["course_id"] for name, each in found.items()} == {"e1": "r1", "e3": "r1", "e9": "r2"}
    assert found["e3"]["intervention_code"] == "01a500f6"
    assert str(found["e9"]["held_on"]) == "2022-07-09"


def test_an_earlier_report_of_a_resource_is_a_duplicate() -> None:
    found = [(each["resource_id"], each["reported_at"][:10]) for each in conformed(STORY, "repeats")]
    assert found == [("talk", "2022-06-02"), ("course1", "2022-06-10")]


def test_the_diagnoses_of_referrals_are_dated_by_the_referral() -> None:
    found = [(each["code"], str(each["diagnosed_on"])) for each in conformed(STORY, "diagnosis")]
    assert sorted(found) == [("DE11", "2022-06-02"), ("DJ44", "2022-07-04")]


def test_a_referral_received_after_the_course_began_is_not_its_referral() -> None:
    rows = [
        told("2022-06-29", "ServiceRequest", "late", received_on="2022-06-29"),
        told("2022-06-29", "CarePlan", "course0", category=COURSE, starts_at="2022-05-20"),
    ]
    found = conformed(rows, "municipal_course")
    assert {each["course_id"]: each["granted_on"] is not None for each in found} == {"late": False, "course0": True}


@pytest.mark.parametrize(
    ("status", "activity", "expected"),
    [
        ("active", "in-progress", "active"),
        ("completed", "", "completed"),
        ("active", "completed", "completed"),
        ("unknown", "cancelled", "stopped"),
        ("unknown", "stopped", "stopped"),
        ("on-hold", "", "stopped"),
        ("revoked", "", "revoked"),
    ],
)
def test_the_state_of_a_course_follows_from_its_plan(status: str, activity: str, expected: str) -> None:
    plan = told(
        "2022-06-10", "CarePlan", "p", category=COURSE, starts_at="2022-06-10", status=status, activity_status=activity
    )
    (found,) = conformed([plan], "municipal_course")
    assert found["status"] == expected


def test_what_was_reported_by_mistake_is_taken_back() -> None:
    rows = [
        *STORY,
        told("2022-10-01", "Encounter", "e3", starts_at="2022-06-29 17:00:00", status="entered-in-error"),
        told("2022-10-01", "CarePlan", "course2", category=COURSE, starts_at="2022-07-10", status="entered-in-error"),
    ]
    assert [each["encounter_id"] for each in conformed(rows, "municipal_encounter")] == ["e1", "e9"]
    assert conformed(rows, "withdrawn_meeting") == [{"encounter_id": "e3"}]
    second = conformed(rows, "municipal_course")[1]
    assert (second["course_id"], second["status"], second["granted_on"]) == ("r2", "active", None)


PLANNED = [
    told("2026-01-02", "Condition", "c1", sks="DE11"),
    told("2026-01-02", "ServiceRequest", "r1", condition_id="c1", received_on="2026-01-02"),
    told("2026-01-10", "CarePlan", "p1", request_id="r1", category=COURSE, starts_at="2026-01-10"),
]
TAKEN_BACK = {**PLANNED[-1], "reported_at": "2026-01-12 10:00:00", "status": "entered-in-error"}
RIGHT_PLAN = told("2026-01-11", "CarePlan", "p2", request_id="r1", category=COURSE, starts_at="2026-01-11")


@pytest.mark.parametrize(
    ("rows", "status", "granted_on"),
    [
        ([*PLANNED, RIGHT_PLAN, TAKEN_BACK], "active", "2026-01-11"),
        ([*PLANNED, {**RIGHT_PLAN, "status": "completed"}, TAKEN_BACK], "completed", "2026-01-11"),
        ([*PLANNED, TAKEN_BACK], "active", "None"),
        ([*PLANNED, {**PLANNED[1], "status": "revoked", "reported_at": "2026-01-11 10:00:00"}, TAKEN_BACK], "revoked",
         "None"),
    ],
)  # fmt: skip
def test_a_plan_reported_by_mistake_leaves_its_course_to_the_other_plan_or_the_referral(rows, status, granted_on):
    (found,) = conformed(rows, "municipal_course")
    assert (found["course_id"], found["status"], str(found["granted_on"])) == ("r1", status, granted_on)


def test_a_plan_reported_by_mistake_is_no_course_and_hides_none() -> None:
    mistaken = told("2026-01-12", "CarePlan", "p1", category=COURSE, starts_at="2026-01-10", status="entered-in-error")
    below = told("2026-01-12", "CarePlan", "p2", plan_id="p1", category=COURSE, starts_at="2026-01-10")
    assert conformed([mistaken], "municipal_course") == []
    assert [each["status"] for each in conformed([mistaken, below], "municipal_course")] == ["active"]
    assert conformed([mistaken, below], "withdrawn_course") == []


def test_the_municipality_is_that_of_the_organisation_or_else_of_the_home() -> None:
    home = f"""INSERT INTO core.residence BY NAME SELECT '{pseudonym("citizen")}'::UUID AS patient_id,
        '0791' AS municipality_code, DATE '2000-01-01' AS starts_on, 1 AS batch_id"""
    unknown = [told("2022-06-02", "ServiceRequest", "r1", received_on="2022-06-02", organisation="9999")]
    known = [told("2022-06-02", "ServiceRequest", "r1", received_on="2022-06-02", organisation="451000016003")]
    assert conformed(unknown, "municipal_course", home)[0]["municipality_code"] == "0791"
    assert conformed(known, "municipal_course", home)[0]["municipality_code"] == "0316"
