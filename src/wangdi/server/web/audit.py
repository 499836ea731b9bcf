"""The chain of changes as administrators read it: found, put in words, and checked."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.cache import cache
from django.db.models import Max, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from wangdi.engine.model.text import Text
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.web.words import say, wording

ACTIONS: Mapping[str, Text] = {
    "sign_in": Text("登录", "signed in"),
    "sign_in.failed": Text("登录失败", "failed to sign in"),
    "second_factor.add": Text("添加两步验证", "added a second factor"),
    "second_factor.remove": Text("移除两步验证", "removed a second factor"),
    "second_factor.reset": Text("重置恢复码", "made new recovery codes"),
    "account.make": Text("新建账号", "made an account"),
    "account.rename": Text("更改账号姓名", "renamed an account"),
    "account.give_role": Text("授予角色", "gave a role"),
    "account.take_role": Text("收回角色", "took a role"),
    "account.link_worker": Text("关联人员", "linked a worker"),
    "account.reset_password": Text("重设一次性密码", "set a one-time password"),
    "account.own_password": Text("自己设定密码", "chose a password"),
    "account.forget_second_factor": Text("清除两步验证", "removed another's second factor"),
    "account.disable": Text("停用账号", "disabled an account"),
    "account.enable": Text("启用账号", "enabled an account"),
    "reveal": Text("查看完整号码", "saw a number in full"),
    "export": Text("导出", "exported"),
    "load": Text("批量导入", "loaded"),
    "backup.make": Text("备份", "made a backup"),
    "backup.restore": Text("从备份恢复", "restored a backup"),
    "job.start": Text("开始任务", "started a job"),
    "job.file": Text("下载标注的文件", "took the marked file"),
    "evidence.add": Text("上传佐证材料", "handed in evidence"),
    "evidence.withdraw": Text("撤回佐证材料", "withdrew evidence"),
    "plan.keep": Text("保存派驻方案", "kept a plan of postings"),
    "plan.adopt": Text("采用派驻方案", "adopted a plan of postings"),
    "due.charge": Text("交办应做事项", "gave due items to a worker"),
    "due.discharge": Text("收回交办事项", "took back due items"),
    "record.save": Text("保存记录", "saved a record"),
    "record.void": Text("作废记录", "voided a record"),
    "record.transition": Text("流程办理", "moved a record on"),
    "adoption.decide": Text("决定采用", "decided on a pack"),
    "adoption.withdraw": Text("撤销采用决定", "withdrew a decision on a pack"),
    "target.set": Text("设定目标", "set a target"),
    "target.withdraw": Text("撤销目标", "withdrew a target"),
    "period.close": Text("封账", "closed a period"),
    "period.reopen": Text("重开封账", "opened a period again"),
}
"""What each action is called; one that is not listed is shown by its name."""

_VERIFIED = "audit_verified"


@dataclass(frozen=True, slots=True)
class Verified:
    """When the whole chain was checked last, how many changes it had, and the first that does not hold."""

    at: datetime
    changes: int
    broken: int | None


def found_changes(asked: QueryDict) -> QuerySet[Change]:
    """Newest first, narrowed by ``who``, ``action``, ``since``, ``until`` (days) and ``words`` of the summary."""
    found = Change.objects.order_by("-id")
    if who := asked.get("who", "").strip():
        found = found.filter(actor_name=who)
    if action := asked.get("action", ""):
        found = found.filter(action=action)
    since, until = _day(asked, "since"), _day(asked, "until")
    if since is not None:
        found = found.filter(at__gte=_at(since, time.min))
    if until is not None:
        found = found.filter(at__lte=_at(until, time.max))
    if words := asked.get("words", "").strip():
        # the summary is stored as the text of its JSON, in which Chinese stays readable
        found = found.filter(summary__icontains=words)
    return found


def _day(asked: QueryDict, name: str) -> date | None:
    try:
        return parse_date(asked.get(name, ""))
    except ValueError:
        return None


def _at(day: date, moment: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, moment))


def action_title(action: str) -> str:
    return wording(ACTIONS[action]) if action in ACTIONS else action


def summary_line(summary: Mapping[str, Any]) -> str:
    """What a change says of itself, in one line."""
    return say("，", ", ").join(
        f"{name} {_said(value)}" for name, value in summary.items() if value is not None
    )


def _said(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def lines(changes: QuerySet[Change]) -> Iterator[list[Any]]:
    """The rows of a file: number, time, who, action, what it says, hash."""
    for one in changes.iterator(chunk_size=2000):
        at = timezone.localtime(one.at).isoformat(timespec="seconds")
        yield [one.pk, at, one.actor_name, one.action, summary_line(one.summary), one.hash]


def verify() -> Verified:
    """Check the whole chain now, and remember the outcome."""
    newest = Change.objects.aggregate(last=Max("id"))["last"] or 0
    outcome = Verified(timezone.now(), newest, verify_chain())
    cache.set(_VERIFIED, outcome, timeout=None)
    return outcome


def last_verified() -> Verified | None:
    found: Verified | None = cache.get(_VERIFIED)
    return found
