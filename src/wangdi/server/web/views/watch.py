"""Early warning: the alerts of an area, its channels, the series of a channel, an alert as a case."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from wangdi.engine.model.channels import Channel, Pace
from wangdi.engine.model.registers import PLACE_LEVELS
from wangdi.server.access.scope import may_record
from wangdi.server.adoption.targets import Targets
from wangdi.server.audit.models import Change
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.evaluation.services import latest_publication, rulebook, today
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.running import mark_lost, start_job
from wangdi.server.network.models import Place
from wangdi.server.records.models import Evidence, RecordVersion
from wangdi.server.records.transitions import possible_transitions
from wangdi.server.watch.alerts import LOOKED, alert_kind, alerts_about, final_states
from wangdi.server.watch.declaration import Declaration, declaration
from wangdi.server.watch.line_lists import LineList, line_list
from wangdi.server.watch.models import Silence
from wangdi.server.watch.silences import NotSilenced, Silences, lift, may_silence, silence
from wangdi.server.web.areas import find_area
from wangdi.server.web.figures import Standing, standings_in
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import timeline
from wangdi.server.web.subjects import subjects
from wangdi.server.web.views.recording import find_record
from wangdi.server.web.watch_contacts import belonging, contacts_shown
from wangdi.server.web.watch_worth import channel_worth
from wangdi.server.web.watching import (
    alert_rows,
    asked_place,
    channel_rows,
    curve_at,
    first_day_shown,
    map_of,
    parts_of,
    sees_people_of,
    series_at,
)
from wangdi.server.web.words import NOTHING, say, wording

PAGE_SIZE = 30
FIELDS_SHOWN = 4
"""Fields of a record that a line list shows."""

ROWS_SHOWN = 21
"""Rows of a line list that a case shows, the newest first; the list of the kind has all."""

WATCH = "watch"
"""The kind of job that looks at all channels."""

PACES = {Pace.DAY: ("日", "Day"), Pace.WEEK: ("周", "Week"), Pace.MONTH: ("月", "Month")}


@signed_in
def alerts(request: SignedInRequest) -> HttpResponse:
    """Alerts about a place and those under it: ``?show=`` open (at first), closed or all."""
    place = asked_place(request)
    if place is None:
        return redirect("home")
    declared, shown = declaration(), request.GET.get("show", "open")
    about = Place.objects.visible_to(request.user).filter(path__under=place.path)
    records = alerts_about(about, declared).select_related("kind", "assigned", "change")
    open_ = records.exclude(state__in=final_states(declared))
    wanted = {"open": open_, "closed": records.filter(state__in=final_states(declared))}.get(shown, records)
    page = Paginator(wanted, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = alert_rows(page.object_list, declared, timezone.now())
    on_map, lost = map_of(place, rows, declared, today(), request)
    context = {
        "rows": rows,
        "page": page,
        "shown": shown,
        "open": open_.count(),
        "late": sum(row.is_over for row in rows),
        "map": on_map,
        "lost": lost,
        **_common(request, place, declared),
    }
    return render(request, "web/watch.html", context)


def _common(request: SignedInRequest, place: Place, declared: Declaration) -> dict[str, Any]:
    above, parts = parts_of(place, request)
    looked = Change.objects.filter(action=LOOKED).order_by("-id").first()
    running = Job.objects.filter(kind=WATCH, state__in=(Job.State.WAITING, Job.State.RUNNING)).exists()
    return {
        "place": place,
        "above": above,
        "parts": parts,
        "today": today(),
        "looked": looked,
        "is_looking": running,
        "may_look": may_silence(request.user, place, declared.silencing),
    }


@signed_in
@require_POST
def look(request: SignedInRequest) -> HttpResponse:
    """Starts a look at all channels, for those who may silence them at their place."""
    place = asked_place(request)
    if place is None or not may_silence(request.user, place, declaration().silencing):
        raise Http404
    mark_lost()
    if not Job.objects.filter(kind=WATCH, state__in=(Job.State.WAITING, Job.State.RUNNING)).exists():
        start_job(WATCH, {}, actor=request.user)
    messages.success(
        request,
        say("已开始查看各渠道，约一分钟后刷新本页", "Looking at all channels; reload in about a minute"),
    )
    return redirect(f"{reverse('watch')}?place={place.code}")


@signed_in
def channels(request: SignedInRequest) -> HttpResponse:
    """The board: every channel that triggers look at, what it counted, who has not reported, and what alerts were worth."""
    place = asked_place(request)
    if place is None:
        return redirect("home")
    declared = declaration()
    watched = [rulebook().channels[name] for name in declared.channels]
    context = {
        "rows": channel_rows(watched, place, declared, today(), request),
        "quality": _quality(request, place, declared),
        "worth": channel_worth(watched, place, declared, today(), request)
        if "worth" in request.GET
        else None,
        "alert_kind": declared.alert.kind,
        **_common(request, place, declared),
    }
    return render(request, "web/watch_channels.html", context)


def _quality(request: SignedInRequest, place: Place, declared: Declaration) -> list[Standing]:
    """The figures about places of the pack that declares alerts, for those who see the place's figures."""
    publication = latest_publication()
    if publication is None or not sees_people_of(request, place):
        return []
    pack = next(one for one in rulebook().packs if alert_kind(declared) in one.kinds)
    own = [one for one in rulebook().indicators.values() if one.pack == pack.name and one.entity == "place"]
    return standings_in(find_area(request.user, "place", place.code), own, Targets.on(publication.as_of))


