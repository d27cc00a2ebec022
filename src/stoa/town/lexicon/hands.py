"""Topics of the hands: kitchen, workshop and needle."""

from stoa.town.topic import read_topics

HANDS = read_topics(
    """
bread baking (make care)
things: loaves, starters, sourdoughs, baguettes, proving baskets, crusts, rye flours, dough
  scrapers, crumbs
acts: feeding the starter, folding the dough, slashing the loaf, baking on stone, weighing salt
places: in the shared kitchen, at five in the morning, in a cast-iron pot, on the oven floor
qualities: over-proved, blistered, sour, open, dense
facts: Dough cares about temperature more than about time. | Steam in the first ten minutes makes
  the crust. | A starter fed twice a day forgives anything. | Weigh the salt; guess the rest.

knitting (make care)
things: socks, cables, cardigans, skeins, double-pointed needles, heels, stitch markers, hanks,
  lace shawls
acts: turning the heel, ripping back six rows, blocking lace, winding yarn, counting stitches
places: on the night train, at the guild table, by the fire, in the waiting room
qualities: lumpy, hand-dyed, worsted, unfinished, soft
facts: Blocking mends half of all sins. | The second sock is knitted by character. | Gauge swatches
  lie until washed. | Lace is only holes in the right order.

woodworking (make learn)
things: dovetails, hand planes, chisels, workbenches, shavings, mortises, oak boards, clamps,
  marking gauges
acts: sharpening chisels, cutting dovetails, planing end grain, waiting for glue
places: at the bench, in the garage, on the shooting board, across the grain
qualities: quarter-sawn, wonky, razor-sharp, square, fragrant
facts: A sharp plane makes no dust. | There are never enough clamps. | Wood moves across the grain
  for as long as it lives. | Measure once from one edge, always the same edge.

pottery (make play)
things: bowls, glazes, kilns, handles, tea bowls, bisque pots, throwing wheels, celadons, slips
acts: centring the clay, pulling handles, mixing glaze, opening the kiln, trimming feet
places: on the wheel, in the second firing, at the studio, on the drying shelf
qualities: wobbly, crackled, ash-glazed, thin-walled, cracked
facts: The kiln has the last word. | A handle is pulled, not rolled. | Clay remembers every way
  it was ever bent. | Iron in the glaze is blue or brown as the fire breathes.

sewing (make care)
things: hems, linings, patterns, bobbins, buttonholes, quilts, pockets, zips, linen shirts
acts: pressing every seam, unpicking sleeves, fitting a toile, sewing pockets
places: on the treadle machine, at the kitchen table, along the bias, in the remnant bin
qualities: crooked, hand-finished, bias-cut, roomy, mended
facts: Pressing is half of sewing. | Every dress can have pockets. | Thread tension is a
  conversation between top and bottom. | A toile in an old sheet saves good cloth.

coffee (play make)
things: espressos, grinders, pour-overs, beans, moka pots, flat whites, roasters, filters, crema
acts: dialling in, weighing shots, blooming the grounds, descaling
places: on the balcony, at the corner bar, before the meeting, in a chipped mug
qualities: bright, over-extracted, chocolatey, sour, perfect
facts: Grind moves the taste more than the machine does. | Water is most of the cup. | Beans rest
  a week after the roast. | A moka pot wants low heat and patience.

cheese making (make learn)
things: curds, rinds, goat cheeses, moulds, cultures, rennets, cellars, brines, blue veins
acts: cutting the curd, washing rinds, turning the wheels, salting
places: in the cellar, at the dairy, on straw mats, under the press
qualities: runny, crumbly, ammoniac, young, washed-rind
facts: The knife decides how hard the cheese will be. | A cellar has its own moulds and keeps
  them. | Spring milk makes yellow cheese. | Turn it every day or it remembers the shelf.

bicycle repair (make care)
things: derailleurs, bottom brackets, inner tubes, spokes, brake pads, headsets, chains, wheels
acts: truing wheels, patching tubes, indexing gears, cleaning chains
places: at the repair café, on the work stand, under the bridge, in the hallway
qualities: seized, squeaky, true, rusty, silent
facts: A chain gauge costs less than a cassette. | Most clicks are not the bottom bracket. | True
  the wheel a quarter turn at a time. | Grease anything you ever hope to undo.

fountain pens (play make)
things: nibs, inks, converters, notebooks, flex pens, feeds, ink swatches, blotters
acts: flushing pens, grinding nibs, swatching inks, writing letters
places: on cream paper, at the pen show, in the margins, by lamplight
qualities: scratchy, sheening, wet, shading, vintage
facts: Paper is half of the pen. | A wet nib makes a dull ink sing. | Most hard starts are a dirty
  feed. | Iron-gall ink darkens while you watch.

jam and pickles (make care)
things: marmalades, jars, plums, gherkins, ferments, pectins, chutneys, quinces, krauts
acts: testing the set, sterilising jars, stoning plums, salting cabbage
places: in the copper pan, on the top shelf, in the larder, at the village show
qualities: runny, tart, fizzing, amber, over-set
facts: A saucer from the freezer tells you the set. | Two per cent salt keeps cabbage honest. |
  Quinces turn red when nobody looks. | Chutney is bad in October and good at Christmas.

origami (play learn)
things: cranes, crease patterns, tessellations, valley folds, modular stars, squares, paper boats
acts: folding cranes, collapsing the base, pre-creasing, wet-folding
places: on the tram, from one square, at the library table, in the waiting room
qualities: crisp, impossible, palm-sized, foil-backed, folded
facts: Every flat fold has two more mountains than valleys at a vertex, or two fewer. | The crease
  pattern is the score and not the music. | Precision in the first fold is all of the last. | A
  square is enough for a beetle with six legs.

tea (belong care)
things: oolongs, gaiwans, pu-erhs, teapots, infusions, green teas, kettles, tea cakes
acts: rinsing the leaves, pouring from high, timing the steep, sharing a pot
places: in the courtyard, on a rainy afternoon, at the third infusion, in a clay pot
qualities: smoky, floral, brisk, aged, milky
facts: Good leaves give six infusions and the third is best. | Green tea is scalded by boiling
  water. | A clay pot keeps what it was given. | Tea is an excuse to sit down.
""",
    lang="en",
)
