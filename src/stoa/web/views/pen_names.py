"""Names for pseudonyms, so that a reader can tell two contributors apart without raw ids."""

from __future__ import annotations

_MANNERS = (
    "Amber", "Ample", "Autumn", "Brave", "Brisk", "Calm", "Candid", "Careful",
    "Clear", "Early", "Even", "Fair", "Gentle", "Golden", "Grateful", "Honest",
    "Kind", "Lively", "Mellow", "Modest", "Morning", "Northern", "Patient", "Plain",
    "Quiet", "Silver", "Steady", "Summer", "Thrifty", "Wakeful", "Warm", "Winter",
)  # fmt: skip
_BIRDS = (
    "Avocet", "Bittern", "Bunting", "Crane", "Curlew", "Dipper", "Dove", "Dunlin",
    "Finch", "Gannet", "Goldcrest", "Grebe", "Heron", "Hoopoe", "Jay", "Kestrel",
    "Kite", "Lapwing", "Linnet", "Martin", "Nightjar", "Oriole", "Osprey", "Plover",
    "Puffin", "Redstart", "Robin", "Siskin", "Swift", "Tern", "Wagtail", "Wren",
)  # fmt: skip


def pen_name(pseudonym: str) -> str:
    """A manner, a bird and four digits of a pseudonym: always the same, and easy to say.

    >>> pen_name("00" * 32), pen_name("1f2e" + "00" * 30)
    ('Amber Avocet 0000', 'Winter Jay 1f2e')
    """
    digits = bytes.fromhex(pseudonym[:4])
    return f"{_MANNERS[digits[0] % 32]} {_BIRDS[digits[1] % 32]} {pseudonym[:4]}"
