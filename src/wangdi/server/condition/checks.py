"""What is looked at, in the order of what rests on what. Each is quick; `DEEP` read everything there is."""

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from wangdi.engine.diagnostics.messages import PackError
from wangdi.engine.model.text import Text
from wangdi.server.access.models import Assignment
from wangdi.server.accounts.models import Account
from wangdi.server.accounts.second_factor import has_second_factor, roles_with_second_factor
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.backups.making import OVERDUE_DAYS
from wangdi.server.common.installation import Installation, pending_migrations, unknown_migrations
from wangdi.server.common.problems import PackSetBroken
from wangdi.server.condition.findings import Finding, Level, fine, look, wrong
from wangdi.server.evaluation.basis import program
from wangdi.server.evaluation.lake import Lake
from wangdi.server.evaluation.models import Publication
from wangdi.server.evaluation.rules import pack_versions, rules
from wangdi.server.intake.models import Token
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.progress import is_alive
from wangdi.server.packs.declared import problems
from wangdi.server.packs.services import own_versions
from wangdi.server.records.models import RecordVersion

STALE_HOURS = 36
"""Lists are made anew every night; older ones have missed one."""

LEAST_FREE, LITTLE_FREE = 1_000_000_000, 5_000_000_000
"""Bytes: below the first nothing can be loaded or backed up, below the second soon nothing can."""

RECENT_DAYS = 7

SILENT_DAYS, FORGOTTEN_DAYS = 3, 90
"""Another system that sends nothing for so long should be asked; after the second it is taken to have ended."""

ENDING_DAYS = 14
"""So long before a token ends somebody should make the next."""


def checks(deep: bool = False) -> Iterator[Finding]:
    """Every finding. Where the store is of another version, what rests on it is not asked."""
    installation = Installation.current()
    yield fine("program", f"网底 {program()}", f"Wangdi {program()}")
    yield from folder(installation)
    version = list(store_version(installation))
    yield from version
    yield from disk(installation)
    if any(one.mend is not None for one in version):
        return
    for check in (*QUICK, *(DEEP if deep else ())):
        yield from check(installation)


def folder(installation: Installation) -> Iterator[Finding]:
    """The key is read by its owner only."""
    mode = stat.S_IMODE(installation.key_file.stat().st_mode)
    if mode & 0o077:
        told = Text(
            f"{installation.key_file} 其他用户可读（{mode:o}）",
            f"others may read {installation.key_file} ({mode:o})",
        )
        command = f"chmod 600 {installation.key_file}"
        yield wrong("key", told, command, command)
    simulated = installation.simulated_mark.exists()
    yield fine(
        "data",
        f"{installation.data}{'（模拟数据）' if simulated else ''}",
        f"{installation.data}{' (simulated people)' if simulated else ''}",
    )


def store_version(installation: Installation) -> Iterator[Finding]:
    if pending := pending_migrations():
        told = Text(
            f"数据库比程序旧，差 {len(pending)} 步", f"the store is {len(pending)} steps behind the program"
        )
        yield wrong("store", told, "备份后运行 wangdi init", "back up, then run wangdi init")
    elif unknown := unknown_migrations():
        told = Text(
            f"数据库来自更新的版本（{unknown[0]}）", f"the store is of a newer version ({unknown[0]})"
        )
        yield wrong("store", told, "安装那个版本，或从备份恢复", "install that version, or restore a backup")
    else:
        records = RecordVersion.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        size = f"{_size(installation) / 1e9:.2f} GB"
        yield fine(
            "store", f"{size}，写入过 {records:,} 个记录版本", f"{size}, {records:,} versions of records"
        )


def disk(installation: Installation) -> Iterator[Finding]:
    """Room for the store once more, which a backup and a load need, and a reserve."""
    needed = max(LITTLE_FREE, 2 * _size(installation))
    for part, path in (("disk", installation.data), ("disk of backups", installation.backups)):
        free = shutil.disk_usage(_existing(path)).free
        told = Text(f"{path}：剩余 {free / 1e9:.1f} GB", f"{path}: {free / 1e9:.1f} GB free")
        ways = "腾出空间，或把旧备份移到别处", "make room, or move old backups elsewhere"
        if free < LEAST_FREE:
            yield wrong(part, told, *ways)
        elif free < needed:
            yield look(part, told, *ways)
        else:
            yield Finding(part, Level.FINE, told)


