"""The parts of a pack that stand for themselves: sources, parameters, kinds of record."""

from collections.abc import Mapping

from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.kinds import ENVELOPE, Kind, Quick
from wangdi.engine.model.parameters import AppliesBy, DatedValue, Parameter, ParameterScalar, Source, Trust
from wangdi.engine.model.text import Text
from wangdi.engine.model.usual import Usual
from wangdi.engine.model.workflows import (
    ASSIGNED_INSTITUTION,
    ASSIGNED_WORKER,
    STATE,
    STATE_SINCE,
    Workflow,
)
from wangdi.engine.packs.asking import with_conditions
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.exchange import with_exchange
from wangdi.engine.packs.library import Library, PackFile, text_of
from wangdi.engine.packs.sections import sections_of
from wangdi.engine.packs.shapes import FieldShape, KindShape, ParameterShape, TextShape, UsualShape
from wangdi.engine.packs.syntax import RESERVED
from wangdi.engine.packs.workflows import WorkflowReader
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
    _check_source(library, file, shape.source, (*path, "source"))
    values = tuple(
        _dated_value(library, file, shape, index, (*path, "values", index))
        for index in range(len(shape.values))
    )
    parameter = library.build(
        file,
        "W3002",
        (*path, "values"),
        lambda: Parameter(
            file.name, name, text_of(shape.title), shape.unit, values, AppliesBy(shape.applies_by)
        ),
    )
    if parameter is not None:
        library.parameters[file.name, name] = parameter
    else:
        library.lost.add(name)


def _dated_value(
    library: Library, file: PackFile, shape: ParameterShape, index: int, path: Path_
) -> DatedValue:
    dated = shape.values[index]
    if dated.source is not None:
        _check_source(library, file, dated.source, (*path, "source"))
    value: ParameterScalar | None = dated.value
    if isinstance(value, str):
        value = parse_duration(value) or value
    trust = Trust(dated.status or shape.status)
    return DatedValue(dated.since, value, dated.source or shape.source, trust, dated.checked_on)


def _check_source(library: Library, file: PackFile, source: str, path: Path_) -> None:
    if (file.name, source) not in library.sources:
        known = [name for pack, name in library.sources if pack == file.name]
        library.report_unknown(file, "W2106", path, "source", source, known)


def _declare_kind(library: Library, file: PackFile, name: str, shape: KindShape) -> None:
    path: Path_ = ("kinds", name)
    if name in library.kinds:
        message = f"the kind '{name}' is declared in two packs"
        library.report(file, "W2107", path, message, "rename one of them, or declare it only once", key=True)
        return
    sections = sections_of(library, file, name, shape.fields)
    fields = [
        _declare_field(library, file, key, field, (*path, "fields", key), sections[key])
        for key, field in shape.fields.items()
    ]
    declared = tuple(field for field in fields if field is not None)
    conditional = with_conditions(library, file, name, declared, shape.fields)
    complete, exchange = with_exchange(library, file, name, shape, conditional)
    _check_shared(library, file, name, shape.about, complete)
    workflow = _declare_workflow(library, file, name, shape, complete)
    built_in = workflow.fields if workflow is not None else ()
    library.kinds[name] = Kind(
        name, text_of(shape.title), shape.about, (*complete, *built_in), workflow, _quick(shape), exchange
    )


def _quick(shape: KindShape) -> Quick | None:
    """Its groups are checked when all packs are read."""
    quick = shape.quick
    return Quick(text_of(quick.title), quick.group, quick.unless) if quick is not None else None


def check_quick(library: Library) -> None:
    """The groups of whoever is shown a button exist, and are groups of those whom the record is about."""
    entities = {
        name: group.entity or file.shape.entity
        for file in library.files.values()
        for name, group in file.shape.groups.items()
    }
    for file in library.files.values():
        for name, kind in file.shape.kinds.items():
            for part in ("group", "unless") if kind.quick is not None else ():
                group = getattr(kind.quick, part)
                path: Path_ = ("kinds", name, "quick", part)
                if group is not None and group not in entities:
                    library.report_unknown(file, "W2105", path, "group", group, entities)
                elif group is not None and entities[group] != kind.about:
                    message = (
                        f"'{group}' is about entity '{entities[group]}', but '{name}' is about '{kind.about}'"
                    )
                    library.report(file, "W2110", path, message, f"use a group of entity '{kind.about}'")


def check_records(library: Library) -> None:
    """The kinds of the records that others belong to exist, and the texts they are named by."""
    for file in library.files.values():
        for name, kind in file.shape.kinds.items():
            for field, shape in kind.fields.items():
                if shape.record_of is None:
                    continue
                owner, by = _owner_of(shape)
                path: Path_ = ("kinds", name, "fields", field, "record_of")
                if owner not in library.kinds:
                    library.report_unknown(file, "W2104", path, "record kind", owner or "", library.kinds)
                elif by is not None:
                    texts = [one.name for one in library.kinds[owner].form if one.type is FieldType.TEXT]
                    if by not in texts:
                        library.report_unknown(file, "W2003", path, f"text of {owner}", by, texts)


