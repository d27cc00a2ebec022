"""Hand-written words by which a question says what kind of answer it wants.

One line of phrases a language, parted by "|". In languages that put spaces between words a phrase
matches whole words, a "*" at its end any ending; in the others it matches anywhere.
"""

from __future__ import annotations

NUMBER = {
    "en": "how many|how much|how long|how old|how far|how often|how large|how big|"
    "how tall|how high|how fast|how deep|what number|what percent*|what proportion|"
    "what fraction|what amount|how wide|how heavy|what is the population|"
    "what was the population|what price|what score",
    "de": "wie viel*|wieviel*|wie lange|wie lang|wie alt|wie weit|wie oft|wie groß|"
    "wie hoch|wie tief|wie schnell|wie schwer|wie häufig|welche anzahl|welche zahl|"
    "welcher prozentsatz|wie breit|welcher anteil|welchen anteil|welchen prozentsatz",
    "es": "cuánto*|cuánta*|cuanto*|cuanta*|qué porcentaje|qué cantidad|qué número|"
    "qué proporción|con qué frecuencia|qué edad|a qué distancia|qué altura",
    "fr": "combien|quel nombre|quel pourcentage|quel âge|quelle quantité|"
    "quelle proportion|à quelle distance",
    "it": "quanto|quanta|quanti|quante|quale percentuale|che percentuale|quale numero",
    "pt": "quanto|quanta|quantos|quantas|que porcentagem|qual porcentagem|qual o número",
    "nl": "hoeveel|hoe lang|hoe oud|hoe ver|hoe vaak|hoe groot|hoe hoog|welk percentage",
    "ro": "cât|câtă|câți|câte|câţi|ce procent*|ce număr|ce proporție|ce vârstă|"
    "ce cantitate|ce distanță",
    "tr": "kaç|kaçı|kaçta|kaçıncı|kaça|ne kadar*|yüzde kaç*|kaç tane",
    "vi": "bao nhiêu|mấy|bao lâu|bao xa|tỷ lệ nào|số lượng|phần trăm",
    "el": "πόσο*|πόσα|πόση|πόσης|πόσες|πόσων|πόσους|ποιο ποσοστό|τι ποσοστό|ποιος αριθμός",
    "ru": "сколько|скольк*|какой процент|какая доля|какое количество|какое число|"
    "как долго|как часто|какова численность|во сколько|как далеко|насколько|какую долю|"
    "какой возраст",
    "ar": "كم|ما عدد|ما هو عدد|ما هي نسبة|ما نسبة|ما مقدار|ما هو مقدار|ما النسبة",
    "hi": "कितने|कितना|कितनी|कितनों|कितनें|कितने प्रतिशत|कितनी संख्या|क्या संख्या",
    "th": "กี่|เท่าไร|เท่าไหร่|เท่าใด|จำนวนเท่า|นานแค่ไหน|มากแค่ไหน|ร้อยละ",
    "zh": "多少|几个|几次|几年|几种|多大|多长|多久|多高|多远|多快|比例|百分|几位|几|幾|多重|多深",
    "ja": "いくつ|いくら|何人|何個|何回|何年間|どのくらい|どれくらい|何パーセント",
    "ko": "몇|얼마",
}
TIME = {
    "en": "when|what year|which year|what date|what day|what month|which month|"
    "what century|which century|what decade|what time|what era|what period|"
    "in what years|which day|what season",
    "de": "wann|welchem jahr|welches jahr|welchen jahren|welchem datum|welchem tag|"
    "welchem monat|welchem jahrhundert|wie spät|welchem jahrzehnt|welcher zeit|"
    "seit wann|welches datum",
    "es": "cuándo|^cuando|qué año|qué fecha|qué día|qué mes|qué siglo|qué década|"
    "qué época|qué años",
    "fr": "quand|quelle année|quelle date|quel jour|quel mois|quel siècle|quelle époque|"
    "quelle heure",
    "it": "quando|che anno|quale anno|quale data|che giorno|quale secolo|in che mese",
    "pt": "quando|que ano|qual ano|que data|que dia|que século|que mês",
    "nl": "wanneer|welk jaar|welke datum|welke dag|welke maand|welke eeuw",
    "ro": "când|ce an|ce dată|ce zi|ce lună|ce secol|ce deceniu|ce perioadă|ce ani",
    "tr": "ne zaman*|hangi yıl*|hangi tarih*|hangi gün*|hangi ay|hangi ayda|hangi yüzyıl*|"
    "kaç yılında|hangi dönem*|kaçıncı yüzyıl*|hangi sene*",
    "vi": "khi nào|lúc nào|năm nào|ngày nào|tháng nào|thế kỷ nào|bao giờ|thời gian nào|"
    "thời điểm nào|thập kỷ nào|năm bao nhiêu",
    "el": "πότε|ποιο έτος|ποια χρονιά|ποια ημερομηνία|ποιον αιώνα|ποιο αιώνα|"
    "ποια χρονολογία|ποιο χρόνο|ποια μέρα|ποιον μήνα|ποιο μήνα|ποια δεκαετία|τι ώρα|"
    "ποιό έτος|ποια περίοδο",
    "ru": "когда|каком году|какой год|какого года|какой день|каком веке|какого числа|"
    "каком месяце|какие годы|какую дату|какая дата|в какое время|какой период",
    "ar": "متى|أي عام|أي سنة|أي تاريخ|أي يوم|أي قرن|أي شهر|أي وقت|ما تاريخ|العام الذي|السنة التي",
    "hi": "कब|किस वर्ष|किस साल|किस तारीख|किस दिन|किस महीने|किस सदी|किस शताब्दी|कौन से वर्ष|किस समय",
    "th": "เมื่อไร|เมื่อไหร่|เมื่อใด|ปีใด|ปีไหน|วันที่เท่า|วันใด|เดือนใด|ศตวรรษใด|ศตวรรษที่เท่า|ในปีอะไร|ปีอะไร|เวลาใด",
    "zh": "什么时候|何时|哪年|哪一年|哪天|哪一天|什么时间|几月|几号|哪个世纪|哪个月|"
    "什么年代|何年|哪些年|哪个年代|年份|日期",
    "ja": "いつ|何年|何月|何日|何世紀",
    "ko": "언제|몇 년|며칠|몇 월",
}
PERSON = {
    "en": "who|whom|whose|which person|what person|what was the name of the person",
    "de": "wer|wen|wem|wessen|welche person|welcher mann|welche frau",
    "es": "quién|quiénes|^quien|qué persona",
    "fr": "qui|quelle personne",
    "it": "chi|quale persona",
    "pt": "quem|qual pessoa",
    "nl": "wie|wiens|welke persoon",
    "ro": "cine|cui|pe cine|al cui|ce persoană",
    "tr": "kim|kimdir|kimi|kimin|kime|kimler*|kimdi|kimden|kimlerdir",
    "vi": "ai|người nào|của ai",
    "el": "ποιος|ποιοι|ποιον|ποιανού|ποιους|ποιοί|ποιός",
    "ru": "кто|кого|кому|кем|чей|чья|чьи|о ком",
    "ar": "^من|من هو|من هي|من الذي|مَن|من كان|من كانت|من قام|من هم|من التي",
    "hi": "कौन|किसने|किसे|किसके|किसकी|किसका|किन्होंने|किसको",
    "th": "ใคร|ผู้ใด|บุคคลใด|คนใด",
    "zh": "谁|哪位|什么人|何人|哪个人",
    "ja": "誰|だれ",
    "ko": "누구|누가",
}
PLACE = {
    "en": "where|what country|which country|what city|which city|what state|which state|"
    "what place|what town|what continent|what region|which region|what location|"
    "what river|what countries|which countries|what island|which island|what county|"
    "what part of",
    "de": "wo|woher|wohin|welchem land|welches land|welche stadt|welcher stadt|"
    "welchem ort|welcher ort|welche länder|welchen ländern|welcher region|welchem staat|"
    "welcher staat|welchem kontinent",
    "es": "dónde|adónde|^donde|qué país|qué ciudad|qué lugar|qué estado|qué región|"
    "qué países|qué ciudades",
    "fr": "où|quel pays|quelle ville|quel endroit|quelle région|quels pays",
    "it": "dove|quale paese|quale città|che paese|che città",
    "pt": "onde|que país|qual país|que cidade|qual cidade",
    "nl": "waar|waarheen|welk land|welke stad|welke plaats",
    "ro": "unde|ce țară|ce oraș|ce loc|ce stat|ce regiune|ce țări|ce ţară|ce oraşe|ce orașe",
    "tr": "nerede*|nereye|nereden|neresi*|nereler*|hangi ülke*|hangi şehir*|hangi şehr*|"
    "hangi bölge*|nereyi|hangi eyalet*|hangi kent*",
    "vi": "ở đâu|đâu|nơi nào|nước nào|quốc gia nào|thành phố nào|địa điểm nào|khu vực nào",
    "el": "πού|ποια χώρα|ποια πόλη|ποιο μέρος|ποια περιοχή|ποιες χώρες|ποια πολιτεία|"
    "σε ποιο σημείο",
    "ru": "где|куда|откуда|какой стране|какая страна|каком городе|какой город|каком месте|"
    "каком регионе|каких странах|какие страны|каком штате|какой области",
    "ar": "أين|أي بلد|أي مدينة|أي دولة|أي مكان|أي منطقة|أي ولاية",
    "hi": "कहाँ|कहां|किस देश|किस शहर|किस स्थान|किस राज्य|किस जगह|किन देशों|कौन सा देश|कौन सा शहर",
    "th": "ที่ไหน|ที่ใด|ประเทศใด|ประเทศไหน|เมืองใด|เมืองไหน|แห่งใด|สถานที่ใด|รัฐใด|ภูมิภาคใด",
    "zh": "哪里|哪儿|何处|什么地方|哪个国家|哪个城市|哪座城市|哪个州|哪些国家|哪个地区|哪个地方",
    "ja": "どこ|何処|どの国|どの都市",
    "ko": "어디|어느 나라|어느 도시",
}
WHICH = {
    "de": "wie heißt|wie heißen|wie hieß*|wie lautet*|wie nennt*|wie nannte*|wie wird|"
    "wie wurde|wie werden|wie ist der name|wie lauten",
    "es": "cómo se llama*|cómo se denomina*|cómo se conoc*",
    "fr": "comment s'appel*|comment se nomm*",
    "ro": "cum se num*|cum se cheamă|cum este numit*|cum era numit*",
    "el": "πώς ονομ*|πώς λέγ*|πώς αποκαλ*|ποιο όνομα|ποιο είναι το όνομα|"
    "ποιος είναι ο όρος|ποιος τύπος|ποιος όρος|ποιος ήταν ο|ποιος είναι ο",
    "ru": "как назыв*|как зовут|как звали|как именуется|как иначе",
    "hi": "कौन सा|कौन सी|कौन से|कौनसा|कौनसी|कौनसे|क्या नाम",
    "th": "เรียกว่าอะไร|ชื่ออะไร|ชื่อว่าอะไร",
    "zh": "叫什么|被称为什么|名字是什么|什么名字",
    "tr": "adı nedir|ismi nedir|adı neydi|ne denir",
}
REASON = {
    "en": "why|what reason|what caused|what is the reason|how come|for what purpose|"
    "what is the purpose",
    "de": "warum|weshalb|wieso|welchem grund|aus welchem grund|wozu|welchen grund",
    "es": "por qué|qué razón|qué motivo|a qué se debe|por que|cuál es la razón|cuál fue la razón",
    "fr": "pourquoi|quelle raison",
    "it": "perché|quale motivo|per quale ragione",
    "pt": "por que|por quê|porque|qual motivo|qual razão",
    "nl": "waarom|welke reden|waardoor",
    "ro": "de ce|ce motiv|din ce cauză|care este motivul|din ce motiv",
    "tr": "neden|niçin|niye|hangi nedenle|nedeni nedir|neden dolayı",
    "vi": "tại sao|vì sao|lý do|nguyên nhân",
    "el": "γιατί|ποιος είναι ο λόγος|ποιον λόγο|ποιο λόγο|ποιος ήταν ο λόγος",
    "ru": "почему|зачем|по какой причине|отчего|какова причина|в чем причина",
    "ar": "لماذا|لم|ما سبب|ما السبب|ما هو سبب",
    "hi": "क्यों|किस कारण|किस वजह|क्या कारण",
    "th": "ทำไม|เพราะเหตุใด|เพราะอะไร|เหตุใด|เหตุผล",
    "zh": "为什么|为何|什么原因|原因是什么|何以",
    "ja": "なぜ|どうして",
    "ko": "왜",
}
MANNER = {
    "en": "how|in what way|by what means",
    "de": "wie|auf welche weise|wodurch|womit",
    "es": "cómo|^como|de qué manera|de qué forma",
    "fr": "comment|de quelle manière",
    "it": "come",
    "pt": "como",
    "nl": "hoe",
    "ro": "cum|în ce fel|în ce mod",
    "tr": "nasıl|nasıldır|ne şekilde",
    "vi": "như thế nào|bằng cách nào|thế nào|làm sao",
    "el": "πώς|^πως|με ποιον τρόπο|με ποιο τρόπο",
    "ru": "как|каким образом|каким способом",
    "ar": "كيف",
    "hi": "कैसे|किस प्रकार|किस तरह",
    "th": "อย่างไร|ยังไง|วิธีใด",
    "zh": "如何|怎么|怎样|什么方式",
    "ja": "どのように|どうやって",
    "ko": "어떻게",
}
THING = {
    "en": "what|which|name the|name a|name one",
    "de": "was|welche|welcher|welches|welchem|welchen|worauf|worin|wofür|woraus|wovon|"
    "woran|nennen sie",
    "es": "qué|que|cuál|cuáles|cual",
    "fr": "quel|quelle|quels|quelles|quoi|qu'est-ce",
    "it": "che|cosa|quale|quali|qual",
    "pt": "que|qual|quais|o que",
    "nl": "wat|welke|welk",
    "ro": "ce|care",
    "tr": "ne|nedir|hangi|hangisi*|hangileri*|neye|neyi|neler*|nelerdir|neydi",
    "vi": "gì|nào|cái gì",
    "el": "τι|ποια|ποιο|ποιες|ποιό|ποιά|ποιας",
    "ru": "что|какой|какая|какое|какие|какого|какую|чего|чем|каких|каким|какими|чему|"
    "каком|каков|какова",
    "ar": "ما|ماذا|أي|أية|ما هو|ما هي|بماذا|مما|بم|ماهي|ماهو",
    "hi": "क्या|कौन सा|कौन सी|कौन से|किस|किन|कौनसा|कौनसी",
    "th": "อะไร|ใด|ไหน|สิ่งใด",
    "zh": "什么|哪个|哪些|哪种|哪一|何种|哪|甚么",
    "ja": "何|どの|どれ",
    "ko": "무엇|어떤|어느|뭐",
}
YES_NO = {
    "en": "^is|^are|^was|^were|^do|^does|^did|^has|^have|^had|^can|^could|^will|^would|^should",
    "de": "^ist|^sind|^war|^waren|^hat|^haben|^kann|^wird|^werden|^gibt|^darf",
    "es": "^es|^son|^fue|^hay|^tiene|^puede|^está|^era",
    "fr": "^est-ce|^a-t-il|^est-il|^sont-ils|^peut-on",
    "it": "^è|^sono|^ha|^può",
    "pt": "^é|^são|^foi|^há|^pode",
    "nl": "^is|^zijn|^was|^heeft|^kan|^wordt",
    "ro": "^este|^sunt|^a fost|^are|^poate|^există|^oare",
    "tr": "mi|mı|mu|mü|midir|mıdır|mudur|müdür",
    "vi": "có phải|phải không|hay không|có đúng",
    "el": "^είναι|^ήταν|^έχει|^υπάρχει|^μήπως|^μπορεί",
    "ru": "ли|^разве|^правда ли",
    "ar": "هل|^أليس",
    "hi": "^क्या यह|^क्या वह",
    "th": "หรือไม่|ไหม|หรือเปล่า|ใช่ไหม",
    "zh": "是否|吗|是不是|有没有",
    "ja": "ですか|ますか",
    "ko": "^혹시",
}
ON_ABOUT = {
    "en": "what do people say|what are people saying|what do posts say|what is said about|"
    "opinions on|opinion of|what do you know about|tell me about|what is going on|"
    "any news|news about|what does everyone think|what do people think|what's new|"
    "discuss*",
    "de": "was sagen|was ist los|was gibt es neues|meinungen zu|erzähl*",
    "es": "qué dicen|qué dice la gente|qué piensa|qué opina*|qué se dice|noticias",
    "fr": "que disent|que dit-on|que pensent|quoi de neuf|des nouvelles",
    "it": "cosa dicono|cosa si dice|cosa pensano|novità",
    "pt": "o que dizem|o que se diz|o que pensam|novidades",
    "nl": "wat zeggen|wat vinden|wat is er aan de hand|nieuws over",
    "ro": "ce spun|ce zic|ce se spune|ce cred|noutăți",
    "tr": "insanlar ne diyor|ne diyorlar|ne söyleniyor|ne düşünüyor*|haberler",
    "vi": "mọi người nói gì|nói gì về|có tin gì",
    "el": "τι λένε|τι λέει ο κόσμος|τι πιστεύουν|νέα για",
    "ru": "что говорят|что пишут|что думают|новости|мнения",
    "ar": "ماذا يقول|ما رأي|ماذا يقولون|أخبار",
    "hi": "लोग क्या कह|क्या कहते|क्या सोचते|खबर",
    "th": "ว่าอย่างไรบ้าง|พูดถึง|คิดอย่างไร|ข่าว",
    "zh": "大家怎么说|怎么看|人们说|怎么评价|有什么消息|看法",
    "ja": "どう思|何と言って|評判",
    "ko": "뭐라고|어떻게 생각",
}
