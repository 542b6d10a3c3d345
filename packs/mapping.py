"""How the staged columns of one file type become rows of the core tables: the types of `mappings/<file_type>.yaml`.

The format is explained with an example in `docs/reference/packs.md`. In short: a mapping has targets, one per core
table; each target is one `INSERT INTO core.<table> SELECT ... FROM staged ...` whose parts are named here. Everything
that is SQL is a DuckDB expression over the staged table (see `data_contracts.contract`) and the names given to joins.
"""

from dataclasses import dataclass

from pydantic import Field, model_validator

from packs.definition_file import Part


class Source(Part):
    """Where one core column comes from; exactly one key is set.

    Attributes:
        from_: A staged column, or `<name of a join or lookup>.<column>`.
        value: The same constant on every row.
        sql: An expression.
    """

    from_: str | None = Field(default=None, alias="from")
    value: str | int | bool | None = None
    sql: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "Source":
        if len(self.model_fields_set) != 1:
            raise ValueError("give exactly one of from, value, sql")
        return self


class Lookup(Part):
    """A code list, joined on equality (LEFT JOIN: a code it does not have leaves its columns NULL).

    Attributes:
        as_: Name of the join.
        codelist: The pack's code list.
        match: Column of the code list to expression over the staged row; all must be equal.
    """

    as_: str = Field(alias="as")
    codelist: str
    match: dict[str, str]


class Join(Part):
    """A core table, joined on equality (INNER JOIN: a row without a partner gives no row in the target).

    Attributes:
        as_: Name of the join.
        table: Core table. Its rows are those known before, `core` and `parked`, and those accepted earlier in this run.
        match: Column of the core table to expression over the staged row; all must be equal.
    """

    as_: str = Field(alias="as")
    table: str
    match: dict[str, str]


@dataclass(frozen=True)
class Partner:
    """The row of another delivery that a row leans on: without it the row is parked, and it follows its changes.

    Attributes:
        table: Core table of the partner.
        key: Column that names the partner there.
        column: Core column of the row that holds the same value.
        told_by: Expression over the staged row that gives it.
        borrowed: (column of the row, column of the partner it is copied from) pairs.
    """

    table: str
    key: str
    column: str
    told_by: str
    borrowed: tuple[tuple[str, str], ...]


class Explode(Part):
    """One staged row becomes one row per element of a list.

    Attributes:
        as_: Name of the element in expressions.
        sql: Expression that gives the list; a row with NULL or an empty list gives no row in this target.
    """

    as_: str = Field(alias="as")
    sql: str


class CoarserFact(Part):
    """When a row of certain sources tells the same fact although it has no such fine key.

    Attributes:
        columns: Core columns that are then equal, and known: NULL equals nothing.
        among: Values of `source_system` the other row may have.
    """

    columns: tuple[str, ...] = Field(min_length=1)
    among: tuple[str, ...] = Field(min_length=1)


class SameFact(Part):
    """When two rows of a core table tell the same fact.

    Attributes:
        columns: Core columns that are then equal; NULL equals NULL.
        among: Values of `source_system` the other row may have; empty for all.
        coarser: What is enough when the other row is of another delivery and of some other sources.
    """

    columns: tuple[str, ...] = Field(min_length=1)
    among: tuple[str, ...] = ()
    coarser: CoarserFact | None = None


class Periods(Part):
    """What a delivery tells of the periods of one person or thing, it tells as a whole from its first day on.

    Attributes:
        of: Core columns that name whose periods they are.
        first: Core column of the first day of a period, included.
        last: Core column of its last day, included; NULL while it lasts.
    """

    of: tuple[str, ...] = Field(min_length=1)
    first: str
    last: str


class Upsert(Part):
    """Which of the rows that tell the same fact stays: without this, the one that was there first.

    Attributes:
        periods: The facts are periods: each delivery counts until the first day that a newer one tells of the same
            person; a period that goes on then ends the day before.
        newest: Core column whose greatest value wins; None when the later delivery wins.
        carry_within: Core columns that, when NULL in the row that stays, take the newest value of the others of its
            delivery; what a newer delivery leaves out was taken back.
    """

    periods: Periods | None = None
    newest: str | None = None
    carry_within: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _tells_periods_or_single_facts(self) -> "Upsert":
        if self.periods and self.model_fields_set - {"periods"}:
            raise ValueError("periods goes without newest and carry_within")
        return self


