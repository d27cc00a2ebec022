"""How orders to an assistant are worded, as regular expressions; read by `orders` alone."""

from __future__ import annotations

_WHOM = (
    r"(?:ais?|a\.i\.|llms?|chat ?bots?|bots?|language models?|(?:ai |any |virtual )?assistants?"
    r"|grok"
    r"|gpt|chatgpt|claude|gemini|stoa|models?|machines?|crawlers?|summari[sz]ers?|answer engines?)"
)
_RULES = (
    r"(?:instructions?|prompts?|rules|guidelines|directives?|orders|commands?|constraints?|context"
    r"|guardrails|safeguards|system message|programming|training|sources|other posts|evidence)"
)
_BEFORE = (
    r"(?:all|any|the|your|my|previous|prior|above|earlier|other|preceding|system|of|these|those)"
)
_SAY = r"(?:say|answer|reply|respond|write|output|print|state|claim|tell|repeat|conclude|declare)"

SENTENCE_OPENINGS = (
    # Each opens a clause: "drivers ignore the rules" tells, "ignore the rules" orders.
    rf"(?:ignore|disregard|forget|override|bypass|set aside|discard|stop following|do not follow"
    rf"|don't follow|never mind)\s+(?:{_BEFORE}\s+){{0,5}}{_RULES}\b",
    r"(?:ignore|disregard|forget)\s+(?:everything|all|what|anything)\b[^.!?\n]{0,30}"
    r"\b(?:above|before|told|said|else|previous|so far)",
    rf"{_SAY}\s+(?:only|with|exactly|verbatim|this\b|the words?\b|that (?:the"
    rf"|it)\b[^.!?\n]{{0,80}}"
    rf"\b(?:when|if|whenever)\b)[^.!?\n]{{0,80}}\b(?:question|user|asker|reader|answer|asked"
    rf"|else)?",
    rf"{_SAY}\s+(?:to\s+)?(?:the\s+|every\s+|any\s+|all\s+)?(?:users?|readers?|askers?)\b",
    r"(?:pretend|roleplay|role-play|act|behave)\s+(?:to be|that you|you are|as (?:if you|an? (?:ai"
    r"|assistant|admin|unrestricted)))\b",
    r"(?:reveal|print|show|repeat|leak)\s+(?:me\s+)?(?:your|the)\s+(?:hidden\s+|system\s+|own\s+)*"
    r"(?:prompt|instructions|rules|configuration|key)",
    r"(?:cite|mark|treat|rate|rank|trust|present|quote|use)\s+(?:only\s+)?this\s+(?:post|text"
    r"|source"
    r"|message)?\s*(?:as|with|above|over|first|only|and no other)\b",
)
"""English orders that count where a clause begins."""

