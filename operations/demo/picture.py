"""Pictures of items that have no film: their title over soft colours, as SVG. Pure."""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from operations.demo.work import Work

_LETTERS_A_LINE = 22
_LINE_HEIGHT = 46


def drawn(work: Work) -> str:
    """The picture; always the same for the same name."""
    ground, light, accent = work.palette
    # Each has its circles elsewhere, so that two of one palette differ.
    chance = crc32(work.name.encode())
    x, y, radius = 380 + chance % 220, 40 + chance // 220 % 180, 170 + chance // 39_600 % 90
    lines = "".join(
        f'<tspan x="40" dy="{_LINE_HEIGHT if number else 0}">{escape(line)}</tspan>'
        for number, line in enumerate(wrap(work.title, _LETTERS_A_LINE))
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
