"""Users at work: each signs in, opens pages of the mix, thinks in between. One process, so that it costs little."""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp

from bench.load.plan import PASSWORD, Cast, Service, Visitor

PAUSE = (5.0, 15.0)
"""Seconds between two pages, evenly distributed: a list or a person's page is read, not clicked through.

A doctor who works without a break at this pace opens some 300 pages an hour. That is more than a morning has: between two
people somebody comes in, is measured and leaves. So 200 at work here stand for several hundred signed in.
"""

TYPING = (20.0, 25.0)
"""The same for a form: a dozen fields are typed while the person sits there."""

DOCTORS_MIX = {"list": 40, "person": 25, "save": 15, "search": 5}
OFFICERS_MIX = {"home": 5, "compare": 4, "team": 3, "records": 3}
"""How often each is chosen; the shares of doctors and others make 40, 25, 15, 5 and 15 %."""

_HIDDEN = re.compile(r'name="(id|version|seen)" value="([^"]*)"')
_PLACES = re.compile(r'name="(institution|worker)"[^>]*>(.*?)</select>', re.S)
_CHOSEN = re.compile(r'value="([^"]*)"[^>]*selected')
_WAIT = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: which sort of page, when it began (seconds of the run), how long it took, what was wrong with it."""

    sort: str
    began: float
    seconds: float
    size: int
    wrong: str = ""


@dataclass
class Morning:
    """Everybody's requests, as they come in."""

    address: str
    cast: Cast
    pace: float = 1.0
    """How many times as fast as usual everybody works."""
    asked: list[Asked] = field(default_factory=list)

    async def visit(self, visitor: Visitor, after: float) -> None:
        """Signs in after so many seconds, then works for as long as it is let."""
        await asyncio.sleep(after)
        jar = aiohttp.CookieJar(unsafe=True)
        headers = {"Accept-Language": "zh-CN", "Accept-Encoding": "gzip"}
        async with aiohttp.ClientSession(
            self.address, cookie_jar=jar, headers=headers, timeout=_WAIT
        ) as session:
            at_work = _AtWork(self, visitor, session, random.Random(visitor.username))
            await at_work.sign_in()
            while True:
                await at_work.next_page()


@dataclass
class _AtWork:
    morning: Morning
    visitor: Visitor
    session: aiohttp.ClientSession
    chance: random.Random
    _saved: int = 0

    async def sign_in(self) -> None:
        await self._get("sign-in page", "/sign-in/")
        await self._post("sign in", "/sign-in/", {"login": self.visitor.username, "password": PASSWORD}, "/")

    async def next_page(self) -> None:
        mix = DOCTORS_MIX if self.visitor.role == "doctor" else OFFICERS_MIX
        [chosen] = self.chance.choices(list(mix), list(mix.values()))
        await getattr(self, f"_{chosen}")()
        await self._pause(PAUSE)

    async def _pause(self, seconds: tuple[float, float]) -> None:
        await asyncio.sleep(self.chance.uniform(*seconds) / self.morning.pace)

    # -- village doctors ----------------------------------------------------------------------------

    async def _list(self) -> None:
        query = self.chance.choice(("", "", "", "", "?page=2", "?by=service", f"?q={self._word()[:1]}"))
        await self._get("today's list", f"/today/{query}")

    async def _person(self) -> None:
        await self._open_person(self.chance.choice(self.visitor.people))

    async def _open_person(self, code: str, sort: str = "person") -> None:
        page = await self._get(sort, f"/residents/{code}/")
        if f"/residents/{code}/charts/" in page:
            await self._get("charts of a person", f"/residents/{code}/charts/")

    async def _save(self) -> None:
        service = self.visitor.services[self._saved % len(self.visitor.services)]
        self._saved += 1
        address = f"/residents/{service.person}/record/{service.kind}/"
        form = await self._get("form", address)
        await self._pause(TYPING)
        if await self._post("save", address, _filled(form, service), f"/residents/{service.person}/"):
            await self._open_person(service.person, "person after a save")

    async def _search(self) -> None:
        await self._get("search", f"/search/?q={self._word()}", {"HX-Request": "true"})

    def _word(self) -> str:
        return self.chance.choice(self.visitor.words)

    # -- directors and officers ---------------------------------------------------------------------

    async def _home(self) -> None:
        query = self.chance.choice(("", f"?indicator={self.chance.choice(self.morning.cast.indicators)}"))
        await self._get("figures of an area", self.visitor.area + query)

    async def _compare(self) -> None:
        indicator = self.chance.choice(self.morning.cast.indicators)
        await self._get("compare", f"/indicators/{indicator}/compare/?{self.visitor.query}")

    async def _team(self) -> None:
        await self._get("team", f"{self.visitor.area}team/")

    async def _records(self) -> None:
        kind = self.chance.choice(self.morning.cast.kinds)
        page = self.chance.choice(("", "", "&page=2"))
        await self._get("list of records", f"/lists/{kind}/?{self.visitor.query}{page}")

    # -- asking -------------------------------------------------------------------------------------

    async def _get(self, sort: str, address: str, headers: Mapping[str, str] | None = None) -> str:
        async def ask() -> tuple[str, int, str]:
            async with self.session.get(address, headers=headers) as answer:
                body = await answer.read()
                wrong = "" if answer.status == 200 else f"{answer.status} {address}"
                if "/sign-in/" in str(answer.url) and not address.startswith("/sign-in/"):
                    wrong = f"signed out {address}"
                return body.decode(errors="replace"), len(body), wrong

        return await self._timed(sort, address, ask)

    async def _post(self, sort: str, address: str, data: Mapping[str, str], leads_to: str) -> bool:
        """Whether it was taken: answered by leading on to that address."""

        async def ask() -> tuple[str, int, str]:
            token = {one.key: one.value for one in self.session.cookie_jar}.get("csrftoken", "")
            given = {**data, "csrfmiddlewaretoken": token}
            async with self.session.post(address, data=given, allow_redirects=False) as answer:
                await answer.read()
                taken = answer.status == 302 and answer.headers["Location"] == leads_to
                return "yes" if taken else "", 0, "" if taken else f"{answer.status} {address}"

        return bool(await self._timed(sort, address, ask))

    async def _timed(
        self, sort: str, address: str, ask: Callable[[], Awaitable[tuple[str, int, str]]]
    ) -> str:
        began = time.monotonic()
        try:
            text, size, wrong = await ask()
        except (aiohttp.ClientError, TimeoutError) as error:
            text, size, wrong = "", 0, f"{type(error).__name__} {address}"
        self.morning.asked.append(Asked(sort, began, time.monotonic() - began, size, wrong))
        return text


def _filled(form: str, service: Service) -> dict[str, str]:
    """The form with what the page filled in itself and what the doctor types."""
    chosen = {name: found[1] for name, options in _PLACES.findall(form) if (found := _CHOSEN.search(options))}
    day = re.search(r'name="occurred_on"[^>]*value="([^"]*)"', form)
    given = {**dict(_HIDDEN.findall(form)), **chosen, "occurred_on": day[1] if day else ""}
    for name, text in service.typed.items():
        own = re.search(rf'name="((?:[a-z0-9_]+-)?v-{name})"', form)
        given[own[1] if own else f"v-{name}"] = text
    return given


async def work(morning: Morning, ramp: float) -> None:
    """Everybody's morning; they come one after another within ``ramp`` seconds."""
    visitors = morning.cast.visitors
    order = random.Random(0).sample(range(len(visitors)), len(visitors))
    await asyncio.gather(
        *(morning.visit(visitors[at], ramp * rank / len(visitors)) for rank, at in enumerate(order))
    )
