"""The colours and the font of pictures, as the stylesheet has them."""

FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
INK, FAINT, GRID = "#1c2b2a", "#52635f", "#e3eae8"
TEAL, RUST, BLUE = "#0b6e60", "#a8440f", "#1f5fa8"
