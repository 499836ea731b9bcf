"""What each page asks of the store, and how large it is: pinned, so that a query too many is seen early."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integration.web_network import build_network
from wangdi.server.common.installation import Installation

LARGEST = 150_000
"""Bytes of a page without charts, before it is compressed."""

PAGES: dict[str, dict[str, int]] = {
    "/today/": {"own": 15},
    "/today/?by=service": {"own": 11},
    "/today/?q=张": {"own": 15},
    "/residents/R1/": {"own": 12, "director": 12, "county": 12},
    "/residents/R1/charts/": {"own": 6},
    "/residents/R1/record/htn_followup/": {"own": 12},
    "/residents/R1/visit/": {"own": 20},
    "/search/?q=zs": {"own": 13, "county": 16},
    "/mine/": {"own": 27, "director": 27},
    "/due/": {"own": 16, "director": 16, "county": 17},
    "/inbox/": {"own": 6, "director": 6, "county": 6},
    "/inbox/count/": {"own": 6, "director": 6, "county": 6},
    "/institutions/HA/": {"director": 13, "county": 13},
    "/institutions/HA/team/": {"director": 21, "county": 21},
    "/places/420281/": {"county": 17, "city": 17},
    "/places/420281/team/": {"county": 22},
    "/places/A/?indicator=htn_managed": {"county": 18},
    "/indicators/htn_managed/compare/?place=420281": {"county": 15},
    "/lists/": {"own": 5, "county": 5},
    "/lists/htn_followup/": {"own": 13, "director": 12, "county": 13},
    "/registers/resident/": {"own": 10, "county": 10},
    "/records/htn_followup/f1/": {"own": 8, "county": 8},
    "/phone/people/": {"own": 13},
}
"""Address: by role, the most queries of whoever opens it for the second time; one more than when they were counted, since
what is due on a day decides, too."""


def cost(client: Client, address: str) -> tuple[int, int]:
    """The queries and the bytes of a page that was opened before."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(queries), len(answer.content)


def test_each_page_asks_what_it_asked_and_stays_small(installation: Installation) -> None:
    cast = build_network()
    costly, large, clients = [], [], {}
    for address, roles in PAGES.items():
        for role, most in roles.items():
            if role not in clients:
                clients[role] = Client(headers={"accept-language": "zh-CN"})
                clients[role].force_login(getattr(cast, role))
            queries, size = cost(clients[role], address)
            if queries > most:
                costly.append((address, role, queries))
            if size > LARGEST:
                large.append((address, role, size))
    assert not costly
    assert not large
