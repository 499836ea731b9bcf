"""Texts that people read, in both languages of the product."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One text in Chinese (shown first) and in English; neither may be empty."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh.strip() or not self.en.strip():
            raise ValueError("a text needs both its Chinese and its English wording")

    def as_json(self) -> dict[str, str]:
        """Both wordings, by the codes of the languages."""
        return {"zh": self.zh, "en": self.en}

    def in_language(self, language: str) -> str:
        """The wording for a language code such as ``zh-hans`` or ``en``; Chinese unless English is asked for."""
        return self.en if language.startswith("en") else self.zh
