"""Words that speak against each other, that weaken a statement or that turn it round.

Lists of everyday English, written by hand; stems as `grounding.words.stem` makes them. They hold
no names: whoever is spoken of, the same words decide.
"""

from __future__ import annotations

from stoa.grounding.quantities import MONTHS
from stoa.grounding.words import listed, stem

_PAIRS = """
accept reject, accept refuse, agree disagree, allow ban, allow forbid, allow prevent,
allow prohibit, alive die, always never, ancient modern, appear disappear, approve reject,
arrive leave, arrive depart, ascend descend, ask answer, attack defend, attract repel,
back front, bad good, ban permit, begin end, begin finish, before after, believe doubt,
below above, big small, birth die, black white, bottom top, break repair, bright dark,
build destroy, build demolish, buy sell, calm angry, cause prevent, cause cure, cheap expensive,
clean dirty, close open, closed open, cold hot, cold warm, comedy tragedy, common rare,
complete incomplete, confirm deny, confirm refute, connect disconnect,
constitutional unconstitutional, convict acquit, correct incorrect, create destroy, cruel kind,
current former, dead alive, decline grow, decline rise, decrease increase, deep shallow,
defeat win, demand supply, deny admit, different same, different similar, difficult easy,
difficult simple, dislike like, divorce marry, domestic foreign, down up, drop rise, drop gain,
dry wet, early late, east west, eastern western, emigrate immigrate, employ dismiss, empty full,
enemy friend, enter leave, enter exit, even odd, exclude include, expand shrink, expand contract,
export import, external internal, fail succeed, fail success, failure success, fall rise,
fall climb, false true, famous unknown, fast slow, fat thin, father mother, brother sister,
son daughter, husband wife, uncle aunt, nephew niece, boy girl, man woman, male female,
king queen, prince princess, actor actress, he she, his her, few many, find lose, fire hire,
first last, forget remember, freeze melt, gain lose, gain loss, generous mean, guilty innocent,
happy sad, happy unhappy, hard soft, hard easy, hate love, head tail, healthy sick, healthy ill,
heavy light, hero villain, hide show, high low, higher lower, highest lowest, huge tiny,
human animal, ignore notice, immortal mortal, improve worsen, indoor outdoor, inside outside,
junior senior, large small, largest smallest, larger smaller, later earlier, latest earliest,
laugh cry, lead follow, least most, left right, legal illegal, lawful unlawful, less more,
fewer more, lie truth, likely unlikely, long short, longest shortest, longer shorter, lost found,
loud quiet, lower raise, major minor, majority minority, maximum minimum, minor adult,
military civilian, natural artificial, near far, negative positive, new old, newest oldest,
younger older, youngest oldest, night day, north south, northern southern, northeast southwest,
offline online, oppose support, optimist pessimist, part whole, pass fail, past future,
peace war, permanent temporary, plus minus, poor rich, poor wealthy, popular unpopular,
possible impossible, predecessor successor, private public, profit loss, promote demote,
protect harm, prove disprove, pull push, quick slow, rarely often, rare frequent, raise cut,
real fake, real imaginary, fact fiction, fiction nonfiction, recent ancient, reduce increase,
reduce raise, reduce expand, reject support, reject endorse, remain leave, rural urban,
safe dangerous, same opposite, save spend, separate together, separate unite, short tall,
single married, sink float, smooth rough, start end, start finish, start stop, start stopped,
stay leave, strengthen weaken, strong weak, stronger weaker, subtract add, succeed precede,
sunny cloudy, survive die, survive perish, sweet sour, teach learn, teacher student, thick thin,
tight loose, top bottom, truth lie, uphold overturn, uphold strike, upper lower, useful useless,
valid invalid, victory defeat, visible invisible, voluntary compulsory, voluntary mandatory,
optional mandatory, vertical horizontal, wide narrow, win lose, winner loser, winter summer,
spring autumn, young old, live recorded, amateur professional, activate inhibit,
activation inhibition, upregulate downregulate, promote inhibit, promote suppress,
enhance inhibit, enhance reduce, enhance impair, stimulate inhibit, induce inhibit,
induce prevent, elevate reduce, increase lower, lengthen shorten, improve impair,
sensitive resistant, sensitivity resistance, benign malignant, acute chronic, dominant recessive,
dependent independent, essential dispensable, necessary unnecessary, effective ineffective,
efficient inefficient, stable unstable, active inactive, high reduced, critic fan,
praise criticize, praise condemn, acclaim criticize, commercial artistic, liberal conservative,
democrat republican, left-wing right-wing, offense defense, guest host, tenant landlord,
import export, lend borrow, debtor creditor, debit credit, inflow outflow, surplus deficit,
boom bust, hit flop, release withhold, free imprison, free capture, arrest release,
invade withdraw, invade retreat, advance retreat, join leave, join quit, appoint dismiss,
elect defeat, retain lose, renew cancel, continue cancel, continue stop, continue cease,
complete abandon, debut final, debut last, original remake, original copy, solo group,
single album, exclude involve, unrelated related, unaware aware, against for, with without
"""
_CLASSES = """
red orange yellow green blue purple pink brown black white grey gray violet;
january february march april june july august september october november december;
monday tuesday wednesday thursday friday saturday sunday;
north south east west northern southern eastern western;
spring summer autumn winter fall;
film movie album song novel book play series show musical opera magazine newspaper game;
actor actress singer writer director producer politician scientist athlete lawyer painter author
comedian journalist poet rapper model;
president vice-president minister senator governor mayor chairman secretary judge king queen
emperor ambassador;
football basketball baseball hockey tennis cricket rugby golf soccer volleyball boxing wrestling
swimming;
father mother brother sister son daughter husband wife uncle aunt cousin nephew niece
grandfather grandmother grandson;
comedy drama horror thriller romance western documentary fantasy;
rock pop jazz rap country metal punk reggae folk blues soul hip-hop;
novelist dramatist historian philosopher economist physicist chemist biologist mathematician;
city country state town village county province district island continent river lake mountain
ocean sea;
dog cat horse bird fish snake cow pig sheep lion tiger bear elephant monkey whale;
guitar piano drum violin bass trumpet saxophone flute cello;
catholic protestant muslim jewish buddhist hindu christian;
iron copper gold silver zinc aluminum lead tin steel bronze;
hydrogen oxygen nitrogen carbon helium sulfur;
army navy police marines;
bronze silver gold;
primary secondary tertiary;
daily weekly monthly yearly annually;
single double triple;
second minute hour day week month year decade century;
company university school hospital charity church government museum;
bachelor master doctorate;
lung liver heart kidney brain skin bone blood breast prostate;
"""


