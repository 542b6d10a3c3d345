"""A research project from its page to its end: what it sees, what it does not, and who can open it when."""

import io
import json
from datetime import date

import pytest
import yaml

import tvaers
from research.lifecycle import approve as approve_on
from research.lifecycle import listed
from research.shelf import shelved
from tests.lib.project_home import approve, copy_of, create, journal, run
from tvaers.audit_log import first_broken, log_file
from tvaers.errors import DefinitionError, WarehouseError
from tvaers.keys import load_master_key
from warehouse.connection import open_read_only

pytestmark = pytest.mark.slow
COUNTED = "SELECT sex, count(*) AS n FROM person GROUP BY sex ORDER BY sex"


@pytest.fixture(scope="module")
def home(tiny_home, tmp_path_factory):
    """A home with the approved projects foot-care and eye-care. Read only."""
    home = copy_of(tiny_home, tmp_path_factory.mktemp("projects"))
    for project in ("foot-care", "eye-care"):
        assert create(home, project) == 0
        assert approve(home, project) == 0
    return home


@pytest.fixture
def own(tiny_home, tmp_path):
    """A home of the test's own with the proposed project own."""
    home = copy_of(tiny_home, tmp_path)
    assert create(home, "own", tables=()) == 0
    return home


def of_warehouse(home, sql):
    key = load_master_key(home.settings).subkey("encryption")
    with open_read_only(home.settings.warehouse, key) as con:
        return con.execute(sql).fetchall()


def test_a_question_is_answered_on_the_command_line_in_the_shell_and_in_python(home, capfdbinary, monkeypatch):
    assert run(home, "query", "--project", "foot-care", COUNTED, "--json") == 0
    answer = json.loads(capfdbinary.readouterr().out)
    opened = tvaers.open_project("foot-care", home.home)
    assert opened.arrow(COUNTED).to_pylist() == opened.polars(COUNTED).to_dicts() == answer
    assert opened.pandas(COUNTED).to_dict("records") == answer
    monkeypatch.setattr(
        "sys.stdin", io.StringIO("SELECT 1\n  AS one;\nSELECT nonsense FROM person;\n.quit\nSELECT 2;\n")
    )
    assert run(home, "shell", "--project", "foot-care") == 0
    said = capfdbinary.readouterr().out.decode()
    assert "1 of 1 rows" in said
    assert "cannot be run" in said


def test_a_project_holds_the_people_with_the_disease_and_all_their_rows(home):
    opened = tvaers.open_project("foot-care", home.home)
    members = "indicator.diabetes WHERE definition = (SELECT value FROM indicator.run WHERE key = 'classifier')"
    for table in ("measurement", "dispensing", "diagnosis"):
        (expected,) = of_warehouse(
            home, f"SELECT count(*) FROM core.{table} WHERE patient_id IN (SELECT patient_id FROM {members})"
        )
        assert opened.arrow(f"SELECT count(*) AS n FROM {table}").to_pylist() == [{"n": expected[0]}]


def test_two_projects_of_the_same_people_share_no_pseudonym_of_anything(home):
    one, other = (tvaers.open_project(project, home.home) for project in ("foot-care", "eye-care"))
    for column, table in (("person", "person"), ("person", "measurement"), ("contact_id", "hospital_contact")):
        ours, theirs = (set(each.polars(f"SELECT {column} FROM {table}")[column]) for each in (one, other))
        assert len(ours) == len(theirs) > 50
        assert ours & theirs == set()
    told = {str(row[0]) for row in of_warehouse(home, "SELECT patient_id FROM core.person")}
    assert told & set(one.polars("SELECT person FROM person")["person"].cast(str)) == set()


def test_nothing_of_the_warehouse_that_was_not_listed_is_in_the_project(home):
    opened = tvaers.open_project("foot-care", home.home)
    columns = set(opened.dictionary()["column_name"])
    assert not columns & {
        "patient_id",
        "born_on",
        "taken_on",
        "taken_at",
        "raw_text",
        "practice_id",
        "batch_id",
        "name",
    }
    for table in ("practice", "registration", "person_alias", "municipal_course"):
        with pytest.raises(DefinitionError, match="not allowed"):
            opened.arrow(f"SELECT * FROM {table}")


def test_days_are_moved_by_the_same_secret_for_each_person_so_that_intervals_are_kept(home):
    opened = tvaers.open_project("foot-care", home.home)
    sql = "SELECT datediff('day', lag({day}) OVER (PARTITION BY {who}, analyte ORDER BY {day}, value), {day}) AS days"
    ours = opened.polars(f"{sql.format(day='taken_on_shifted', who='person')}, value FROM measurement ORDER BY ALL")
    members = "SELECT patient_id FROM indicator.diabetes WHERE definition = 'osdc'"
    true = of_warehouse(
        home,
        f"{sql.format(day='taken_on', who='patient_id')}, value FROM core.measurement "
        f"WHERE patient_id IN ({members}) ORDER BY ALL",
    )
    assert ours.rows() == true
    days = [row[0] for row in opened.polars("SELECT taken_on_shifted FROM measurement").rows()]
    assert sorted(days) != sorted(row[0] for row in of_warehouse(home, "SELECT taken_on FROM core.measurement"))


