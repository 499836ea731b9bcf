"""The registers as tables; their columns are those of ``wangdi.engine.model.registers``."""

from typing import Self, TypeAlias, TypeVar

from django.db import models

from wangdi.engine.model.fields import Field
from wangdi.engine.model.registers import ASSET, INSTITUTION, PLACE, REGISTERS, RESIDENT, TEAM, WORKER
from wangdi.server.access.scope import Scope, Viewer, scope_of
from wangdi.server.audit.models import Change
from wangdi.server.common.jsontext import CompactJSON
from wangdi.server.common.paths import PathField
from wangdi.server.common.prefix import Begins
from wangdi.server.common.secrecy import mask_id_number, mask_phone, vault
from wangdi.server.network.spelling import LONGEST_INITIALS, LONGEST_PINYIN

CODE_LENGTH = 64

models.CharField.register_lookup(Begins)

_Row = TypeVar("_Row", bound="Entity")


def _choices(field: Field) -> list[tuple[str, str]]:
    return [(option.code, option.title.zh) for option in field.options]


class EntityQuerySet(models.QuerySet[_Row]):
    """Rows of a register. The lookups lead to the paths that decide who sees and who records about a row."""

    place_path = "institution__place__path"
    institution_path: str | None = "institution__path"

    def visible_to(self, user: Viewer) -> Self:
        return self.filter(self._covered_by(scope_of(user)))

    def recordable_by(self, user: Viewer) -> Self:
        """Those about whom the user may write records."""
        entity = self.model._meta.model_name
        return self.filter(self._covered_by(scope_of(user, recording=entity)))

    def within(self, scope: Scope) -> Self:
        """Those in a scope, whoever asks."""
        return self.filter(self._covered_by(scope))

    def _covered_by(self, scope: Scope) -> models.Q:
        return scope.covering(place=self.place_path, institution=self.institution_path)


class PlaceQuerySet(EntityQuerySet["Place"]):
    place_path, institution_path = "path", None

    def visible_to(self, user: Viewer) -> "PlaceQuerySet":
        return self.filter(scope_of(user).covering_places())


class InstitutionQuerySet(EntityQuerySet["Institution"]):
    place_path, institution_path = "place__path", "path"


class PersonQuerySet(EntityQuerySet[_Row]):
    def with_id_number(self, value: str) -> Self:
        return self.filter(id_number_index=vault().blind_index("id_number", value))

    def with_phone(self, value: str) -> Self:
        return self.filter(phone_index=vault().blind_index("phone", value))


class WorkerQuerySet(PersonQuerySet["Worker"]):
    pass


class TeamQuerySet(EntityQuerySet["Team"]):
    pass


class AssetQuerySet(EntityQuerySet["Asset"]):
    pass


class ResidentQuerySet(PersonQuerySet["Resident"]):
    place_path = "place__path"


class ResidentManager(models.Manager["Resident"]):
    """Everybody, once: without the files that were merged into another of the same person."""

    def get_queryset(self) -> ResidentQuerySet:
        return ResidentQuerySet(self.model, using=self._db).filter(merged_into=None)


class Entity(models.Model):
    """A row of a register. ``change`` is the last change that touched it."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    name = models.CharField(max_length=200)
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")
    pinyin = models.CharField(max_length=LONGEST_PINYIN, default="", db_default="")
    initials = models.CharField(max_length=LONGEST_INITIALS, default="", db_default="")
    """The name in letters, for search; see `spelling`. Written with the name, wherever that is written."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Person(Entity):
    """Somebody with an identity number and a telephone, both sealed; reveal them where it is audited."""

    sex = models.CharField(max_length=1, null=True, choices=_choices(RESIDENT.field("sex")))
    birth_date = models.DateField(null=True)
    id_number_sealed = models.BinaryField(null=True)
    id_number_index = models.BinaryField(null=True, db_index=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True, db_index=True)

    class Meta:
        abstract = True

    def reveal_id_number(self) -> str | None:
        return vault().reveal("id_number", self.id_number_sealed) if self.id_number_sealed else None

    def reveal_phone(self) -> str | None:
        return vault().reveal("phone", self.phone_sealed) if self.phone_sealed else None

    @property
    def masked_id_number(self) -> str:
        return mask_id_number(self.reveal_id_number() or "")

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.reveal_phone() or "")


