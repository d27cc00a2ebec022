"""Function words and letters that tell apart the languages that share a script."""

from __future__ import annotations

_LISTS = {
    "en": """the of and to in is was that it for on are as with his they at be this from have
        or had by but not what were we when your can said there an which their if will how
        about who did does many where why would its been has than should after i you he
        she my me don't it's
        """,
    "de": """der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als
        auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie
        einem über einen so zum war haben nur oder aber vor zur bis mehr durch man wurde
        wer was wann warum welche welcher welches wo ich wir kein viele unter diese
        seine seiner seinen seinem ihre ihrer ihren ihrem ihm ihn ihnen eines dieser dieses
        diesem diesen dann wenn schon sehr kann können konnte konnten würde sein waren hatte
        hatten worden wurden damit dazu davon dort hier seit gegen ohne zwischen beim vom ins
        alle allem anderen andere jeder jede welchem welchen weil ob dessen deren ihr uns
        worüber womit wofür woran worum weshalb wessen wem wen woher""",
    "es": """de la que el en y a los del se las por un para con no una su al lo como más pero
        sus le o este sí porque esta entre cuando muy sin sobre también me hasta hay donde
        quien desde todo nos fue son es qué cuál cuándo dónde cuántos cuántas quién cómo
        era ha está eso yo
        fueron ser eran sido tiene tenía tienen había han estas estos esos esa ese aquel cual
        cuales unos unas otro otra otros todos todas e u ni tan cada durante contra según bajo
        ante tras mediante quienes""",
    "fr": """de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se
        ce il sont avec son sa aux ou cette été mais ont comme elle être nous vous je tu
        on leur qu'il quel quelle quels où quand pourquoi combien c'est n'est d'un d'une
        l'on était très""",
    "it": """di e il la che in a un per è del non con una i le si da della dei sono come più al
        nel alla ma anche lo gli delle ha questo o se cui suo dal nella chi cosa quando
        dove quale perché quanti era stato io mi ci essere molto""",
    "pt": """de a o que e do da em um para com não uma os no se na por mais as dos como mas ao
        ele das à seu sua ou quando muito nos já eu também só pelo pela até isso ela entre
        era depois sem mesmo aos são foi ter quem onde qual quantos está você é""",
    "nl": """de van het een en in is dat op te zijn met voor niet aan er die om ook als dan bij
        nog maar naar uit door over tot hij ze wat wordt werd heeft wie waar wanneer
        hoeveel welke geen ik je deze""",
    "ro": """de și în a la cu pe că nu care din o un mai este să au pentru ce fost prin sau dar
        lui al ale cel cea sunt după cum ei era unei unui fi ca lor această acest într
        cine când unde câte câți de-a s-a a-i
        erau fie are aveau avut avea acesta aceasta aceste acestei acestui el ea ele se își îi
        le unor unii unele între spre fără sub asupra despre către până iar însă deci dacă
        astfel cât câtă cui cărui cărei căror ai""",
    "tr": """ve bir bu da de için ile olarak olan en çok daha gibi kadar sonra ne ise ama her
        ya o değil mi mı mu göre kim kaç nedir nerede nasıl hangi zaman neden olduğu ben
        sen var yok şey
        olduğunu oldu olmuştur tarafından üzerinde altında arasında içinde hangisi kimdir kimdi
        neydi neyi ki diye böyle bunu bunun buna onun onu ona onlar bunlar olduğuna olması önce
        hem ancak veya yani""",
    "vi": """của và là có không các một những được trong cho với người này đã khi từ đến như để
        về ra ở cũng tại theo vào trên nhiều gì nào bao nhiêu ai đâu vì sao sự năm""",
    "pl": """w i na z się nie do to że jest o jak od po za przez dla są był była oraz tego co
        czy ale tym który która które gdzie kiedy ile kto dlaczego lub jego być""",
    "sv": """och i att det som en på är av för med den till inte har de om ett var han från vi
        så kan jag när där vad vem hur många vilken eller också men sig""",
    "da": """og i at det en den til er som på de med han af for ikke der var et har om vi men
        hvad hvem hvor hvornår hvordan mange fra jeg eller også blev""",
    "no": """og i det som en på er av for med til at han den de ikke har et var om vi men hva
        hvem hvor når hvordan mange fra jeg eller også ble""",
    "fi": """ja on ei se että oli ovat mutta joka kun hän myös niin sen kuin jos tai mitä missä
        kuka milloin miksi kuinka monta minä olla vuonna""",
    "cs": """a v se na je že to z s do o i jako by za k pro ale jsou byl byla které který po od
        co kde kdy kdo proč kolik nebo jeho také už není jsem""",
    "hu": """a az és hogy nem is egy meg ez de csak van mint volt ki mi hol mikor miért hány
        vagy már még azt ha el kell lesz""",
    "id": """yang dan di dengan untuk pada dari ini itu dalam tidak adalah akan ke juga oleh
        ada sebagai apa siapa mana kapan mengapa berapa saya karena bisa""",
    "ca": """de la i el que a en les per un del és una els amb al no es com més però són va què
        quan on qui quin quina quants ha aquest aquesta""",
    "ru": """и в не на что с по как это он из за к для его от так было же или а у но мы вы я бы
        только был была были которые который кто где когда почему какой какая сколько о
        при до после между чтобы их её ее этой этот эти этого все также во со об под над без
        через тем том той них ним ней быть есть нет если уже еще ещё чем кого кому какие какого
        каком каким каких которая которое которых которой которым которого своей своего свои
        свою этом эта оно она они ему им нее него""",
    "uk": """і в не на що з та як це він до за для його від так було або а у але ми ви я був
        була були які який хто де коли чому скільки про""",
    "bg": """и на да се в за не е са от с че по това как той към като но ще беше които кой къде
        кога защо колко си или има му""",
    "sr": """и је у на да се за не са су од то који као али био ко где када зашто колико или
        што сам""",
    "ar": """في من على إلى أن هذا عن التي الذي ما هو هي كان مع كانت هل لا كم متى أين لماذا و
        بين له لها هم الذين عندما تم تمت أنه إنه أنها إنها إن هناك هنا حول هذه ذلك تلك قد كما عند
        عبر بعد قبل أو ثم غير كل كانوا يكون تكون يتم لم لن به بها فيه فيها منه منها عليه عليها إليه
        أي أية بعض حيث إذا لكن ليس كلا أحد إحدى لدى لديه لديها وهو وهي وقد ولم ومن وفي الآن أيضا
        أيضًا""",
    "el": """ο η το οι τα του της των τον την τους τις στο στη στην στον στους στις στα και κι να θα
        με σε για από που πως ότι δεν μη μην είναι ήταν είχε έχει έχουν είχαν ένα ένας μια μία ενός
        μιας αυτό αυτή αυτός αυτά αυτές αυτοί αυτού αυτής αυτών ως όπως ή αλλά αν όταν καθώς κατά
        μετά πριν μεταξύ προς χωρίς υπό επί ανά μέσω εκτός τι ποιος ποια ποιο ποιοι ποιες ποιον
        ποιους πού πώς πόσο πόσα πόσες πόσοι πότε γιατί οποία οποίο οποίος οποίοι οποίες όσο πολύ
        επίσης του ενώ μόνο όλα όλοι όλες κάθε κάποιος κάποια κάποιο μπορεί πρέπει μας σας τους""",
    "fa": """در و به از که این است را با برای آن یک بود شد می چه کجا چرا تا خود هم""",
    "ur": """کے میں کی ہے اور سے کا کو اس نے کہ پر یہ ہیں تھا ایک کیا کب کہاں کیوں بھی""",
    "hi": """के में की है और से का को इस ने कि पर यह हैं था एक क्या कब कहाँ क्यों भी थे थी किस
        कौन कितने नहीं लिए जो वह वे उस उन इन इसके इसकी इसका उसके उसकी उसका उनके उनकी उनका अपने अपनी
        अपना हो तक तो या लेकिन द्वारा कोई कुछ जब तब अगर ही साथ बाद पहले गया गई गए किया करने करता करते
        करती करना कर होता होती होते होना हुआ हुई हुए जाता जाती जाते रहा रही रहे""",
    "mr": """आणि आहे या च्या हे ते की आहेत होते होता व काय कधी कुठे कोण नाही मध्ये""",
    "ne": """र छ को मा हो यो पनि छन् थियो भने गर्न लाई के कहाँ किन बाट""",
}
_LETTERS = {
    "ß": "de", "ä": "de sv fi", "ö": "de sv fi tr hu", "ü": "de tr hu", "ñ": "es", "¿": "es",
    "¡": "es", "ç": "fr pt tr ca", "œ": "fr", "ê": "fr pt", "ë": "fr nl", "ã": "pt", "õ": "pt",
    "ă": "ro vi", "ș": "ro", "ț": "ro", "î": "ro fr", "ş": "tr ro", "ţ": "ro", "ğ": "tr",
    "ı": "tr", "đ": "vi", "ơ": "vi", "ư": "vi", "ạ": "vi", "ả": "vi", "ấ": "vi", "ầ": "vi",
    "ế": "vi", "ề": "vi", "ệ": "vi", "ị": "vi", "ọ": "vi", "ố": "vi", "ộ": "vi", "ờ": "vi",
    "ợ": "vi", "ữ": "vi", "ự": "vi", "ł": "pl", "ż": "pl", "ś": "pl", "ń": "pl", "ź": "pl",
    "ą": "pl", "ę": "pl", "å": "sv da no", "ø": "da no", "æ": "da no", "ř": "cs", "ů": "cs",
    "ě": "cs", "ő": "hu", "ű": "hu", "à": "fr it ca pt", "è": "fr it ca", "ò": "it ca",
    "ù": "it fr", "ì": "it", "ы": "ru", "э": "ru", "і": "uk", "ї": "uk", "є": "uk", "ґ": "uk",
    "ъ": "bg ru", "ј": "sr", "љ": "sr", "њ": "sr", "ђ": "sr", "ћ": "sr", "پ": "fa ur",
    "چ": "fa ur", "گ": "fa ur", "ی": "fa ur", "ک": "fa ur", "ٹ": "ur", "ڈ": "ur", "ے": "ur",
    "ہ": "ur", "ں": "ur", "ة": "ar", "ي": "ar", "ك": "ar", "ى": "ar", "ळ": "mr",
}  # fmt: skip


def _inverted() -> dict[str, tuple[str, ...]]:
    owners: dict[str, list[str]] = {}
    for code, words in _LISTS.items():
        for word in sorted(set(words.split())):
            owners.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in owners.items()}


WORDS: dict[str, tuple[str, ...]] = _inverted()
"""Each function word, in lower case, with the languages that have it."""
LETTERS: dict[str, tuple[str, ...]] = {
    letter: tuple(codes.split()) for letter, codes in _LETTERS.items()
}
"""Letters and marks that few of the languages of their script use."""
