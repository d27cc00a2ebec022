"""Words by which a second turn speaks of the answer before it: I mean, not that, the other one.

All are regular expressions over a turn in small letters, for all languages at once: whoever
corrects an answer seldom keeps to the language that a short line could be told by.
"""

from __future__ import annotations

import re

from stoa.grounding.words import listed


def _any(text: str) -> str:
    return "|".join(each.strip() for each in text.split("\n") if each.strip())


MEANS = re.compile(
    r"(?<!\w)(?:"
    + _any(
        r"""
        (?:(?:it|that)(?:['’]s|\sis|\swas)\s+)?what\s+i\s+mean(?:t)?(?:\s+(?:is|was))?
        i\s+(?:actually\s+|really\s+)?mean(?:t)?
        i(?:['’]m|\s+am|\s+was)\s+(?:asking|talking|thinking|speaking)\s+(?:about|of)
        i(?:['’]m|\s+am|\s+was)\s+(?:after|interested\s+in|looking\s+for|referring\s+to|on\s+about)
        i\s+had(?=[^.!?]*\bin\s+mind)|(?:i\s+had\s+)?in\s+mind|i\s+need(?:ed)?
        (?:that\s+|which\s+)?interests\s+me|i\s+want(?:ed)?|i(?:['’]d|\s+would)\s+like
        i\s+should\s+(?:have\s+said|explain|say)|should\s+have\s+said|i\s+ask(?:ed)?\s+about
        my\s+question\s+(?:is|was)\s+about
        ich\s+mein(?:e|te)|mein(?:e|te)\s+ich|gemeint\s+(?:ist|war|habe\s+ich)
        ich\s+(?:rede|spreche|sprach|redete)\s+von|ich\s+frag(?:e|te)\s+nach
        (?:mir\s+geht|es\s+geht|mir\s+ging|es\s+ging)\s+(?:es\s+|mir\s+)*um|ich\s+dachte\s+an
        me\s+(?:refiero|refería)\s+al?|(?:quise|quiero|quería)\s+decir|(?:hablo|hablaba)\s+del?
        (?:pregunto|preguntaba)\s+por|me\s+interesa|(?:pienso|pensaba)\s+en
        je\s+(?:veux|voulais)\s+(?:dire|parler\s+d(?:e|u|es))|je\s+parl(?:e|ais)\s+d(?:e|u|es)
        je\s+pens(?:e|ais)\s+(?:à|au|aux|a)|il\s+s['’]agit\s+d(?:e|u|es)
        intend(?:o|evo)|volevo\s+dire|parl(?:o|avo)\s+d(?:i|el|ella|ello)
        mi\s+riferi(?:sco|vo)\s+a(?:l|lla|llo)?|pensavo\s+a(?:l|lla|llo)?
        (?:quis|quero|queria)\s+dizer|(?:me\s+refiro|refiro-me|referia-me)\s+(?:a|ao|à)
        (?:falo|falava|estou\s+a\s+falar)\s+d[eoa]|pensava\s+(?:em|n[oa])
        mă\s+(?:refer|refeream|gândeam)\s+la|(?:vreau|voiam)\s+să\s+(?:zic|spun)
        (?:vorbesc|vorbeam)\s+(?:de|despre)
        (?:я\s+)?име(?:ю|л|ла)\s+в\s+виду|(?:говор(?:ю|ил|ила)|спрашива(?:ю|л|ла)|дума(?:ю|л|ла))\s+(?:о|об|про)
        речь\s+(?:о|об|про)|я\s+(?:про|о|об)
        εννο(?:ώ|ούσα)|μιλ(?:άω|ώ|ούσα)\s+για|(?:λέω|έλεγα|ρωτάω|ρωτούσα)\s+για
        kastet(?:tim|miştim)|kastediyor(?:um|dum)|demek\s+isti(?:yorum|yordum)|demek\s+istedim
        (?:soruyorum|sordum|bahsediyorum)
        ý\s+(?:của\s+)?(?:tôi|mình|em)(?:\s+là)?|(?:tôi|mình|em)\s+(?:đang\s+|muốn\s+)?(?:nói|hỏi)(?:\s+về)?
        (?:أقصد|أعني|قصدت|أتحدث\s+عن|أسأل\s+عن|كنت\s+أقصد)
        मेरा\s+(?:मतलब|आशय)(?:\s+था|\s+है)?
        """
    )
    + r")(?!\w)|我(?:是)?(?:指|说|說|问|問|讲)的?是?|我的意思是|我想问的是|หมายถึง",
    re.IGNORECASE,
)
"""What says that something is meant; what is meant stands after it, or before it."""

