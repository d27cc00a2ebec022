"""The fun voice's lines in English, by situation. Written by hand for this house.

Rules for a line: it states nothing that a source could confirm or deny, holds no figure, points
at no person, and is never at the expense of the one who asked. It may be at the expense of the
universe, which has not complained so far.
"""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "answer": """
        The universe rarely answers a question directly. It was briefly caught off guard.
        An answer, a source and no shouting: on some planets this would be a public holiday.
        Philosophers would now ask what knowing is. They have been left a note and some biscuits.
        Most of existence remains unexplained, but this corner of it has been swept.
        It is a small fact in a very large cosmos, and it seems comfortable there.
        Somewhere a librarian has felt a faint, inexplicable happiness.
        The words above are theirs; only the raised eyebrow is ours.
        Reality was consulted and turned out to have left it in writing.
        As mysteries go, this one was holding the door open for us.
        The cosmos is under no obligation to make sense, so it is all the kinder when it does.
        Facts, like cats, come when they are ready. This one was already on the chair.
        Nothing here required a prophecy, which is lucky, as the prophecies are all out on loan.
        Let the record show that somebody wrote it down, which is how the record came to show it.
        One question fewer in the universe. It will grow back; they always do.
        Somewhere a star went out, unrelated to this, and without citing anything.
    """,
    "number": """
        Numbers are the universe's way of sounding certain. This one at least brought its papers.
        It is a perfectly good number, and would like to be seen in public only with its unit.
        Counting was invented so that arguments could end. Results have been mixed.
        Somewhere, somebody counted. Let us observe a moment of gratitude, suitably rounded.
        A figure without a source is a rumour wearing a tie. This one came with its source.
        Infinity was also considered, but nobody could find the citation.
        Mathematicians assure us that there are plenty more numbers where that came from.
        The number was asked how it feels about all this. It remains a number.
        Every great ruin began as a figure in somebody's budget.
        Rounded to the nearest galaxy it is of course nothing; locally it matters a great deal.
    """,
    "time": """
        Time was asked about itself and, for once, gave a date.
        All moments are equal before eternity, but only some of them get written down.
        The calendar, a story that everyone has agreed to believe, has it marked.
        It was a day like any other until somebody reached for a pen.
        The past keeps excellent records and terrible opening hours.
    """,
    "old": """
        It happened long ago, when the future was still somebody else's problem.
        The people concerned are past caring, but their paperwork lives on.
        Time heals all wounds and misfiles most of the documents. Not, it appears, this one.
        The past is very well attended: everyone we know has been there.
        Old news, in the best sense: it has stopped changing.
        Dust was consulted, and had settled.
    """,
    "person": """
        Behind every event stands a person, usually wondering where they put their keys.
        A name is a short word for a very long story.
        So it was a person. It generally is; the furniture is rarely to blame.
        The universe runs almost entirely on somebody. Here is which.
        History keeps the name and forgets the shoes, which were the uncomfortable part.
    """,
    "place": """
        Everything has to be somewhere. It is one of the few rules that everything keeps.
        In cosmic terms it is right next door, as is everything with an address.
        There it was all along, waiting patiently to be asked about.
        A place is only some space that somebody has grown fond of.
    """,
    "reason": """
        Every why has another one folded up inside it. We opened only the first.
        The causes have causes of their own, and those were not available for comment.
        As reasons go it is a good one; the universe often proceeds without.
        And behind that reason stands another, and behind that one, presumably, a goose.
    """,
    "record": """
        Bureaucracy, that slow and patient animal, has for once laid an egg.
        Somebody stamped this. Civilisations have been founded on less.
        There is a quiet poetry in official records, most of it in the page numbers.
        The archive has spoken, in the voice of a drawer that sticks.
        History is made by the bold and filed by someone with a very neat hand.
        Paper remembers. It asks only for a dry shelf and the occasional visit.
    """,
    "record wins": """
        A rumour travels at the speed of light; a record takes the stairs, and is up for breakfast.
        Many voices were heard. One of them had brought a stamp.
        The story was better than the record, as stories are. The record was merely there.
        Between a good anecdote and a dull document, the document has the better alibi.
        The record outranks everyone in the room, and still nobody asks it to dance.
        Legend and ledger disagree. The ledger slept soundly.
        Somewhere a filing clerk has been proved right, and will never be told.
        Hearsay could not stay; it had heard that it was wanted elsewhere.
    """,
    "conflict": """
        Two sources looked at one world and came home with two. The world declines to comment.
        At least one of these is mistaken. Both are wonderfully calm about it.
        Parallel universes would explain it, but so would a typing error, which is cheaper to run.
        They cannot both be right, though the evening is young and they seem determined.
        When witnesses disagree, wisdom is to listen twice and put the good china away.
        Reality has been asked to come to the desk and choose.
        Philosophers call this a problem; mapmakers call it the edge and draw a fish on it.
        Consensus was last seen leaving by the back door, in a hat.
        We could take the average, but half a contradiction is just as awkward to carry.
        Both sides are seated, as at any good wedding, and neither may have the microphone.
    """,
    "many copies": """
        Many mouths, one sentence. The echo has been thanked and asked to sit down.
        If repetition made things true, the parrot would be the wisest of birds.
        A thing said a thousand times is a thing said once, with remarkable acoustics.
        It looked like a crowd. It was one voice in a hall of mirrors.
        The copies insist that they thought of it independently, down to the comma.
        Popularity was put on the scales and found to weigh about as much as one post.
        Somewhere in there is the original, wondering when it became a choir.
        The herd has spoken. On inspection it was one sheep with excellent projection.
        Truth is not put to the vote here, which spares a great many pencils.
    """,
    "abstention": """
        The universe knows, of course. It is simply not the talkative kind.
        An honest blank is worth more than a confident guess, and takes up less room.
        Somewhere there is a document about this, living quietly and not answering the door.
        Not knowing is the natural state of most of the cosmos, which gets along well enough.
        We could have made something up. It would have been splendid, and quite wrong.
        Here the map ends. There may be dragons, but nobody has cited the dragons.
        Silence, on this occasion, is the most accurate sentence available.
        The question is in excellent order. It is the answers that did not turn up to work.
        Every shelf was looked at. Several of them looked back.
        A gap in the record: small, tidy, and exactly the shape of an answer.
        It remains unknown, in the distinguished company of nearly everything.
        History has been informed, and says a delivery is expected.
        Wisdom begins in wonder, and on days like this it also stops there for lunch.
    """,
    "ambiguous": """
        Language has too few words and too much ambition. Pick a meaning and we shall go together.
        One word, several worlds. The dictionary regrets nothing.
        The word is working two jobs, like so many these days.
        Both meanings are here, both are waving, and neither has blinked.
        Here the road forks, hands over the map, and bows slightly.
        Words are small boats: it is pleasant to settle on an island before rowing.
        The word itself was questioned, and asked for a dictionary to be present.
    """,
    "meant": """
        Meaning has been adjusted. The universe barely felt it.
        Off we go again, this time towards the thing itself.
        The earlier meaning has been shown out, with its coat and a sandwich.
        Two minds have met over one word. Whole treaties have achieved less.
        And so language, that leaky bucket, carries a little water after all.
        Noted, filed, and turned the right way up.
    """,
    "note": """
        Somebody left a note in the margin. Civilisation is mostly margins.
        There is a note: the written form of a hand laid gently on a shoulder.
        People who agree on little have agreed on a footnote. There is hope.
        Context has arrived, slightly out of breath.
        The footnote would like it known that it did most of the work.
        Between a statement and the truth there is sometimes a note, holding the gate.
    """,
    "doubt": """
        To be held with both hands and a light grip.
        Certainty was ordered, but they only had it in a medium.
        Best believed in pencil.
        It may be so. Much is; rather more is not.
        Approach it as one would a friendly animal of unknown species.
        The evidence is standing, but it is leaning on something.
        A little doubt keeps a fact fresh, like a window left ajar.
        Sure enough to mention, not sure enough to engrave.
        An oracle would have phrased this better, and meant it less.
    """,
    "one source": """
        One source, alone on the stage, with good posture.
        A single witness carries the whole tune here, and does so without sheet music.
        It rests on one source as a heron rests on one leg: elegantly, and one keeps watching.
        A lone piece of evidence is like a lone biscuit: real, but hardly a pattern.
        All of it was said by one voice, which did at least enunciate.
        One source. Even mountains begin by being a stone with plans.
    """,
    "private": """
        Some doors are closed because somebody is behind them, having a perfectly good evening.
        Curiosity is a noble thing. So are curtains.
        The stars are public. This is not.
    """,
    "nothing asked": """
        We are listening. So, faintly, is the rest of the universe.
        A pleasant silence, with the makings of a question in it.
        The floor is free, and was swept this morning.
    """,
    "unmoved": """
        The answer is stubborn but not proud: for one good document it will gladly move house.
        The evidence was asked to think again. It read itself through and stayed.
        Any source that says otherwise will be given the good chair and a full hearing.
        Agreeing would be easier on everyone except the facts.
    """,
}
