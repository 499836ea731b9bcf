"""Records as versions: nothing is overwritten, an amendment and a void are versions too."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from wangdi.engine.model.registers import REGISTERS
from wangdi.server.access.scope import NOTHING, Scope, Viewer, scope_of
from wangdi.server.audit.models import Change
from wangdi.server.common.jsontext import CompactJSON
from wangdi.server.common.once import once
from wangdi.server.network.models import MODELS, AnyEntity, Institution, Worker


class KindRow(models.Model):
    """A kind of record the store holds, and the register its subjects are in. The packs declare the rest."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=64, unique=True)
    about = models.CharField(max_length=16, choices=[(name, name) for name in REGISTERS])

    def __str__(self) -> str:
        return self.name


def kind_numbers() -> dict[str, int]:
    """The key of each kind that the store holds. Conditions on many kinds name keys: joined by name, SQLite may begin with
    the kinds and go through all their records, however few the other conditions leave."""
    return once("kind numbers", lambda: dict(KindRow.objects.values_list("name", "pk")))


def _handed_to(scope: Scope) -> Q:
    """Records any version of which is assigned to an institution of the scope."""
    versions = RecordVersion.objects.filter(kind=OuterRef("kind"), record_id=OuterRef("record_id"))
    assigned = versions.filter(
        scope.covering(place="assigned__place__path", institution="assigned__path")
    ).order_by()
    # One question for each of the two partial indexes.
    return Q(Exists(assigned.filter(is_current=True))) | Q(Exists(assigned.filter(is_current=False)))


class RecordQuerySet(models.QuerySet["RecordVersion"]):
    def visible_to(self, user: Viewer) -> "RecordQuerySet":
        """Records about somebody the user sees, done at an institution the user sees, or handed over to one."""
        return self._of(scope_of(user), lambda model: model.objects.visible_to(user))

    def within(self, scope: Scope) -> "RecordQuerySet":
        """The same for a scope, whoever asks."""
        return self._of(scope, lambda model: model.objects.all().within(scope))

    def _of(
        self, scope: Scope, seen: Callable[[type[AnyEntity]], "models.QuerySet[Any]"]
    ) -> "RecordQuerySet":
        if scope.everything:
            return self.all()
        done_at = scope.covering(place="institution__place__path", institution="institution__path")
        about = NOTHING
        for entity, model in MODELS.items():
            about |= Q(kind__about=entity, subject__in=seen(model).values("pk"))
        return self.filter(done_at | about | _handed_to(scope))

    def handed_to(self, user: Viewer) -> "RecordQuerySet":
        """Records that an institution the user sees has, or had, in hand: those records, nothing else of their subjects."""
        scope = scope_of(user)
        return self.filter(assigned__isnull=False) if scope.everything else self.filter(_handed_to(scope))

    def current(self) -> "RecordQuerySet":
        """The newest version of each record, voids included."""
        return self.filter(is_current=True)

    def valid(self) -> "RecordQuerySet":
        """What evaluation sees: the newest versions that are not void."""
        return self.filter(is_current=True, status=RecordVersion.Status.FINAL)


class RecordVersion(models.Model):
    """One version of a record. ``seq`` is the store's change sequence: later writes have larger numbers.

    ``subject`` is a key in the register the kind is about. Keys of the register tables are not checked by the
    database here: bulk loads resolve every reference before they write, and entities are never removed.
    """

    class Status(models.TextChoices):
        FINAL = "final"
        VOID = "void"

    seq = models.BigAutoField(primary_key=True)
    kind = models.ForeignKey(KindRow, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    record_id = models.CharField(max_length=64)
    version = models.IntegerField()
    is_current = models.BooleanField()
    subject = models.BigIntegerField()
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    occurred_on = models.DateField()
    status = models.CharField(max_length=8, choices=Status.choices)
    values = models.JSONField(encoder=CompactJSON)
    """Only the fields that have a value, in the order the kind declares them."""
    state = models.CharField(max_length=64, null=True)
    assigned = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    """In a workflow: what the values say of state and assigned institution, so that an inbox is found by an index."""
    change = models.ForeignKey(Change, models.PROTECT, related_name="+", db_constraint=False, db_index=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        # Two partial indexes instead of one over all versions: finding the newest needs no sorting, and
        # the bulk load can set them aside (SQLite cannot drop a constraint that is part of the table).
        constraints = [
            models.UniqueConstraint(
                name="recordversion_current", fields=("kind", "record_id"), condition=Q(is_current=True)
            ),
            models.UniqueConstraint(
                name="recordversion_past",
                fields=("kind", "record_id", "version"),
                condition=Q(is_current=False),
            ),
        ]
        indexes = [
            models.Index(fields=("subject", "kind", "occurred_on"), name="recordversion_subject"),
            models.Index(
                fields=("institution", "kind", "occurred_on"),
                name="recordversion_institution",
                condition=Q(is_current=True, institution__isnull=False),
            ),
            models.Index(
                fields=("worker", "kind", "occurred_on"),
                name="recordversion_worker",
                condition=Q(is_current=True, worker__isnull=False),
            ),
            # With all that an inbox asks before it opens a record: counting reads the index alone.
            models.Index(
                fields=("assigned", "state", "kind", "status"),
                name="recordversion_assigned",
                condition=Q(is_current=True, assigned__isnull=False),
            ),
            # A list of many records of a kind, newest first, walked from its beginning: in its whole order, with whom
            # a record is about, so that those about others are passed over without being opened.
            models.Index(
                fields=("kind", "occurred_on", "seq", "subject", "status"),
                name="recordversion_kind",
                condition=Q(is_current=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id}/{self.record_id} v{self.version}"


class Loading(models.Model):
    """A piece of a large load that was checked and accepted, while its records are written in steps.

    It goes with the last of them. One that is left was cut off, and whoever opens the store for bulk work or serves it
    finishes it first (`unfinished.finish_loads`).
    """

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(Change, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=64)
    about = models.CharField(max_length=16)
    rows = models.BinaryField()
    """All records of the piece as `shaping.shape_records` makes them: a compressed Arrow stream."""

    def __str__(self) -> str:
        return f"{self.kind} of {self.change_id}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def standing(self) -> "EvidenceQuerySet":
        """What was not withdrawn, oldest first."""
        return self.filter(withdrawn=None).select_related("change").order_by("id")

    def of_record(self, kind: str, record_id: str) -> "EvidenceQuerySet":
        return self.standing().filter(kind=kind, record_id=record_id)

    def of_clauses(self, institution: Institution, standard: str, year: int) -> "EvidenceQuerySet":
        return self.standing().filter(institution=institution, standard=standard, year=year)


class Evidence(models.Model):
    """A file handed in for a record, or for a clause of a standard at an institution in a year.

    The file itself lies in the data folder under the hash of its content; it stays when the evidence is withdrawn.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=64, default="")
    record_id = models.CharField(max_length=64, default="")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    standard = models.CharField(max_length=64, default="")
    year = models.IntegerField(default=0)
    clause = models.CharField(max_length=64, default="")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")
    withdrawn = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("kind", "record_id"), name="evidence_record"),
            models.Index(fields=("institution", "standard", "year"), name="evidence_clause"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")