def _check_shared(library: Library, file: PackFile, kind: str, about: str, form: tuple[Field, ...]) -> None:
    """Shared fields of one name and one register hold the same in every kind, or one value could not fill both."""
    for field in form:
        if not field.shared:
            continue
        first_kind, first = library.shared.setdefault((about, field.name), (kind, field))
        if first.holds != field.holds:
            message = f"the shared field '{field.name}' holds something else in '{first_kind}'"
            hint = "give both the same type, unit and options, or remove shared from one of them"
            library.report(file, "W3001", ("kinds", kind, "fields", field.name), message, hint, key=True)


def _declare_workflow(
    library: Library, file: PackFile, name: str, shape: KindShape, form: tuple[Field, ...]
) -> Workflow | None:
    if shape.workflow is None:
        return None
    for column in (*BUILT_IN, *(f"{state}_on" for state in shape.workflow.states)):
        if column in shape.fields:
            message = f"every record with this workflow has a column '{column}' already"
            path = ("kinds", name, "fields", column)
            library.report(file, "W3001", path, message, "remove the field, or choose another name", key=True)
            return None
    workflow = WorkflowReader(library, file, name, shape.workflow, form).read()
    if workflow is None:
        library.lost.update((*BUILT_IN, *(f"{state}_on" for state in shape.workflow.states)))
    return workflow


def _declare_field(
    library: Library, file: PackFile, name: str, shape: FieldShape, path: Path_, section: Text | None
) -> Field | None:
    if name in RESERVED:
        message, hint = f"'{name}' is a word of the expression language", "choose another name"
        library.report(file, "W1006", path, message, hint, key=True)
        return None
    problem = _problem_of_field(name, shape)
    if problem is not None:
        library.report(file, "W3001", path, *problem, key=True)
        library.lost.add(name)
        return None
    options = _options(library, file, shape, path)
    if options is None:
        library.lost.add(name)
        return None
    if shape.usual is not None and shape.usual.source is not None:
        _check_source(library, file, shape.usual.source, (*path, "usual", "source"))
    return library.build(file, "W3001", path, lambda: _field(name, shape, options, section), key=True)


def _options(
    library: Library, file: PackFile, shape: FieldShape, path: Path_
) -> Mapping[str, TextShape] | None:
    """The options written at a field, or those of the pack's set that it names."""
    if not isinstance(shape.options, str):
        return shape.options
    found = file.shape.options.get(shape.options)
    if found is None:
        at = (*path, "options")
        library.report_unknown(file, "W2109", at, "option set", shape.options, file.shape.options)
    return found


def _problem_of_field(name: str, shape: FieldShape) -> tuple[str, str] | None:
    """What is wrong with a field, and how to mend it."""
    has_limits = shape.min is not None or shape.max is not None
    if name in COMMON_COLUMNS:
        return f"every record has a column '{name}' already", "remove the field, or choose another name"
    if shape.type in ("choice", "choices") and not shape.options:
        return f"the {shape.type} '{name}' has no options", 'add options: {"1": {zh: …, en: …}, …}'
    if shape.options and shape.type not in ("choice", "choices"):
        return f"a {shape.type} has no options", "write type: choice, or choices when several may be ticked"
    if has_limits and shape.type not in ("integer", "decimal"):
        return f"a {shape.type} has no min and max", "only integers and decimals have limits"
    if shape.ordered and shape.type != "choice":
        return f"a {shape.type} cannot be ordered", "only a choice can be ordered"
    if shape.record_of is not None and shape.type != "text":
        return f"the {shape.type} '{name}' cannot hold the id of a record", "write type: text"
    return None


COMMON_COLUMNS = frozenset({"subject", *(field.name for field in ENVELOPE)})
BUILT_IN = (STATE, STATE_SINCE, ASSIGNED_INSTITUTION, ASSIGNED_WORKER)
REFERENCES = ("institution", "worker", "place")


def _field(name: str, shape: FieldShape, options: Mapping[str, TextShape], section: Text | None) -> Field:
    refers_to = shape.type if shape.type in REFERENCES else None
    record_of, record_by = _owner_of(shape)
    return Field(
        name,
        text_of(shape.title),
        FieldType.REFERENCE if refers_to else FieldType(shape.type),
        tuple(Option(code, text_of(title)) for code, title in options.items()),
        shape.ordered,
        shape.unit,
        shape.min,
        shape.max,
        shape.required,
        refers_to,
        shared=shape.shared,
        section=section,
        usual=_usual(shape.usual) if shape.usual is not None else None,
        others=shape.others,
        record_of=record_of,
        record_by=record_by,
    )


def _owner_of(shape: FieldShape) -> tuple[str | None, str | None]:
    """The kind of the records that others belong to, and the text they are named by when it is not their id."""
    kind, _, by = (shape.record_of or "").partition(".")
    return kind or None, by or None


def _usual(shape: UsualShape) -> Usual:
    return Usual(shape.min, shape.max, shape.source, Trust(shape.status))
