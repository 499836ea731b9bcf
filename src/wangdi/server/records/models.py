"""Records as versions: nothing is overwritten, an amendment and a void are versions too."""

from django.db import models
from django.db.models import Q

from wangdi.engine.model.registers import REGISTERS
from wangdi.server.access.scope import NOTHING, Viewer, scope_of
from wangdi.server.audit.models import Change
from wangdi.server.common.jsontext import CompactJSON
from wangdi.server.network.models import MODELS, Institution, Worker


class KindRow(models.Model):
    """A kind of record the store holds, and the register its subjects are in. The packs declare the rest."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=64, unique=True)
    about = models.CharField(max_length=16, choices=[(name, name) for name in REGISTERS])

    def __str__(self) -> str:
        return self.name


class RecordQuerySet(models.QuerySet["RecordVersion"]):
    def visible_to(self, user: Viewer) -> "RecordQuerySet":
        """Records about somebody the user sees, and records done at an institution the user sees."""
        scope = scope_of(user)
        if scope.everything:
            return self.all()
        done_at = scope.covering(place="institution__place__path", institution="institution__path")
        about = NOTHING
        for entity, model in MODELS.items():
            visible = model.objects.visible_to(user)
            about |= Q(kind__about=entity, subject__in=visible.values("pk"))
        return self.filter(done_at | about)

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
        indexes = [models.Index(fields=("subject", "kind", "occurred_on"), name="recordversion_subject")]

    def __str__(self) -> str:
        return f"{self.kind_id}/{self.record_id} v{self.version}"
