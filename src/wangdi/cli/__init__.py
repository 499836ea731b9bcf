"""The ``wangdi`` command."""