@signed_in
def series(request: SignedInRequest, name: str) -> HttpResponse:
    """A channel at a place, by day, week or month, with its band; silences of it here."""
    channel, place = rulebook().channels.get(name), asked_place(request)
    if channel is None:
        raise Http404
    if place is None:
        return redirect("home")
    declared = declaration()
    pace = next((one for one in Pace if one.value == request.GET.get("pace")), channel.pace)
    holding = Silences.on(today()).of(name, place.path)
    shown = series_at(channel, place, pace, declared, today())
    context = {
        "channel": channel,
        "shown": shown,
        "pace": pace.value,
        "paces": [(one.value, say(*words)) for one, words in PACES.items()],
        "level": next((option.title for option in PLACE_LEVELS if option.code == place.level), None),
        "silence": holding,
        "most_days": declared.silencing.days,
        "is_declared": (channel.pace, channel.level) == (pace, place.level),
        "declared_level": next(option.title for option in PLACE_LEVELS if option.code == channel.level),
        **_common(request, place, declared),
    }
    return render(request, "web/watch_series.html", context)


@signed_in
@require_POST
def silences(request: SignedInRequest) -> HttpResponse:
    """Silences a channel at a place, or lifts a silence (``lift``)."""
    declared = declaration()
    try:
        if number := request.POST.get("lift"):
            found = get_object_or_404(
                Silence.objects.visible_to(request.user), pk=int(number) if number.isdecimal() else 0
            )
            lift(request.user, found, declared.silencing)
            name, place = found.channel, found.place
            messages.success(request, say("已解除静默", "The silence is lifted"))
        else:
            name = request.POST.get("channel", "")
            place = get_object_or_404(
                Place.objects.visible_to(request.user), code=request.POST.get("place", "")
            )
            if name not in rulebook().channels:
                raise Http404
            until, reason = _day(request.POST.get("until", "")), request.POST.get("reason", "")
            silence(request.user, name, place, until, reason, today(), declared.silencing)
            messages.success(request, say("已静默", "Silenced"))
    except NotSilenced as refused:
        for problem in refused.problems:
            messages.error(request, wording(problem))
    return redirect(f"{reverse('watch_series', args=[name])}?place={place.code}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# -- the case --------------------------------------------------------------------------------------


@signed_in
def alert(request: SignedInRequest, record_id: str) -> HttpResponse:
    """An alert as a case: where it stands and by when, its series and curves, the records behind it, evidence."""
    declared = declaration()
    kind = alert_kind(declared)
    newest, place, is_ours = find_record(request, kind.name, record_id)
    if not isinstance(place, Place) or newest.status == RecordVersion.Status.VOID:
        raise Http404
    [row] = alert_rows([newest], declared, timezone.now())
    watched = [
        rulebook().channels[name]
        for name in newest.values.get(declared.alert.channels) or ()
        if name in rulebook().channels
    ]
    first = first_day_shown(newest.values[declared.alert.first_period])
    transitions = possible_transitions(request.user, kind, newest)
    [told] = timeline([newest], rulebook().kinds)
    context = {
        "row": row,
        "place": place,
        "kind": kind.name,
        "told": _done(told.values, declared),
        "explanation": _explanation(newest, declared),
        "transitions": transitions,
        "shown": [(one, *_drawn(request, one, place, first)) for one in watched],
        "lines": [_lines(request, one, place, first) for one in watched] if is_ours else [],
        "first": first,
        "contacts": contacts_shown(request, newest, declared, today()) if is_ours else None,
        "others": belonging(request, newest, declared) if is_ours else [],
        "files": Evidence.objects.of_record(kind.name, record_id),
        "may_add": bool(transitions) or (is_ours and may_record(request.user, kind.about)),
        "target": {"kind": kind.name, "record": record_id},
        "today": today(),
        "reaches": sees_people_of(request, place),
    }
    return render(request, "web/watch_alert.html", context)


def _drawn(request: SignedInRequest, channel: Channel, place: Place, first: date) -> tuple[Any, Any, Place]:
    """The series of a channel and its curve by day, at the alert's place; where the channel was judged above it, there."""
    declared, codes = declaration(), place.path.strip(SEPARATOR).split(SEPARATOR)
    above = Place.objects.visible_to(request.user).filter(code__in=codes, level=channel.level).first()
    at = above or place
    shown = series_at(channel, at, channel.pace, declared, today())
    return shown, curve_at(channel, at, first, declared, today()), at


def _done(values: Sequence[tuple[str, str]], declared: Declaration) -> list[tuple[str, str]]:
    """What was entered about an alert; why it was raised stands above."""
    kind, alert = alert_kind(declared), declared.alert
    above = {wording(kind.field(name).title) for name in (alert.explanation, alert.explanation_en)}
    return [(title, value) for title, value in values if title not in above and value != NOTHING]


def _explanation(record: RecordVersion, declared: Declaration) -> list[str]:
    """Why, signal by signal, in the reader's language; what was raised before there was an English one stays Chinese."""
    zh = str(record.values.get(declared.alert.explanation) or "")
    en = str(record.values.get(declared.alert.explanation_en) or zh)
    return [line for line in (zh if say("zh", "en") == "zh" else en).splitlines() if line]


def _lines(
    request: SignedInRequest, channel: Channel, place: Place, first: date
) -> tuple[Channel, LineList | None, Sequence[Any]]:
    """The records that a channel counted, with whom they are about and their first fields."""
    found = line_list(channel, place, first, today(), request.user)
    if found is None:
        return channel, None, ()
    told = timeline([record for _, record in found.records], rulebook().kinds)
    about = subjects((channel.entity, record.subject) for _, record in found.records)
    rows = [
        (day, about.get((channel.entity, record.subject)), record, row.values[:FIELDS_SHOWN])
        for (day, record), row in zip(found.records, told, strict=True)
    ]
    return channel, found, rows[: -ROWS_SHOWN - 1 : -1]
