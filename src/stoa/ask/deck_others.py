"""Smaller decks of the fun voice in other languages; a situation without lines stays silent.

The rules of `deck_english` hold. They are written anew in each language, not translated: a joke
that has to be carried across a border arrives tired.
"""

from __future__ import annotations

OTHERS: dict[str, dict[str, str]] = {
    "de": {
        "answer": """
            Das Universum antwortet selten direkt. Diesmal war es kurz abgelenkt.
            Irgendwo legt jemand in einem Archiv zufrieden den Stift hin.
            Ein kleiner Satz in einem großen Weltall, und er hat einen Sitzplatz.
            Die Wirklichkeit wurde befragt und hatte es schriftlich.
        """,
        "number": """
            Eine Zahl ohne Quelle ist ein Gerücht mit Krawatte. Diese kam mit Quelle.
            Die Unendlichkeit war auch im Gespräch, hatte aber keinen Beleg dabei.
            Jemand hat gezählt. Man sollte ihm Kuchen bringen.
        """,
        "record wins": """
            Das Gerücht nimmt den Aufzug, die Urkunde die Treppe. Morgens ist nur noch eine da.
            Viele Stimmen wurden gehört. Eine hatte einen Stempel.
        """,
        "conflict": """
            Zwei Quellen sahen eine Welt und brachten zwei mit nach Hause.
            Mindestens eine irrt sich. Beide wirken dabei sehr ausgeruht.
            Paralleluniversen wären eine Erklärung, ein Tippfehler wäre billiger.
        """,
        "many copies": """
            Viele Münder, ein Satz. Dem Echo wurde gedankt und ein Stuhl angeboten.
            Würde Wiederholung etwas wahr machen, wäre der Papagei Professor.
        """,
        "abstention": """
            Das Universum weiß es natürlich. Es ist nur nicht gesprächig.
            Eine ehrliche Lücke ist mehr wert als eine kühne Vermutung, und leichter zu lagern.
            Hier endet die Karte. Von Drachen wird berichtet, aber ohne Beleg.
        """,
        "ambiguous": """
            Ein Wort, mehrere Welten. Das Wörterbuch bereut nichts.
            Beide Bedeutungen winken, und keine blinzelt.
        """,
        "meant": """
            Die alte Bedeutung wurde hinausbegleitet, mit Mantel und belegtem Brot.
            Zwei Köpfe, ein Wort, dieselbe Meinung. Gipfeltreffen enden schlechter.
        """,
        "doubt": """
            Am besten mit Bleistift zu glauben.
            Sicher genug zum Erwähnen, nicht zum Einmeißeln.
        """,
    },
    "es": {
        "answer": """
            El universo rara vez contesta de frente. Hoy lo pillamos distraído.
            En algún lugar un archivero ha sonreído sin saber por qué.
            Un dato pequeño en un cosmos enorme, y parece que está a gusto.
        """,
        "number": """
            Una cifra sin fuente es un rumor con corbata. Esta vino con su fuente.
            También se consideró el infinito, pero no traía papeles.
        """,
        "record wins": """
            El rumor viaja a la velocidad de la luz; el registro va a pie, pero llega a desayunar.
            Se oyeron muchas voces. Una traía sello.
        """,
        "conflict": """
            Dos fuentes miraron un mundo y volvieron a casa con dos.
            Al menos una se equivoca. Las dos lo llevan con una calma admirable.
        """,
        "many copies": """
            Muchas bocas, una frase. Se dio las gracias al eco y se le ofreció una silla.
            Si repetir hiciera verdad, el loro daría clase en la universidad.
        """,
        "abstention": """
            El universo lo sabe, claro. Pero no es muy hablador.
            Un hueco sincero vale más que una certeza inventada, y ocupa menos.
            Aquí se acaba el mapa. Quizá haya dragones, pero nadie los ha citado.
        """,
        "ambiguous": """
            Una palabra, varios mundos. El diccionario no se arrepiente de nada.
        """,
        "meant": """
            Al otro sentido lo hemos acompañado a la puerta, con su abrigo y un bocadillo.
        """,
        "doubt": """
            Mejor creerlo a lápiz.
        """,
    },
    "fr": {
        "answer": """
            L'univers répond rarement de face. Aujourd'hui, il regardait ailleurs.
            Quelque part, une archiviste sourit sans savoir pourquoi.
            Un petit fait dans un grand cosmos, et il a l'air d'y être bien.
        """,
        "number": """
            Un chiffre sans source est une rumeur en cravate. Celui-ci est venu avec la sienne.
            L'infini s'était aussi présenté, mais sans papiers.
        """,
        "record wins": """
            La rumeur prend l'ascenseur, l'acte prend l'escalier, et au matin il est là.
        """,
        "conflict": """
            Deux sources ont regardé un monde et en ont rapporté deux.
            L'une au moins se trompe. Les deux le vivent très bien.
        """,
        "many copies": """
            Beaucoup de bouches, une seule phrase. L'écho a été remercié et prié de s'asseoir.
        """,
        "abstention": """
            L'univers le sait, bien sûr. Il n'est simplement pas bavard.
            Ici s'arrête la carte. Il y a peut-être des dragons, mais personne ne les a cités.
        """,
        "ambiguous": """
            Un mot, plusieurs mondes. Le dictionnaire ne regrette rien.
        """,
        "doubt": """
            À croire au crayon.
        """,
    },
    "ru": {
        "answer": """
            Вселенная редко отвечает прямо. Сегодня она просто отвлеклась.
            Где-то улыбнулся архивариус и сам не понял почему.
            Маленький факт в большом космосе, и ему там, кажется, уютно.
        """,
        "number": """
            Число без источника — слух в галстуке. Это пришло с источником.
            Бесконечность тоже приходила, но без документов.
        """,
        "record wins": """
            Слух едет на лифте, запись идёт по лестнице — и утром на месте именно она.
        """,
        "conflict": """
            Два источника смотрели на один мир, а домой принесли два.
            Кто-то из них ошибается. Оба сохраняют завидное спокойствие.
        """,
        "many copies": """
            Уст много, фраза одна. Эхо поблагодарили и предложили присесть.
        """,
        "abstention": """
            Вселенная, конечно, знает. Просто она не из болтливых.
            Здесь карта кончается. Драконы возможны, но ссылок на них нет.
        """,
        "ambiguous": """
            Слово одно, миров несколько. Словарь ни о чём не жалеет.
        """,
        "doubt": """
            В это лучше верить карандашом.
        """,
    },
    "zh": {
        "answer": """
            宇宙很少正面回答，今天它大概走神了。
            某处的档案员忽然觉得心情不错，自己也不知道为什么。
        """,
        "number": """
            没有出处的数字，是打了领带的传闻。这一个带着出处来。
            无穷大也来应聘过，可惜没带证件。
        """,
        "record wins": """
            传闻坐电梯，记录走楼梯，天亮时还在的是记录。
        """,
        "conflict": """
            两个来源看了同一个世界，带回家的却是两个。
        """,
        "many copies": """
            嘴很多，话只有一句。已经谢过回声，请它坐下了。
        """,
        "abstention": """
            宇宙当然知道，只是它不爱说话。
            地图到此为止。也许有龙，但没有人给出龙的出处。
        """,
        "ambiguous": """
            一个词，好几个世界。词典毫不后悔。
        """,
    },
    "ro": {
        "answer": """
            Universul răspunde rar de-a dreptul. Azi se uita în altă parte.
        """,
        "conflict": """
            Două surse au privit o lume și s-au întors acasă cu două.
        """,
        "abstention": """
            Universul știe, desigur. Doar că nu e vorbăreț.
        """,
    },
    "tr": {
        "answer": """
            Evren sorulara pek doğrudan cevap vermez. Bugün dalgınlığına geldi.
        """,
        "conflict": """
            İki kaynak bir dünyaya baktı, eve iki dünyayla döndü.
        """,
        "abstention": """
            Evren elbette biliyor. Yalnızca pek konuşkan değil.
        """,
    },
}
