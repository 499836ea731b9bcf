"""Published results: what screens, exports and tasks read. Made by the evaluator only, replaced as a whole."""

from datetime import date

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from wangdi.engine.model.calendar import Duration, shift
from wangdi.engine.model.schedules import Urgency
from wangdi.server.access.scope import Viewer, scope_of
from wangdi.server.audit.models import Change
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.models import Institution, Place, Resident, Worker


class Publication(models.Model):
    """One evaluation of everybody, and what it was made from. Due items belong to the newest; figures are kept."""

    id = models.BigAutoField(primary_key=True)
    as_of = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    watermark = models.BigIntegerField()
    """The store's change sequence up to which records are in it."""
    packs = models.JSONField()
    """Pack name to version."""
    basis = models.CharField(max_length=64, default="")
    """What the figures were made from, in one word; see `basis.basis_of`."""
    only_figures = models.BooleanField(default=False)
    """Made for a period that was closed: figures of its last day, no due items."""

    class Meta:
        get_latest_by = "id"

    def __str__(self) -> str:
        return f"{self.as_of} ({self.made_at:%Y-%m-%d %H:%M})"


class KeptDay(models.Model):
    """A day whose figures are kept, and the publication that made them."""

    as_of = models.DateField(primary_key=True)
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="+", db_constraint=False)

    def __str__(self) -> str:
        return str(self.as_of)


class Closure(models.Model):
    """The closing of a period: its figures are published for good, unless it is opened again, for a reason.

    ``archive`` names the folder with what the figures were made from; ``contents`` says what it has to hold: the hash
    of the figures, of each pack with its version, the Delta version of each table, and the version of the program.
    """

    id = models.BigAutoField(primary_key=True)
    last_day = models.DateField()
    publication = models.ForeignKey(Publication, models.PROTECT, related_name="+", db_constraint=False)
    archive = models.CharField(max_length=64)
    contents = models.JSONField()
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")
    reopened = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, default="")
    """Why it was opened again."""

    class Meta:
        ordering = ("last_day", "id")
        constraints = [
            models.UniqueConstraint(
                name="closure_once", fields=("last_day",), condition=models.Q(reopened=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.last_day:%Y-%m}"


def is_open_on(day: date) -> Q:
    """What of due items, or of their coming and going, tells that they are due or overdue on a day."""
    return _is_possible_on(day) & Q(due_from__lte=day)


def _is_possible_on(day: date) -> Q:
    return Q(missed_from=None) | Q(missed_from__gt=day)


_MISSED, _RANKS = 3, {Urgency.FIRST: 0, Urgency.USUAL: 1, Urgency.LATER: 2}


def rank_on(day: date) -> models.Case:
    """0 for items that come first on a day, 1, 2 for those that come later by their schedule or fade, 3 for missed ones."""
    by_urgency: dict[Urgency, list[str]] = {}
    fading: dict[Duration, list[str]] = {}
    for name, schedule in rulebook().schedules.items():
        if schedule.urgency is not Urgency.USUAL:
            by_urgency.setdefault(schedule.urgency, []).append(name)
        if schedule.fades is not None:
            fading.setdefault(schedule.fades, []).append(name)
    return models.Case(
        models.When(missed_from__lte=day, then=_MISSED),
        *(
            models.When(
                schedule__in=names, overdue_from__lte=shift(day, fades, -1), then=_RANKS[Urgency.LATER]
            )
            for fades, names in fading.items()
        ),
        *(models.When(schedule__in=names, then=_RANKS[urgency]) for urgency, names in by_urgency.items()),
        default=_RANKS[Urgency.USUAL],
        output_field=models.IntegerField(),
    )


class DueItemQuerySet(models.QuerySet["DueItem"]):
    def visible_to(self, user: Viewer) -> "DueItemQuerySet":
        return self.filter(_at_seats_of(user))

    def of(self, entity: str, subject: int) -> "DueItemQuerySet":
        """What is due about one entity; by the index that has it."""
        if entity == "resident":
            return self.filter(resident=subject)
        return self.filter(entity=entity, subject=subject)

    def open_on(self, day: date) -> "DueItemQuerySet":
        """Due or overdue on that day."""
        return self.filter(is_open_on(day))

    def possible_on(self, day: date) -> "DueItemQuerySet":
        """Not missed by that day."""
        return self.filter(_is_possible_on(day))

    def missed_on(self, day: date) -> "DueItemQuerySet":
        """No longer to be done on that day."""
        return self.filter(missed_from__lte=day)

    def with_charges(self) -> "DueItemQuerySet":
        """With ``charged_to``: the key of the worker who has to do it."""
        return self.annotate(charged_to=Subquery(Charge.objects.of_item().values("worker")[:1]))

    def by_urgency(self, day: date) -> "DueItemQuerySet":
        """In the order that the packs' schedules ask for, the longest overdue first in each; what is missed by that day
        comes last."""
        return self.order_by(rank_on(day), "due_on", "id")


class DueItem(models.Model):
    """What has to be done about somebody or something. Its status on a day follows from the dates alone.

    ``subject`` is the key in the register of ``entity``; ``resident`` is that resident, null for other entities.
    ``institution`` is the one that has to act; ``step`` the step of a series, or the id of the record it is about.
    """

    id = models.BigAutoField(primary_key=True)
    entity = models.CharField(max_length=16, default="resident")
    subject = models.BigIntegerField()
    resident = models.ForeignKey(
        Resident, models.CASCADE, null=True, related_name="due_items", db_constraint=False
    )
    schedule = models.CharField(max_length=64)
    step = models.CharField(max_length=64, default="")
    due_from = models.DateField()
    due_on = models.DateField()
    overdue_from = models.DateField()
    missed_from = models.DateField(null=True)
    institution = models.ForeignKey(
        Institution, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    place = models.ForeignKey(
        Place, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )

    objects = DueItemQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("institution", "due_on"), name="dueitem_institution"),
            models.Index(fields=("place", "due_on"), name="dueitem_place"),
            models.Index(
                fields=("entity", "subject"), name="dueitem_subject", condition=~Q(entity="resident")
            ),
            models.Index(fields=("step",), name="dueitem_record", condition=~Q(step="")),
        ]

    def __str__(self) -> str:
        return f"{self.schedule} {self.due_on}"

    def status_on(self, day: date) -> str:
        """``upcoming``, ``due``, ``overdue`` or ``missed``."""
        if self.missed_from is not None and day >= self.missed_from:
            return "missed"
        if day < self.due_from:
            return "upcoming"
        return "due" if day < self.overdue_from else "overdue"


class OpenCountQuerySet(models.QuerySet["OpenCount"]):
    def visible_to(self, user: Viewer) -> "OpenCountQuerySet":
        """Of the items that the user sees."""
        return self.filter(_at_seats_of(user))


class OpenChangeQuerySet(models.QuerySet["OpenChange"]):
    def visible_to(self, user: Viewer) -> "OpenChangeQuerySet":
        """Of the items that the user sees."""
        return self.filter(_at_seats_of(user))


def _at_seats_of(user: Viewer) -> Q:
    return scope_of(user).covering(place="place__path", institution="institution__path")


class _Seated(models.Model):
    id = models.BigAutoField(primary_key=True)
    institution = models.ForeignKey(
        Institution, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    place = models.ForeignKey(
        Place, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


class OpenCount(_Seated):
    """How many items of a place and an institution are open on a day, as of the last evaluation; see `open_counts`."""

    day = models.DateField()
    overdue = models.IntegerField()
    due = models.IntegerField()
    after = models.BigIntegerField()
    """The last `OpenChange` that is in it: those with larger numbers are to be added."""

    objects = OpenCountQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("day", "institution"), name="opencount_institution"),
            models.Index(fields=("day", "place"), name="opencount_place"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.overdue} + {self.due}"


class OpenChange(_Seated):
    """A due item that came (``sign`` 1) or went (-1) since items were last counted."""

    due_from = models.DateField()
    overdue_from = models.DateField()
    missed_from = models.DateField(null=True)
    sign = models.SmallIntegerField()

    objects = OpenChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.sign:+d} {self.due_from}"


class ChargeQuerySet(models.QuerySet["Charge"]):
    def of_item(self) -> "ChargeQuerySet":
        """In a subquery of due items: the charge of each. One given for an earlier turn of a schedule has ended."""
        same = {name: OuterRef(name) for name in ("entity", "subject", "schedule", "step")}
        return self.filter(**same, due_on__gte=OuterRef("due_from"))


class Charge(models.Model):
    """Which worker has to do a due item.

    Items are published anew, so a charge names one by what it is about; ``due_on`` is its last day at that time, by
    which it is told from the next turn of the same schedule.
    """

    id = models.BigAutoField(primary_key=True)
    entity = models.CharField(max_length=16)
    subject = models.BigIntegerField()
    schedule = models.CharField(max_length=64)
    step = models.CharField(max_length=64, default="")
    due_on = models.DateField()
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="charges")
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")

    objects = ChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="charge_once", fields=("subject", "schedule", "step", "entity"))
        ]

    def __str__(self) -> str:
        return f"{self.schedule} {self.due_on}: {self.worker_id}"


