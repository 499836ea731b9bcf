"""``wangdi packs install``, ``remove``, ``rollback``, ``history``: the installation's own packs."""

import getpass
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import OutputFormat
from wangdi.cli.output import Format, console, errors, fail, write_rows
from wangdi.cli.progress import progress_bars
from wangdi.cli.wording import of, t
from wangdi.engine.diagnostics.messages import suggest
from wangdi.server.common.pack_sets import NONE, PackSets
from wangdi.server.evaluation.models import Publication
from wangdi.server.evaluation.publishing import evaluate_and_publish
from wangdi.server.evaluation.services import today
from wangdi.server.jobs.packs import workspace_of
from wangdi.server.packs.models import Activation
from wangdi.server.packs.proposal import Proposal, own_packs, propose, propose_set, propose_without
from wangdi.server.packs.services import (
    INSTALL,
    REMOVE,
    ROLL_BACK,
    NotPutInForce,
    history,
    put_in_force,
)

Reason = Annotated[
    str,
    typer.Option("--reason", help=t("原因：文件、会议、谁的决定", "Why: document, meeting, whose decision")),
]
Evaluate = Annotated[
    bool,
    typer.Option(
        "--evaluate/--no-evaluate",
        help=t("随后重新评估名单和指标", "Evaluate lists and figures afterwards"),
    ),
]


def install(
    source: Annotated[
        Path,
        typer.Argument(exists=True, help=t("规则包文件夹，或其 zip", "A folder of packs, or a zip of one")),
    ],
    reason: Reason,
    evaluate: Evaluate = True,
    check_only: Annotated[
        bool, typer.Option("--check-only", help=t("只检查，不施行", "Only check, put nothing in force"))
    ] = False,
) -> None:
    require_installation()
    with workspace_of(source.resolve()) as workspace:
        proposal = propose(workspace) if workspace is not None else None
        if proposal is None:
            raise fail(t(f"{source} 里没有规则包（pack.yaml）", f"{source} holds no packs (pack.yaml)"), 1)
        if check_only:
            _tell(proposal)
            raise SystemExit(0 if proposal.is_ready else 1)
        _settle(proposal, reason, INSTALL, evaluate)


install.__doc__ = t(
    "施行自有规则包：先检查、运行其测试、核对已存记录，通过后整个系统随即照它工作。同名的产品自带包由它代替（版本须更高）。",
    "Puts own packs in force: checked, their tests run, compared with what is stored; then the whole installation works "
    "by them. They stand in for shipped packs of the same name, for which their version has to be higher.",
)


def remove(
    names: Annotated[list[str], typer.Argument(metavar="PACK...", help=t("自有规则包", "Own packs"))],
    reason: Reason,
    evaluate: Evaluate = True,
) -> None:
    require_installation()
    own = own_packs()
    for name in names:
        if name not in own:
            unknown = t(f"没有自有规则包 {name}", f"there is no own pack {name}")
            raise fail(f"{unknown}: {suggest(name, own)}", 2)
    _settle(propose_without(names), reason, REMOVE, evaluate)


remove.__doc__ = t(
    "停用自有规则包；产品自带的同名包随之恢复。",
    "Takes own packs out of force; shipped ones of their names are in force again.",
)


def roll_back(
    reason: Reason,
    to: Annotated[
        int | None,
        typer.Option(
            "--to",
            metavar="NUMBER",
            help=t(
                "换回历史中的哪一次（0：全部用产品自带的）；不写则前一次",
                "Which one of the history (0: all as shipped); the one before, if left out",
            ),
        ),
    ] = None,
    evaluate: Evaluate = True,
) -> None:
    require_installation()
    _settle(propose_set(_set_of(to)), reason, ROLL_BACK, evaluate)


roll_back.__doc__ = t(
    "换回先前施行的一套规则包，作为一次新的施行记入历史。",
    "Puts a set of packs in force that was before; another entry of the history.",
)


def list_history(output: OutputFormat = Format.TABLE) -> None:
    require_installation()
    current = PackSets.current().in_force().activation
    rows = [
        {
            "number": one.pk,
            "in_force": one.pk == current,
            "at": f"{one.change.at.astimezone():%Y-%m-%d %H:%M}",
            "by": one.change.actor_name,
            "own_packs": " ".join(f"{name} {told['version']}" for name, told in one.packs.items()),
            "reason": one.reason,
        }
        for one in history()
    ]
    write_rows(pa.Table.from_pylist(rows, _SCHEMA), output)


list_history.__doc__ = t(
    "何时施行过哪些自有规则包，何人，为何。", "Which own packs were in force when, by whom, why."
)

_SCHEMA = pa.schema(
    {
        "number": pa.int64(),
        "in_force": pa.bool_(),
        **dict.fromkeys(("at", "by", "own_packs", "reason"), pa.string()),
    }
)


def _set_of(number: int | None) -> str:
    """The set of an activation; without a number that of the newest one that differs from what is in force."""
    current = PackSets.current().in_force()
    if number is None:
        others = (one.set for one in history() if one.pk < current.activation and one.set != current.set)
        found = next(others, NONE)
        if found == current.set:
            raise fail(t("没有可以换回的", "there is nothing to roll back to"), 2)
        return found
    if number == 0:
        return NONE
    one = Activation.objects.filter(pk=number).first()
    if one is None:
        raise fail(t(f"历史里没有 {number}", f"the history has no {number}"), 2)
    return one.set


def _settle(proposal: Proposal, reason: str, action: str, evaluate: bool) -> None:
    _tell(proposal)
    try:
        made = put_in_force(proposal, reason, action=action, actor_name=f"wangdi ({getpass.getuser()})")
    except NotPutInForce as error:
        told = "\n".join(of(one) for one in error.reasons if one not in proposal.hindrances)
        nothing = t("没有施行，一切照旧", "not put in force; everything is as it was")
        raise fail(f"{told}\n{nothing}".strip(), 1) from None
    packs = " ".join(f"{name} {told['version']}" for name, told in made.packs.items())
    shown = packs or t("产品自带的规则包", "the shipped packs")
    console.print(
        t(f"已施行（第 {made.pk} 次）：{shown}", f"In force (number {made.pk}): {shown}"), highlight=False
    )
    if evaluate and Publication.objects.exists():
        with progress_bars() as report:
            evaluate_and_publish(require_installation(), today(), report)
    else:
        errors.print(t("接着：wangdi evaluate", "next: wangdi evaluate"), highlight=False)


def _tell(proposal: Proposal) -> None:
    if proposal.diagnostics.found:
        console.print(proposal.diagnostics.render(), markup=False, highlight=False, soft_wrap=True)
    for note in proposal.notes:
        errors.print(of(note), markup=False, highlight=False)
    for hindrance in proposal.hindrances:
        errors.print(of(hindrance), style="red", markup=False, highlight=False)
