"""``wangdi plan``: what to do about a gap. Each plan has a module of its own; this one gathers their commands."""

import typer

from wangdi.cli import dispatching, reaching, roving, siting
from wangdi.cli.wording import t

app = typer.Typer(
    no_args_is_help=True,
    help=t(
        "规划：谁派到哪里、服务可及到哪里、站点设在哪里、巡诊怎么走。每个结果都写明所用假设、离理论界限多远、用时。",
        "Plans: whom to post where, where care reaches, where to open, how roving clinics go. Each result says what was "
        "assumed, how far it may be from the best there is, and how long it took.",
    ),
)
app.command()(dispatching.dispatch)
app.command()(reaching.reach)
app.command()(siting.sites)
app.command()(roving.routes)
