"""The commonest words of large languages, which say little about what a post is about."""

from __future__ import annotations

_WORDS = """
the be to of and a in that have i it for not on with he as you do at this but his by from they we
say
her she or an will my one all would there their what so up out if about who get which go me when
make
can like time no just him know take people into year your good some could them see other than then
now
look only come its over think also back after use two how our work first well way even new want
because
any these give day most us is are was were been has had did does doing am im ive dont doesnt didnt
cant
wont isnt arent thats youre theyre theres whats lets really very much more many here where why too
still
thing things got going yeah yes lol oh ok okay maybe something anything someone everyone always
never
should being than though through down off own same such while again need try say said says
don't can't i'm it's that's you're i've doesn't didn't won't isn't there's what's i'll he's she's
they're
de la que el en y los se del las un por con no una su para es al lo como mas más pero sus le ya o
fue este
ha si sí porque esta son entre cuando muy sin sobre ser tiene también me hasta hay donde quien
desde todo nos
durante todos uno les ni contra otros ese eso ante ellos e esto mí antes algunos qué unos yo otro
otras otra
él tanto esa estos mucho quienes nada muchos cual poco ella estar estas algunas algo nosotros
o a os as do da em um uma para com não por mais dos como mas foi ao ele das tem à seu sua ou ser
quando muito
há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus quem
nas me esse
eles estão você tinha foram essa num nem suas meu às minha têm numa pelos elas havia seja qual
será nós pra
le les des et est pas une du je il on ne ce qui dans pour plus sur avec au mais nous vous ils par
tout sont
elle fait ça cette aux ses son comme être même ou leur si bien où été sans deux donc moi toi peut
très j'ai
c'est d'un d'une qu'il n'est était ont faire aussi avoir encore quand rien tous leurs mon mes ta
tes votre
der die und das ist nicht ich es sie ein zu den mit sich auf für eine von dem im des er auch wir
war so als
an wie noch aus bei nur aber oder nach werden hat man um wenn kann mir sind einen haben dass mehr
schon was
ja nein dann doch mal da hier ihr uns über einer sein sehr wird immer alle wieder etwas zum zur
il di che la per un non sono una ma ho lo ha mi si le con se cosa come da ci io questo qui bene tu
sei hai
del bella solo tutto più della nel anche dei alla gli perché quando quello ed molto era essere
het een en van ik te dat is niet in op zijn maar je met die voor er aan om ook als dan ze nog wel
wat bij
naar heb geen maar deze kan uit door over tot hij mijn veel
ve bir bu da de için çok ile ben o ne var mı daha gibi ama kadar sonra her en olarak değil sen mi
ya şey
i w na z się nie to że do jest o jak ale za co po tak już od czy tylko jego ja być ma przez mi
dan yang di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena bisa ada aku kamu
kita
och att det som en på är av för med den till inte har de jag om ett men var så från vi kan
og i at er det en til på som med for ikke jeg den har av vi du de
và của là có không cho các một những được trong với người này đã khi thì mà như cũng
и в не на я что он с как это а по но она к у же за от так вы бы все мы из его ты меня мне только
еще ещё для
был было да нет если или когда уже до вот них может были есть чтобы быть очень их ну ли
і в не на що з як це та до я за від він але по про так ти ми ви
في من على إلى أن ما لا هذا التي الذي مع عن كان هو هي كل قد لم بعد أو إن ولا يا لك بين ذلك هذه كما
عند حتى
که از به در این را با است برای آن یک ما من هم تو بود می
של את על לא זה הוא אני עם כי גם היא אם יש או כל מה אבל רק אתה הם
है के में की से को का और पर यह नहीं हैं कि भी एक हो ने तो था ही कर मैं हम वह कुछ
এই ও না করে আমি আর যে এর থেকে হয় জন্য কি এবং
και το να του η της με που για από ο είναι δεν στο την τα τον στη σε θα
이 그 저 것 수 나 너 우리 더 안 잘 왜 다 내 네 그리고 하지만
"""

COMMON_WORDS: frozenset[str] = frozenset(_WORDS.split())
"""Lower-case words; function words of some twenty languages, and the chatter of English posts."""
