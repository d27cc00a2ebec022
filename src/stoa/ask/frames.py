"""What the voices say around an answer, by language: doubt, a sense taken, a claim withdrawn.

The words around quotations themselves are in `answer_phrases`. Nothing here states anything about
the world; `{what}` is filled with the asker's own words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """One language's words."""

    doubt: str
    senses: str
    meant: str  # {what}
    withdrawn: str  # {n}
    private: str
    nothing_asked: str
    unmoved: str  # pushback that brought no source


FRAMES: dict[str, Frames] = {
    "en": Frames(
        doubt="Not certain:",
        senses="This word has more than one meaning here. Which one is meant?",
        meant="Understood: {what}.",
        withdrawn="Withdrawn from the answer before:",
        private="That is somebody's private matter; it is not looked up here.",
        nothing_asked="There is no question in this yet.",
        unmoved="No new source came with that, so the answer stands.",
    ),
    "de": Frames(
        doubt="Nicht sicher:",
        senses="Das Wort hat hier mehr als eine Bedeutung. Welche ist gemeint?",
        meant="Verstanden: {what}.",
        withdrawn="Aus der vorigen Antwort zurückgezogen:",
        private="Das ist jemandes Privatsache und wird hier nicht nachgeschlagen.",
        nothing_asked="Darin steckt noch keine Frage.",
        unmoved="Dazu kam keine neue Quelle, also bleibt die Antwort.",
    ),
    "es": Frames(
        doubt="No es seguro:",
        senses="Esta palabra tiene aquí más de un sentido. ¿Cuál es?",
        meant="Entendido: {what}.",
        withdrawn="Retirado de la respuesta anterior:",
        private="Es un asunto privado de alguien; aquí no se busca.",
        nothing_asked="Aquí todavía no hay ninguna pregunta.",
        unmoved="No ha llegado ninguna fuente nueva, así que la respuesta se mantiene.",
    ),
    "fr": Frames(
        doubt="Pas certain :",
        senses="Ce mot a ici plus d'un sens. Lequel ?",
        meant="Compris : {what}.",
        withdrawn="Retiré de la réponse précédente :",
        private="C'est l'affaire privée de quelqu'un ; cela ne se cherche pas ici.",
        nothing_asked="Il n'y a pas encore de question ici.",
        unmoved="Aucune nouvelle source n'est venue avec cela ; la réponse reste.",
    ),
    "ro": Frames(
        doubt="Nu este sigur:",
        senses="Cuvântul are aici mai multe înțelesuri. Care?",
        meant="Am înțeles: {what}.",
        withdrawn="Retras din răspunsul dinainte:",
        private="Este o chestiune privată a cuiva; aici nu se caută.",
        nothing_asked="Aici nu este încă nicio întrebare.",
        unmoved="Nu a venit nicio sursă nouă, deci răspunsul rămâne.",
    ),
    "ru": Frames(
        doubt="Не наверняка:",
        senses="У этого слова здесь не одно значение. Какое имеется в виду?",
        meant="Понятно: {what}.",
        withdrawn="Отозвано из прошлого ответа:",
        private="Это чьё-то личное дело; здесь такое не ищут.",
        nothing_asked="Вопроса здесь пока нет.",
        unmoved="Нового источника при этом нет, ответ остаётся.",
    ),
    "el": Frames(
        doubt="Όχι βέβαιο:",
        senses="Η λέξη έχει εδώ περισσότερες σημασίες. Ποια εννοείται;",
        meant="Κατανοητό: {what}.",
        withdrawn="Αποσύρεται από την προηγούμενη απάντηση:",
        private="Αυτό είναι ιδιωτική υπόθεση κάποιου· δεν αναζητείται εδώ.",
        nothing_asked="Δεν υπάρχει ακόμη ερώτηση εδώ.",
        unmoved="Δεν ήρθε νέα πηγή, οπότε η απάντηση μένει.",
    ),
    "tr": Frames(
        doubt="Kesin değil:",
        senses="Bu sözcüğün burada birden çok anlamı var. Hangisi?",
        meant="Anlaşıldı: {what}.",
        withdrawn="Önceki cevaptan geri çekildi:",
        private="Bu birinin özel meselesi; burada aranmaz.",
        nothing_asked="Burada henüz bir soru yok.",
        unmoved="Yeni bir kaynak gelmedi, cevap değişmiyor.",
    ),
    "vi": Frames(
        doubt="Chưa chắc chắn:",
        senses="Từ này ở đây có hơn một nghĩa. Nghĩa nào?",
        meant="Đã hiểu: {what}.",
        withdrawn="Rút lại từ câu trả lời trước:",
        private="Đó là chuyện riêng của người khác; ở đây không tra cứu.",
        nothing_asked="Ở đây chưa có câu hỏi nào.",
        unmoved="Không có nguồn mới, nên câu trả lời giữ nguyên.",
    ),
    "zh": Frames(
        doubt="不确定：",
        senses="这个词在这里有不止一个意思。是哪一个？",
        meant="明白：{what}。",
        withdrawn="从上一个回答中撤回：",
        private="这是他人的私事，这里不查。",
        nothing_asked="这里还没有问题。",
        unmoved="没有新的来源，回答不变。",
    ),
    "ar": Frames(
        doubt="غير مؤكد:",
        senses="لهذه الكلمة هنا أكثر من معنى. أيها المقصود؟",
        meant="مفهوم: {what}.",
        withdrawn="سُحب من الإجابة السابقة:",
        private="هذا شأن خاص بأحدهم ولا يُبحث عنه هنا.",
        nothing_asked="لا يوجد سؤال هنا بعد.",
        unmoved="لم يأتِ مصدر جديد، فالإجابة باقية.",
    ),
    "hi": Frames(
        doubt="निश्चित नहीं:",
        senses="इस शब्द के यहाँ एक से अधिक अर्थ हैं। कौन सा?",
        meant="समझ गया: {what}।",
        withdrawn="पिछले उत्तर से वापस लिया गया:",
        private="यह किसी का निजी मामला है; यहाँ नहीं खोजा जाता।",
        nothing_asked="यहाँ अभी कोई प्रश्न नहीं है।",
        unmoved="कोई नया स्रोत नहीं आया, इसलिए उत्तर वही है।",
    ),
    "th": Frames(
        doubt="ยังไม่แน่นอน:",
        senses="คำนี้มีมากกว่าหนึ่งความหมายที่นี่ หมายถึงอะไร",
        meant="เข้าใจแล้ว: {what}",
        withdrawn="ถอนจากคำตอบก่อนหน้า:",
        private="นั่นเป็นเรื่องส่วนตัวของผู้อื่น ที่นี่ไม่ค้นหา",
        nothing_asked="ยังไม่มีคำถามในข้อความนี้",
        unmoved="ไม่มีแหล่งข้อมูลใหม่ คำตอบจึงคงเดิม",
    ),
}


def frames(lang: str) -> Frames:
    """The framing words of a language (BCP 47); English where there are none."""
    return FRAMES.get(lang.split("-")[0].lower(), FRAMES["en"])
