"""Words that end with a full stop and seldom end a sentence, in the languages we meet most."""

from __future__ import annotations

_TITLES = """
mr mrs ms dr prof st rep gov gen col capt lt sgt rev hon fr msgr pres mt ft messrs hr frau
herr dipl sr sra srta dña dn ud uds vd mme mlle sig sigra dott sn av doç yrd bn dl dna г-н
г-жа проф акад им св ул пл пр κ κα κος δρ αγ
"""

_NUMBERED = """
no nos p pp fig figs sec ch art nr núm n° vol стр рис табл σελ str abs cap pag pág págs s sf
ca
"""

_ABBREVIATIONS = """
e.g i.e vs viz cf approx eds al etc inc ltd co corp dept est jr sr bros univ a.m p.m u.s u.k
u.n ph.d b.c a.d d.c jan feb apr jun jul aug sept oct nov dec bzw usw z.b d.h u.a o.ä s.o s.u
ggf evtl inkl exkl jh jhd hrsg sog geb gest mio mrd v.chr n.chr p.ej ej cía ee.uu aa.vv av
avda tel apdo a.c c.-à-d p.ex env éd s.a ecc tr vb örn bkz cad sok mah yy m.ö m.s ms mö ș.a
î.hr d.hr a.n ths pgs гг вв н.э т т.е т.д т.п т.к т.н др пр см тыс млн млрд руб коп изд ред
π.χ κ.λπ κ.ά κλπ μ.χ δηλ αρ βλ εκ δισ τρισ डॉ श्री प्रो г
"""

_STARTERS = """
the a an in on at it he she they we i this that these those there when while after before as
for if but and however although since by from with his her its their our most some many one
two der die das ein eine es er sie wir ich im am auf bei mit nach von vor für als wenn aber
und doch diese dieser dieses zu seit durch el la los las un una en él ella ellos este esta
estos estas con por para cuando pero y desde tras según aunque su sus le les une des il elle
ils elles ce cette ces dans sur avec pour quand mais et depuis selon lo gli nel per quando ma
bu bir o ve ancak ama bunun için în ea ei ele acest această cu pe când dar și după din в на с
по это он она они но и когда после для из к как так ο η το οι τα ένας μια στο στη στον στην με
για όταν αλλά και από αυτό αυτή
"""

TITLES = frozenset(_TITLES.split())
"""Never at the end of a sentence: a name follows."""
NUMBERED = frozenset(_NUMBERED.split())
"""Inside a sentence where a number follows; words of their own otherwise."""
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
"""At the end of a sentence only where the next word is one that begins sentences."""
STARTERS = frozenset(_STARTERS.split())
"""Common first words of sentences, in lower case."""