REFUSES = re.compile(
    r"^(?:(?:no|nope|nah|nein|nee|non|nu|não|нет|όχι|hayır|yok|không(?:\s+phải)?(?!\s+phải)|लेकिन\s+नहीं|नहीं)"
    r"(?!\w)|不(?:是|对|對)?(?=[\s,，。!！、|]|$)|لا(?!\w)|ไม่(?:ใช่)?(?=[\s,]))",
    re.IGNORECASE,
)
FILLS = re.compile(
    r"^(?:h+m+|oh|uh+|um+|er|ah|eh|sorry|pardon|actually|well|wait|please|thanks|thank\s+you|ok(?:ay)?"
    r"|but|rather|just|only|then|so|see|look|instead|and"
    r"|you(?:['’]ve|\s+have)?\s+(?:misunderst\w+|got\s+(?:me|it)\s+wrong)|never\s+mind"
    r"|(?:that(?:['’]s|\s+is)\s+)?(?:the\s+)?wrong\s+(?:one|thing|place|year|person)"
    r"|that(?:['’]s|\s+is)|it(?:['’]s|\s+is)"
    r"|bitte|danke|entschuldigung|verzeihung|doch|also|ach|aber"
    r"|perdón|perdona|gracias|por\s+favor|bueno|pero|désolée?|pardon|merci|s['’]il\s+(?:vous|te)\s+plaît"
    r"|mais|plutôt|scusi|scusa|grazie|per\s+favore|desculpe|obrigad[oa]|scuze|mulțumesc|vă\s+rog"
    r"|извини(?:те)?|простите|спасибо|пожалуйста|я|а|συγγνώμη|παρακαλώ|ευχαριστώ|pardon|özür\s+dilerim"
    r"|lütfen|ben|xin\s+lỗi|làm\s+ơn|请|抱歉|对不起|عفوا|شكرا|من\s+فضلك|أنا|कृपया|माफ़\s+कीजिए)(?!\w)",
    re.IGNORECASE,
)
ENDS = re.compile(
    r"(?<!\w)(?:please|thanks|thank\s+you|though|instead|bitte|danke|gracias|por\s+favor|merci"
    r"|s['’]il\s+(?:vous|te)\s+plaît|lütfen|пожалуйста|nhé|ạ|(?:ist|war)\s+gemeint)$",
    re.IGNORECASE,
)
NOT = re.compile(
    r"(?<!\w)(?:not|rather\s+than|instead\s+of|i\s+(?:did|do)(?:n['’]?t|\s+not)\s+mean|i\s+was(?:n['’]?t"
    r"|\s+not)\s+(?:asking|talking)\s+about|nicht|pas|non|nicht\s+um|no\s+a|no|não|nu\s+la|nu|не\s+(?:про|об|о)"
    r"|не|όχι|không\s+phải(?:\s+là)?|ليس(?:ت)?)(?!\w)|不是",
    re.IGNORECASE,
)
BUT = re.compile(
    r"(?<!\w)(?:but|sondern|sino|mais|ma|bensì|mas(?:\s+sim)?|ci|αλλά|mà(?:\s+là)?|а|بل|बल्कि)(?!\w)|而是"
    r"|แต่เป็น|แต่",
    re.IGNORECASE,
)
THAT = re.compile(
    r"^(?:that|this|it|these|those|him|her|them|the\s+first|the\s+ones?|what|den|die|das|diese[nrs]?|der|ese|esa|eso|este"
    r"|esta|esto|celui-là|celle-là|celui-ci|celle-ci|ça|cela|quello|quella|questo|esse|essa|acela|aceea"
    r"|это|этот|эту|эта|этом|того|том|ту|αυτό|αυτόν|αυτήν|bu|bunu|cái\s+đó|这个|那个|هذا|هذه|यह|वह|आ)(?:\s+one)?$",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"(?<!\w)(?:(?:the\s+|an)?other(?:\s+one|\s+ones)?|(?:d(?:e[nrsm]|ie|as)\s+)?andere[nrsm]?|(?:el|la|los|las)\s+otr[oa]s?"
    r"|l['’]autre|les\s+autres|(?:l['’])?altr[oa]|[oa]\s+outr[oa]|celălalt|cealaltă"
    r"|друг(?:ой|ая|ое|ую|ого|ом|им)|(?:τ(?:ον|ην|ο)\s+)?άλλ(?:ον|ο|ην|η|ος)|diğeri(?:ni)?|öbürü(?:nü)?"
    r"|ötekini?|cái\s+(?:kia|khác)|ال[آا]خرى?|दूसर[ाीे])(?!\w)|另(?:外)?一个|另一個|อีก(?:อัน|แห่ง|ตัว)",
    re.IGNORECASE,
)
ONE = listed(
    "one ones the a an that this of from in at by to about kind der die das den dem ein eine von "
    "aus im el la los las un una del de le les du des celui celle l il lo uno o os as um uma cel "
    "cea об про το τον την η ο cái là của का की के में से वाला वाली"
)
"""Words that name nothing in "the one from ..."."""
PLACING = re.compile(
    r"^(?:the|in|at|of|from|by|der|die|das|den|im|in|aus|von|el|la|los|las|del|de|en|le|les|l['’]|celui|celle"
    r"|du|il|lo|gli|quello|quella|o|a|cel|cea|din|в|на|из|τον|την|το|του)(?!\w)|['’]s(?:\s+one)?$|^(?:1\d|20)\d\d$",
    re.IGNORECASE,
)
"""How a description begins or ends, other than a bare name that may be an answer."""
CLAIMS = re.compile(
    r"(?<!\w)(?:(?:it|that|he|she|they|there)(?:['’](?:s|re)|\s+(?:is|was|are|were|must|has|had|can|cannot|should))"
    r"|(?:es|das|er|sie)\s+(?:ist|war|sind|waren|muss|kann|hat)|(?:ist|war)\s+es|(?:fue|es|era|son|fueron|eran)(?:\s+en)?"
    r"|c['’](?:est|était)|ce\s+(?:sont|n['’]est)|il\s+y\s+(?:a|avait)|è|era|erano|sono|foi|eram|são|este|sunt"
    r"|это\s+(?:был[аои]?|не)|был[аои]?|είναι|ήταν|là\s+năm|كان|كانت)(?!\w)|是(?=\d)",
    re.IGNORECASE,
)
"""How a turn states something else instead of saying which thing is meant."""

