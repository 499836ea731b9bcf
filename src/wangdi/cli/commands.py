"""All commands as ``wangdi --help`` shows them, and where each is."""

from wangdi.cli.later import Later
from wangdi.cli.wording import t

COMMANDS = (
    Later(
        "demo",
        "wangdi.cli.demo:demo",
        t(
            "演示：黄石市大冶市与阳新县，区划为真实地名，机构为示例，居民与记录全部为模拟；建好后启动网页。",
            "The demonstration: Daye and Yangxin of Huangshi. Places are real, institutions are examples, "
            "residents and records are simulated. Builds it, evaluates it, serves the pages.",
        ),
    ),
    Later(
        "init",
        "wangdi.cli.installation:init",
        t(
            "建立空的安装（或升级已有的）：数据文件夹、密钥、数据库。可重复运行。",
            "Makes an empty installation, or brings one up to date: data folder, key, database. Safe to repeat.",
        ),
    ),
    Later("serve", "wangdi.cli.serving:serve", t("启动网页。", "Serves the pages.")),
    Later(
        "status",
        "wangdi.cli.status:status",
        t(
            "安装的状况：数据库、规则包、评估、备份、任务、磁盘、账号。退出码：0 正常，1 有问题。",
            "The state of the installation: store, packs, evaluation, backup, jobs, disk, accounts. "
            "Exit code 0: fine, 1: something is wrong.",
        ),
    ),
    Later(
        "import",
        "wangdi.cli.importing:import_files",
        t(
            "导入台账和服务记录：整份文件要么全部导入，要么一条不入。",
            "Imports registers and records: the whole file or nothing.",
        ),
    ),
    Later(
        "template",
        "wangdi.cli.importing:template",
        t("生成空白导入模板（中文表头、下拉选项）。", "Writes an empty workbook to type into."),
    ),
    Later(
        "backup",
        "wangdi.cli.backups:backup",
        t(
            "备份：在使用中一致地复制数据库、密钥、封账和规则包，并立即全部核对。",
            "Makes a backup: a consistent copy of store, key, closed periods and packs, made while people work, "
            "and read back at once.",
        ),
    ),
    Later(
        "restore",
        "wangdi.cli.backups:restore",
        t(
            "从备份恢复到空的数据文件夹；先核对整份备份。",
            "Makes the installation in an empty data folder from a backup, which is verified first.",
        ),
    ),
    Later(
        "list",
        "wangdi.cli.registers:list_register",
        t(
            "列出一个台账：区划、机构、人员、团队、资产设备、居民；证件号码和电话不列出。",
            "Lists a register: places, institutions, workers, teams, assets, residents; without ID numbers and "
            "telephones.",
        ),
    ),
    Later(
        "evaluate",
        "wangdi.cli.evaluating:evaluate",
        t(
            "计算全部应做事项和指标（含前 12 个月末的趋势），发布到网页。",
            "Evaluates everybody, with the 12 month-ends before for trends, and publishes the results to the pages.",
        ),
    ),
    Later(
        "due",
        "wangdi.cli.evaluating:due",
        t(
            "列出某日应做和逾期的服务：谁、做什么、何时到期、由谁负责。",
            "Lists what is due or overdue on a day: who, what, until when, and who is responsible.",
        ),
    ),
    Later(
        "indicators",
        "wangdi.cli.evaluating:indicators",
        t(
            "列出指标：分子、分母、数值、目标；每个区划的数值包含其下级。",
            "Lists figures: numerator, denominator, value, target. A place's figures include everything under it.",
        ),
    ),
    Later(
        "explain",
        "wangdi.cli.explaining:explain",
        t(
            "说明一位居民为什么属于某人群、为什么有应做事项、为什么计入指标，直到每条记录和政策出处；"
            "或一个指标在某处有多少人未计入、各缺什么条件；或一个机构的各条款为什么达到该档、为什么未达标。",
            "Says why a resident is in a group, why something is due, why a figure counts them: down to records and "
            "sources. Or how many an indicator does not count at a place or institution, and which condition they "
            "lack; or why an institution's clauses have their levels and a tier is reached or not.",
        ),
    ),
    Later(
        "assess",
        "wangdi.cli.assessing:assess",
        t(
            "按标准评审机构：每个机构达到哪一档次，各档条款比例，自评与上级评审是否一致；"
            "--institution 逐条列出，--gap 列出到下一档次最省力的差距清单。判定记录用 wangdi import 导入。",
            "Assesses institutions against standards: the tier each reaches, shares of clauses by level, how far the "
            "own assessment agrees with the reviews; --institution lists its clauses, --gap the cheapest way to the "
            "next tier. Judgements are imported with wangdi import.",
        ),
    ),
    Later(
        "simulate",
        "wangdi.cli.simulating:simulate",
        t(
            "用修改后的规则包推演：谁新增应做、谁不再应做，各机构今后12个月的工作量，各指标前后对比。什么都不会发布。",
            "Tries changed packs on everybody: who becomes due and who no longer, the workload of the next 12 months, "
            "every figure before and after. Nothing is published.",
        ),
    ),
    Later(
        "packs",
        "wangdi.cli.packs:app",
        t("规则包：列出、新建、检查、测试、说明。", "Packs: list, begin, check, test, explain."),
    ),
    Later(
        "users",
        "wangdi.cli.users:app",
        t("账号：从文件批量建立。", "Accounts: made from a file."),
    ),
    Later(
        "standards",
        "wangdi.cli.standards:app",
        t(
            "标准：条款模板、导入官方条款。",
            "Standards: a workbook for clauses, and a pack made from it.",
        ),
    ),
    Later(
        "figures",
        "wangdi.cli.periods:app",
        t("封账的期间：列出、比较、复算、重开。", "Closed periods: list, compare, reproduce, reopen."),
    ),
    Later(
        "watch",
        "wangdi.cli.watching:app",
        t(
            "预警：从计数序列中看出多于平常的病例。",
            "Early warning: counts that rise above what is usual.",
        ),
    ),
    Later(
        "plan",
        "wangdi.cli.planning:app",
        t(
            "规划：谁派到哪里、服务可及到哪里、站点设在哪里、巡诊怎么走。每个结果都写明所用假设、离理论界限多远、用时。",
            "Plans: whom to post where, where care reaches, where to open, how roving clinics go. Each result says "
            "what was assumed, how far it may be from the best there is, and how long it took.",
        ),
    ),
    Later(
        "exchange",
        "wangdi.cli.exchanging:app",
        t(
            "交换：一条记录的 FHIR 消息，一位居民的共享档案。",
            "Exchange: the FHIR message of a record, the shared record of a resident.",
        ),
    ),
    Later(
        "tokens",
        "wangdi.cli.tokens:app",
        t(
            "令牌：让外部系统（检验、学校、药店、接种、急救平台等）通过 HTTP 报送记录、取报文。",
            "Tokens by which other systems send records and fetch messages over HTTP.",
        ),
    ),
)
