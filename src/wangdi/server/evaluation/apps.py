"""What has to be arranged before anything is evaluated."""

from types import ModuleType

from django.apps import AppConfig

from wangdi.engine.evaluate.runners.allocator import keep_freed_memory


class EvaluationConfig(AppConfig):
    """Evaluated results: the lake, due items, figures."""

    name = "wangdi.server.evaluation"

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        """Not in `ready`: by then models are imported, and with them NumPy, which starts threads."""
        keep_freed_memory()
        super().__init__(app_name, app_module)
