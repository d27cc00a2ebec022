"""Topics out of doors."""

from stoa.town.topic import read_topics

NATURE = read_topics(
    """
gardening (make care)
things: broad beans, seedlings, tomatoes, slugs, compost heaps, roses, raised beds, marigolds,
  leeks, cuttings, sweet peas
acts: turning the compost, pricking out seedlings, pruning the roses, mulching the beds,
  saving seed, watering at dusk
places: behind the shed, on the allotment, along the south wall, in the cold frame
qualities: leggy, frost-bitten, generous, waterlogged, early
facts: Seed saved from the strongest plant beats seed from the first one. | Slugs cross copper
  slowly but they do cross it. | A heap turned every week is ready in eight. | Leeks like to be
  planted deeper than feels kind.

tide pools (learn care)
things: anemones, hermit crabs, limpets, sea hares, barnacles, blennies, kelp fronds, starfish,
  nudibranchs, rock pools
acts: lifting stones and putting them back, counting limpets, waiting for low water,
  sketching anemones, wading at dawn
places: under the north pier, below the lighthouse, at the spring tide, on the reef flat
qualities: translucent, wave-beaten, tiny, salt-crusted, patient
facts: A limpet walks home to the same scar on the rock at every tide. | Low water at dawn shows
  twice the animals of low water at noon. | An anemone can outlive the person who watches it. |
  Hermit crabs queue by size when an empty shell washes in.

birdwatching (learn play)
things: swifts, warblers, herons, waders, owls, ringed plovers, kestrels, migrants, nest boxes,
  binoculars
acts: listening before looking, counting swifts, keeping a patch list, sitting in the hide,
  learning one call a week
places: over the reed bed, from the old hide, on the estuary, above the chimneys
qualities: ragged, distant, unmistakable, storm-blown, shy
facts: A swift may sleep on the wing for months. | Half of birding is knowing what is not there. |
  Waders are easier by their walk than by their colour. | The warblers arrive on the first
  southerly after the full moon.

mushrooms (learn play)
things: chanterelles, boletes, ink caps, spore prints, fairy rings, puffballs, milk caps,
  field guides, mycelia
acts: taking spore prints, smelling every cap, leaving half behind, walking slowly after rain
places: under the beeches, on the north slope, beside the old ride, in wet grass
qualities: slimy, apricot-scented, maggoty, fresh, doubtful
facts: A spore print settles what a photograph cannot. | If the gills run down the stem look
  again. | Chanterelles smell of apricots and jack o'lanterns do not. | Never eat what only one
  book names.

beekeeping (make care)
things: hives, queens, swarms, frames, drones, smokers, honey supers, varroa mites, brood combs
acts: requeening, catching a swarm, feeding syrup, checking for mites, spinning honey
places: in the orchard, by the apiary gate, at the bottom of the field, in the bee shed
qualities: docile, queenless, full, buzzing, overwintered
facts: A colony decides on a new home by a vote of dancers. | Bees keep the brood at thirty-five
  degrees all winter. | A quiet hive in March is worth two loud ones in May. | Mites are counted
  in sugar, not by eye.

mountain hiking (play care)
things: ridges, cairns, boots, trail maps, scree slopes, bothies, snow bridges, false summits,
  marmots
acts: starting before sunrise, crossing the scree, reading contour lines, drying socks,
  turning back in time
places: above the tree line, on the west ridge, at the col, below the hut
qualities: windswept, knife-edged, muddy, endless, cloudless
facts: The summit is half of the way. | Thunder before noon means the valley by noon. | A map
  folded to the next hour is read more often. | Wet rock is a different mountain.

weather (learn news)
things: fronts, thunderheads, barometers, sea fogs, isobars, hailstones, rain gauges, jet streams,
  frosts
acts: reading the barometer, logging the rain, watching the radar, chasing the first frost
places: over the bay, at the airfield, on the lee side, across the plain
qualities: stalled, sudden, record-breaking, dry, slate-grey
facts: A falling glass with a backing wind is rain by supper. | Radar sees the bottom of the
  cloud only when it is near. | Frost pools in the hollow that was warmest at noon. | One gauge
  is an opinion; ten are a map.

houseplants (care make)
things: monsteras, ferns, succulents, aerial roots, terracotta pots, fungus gnats, spider plants,
  orchids, leaf cuttings
acts: repotting, misting the ferns, rotating the pots, rooting cuttings in water
places: on the landing, by the east window, in the bathroom, over the radiator
qualities: droopy, variegated, root-bound, dusty, glossy
facts: More houseplants drown than dry. | A pot turned weekly grows straight. | New leaves tell
  about last month's light. | Gnats leave when the top inch stays dry.

dogs (care play)
things: puppies, terriers, tennis balls, leads, rescue dogs, greyhounds, muddy paws, squeaky toys,
  vets
acts: teaching recall, throwing the ball, drying paws, walking before work
places: in the park, on the beach, under the table, at the shelter
qualities: stubborn, sleepy, wet, devoted, greedy
facts: A dog reads the hand before the word. | Recall is taught at home and lost in the park. |
  Greyhounds sleep twenty hours and apologise for none. | A tired puppy is a good puppy.

cats (care play)
things: kittens, tabbies, cardboard boxes, scratching posts, whiskers, window sills, zoomies,
  hairballs, old cats
acts: knocking things over, judging the household, sleeping on keyboards, asking for breakfast
places: on the laptop, behind the curtain, in the good armchair, at four in the morning
qualities: offended, round, elegant, hungry, suspicious
facts: A slow blink is the whole conversation. | The box is always better than the toy. | Cats
  own the flat and let us pay for it. | An old cat chooses warmth over pride.

river fishing (play care)
things: trout, mayflies, waders, dry flies, pools, grayling, leaders, river keepers
acts: matching the hatch, casting upstream, tying flies, letting one go
places: below the weir, under the alders, on the chalk stream, at the bridge pool
qualities: low, gin-clear, barbless, wary, brown
facts: The best cast is the one the fish never saw. | A hatch lasts twenty minutes and pays for
  the day. | Barbless hooks come out with a thought. | When the swallows dip the trout are up.

moths (learn care)
things: hawk-moths, light traps, caterpillars, cocoons, footmen, underwings, egg boxes,
  species lists
acts: running the trap, emptying egg boxes at dawn, sugaring trees, checking wing patterns
places: on the balcony, by the ivy, at the street lamp, in the churchyard
qualities: furry, scarce, bark-coloured, night-flying, fresh
facts: A warm cloudy night doubles the catch. | Most moths never touch a jumper. | The trap shows
  what the garden was all along. | Underwings vanish by shutting a door.
""",
    lang="en",
)
