"""A network whose registers have integer keys, as the lake has, is judged as one that is keyed by codes."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from spec.evaluations import Data, network_of
from spec.examples import Example
from wangdi.engine.evaluate.memory import MemorySource
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network
from wangdi.engine.evaluate.runners.local import LocalRunner
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS

EXAMPLE = Example(
    {
        "places": "code | parent\n county |\n town | county\n village | town",
        "institutions": "code | parent | place | type\n centre | | town | hospital\n c1 | centre | village | other",
        "workers": "code | institution\n w1 | c1\n w2 | centre\n w3 |",
        "residents": "code | place | institution\n r1 | village | c1\n r2 | town | centre\n r3 | |",
        "visit": """
            subject | institution | worker | occurred_on
            r1      | c1          | w1     | 2026-03-01
            r2      | c1          | w2     | 2026-03-02
            r3      |             | w1     | 2026-03-03
        """,
    },
    """
    facts:
      at_own: {any: visit, where: institution.code = subject.institution}
      by_people_of_c1: {any: visit, where: worker.institution = 'c1'}
    groups:
      of_c1: {when: institution = 'c1' or place = 'town'}
    schedules:
      check: {group: of_c1, once_per_year: {satisfied: at_own}}
    indicators:
      seen_at_own: {numerator: at_own, denominator: "true"}
      seen_by_c1: {numerator: by_people_of_c1, denominator: code <> 'r3'}
      under_centre: {entity: institution, numerator: parent = 'centre', denominator: "true"}
    """,
)
MOMENT = Moment.in_year(date(2026, 6, 30))


class KeyedSource(MemorySource):
    """Registers keyed by integers that are no positions; references hold keys."""

    key = "id"

    def register(self, entity: str, columns: Iterable[str], partition: str | None) -> Any:
        table = super().register(entity, columns, partition)
        for name in table.column_names:
            target = REGISTERS[entity].field(name).refers_to
            if target is not None:
                table = _replaced(table, name, self._keys(target, table[name]))
        return table.append_column("id", self._keys(entity, table["code"]))

    def records(self, kind: Kind, columns: Iterable[str], partition: str | None) -> Any:
        table = super().records(kind, columns, partition)
        for name, entity in (("subject", kind.about), ("institution", "institution"), ("worker", "worker")):
            table = _replaced(table, name, self._keys(entity, table[name]))
        return table

    def _keys(self, entity: str, codes: Any) -> Any:
        position = pc.index_in(codes, value_set=super().register(entity, (), None)["code"].combine_chunks())
        return pc.add(pc.multiply(position, 10), 7)


def _replaced(table: Any, name: str, column: Any) -> Any:
    return table.set_column(table.column_names.index(name), name, column)


def figures(network: Network) -> list[list[list[int]]]:
    [outcome] = network.evaluate([MOMENT])
    found = outcome.figures
    return [
        counts.tolist()
        for counts in (
            found.place_numerators,
            found.place_denominators,
            found.institution_numerators,
            found.institution_denominators,
        )
    ]


def keyed_network(data: Data) -> Network:
    return Network(KeyedSource(*data.tables(EXAMPLE.rulebook.kinds)), EXAMPLE.rulebook)


def test_references_in_rules_are_codes_whatever_the_keys_are() -> None:
    by_code = network_of(EXAMPLE.data, EXAMPLE.rulebook, LocalRunner())
    expected = figures(by_code)
    assert expected[1][0] == [2, 2, 1]
    assert expected[0][2] == [1, 1, 1]
    assert figures(keyed_network(EXAMPLE.data)) == expected


def test_due_items_name_the_keys_of_their_subjects_and_seats() -> None:
    [outcome] = keyed_network(EXAMPLE.data).evaluate([MOMENT])
    [row] = outcome.due.to_pylist()
    assert (row["subject"], row["institution"], row["place"]) == (17, 7, 17)


def test_a_plan_is_opened_with_a_column_that_no_table_has() -> None:
    data = EXAMPLE.data
    registers, records = data.tables(EXAMPLE.rulebook.kinds)
    registers["institution"] = registers["institution"].drop_columns(["parent"])
    records["visit"] = records["visit"].drop_columns(["note"])
    [outcome] = Network(MemorySource(registers, records), EXAMPLE.rulebook).evaluate([MOMENT])
    assert outcome.figures.institution_denominators[2].tolist() == [1, 1]
    assert isinstance(registers["institution"], pa.Table)


def test_due_items_are_found_at_the_moments_that_ask_for_them() -> None:
    earlier = Moment.in_year(MOMENT.as_of - timedelta(days=30))
    network = keyed_network(EXAMPLE.data)
    past, now = network.evaluate([earlier, MOMENT], due_at=[MOMENT])
    [wholly] = network.evaluate([earlier])
    assert past.due is None
    assert len(now.due) == 1
    assert wholly.due is not None
    assert past.figures.at("place")[1].tolist() == wholly.figures.at("place")[1].tolist()
