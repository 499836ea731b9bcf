"""What has to be arranged before anything is evaluated."""

from django.apps import AppConfig

from wangdi.engine.evaluate.runners.allocator import keep_freed_memory


class EvaluationConfig(AppConfig):
    """Evaluated results: the lake, due items, figures."""

    name = "wangdi.server.evaluation"

    def ready(self) -> None:
        """Before the first thread: those that already have a heap of their own would keep it."""
        keep_freed_memory()
