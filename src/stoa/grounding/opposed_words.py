"""Words of which a thing has one or the other: new and old, east and west, first and last."""

from __future__ import annotations

# Words of which a thing has one or the other; each line holds both sides of one pair.
OPPOSED = """
    new newer newest modern | old older oldest ancient former
    east eastern eastbound | west western westbound
    north northern northbound | south southern southbound
    upper top | lower bottom
    left | right
    inner inside indoor | outer outside outdoor
    first | second third fourth fifth last
    second | first third last
    third | first second last
    last latest final | first earliest second
    next | previous last
    men male boys | women female girls
    winter wintry | summer summery
    spring | autumn
    morning | evening
    young younger youngest | old older oldest elder eldest
    big bigger biggest greater great large | small smaller smallest little
    public | private
    red | blue green yellow white black
    blue | red green yellow white black
    green | red blue yellow white black
    white | red blue green yellow black
    black | red blue green yellow white
    neu neue neuen neuer neues | alt alte alten alter altes ehemalig*
    ost osten ostlich* | west westen westlich*
    nord norden nordlich* | sud suden sudlich*
    ober* | unter*
    erste ersten erster erstes | zweite zweiten dritte dritten letzte letzten letzter
    zweite zweiten zweiter | erste ersten dritte dritten letzte letzten
    gross* | klein*
    manner | frauen
    sommer | winter
    nuevo nueva nuevos nuevas | viejo vieja viejos viejas antiguo antigua
    este oriental | oeste occidental
    norte | sur
    primer primero primera | segundo segunda tercer tercero ultimo ultima
    segundo segunda | primer primero primera tercero ultimo ultima
    alto alta | bajo baja
    nouveau nouvelle nouveaux nouvel | vieux vieille ancien ancienne
    est oriental* | ouest occidental*
    nord | sud
    premier premiere | deuxieme second seconde troisieme dernier derniere
    grand grande | petit petite
    haut haute | bas basse
    новый новая новое новую нового новой | старый старая старое старую старого старой
    восточн* | западн*
    северн* | южн*
    верхн* | нижн*
    перв* | втор* трет* последн*
    втор* | перв* трет* последн*
    больш* | маленьк* мал*
    nuovo nuova | vecchio vecchia antico antica
    primo prima | secondo seconda ultimo ultima
    novo nova | velho velha antigo antiga
    nou noua | vechi veche
    yeni | eski
    dogu | batı
    kuzey | guney
    νεο* καινουρ* | παλι*
    πρωτ* | δευτερ* τριτ* τελευται*
"""
