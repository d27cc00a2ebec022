"""Who is who: identifiers, handles and display names, readable and never a real person's."""

from __future__ import annotations

import numpy as np

_DID_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"

_FIRST_NAMES = """
ada alba amina anders anouk arjun asta aya basil beatriz bela bruno cai camille carmen cato chidi
clara dario dana dimitri ebba efe elif eloise emre enzo esme eva fadi farah felix fenna finn flora
gael gita greta hana hugo ida idris ines iris ivo jada jamal jonas juno kaito kari kenji kira lars
leila leo lina lior lotte luca lucia luz maeve maia malik mara marek mei mika mila milo mina mira
naima nell nia nico nils noor nora oda olga omar orla otto pablo paz petra pia quinn rafa rania remi
ren rio rosa ruth sami sana sara selma sena silas simone sol sora stella sven taro tess theo tilda
tomas uma una vera vida wanda willem xenia yara yuki zara zeno zofia
"""

_SECOND_NAMES = """
alder amber anchor ashgrove attic barley basalt beacon birch bluebell bramble bridge brook canal
candle cedar chalk cinder clover cobble copper coral crane cypress dapple dovecote driftwood dune
ember estuary evergreen fern fieldstone finch firefly flint foxglove garnet ginger granary granite
gull hazel heath hedgerow heron hollow hornbeam indigo inkwell ivy juniper kelp kestrel kettle
kindling lantern lark larch lichen lighthouse linden loom lowtide lupin mallow maple marigold marsh
meadow merlin millrace mistral moor mossbank mulberry nettle north nutmeg oak oatfield orchard osier
otter paper pebble pepper pine plover plum poplar quarry quartz quill quince rain reed ridge rill
river robin rook rowan rye saffron sage sandbar sedge shale signal silver sixpence slate snowdrop
sorrel sparrow spindle spruce starling steeple stile stone sycamore tallow teasel thistle thrush
thyme tidewater tinder treadle turnip umber vale velvet vesper violet walnut warbler weir wharf
wicker willow windmill wren yarrow yew
"""
_FIRST = _FIRST_NAMES.split()
_SECOND = _SECOND_NAMES.split()


def make_dids(n_people: int, random: np.random.Generator) -> list[str]:
    """Valid `did:plc` identifiers: 24 characters of lower-case base 32 after the prefix."""
    digits = np.array(list(_DID_DIGITS))
    letters = digits[random.integers(0, 32, size=(n_people, 24))]
    return ["did:plc:" + "".join(row) for row in letters.tolist()]


def make_names(n_people: int, random: np.random.Generator) -> tuple[list[str], list[str]]:
    """Handles and display names, handles all different and under the reserved `.example`."""
    pairs = len(_FIRST) * len(_SECOND)
    order = random.permutation(pairs)
    handles: list[str] = []
    names: list[str] = []
    for person in range(n_people):
        first, second = divmod(int(order[person % pairs]), len(_SECOND))
        lap = person // pairs
        number = "" if lap == 0 else str(lap + 1)
        handles.append(f"{_FIRST[first]}.{_SECOND[second]}{number}.example")
        names.append(f"{_FIRST[first].title()} {_SECOND[second].title()}")
    return handles, names
