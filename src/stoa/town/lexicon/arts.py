"""Topics of the arts and of entertainment."""

from stoa.town.topic import read_topics

ARTS = read_topics(
    """
poetry (learn belong)
things: sonnets, line breaks, ghazals, haiku, chapbooks, stanzas, drafts, translators
acts: reading aloud, cutting adjectives, memorising one a month, translating slowly
places: at the open mic, in the last couplet, in the margins, on the night bus
qualities: spare, slant-rhymed, tender, obscure, unpublished
facts: The line break is the only tool prose lacks. | Cut the last stanza and look again. | A poem
  learnt by heart is a room you carry. | Translators read more closely than lovers.

novels (learn play)
things: chapters, narrators, first drafts, endings, paperbacks, sequels, bookshops, prologues
acts: rereading the opening, skipping the prologue, underlining, abandoning a book
places: in part two, by the window, on the second-hand shelf, past page ninety
qualities: unreliable, slow, gripping, overpraised, translated
facts: Page ninety is where a novel decides. | An unreliable narrator is reliable about something. |
  Abandoning a book is a skill. | The ending was on the first page all along.

film (learn play)
things: long takes, projectors, matinees, directors, close-ups, silent films, cuts, festivals
acts: staying for the credits, watching without sound, restoring prints, arguing afterwards
places: in the third row, at the repertory cinema, on thirty-five millimetre, in the last reel
qualities: grainy, understated, restored, overlong, luminous
facts: Watch one scene without sound and you will see the editing. | The cut is where the meaning
  is. | A matinee in the rain is a holiday. | Silent films were never silent.

jazz (learn belong)
things: solos, standards, rhythm sections, horn players, brushes, basslines, jam sessions,
  bootlegs, trios
acts: transcribing solos, trading fours, listening to the bass, comping
places: at the late set, in the bridge, behind the beat, in the basement club
qualities: swung, modal, loose, unhurried, blue
facts: Listen to the bass and the tune opens. | The wrong note twice is a motif. | Brushes say more
  than sticks. | The late set is where they stop being polite.

choral singing (belong play)
things: altos, descants, psalms, rehearsals, basses, tuning forks, carols, warm-ups, motets
acts: breathing together, sight-reading, blending vowels, finding the tenor line
places: in the crypt, at rehearsal, on the final chord, under the organ
qualities: flat, resonant, a cappella, ragged, pure
facts: Tune to the basses. | A choir is a machine for breathing together. | Vowels blend and
  consonants arrive. | Everyone can sight-read by Christmas.

synthesizers (make play)
things: oscillators, patch cables, filters, sequencers, drum machines, modules, drones, arpeggios
acts: patching from nothing, tuning oscillators, sampling rain, losing a patch for ever
places: at midnight, on the second filter, in the rack, through a broken amp
qualities: detuned, squelchy, warm, self-oscillating, glitchy
facts: Limits are an instrument. | Record the patch; you will never find it again. | Detune by
  three cents and it breathes. | The cheapest filter has the most character.

painting (make care)
things: watercolours, brushes, glazes, still lifes, pigments, sketchbooks, easels, underpaintings
acts: mixing greys, painting outdoors, stretching canvas, squinting at values
places: in the studio, on toned paper, at golden hour, by the canal
qualities: muddy, luminous, loose, overworked, wet
facts: Squint: if the values are right the colour is free. | Grey made from blue and orange is
  alive. | Stop one stroke before you want to. | The underpainting does the drawing.

photography (make learn)
things: contact sheets, lenses, darkrooms, negatives, shadows, portraits, rangefinders, prints
acts: waiting for the light, printing small, developing film, cropping nothing
places: in the darkroom, on the corner, at blue hour, at f/8
qualities: underexposed, grainy, backlit, candid, sharp
facts: The contact sheet is the diary. | Get closer, then wait. | The shadow is the subject. | Print
  small and it asks people to come near.

theatre (belong play)
things: stage managers, cues, understudies, monologues, dress rehearsals, curtain calls, props
acts: learning lines, striking the set, marking the blocking, calling cues
places: in the wings, at the matinee, in act three, on the lighting grid
qualities: sold-out, under-rehearsed, electric, tragic, improvised
facts: The stage manager is the play. | A bad dress rehearsal is only a bad dress rehearsal. | Lines
  are learnt with the feet. | The audience breathes in before the cue.

comics (play make)
things: panels, gutters, inkers, web comics, speech bubbles, zines, cliffhangers, page turns
acts: inking at night, lettering by hand, thumbnailing pages, stapling zines
places: between the panels, at the zine fair, on page one, in the gutter
qualities: wordless, scratchy, deadpan, serial, riso-printed
facts: The gutter is where the reader draws. | Letter first; the picture will make room. | A page
  turn is a drum roll. | Four panels are enough for a life.

video games (play belong)
things: boss fights, save points, speed runs, patch notes, side quests, pixels, co-op games, mods
acts: grinding for loot, skipping cut scenes, routing the speed run, finding the secret room
places: on the final boss, in the tutorial, at level twelve, on hard mode
qualities: unpatched, cosy, brutal, modded, glitched
facts: The best level teaches without a word. | A speed run is a love letter to the physics. | Save
  before the door. | Side quests are the game.

television series (play belong)
things: finales, spoilers, season twos, plot twists, showrunners, cliffhangers, recaps, pilots
acts: binge-watching, avoiding spoilers, rewatching the pilot, guessing the twist
places: in episode six, at the finale, on the sofa, in the writers' room
qualities: cancelled, slow-burn, twisty, comforting, overhyped
facts: Episode six is where the money went. | A finale owes the pilot an answer. | Weekly beats all
  at once. | The best twist was shown in minute nine.
""",
    lang="en",
)
