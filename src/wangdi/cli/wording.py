"""The command speaks the language of the terminal: Chinese where the locale is Chinese, English elsewhere."""

import os

from wangdi.engine.model.text import Text


def language() -> str:
    """``WANGDI_LANG``, or the first locale variable that is set."""
    names = ("WANGDI_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    found = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "zh" if found.lower().startswith("zh") else "en"


def t(zh: str, en: str) -> str:
    """The wording for this terminal."""
    return zh if language() == "zh" else en


def of(text: Text) -> str:
    """A text's wording for this terminal."""
    return text.in_language(language())
