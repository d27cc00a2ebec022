"""The texts of `draft_documents`, by our own hand."""

from __future__ import annotations

TEXTS = """
mill dev RECORD: Register of the mill at Orrin Ford
The mill at Orrin Ford was built in 1784 by Thomas Arkley for the parish of Lunby.
Its wheel measures 5.2 metres across and was replaced twice, in 1831 and in 1902.
The mill ground flour for 140 years and then stood empty until 1961.
In 1961 the county bought the building for 3,400 pounds and opened it as a museum.
The museum does not charge for entry, but visitors may not enter the wheel house.
--
1> Thomas Arkley built the mill at Orrin Ford in 1784.
2> The wheel is 5.2 metres across and was replaced in 1831 and 1902.
3> After grinding flour for 140 years, the mill stood empty until 1961.
4> The county paid 3,400 pounds for the building in 1961 and opened a museum in it.
5> Entry to the museum is not charged for.
5> Visitors may not go into the wheel house.

ferry dev REPORT: Harbour news on the Skell ferry
The Skell ferry carried 212,000 passengers last year, 18,000 more than the year before.
Captain Ines Dahl, who has steered the ferry since 2009, said the new engine uses less fuel.
The engine was installed in March 2022 at the yard in Breckholm.
The ferry did not run for eleven days in January because of ice.
A single ticket costs 4.50 euros and children under six travel free.
--
1> Last year 212,000 passengers used the Skell ferry.
1> The ferry carried 18,000 more passengers than in the year before.
2> Captain Ines Dahl has steered the ferry since 2009.
3> The new engine was installed in March 2022 at the Breckholm yard.
4> Because of ice, the ferry did not run for eleven days in January.
5> A single ticket is 4.50 euros, and children under six travel free.

court dev RECORD: Judgment of the district court in Hald v. Orrin Dairy
On 14 June 2019 the court of Lunby ruled that the Orrin Dairy must pay Marta Hald 26,000 crowns.
The court found that the dairy had dismissed her without notice after she reported a leak.
The dairy argued that the leak was harmless, which the court rejected.
Judge Pavel Renner wrote that the report was protected by the labour act of 1998.
The dairy did not appeal against the judgment.
--
1> The court of Lunby ruled on 14 June 2019 that the Orrin Dairy must pay Marta Hald 26,000 crowns.
2> The court found that Hald was dismissed without notice after she reported a leak.
3> The court rejected the argument that the leak was harmless.
4> According to Judge Pavel Renner, the report was protected by the labour act of 1998.
5> The dairy did not appeal.

owls dev DATASET: Count of barn owls in the Weir valley
Volunteers counted 64 pairs of barn owls in the Weir valley in 2021, compared with 48 pairs in 2016.
Most pairs nested in boxes; only 9 pairs used old barns.
The survey was led by Dr Helen Moss and took twelve weeks.
No pairs were found north of Cray Bridge.
Each pair raised 2.6 chicks on average.
--
1> In 2021 volunteers counted 64 pairs of barn owls in the Weir valley, against 48 pairs in 2016.
2> Only 9 pairs used old barns.
3> Dr Helen Moss led the survey, which took twelve weeks.
4> North of Cray Bridge no pairs were found.
5> On average each pair raised 2.6 chicks.

tram dev RECORD: Minutes of the council of Port Emery
On 8 May 2018 the council of Port Emery voted 11 to 6 for a tram line to the hospital.
The line is 7.4 kilometres long and has 13 stops.
Councillor Tomas Brandt voted against the plan because the bridge at Low Street was not included.
The contract went to the firm Kestrel Rail for 92 million euros.
The council expects the line to open in 2024.
--
1> The council of Port Emery voted 11 to 6 for a tram line to the hospital on 8 May 2018.
2> The tram line has 13 stops over 7.4 kilometres.
3> Councillor Tomas Brandt voted against the plan because the Low Street bridge was not included.
4> Kestrel Rail got the contract for 92 million euros.
5> The line is expected to open in 2024.

comet dev DATASET: Notes on comet Varga
Comet Varga was discovered on 2 November 1987 by Lena Varga at the observatory of Tihany.
It returns every 61 years and its core is about 4 kilometres wide.
The tail was visible to the naked eye for nine nights in 1988.
The comet does not come closer to the Sun than Venus.
A probe named Heron passed it at a distance of 900 kilometres in 1989.
--
1> Lena Varga discovered the comet on 2 November 1987 at the observatory of Tihany.
2> Comet Varga comes back every 61 years.
3> For nine nights in 1988 the tail was visible to the naked eye.
4> The comet never comes closer to the Sun than Venus.
5> In 1989 the probe Heron passed the comet at a distance of 900 kilometres.

bakery dev FIRST_HAND: Letter from the baker of Tarn Lane
I opened the bakery in Tarn Lane in 2003 with my sister Olga and a single oven.
We bake 300 loaves a day, and on Saturdays 450.
The rye starter is older than the shop: my grandmother began it in 1957 in Gdynia.
We never used palm oil and we do not sell anything wrapped in plastic.
Next spring we move to a larger place in Mill Street.
--
1> The bakery in Tarn Lane was opened in 2003 with a single oven.
2> The bakery bakes 300 loaves a day and 450 on Saturdays.
3> The rye starter was begun in 1957 in Gdynia.
4> Palm oil was never used in the bakery.
5> Next spring the bakery moves to a larger place in Mill Street.

flood dev REPORT: The flood of Sandwick
The river Arle rose to 6.8 metres on 17 February 1990 and flooded 230 houses in Sandwick.
Nobody was killed, but four people were taken to hospital in Merton.
The dam at Highcut held, although engineers had feared that it might break.
Repairs cost 5.1 million pounds, of which the state paid two thirds.
Mayor Rose Tennant lived in a school gym for six weeks.
--
1> On 17 February 1990 the river Arle rose to 6.8 metres and 230 houses in Sandwick were flooded.
2> Four people were taken to hospital in Merton.
2> Nobody was killed in the flood.
3> The dam at Highcut did hold.
4> The repairs cost 5.1 million pounds, and the state paid two thirds.
5> For six weeks Mayor Rose Tennant lived in a school gym.

bridge final RECORD: Inspection of the Tolver footbridge
The Tolver footbridge was inspected on 21 September 2020 by the engineer Grace Oduya.
She found 14 loose bolts and rust on two of the six cables.
The bridge may carry no more than 40 people at once until the cables are replaced.
The handrail was not damaged.
The next inspection is due in three years.
--
1> The engineer Grace Oduya inspected the Tolver footbridge on 21 September 2020.
2> There were 14 loose bolts, and two of the six cables had rust.
3> Until the cables are replaced, the bridge may not carry more than 40 people at once.
4> No damage was found on the handrail.
5> The bridge is due for its next inspection in three years.

school final REPORT: Parish paper on the school of Elmshaw
The school of Elmshaw has 318 pupils and 22 teachers.
Headmistress Ruth Calder came to the school in 2014 from Norwick.
The new gym was paid for by a gift of 150,000 pounds from the Fenner Trust.
Pupils may not use telephones between 8 and 15 o'clock.
The old gym will be torn down in July 2025.
--
1> There are 318 pupils and 22 teachers at the school of Elmshaw.
2> Ruth Calder, the headmistress, came from Norwick in 2014.
3> A gift of 150,000 pounds from the Fenner Trust paid for the new gym.
4> Between 8 and 15 o'clock pupils may not use telephones.
5> In July 2025 the old gym will be torn down.

spring final DATASET: Water of the Ashby spring
The Ashby spring gives 31 litres of water a second in winter and 12 in August.
Its water has a temperature of 9 degrees all year.
In 2006 the chemist Viktor Lang found no nitrate in it.
Since 2011 the spring supplies the village of Cold Ashby, which has 870 inhabitants.
The water is not treated before it reaches the taps.
--
1> In winter the Ashby spring gives 31 litres a second, in August 12.
2> All year the water has a temperature of 9 degrees.
3> The chemist Viktor Lang found no nitrate in the water in 2006.
4> The spring has supplied the 870 inhabitants of Cold Ashby since 2011.
5> Before it reaches the taps the water is not treated.

orchard final FIRST_HAND: Diary of an orchard keeper
We planted 260 apple trees on the slope above Wenlow in November 2008.
Only 31 of them died, most in the dry summer of 2018.
My neighbour Hanna Brook taught me to graft, and I have grafted 90 trees since.
We do not spray against insects; the hens do that work.
The first good harvest, 4 tonnes, came in 2015.
--
1> In November 2008, 260 apple trees were planted on the slope above Wenlow.
2> Of the trees, 31 died, most of them in the dry summer of 2018.
3> Hanna Brook taught the keeper to graft.
4> The orchard is not sprayed against insects.
5> The first good harvest came in 2015 and was 4 tonnes.

strike final REPORT: The strike at Calder Mills
About 1,200 weavers of Calder Mills went on strike on 3 October 1911.
They demanded a working day of nine hours and the return of two dismissed women.
The owner, Josiah Pell, refused to meet them for five weeks.
The strike ended on 24 November after the bishop of Norwick had mediated.
The weavers did not get the nine hours, but both women were taken back.
--
1> The strike of about 1,200 weavers at Calder Mills began on 3 October 1911.
2> The weavers demanded a working day of nine hours and that two dismissed women return.
3> For five weeks the owner Josiah Pell refused to meet them.
4> After the bishop of Norwick had mediated, the strike ended on 24 November.
5> Both women were taken back.
5> The weavers did not get the nine hours.

clock final RECORD: Inventory of the town hall of Brennick
The clock in the tower of Brennick was made by Elias Furst in 1723.
It weighs 680 kilograms and strikes every quarter of an hour.
The clock was stopped from 1942 to 1945 and has not failed since.
A boy named Jan Koval painted the dial anew in 1958.
The bell is cracked and is not rung.
--
1> Elias Furst made the tower clock of Brennick in 1723.
2> The clock weighs 680 kilograms.
2> Every quarter of an hour the clock strikes.
3> From 1942 to 1945 the clock was stopped.
4> The dial was painted anew by Jan Koval in 1958.
5> The bell, which is cracked, is not rung.

glacier final DATASET: Survey of the Norra glacier
The Norra glacier lost 23 metres of length between August 2010 and August 2020.
Its ice is 110 metres thick at the middle station.
The survey used 16 stakes, of which three were lost.
Professor Aino Leht, who led the survey, warned that the lower hut could become unreachable.
Snowfall in 2015 was higher than in any other year of the survey.
--
1> Between August 2010 and August 2020 the Norra glacier lost 23 metres of its length.
2> At the middle station the ice is 110 metres thick.
3> Three of the 16 stakes of the survey were lost.
4> Professor Aino Leht warned that the lower hut could become unreachable.
5> In no other year of the survey was snowfall higher than in 2015.

market final RECORD: Rules of the Saturday market in Duncote
The market in Duncote is held every Saturday from 7 to 13 o'clock in Church Square.
A stall costs 18 euros a day, and farmers of the parish pay half.
Dogs are not allowed between the stalls.
The rules were passed by the council on 12 January 2017 and changed in 2021.
Complaints go to the market warden, Sofia Lind.
--
1> Every Saturday from 7 to 13 o'clock the market of Duncote is held in Church Square.
2> For a stall one pays 18 euros a day; farmers of the parish pay half.
3> Between the stalls dogs are not allowed.
4> The council passed the rules on 12 January 2017 and changed them in 2021.
5> Sofia Lind, the market warden, receives complaints.

radio final REPORT: Twenty years of Radio Estuary
Radio Estuary went on air on 1 April 2004 with 6 volunteers in a garage in Port Emery.
Today 48 people work for it, none of them for pay.
Its signal reaches 90,000 listeners along the coast.
The founder, Bea Marlow, left in 2013 and now teaches in Lisbon.
The station has never broadcast advertisements.
--
1> On 1 April 2004 Radio Estuary went on air from a garage in Port Emery with 6 volunteers.
2> None of the 48 people who work for it today are paid.
3> Along the coast the signal reaches 90,000 listeners.
4> Bea Marlow, the founder, left in 2013 and teaches in Lisbon now.
5> Advertisements have never been broadcast by the station.

bees final FIRST_HAND: Report of a beekeeper in Haddon
I lost 7 of my 25 hives in the winter of 2022, fewer than in 2021.
The mites came in August and I treated the hives with thymol, not with chemicals.
Each hive gave 19 kilograms of honey on average.
My daughter Clara found a swarm in the tower of St Agnes in May.
I sell the honey only in Haddon and Wick.
--
1> In the winter of 2022 the beekeeper lost 7 of 25 hives.
2> The hives were treated with thymol and not with chemicals.
3> On average a hive gave 19 kilograms of honey.
4> In May a swarm was found in the tower of St Agnes by Clara.
5> The honey is only sold in Haddon and Wick.

dam final RECORD: Permit for the weir at Stonebeck
The permit of 30 July 2015 allows the Beck Power company to take 2.4 cubic metres of water a second.
Between May and August the company must leave at least 600 litres a second in the river.
A ladder for fish has to be built on the left bank before 2018.
The permit does not allow boats within 50 metres of the weir.
It was signed by Minister Karl Osten and ends in 2045.
--
1> Since the permit of 30 July 2015, Beck Power may take 2.4 cubic metres of water a second.
2> From May to August at least 600 litres a second must be left in the river.
3> On the left bank a ladder for fish has to be built before 2018.
4> Boats are not allowed within 50 metres of the weir.
5> The permit, signed by Minister Karl Osten, ends in 2045.

theatre final REPORT: The Lantern theatre reopens
The Lantern theatre in Merton reopens on 9 September 2023 after 4 years of repairs.
It has 540 seats, 60 fewer than before the fire of 2019.
The roof was designed by the architect Nils Aagard.
The first play is The Cherry Orchard, directed by Amara Diallo.
Tickets are not sold at the door.
--
1> After 4 years of repairs the Lantern theatre in Merton reopens on 9 September 2023.
2> The theatre has 540 seats, which is 60 fewer than before the fire of 2019.
3> Nils Aagard, an architect, designed the roof.
4> Amara Diallo directs the first play, The Cherry Orchard.
5> At the door no tickets are sold.
"""
