"""Lists of registers and of records: one view and one template for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Pack
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.standards import JUDGEMENT
from wangdi.server.access.scope import may_record
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Resident
from wangdi.server.web.areas import Area, asked_area
from wangdi.server.web.entities import form_of
from wangdi.server.web.homepage import home, in_groups
from wangdi.server.web.lists.columns import Column
from wangdi.server.web.lists.files import MOST_IN_WORKBOOK, cells, csv_lines, workbook
from wangdi.server.web.lists.filters import HIGH, LOW, Filter, Wanted, wanted
from wangdi.server.web.lists.listings import (
    ALL_REGISTERS,
    KindList,
    Listing,
    RegisterList,
    by_key,
    kinds_with_records,
)
from wangdi.server.web.models import SavedView
from wangdi.server.web.pages import BoundedPaginator
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.sheets import MOST_AT_ONCE, has_sheet
from wangdi.server.web.views.sheets import show_sheets
from wangdi.server.web.words import day_in_words, say, wording

PAGE_SIZE = 50

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
def catalogue(request: SignedInRequest) -> HttpResponse:
    """All lists: the registers, and the kinds of record of each programme. ``?q=`` looks into titles."""
    words = request.GET.get("q", "").strip()
    kinds = rulebook().kinds
    used = kinds_with_records(kinds.values())
    packs = {pack.name: pack for pack in rulebook().packs}
    groups = [
        (title, [(packs[name], found) for name in names if (found := _kinds_named(packs[name], words, used))])
        for title, names in in_groups(home(), packs)
    ]
    views = SavedView.objects.filter(user=request.user)
    context = {
        "registers": [one.register for one in ALL_REGISTERS if words in wording(one.title)],
        "groups": [(title, found) for title, found in groups if found],
        "views": [
            (view, known, _address_of(known)) for view in views if (known := by_key(view.listing, kinds))
        ],
        "words": words,
    }
    return render(request, "web/lists.html", context)


def _kinds_named(pack: Pack, words: str, used: Mapping[str, bool]) -> list[tuple[Kind, bool]]:
    """The kinds of a pack that are looked for, by their titles or by the pack's, and whether there are records."""
    is_whole = words in wording(pack.title)
    return [(kind, used[kind.name]) for kind in pack.kinds if is_whole or words in wording(kind.title)]


@signed_in
def register(request: SignedInRequest, entity: str) -> HttpResponse:
    """Of ``?institution=`` or ``?place=``, else of where the user works."""
    if entity not in REGISTERS:
        raise Http404
    return _list(request, RegisterList(REGISTERS[entity]), asked_area(request))


@signed_in
def kind_list(request: SignedInRequest, kind: str) -> HttpResponse:
    """The records of a kind about those of an area; ``?of=done``: those made at institutions there."""
    declared = rulebook().kinds.get(kind)
    if declared is None:
        raise Http404
    area = asked_area(request)
    return _list(request, KindList(declared, _is_done_here(request.GET.get("of", ""), area)), area)


