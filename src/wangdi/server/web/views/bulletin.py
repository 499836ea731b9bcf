"""The yearly bulletin of a place: page, spreadsheet, document."""

from datetime import date
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString

from wangdi.server.evaluation.services import today
from wangdi.server.web.areas import find_area
from wangdi.server.web.bulletin.chapters import contents
from wangdi.server.web.bulletin.files import NoChineseFont, document, workbook
from wangdi.server.web.bulletin.issue import Issue, Section, days_of, issue, standing_of
from wangdi.server.web.charts import Spec, drawn
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.lists import XLSX
from wangdi.server.web.words import say, wording


@signed_in
def bulletin(request: SignedInRequest, code: str) -> HttpResponse:
    """Of ``?day=``, else of the newest figures; ``?form=xlsx`` or ``pdf`` for the files."""
    area, told = find_area(request.user, "place", code), contents()
    if told is None:
        raise Http404
    days = days_of(area)
    if not days:
        return render(request, "web/bulletin.html", {"area": area, "ancestors": area.ancestors()})
    found = issue(told, area, _day(request.GET.get("day", ""), days))
    match request.GET.get("form"):
        case "xlsx":
            return _file(found, "xlsx", workbook(found), XLSX)
        case "pdf":
            return _document(request, found)
    context = {
        "area": area,
        "ancestors": area.ancestors(),
        "issue": found,
        "standing": standing_of(found),
        "days": days,
        "sections": [_section(found, section) for section in found.sections],
    }
    return render(request, "web/bulletin.html", context)


def _day(asked: str, days: list[date]) -> date:
    return next((one for one in days if one.isoformat() == asked), days[0])


def _chart(spec: Spec | None, title: str) -> SafeString | None:
    return None if spec is None else drawn(spec, title)


def _section(found: Issue, section: Section) -> dict[str, object]:
    line = section.compared
    title = wording(line.indicator.title) if line else ""
    return {
        "told": section,
        "splits": [(one, _chart(one.chart, wording(one.indicator.title))) for one in section.splits],
        "compared": title,
        "below": _chart(found.chart_below(line), title) if line else None,
        "map": _chart(found.map_below(line), say("{name}的地图", "Map: {name}", name=title))
        if line
        else None,
    }


def _file(found: Issue, form: str, content: bytes, sort: str) -> HttpResponse:
    name = quote(f"{found.title}-{found.area.node.name}-{found.day.isoformat()}.{form}")
    how = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return HttpResponse(content, content_type=sort, headers=how)


def _document(request: SignedInRequest, found: Issue) -> HttpResponse:
    try:
        return _file(found, "pdf", document(found, today()), "application/pdf")
    except NoChineseFont:
        message = say(
            "服务器没有中文字体，不能生成PDF：请管理员安装 Noto Sans CJK（Debian：apt install fonts-noto-cjk）",
            "the server has no Chinese font for a PDF: ask an administrator to install Noto Sans CJK "
            "(Debian: apt install fonts-noto-cjk)",
        )
        messages.error(request, message)
        return redirect(f"{request.path}?day={found.day.isoformat()}")
