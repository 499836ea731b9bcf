"""What a server of pages runs: the application, warm before the first reader comes."""

import gc

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from wangdi.server.evaluation import rules
from wangdi.server.web import charts


def warm_application() -> WSGIHandler:
    """The application of a process that does nothing but serve.

    Packs and plans are some million objects, all of which stay. Without `gc.freeze` Python would go through them again
    and again, half a second each time, in the middle of somebody's page. Connections to the store end with each
    request: a kept one may go on seeing the store as it was, as long as any result was not read to its end.
    """
    application = get_wsgi_application()
    rules.warm_up()
    charts.warm_up()
    gc.collect()
    gc.freeze()
    return application
