"""``wangdi list``: the rows of a register."""

from typing import Annotated, Any

import pyarrow as pa
import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import InstitutionCode, OutputFormat, PlaceCode
from wangdi.cli.output import Format, fail, write_rows
from wangdi.cli.wording import t
from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.registers import REGISTERS
from wangdi.interchange.tables import register_schema
from wangdi.server.network.models import MODELS, EntityQuerySet, Institution, Place

TABLES = {register.table: register for register in REGISTERS.values()}


def list_register(
    table: Annotated[
        str,
        typer.Argument(metavar="|".join(TABLES), help=t("哪个台账", "Which register"), show_default=False),
    ],
    place: PlaceCode = None,
    institution: InstitutionCode = None,
    output: OutputFormat = Format.TABLE,
) -> None:
    require_installation()
    register = TABLES.get(table)
    if register is None:
        raise fail(
            t(
                f"没有台账 {table}：{suggest(table, TABLES)}",
                f"no register {table}: {suggest(table, TABLES)}",
            ),
            2,
        )
    shown = [field for field in register.fields if not field.sensitive]
    lookups = [f"{field.name}__code" if field.refers_to else field.name for field in shown]
    found = MODELS[register.entity].objects.all()
    rows = _under(found, place, institution).order_by("code").values_list(*lookups)
    columns = zip(*rows, strict=True) if rows else ([] for _ in shown)
    schema = pa.schema([register_schema(register).field(field.name) for field in shown])
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    write_rows(pa.table(arrays, schema=schema), output)


def _under(rows: EntityQuerySet[Any], place: str | None, institution: str | None) -> EntityQuerySet[Any]:
    """Those of a place and of an institution, with all under them."""
    for model, code, path in (
        (Place, place, rows.place_path),
        (Institution, institution, rows.institution_path),
    ):
        if code is None:
            continue
        area = model.objects.filter(code=code).first()
        if area is None or path is None:
            raise fail(t(f"没有编码为 {code} 的区划或机构", f"there is no place or institution {code}"), 2)
        rows = rows.filter(**{f"{path}__under": area.path})
    return rows