def test_what_few_people_have_is_coarser(home):
    opened = tvaers.open_project("foot-care", home.home)
    for table, column in (("diagnosis", "code"), ("dispensing", "atc_code"), ("service", "service_code")):
        fewest = opened.polars(
            f"SELECT count(DISTINCT person) AS n FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY n"
        )
        assert fewest["n"][0] >= 10
    # 2,000 inhabitants: no municipality of this region is large enough to be named.
    assert opened.polars("SELECT DISTINCT area FROM residence")["area"].to_list() == ["elsewhere"]
    bands = opened.polars("SELECT DISTINCT birth_band FROM person")["birth_band"]
    assert all(band.startswith(("to ", "from ")) or int(band[5:]) - int(band[:4]) == 4 for band in bands)


def test_rows_are_in_no_order_and_in_another_one_each_time(own):
    firsts = []
    for _ in range(2):
        assert approve(own, "own") == 0
        firsts.append(tvaers.open_project("own", own.home).polars("SELECT person FROM person LIMIT 5").rows())
    assert firsts[0] != firsts[1]


def test_the_first_day_brings_a_dictionary_queries_and_an_executed_notebook(home):
    place = shelved(home.settings, "foot-care")
    dictionary = (place.folder / "dictionary.md").read_text(encoding="utf-8")
    for name in tvaers.open_project("foot-care", home.home).dictionary()["column_name"]:
        assert f"| `{name}` |" in dictionary
    queries = sorted((place.folder / "queries").glob("*.sql"))
    assert len(queries) >= 8
    notebook = json.loads((place.folder / "first_look.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] for cell in code[1:])


def test_a_project_that_is_not_approved_changed_expired_or_forged_cannot_be_opened(own):
    place = shelved(own.settings, "own")
    with pytest.raises(WarehouseError, match="proposed"):
        tvaers.open_project("own", own.home)
    approve_on(own.settings, "own", by="C. Controller", today=date(2026, 11, 23))
    assert [each.state for each in listed(own.settings, date(2031, 1, 1))] == ["expired"]
    page = yaml.safe_load(place.page_file.read_text(encoding="utf-8"))
    place.page_file.write_text(yaml.safe_dump(page | {"expires_on": date(2031, 12, 31)}))
    with pytest.raises(WarehouseError, match="changed"):
        tvaers.open_project("own", own.home)
    # Whoever writes the new page into the approval as well has no key to seal it with.
    approval = json.loads((place.folder / "approval.json").read_text(encoding="utf-8"))
    forged = approval | {"fingerprint": place.page().fingerprint}
    (place.folder / "approval.json").write_text(json.dumps(forged), encoding="utf-8")
    with pytest.raises(WarehouseError, match="not genuine"):
        tvaers.open_project("own", own.home)
    assert run(own, "query", "--project", "own", "SELECT 1 AS one") == 14


def test_a_closed_project_is_gone_for_good_even_with_a_copy_of_its_file(own):
    assert approve(own, "own") == 0
    place = shelved(own.settings, "own")
    kept = place.database.read_bytes()
    assert run(own, "project", "close", "own") == 0
    assert not place.database.exists()
    assert not place.key_file.exists()
    place.database.write_bytes(kept)
    (place.folder / "closed.json").unlink()
    assert run(own, "query", "--project", "own", "SELECT 1 AS one") == 16
    assert [each["action"] for each in journal(own, "own")][:3] == ["create", "approve", "close"]


def test_a_closed_project_can_neither_be_approved_nor_created_again(own):
    assert run(own, "project", "close", "own", "--why", "mistake") == 0
    assert approve(own, "own") == 14
    assert create(own, "own") == 13


@pytest.mark.parametrize(
    "wrong", [{"tables": {"person": ["batch_id"]}}, {"tables": {"practice": ["name"]}}, {"tables": {}}]
)
def test_a_page_that_asks_for_what_is_never_given_is_refused(own, wrong):
    place = shelved(own.settings, "own")
    page = yaml.safe_load(place.page_file.read_text(encoding="utf-8"))
    place.page_file.write_text(yaml.safe_dump(page | wrong))
    assert approve(own, "own") == 13


def test_journal_and_audit_log_hold_no_word_of_a_question(home):
    tvaers.open_project("foot-care", home.home).arrow("SELECT 'hemmeligt' AS word")
    text = (shelved(home.settings, "foot-care").folder / "journal.jsonl").read_text(encoding="utf-8")
    log = log_file(home.settings).read_text(encoding="utf-8")
    assert "hemmeligt" not in text + log
    assert '"query"' in text
    assert "query project" in log
    assert first_broken(home.settings) is None
