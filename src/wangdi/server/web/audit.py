"""The chain of changes as administrators read it: found, put in words, and checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.cache import cache
from django.db.models import Max, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.text import Text
from wangdi.interchange.tables import RECORDS_PREFIX, register_of_table
from wangdi.server.access.models import Role
from wangdi.server.access.titles import ROLE_TITLES
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.evaluation.services import rulebook
from wangdi.server.web.words import NO, NOTHING, YES, say, wording

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
    "exchange.message": Text("下载交换报文", "took a message for another system"),
    "exchange.document": Text("下载共享档案", "took a shared record"),
    "exchange.fetch": Text("外部系统取报文", "handed messages to another system"),
    "load": Text("批量导入", "loaded"),
    "load.end": Text("批量导入完成", "finished loading"),
    "intake": Text("外部系统报送", "received records of another system"),
    "token.make": Text("生成报送令牌", "made a token for another system"),
    "token.revoke": Text("撤销报送令牌", "revoked a token of another system"),
    "backup.make": Text("备份", "made a backup"),
    "backup.restore": Text("从备份恢复", "restored a backup"),
    "job.start": Text("开始任务", "started a job"),
    "job.file": Text("下载标注的文件", "took the marked file"),
    "evidence.add": Text("上传佐证材料", "handed in evidence"),
    "evidence.withdraw": Text("撤回佐证材料", "withdrew evidence"),
    "plan.export": Text("导出规划", "exported a plan"),
    "watch.run": Text("预警探测", "looked for signals"),
    "watch.silence": Text("静默预警渠道", "silenced a channel"),
    "watch.lift": Text("解除静默", "lifted a silence"),
    "plan.keep": Text("保存派驻方案", "kept a plan of postings"),
    "plan.adopt": Text("采用派驻方案", "adopted a plan of postings"),
    "resident.give_code": Text("给居民登录码", "gave a resident a code to sign in with"),
    "resident.code_not_sent": Text("验证码没有发出", "a code could not be sent"),
    "resident.sign_in": Text("居民登录", "a resident signed in"),
    "resident.sign_in_failed": Text("居民登录失败", "a resident failed to sign in"),
    "resident.see": Text("居民查看本人信息", "a resident looked at their own page"),
    "due.charge": Text("交办应做事项", "gave due items to a worker"),
    "due.discharge": Text("收回交办事项", "took back due items"),
    "record.save": Text("保存记录", "saved a record"),
    "record.void": Text("作废记录", "voided a record"),
    "record.transition": Text("流程办理", "moved a record on"),
    "resident.compare": Text("并排查看两份档案", "set two files side by side"),
    "resident.merge": Text("合并居民档案", "merged two files of a resident"),
    "resident.unmerge": Text("撤销合并", "undid a merge"),
    "resident.two_people": Text("认定是两个人", "said that two files are two people"),
    "packs.install": Text("施行规则包", "put packs in force"),
    "packs.remove": Text("停用自有规则包", "took own packs out of force"),
    "packs.rollback": Text("换回规则包", "rolled packs back"),
    "adoption.decide": Text("决定采用", "decided on a pack"),
    "adoption.withdraw": Text("撤销采用决定", "withdrew a decision on a pack"),
    "target.set": Text("设定目标", "set a target"),
    "target.withdraw": Text("撤销目标", "withdrew a target"),
    "account.import": Text("导入账号", "made accounts from a file"),
    "account.reset_passwords": Text("批量重设一次性密码", "set one-time passwords of many"),
    "account.disable_all": Text("批量停用账号", "disabled accounts"),
    "account.enable_all": Text("批量启用账号", "enabled accounts"),
    "account.passwords_taken": Text("取走一次性密码表", "took a sheet of one-time passwords"),
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
    """What a change says of itself, in one line: kinds, registers and packs by their titles, other codes as they are."""
    told = (
        f"{part_title(name)} {_said(name, value)}" for name, value in summary.items() if value is not None
    )
    return say("，", ", ").join(told)


def part_title(name: str) -> str:
    """What a part of a summary is called, also where it is a table of a file that was loaded."""
    register = register_of_table(name)
    if register is not None:
        return wording(register.title)
    if name.startswith(RECORDS_PREFIX):
        return _title_of("kind", name.removeprefix(RECORDS_PREFIX)) or name
    return wording(_PARTS[name]) if name in _PARTS else name


_PARTS: Mapping[str, Text] = {
    "kind": Text("记录", "record"),
    "record": Text("编号", "id"),
    "version": Text("第几版", "version"),
    "transition": Text("步骤", "step"),
    "pack": Text("规则包", "pack"),
    "place": Text("区划", "place"),
    "institution": Text("机构", "institution"),
    "user": Text("账号", "account"),
    "role": Text("角色", "role"),
    "worker": Text("人员", "worker"),
    "since": Text("起", "since"),
    "until": Text("止", "until"),
    "rows": Text("行数", "rows"),
    "reason": Text("用途", "reason"),
    "from": Text("来自", "from"),
    "list": Text("清单", "list"),
    "columns": Text("列", "columns"),
    "format": Text("格式", "format"),
    "as_of": Text("截至", "as of"),
    "indicator": Text("指标", "indicator"),
    "value": Text("数值", "value"),
    "code": Text("编码", "code"),
    "numbers": Text("含完整号码", "numbers in full"),
    "packs": Text("规则包", "packs"),
    "records": Text("记录数", "records"),
    "token": Text("令牌", "token"),
    "accounts": Text("账号数", "accounts"),
    "amended": Text("更正", "amended"),
    "archive": Text("存档", "archive"),
    "area": Text("范围", "area"),
    "begins": Text("开始", "begins"),
    "bytes": Text("字节", "bytes"),
    "change": Text("变更", "change"),
    "channel": Text("渠道", "channel"),
    "created": Text("新增", "created"),
    "edition": Text("版次", "edition"),
    "entity": Text("台账", "register"),
    "evidence": Text("佐证材料", "evidence"),
    "expires_on": Text("有效至", "good until"),
    "fetches": Text("可取的报文", "messages"),
    "file": Text("文件", "file"),
    "first": Text("一份", "first"),
    "ids": Text("编号", "ids"),
    "in_force": Text("施行", "in force"),
    "items": Text("事项", "items"),
    "job": Text("任务", "job"),
    "kinds": Text("记录", "records"),
    "loser": Text("并入的", "merged"),
    "made_at": Text("时间", "made at"),
    "merge": Text("合并", "merge"),
    "name": Text("名称", "name"),
    "new": Text("新预警", "new"),
    "open": Text("未办结", "open"),
    "quiet": Text("平静", "quiet"),
    "period": Text("时段", "period"),
    "period_start": Text("时段开始", "period from"),
    "plan": Text("方案", "plan"),
    "postings": Text("派驻", "postings"),
    "query": Text("条件", "filter"),
    "resident": Text("居民", "resident"),
    "residents": Text("居民数", "residents"),
    "said": Text("说明", "said"),
    "second": Text("另一份", "second"),
    "second_factor": Text("两步验证", "second factor"),
    "set": Text("规则包组", "set"),
    "sha256": Text("指纹", "fingerprint"),
    "signals": Text("信号", "signals"),
    "silence": Text("静默", "silence"),
    "silenced": Text("静默的", "silenced"),
    "size": Text("大小", "size"),
    "sort": Text("种类", "sort"),
    "source": Text("来源", "source"),
    "tables": Text("表", "tables"),
    "taken": Text("取用", "taken"),
    "what": Text("内容", "what"),
    "winner": Text("保留的", "kept"),
}
"""What the parts of a summary are called; one that is not listed is shown by its name."""


_SINGULAR = {"kinds": "kind", "fetches": "kind", "packs": "pack"}


def _said(name: str, value: object) -> str:
    if isinstance(value, bool):
        return wording(YES if value else NO)
    if isinstance(value, dict):
        told = [
            f"{part_title(part)} {_said(part, one)}" for part, one in value.items() if one not in (None, 0)
        ]
        return say("（{parts}）", "({parts})", parts=say("，", ", ").join(told)) if told else NOTHING
    if isinstance(value, list):
        return say("、", ", ").join(_said(_SINGULAR.get(name, name), one) for one in value) or NOTHING
    return _title_of(name, str(value)) or str(value)


def _title_of(name: str, code: str) -> str:
    rules = rulebook()
    match name:
        case "kind" if code in rules.kinds:
            return wording(rules.kinds[code].title)
        case "indicator" if code in rules.indicators:
            return wording(rules.indicators[code].title)
        case "pack":
            return next((wording(pack.title) for pack in rules.packs if pack.name == code), "")
        case "entity" if code in REGISTERS:
            return wording(REGISTERS[code].title)
        case "role" if code in Role.values:
            return wording(ROLE_TITLES[Role(code)])
        case _:
            return ""


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
