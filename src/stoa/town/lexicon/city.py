"""Topics of the town itself: streets, sport, news and other people's business."""

from stoa.town.topic import read_topics

CITY = read_topics(
    """
local politics (news belong)
things: councillors, budgets, petitions, ward meetings, by-elections, minutes, planning notices,
  residents' groups
acts: reading the minutes, knocking on doors, counting votes, asking about the budget
places: at the town hall, in committee room two, on Tuesday's agenda, in the east ward
qualities: deferred, unminuted, balanced, contested, overdue
facts: The decision is taken at the meeting before the meeting. | Minutes go up on the second
  Friday. | A by-election is won on doorsteps in the rain. | The budget has a page for every
  promise and one for none.

trains (learn play)
things: night trains, timetables, sidings, signal boxes, sleepers, branch lines, locomotives,
  level crossings, railcars
acts: changing at the junction, timing the run, riding the branch line, photographing signals
places: on platform four, at the junction, across the viaduct, in the sleeper car
qualities: delayed, diesel, scenic, restored, punctual
facts: A timetable is a promise drawn as lines. | The branch survives on schoolchildren and market
  day. | Single track means somebody always waits. | The night train arrives with your shoes on.

cycling lanes (news belong)
things: kerbs, bollards, bike lanes, bus gates, junctions, cargo bikes, traffic counts, crossings
acts: counting bikes, riding to school, mapping near misses, widening the lane
places: on Mill Street, at the roundabout, along the canal, outside the school
qualities: protected, painted, empty, safer, half-built
facts: Paint is not protection. | Counts rise the year after the kerb goes in. | A lane that ends
  at the junction ends where it matters. | Buses run faster when the gate works.

housing (news care)
things: rents, tenants, vacancies, co-ops, landlords, planning consents, damp walls, leases, flats
acts: reading the lease, organising the block, insulating lofts, counting empty homes
places: in the old mill, on the estate, at the tribunal, above the shops
qualities: empty, affordable, damp, overpriced, retrofitted
facts: One in nineteen homes here stands empty. | A co-op's rent follows its costs and nothing
  else. | Damp is a bill that somebody else pays. | The tribunal sits on Thursdays and believes
  photographs.

libraries (belong learn)
things: librarians, reading rooms, card catalogues, story hours, book vans, returns, archives,
  study desks
acts: shelving returns, joining the book group, asking the librarian, digitising the archive
places: in the reading room, at the returns desk, on the book van, under the dome
qualities: quiet, overdue, well-thumbed, warm, open late
facts: The library is the last room where nobody asks what you will buy. | A catalogue card is a
  small act of love. | Story hour fills the prams' corridor by ten. | Most rare books came in a
  carrier bag.

football (play belong)
things: penalties, keepers, away fans, corners, full-backs, derbies, floodlights, substitutes
acts: marking zonally, pressing high, singing in the rain, arguing about offside
places: at the far post, in injury time, in the away end, on the training ground
qualities: scrappy, deserved, goalless, late, glorious
facts: A goalless draw in the rain is still a Saturday. | The full-back made the run that nobody
  filmed. | Pressing is a bet on legs. | Derbies are remembered by who missed.

running (play care)
things: intervals, long runs, trail shoes, parkruns, blisters, marathons, hill repeats, splits
acts: running easy, lacing up in the dark, doing hill repeats, tapering
places: along the towpath, up the water-tower hill, at kilometre thirty, before breakfast
qualities: slow, steady, tired, muddy, negative
facts: Easy days make hard days possible. | The marathon begins at thirty. | Shoes are tired
  before they look it. | A taper feels like illness and works.

open-water swimming (play care)
things: lidos, wetsuits, jellyfish, cold dips, tow floats, currents, changing robes, lake swims
acts: easing in slowly, sighting every six strokes, drinking tea after, swimming with the tide
places: at the lido, off the slipway, in nine degrees, round the island
qualities: freezing, glassy, choppy, silver, brave
facts: Cold takes your breath for ninety seconds, then gives it back. | Sight on something taller
  than a wave. | The after-drop comes when you are dressed. | Nobody regrets the second swim.

city history (learn belong)
things: guild houses, city walls, old maps, cholera maps, tram depots, street names, mill workers,
  parish registers, photographs
acts: walking the old wall, reading parish registers, tracing street names, scanning photographs
places: beneath the market, in the archive, on the 1842 map, behind the arcade
qualities: medieval, demolished, forgotten, rebuilt, Victorian
facts: The crooked street is the older one. | The market paid for the walls and the walls for the
  market. | A street is renamed when someone wins. | The photographs outlived everyone in them.

maps (learn make)
things: projections, contour lines, atlases, survey points, base maps, borders, tiles, sea charts
acts: georeferencing, tracing footpaths, labelling rivers, choosing a projection
places: on the old survey, at sheet edges, in the legend, off the coast
qualities: distorted, hand-coloured, unnamed, open, out of date
facts: Every flat map lies about something. | The label is harder to place than the river. | Sheet
  edges are where the interesting village is. | A footpath walked is a footpath kept.

markets and food stalls (belong play)
things: dumplings, cheese stalls, fishmongers, spice sellers, tomatoes, queues, flatbreads, peaches
acts: queueing for dumplings, haggling over peaches, tasting first, going at closing time
places: under the awning, at the fish counter, on market day, beside the fountain
qualities: ripe, smoky, sold out, honest, fried
facts: The longest queue is the best review. | Peaches are cheap an hour before closing. | The
  fishmonger knows what you should cook. | Eat standing up.

emergency news (news news)
things: road closures, floods, power cuts, evacuations, shelters, rescue crews, sirens, sandbags
acts: checking on neighbours, filling sandbags, closing the bridge, following official advice
places: on the ring road, along the river, at the sports hall, in the lower town
qualities: closed, rising, contained, confirmed, unconfirmed
facts: The river crests six hours after the rain. | Check the time on every picture. | The sports
  hall takes pets. | Power is back street by street, the hospital first.

celebrity gossip (play play)
things: break-ups, red carpets, feuds, paparazzi shots, comebacks, weddings, apologies, rumours
acts: unfollowing each other, leaving the party early, posting and deleting, hinting at a tour
places: at the premiere, outside the hotel, on the yacht, in the green room
qualities: messy, iconic, secret, staged, alleged
facts: Nobody apologises in a notes app by accident. | The stylist always knows first. | A soft
  launch is a hard launch with a filter. | Somebody's publicist is awake.

true crime (learn play)
things: cold cases, detectives, alibis, court files, podcasts, fingerprints, witnesses, verdicts
acts: rereading the file, timing the alibi, interviewing witnesses, testing old evidence
places: in the evidence room, at the inquest, on the last tape, in 1987
qualities: unsolved, reopened, circumstantial, chilling, sealed
facts: Most cold cases are solved by a filing cabinet. | A confident witness is a confident
  witness. | The alibi was right to the minute and wrong by a day. | Read the judgment, not the
  trailer.

markets and coins (play news)
things: coins, charts, portfolios, dips, index funds, token launches, bubbles, wallets, yields
acts: buying the dip, rebalancing, reading prospectuses, selling too early
places: on the exchange, at the open, in the order book, after the halving
qualities: volatile, overleveraged, green, illiquid, boring
facts: Fees compound as faithfully as gains. | Nobody posts the trades that lost. | An index fund
  is dull and that is the product. | A yield you cannot explain is you.
""",
    lang="en",
)
