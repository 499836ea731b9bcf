"""How long each part of a long command takes, told as it ends: who waits sees where the time goes."""

import os
import time
from dataclasses import dataclass, field

from wangdi.cli.output import errors
from wangdi.cli.wording import t
from wangdi.engine.model.registers import REGISTERS
from wangdi.server.common.loading import OnProgress

_WORDS = {
    "people": ("模拟居民和机构", "people and institutions simulated"),
    "registers": ("台账入库", "registers stored"),
    "records": ("模拟并写入服务记录", "records simulated and stored"),
    "indexes": ("建立索引", "indexes built"),
    "corrections": ("更正少数记录", "a few records corrected"),
    "lake": ("生成数据湖", "lake written"),
    "watch": ("监测预警", "early warning run"),
    "evaluate": ("评估", "evaluated"),
    "publish": ("发布指标和应做事项", "figures and due items published"),
    "finish": ("收尾", "finished"),
}
_PHASE_OF = {register.table: "registers" for register in REGISTERS.values()}


@dataclass
class Phases:
    """Hears of progress, passes it on, and tells the time of each phase when the next one begins or at `end`."""

    on_progress: OnProgress
    _phase: str = ""
    _began: tuple[float, float] = field(default_factory=lambda: _clocks())

    def __call__(self, table: str, done: int, total: int) -> None:
        phase = _PHASE_OF.get(table, table)
        if phase in _WORDS and phase != self._phase:
            self.end()
            self._phase = phase
        self.on_progress(table, done, total)

    def end(self) -> None:
        (wall, processor), (wall_before, processor_before) = _clocks(), self._began
        self._began = (wall, processor)
        if self._phase:
            words, seconds, busy = t(*_WORDS[self._phase]), wall - wall_before, processor - processor_before
            errors.print(
                t(
                    f"{words}：{seconds:.1f} 秒（处理器 {busy:.1f} 秒）",
                    f"{words}: {seconds:.1f} s ({busy:.1f} s of processor time)",
                ),
                highlight=False,
            )


def _clocks() -> tuple[float, float]:
    """Seconds on the wall, and of the processor by this process and those it has waited for."""
    used = os.times()
    return time.monotonic(), used.user + used.system + used.children_user + used.children_system
