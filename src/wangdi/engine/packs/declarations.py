"""The parts of a pack that stand for themselves: sources, parameters, kinds of record."""

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.parameters import DatedValue, Parameter, ParameterScalar, Source, Trust
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.library import Library, PackFile, text_of
from wangdi.engine.packs.shapes import FieldShape, KindShape, ParameterShape
from wangdi.engine.packs.yaml_tree import Path_


def declare(library: Library) -> None:
    """Fills the library with every pack's sources, parameters and kinds."""
    for file in library.files.values():
        for name, shape in file.shape.sources.items():
            trust = Trust(shape.status)
            source = Source(name, text_of(shape.title), shape.number, shape.date, shape.address, trust)
            library.sources[file.name, name] = source
    for file in library.files.values():
        for name, parameter_shape in file.shape.parameters.items():
            _declare_parameter(library, file, name, parameter_shape)
        for name, kind_shape in file.shape.kinds.items():
            _declare_kind(library, file, name, kind_shape)


def _declare_parameter(library: Library, file: PackFile, name: str, shape: ParameterShape) -> None:
    path: Path_ = ("parameters", name)
    values = []
    _check_source(library, file, shape.source, (*path, "source"))
    for index, dated in enumerate(shape.values):
        at: Path_ = (*path, "values", index)
        if dated.source is not None:
            _check_source(library, file, dated.source, (*at, "source"))
        trust = Trust(dated.status or shape.status)
        value = _parameter_value(library, file, dated.value, (*at, "value"))
        values.append(DatedValue(dated.since, value, dated.source or shape.source, trust))
    parameter = library.build(
        file,
        "W3002",
        path,
        lambda: Parameter(file.name, name, text_of(shape.title), shape.unit, tuple(values)),
    )
    if parameter is not None:
        library.parameters[file.name, name] = parameter


def _parameter_value(
    library: Library, file: PackFile, value: int | float | str | None, path: Path_
) -> ParameterScalar | None:
    if not isinstance(value, str):
        return value
    duration = parse_duration(value)
    if duration is None:
        message = f"'{value}' is neither a number nor a duration"
        library.report(file, "W3002", path, message, "write a number, or a duration such as 3 months")
    return duration


def _check_source(library: Library, file: PackFile, source: str, path: Path_) -> None:
    if (file.name, source) not in library.sources:
        hint = suggest(source, (name for pack, name in library.sources if pack == file.name))
        library.report(file, "W2106", path, f"unknown source '{source}'", hint)


def _declare_kind(library: Library, file: PackFile, name: str, shape: KindShape) -> None:
    fields = [
        library.build(file, "W3001", ("kinds", name, "fields", key), lambda key=key, field=field: _field(key, field))
        for key, field in shape.fields.items()
    ]
    if name in library.kinds:
        library.report(file, "W2107", ("kinds", name), f"the kind '{name}' is declared in two packs", key=True)
        return
    kind = Kind(name, text_of(shape.title), shape.about, tuple(field for field in fields if field is not None))
    library.kinds[name] = kind


def _field(name: str, shape: FieldShape) -> Field:
    return Field(
        name,
        text_of(shape.title),
        FieldType(shape.type),
        tuple(Option(code, text_of(title)) for code, title in shape.options.items()),
        shape.ordered,
        shape.unit,
        shape.min,
        shape.max,
        shape.required,
    )
