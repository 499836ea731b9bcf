"""``wangdi plan``: what to do about a gap. Each plan has a module of its own; this one gathers their commands."""

from wangdi.cli.later import Later, make_app
from wangdi.cli.wording import t

PLANS = (
    Later(
        "dispatch",
        "wangdi.cli.dispatching:dispatch",
        t(
            "医师派驻方案：先覆盖每个机构，再满足需要，再轮派公平、行程均衡，再路程最短、少变动；每步都给出理论界限，每个未覆盖机构都说明原因。",
            "Whom to post where: every centre covered first, then needs met, then turns and travel shared, then short "
            "travel and little change; with the bound of each, and the reason for every centre left uncovered.",
        ),
    ),
    Later(
        "reach",
        "wangdi.cli.reaching:reach",
        t(
            "服务可及：哪些村在 --minutes 分钟内有服务，最近的是哪里；每千人可得多少供给（两步移动搜索法）；分乡镇的余缺。",
            "Where care reaches: which villages have a service within --minutes, which have not, and the nearest; supply "
            "for each thousand people by two-step floating catchments; surplus and deficit by township.",
        ),
    ),
    Later(
        "sites",
        "wangdi.cli.siting:sites",
        t(
            "站点设在哪里：覆盖最多人、用最少站点、或总行程最短；写明离理论界限多远。备选点默认为各村，现有机构保留。",
            "Where to open stations: most people covered, fewest stations, or least travel, with the bound. Every village "
            "is a candidate unless a file says others; existing institutions stay.",
        ),
    ),
    Later(
        "routes",
        "wangdi.cli.roving:routes",
        t(
            "巡诊路线：每村至少每 --every 周去一次，排出每周每天每辆车先后去哪些村、几点到；可打印。",
            "Routes of a roving clinic: every village at least every --every weeks; which day, which vehicle, when.",
        ),
    ),
)
app = make_app(None, PLANS)