def packs(installation: Installation) -> Iterator[Finding]:
    try:
        found, own = rules(), list(own_versions())
    except (PackError, PackSetBroken) as error:
        told = Text(f"规则包不能读取：{error}", f"the packs cannot be read: {error}")
        yield wrong(
            "packs",
            told,
            "wangdi packs rollback --reason …，或施行改好的",
            "wangdi packs rollback --reason …, or install mended ones",
        )
        return
    listed = "、".join(f"{one.name} {one.version}" for one in own)
    yield fine(
        "packs",
        f"{len(found.rulebook.packs)} 个，自有：{listed or '无'}",
        f"{len(found.rulebook.packs)}, own: {listed or 'none'}",
    )
    for problem in problems(found.folders.values(), found.rulebook):
        of, mend = problem.concerns, ("改好后 wangdi packs install", "mend it, then wangdi packs install")
        told = Text(f"{of.zh}：{problem.told}", f"{of.en}: {problem.told}")
        yield (wrong if problem.stops else look)(problem.file.name, told, *mend)
    for one in own:
        if one.is_outdated:
            told = Text(
                f"{one.name}：现行的是自有的 {one.version}，产品自带 {one.shipped}",
                f"{one.name}: your own {one.version} is in force, {one.shipped} is shipped",
            )
            yield look(
                "own packs",
                told,
                "wangdi packs diff，然后决定",
                "wangdi packs diff, and decide which to keep",
            )


def evaluation(installation: Installation) -> Iterator[Finding]:
    """How old lists and figures are, and whether they are those of the packs in force."""
    mend = "wangdi evaluate（应每晚自动运行）", "wangdi evaluate (to be run every night)"
    newest = Publication.objects.filter(only_figures=False).order_by("-id").first()
    if newest is None:
        yield look("evaluation", Text("还没有评估过", "nothing was evaluated yet"), *mend)
        return
    state = Lake(installation.lake).state()
    behind = Change.objects.filter(pk__gt=state.change).count() if state is not None else 0
    made = timezone.localtime(newest.made_at)
    told = Text(
        f"{made:%Y-%m-%d %H:%M}，其后 {behind:,} 次变更", f"{made:%Y-%m-%d %H:%M}, {behind:,} changes since"
    )
    old = timezone.now() - newest.made_at > timedelta(hours=STALE_HOURS)
    if old or state is None:
        yield look("evaluation", told, *mend)
    else:
        yield Finding("evaluation", Level.FINE, told)
    if newest.packs != pack_versions():
        told = Text("名单和指标还是先前规则包的", "lists and figures are still those of other packs")
        yield look("evaluation of packs", told, *mend)


def backups(installation: Installation) -> Iterator[Finding]:
    mend = "wangdi backup 另一台机器上的文件夹", "wangdi backup FOLDER-ON-ANOTHER-MACHINE"
    newest = Change.objects.filter(action="backup.make").order_by("-id").first()
    if newest is None:
        yield wrong("backup", Text("还没有备份过", "there is no backup"), *mend)
        return
    file, days = Path(newest.summary["file"]), (timezone.now() - newest.at).days
    told = Text(f"{days} 天前：{file}", f"{days} days ago: {file}")
    if days >= OVERDUE_DAYS:
        yield wrong("backup", told, *mend)
    elif file.exists() and file.stat().st_dev == installation.data.stat().st_dev:
        zh, en = "与数据在同一块盘上，请复制到别处", "it is on the disk of the data: copy it elsewhere"
        yield look("backup", told, zh, en)
    else:
        yield Finding("backup", Level.FINE, told)


def jobs(installation: Installation) -> Iterator[Finding]:
    open_ones = list(Job.objects.filter(state__in=(Job.State.WAITING, Job.State.RUNNING)))
    yield fine("jobs", f"进行中或排队 {len(open_ones)} 个", f"{len(open_ones)} running or waiting")
    silent = [one.pk for one in open_ones if one.state == Job.State.RUNNING and not is_alive(one.folder)]
    since = timezone.now() - timedelta(days=RECENT_DAYS)
    ended = Job.objects.filter(ended_at__gte=since, state__in=(Job.State.FAILED, Job.State.LOST))
    bad = sorted({*silent, *ended.values_list("pk", flat=True)})
    if bad:
        numbers = "、".join(map(str, bad))
        told = Text(
            f"近 {RECENT_DAYS} 天出错或中断：{numbers}",
            f"failed or interrupted in {RECENT_DAYS} days: {numbers}",
        )
        yield look("failed jobs", told, "见“管理 › 任务”", "see Manage › Jobs")


