"""Topics of study: sciences, games and work of the head."""

from stoa.town.topic import read_topics

MIND = read_topics(
    """
astronomy (learn play)
things: moons, telescopes, nebulae, variable stars, eclipses, eyepieces, meteors, exoplanets,
  globular clusters
acts: collimating the mirror, timing a transit, stacking frames, sketching Jupiter
places: from the dark site, near the zenith, in the finder, before moonrise
qualities: faint, steady, hazy, red-shifted, resolved
facts: Good seeing is worth more than a bigger mirror. | The dark takes twenty minutes to arrive in
  your eyes. | A variable star is an amateur's contribution to science. | Saturn makes everyone
  say the same word.

chess (learn play)
things: endgames, rook lifts, passed pawns, gambits, knight outposts, blunders, tournaments,
  opposite bishops
acts: studying rook endings, trading queens, playing the exchange slowly, annotating losses
places: on the seventh rank, in time trouble, at the club, after move thirty
qualities: drawn, sharp, overextended, quiet, won
facts: Rook endings are never won and never lost, only played. | Annotate the losses; the wins
  explain themselves. | A passed pawn is a clock. | The threat is stronger only if you know the
  threat.

mathematics (learn play)
things: lemmas, proofs, prime gaps, graphs, manifolds, conjectures, counterexamples, group actions
acts: chasing diagrams, proving it twice, drawing small cases, reading footnotes
places: at the blackboard, in the second lemma, modulo seven, on the back of a menu
qualities: elegant, non-constructive, sharp, trivial, open
facts: Two proofs of one theorem are two theorems. | A counterexample is worth a month. | Drawing
  the small case is not cheating. | The lemma outlives the theorem.

programming (make learn)
things: compilers, test suites, refactorings, race conditions, parsers, code reviews, stack traces,
  migrations
acts: deleting code, bisecting, naming things, writing the test first, profiling
places: in production, on the main branch, at line 400, behind a flag
qualities: flaky, off-by-one, readable, legacy, typed
facts: The bug is in the part you are sure of. | Deleted code has no bugs. | A profiler is an
  apology to your intuition. | The test that never failed never tested.

machine learning (learn news)
things: transformers, embeddings, loss curves, ablations, datasets, baselines, gradients,
  benchmarks
acts: cleaning labels, running ablations, plotting residuals, trying the baseline first
places: on held-out data, at batch 512, in the appendix, after three seeds
qualities: overfit, calibrated, undertrained, leaky, reproducible
facts: The linear baseline wins more often than it is printed. | A leak looks like genius for a
  week. | Three seeds or it did not happen. | Most progress is labels.

laboratory physics (learn make)
things: lasers, vacuum pumps, cryostats, photodiodes, interferometers, error bars, detectors, optics
acts: aligning mirrors, hunting leaks, cooling down, taking the dark run
places: at four kelvin, on the optical table, below the noise floor, in the clean room
qualities: noisy, coherent, drifting, misaligned, cold
facts: Half of physics is finding the leak. | The dark run is the experiment. | An error bar is a
  promise. | If it works at once, check the cable.

linguistics (learn belong)
things: vowels, dialects, loan words, tones, grammars, field notes, clitics, minimal pairs
acts: recording elders, glossing sentences, mapping isoglosses, transcribing tapes
places: in the valley, at word boundaries, between two villages, on the tapes
qualities: nasal, endangered, regular, borrowed, fused
facts: No language is simple where it matters to its speakers. | An isogloss is a border nobody
  guards. | Irregular verbs are the frequent ones. | A dialect dies in its jokes last.

philosophy (learn belong)
things: arguments, thought experiments, duties, definitions, sceptics, virtues, footnotes to Plato
acts: steelmanning, drawing distinctions, reading slowly, changing one's mind
places: at the seminar, in book two, on the second reading, after the objection
qualities: circular, charitable, stoic, vague, unanswered
facts: A good objection is a gift with the paper still on. | To define is to choose what to lose. |
  Virtue is a habit that someone watched. | Read the footnote; the author lives there.

public health (care learn)
things: vaccines, ward rounds, trials, night shifts, wastewater samples, clinics, placebo arms,
  guidelines
acts: washing hands, reading the trial, staffing the clinic, tracing contacts
places: on the ward, in the control arm, at triage, on nights
qualities: randomised, overbooked, underpowered, preventable, tired
facts: Absolute risk before relative risk, always. | Wastewater knows a week early. | The best
  intervention is a nurse with time. | One trial is a rumour with a table.

economics (learn news)
things: wages, tariffs, price indices, shortages, surveys, elasticities, central banks, subsidies
acts: reading the appendix, deflating the series, comparing regions, asking who pays
places: in the long run, at the margin, in table four, across the border
qualities: seasonally adjusted, regressive, sticky, marginal, revised
facts: Ask who pays and then ask again. | The first release is revised. | Prices are faster than
  wages and slower than rumours. | A subsidy has a constituency before it has a result.

climate (learn care)
things: glaciers, heat pumps, carbon budgets, sea levels, wind farms, peat bogs, reanalyses, reefs
acts: rewetting peat, insulating first, measuring ice, electrifying heat
places: in the North Sea, on the ice sheet, at one and a half degrees, on the moor
qualities: retreating, offshore, anomalous, resilient, stored
facts: A wet bog keeps more carbon than a dry forest. | A heat pump moves three units for each one
  it is given. | The anomaly is small and the tail is not. | Glaciers are the honest thermometers.

board games (play belong)
things: dice, expansions, meeples, auctions, co-ops, house rules, trick-taking games, tile layers
acts: teaching the rules, counting points, sleeving cards, losing gracefully
places: at the table, in the last round, on game night, by turn two
qualities: brain-burning, fiddly, tense, short, underrated
facts: Teach the goal first and the exceptions last. | The best player count is on page three of the
  forum. | House rules are how games become families. | A tight auction beats ten dice.

crosswords (play learn)
things: clues, anagrams, grids, setters, cryptic definitions, homophones, hidden words, themes
acts: parsing the clue, filling the corner, spotting the anagram, finishing in ink
places: in the top left, at fifteen across, over breakfast, on the Sunday grid
qualities: misleading, fair, elegant, clunky, themed
facts: The definition is at one end, and the setter hopes you read the other. | A fair clue is
  obvious afterwards. | If stuck, doubt the word you were proudest of. | Question marks are
  confessions.

amateur radio (make learn)
things: antennas, repeaters, sunspots, dipoles, call signs, contacts, Morse keys, transceivers
acts: tuning the dipole, calling CQ, logging contacts, working the greyline
places: on forty metres, from the hilltop, at solar maximum, in the attic
qualities: weak, crackling, low-power, resonant, long-distance
facts: Height beats power. | Five watts at dusk can reach the other side of the world. | The
  antenna is the radio. | The sun decides and we log it.

teaching (care learn)
things: pupils, lesson plans, exit tickets, fractions, seating charts, parents' evenings, essays,
  whiteboards
acts: marking essays, waiting three seconds, asking a better question, learning every name
places: in year nine, on the last period, at the back row, before the bell
qualities: chatty, unfinished, curious, photocopied, brilliant
facts: Wait three seconds and the quiet ones answer. | Names first, then fractions. | A good
  question does an hour's work. | The class remembers the story and, later, the point.

parenting (care belong)
things: toddlers, bedtimes, lunch boxes, tantrums, school runs, growth spurts, lost mittens
acts: negotiating broccoli, reading the same book again, finding the other shoe, counting to ten
places: at bath time, on the school run, in the back seat, at three in the morning
qualities: sticky, overtired, hilarious, teething, proud
facts: The other shoe is never where the shoe is. | A toddler is a scientist of limits. | The day
  is long and the year is short. | Repeat the book; it is how they own it.
""",
    lang="en",
)
