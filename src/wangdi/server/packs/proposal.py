"""What somebody wants in force: packs of the installation's own, read together with the shipped ones and checked."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wangdi.engine.checks.check import check
from wangdi.engine.diagnostics.messages import Diagnostics, PackError
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.text import Text
from wangdi.engine.packs.load import PACK_FILE, find_pack_files, pack_folders
from wangdi.engine.packs.yaml_tree import read_document
from wangdi.engine.testing.plans import Plans
from wangdi.engine.testing.reading import TEST_FILE
from wangdi.engine.testing.run import run_tests
from wangdi.server.common.pack_sets import InForce, PackSets, content_of
from wangdi.server.common.problems import PackSetBroken
from wangdi.server.evaluation.rules import Rules, overlaid, rules, shipped
from wangdi.server.packs.declared import DECLARED, problems
from wangdi.server.packs.fitting import fitting
from wangdi.server.packs.models import Activation
from wangdi.server.packs.versions import is_later

ITS_OWN = frozenset({PACK_FILE, TEST_FILE, "demo.yaml"})
"""What belongs to one version of a pack. Other files beside it are what planning, early warning, bulletins and the home
take from it: a changed pack that comes without them keeps those of its predecessor."""
SHOWN_FAILURES = 10


@dataclass(frozen=True)
class Proposal:
    """``own``: the folder of each pack of the set to be. ``given``: the names of those that were handed in.

    ``hindrances`` are all the reasons why it cannot be put in force, ``notes`` what else to know before one does.
    """

    own: Mapping[str, Path]
    given: frozenset[str]
    based_on: InForce
    rulebook: Rulebook
    diagnostics: Diagnostics
    hindrances: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def is_ready(self) -> bool:
        return not self.diagnostics.errors and not self.hindrances


def propose(workspace: Path) -> Proposal | None:
    """The packs in a folder, in place of own and shipped ones of their names. None where there are none.

    The folder is the caller's to give away: files that a changed pack keeps of its predecessor are copied into it.
    """
    workspace = _without_wrapping(workspace)
    files, given = find_pack_files(workspace), pack_folders(workspace)
    if not files:
        return None
    _keep_declarations(given)
    own = {**own_packs(), **given}
    unreadable = [file.parent for file in files if file.parent not in given.values()]
    return _checked(own, frozenset(given), workspace, unreadable)


def _without_wrapping(folder: Path) -> Path:
    """What a folder holds, where it holds nothing but one folder: zips are often made so."""
    inside = [one for one in folder.iterdir() if not one.name.startswith((".", "__"))]
    is_wrapped = len(inside) == 1 and inside[0].is_dir() and not find_pack_files(folder)
    return _without_wrapping(inside[0]) if is_wrapped else folder


def propose_without(names: Iterable[str]) -> Proposal:
    """The set in force without these packs: the shipped ones of their names, if any, are in force again."""
    own = {name: folder for name, folder in own_packs().items() if name not in set(names)}
    return _checked(own, frozenset(), PackSets.current().path)


def propose_set(named: str) -> Proposal:
    """A set that was kept, to be in force again. `PackSetBroken` when it is not what it was."""
    return _checked(PackSets.current().packs(named), frozenset(), PackSets.current().path)


def own_packs() -> dict[str, Path]:
    """The installation's own packs in force. `PackSetBroken` when they are lost."""
    sets = PackSets.current()
    return sets.packs(sets.in_force().set)


def version_of(folder: Path) -> str:
    """As its pack file says, were it ever so wrong otherwise."""
    (file,) = find_pack_files(folder)
    document = read_document(file, str(file), Diagnostics())
    return str(document.data.get("version", "")) if document is not None else ""


def _checked(
    own: Mapping[str, Path], given: frozenset[str], shown_from: Path, unreadable: Iterable[Path] = ()
) -> Proposal:
    based_on = PackSets.current().in_force()
    rulebook, diagnostics = check([*overlaid(own), *unreadable], relative_to=shown_from)
    if diagnostics.errors:
        return Proposal(own, given, based_on, rulebook, diagnostics)
    changed = [name for name in own if name in given]
    before = _rules_in_force()
    after = list({**shipped(), **own}.values())
    unfit = list(problems(after, rulebook))
    found = fitting(before.rulebook.kinds if before is not None else {}, rulebook.kinds)
    hindrances = (
        *_versions(own, changed),
        *found.hindrances,
        *_declarations_lost(before.folders if before is not None else {}, after),
        *(Text(one.told, one.told) for one in unfit if one.stops),
        *_tests(own, changed, rulebook),
    )
    passed_over = (Text(one.told, one.told) for one in unfit if not one.stops)
    notes = (*_in_place_of(own, changed), *found.notes, *passed_over, *_untested(own, changed))
    return Proposal(own, given, based_on, rulebook, diagnostics, hindrances, notes)


