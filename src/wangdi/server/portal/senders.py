"""How codes reach a telephone. No gateway is assumed: an installation names one, or its doctors hand codes over.

``WANGDI_RESIDENTS``: ``given`` sends nothing; ``file`` writes to ``sms.log`` in the data folder, for trial; an address is
sent ``POST {"phone": …, "text": …, "code": …}`` as JSON, with ``Authorization: Bearer`` and ``WANGDI_SMS_TOKEN`` where that
is set, and answers 2xx. Gateways differ; a few lines of script translate this into what one asks for.
"""

import json
from pathlib import Path
from typing import Protocol
from urllib.error import URLError
from urllib.request import Request, urlopen

from django.conf import settings

from wangdi.server.common.installation import Installation

GIVEN, FILE = "given", "file"
_PATIENCE_SECONDS = 10


class NotSent(Exception):
    """The message did not go out."""


class Sender(Protocol):
    def send(self, phone: str, text: str, code: str) -> None:
        """Sends a text message. `NotSent` where that failed."""


class FileSender:
    """For trying it out: whoever reads the data folder reads the codes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, phone: str, text: str, code: str) -> None:
        with self._path.open("a", encoding="utf-8") as log:
            log.write(f"{phone}\t{code}\t{text}\n")


class HttpSender:
    """A gateway of the installation's choice."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self._token = address, token

    def send(self, phone: str, text: str, code: str) -> None:
        body = json.dumps({"phone": phone, "text": text, "code": code}, ensure_ascii=False).encode()
        request = Request(self._address, body, {"Content-Type": "application/json"})
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with urlopen(request, timeout=_PATIENCE_SECONDS):
                return
        except (URLError, OSError, ValueError) as error:
            raise NotSent(str(error)) from error


def is_open() -> bool:
    """Whether residents may sign in at all."""
    return bool(settings.RESIDENTS)


def sender() -> Sender | None:
    """None where codes are only handed over."""
    if settings.RESIDENTS in ("", GIVEN):
        return None
    if settings.RESIDENTS == FILE:
        return FileSender(Installation.current().data / "sms.log")
    return HttpSender(settings.RESIDENTS, settings.SMS_TOKEN)
