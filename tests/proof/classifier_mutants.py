"""Small mistakes in the classifiers, in the steps they share and in their code lists, noticed by drawn people."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.definitions.codelists import create_codelist
from indicators.dialect import Bound, bound_in, create_table, show_all_facts
from tests.lib.case_board import add_block, keep_facts_at_hand
from tests.lib.case_files import DrawnCase, case_files, read_case_file
from tests.lib.drawn_tables import Row, insert, patient_uuid, warehouse_of
from tests.lib.evaluate import catalogue
from tests.proof.definition_mutants import Proof, steps_of
from tests.proof.sql_mutants import SqlMutant, mutants_of

PUBLISHED, EXTENDED = "osdc", "osdc_plus_practice"
WHERE_THEY_DIFFER = ("general practice", "municipality", "other code", "newer register")
"""Words in the titles of people whom the published and the extended classifier see differently."""
PROVED = (PUBLISHED, "gestational_diabetes")
"""The extended classifier is no default of any set; most of its steps are the published one's, letter by letter."""
Cases = Sequence[tuple[DrawnCase, UUID]]


@dataclass(frozen=True)
class ClassifierBoard:
    """Everybody drawn for the classifiers, in one warehouse.

    Attributes:
        con: A connection with their facts, `codelist` and the steps.
        cases: By classifier, each case with its person.
        bound: Values of the classifiers' parameters.
    """

    con: duckdb.DuckDBPyConnection
    cases: Mapping[str, Cases]
    bound: Bound

    def notices(self, name: str, select: str) -> bool:
        """Return whether a case of a classifier comes out otherwise under another SELECT."""
        rows = self.con.execute(select, bound_in(select, self.bound)).fetchall()
        found: dict[UUID, str] = {}
        for person, diabetes_type, since_on, is_stable in rows:
            if person in found:
                return True
            found[person] = f"{diabetes_type} since {since_on}" + ("" if is_stable else ", not stable")
        return any(found.get(person, "no diabetes") != case.outcome for case, person in self.cases[name])


@cache
def classifier_board() -> ClassifierBoard:
    """Return the board of all classifiers' cases, made once per test process."""
    known = catalogue()
    cases: dict[str, list[tuple[DrawnCase, UUID]]] = defaultdict(list)
    tables: dict[str, list[Row]] = defaultdict(list)
    offsets: dict[str, int] = {}
    for path in case_files("type_2_diabetes/classifier"):
        for case in read_case_file(path):
            if case.drawing not in offsets:
                offsets[case.drawing] = 1_000 * (1 + len(offsets))
                add_block(tables, case.drawing, offsets[case.drawing])
            drawn = (case, patient_uuid(offsets[case.drawing] + case.patient))
            cases[path.parent.name].append(drawn)
            if path.parent.name == PUBLISHED and not any(words in case.title for words in WHERE_THEY_DIFFER):
                cases[EXTENDED].append(drawn)
    con = warehouse_of("")
    insert(con, tables)
    show_all_facts(con)
    keep_facts_at_hand(con)
    board = ClassifierBoard(con, dict(cases), known.classifier_values_on(known.indicators[0].reviewed_on))
    lay_out(board, known, known.codelists, known.classifier_steps)
    return board


def lay_out(board: ClassifierBoard, known: Catalogue, codelists: pl.DataFrame, steps: Mapping[str, str]) -> None:
    """Put code lists and steps in place."""
    create_codelist(board.con, codelists)
    for name in known.classifier_steps:
        create_table(board.con, name, steps[name], board.bound)


def prove_classifier(board: ClassifierBoard, known: Catalogue, name: str) -> Proof:
    """Return which mutants of a classifier its drawn people notice."""
    mutants = mutants_of(known.classifiers[name], steps_of(known))
    return _proof(f"classifiers/{name}", mutants, lambda mutant: board.notices(name, mutant.sql))


def prove_step(board: ClassifierBoard, known: Catalogue, name: str) -> Proof:
    """Return which mutants of a step the drawn people of the classifiers that read it notice."""
    users = [each for each, select in known.classifiers.items() if re.search(rf"\b{name}\b", select)]

    def is_noticed(mutant: SqlMutant) -> bool:
        create_table(board.con, name, mutant.sql, board.bound)
        return any(board.notices(user, known.classifiers[user]) for user in users)

    try:
        return _proof(f"steps/{name}", mutants_of(known.classifier_steps[name], steps_of(known)), is_noticed)
    finally:
        create_table(board.con, name, known.classifier_steps[name], board.bound)


def lists_of(known: Catalogue) -> list[str]:
    """Return the code lists that classifiers and their steps name."""
    texts = " ".join((*(known.classifiers[name] for name in PROVED), *known.classifier_steps.values()))
    return sorted(set(known.codelists["list"]) & set(re.findall(r"'([a-z][a-z0-9_]+)'", texts)))


def prove_codelist(board: ClassifierBoard, known: Catalogue, name: str) -> Proof:
    """Return which codes of a list could be lost, or be asked for one digit more, without a drawn person noticing."""
    mutants: list[tuple[str, pl.DataFrame]] = []
    is_own = pl.col("list") == name
    for system, code in known.codelists.filter(is_own).select("system", "code").rows():
        is_it = is_own & (pl.col("system") == system) & (pl.col("code") == code)
        mutants.append((f"{system} {code} dropped", known.codelists.filter(~is_it)))
        shorter = pl.when(is_it).then(pl.lit(code[:-1])).otherwise("code").alias("code")
        mutants.append((f"{system} {code} -> {code[:-1]}", known.codelists.with_columns(shorter)))
    survivors = []
    try:
        for change, codelists in mutants:
            lay_out(board, known, codelists, known.classifier_steps)
            if not any(board.notices(user, select) for user, select in known.classifiers.items()):
                survivors.append(change)
    finally:
        lay_out(board, known, known.codelists, known.classifier_steps)
    return Proof(f"codelists/{name}", len(mutants), tuple(survivors))


def _proof(subject: str, mutants: Iterable[SqlMutant], is_noticed: Callable[[SqlMutant], bool]) -> Proof:
    """Return the proof of a text; mutants that the database refuses are left out."""
    tried, survivors = 0, []
    for mutant in mutants:
        try:
            noticed = is_noticed(mutant)
        except duckdb.Error:
            continue
        tried += 1
        if not noticed:
            survivors.append(mutant.change)
    return Proof(subject, tried, tuple(survivors))
