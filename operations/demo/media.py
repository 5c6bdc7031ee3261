"""The demo's media: three films and a document that ship with it, and a drawn picture for each other item."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from textwrap import wrap
from typing import TYPE_CHECKING
from zlib import crc32

from operations.demo.audience.catalogue import MEDIA, catalogue
from operations.demo.audience.habits import Habits

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = files("operations.demo") / "files"

_PALETTES = (
    # ground, light and accent as `rrggbb`, dark enough for white letters on each
    ("0f2233", "1f5f6b", "5b3f78"),
    ("231a36", "7a3b5e", "b0604a"),
    ("10281f", "2b6a4d", "5c7a2e"),
    ("151f3f", "35539b", "6a4aa0"),
    ("2b1a1f", "8a3d3f", "a8693a"),
    ("12262b", "2f6f7a", "3f8f6b"),
    ("241f2e", "5a4a86", "8a4f7d"),
    ("1e2430", "46607f", "7d6a4c"),
)
_LETTERS_A_LINE = 22
_LINE_HEIGHT = 46


def make_media(folder: Path) -> None:
    """Write every file that the catalogue names into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, row in enumerate(catalogue(Habits())):
        for address in (row.get("mediaUrl"), row["thumbnailUrl"]):
            if address is None:
                continue
            name = address.removeprefix(MEDIA)
            shipped = SHIPPED / name
            content = shipped.read_bytes() if shipped.is_file() else picture(row["title"], number).encode()
            _write(folder / name, content)


def picture(title: str, number: int) -> str:
    """Draw the title over soft colours, as SVG; the same for the same title and number."""
    ground, light, accent = _PALETTES[number % len(_PALETTES)]
    # The title places the circles, so that two pictures of one palette differ.
    chance = crc32(title.encode())
    x, y, radius = 380 + chance % 220, 40 + chance // 220 % 180, 170 + chance // 39_600 % 90
    lines = "".join(
        f'<tspan x="40" dy="{_LINE_HEIGHT if line else 0}">{escape(text)}</tspan>'
        for line, text in enumerate(wrap(title, _LETTERS_A_LINE))
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360">
<defs>
<linearGradient id="ground" x1="0" y1="0" x2="1" y2="1">
<stop offset="0.2" stop-color="#{ground}"/><stop offset="1" stop-color="#{light}"/>
</linearGradient>
<radialGradient id="glow">
<stop offset="0" stop-color="#{accent}"/><stop offset="1" stop-color="#{accent}" stop-opacity="0"/>
</radialGradient>
</defs>
<rect width="640" height="360" fill="url(#ground)"/>
<circle cx="{x}" cy="{y}" r="{radius * 3 // 2}" fill="url(#glow)"/>
<g fill="none" stroke="#fff" stroke-opacity="0.1" stroke-width="1.5">
<circle cx="{x}" cy="{y}" r="{radius}"/><circle cx="{x}" cy="{y}" r="{radius * 2 // 3}"/>
<circle cx="{x}" cy="{y}" r="{radius // 3}"/>
</g>
<text x="40" y="76" fill="#fff" fill-opacity="0.94" font-family="system-ui, 'DejaVu Sans', sans-serif"
 font-size="36" font-weight="500">{lines}</text>
</svg>
"""


def _write(target: Path, content: bytes) -> None:
    """Replace the file whole, since the query API may be serving it."""
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(content)
    part.rename(target)
