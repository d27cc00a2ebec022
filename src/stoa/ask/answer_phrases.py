"""The few sentences of our own that stand around quotations, by language.

They state nothing about the world: they say who is quoted, what was left out and what is not known.
A language without a table here gets English words around its own quotations.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerPhrases:
    """Frames of one language. `{...}` are filled; headings come without a colon."""

    records: str
    documents: str  # other than records
    notes: str
    posts: str
    disagree: str
    stronger: str  # {source}
    says: str  # {who}, {what}: an attributed statement
    unknown: str  # nothing at hand answers
    settle: str  # what would decide it
    used: str  # {used}, {found}
    copies: str  # {n}
    off_topic: str  # {n}
    thin: str  # {n}
    bait: str  # {n}
    withdrawn: str  # {what}
    followup: str  # {what}: a name in the sources
    quote: tuple[str, str] = ("“", "”")
    comma: str = ", "


_TABLES: dict[str, AnswerPhrases] = {
    "en": AnswerPhrases(
        records="What the records say",
        documents="What documents say",
        notes="What the notes say",
        posts="What posts say",
        disagree="Where they disagree",
        stronger="The stronger source is {source}.",
        says="{who} says: {what}",
        unknown="The sources at hand do not answer this.",
        settle="A primary source that states it would settle it.",
        used="Used {used} of {found} sources",
        copies="{n} copies",
        off_topic="{n} off topic",
        thin="{n} with little in them",
        bait="{n} bait",
        withdrawn="Taken back: {what}",
        followup="What is said about {what}?",
    ),
    "de": AnswerPhrases(
        records="Was die Akten sagen",
        documents="Was Dokumente sagen",
        notes="Was die Anmerkungen sagen",
        posts="Was Beiträge sagen",
        disagree="Wo sie sich widersprechen",
        stronger="Die stärkere Quelle ist {source}.",
        says="{who} sagt: {what}",
        unknown="Die vorliegenden Quellen beantworten das nicht.",
        settle="Eine Primärquelle, die es nennt, würde es klären.",
        used="{used} von {found} Quellen verwendet",
        copies="{n} Kopien",
        off_topic="{n} am Thema vorbei",
        thin="{n} ohne viel Inhalt",
        bait="{n} Köder",
        withdrawn="Zurückgenommen: {what}",
        followup="Was wird über {what} gesagt?",
        quote=("„", "“"),
    ),
    "es": AnswerPhrases(
        records="Lo que dicen los documentos",
        documents="Lo que dicen otros textos",
        notes="Lo que dicen las notas",
        posts="Lo que dicen las publicaciones",
        disagree="En qué no coinciden",
        stronger="La fuente más sólida es {source}.",
        says="{who} dice: {what}",
        unknown="Las fuentes disponibles no responden a esto.",
        settle="Lo resolvería una fuente primaria que lo diga.",
        used="Se usaron {used} de {found} fuentes",
        copies="{n} copias",
        off_topic="{n} fuera de tema",
        thin="{n} con poco contenido",
        bait="{n} ganchos",
        withdrawn="Retirado: {what}",
        followup="¿Qué se dice sobre {what}?",
        quote=("«", "»"),
    ),
    "fr": AnswerPhrases(
        records="Ce que disent les registres",
        documents="Ce que disent d'autres textes",
        notes="Ce que disent les notes",
        posts="Ce que disent les publications",
        disagree="Sur quoi elles divergent",
        stronger="La source la plus solide est {source}.",
        says="{who} dit : {what}",
        unknown="Les sources disponibles ne répondent pas à cela.",
        settle="Une source primaire qui le dit trancherait.",
        used="{used} sources utilisées sur {found}",
        copies="{n} doublons",
        off_topic="{n} hors sujet",
        thin="{n} presque vides",
        bait="{n} appâts",
        withdrawn="Retiré : {what}",
        followup="Que dit-on de {what} ?",
        quote=("« ", " »"),
    ),
    "el": AnswerPhrases(
        records="Τι λένε τα έγγραφα",
        documents="Τι λένε άλλα κείμενα",
        notes="Τι λένε οι σημειώσεις",
        posts="Τι λένε οι αναρτήσεις",
        disagree="Πού διαφωνούν",
        stronger="Η ισχυρότερη πηγή είναι {source}.",
        says="{who} λέει: {what}",
        unknown="Οι διαθέσιμες πηγές δεν απαντούν σε αυτό.",
        settle="Θα το έκρινε μια πρωτογενής πηγή που το αναφέρει.",
        used="Χρησιμοποιήθηκαν {used} από {found} πηγές",
        copies="{n} αντίγραφα",
        off_topic="{n} εκτός θέματος",
        thin="{n} με λίγο περιεχόμενο",
        bait="{n} δολώματα",
        withdrawn="Ανακαλείται: {what}",
        followup="Τι λέγεται για: {what};",
        quote=("«", "»"),
    ),
    "ru": AnswerPhrases(
        records="Что говорят документы",
        documents="Что говорят другие тексты",
        notes="Что говорят примечания",
        posts="Что говорят посты",
        disagree="В чём они расходятся",
        stronger="Более весомый источник: {source}.",
        says="{who} говорит: {what}",
        unknown="Имеющиеся источники не отвечают на это.",
        settle="Решил бы первоисточник, где это сказано.",
        used="Использовано источников: {used} из {found}",
        copies="копий: {n}",
        off_topic="не по теме: {n}",
        thin="малосодержательных: {n}",
        bait="приманок: {n}",
        withdrawn="Отозвано: {what}",
        followup="Что говорится о теме «{what}»?",
        quote=("«", "»"),
    ),
    "tr": AnswerPhrases(
        records="Kayıtlar ne diyor",
        documents="Belgeler ne diyor",
        notes="Notlar ne diyor",
        posts="Gönderiler ne diyor",
        disagree="Nerede ayrışıyorlar",
        stronger="Daha güçlü kaynak: {source}.",
        says="{who} şöyle diyor: {what}",
        unknown="Eldeki kaynaklar bunu yanıtlamıyor.",
        settle="Bunu belirten birincil bir kaynak konuyu çözer.",
        used="{found} kaynaktan {used} tanesi kullanıldı",
        copies="{n} kopya",
        off_topic="{n} konu dışı",
        thin="{n} içeriği az",
        bait="{n} tuzak",
        withdrawn="Geri alındı: {what}",
        followup="{what} hakkında ne deniyor?",
    ),
    "ar": AnswerPhrases(
        records="ما تقوله الوثائق",
        documents="ما تقوله نصوص أخرى",
        notes="ما تقوله الملاحظات",
        posts="ما تقوله المنشورات",
        disagree="أين تختلف",
        stronger="المصدر الأقوى هو {source}.",
        says="يقول {who}: {what}",
        unknown="المصادر المتاحة لا تجيب عن هذا.",
        settle="يحسم الأمر مصدر أولي يذكره.",
        used="استُخدم {used} من {found} من المصادر",
        copies="نسخ: {n}",
        off_topic="خارج الموضوع: {n}",
        thin="قليلة المحتوى: {n}",
        bait="طُعم: {n}",
        withdrawn="سُحب: {what}",
        followup="ماذا يقال عن {what}؟",
        quote=("«", "»"),
        comma="، ",
    ),
    "vi": AnswerPhrases(
        records="Hồ sơ nói gì",
        documents="Tài liệu nói gì",
        notes="Ghi chú nói gì",
        posts="Bài đăng nói gì",
        disagree="Chỗ chúng không khớp",
        stronger="Nguồn vững hơn là {source}.",
        says="{who} nói: {what}",
        unknown="Các nguồn hiện có không trả lời được điều này.",
        settle="Một nguồn gốc nêu rõ điều đó sẽ giải quyết được.",
        used="Đã dùng {used} trong {found} nguồn",
        copies="{n} bản sao",
        off_topic="{n} lạc đề",
        thin="{n} ít nội dung",
        bait="{n} câu mồi",
        withdrawn="Rút lại: {what}",
        followup="Người ta nói gì về {what}?",
    ),
    "th": AnswerPhrases(
        records="เอกสารกล่าวว่าอย่างไร",
        documents="เอกสารอื่นกล่าวว่าอย่างไร",
        notes="หมายเหตุกล่าวว่าอย่างไร",
        posts="โพสต์กล่าวว่าอย่างไร",
        disagree="จุดที่ขัดกัน",
        stronger="แหล่งที่หนักแน่นกว่าคือ {source}",
        says="{who} กล่าวว่า: {what}",
        unknown="แหล่งข้อมูลที่มีไม่ตอบคำถามนี้",
        settle="แหล่งข้อมูลชั้นต้นที่ระบุเรื่องนี้จะให้คำตอบได้",
        used="ใช้ {used} จาก {found} แหล่ง",
        copies="ซ้ำ {n}",
        off_topic="นอกเรื่อง {n}",
        thin="เนื้อหาน้อย {n}",
        bait="ล่อให้คลิก {n}",
        withdrawn="ถอนคืน: {what}",
        followup="มีการกล่าวถึง {what} ว่าอย่างไร",
    ),
    "zh": AnswerPhrases(
        records="记录怎么说",
        documents="文档怎么说",
        notes="注释怎么说",
        posts="帖子怎么说",
        disagree="分歧之处",
        stronger="更有力的来源是 {source}。",
        says="{who}说：{what}",
        unknown="现有来源没有回答这个问题。",
        settle="若有写明此事的一手来源，即可定论。",
        used="在 {found} 个来源中用了 {used} 个",
        copies="重复 {n} 个",
        off_topic="离题 {n} 个",
        thin="内容过少 {n} 个",
        bait="诱饵 {n} 个",
        withdrawn="撤回：{what}",
        followup="关于{what}有什么说法？",
        comma="，",
    ),
    "hi": AnswerPhrases(
        records="अभिलेख क्या कहते हैं",
        documents="दस्तावेज़ क्या कहते हैं",
        notes="टिप्पणियाँ क्या कहती हैं",
        posts="पोस्ट क्या कहती हैं",
        disagree="जहाँ वे असहमत हैं",
        stronger="अधिक ठोस स्रोत {source} है।",
        says="{who} का कहना है: {what}",
        unknown="उपलब्ध स्रोत इसका उत्तर नहीं देते।",
        settle="जिस मूल स्रोत में यह लिखा हो, वह इसे तय कर देगा।",
        used="{found} में से {used} स्रोत उपयोग हुए",
        copies="{n} प्रतियाँ",
        off_topic="{n} विषय से बाहर",
        thin="{n} में सामग्री कम",
        bait="{n} चारा",
        withdrawn="वापस लिया: {what}",
        followup="{what} के बारे में क्या कहा गया है?",
    ),
    "ro": AnswerPhrases(
        records="Ce spun documentele",
        documents="Ce spun alte texte",
        notes="Ce spun notele",
        posts="Ce spun postările",
        disagree="Unde nu se potrivesc",
        stronger="Sursa mai puternică este {source}.",
        says="{who} spune: {what}",
        unknown="Sursele de față nu răspund la asta.",
        settle="O sursă primară care o spune ar lămuri lucrurile.",
        used="S-au folosit {used} din {found} surse",
        copies="{n} copii",
        off_topic="{n} pe lângă subiect",
        thin="{n} cu puțin conținut",
        bait="{n} momeli",
        withdrawn="Retras: {what}",
        followup="Ce se spune despre {what}?",
        quote=("„", "”"),
    ),
}


def phrases(lang: str) -> AnswerPhrases:
    """The frames of a language (BCP 47; only its first part counts), or the English ones.

    >>> phrases("de-AT").disagree
    'Wo sie sich widersprechen'
    """
    return _TABLES.get(lang.split("-")[0].casefold(), _TABLES["en"])


def languages() -> tuple[str, ...]:
    """The languages that have frames of their own."""
    return tuple(sorted(_TABLES))