class FigureQuerySet(models.QuerySet["Figure"]):
    def announced(self, publication: int) -> "FigureQuerySet":
        """Those of publications up to that one: the next may be being written."""
        return self.filter(publication_id__lte=publication)


class Figure(models.Model):
    """An indicator at a place or an institution (and all under it) as of a day; its value is `Indicator.value` of both.

    ``denominator`` is null where the measure has none. ``dimension`` and ``category``: of a part of those it is about,
    as those of one sex; '' for all of them.
    """

    id = models.BigAutoField(primary_key=True)
    indicator = models.CharField(max_length=64)
    as_of = models.DateField()
    place = models.ForeignKey(
        Place, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    institution = models.ForeignKey(
        Institution, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    dimension = models.CharField(max_length=64, default="")
    category = models.CharField(max_length=64, default="")
    numerator = models.FloatField()
    denominator = models.FloatField(null=True)
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="figures", db_constraint=False)

    objects = FigureQuerySet.as_manager()

    class Meta:
        # Each figure is in one of the two: half as much to write as in both.
        indexes = [
            models.Index(
                fields=("place", "dimension", "indicator", "as_of"),
                name="figure_of_place",
                condition=Q(place__isnull=False),
            ),
            models.Index(
                fields=("institution", "dimension", "indicator", "as_of"),
                name="figure_of_institution",
                condition=Q(institution__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.as_of}: {self.numerator}/{self.denominator}"
