"""What stops work before it begins, wherever it was asked for. The command line tells of it without reading the server."""


class NotInitialised(Exception):
    """The data folder has no key yet, so nothing can be encrypted or revealed; or its store is of another version."""


class PackSetBroken(Exception):
    """A set of packs that was kept is missing or was altered."""


class DeclarationError(Exception):
    """A file beside the packs does not fit them; all that is wrong with it."""


class BulkUnavailable(Exception):
    """The store is no SQLite file, or this process is using it otherwise."""


class StoreBusy(Exception):
    """Another process kept writing to the store."""
