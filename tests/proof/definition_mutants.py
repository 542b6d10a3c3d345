"""Small mistakes in a definition: its expressions, exclusions, population, missing-value policy and period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from indicators.catalogue import Catalogue
from indicators.definitions.clauses import truth
from indicators.definitions.definition import Indicator
from indicators.dialect import fetch, shown_as
from tests.lib.case_board import Board, Setting, all_values_on
from tests.lib.evaluate import used_populations
from tests.proof.sql_mutants import mutants_of

POLICIES = ("exclude", "fail", "count_as_numerator")


@dataclass(frozen=True)
class Proof:
    """What became of the mutants of one definition, population, variable or classifier.

    Attributes:
        subject: Its kind and name, as explained.yaml names it.
        survivors: Changes that no case notices.
    """

    subject: str
    mutants: int
    survivors: tuple[str, ...]


@dataclass(frozen=True)
class DefinitionMutant:
    """A definition with one change; the period may be moved besides.

    Attributes:
        change: The change in words, with the key it was made under.
    """

    change: str
    variant: Indicator
    first_day_moved: int = 0
    last_day_moved: int = 0

    def setting(self, reporting_date: date) -> Setting:
        """Return the period that the mutant looks at for cases of a reporting date."""
        return Setting(reporting_date, self.variant.period, self.first_day_moved, self.last_day_moved)


def steps_of(known: Catalogue) -> dict[str, float]:
    """Return the smallest unit of each number among the parameters: one in the last place that its values have."""
    steps = {}
    for name, parameter in known.parameters.items():
        texts = [str(dated.value) for dated in parameter.values if not isinstance(dated.value, str)]
        places = max((len(text.partition(".")[2]) for text in texts), default=0)
        if texts:
            steps[name] = 10.0**-places
    return steps


def mutants_of_definition(known: Catalogue, indicator: Indicator) -> Iterator[DefinitionMutant]:
    """Yield every mutant of a definition."""
    steps = steps_of(known)
    for key, expression in indicator.expressions().items():
        if key.startswith("evidence"):
            continue
        for mutant in mutants_of(expression, steps):
            yield DefinitionMutant(f"{key}: {mutant.change}", with_expression(indicator, key, mutant.sql))
        for change, other in whole_changes(key, expression):
            yield DefinitionMutant(f"{key}: {change}", with_expression(indicator, key, other))
    for part in ("exclusions", "exceptions"):
        clauses = getattr(indicator, part)
        for place, clause in enumerate(clauses):
            left = clauses[:place] + clauses[place + 1 :]
            yield DefinitionMutant(
                f"{part}[{place}]: dropped ({clause.who.en})", indicator.model_copy(update={part: left})
            )
    yield from moved_between_exclusions_and_exceptions(indicator)
    for policy in POLICIES if indicator.measured else ():
        if policy != indicator.missing_values and indicator.kind != "median":
            yield DefinitionMutant(f"missing_values: {policy}", indicator.model_copy(update={"missing_values": policy}))
    for population in used_populations(known):
        if population != indicator.population:
            yield DefinitionMutant(f"population: {population}", indicator.model_copy(update={"population": population}))
    yield from moved_periods(indicator)


def moved_between_exclusions_and_exceptions(indicator: Indicator) -> Iterator[DefinitionMutant]:
    """Yield the definition with its exclusions taken for exceptions, or its exceptions for exclusions."""
    everybody = indicator.exclusions + indicator.exceptions
    if indicator.exceptions:
        yield DefinitionMutant(
            "exceptions taken for exclusions", indicator.model_copy(update={"exclusions": everybody, "exceptions": ()})
        )
    if indicator.exclusions and indicator.met_when():
        yield DefinitionMutant(
            "exclusions taken for exceptions", indicator.model_copy(update={"exclusions": (), "exceptions": everybody})
        )


def whole_changes(key: str, expression: str) -> Iterator[tuple[str, str]]:
    """Yield changes of an expression as a whole: turned round, several events as one, every year as a whole one."""
    if key in ("numerator.when", "value.ended"):
        yield "negated", f"NOT ({expression})"
    if key.endswith(".count") and expression.isidentifier():
        yield "several count as one", f"LEAST({expression}, 1)"
    if key == "denominator.years" and "observed_years" in expression:
        yield "every year is whole", expression.replace("observed_years", "1.0")


def moved_periods(indicator: Indicator) -> Iterator[DefinitionMutant]:
    """Yield the definition with its period a month longer or shorter, or moved by a day at either end."""
    for step in (-1, 1):
        months = indicator.period + step
        yield DefinitionMutant(f"period: {months} months", indicator.model_copy(update={"period": months}))
        earlier = "a day earlier" if step < 0 else "a day later"
        yield DefinitionMutant(f"period: begins {earlier}", indicator, first_day_moved=step)
        yield DefinitionMutant(f"period: ends {earlier}", indicator, last_day_moved=step)


def with_expression(indicator: Indicator, key: str, sql: str) -> Indicator:
    """Return the definition with another expression under a key of `Indicator.expressions`."""
    part, _, name = key.partition(".")
    listed, _, number = part.removesuffix("]").partition("[")
    if number:
        clauses = list(getattr(indicator, listed))
        clauses[int(number)] = clauses[int(number)].model_copy(update={name: sql})
        return indicator.model_copy(update={listed: tuple(clauses)})
    return indicator.model_copy(update={part: getattr(indicator, part).model_copy(update={name: sql})})


def prove_definition(board: Board, known: Catalogue, indicator: Indicator) -> Proof:
    """Return which mutants of a definition its own drawn cases notice."""
    mutants = list(mutants_of_definition(known, indicator))
    alive = mutants
    for day in board.dates_of(indicator.id):
        still_alive = []
        for setting in dict.fromkeys(mutant.setting(day) for mutant in alive):
            here = [mutant for mutant in alive if mutant.setting(day) == setting]
            frame = board.frame(known, setting)
            variants, events = [mutant.variant for mutant in here], board.events[setting]
            outcomes = board.outcomes(known, indicator.id, variants, frame, events, day)
            still_alive += [
                mutant
                for mutant, found in zip(here, outcomes, strict=True)
                if all(words == case.outcome for case, words in found.items())
            ]
        alive = still_alive
    return Proof(f"definitions/{indicator.id}", len(mutants), tuple(mutant.change for mutant in alive))


def prove_population(board: Board, known: Catalogue, name: str) -> Proof:
    """Return which mutants of a population the cases of the definitions about it notice."""
    users = sorted(
        (each for each in known.indicators if each.population == name), key=lambda each: -len(board.cases[each.id])
    )
    mutants = mutants_of(known.populations.populations[name].when, steps_of(known))
    survivors = [mutant.change for mutant in mutants if not is_noticed_by(board, known, name, mutant.sql, users)]
    return Proof(f"populations/{name}", len(mutants), tuple(survivors))


def with_population(known: Catalogue, name: str, when: str) -> Catalogue:
    """Return the catalogue with another expression for a population."""
    changed = known.populations.populations[name].model_copy(update={"when": when})
    populations = {**known.populations.populations, name: changed}
    return replace(known, populations=known.populations.model_copy(update={"populations": populations}))


def is_noticed_by(board: Board, known: Catalogue, name: str, when: str, users: Sequence[Indicator]) -> bool:
    """Return whether a case of an indicator comes out otherwise under another expression for its population.

    Only cases are looked at whose people come into the population by it, or drop out: of the others nothing is changed.
    """
    changed = with_population(known, name, when)
    moved: dict[Setting, set[int]] = {}
    for user in users:
        for day in board.dates_of(user.id):
            setting = Setting(day, user.period)
            frame = board.frame(known, setting)
            if setting not in moved:
                moved[setting] = moved_people(board, known, name, when, setting)
            if moved[setting].isdisjoint(board.rows_of(user.id, frame, day)["patient_id"]):
                continue
            (found,) = board.outcomes(changed, user.id, [user], frame, board.events[setting], day)
            if any(words != case.outcome for case, words in found.items()):
                return True
    return False


def moved_people(board: Board, known: Catalogue, name: str, when: str, setting: Setting) -> set[int]:
    """Return who is in a population under one of two expressions for it and not under the other."""
    is_in, would_be = truth(known.populations.populations[name].when), truth(when)
    statement = f"SELECT patient_id FROM patient_period WHERE {is_in} <> {would_be}"
    with shown_as(board.con, "patient_period", board.frame(known, setting)):
        return set(fetch(board.con, statement, all_values_on(known, setting.reporting_date))["patient_id"])