OBJECTS = re.compile(
    r"(?<!\w)(?:come\s+on|made?\s+(?:that|this|it)\s+up|making\s+(?:that|this|it)\s+up|can(?:['’]t|not|\s+not)\s+be"
    r"|must\s+(?:be|have\s+been)|i\s+(?:read|heard|thought|was\s+told|remember)|my\s+\w+\s+(?:says|said|told|counted)"
    r"|(?:that|this|it)\s+(?:sounds|looks|seems)\s+wrong|how\s+can\s+(?:that|it)\s+be|are\s+you\s+kidding|no\s+way"
    r"|kann\s+nicht\s+(?:sein|stimmen)|glaube?\s+ich\s+nicht|(?:sicher|seguro|sicuro|sûr)\s*\?|bist\s+du\s+sicher|sind\s+sie\s+sicher"
    r"|no\s+(?:me\s+lo\s+|lo\s+)?cre(?:o|emos)|no\s+puede\s+ser|(?:estás?|está)\s+segur[oa]"
    r"|(?:vous\s+êtes|tu\s+es|t['’]es)\s+sûre?s?|je\s+n['’]y\s+crois\s+pas|(?:ce\s+n['’]est\s+|c['’]est\s+)(?:pas\s+)?(?:im)?possible"
    r"|sei\s+sicur[oa]|non\s+(?:ci\s+credo|può\s+essere)|tem\s+certeza|não\s+(?:acredito|pode\s+ser)"
    r"|ești\s+sigur|nu\s+(?:cred|se\s+poate)|не\s+(?:верю|может\s+быть)|(?:ты|вы)\s+уверен[аы]?"
    r"|not\s+(?:true|right|correct|so)|nicht\s+(?:wahr|richtig|so)|stimmt\s+nicht|es\s+(?:verdad|cierto|falso)"
    r"|pas\s+(?:vrai|exact|juste)|è\s+vero|é\s+verdade|e(?:ste)?\s+(?:adevărat|corect)|не\s+(?:так|правда)"
    r"|είναι\s+(?:σωστό|αλήθεια|λάθος)|doğru\s+değil|không\s+đúng|सही\s+नहीं"
    r"|είσαι\s+σίγουρ|δεν\s+το\s+πιστεύω|emin\s+misin|inanmıyorum|olamaz|chắc\s+không|không\s+tin)(?!\w)"
    r"|我不信|不可能|你确定|متأكد|لا\s+أصدق|غير\s+معقول|यकीन|แน่ใจ",
    re.IGNORECASE,
)
"""How a turn disputes an answer without refusing it in so many words."""