def _is_done_here(asked: str, area: Area | None) -> bool:
    """A hospital has no residents of its own: what it did is what it looks for."""
    if asked or area is None:
        return asked == "done"
    return area.entity == "institution" and getattr(area.node, "type", "") == "hospital"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A list as it was asked for."""

    listing: Listing
    area: Area
    wanted: Wanted
    rows: QuerySet[Any]


def _list(request: SignedInRequest, listing: Listing, area: Area | None) -> HttpResponse:
    if area is None:
        return redirect("home")
    chosen = wanted(request.GET, listing.columns, listing.shown, listing.order)
    asked = _Asked(listing, area, chosen, listing.rows(request, area, chosen))
    match request.POST.get("do") if request.method == "POST" else "":
        case "file":
            return _file(request, asked)
        case "sheets":
            return _sheets(request, asked)
        case "keep":
            return _keep(request, asked)
        case "forget":
            return _forget(request, asked)
    return _show(request, asked)


def _show(request: SignedInRequest, asked: _Asked, problem: str = "") -> HttpResponse:
    page = BoundedPaginator(asked.rows, PAGE_SIZE, request.GET).get_page(request.GET.get("page"))
    rows, shown = list(page.object_list), asked.wanted.shown
    chooses = _chooses(request, asked.listing)
    names = asked.listing.names(rows)
    context = {
        "listing": asked.listing,
        "area": asked.area,
        "ancestors": asked.area.ancestors(),
        "parts": asked.area.children(),
        "wanted": asked.wanted,
        "always": [one for one in asked.wanted.filters if one.column.name in _ALWAYS],
        "more": [one for one in asked.wanted.filters if one.column.name not in _ALWAYS],
        "active": [(one, _without(request.GET, one)) for one in asked.wanted.active],
        "headings": [_heading(request.GET, column, asked.wanted) for column in shown],
        "page": page,
        "rows": [
            (_link(asked, row, chooses), [(column, column.words(row, names)) for column in shown])
            for row in rows
        ],
        "views": SavedView.objects.filter(user=request.user, listing=asked.listing.key),
        "query": _query(request.GET),
        "problem": problem,
        "is_kind": isinstance(asked.listing, KindList),
        "most_in_workbook": MOST_IN_WORKBOOK,
        "has_sheet": _kind_with_sheet(asked.listing) is not None,
        "most_sheets": MOST_AT_ONCE,
        "new": _new(request, asked),
        "chooses": chooses,
    }
    return render(request, "web/list.html", context, status=422 if problem else 200)


_ALWAYS = ("name", "subject", "occurred_on", "state", "type")
"""Columns whose filters stand above the list; those of the others are folded away."""


FOR = "for"
"""In the address of a register: the kind of which a record is to be written about the one that is chosen."""


def _link(asked: _Asked, row: Any, chooses: Kind | None) -> str:
    return form_of(chooses, row) if chooses is not None else asked.listing.link(row, asked.area)


def _chooses(request: SignedInRequest, listing: Listing) -> Kind | None:
    """The kind a subject is chosen for, by `FOR`; None where the reader may not write it."""
    kind = rulebook().kinds.get(request.GET.get(FOR, ""))
    fits = isinstance(listing, RegisterList) and kind is not None and kind.about == listing.register.entity
    return kind if fits and _may_write(request, kind) else None


def _may_write(request: SignedInRequest, kind: Kind | None) -> bool:
    return kind is not None and kind.name != JUDGEMENT and may_record(request.user, kind.about)


def _new(request: SignedInRequest, asked: _Asked) -> str:
    """Where a new record of the list is written: about the area itself, or about somebody to be chosen."""
    if not isinstance(asked.listing, KindList) or not _may_write(request, asked.listing.kind):
        return ""
    kind, area = asked.listing.kind, asked.area
    if kind.about == area.entity:
        return form_of(kind, area.node)
    return f"{reverse('register', args=[kind.about])}?{area.entity}={area.node.code}&{FOR}={kind.name}"


def _heading(query: QueryDict, column: Column, chosen: Wanted) -> tuple[Column, str, str]:
    """A column, the address that orders by it, and how it is ordered now."""
    is_order = column.name == chosen.order.name
    changed = query.copy()
    changed["sort"] = f"-{column.name}" if is_order and not chosen.descending else column.name
    changed.pop("page", None)
    state = ("descending" if chosen.descending else "ascending") if is_order else ""
    return column, f"?{changed.urlencode()}", state


def _without(query: QueryDict, one: Filter) -> str:
    """The address without a filter."""
    changed = query.copy()
    for key in (one.key, one.key + LOW, one.key + HIGH, "page"):
        changed.pop(key, None)
    return f"?{changed.urlencode()}"


def _query(query: QueryDict) -> str:
    """What is kept of an address: without the page and what was left empty."""
    kept = QueryDict(mutable=True)
    for key, texts in query.lists():
        if key != "page" and any(texts):
            kept.setlist(key, [text for text in texts if text])
    return kept.urlencode()


def _address_of(listing: Listing) -> str:
    sort, _, name = listing.key.partition(":")
    return reverse("register" if sort == "register" else "kind_list", args=[name])


def _back(asked: _Asked, query: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{_address_of(asked.listing)}?{query}")


def _keep(request: SignedInRequest, asked: _Asked) -> HttpResponse:
    name, query = request.POST.get("name", "").strip()[:60], _query(request.GET)
    if not name:
        return _show(request, asked, say("请给视图起个名字", "give the view a name"))
    SavedView.objects.update_or_create(
        user=request.user, listing=asked.listing.key, name=name, defaults={"query": query}
    )
    messages.success(request, say("已保存视图“{name}”", "View '{name}' kept", name=name))
    return _back(asked, query)


def _forget(request: SignedInRequest, asked: _Asked) -> HttpResponse:
    number = request.POST.get("view", "")
    own = SavedView.objects.filter(user=request.user, listing=asked.listing.key)
    view = get_object_or_404(own, pk=number if number.isdecimal() else 0)
    view.delete()
    messages.success(request, say("已删除视图“{name}”", "View '{name}' removed", name=view.name))
    return _back(asked, _query(request.GET))


def _file(request: SignedInRequest, asked: _Asked) -> HttpResponse:
    """The list as a file. That it was made, by whom, of what and why, is written to the audit first."""
    reason, form = request.POST.get("reason", "").strip(), request.POST.get("format", "")
    columns = asked.listing.columns if request.POST.get("columns") == "all" else asked.wanted.shown
    count = asked.rows.count()
    if problem := _file_problem(asked.listing, form, reason, count):
        return _show(request, asked, problem)
    summary = {
        "list": asked.listing.key,
        asked.area.entity: asked.area.node.code,
        "query": _query(request.GET),
        "columns": [column.name for column in columns],
        "rows": count,
        "format": form,
        "reason": reason,
    }
    record_change("export", actor=request.user, summary=summary)
    return _answer(asked, list(columns), form, _about(request, asked, count, reason))


def _kind_with_sheet(listing: Listing) -> Kind | None:
    found = listing.kind if isinstance(listing, KindList) else None
    return found if found is not None and has_sheet(found.name) else None


def _sheets(request: SignedInRequest, asked: _Asked) -> HttpResponse:
    """The result sheets of the list, for whoever may see all about those people. Audited as a file is."""
    kind = _kind_with_sheet(asked.listing)
    if kind is None:
        raise Http404
    seen = Resident.objects.visible_to(request.user).values("pk")
    records = list(asked.rows.filter(subject__in=seen)[: MOST_AT_ONCE + 1])
    reason = request.POST.get("reason", "").strip()
    if problem := _sheets_problem(reason, len(records)):
        return _show(request, asked, problem)
    summary = {
        "list": asked.listing.key,
        asked.area.entity: asked.area.node.code,
        "query": _query(request.GET),
        "rows": len(records),
        "format": "sheets",
        "reason": reason,
    }
    record_change("export", actor=request.user, summary=summary)
    back = f"{_address_of(asked.listing)}?{_query(request.GET)}"
    return show_sheets(request, records, back, wording(asked.listing.title))


def _sheets_problem(reason: str, count: int) -> str:
    if not reason:
        return say(
            "反馈单是个人信息，请写明用途；用途会记入审计",
            "sheets hold personal data: say what they are for; the reason is written to the audit",
        )
    if count > MOST_AT_ONCE:
        return say(
            "一次最多打印 {most} 张：请先按日期、村筛选",
            "at most {most} sheets at once: filter by day or village first",
            most=MOST_AT_ONCE,
        )
    return ""


def _file_problem(listing: Listing, form: str, reason: str, count: int) -> str:
    if form not in ("xlsx", "csv"):
        raise Http404
    if listing.is_personal and not reason:
        return say(
            "导出内容含个人信息，请写明用途；用途会记入审计",
            "the file holds personal data: say what it is for; the reason is written to the audit",
        )
    if form == "xlsx" and count > MOST_IN_WORKBOOK:
        return say(
            "共 {n} 行，超过 Excel 导出上限 {most} 行：请改选 CSV（不限行数），或先筛选",
            "{n} rows are more than the {most} of an Excel file: choose CSV, which has no limit, or filter first",
            n=f"{count:,}",
            most=f"{MOST_IN_WORKBOOK:,}",
        )
    return ""


def _about(request: SignedInRequest, asked: _Asked, count: int, reason: str) -> list[str]:
    lines = [
        wording(asked.listing.title),
        say("范围：{area}", "Area: {area}", area=asked.area.node.name),
        say("行数：{n}", "Rows: {n}", n=count),
        say("导出日期：{day}", "Made on: {day}", day=day_in_words(today())),
        say(
            "导出人：{who}", "Made by: {who}", who=request.user.get_full_name() or request.user.get_username()
        ),
    ]
    for one in asked.wanted.active:
        lines.append(
            say(
                "筛选：{column} {said}",
                "Filter: {column} {said}",
                column=wording(one.column.field.title),
                said=one.said,
            )
        )
    return [*lines, say("用途：{reason}", "Reason: {reason}", reason=reason)] if reason else lines


def _answer(asked: _Asked, columns: Sequence[Column], form: str, about: Sequence[str]) -> HttpResponse:
    lines = cells(asked.listing, asked.rows, columns)
    title = wording(asked.listing.title)
    name = quote(f"{title}-{asked.area.node.name}-{today().isoformat()}.{form}")
    how = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    if form == "xlsx":
        return HttpResponse(workbook(title, columns, lines, about), content_type=XLSX, headers=how)
    return StreamingHttpResponse(  # type: ignore[return-value]
        csv_lines(columns, lines), content_type="text/csv; charset=utf-8", headers=how
    )
