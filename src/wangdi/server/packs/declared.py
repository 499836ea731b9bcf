"""Every file that may stand beside a pack, and what is wrong with those that do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.text import Text
from wangdi.server.common.problems import DeclarationError
from wangdi.server.evaluation.declarations import DeclarationFile, NotDeclared
from wangdi.server.packs.home_declaration import HOME, unknown_names
from wangdi.server.packs.tasks_declaration import TASKS
from wangdi.server.planning.declaration import DISPATCH
from wangdi.server.planning.routes_declaration import ROUTES
from wangdi.server.planning.sites_declaration import SITES
from wangdi.server.planning.travelling import REACH
from wangdi.server.portal.declaration import PORTAL
from wangdi.server.watch.declaration import WATCH

DECLARED: dict[DeclarationFile[Any], Text] = {
    WATCH: Text("早期预警", "early warning"),
    DISPATCH: Text("医师派驻方案", "plans of postings"),
    REACH: Text("就医可及和布局", "reach and sites"),
    SITES: Text("新设站点方案", "plans of sites"),
    ROUTES: Text("巡回医疗路线", "roving clinics"),
    PORTAL: Text("居民页面和预约", "pages of residents, and booking"),
    TASKS: Text("由差距下达任务", "tasks that close a gap"),
    HOME: Text("首页的重点指标和分组", "figures and groups of the home"),
}
"""With what rests on each."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file, line by line; ``stops``: what rests on it does not work."""

    file: DeclarationFile[Any]
    told: str
    stops: bool = True

    @property
    def concerns(self) -> Text:
        return DECLARED[self.file]


def problems(folders: Iterable[Path], rulebook: Rulebook) -> Iterator[Problem]:
    """All that is wrong with the files beside packs; one that no pack has beside it is no problem."""
    listed = list(folders)
    for file in DECLARED:
        try:
            found = file.among(listed, rulebook)
        except NotDeclared:
            continue
        except DeclarationError as error:
            yield Problem(file, str(error))
            continue
        if file is HOME and (unknown := list(unknown_names(found, rulebook))):
            yield Problem(file, "\n".join(f"{file.name}: {one}" for one in unknown), stops=False)
