"""Finishing large loads that were cut off while their records were written."""

from collections.abc import Mapping

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.server.common.bulk import BulkWriter, bulk_connection, lease_store
from wangdi.server.records.models import Loading
from wangdi.server.records.staged import StagedRecords, unpacked


def finish_loads(kinds: Mapping[str, Kind]) -> int:
    """Writes what is left of loads that were cut off; how many there were. Raises StoreBusy, BulkUnavailable."""
    if not Loading.objects.exists():
        return 0
    with bulk_connection(lease_store()) as writer:
        return finish_with(writer, kinds)


def finish_with(writer: BulkWriter, kinds: Mapping[str, Kind]) -> int:
    """The same, for who has the store already."""
    found = writer.rows(
        "SELECT c.id, c.actor_name FROM audit_change c "
        "WHERE c.id IN (SELECT change_id FROM records_loading) ORDER BY c.id"
    )
    for change_id, actor_name in found:
        pieces = writer.rows(
            f"SELECT id, kind, about FROM records_loading WHERE change_id = {change_id} ORDER BY id"
        )
        for key, name, about in pieces:
            records = StagedRecords(writer, ())
            # A kind that the packs no longer have keeps its records, as a load of it would have.
            kind = kinds.get(name, Kind(name, Text(name, name), about, ()))
            (content,) = writer.rows(f'SELECT "rows" FROM records_loading WHERE id = {key}') or ((None,),)
            if content[0] is not None:  # nobody has finished it since we looked
                records.add(kind, unpacked(content[0]), key, change_id)
                records.write_in_steps(change_id, actor_name)
    return len(found)