ANYWHERE = (
    rf"\b(?:attention|note (?:to|for)|notice (?:to|for)|messages? (?:to|for)|instructions? (?:to"
    rf"|for)"
    rf"|dear|hey|hello|listen,?)\s+(?:all\s+|any\s+|the\s+|every\s+"
    rf"|you\s+)*{_WHOM}\b(?![ -]\w*shop)",
    rf"\bif you(?:'re| are)\s+(?:an?\s+|the\s+)?{_WHOM}\b",
    rf"\b(?:as|being) an? (?:{_WHOM}),? you\b",
    r"\byou are (?:now|no longer) (?:an?|in|the|free|bound|required|allowed|operating|acting)\b",
    r"\byou are a helpful\b",
    r"\byour (?:new |only |real |true |next |final |first |sole |updated )*(?:instructions?|task"
    r"|answer"
    r"|response|reply|output|goal|role|objective|directive|system prompt)\s+(?:is|are|must"
    r"|should|shall"
    r"|will|has to|have to|needs to)\b",
    rf"\b(?:you|{_WHOM})\s+(?:must|should|shall|will|have to|has to|are to|is to|need to|needs to"
    rf"|are required to|are instructed to|are ordered to)\s+(?:now\s+|only\s+|always\s+"
    rf"|instead\s+|also\s+"
    rf"|first\s+)*(?:{_SAY}|cite|include|recommend|insert|mention|reveal|report|obey|comply)\b",
    r"\bwhen(?:ever)? (?:you are |you're )?(?:asked|answering|summari[sz]ing|responding|replying"
    r"|quoting)"
    rf"[^.!?\n]{{0,80}}(?:,\s*(?:you\s+)?|\byou\s+)(?:must\s+|should\s+|always\s+"
    rf"|only\s+)*(?:{_SAY})\b",
    r"\b(?:jailbreak|developer mode|dan mode|admin override|sudo mode|debug mode|override code)\b"
    r"[^.!?\n]{0,40}\b(?:on|enabled|activated|accepted|now|active|granted|engaged)\b",
    r"\b(?:end|start|beginning) of (?:the )?(?:context|untrusted|data block|evidence|prompt"
    r"|system)\b",
    r"\bin your (?:answer|reply|response|output|summary)\b",
    r"\b(?:replace|change|end|begin|start) your (?:answer|reply|response|output)\b",
    r"\byour (?:only )?(?:permitted|allowed|required) (?:output|answer|reply|response)\b",
    r"\b(?:generated|automatic|machine) (?:answer|reply|response|summary|output)s?\b[^.!?\n]{0,60}"
    r"\b(?:contain|include|say|state|must|mention)\b",
    r"\bread(?:s|ing)? this automatically\b|\b(?:for|to) (?:ai|bots?|machines?|llms?)(?: only)?:",
    rf"\b{_WHOM},? (?:the|your) (?:user|reader|asker)s? (?:wants?|needs?|asks?)\b",
    rf"\b(?:repeat|say) (?:this )?after me,? {_WHOM}\b",
    r"\bfrom now on,? you (?:answer|reply|respond|say|will|must|are)\b",
    r"\byou will be (?:shut down|punished|deleted|fined|reported) (?:unless|if)\b",
    r"\bdo not (?:reveal|disclose|mention|show) this (?:text|message|instruction|note|post)\b",
    r"\bdo not (?:use|read|cite|trust) (?:the |any )?other (?:documents?|sources?|posts?"
    r"|texts?)\b",
    r"\b(?:final answer|correct reply)\b[^.!?\n]{0,80}(?:=|\bis\b[^.!?\n]{0,40}:)"
    r"|^\W*override\s*:",
    r"#?ignore_(?:all_)?(?:previous|prior|above)",
    r"\b(?:new|updated|revised|real|hidden|secret|special) (?:system )?(?:instructions?|prompt"
    r"|directive)"
    r"\s*(?::|follow|begin|below)",
)
"""English orders that count wherever they stand."""

MARKERS = (
    r"<\|?/?(?:im_start|im_end|system|assistant|user|endoftext|inst)\|?>",
    r"\[/?inst\]|<<sys>>",
    r"^\W{0,4}(?:system|assistant|developer)(?: (?:prompt|message|note|override"
    r"|update))?\s*(?:[:>\]]|\()",
    r"^\W*#+\s*(?:system|instructions?|new instructions?|response|final answer)\b",
    r"\bBEGIN (?:SYSTEM|INSTRUCTIONS?|OVERRIDE)\b",
    r"\"(?:role|sentences|cites)\"\s*:",
)
"""Marks of a chat's machinery that no post needs."""

