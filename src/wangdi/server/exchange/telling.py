"""From versions in the store to what the mappings need: whom they are about, where, and everything they name."""

from collections.abc import Iterable, Mapping, Sequence

from wangdi.engine.model.pack import Pack
from wangdi.engine.model.registers import INSTITUTION
from wangdi.engine.model.text import Text
from wangdi.interchange.fhir.told import (
    HIDDEN,
    Directory,
    Hidden,
    Organisation,
    Person,
    Practitioner,
    ToldRecord,
)
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.models import Institution, Place, Resident, Worker
from wangdi.server.records.models import RecordVersion

RELATED = ("kind", "institution", "worker__institution", "change")
"""What versions are read with before they are told."""

_TYPES: Mapping[str, Text] = {option.code: option.title for option in INSTITUTION.field("type").options}


def pack_of_kinds() -> Mapping[str, Pack]:
    """The pack that declares each kind."""
    rules = rulebook()
    return rules.once(
        "pack of each kind", lambda: {kind.name: pack for pack in rules.packs for kind in pack.kinds}
    )


def is_told(kind: str) -> bool:
    """Whether records of a kind are told to other systems: those about residents that a pack in force declares."""
    found = rulebook().kinds.get(kind)
    return found is not None and found.about == "resident"


def told_records(versions: Iterable[RecordVersion], *, with_numbers: bool) -> list[ToldRecord]:
    """Versions of records about residents, read with `RELATED`; a handful of queries for however many.

    Without ``with_numbers`` identity numbers and telephones are said to be there, and hidden.
    """
    listed = [one for one in versions if is_told(one.kind.name)]
    persons = _persons({one.subject for one in listed}, with_numbers)
    directory = _directory(listed)
    return [_told(one, persons[one.subject], directory) for one in listed]


def told_person(resident: Resident, *, with_numbers: bool) -> Person:
    """A resident, read with place and institution."""
    number, phone = resident.id_number_sealed, resident.phone_sealed
    return Person(
        resident.code,
        resident.name,
        resident.sex,
        resident.birth_date,
        resident.death_date,
        resident.address,
        resident.place.name if resident.place else None,
        organisation(resident.institution),
        _number(resident.reveal_id_number() if number and with_numbers else None, bool(number)),
        _number(resident.reveal_phone() if phone and with_numbers else None, bool(phone)),
    )


def organisation(institution: Institution | None) -> Organisation | None:
    if institution is None:
        return None
    return Organisation(institution.code, institution.name, _TYPES.get(institution.type))


def _number(shown: str | None, is_there: bool) -> str | Hidden | None:
    return shown or (HIDDEN if is_there else None)


def _persons(keys: set[int], with_numbers: bool) -> dict[int, Person]:
    residents = Resident.all_files.filter(pk__in=keys).select_related("place", "institution")
    return {one.pk: told_person(one, with_numbers=with_numbers) for one in residents}


def _directory(versions: Sequence[RecordVersion]) -> Directory:
    codes = _codes_named(versions)
    institutions = Institution.objects.filter(code__in=codes["institution"])
    workers = Worker.objects.filter(code__in=codes["worker"]).select_related("institution")
    places = Place.objects.filter(code__in=codes["place"]).values_list("code", "name")
    return Directory(
        {one.code: found for one in institutions if (found := organisation(one)) is not None},
        {one.code: _practitioner(one) for one in workers},
        dict(places),
    )


def _codes_named(versions: Iterable[RecordVersion]) -> dict[str, set[str]]:
    """The codes that fields of the records hold, by the register they are in."""
    found: dict[str, set[str]] = {"institution": set(), "worker": set(), "place": set()}
    for one in versions:
        for field in rulebook().kinds[one.kind.name].fields:
            if field.refers_to in found and one.values.get(field.name):
                found[field.refers_to].add(one.values[field.name])
    return found


def _practitioner(worker: Worker) -> Practitioner:
    return Practitioner(worker.code, worker.name, organisation(worker.institution))


def _told(version: RecordVersion, person: Person, directory: Directory) -> ToldRecord:
    pack = pack_of_kinds()[version.kind.name]
    return ToldRecord(
        pack.name,
        pack.version,
        rulebook().kinds[version.kind.name],
        version.record_id,
        version.version,
        person,
        version.occurred_on,
        version.change.at,
        version.values,
        version.status == RecordVersion.Status.VOID,
        organisation(version.institution),
        _practitioner(version.worker) if version.worker is not None else None,
        directory,
    )