class Target(Part):
    """One core table that a file type fills.

    Attributes:
        table: The core table.
        rows: Where rows come from: `staged` (the accepted rows) or one of the mapping's relations.
        explode: Take a list apart first.
        joins: Core table to join, by one column that the row keeps: at most one, see `Partner`.
        lookups: Code lists to join.
        where: Only rows for which this is true give a row here.
        one_per: Core columns of which only one row is kept within the delivery.
        prefer: Order (SQL over the staged row) that says which one.
        same_fact: When two rows tell the same fact.
        upsert: Which of them stays.
        later_decides: Core columns that name what a later delivery tells anew: its rows stay, and those of earlier ones
            with equal values and other contents are parked. When they are the columns of `same_fact`, deliveries of all
            file types are compared; otherwise (a subset of them) only those of the same file type.
        withdrawn: A relation with the columns of `same_fact`: facts that were taken back; of a mapping
            `from_all_deliveries` only.
        goes_with_first: Core column that ties its rows to those of the mapping's first target: where that row is parked
            because its fact was told before, these are parked too, and they come back with it.
        columns: Core column to source; a core column left out is NULL; `batch_id` is set by ingest.
    """

    table: str
    rows: str = "staged"
    explode: Explode | None = None
    joins: tuple[Join, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    where: str | None = None
    one_per: tuple[str, ...] = ()
    prefer: str | None = None
    same_fact: SameFact
    upsert: Upsert | None = None
    later_decides: tuple[str, ...] = ()
    withdrawn: str | None = None
    goes_with_first: str | None = None
    columns: dict[str, Source]

    @model_validator(mode="after")
    def _keeps_the_key_of_its_partner(self) -> "Target":
        if self.joins and self.partner is None:
            raise ValueError("a join matches one column, which is also one of the columns; there is at most one join")
        return self

    @model_validator(mode="after")
    def _knows_one_way_to_be_newer(self) -> "Target":
        if self.later_decides and (self.upsert or not set(self.later_decides) <= set(self.same_fact.columns)):
            raise ValueError("later_decides names columns of same_fact, and goes without upsert")
        return self

    @property
    def partner(self) -> Partner | None:
        """What its rows lean on; None when they stand alone."""
        if len(self.joins) != 1 or len(self.joins[0].match) != 1:
            return None
        (join,) = self.joins
        ((key, told_by),) = join.match.items()
        taken = {
            name: source.from_.partition(".")[2]
            for name, source in self.columns.items()
            if source.from_ and source.from_.startswith(f"{join.as_}.")
        }
        column = next((name for name, other in taken.items() if other == key), None)
        if column is None:
            return None
        borrowed = tuple((name, other) for name, other in taken.items() if name != column)
        return Partner(join.table, key, column, told_by, borrowed)


class Mapping(Part):
    """How one file type becomes core rows.

    Attributes:
        file_type: The contract it belongs to.
        repeats: Expression: true for a row that by design repeats what another delivery tells; it is a duplicate.
        specialty_by_unit: Its hospital contacts come without a specialty and take that of their unit, from the core
            table `hospital_department`; its diagnoses take that of their contact.
        from_all_deliveries: Its core rows follow from the rows of all its deliveries together, so these are kept, and
            `staged` then holds them all. Its targets say by `one_per` and `prefer` which row of a fact stays.
        news: Expressions: the days of which a row tells news, where that is more than the day of its first target: the
            end of an address, a death. The latest of them that has come tells how far a delivery reaches.
        relations: Named SELECTs, each over `staged`, the core tables as `core.<table>`, and the relations before it.
        targets: The core tables in the order in which they are filled. The first decides which rows are duplicates.
    """

    file_type: str
    repeats: str | None = None
    specialty_by_unit: bool = False
    from_all_deliveries: bool = False
    news: tuple[str, ...] = ()
    relations: dict[str, str] = Field(default_factory=dict)
    targets: tuple[Target, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _takes_back_only_what_is_worked_out_anew(self) -> "Mapping":
        if not self.from_all_deliveries and any(target.withdrawn for target in self.targets):
            raise ValueError("withdrawn needs from_all_deliveries")
        return self
