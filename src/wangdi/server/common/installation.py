"""Where an installation keeps its data, and how an empty one is made."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from wangdi.server.common.problems import NotInitialised

DATA_VARIABLE = "WANGDI_DATA"
BACKUPS_VARIABLE = "WANGDI_BACKUPS"
COMPILED_VARIABLE = "WANGDI_COMPILED"
DEFAULT_DATA = "wangdi-data"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Installation:
    """One data folder: the store, the lake derived from it, and the key that protects both."""

    data: Path

    @classmethod
    def current(cls) -> "Installation":
        """The installation ``WANGDI_DATA`` names; ``./wangdi-data`` when it names none."""
        return cls(Path(os.environ.get(DATA_VARIABLE) or DEFAULT_DATA).resolve())

    @property
    def store(self) -> Path:
        return self.data / "store.sqlite3"

    @property
    def lake(self) -> Path:
        return self.data / "lake"

    @property
    def closed(self) -> Path:
        """What closed periods were made from, so that their figures can be made again."""
        return self.data / "closed"

    @property
    def jobs(self) -> Path:
        """What long work reads and leaves, a folder for each."""
        return self.data / "jobs"

    @property
    def backups(self) -> Path:
        """Where backups are put when nobody says where: best on another disk (``WANGDI_BACKUPS``)."""
        return Path(os.environ.get(BACKUPS_VARIABLE) or self.data / "backups").resolve()

    @property
    def evidence(self) -> Path:
        """Files that people handed in, by the hash of their content."""
        return self.data / "evidence"

    @property
    def packs(self) -> Path:
        """The installation's own packs, and which of them are in force."""
        return self.data / "packs"

    @property
    def plans(self) -> Path:
        """Files that plans were made from, by the hash of their content."""
        return self.data / "plans"

    @property
    def drawings(self) -> Path:
        """Charts as they were drawn, for all processes; may be removed at any time."""
        return self.data / "drawings"

    @property
    def compiled(self) -> Path:
        """Rulebooks as they were read, for quicker starts; may be removed at any time (``WANGDI_COMPILED``: elsewhere)."""
        return Path(os.environ.get(COMPILED_VARIABLE) or self.data / "compiled").resolve()

    @property
    def key_file(self) -> Path:
        return self.data / "secret.key"

    @property
    def simulated_mark(self) -> Path:
        """The file that says that all people here are simulated; every page then says so, too."""
        return self.data / "simulated"

    @property
    def exists(self) -> bool:
        return self.key_file.exists() and self.store.exists()

    def key(self) -> bytes:
        """The 32 bytes all secrets are derived from; NotInitialised when the installation was never made."""
        try:
            return bytes.fromhex(self.key_file.read_text("ascii").strip())
        except FileNotFoundError:
            raise NotInitialised(
                f"{self.data} holds no installation (there is no {self.key_file.name}). "
                f"Run `wangdi init`, or set {DATA_VARIABLE} to the folder of an existing installation."
            ) from None

    def make_key(self) -> None:
        """Create the folder and the key, readable by the owner only; an existing key is kept."""
        self.data.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(self.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES))


def pending_migrations() -> list[str]:
    """What the program expects of the store and the store does not have yet, as after an upgrade; `initialise` mends it."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unknown_migrations() -> list[str]:
    """What a newer program made of the store."""
    loader = MigrationExecutor(connection).loader
    return sorted(
        f"{app}.{name}" for app, name in set(loader.applied_migrations) - set(loader.disk_migrations)
    )


def initialise() -> Installation:
    """Make the current installation, or bring it up to date. Django must be set up. Idempotent."""
    installation = Installation.current()
    installation.make_key()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    return installation
