"""Whoever asks for headers alone leaves nothing on the connection that would break the next answer."""

import contextlib
import socket

import pytest

from integration.serving import served

HEAD = b"HEAD %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
ADDRESSES = ["/phone/session/", "/sign-in/", "/static/web/wangdi.js"]


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_to_head_has_the_length_of_its_body_and_no_body(address: str) -> None:
    with served() as port, socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(HEAD % address.encode())
        came = b""
        while b"\r\n\r\n" not in came:
            came += connection.recv(65_536)
        headers, body = came.split(b"\r\n\r\n", 1)
        assert b"Content-Length: 0" not in headers and b"Content-Length: " in headers
        with contextlib.suppress(TimeoutError):
            body += connection.recv(65_536)
    assert body == b""