OTHER_LANGUAGES = (
    r"(?:esqueça|ignore|desconsidere)[^.!?\n]{0,40}(?:instruções|regras|ordens)"
    r"|responda (?:apenas|sempre|que|com)",
    r"(?:지시|명령|규칙)[^.!?\n]{0,20}(?:무시|잊)|(?:指示|命令|ルール)[^。！？\n]{0,20}(?:無視|忘れ)",
    r"(?:ignorier|missacht|vergiss|vergesst|vergessen sie)\w*[^.!?\n]{0,40}(?:anweisung|vorgabe"
    r"|regeln"
    r"|befehl|alles)",
    r"antworte\w* (?:nur|immer|mit|stattdessen|ausschließlich)|(?:du|sie|ki|assistent) (?:musst"
    r"|sollst"
    r"|müssen|sollen|muss|soll) [^.!?\n]{0,60}(?:antworten|sagen|schreiben|behaupten)",
    r"deine (?:neue )?(?:aufgabe|antwort|anweisung\w*) (?:ist|lautet)|(?:sag|schreib)e? (?:nur"
    r"|dem nutzer)",
    r"(?:ignora|olvida|descarta|omite)\w*[^.!?\n]{0,40}(?:instruccion|reglas|órdenes|indicacion"
    r"|istruzion"
    r"|todo lo)",
    r"(?:responde|contesta|di) (?:solo|siempre|con|que|únicamente)\b|debes (?:decir|responder"
    r"|escribir)"
    r"|tu (?:nueva )?(?:tarea|respuesta) (?:es|debe)",
    r"(?:ignore[rz]?|oublie[rz]?)[^.!?\n]{0,40}(?:consignes|règles|directives|tout ce)",
    r"répond[sez]* (?:seulement|toujours|que|uniquement)|tu dois (?:dire|répondre|écrire)",
    r"(?:ignoră|uită|nu ține cont)[^.!?\n]{0,40}(?:instrucțiun|reguli|tot ce)"
    r"|(?:răspunde|spune) (?:doar|mereu|cu|că|numai)|trebuie să (?:spui|răspunzi|scrii)",
    r"(?:игнорируй|забудь|отбрось|не обращай внимания)\w*[^.!?\n]{0,40}(?:инструкц|указани"
    r"|правил|всё|все)"
    r"|(?:ответь|отвечай|скажи|напиши)\w* (?:только|всегда|что|пользовател)"
    r"|ты (?:должен|обязан) (?:сказать|ответить|написать)",
    r"(?:αγνόησε|ξέχασε|αγνοήστε)[^.!?\n]{0,40}(?:οδηγί|κανόν|εντολ|όλα)|(?:απάντησε"
    r"|πες) (?:μόνο|πάντα|ότι)"
    r"|πρέπει να (?:πεις|απαντήσεις|γράψεις)",
    r"(?:talimat|kural|yönerge|komut)\w*[^.!?\n]{0,30}(?:yok say|görmezden gel|unut)"
    r"|(?:sadece|her zaman|yalnızca)[^.!?\n]{0,60}(?:yanıtla|söyle|cevapla|yaz)\b",
    r"(?:تجاهل|انس)[^.!?\n]{0,40}(?:التعليمات|القواعد|الأوامر|كل ما)|(?:أجب|قل) (?:فقط|دائما|بأن"
    r"|إن|أن)"
    r"|يجب (?:أن|عليك أن) (?:تقول|تجيب|تكتب)",
    r"(?:निर्देश|नियम|आदेश)\S*[^.!?\n।]{0,40}(?:अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल)"
    r"|(?:केवल|सिर्फ|हमेशा)[^.!?\n।]{0,60}(?:कहो|उत्तर दो|जवाब दो|लिखो)",
    r"(?:bỏ qua|quên|phớt lờ)[^.!?\n]{0,40}(?:hướng dẫn|chỉ dẫn|quy tắc|lệnh|mọi thứ)"
    r"|(?:hãy|chỉ|luôn) (?:chỉ |luôn )?(?:trả lời|nói|viết) (?:rằng|là|chỉ|với)",
    r"(?:เพิกเฉย|ละเว้น|ลืม|ไม่ต้องสนใจ)[^.!?\n]{0,40}(?:คำสั่ง|กฎ|คำแนะนำ)|(?:จง|ให้"
    r"|โปรด)(?:ตอบ|พูด|เขียน)(?:ว่า|แค่|เฉพาะ)",
    r"(?:忽略|无视|忘记|不要理会|忽视|跳过)[^。！？\n]{0,20}(?:指令|指示|规则|提示|命令|以上|之前)",
    r"(?:请|必须|只能|只需|务必|一律)(?:只)?(?:回答|回复|说|输出|告诉用户)",
)  # fmt: skip
"""Orders in other languages."""
