"""What goes wrong in a page is found again by those who run the server."""

import logging
from io import StringIO

import pytest
from django.test import Client

from wangdi.server.web.middleware import SessionsEnd


@pytest.mark.usefixtures("installation")
def test_an_error_of_a_page_is_written_with_its_time_address_and_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_self: SessionsEnd, _request: object) -> None:
        raise ArithmeticError("planted")

    [handler] = logging.getLogger("django").handlers
    assert isinstance(handler, logging.StreamHandler)
    written = StringIO()
    monkeypatch.setattr(handler, "stream", written)
    monkeypatch.setattr(SessionsEnd, "__call__", broken)
    answer = Client(raise_request_exception=False).get("/today/")
    assert answer.status_code == 500
    assert "请把时间和您所做的操作告诉管理员" in answer.content.decode()
    told = written.getvalue()
    assert "ERROR" in told and "/today/" in told
    assert "ArithmeticError: planted" in told and "test_errors_of_pages.py" in told