def accounts(installation: Installation) -> Iterator[Finding]:
    active = User.objects.filter(is_active=True)
    waiting = Account.objects.filter(user__is_active=True, one_time_until__isnull=False).count()
    yield fine(
        "accounts",
        f"{active.count():,} 个，其中 {waiting:,} 个还没有设定自己的密码",
        f"{active.count():,}, of which {waiting:,} have not chosen their password yet",
    )
    if not active.filter(Q(is_superuser=True) | Q(assignments__role="administrator")).exists():
        told = Text("没有管理员", "there is no administrator")
        yield wrong("administrators", told, "wangdi init --admin 名称", "wangdi init --admin NAME")
    lacking = [user.get_username() for user in _asked_for_second_factor() if not has_second_factor(user)]
    if lacking:
        names = "、".join(lacking[:5]) + (" …" if len(lacking) > 5 else "")
        told = Text(
            f"{len(lacking)} 个应有两步验证的账号还没有：{names}",
            f"{len(lacking)} accounts lack the second factor they need: {names}",
        )
        yield look("second factor", told, "登录时会要求设置", "they are asked for it when they sign in")


def _asked_for_second_factor() -> Iterator[User]:
    roles = roles_with_second_factor()
    asked = Q(pk__in=Assignment.objects.filter(role__in=roles).values("user"))
    if "administrator" in roles:
        asked |= Q(is_superuser=True)
    yield from User.objects.filter(asked, is_active=True).order_by("username") if roles else ()


def intake(installation: Installation) -> Iterator[Finding]:
    """Other systems that fell silent, are refused, or whose tokens end soon."""
    day, now = timezone.localdate(), timezone.now()
    since = now - timedelta(days=FORGOTTEN_DAYS)
    used = list(Token.objects.filter(revoked_at=None, last_used_at__gt=since))
    yield fine(
        "intake", f"{len(used)} 个外部系统在报送或取报文", f"{len(used)} other systems send or fetch records"
    )
    for token in used:
        latest = token.deliveries.first()
        if token.expires_on < day + timedelta(days=ENDING_DAYS):
            told = Text(
                f"{token.name} 的令牌有效至 {token.expires_on}",
                f"the token of {token.name} is good until {token.expires_on}",
            )
            yield look("intake tokens", told, "换新令牌，来源代号不变", "make a new one with the same source")
        if latest is not None and not latest.was_taken:
            told = Text(
                f"{token.name} 最近一次报送被退回：{latest.told}",
                f"what {token.name} sent last was refused: {latest.told_en}",
            )
            yield look("intake refused", told, "见“管理 › 外部系统报送”", "see Manage › Other systems")
        silent = (now - (token.last_used_at or now)).days
        if silent >= SILENT_DAYS:
            told = Text(
                f"{token.name} 已 {silent} 天没有报送或取报文",
                f"{token.name} neither sent nor fetched anything for {silent} days",
            )
            yield look("intake silent", told, "请问对方系统的工程师", "ask the engineer of the other system")


def whole_store(installation: Installation) -> Iterator[Finding]:
    """Reads every page of the store: about a second for each gigabyte from a quick disk."""
    with closing(sqlite3.connect(f"file:{installation.store}?mode=ro", uri=True)) as store:
        ((answer,),) = store.execute("PRAGMA integrity_check(1)")
    if answer == "ok":
        yield fine("whole store", "每一页都完好", "every page is whole")
    else:
        told = Text(f"数据库已损坏：{answer}", f"the store is damaged: {answer}")
        yield wrong("whole store", told, "停止服务，从备份恢复", "stop the server, restore a backup")


def chain(installation: Installation) -> Iterator[Finding]:
    broken = verify_chain()
    if broken is None:
        count = Change.objects.count()
        yield fine("chain of changes", f"{count:,} 条变更首尾相连", f"{count:,} changes hold together")
    else:
        told = Text(f"变更链在第 {broken} 条断开", f"the chain of changes breaks at {broken}")
        yield wrong(
            "chain of changes",
            told,
            "有人改过数据库：与备份比较",
            "somebody altered the store: compare backups",
        )


Check: TypeAlias = Callable[[Installation], Iterator[Finding]]

QUICK: tuple[Check, ...] = (packs, evaluation, backups, jobs, accounts, intake)
DEEP: tuple[Check, ...] = (whole_store, chain)


def _size(installation: Installation) -> int:
    return installation.store.stat().st_size if installation.store.exists() else 0


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)
