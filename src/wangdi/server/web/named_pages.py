"""The pages that have a name of their own, and the other words they are looked for by."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse

from wangdi.engine.model.text import Text
from wangdi.server.accounts.granting import is_administrator, roles_given_by
from wangdi.server.adoption.services import may_decide
from wangdi.server.network.models import Place
from wangdi.server.web.areas import Area

May = Callable[[AbstractBaseUser, Area], bool]


@dataclass(frozen=True, slots=True)
class Page:
    """``also``: everyday words, beside its title. ``of``: whether its address names the area, and how."""

    name: str
    title: Text
    also: Text
    of: str = ""
    may: May = lambda user, area: True

    @property
    def words(self) -> Text:
        return Text(f"{self.title.zh} {self.also.zh}", f"{self.title.en} {self.also.en}")

    def address(self, area: Area) -> str:
        if self.of == "path":
            return reverse(self.name.format(entity=area.entity), args=[area.node.code])
        query = f"?{urlencode({area.entity: area.node.code})}" if self.of == "query" else ""
        return reverse(self.name) + query


def _decides(user: AbstractBaseUser, area: Area) -> bool:
    return isinstance(area.node, Place) and may_decide(user, area.node)


def _at_place(user: AbstractBaseUser, area: Area) -> bool:
    return isinstance(area.node, Place)


def _gives(user: AbstractBaseUser, area: Area) -> bool:
    return bool(roles_given_by(user))


def _administers(user: AbstractBaseUser, area: Area) -> bool:
    return is_administrator(user)


PAGES = (
    Page("due", Text("应做清单", "Due list"), Text("待办 逾期 交办 分派", "overdue assign"), "query"),
    Page("today", Text("今日清单", "Today's list"), Text("今天 上门 入户", "visits")),
    Page("inbox", Text("待办流转", "Inbox"), Text("审批 办理 移交 接收", "approve accept"), "query"),
    Page("mine", Text("我的工作", "My work"), Text("绩效 工作量 报酬 收入", "pay earned")),
    Page("phone", Text("手机离线", "Offline"), Text("没有网络 断网 同步", "no network sync")),
    Page("watch", Text("预警", "Alerts"), Text("监测 疫情 聚集", "early warning outbreak")),
    Page(
        "{entity}_standards",
        Text("标准评审", "Standards"),
        Text("优质服务基层行 自评 评审 一致性评价 社区医院 达标", "self-assessment review tier"),
        "path",
    ),
    Page(
        "{entity}_team",
        Text("下级和团队", "Below and teams"),
        Text("落后 对比 家庭医生团队", "who falls behind"),
        "path",
    ),
    Page("{entity}_postings", Text("派驻日历", "Calendar of postings"), Text("下派 驻点", "posted"), "path"),
    Page(
        "bulletin",
        Text("公报", "Bulletin"),
        Text("统计公报 年报 新闻 对外公布", "yearly figures press"),
        "path",
        _at_place,
    ),
    Page(
        "decisions",
        Text("采用与目标", "Adoption and targets"),
        Text("年度目标 指标任务 施行", "yearly target"),
        "path",
        _decides,
    ),
    Page(
        "plans",
        Text("规划", "Plans"),
        Text("15分钟医疗服务圈 新建站点 选址 巡诊路线 派驻方案", "reach sites routes"),
        "query",
        _decides,
    ),
    Page("periods", Text("封账", "Closed periods"), Text("结账 月报定稿", "close a month")),
    Page(
        "users",
        Text("账号与角色", "Accounts and roles"),
        Text("用户 密码 权限 登录", "users password"),
        may=_gives,
    ),
    Page("audit", Text("审计", "Audit"), Text("日志 谁改的", "log"), may=_administers),
    Page("packs", Text("规则包", "Packs"), Text("规则 上传 推演 版本", "rules upload"), may=_administers),
    Page("imports", Text("导入", "Import"), Text("表格 上传 批量 模板", "excel template"), may=_administers),
    Page("duplicates", Text("重复档案", "Duplicates"), Text("合并 同一人", "merge"), may=_administers),
    Page(
        "tokens",
        Text("外部系统报送", "Other systems"),
        Text("接口 令牌 对接", "interface token"),
        may=_administers,
    ),
    Page("jobs", Text("后台任务", "Jobs"), Text("进度 立即评估", "progress evaluate"), may=_administers),
    Page("backups", Text("备份", "Backups"), Text("恢复 存档", "restore"), may=_administers),
)


def pages_for(user: AbstractBaseUser, area: Area) -> list[Page]:
    """The pages a user can open who works in an area."""
    return [page for page in PAGES if page.may(user, area)]