def _key(word: str) -> str:
    """As a unit of `grounding.units` is known: months by number, other words by stem."""
    return f"month#{MONTHS[word]}" if len(word) > 4 and word in MONTHS else stem(word)


def _opposites() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for pair in _PAIRS.replace("\n", " ").split(","):
        one, other = pair.split()
        found.setdefault(one, {})[other] = None
        found.setdefault(other, {})[one] = None
    return {word: tuple(others) for word, others in found.items()}


OPPOSITE_WORDS = _opposites()
"""Word -> words that say the opposite in most sentences."""

ALTERNATIVE_WORDS = {
    word: tuple(other for other in line.split() if other != word)
    for line in _CLASSES.split(";")
    for word in line.split()
}
"""Word -> others of its kind, of which a thing is mostly one only."""


def _by_key(table: dict[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word, others in table.items():
        found.setdefault(_key(word), set()).update(map(_key, others))
    return {key: frozenset(others - {key}) for key, others in found.items()}


OPPOSITES = _by_key(OPPOSITE_WORDS)
"""The same by keys of units."""
ALTERNATIVES = _by_key(ALTERNATIVE_WORDS)
"""The same by keys of units."""

QUANTIFIERS = listed("all every each only always entire entirely whole exclusively solely sole")
PARTIAL = listed("some several many most few often sometimes usually partly partially mostly part")
SUPERLATIVES = listed(
    """most best first largest biggest greatest highest oldest only last worst longest youngest
    tallest smallest lowest least fastest richest strongest earliest latest newest"""
)
COMPARATIVES = listed("more less than fewer higher lower greater smaller larger older younger")
HEDGES = listed(
    """may might could would possibly perhaps probably alleged allegedly reportedly claimed
    rumored rumoured suggests suggested suspected believed supposedly potential potentially likely
    unlikely if whether plan plans planned proposed hopes expected intended"""
)
DENIALS = listed(
    """false hoax myth fake debunked incorrect untrue wrong fabricated misleading misinformation
    disinformation satire satirical satirized unfounded baseless unproven unsubstantiated
    conspiracy altered doctored photoshopped manipulated misattributed inaccurate disputed denied
    denies deny refuted contrary misrepresented misquoted fictional rumor rumors hoaxes
    nonsense lie lies falsehood mistake mistaken mistakenly
    erroneous erroneously error debunks pants-on-fire unsupported"""
)
TURNING = listed(
    """fail fails failed failing refuse refuses refused refusing deny denies denied reject rejects
    rejected prevent prevents prevented avoid avoids avoided cancel cancelled canceled stop stopped
    unable decline declined oppose opposed opposes lack lacks lacked instead despite ban banned
    except unlike unsuccessful unsuccessfully impossible incapable exclude excluded excludes
    ended ceased former formerly almost nearly intended wanted attempted tried"""
)
MODIFIERS = listed(
    """vice deputy former ex assistant associate acting interim lieutenant co candidate honorary
    retired future potential runner runner-up finalist nominee nominated sub under junior"""
)
"""Words that change a rank or title they stand beside."""
FIRST_PERSON = listed("i me my mine myself we us our ours i'm i've i'd i'll we're we've")
SECOND_PERSON = listed("you your yours yourself you're you've you'll")
CHAT = listed(
    """yes yeah yep no nope oh wow haha lol hey hi hello thanks thank sure okay ok well maybe cool
    awesome great nice love sorry definitely absolutely guess think wonder hope agree right true
    know interesting amazing funny favorite enjoy"""
)