class Place(Entity):
    level = models.CharField(max_length=16, choices=_choices(PLACE.field("level")))
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    population = models.IntegerField(null=True)
    path = PathField(db_index=True)

    objects = PlaceQuerySet.as_manager()


class Institution(Entity):
    type = models.CharField(max_length=32, choices=_choices(INSTITUTION.field("type")))
    level = models.CharField(max_length=1, null=True, choices=_choices(INSTITUTION.field("level")))
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    place = models.ForeignKey(Place, models.PROTECT, related_name="institutions")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    beds = models.IntegerField(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    path = PathField(db_index=True)

    objects = InstitutionQuerySet.as_manager()


class Worker(Person):
    title_level = models.CharField(max_length=16, null=True, choices=_choices(WORKER.field("title_level")))
    qualification = models.CharField(max_length=200, null=True)
    specialty = models.CharField(max_length=200, null=True)
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="workers")
    employed_from = models.DateField(null=True)
    left_on = models.DateField(null=True)

    objects = WorkerQuerySet.as_manager()


class Team(Entity):
    type = models.CharField(max_length=32, choices=_choices(TEAM.field("type")))
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="teams")
    leader = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="teams_led")
    formed_on = models.DateField(null=True)
    dissolved_on = models.DateField(null=True)

    objects = TeamQuerySet.as_manager()


class Asset(Entity):
    type = models.CharField(max_length=32, choices=_choices(ASSET.field("type")))
    serial = models.CharField(max_length=200, null=True)
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="assets")
    delivered_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    in_service_from = models.DateField(null=True)
    out_of_service_on = models.DateField(null=True)

    objects = AssetQuerySet.as_manager()


class Resident(Person):
    death_date = models.DateField(null=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="residents")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="residents")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="residents")
    address = models.CharField(max_length=500, null=True)
    household = models.CharField(max_length=CODE_LENGTH, null=True)
    """The code that those who live together have in common."""
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    """The other file of the same person, which stands for both; it is never merged itself."""

    objects = ResidentManager.from_queryset(ResidentQuerySet)()
    all_files = ResidentQuerySet.as_manager()

    class Meta:
        # Who is found by the beginning of a name is checked against the reader's scope without visiting the rows.
        indexes = [
            models.Index(fields=(by, "place", "institution"), name=f"resident_{by}")
            for by in ("name", "pinyin", "initials")
        ] + [
            models.Index(
                fields=("merged_into",), name="resident_merged", condition=models.Q(merged_into__isnull=False)
            )
        ]


class RegisterVersion(models.Model):
    """What a row of a register said before ``change``. Sealed values stay sealed (hexadecimal)."""

    id = models.BigAutoField(primary_key=True)
    entity = models.CharField(
        max_length=16, choices=[(name, register.title.zh) for name, register in REGISTERS.items()]
    )
    code = models.CharField(max_length=CODE_LENGTH)
    change = models.ForeignKey(Change, models.PROTECT, related_name="+", db_index=False)
    previous = models.JSONField(encoder=CompactJSON)

    class Meta:
        indexes = [models.Index(fields=("entity", "code"), name="registerversion_entity_code")]

    def __str__(self) -> str:
        return f"{self.entity} {self.code}"


AnyEntity: TypeAlias = Place | Institution | Worker | Team | Asset | Resident

MODELS: dict[str, type[AnyEntity]] = {
    "place": Place,
    "institution": Institution,
    "worker": Worker,
    "team": Team,
    "asset": Asset,
    "resident": Resident,
}
"""The model of each register, by entity."""
