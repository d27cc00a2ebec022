"""Topics in Spanish."""

from stoa.town.topic import read_topics

SPANISH = read_topics(
    """
cocina (make care)
things: las croquetas, los garbanzos, las tortillas, los sofritos, las empanadas, los guisos,
  las aceitunas
acts: pochar la cebolla, remojar los garbanzos, amasar despacio, probar la sal
places: en la cocina de mi abuela, a fuego lento, en el mercado, el domingo por la mañana
qualities: tiernas, crujientes, saladas, caseras, recién hechas
facts: El sofrito no entiende de prisas. | La tortilla con cebolla no se discute, se come. | Un buen
  caldo empieza la noche antes. | La sal al final se nota más.

fútbol (play belong)
things: los penaltis, los córners, los derbis, los porteros, las goleadas, los laterales
acts: presionar arriba, cantar bajo la lluvia, discutir el fuera de juego, cambiar de banda
places: en el descuento, en la grada, en el segundo palo, en el campo del barrio
qualities: injustos, merecidos, épicos, trabados, inolvidables
facts: Un empate a cero con lluvia también es sábado. | El lateral hizo la carrera que nadie vio. |
  El portero gana puntos que nadie cuenta. | En el derbi se recuerda al que falla.

poesía (learn belong)
things: los sonetos, los versos, las metáforas, los romances, los cuadernos, las elegías
acts: leer en voz alta, tachar adjetivos, traducir despacio, aprender de memoria
places: en el café, en el último terceto, en la biblioteca, de madrugada
qualities: breves, oscuros, luminosos, inéditos, antiguos
facts: El verso se corta donde respira. | Un poema de memoria es una casa que se lleva. | Tacha el
  último verso y vuelve a mirar. | La rima encuentra lo que uno no buscaba.

huerto (make care)
things: los tomates, las lechugas, los semilleros, las babosas, los calabacines, las habas
acts: regar al atardecer, guardar semillas, quitar malas hierbas, hacer compost
places: en la azotea, junto al muro, en el bancal, detrás de la casa
qualities: tempranos, dulces, enormes, verdes, torcidos
facts: La semilla de la mejor planta vale más que la primera. | Se riega la tierra y no la hoja. |
  El calabacín crece cuando no miras. | El compost quiere aire y paciencia.
""",
    lang="es",
)
