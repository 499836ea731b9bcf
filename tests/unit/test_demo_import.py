"""The sample files, read back by the import with the packs the product ships."""

from datetime import date
from pathlib import Path

from demo_examples import KINDS, RULEBOOK, SKETCHES

from wangdi.demo import Network, write_csv
from wangdi.interchange.tabular.known import KnownTables
from wangdi.interchange.tabular.read import read_tables

AS_OF = date(2026, 6, 30)


def test_the_sample_files_import_without_a_problem_and_unchanged(tmp_path: Path) -> None:
    kinds = RULEBOOK.kinds
    network = Network(1500, as_of=AS_OF, kinds=KINDS, sketches=SKETCHES)
    write_csv(network, tmp_path)

    result = read_tables(tmp_path, kinds=kinds, known=KnownTables(), today=AS_OF)

    assert result.problems == ()
    for name, table in network.registers().items():
        assert result.tables[name].select(table.schema.names).equals(table)
    for name, piece in network.record_batches():
        read = result.tables[name].select(piece.schema.names)
        assert read.sort_by("id").equals(piece.sort_by("id")), name
