"""The sample files, read back by the import with the packs the product ships."""

from datetime import date
from pathlib import Path

import wangdi.content
from wangdi.demo import Network, write_csv
from wangdi.engine.packs.load import load_rulebook
from wangdi.interchange.tabular.known import KnownTables
from wangdi.interchange.tabular.read import read_tables

AS_OF = date(2026, 6, 30)
CONTENT = Path(wangdi.content.__file__).parent


def test_the_sample_files_import_without_a_problem_and_unchanged(tmp_path: Path) -> None:
    kinds = load_rulebook([CONTENT]).kinds
    network = Network(1500, as_of=AS_OF, kinds=kinds)
    write_csv(network, tmp_path)

    result = read_tables(tmp_path, kinds=kinds, known=KnownTables(), today=AS_OF)

    assert result.problems == ()
    for name, table in network.registers().items():
        assert result.tables[name].select(table.schema.names).equals(table)
    for name, piece in network.record_batches():
        read = result.tables[name].select(piece.schema.names)
        assert read.sort_by("id").equals(piece.sort_by("id")), name


def test_every_value_of_the_contract_is_simulated_for_the_shipped_kinds() -> None:
    kinds = load_rulebook([CONTENT]).kinds
    promised = {
        "records/htn_registration": set(),
        "records/htn_followup": {"sbp", "dbp"},
        "records/dm_registration": set(),
        "records/dm_followup": {"fpg", "sbp", "dbp"},
        "records/elderly_check": {"lifestyle", "physical", "auxiliary", "guidance"},
        "records/contract": {"team", "valid_from", "valid_to", "package"},
        "records/asset_acceptance": {"result", "documents_complete", "works", "staff_trained", "defects"},
        "records/posting": {"valid_from", "valid_to", "duties"},
    }

    written = {
        name: set(piece.schema.names)
        for name, piece in Network(1500, as_of=AS_OF, kinds=kinds).record_batches()
    }

    assert written.keys() == promised.keys()
    for name, fields in promised.items():
        assert fields <= written[name], name
