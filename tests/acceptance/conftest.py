"""The product is asked in an installation of its own for every test."""

from integration.conftest import empty_installation as empty_installation
from integration.conftest import installation as installation