def _rules_in_force() -> Rules | None:
    """None where they cannot be read, as after an upgrade that own packs do not fit: something else must follow."""
    try:
        return rules()
    except (PackError, PackSetBroken):
        return None


def _keep_declarations(given: Mapping[str, Path]) -> None:
    before = {**shipped(), **own_packs()}
    for name, folder in given.items():
        for file in before[name].glob("*.yaml") if name in before else ():
            if file.name not in ITS_OWN and not (folder / file.name).exists():
                shutil.copyfile(file, folder / file.name)


def _versions(own: Mapping[str, Path], changed: Sequence[str]) -> Iterator[Text]:
    """A version says one thing for good: of two contents, the later one has the higher version."""
    in_force = own_packs() if changed else {}
    for name in changed:
        version, content = version_of(own[name]), content_of(own[name])
        if name in in_force and content_of(in_force[name]) == content:
            continue
        for other, zh, en in ((in_force, "现行", "in force"), (shipped(), "产品自带", "shipped")):
            if name in other and not is_later(version, version_of(other[name])):
                before = version_of(other[name])
                yield Text(
                    f"{name}：版本 {version} 不高于{zh}的 {before}；修改后请提高版本号",
                    f"{name}: version {version} is not higher than {before}, which is {en}; raise the version",
                )
                break
        else:
            if _was_another(name, version, content):
                yield Text(
                    f"{name}：版本 {version} 曾用于另一份内容；请用新的版本号",
                    f"{name}: version {version} was used for another content before; take a new version",
                )


def _was_another(name: str, version: str, content: str) -> bool:
    told = (one.packs.get(name) for one in Activation.objects.all())
    return any(one and one["version"] == version and one["hash"] != content for one in told)


def _declarations_lost(before: Mapping[str, Path], after: Sequence[Path]) -> Iterator[Text]:
    """What planning, early warning and pages take from packs now and would not find any more."""
    for file in DECLARED:
        was_there = any((folder / file.name).exists() for folder in before.values())
        if was_there and not any((folder / file.name).exists() for folder in after):
            yield Text(
                f"{file.name} 将不再有：{DECLARED[file].zh}会停用",
                f"{file.name} would be gone: {DECLARED[file].en} would stop",
            )


def _tests(own: Mapping[str, Path], changed: Iterable[str], rulebook: Rulebook) -> Iterator[Text]:
    """The tests that came with changed packs and fail."""
    plans, failed = Plans(rulebook), []
    for name in changed:
        if (own[name] / TEST_FILE).exists():
            outcomes = run_tests(rulebook, own[name] / TEST_FILE, plans=plans)
            failed += [(name, one.name, one.failures[0].split("\n")[0]) for one in outcomes if not one.passed]
    for name, title, first in failed[:SHOWN_FAILURES]:
        yield Text(f"{name}：测试未通过：{title}：{first}", f"{name}: a test fails: {title}: {first}")
    if more := len(failed[SHOWN_FAILURES:]):
        yield Text(f"另有 {more} 个测试未通过", f"{more} more tests fail")


def _untested(own: Mapping[str, Path], changed: Iterable[str]) -> Iterator[Text]:
    for name in changed:
        if not (own[name] / TEST_FILE).exists():
            yield Text(f"{name} 没有附带测试（{TEST_FILE}）", f"{name} came without tests ({TEST_FILE})")


def _in_place_of(own: Mapping[str, Path], changed: Iterable[str]) -> Iterator[Text]:
    for name in changed:
        if name in shipped():
            was, now = version_of(shipped()[name]), version_of(own[name])
            yield Text(
                f"{name} {now} 将代替产品自带的 {was}，产品升级后也是如此，直到有人改变",
                f"{name} {now} will stand in for {was}, which is shipped, after upgrades too, "
                "until somebody decides otherwise",
            )
