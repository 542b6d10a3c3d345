"""Whatever is done to an audit log afterwards is noticed, and the first entry that is not as it was is named."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from tests.lib.deliveries import identifiers, new_home
from tvaers import audit_log
from tvaers.audit_log import Broken
from tvaers.cli import main
from tvaers.errors import ExtractError
from tvaers.keys import announce_key, load_master_key

ENTRIES = 1_000


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with a long log."""
    found = new_home(tmp_path_factory.mktemp("audit"))
    for number in range(ENTRIES):
        audit_log.record(found, "query", "warehouse", rows=number)
    return found


@pytest.fixture
def log(home):
    """The lines of the log; whatever a test does to it is undone."""
    path, kept = audit_log.log_file(home), audit_log.head_file(home)
    before, head = path.read_bytes(), kept.read_bytes()
    yield before.splitlines(keepends=True)
    path.write_bytes(before)
    kept.write_bytes(head)


def broken(home, lines):
    audit_log.log_file(home).write_bytes(b"".join(lines))
    return audit_log.first_broken(home)


def test_a_log_that_nobody_touched_is_whole(home, log):
    assert audit_log.first_broken(home) is None
    assert [entry["rows"] for entry in audit_log.entries(home)] == list(range(ENTRIES))
    assert json.loads(log[-1])["seq"] == ENTRIES


_KEEPING = trying(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_PLACE = st.integers(0, ENTRIES - 1)


@_KEEPING
@given(place=_PLACE)
def test_an_entry_that_is_taken_out_is_noticed_at_its_place(home, log, place):
    assert broken(home, log[:place] + log[place + 1 :]).seq == place + 1


@_KEEPING
@given(place=st.integers(0, ENTRIES - 2))
def test_entries_that_change_places_are_noticed(home, log, place):
    swapped = [*log[:place], log[place + 1], log[place], *log[place + 2 :]]
    assert broken(home, swapped).seq == place + 1


@_KEEPING
@given(place=_PLACE, name=st.sampled_from(["at", "actor", "action", "subject", "rows", "outcome", "seq", "before"]))
def test_an_entry_that_is_changed_is_noticed(home, log, place, name):
    entry = json.loads(log[place])
    changed = json.dumps(entry | {name: "somebody else"}, ensure_ascii=False).encode() + b"\n"
    assert broken(home, [*log[:place], changed, *log[place + 1 :]]).seq == place + 1


@_KEEPING
@given(place=st.integers(0, ENTRIES - 1), bit=st.integers(0, 7), data=st.data())
def test_one_bit_is_noticed(home, log, place, bit, data):
    at = data.draw(st.integers(0, len(log[place]) - 1))
    line = bytearray(log[place])
    line[at] ^= 1 << bit
    found = broken(home, [*log[:place], bytes(line), *log[place + 1 :]])
    # A blank that JSON does not mind changes the hash, which the next entry holds.
    assert found is not None
    assert found.seq in (place + 1, place + 2)


@_KEEPING
@given(place=_PLACE)
def test_an_entry_that_is_put_in_again_is_noticed(home, log, place):
    assert broken(home, [*log, log[place]]).seq == ENTRIES + 1


@_KEEPING
@given(length=st.integers(0, ENTRIES - 1))
def test_a_log_that_is_cut_off_is_noticed_by_its_length(home, log, length):
    assert broken(home, log[:length]) == Broken(length + 1, f"it is missing: the log had {ENTRIES} entries")


def test_the_record_of_the_length_cannot_be_made_shorter_or_taken_away(home, log):
    kept = audit_log.head_file(home)
    told = json.loads(kept.read_text())
    kept.write_text(json.dumps(told | {"seq": 5}))
    assert "how long" in broken(home, log[:5]).why
    kept.unlink()
    assert "not known" in broken(home, log[:5]).why


def test_a_log_of_another_key_is_noticed(home, log, tmp_path):
    other = new_home(tmp_path)
    audit_log.record(other, "query", "warehouse")
    forged = audit_log.log_file(other).read_bytes()
    assert "key" in broken(home, [forged, *log[1:]]).why


def test_a_process_killed_between_entry_and_length_leaves_a_whole_log(home, log):
    kept = audit_log.head_file(home)
    before = kept.read_bytes()
    audit_log.record(home, "query", "warehouse")
    kept.write_bytes(before)
    assert audit_log.first_broken(home) is None


def test_a_change_of_key_leaves_the_log_verifiable(tmp_path):
    own = new_home(tmp_path)
    audit_log.record(own, "ingest", "deliveries")
    old = load_master_key(own).key_id
    own.warehouse.write_bytes(b"the new warehouse")
    announce_key(own, bytes(range(32)), own.warehouse)
    assert load_master_key(own).key_id != old
    audit_log.record(own, "change key", "warehouse")
    assert audit_log.first_broken(own) is None
    assert len({entry["key_id"] for entry in audit_log.entries(own)}) == 2


def test_what_is_refused_is_told_as_refused_and_what_fails_as_failed(tmp_path):
    own = new_home(tmp_path)
    with pytest.raises(ExtractError), audit_log.recorded(own, "ingest", "deliveries"):
        raise ExtractError("no")
    with pytest.raises(ZeroDivisionError), audit_log.recorded(own, "compute", "20 quarters"):
        raise ZeroDivisionError
    with audit_log.recorded(own, "ingest", "deliveries") as doing:
        doing.rows = 7
    told = [(entry["action"], entry["outcome"], entry["rows"]) for entry in audit_log.entries(own)]
    assert told == [
        ("ingest", "refused (ExtractError)", None), ("compute", "failed", None), ("ingest", "done", 7),
    ]  # fmt: skip
    assert datetime.fromisoformat(audit_log.entries(own)[0]["at"]).tzinfo == UTC


def test_the_command_names_the_first_broken_entry_and_ends_with_a_fault(home, log, capsys):
    words = ["--home", str(home.home)]
    assert main(["audit", "verify", *words]) == 0
    assert "1,000 entries" in capsys.readouterr().out
    audit_log.log_file(home).write_bytes(b"".join([*log[:6], b"no entry\n", *log[7:]]))
    assert main(["audit", "verify", *words]) == 16
    assert "Entry 7 is the first" in capsys.readouterr().out
    assert main(["audit", "show", *words, "--last", "1000"]) == 0
    assert main(["audit", "head", *words]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("1000 ")


def test_only_its_owner_can_read_it(home):
    assert audit_log.log_file(home).parent.stat().st_mode & 0o077 == 0
    assert audit_log.head_file(home).stat().st_mode & 0o077 == 0


def test_no_question_and_no_pseudonym_stands_in_the_log(home_copy, capsys):
    person = "0f" * 16
    words = ["--home", str(home_copy.home)]
    for asked in (f"SELECT count(*) FROM core.person WHERE patient_id = '{person}'", f"SELECT {identifiers(1)[0]}"):
        assert main(["query", asked, *words]) == 0
    assert main(["explain", "hba1c_measured", "--pseudonym", person, *words]) in (0, 13, 14)
    log = audit_log.log_file(home_copy.settings).read_text()
    assert len(log.splitlines()) >= 3
    for secret in (person, identifiers(1)[0], "SELECT", "patient_id"):
        assert secret not in log
