"""What the people of the simulated audience are called."""

from __future__ import annotations

import unicodedata

# fmt: off
_GIVEN = (
    "Amara", "Björn", "Chiara", "Dmitri", "Elif", "Farid", "Grace", "Hiroshi", "Inés", "Jamal",
    "Katarína", "Leilani", "Mateo", "Nadia", "Oisín", "Priya", "Quentin", "Rosa", "Samir", "Thandiwe",
    "Ulrike", "Viktor", "Wanjiru", "Ximena", "Yusuf", "Zofia", "Aiko", "Bashir", "Catalina", "Desta",
    "Emre", "Fatou", "Goran", "Hannah", "Ibrahim", "Jiho", "Kwame", "Linh", "Marisol", "Nikos",
)
_FAMILY = (
    "Okafor", "Lindqvist", "Rossi", "Volkov", "Aydin", "Haddad", "Thompson", "Tanaka", "Navarro",
    "Williams", "Novák", "Kealoha", "Fernández", "Petrova", "Byrne", "Sharma", "Dubois", "Oliveira",
    "Mansour", "Dlamini", "Schneider", "Kowalski", "Mwangi", "Castillo", "Demir", "Zielińska", "Sato",
    "Rahimi", "Moreno", "Tesfaye", "Kaya", "Diallo", "Jovanović", "Weiss", "Bello", "Kim", "Mensah",
)
# fmt: on
_STRIDE = 11
"""Through the family names; with 40 and 37 of them, 1,480 people have names of their own."""


def name(number: int) -> str:
    """The name of a person of the audience, the same every time."""
    return f"{_GIVEN[number % len(_GIVEN)]} {_FAMILY[number * _STRIDE % len(_FAMILY)]}"


def email(number: int) -> str:
    """Their address, at a domain that nobody has."""
    letters = unicodedata.normalize("NFKD", name(number)).encode("ascii", "ignore").decode()
    return f"{letters.lower().replace(' ', '.')}@example.org"
