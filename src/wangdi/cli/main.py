"""The entry point: puts the commands together and turns what goes wrong into clear words and exit codes."""

import sys

from wangdi.cli.commands import COMMANDS
from wangdi.cli.later import make_app
from wangdi.cli.output import fail
from wangdi.cli.wording import t
from wangdi.engine.diagnostics.messages import PackError
from wangdi.server.common.problems import (
    BulkUnavailable,
    DeclarationError,
    NotInitialised,
    PackSetBroken,
    StoreBusy,
)

app = make_app(
    "wangdi",
    COMMANDS,
    t(
        "网底：基层卫生服务网络的规则、应做事项、指标。\n\n"
        "先试用：wangdi demo。正式使用：wangdi init，再 wangdi import 文件夹，再 wangdi evaluate，再 wangdi serve。\n\n"
        "数据放在环境变量 WANGDI_DATA 指定的文件夹（默认 ./wangdi-data）。"
        "退出码：0 成功，1 数据或规则有错，2 用法有误，3 尚未安装，4 数据库忙。",
        "Wangdi: rules, due lists and figures for primary-care networks.\n\n"
        "To look around: wangdi demo. To use it: wangdi init, then wangdi import FOLDER, wangdi evaluate, wangdi serve.\n\n"
        "Data lives in the folder that WANGDI_DATA names (default ./wangdi-data). "
        "Exit codes: 0 fine, 1 the data or the packs have errors, 2 wrong usage, 3 no installation, 4 store busy.",
    ),
)


def run() -> None:
    """Runs the command line; problems that users can mend come as one message, without a traceback."""
    try:
        app()
    except PackError as error:
        raise fail(f"{error}\n\n" + t("规则包有错误，见上", "the packs have errors, see above"), 1) from None
    except NotInitialised as error:
        raise fail(str(error), 3) from None
    except PackSetBroken as error:
        way = t("换回：wangdi packs rollback --to 0", "to go back: wangdi packs rollback --to 0")
        raise fail(f"{error}\n{way}", 1) from None
    except DeclarationError as error:
        raise fail(str(error), 1) from None
    except (StoreBusy, BulkUnavailable) as error:
        raise fail(str(error), 4) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
