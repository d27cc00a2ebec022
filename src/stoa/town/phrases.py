"""The sentences that the town's people put their topics' words into, by language."""

from __future__ import annotations

from dataclasses import dataclass


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


@dataclass(frozen=True, slots=True)
class Phrases:
    """Sentence patterns of one language; `{fact}` and the topic's lists fill them."""

    openers: tuple[str, ...]
    details: tuple[str, ...]
    closers: tuple[str, ...]
    bait: tuple[str, ...]  # outrage, cliffhangers, scarcity: wording that pulls
    bait_tails: tuple[str, ...]
    wordless: tuple[str, ...]  # say nothing of their topic
    replies: tuple[str, ...]
    thin_replies: tuple[str, ...]
    hostile_replies: tuple[str, ...]
    quotes: tuple[str, ...]
    alt: tuple[str, ...]  # what a picture shows


ENGLISH = Phrases(
    openers=_lines("""
        Spent the morning {act} {place}.
        The {things} were {quality} today.
        First {things} of the season {place}.
        A small thing about {things}: nobody mentions how {quality} they get.
        Tried {act} again. Better than last week.
        Someone asked me about {things}, so here is what I know.
        {Things} {place}, {quality} as ever.
        Notes from an evening of {act}.
        Does anyone else find {things} {quality}?
        I used to avoid {act}. I was wrong.
        Three years of {act} and the {things} still surprise me.
        Good light and {quality} {things} {place}.
        Question about {things}: do you keep yours {place}?
        My neighbour swears by {act}.
        {Act} {place} is the best hour of the day.
        Today's lesson: {act} before anything else.
        A visitor asked why the {things} are so {quality}.
        What I learned {place} this week.
        The trick with {things} is {act}.
        Old notebook, page one: {things}, then {things2}.
    """),
    details=_lines("""
        The {things} came out {quality}, the {things2} less so.
        It takes an hour of {act} and most of it is waiting.
        {Things2} {place} were a surprise.
        I kept count: eleven {things}, two of them {quality}.
        If yours turn {quality}, try {act}.
        Compare the {things} with the {things2} and you will see it.
        {Act} helped more than anything I bought.
        Next time I would start with the {things2}.
        There is a long argument about {things} and I have changed sides.
    """),
    closers=_lines("""
        Happy to answer questions.
        What do you use?
        More tomorrow.
        Photos when the rain stops.
        Corrections welcome.
        Thanks to everyone who helped last time.
        I will write it up properly at the weekend.
        Come along if you are near.
    """),
    bait=_lines("""
        You will NOT believe what they are doing to our {things}.
        Everyone who loves {things} is being lied to, and nobody says a word.
        I was told to delete this. {Things} {place}. Read before it is gone.
        Name one person who still defends {things}. I will wait.
        They laughed at me for {act}. Then THIS happened {place}.
        Unpopular opinion that will end friendships: {things} are a scam.
        If you like {things} you are part of the problem.
        The truth about {act} that experts are afraid to say out loud.
        This is a disgrace. {Things} {place} and not one headline.
        SHARE this about {things} before they take it down.
        What the {things} people did next will make your blood boil.
        Ratio me if you dare: {act} is for cowards.
    """),
    bait_tails=_lines("""
        Part 1 of 9. You need to see the last one.
        Let that sink in.
        I am shaking.
        Silence from all of you. Typical.
        Wake up.
        The replies are going to be furious.
        Follow me for what comes next.
        Nobody is ready for part two.
    """),
    wordless=_lines("""
        Look at this.
        Finally.
        Well, that went better than expected.
        Worth getting up for.
        This one is for those who asked yesterday.
        No caption needed.
        I have no words.
        And then it rained.
    """),
    replies=_lines("""
        In my experience {act} changes everything. {fact}
        Worth adding: {fact}
        The {quality} ones are usually the {things2}. {fact}
        I would check the {things} {place} first; it was that for me.
        Small correction: it is the {things2} that turn {quality}, not the {things}.
        I did this {place} last year. {Act} took two tries, then it held.
        Source for anyone curious: the old handbook has a chapter on {things}. {fact}
        That matches what I see {place}. {fact}
        Have you tried {act}? It sounds odd and works with {things2}.
        The answer depends on whether yours are {quality}. If so, {act}.
    """),
    thin_replies=_lines("""
        So true.
        Lovely!
        This!
        Same here.
        Saving this for later.
        Wow, {things}.
        Yes, exactly this.
        Thank you for posting.
        {Things} again, I see.
        Ha.
    """),
    hostile_replies=_lines("""
        Of course you would say that about {things}.
        This is exactly what is wrong with everyone {place}.
        Delete your account.
        Disgusting. And people cheer for {things}.
        You clearly know nothing about {act}.
        Nobody asked. {Things} people are the worst.
    """),
    quotes=_lines("""
        Everyone interested in {things} should read this. {fact}
        This is the clearest thing I have read on {act}.
        Half right, I think. {fact}
        From the {things} corner of the square.
        Adding what I saw {place}: {things2}, {quality}.
    """),
    alt=_lines("""
        {Things} {place}, {quality}
        Close-up of {things}
        Two {things} beside {things2}
        {Things2} {place} in the morning
        A hand holding {things}
    """),
)

SPANISH = Phrases(
    openers=_lines("""
        Hoy he pasado la mañana con {act} en mente, {place}.
        Me preguntan por {things}. Ahí va lo que sé.
        Otra vez {things} {place}, y tan contentos.
        Lo mejor del día: {act}.
        Primera lección del año: {act}.
        Nadie habla de {things} como se merecen.
        Apuntes de una tarde de {act}.
    """),
    details=_lines("""
        Entre {things} y {things2}, me quedo con todo.
        Cuesta una hora de {act} y casi todo es esperar.
        {Things2} {place} fueron la sorpresa.
        La próxima vez empiezo por {things2}.
    """),
    closers=_lines("""
        ¿Y vosotros?
        Mañana más.
        Se aceptan correcciones.
        Gracias a quien me ayudó.
    """),
    bait=_lines("""
        No vas a CREER lo que están haciendo con {things}.
        Me han pedido que borre esto. {Things} {place}. Léelo antes de que desaparezca.
        Si te gustan {things} eres parte del problema.
        Lo que nadie se atreve a decir de {act}.
        COMPARTE esto sobre {things} antes de que lo quiten.
    """),
    bait_tails=_lines("""
        Parte 1 de 9. La última es la buena.
        Piénsalo.
        Despertad.
        Estoy temblando.
    """),
    wordless=_lines("""
        Mirad esto.
        Por fin.
        Sin palabras.
        Valió la pena madrugar.
    """),
    replies=_lines("""
        A mí me cambió todo {act}. {fact}
        Añado: {fact}
        Yo miraría primero {things2}. {fact}
        Lo hice {place} el año pasado y funcionó a la segunda.
    """),
    thin_replies=_lines("""
        Totalmente.
        ¡Qué bien!
        Gracias por compartir.
        Me lo guardo.
    """),
    hostile_replies=_lines("""
        Claro, qué vas a decir tú de {things}.
        Nadie te ha preguntado.
        Vergonzoso.
    """),
    quotes=_lines("""
        Quien se interese por {things} debería leer esto. {fact}
        A medias de acuerdo. {fact}
    """),
    alt=_lines("""
        {Things} {place}
        {Things2} de cerca
    """),
)

JAPANESE = Phrases(
    openers=_lines("""
        今日は{place}{act}をしていました。
        {things}がとても{quality}でした。
        {place}{things}に会いました。
        {things}について聞かれたので書きます。
        久しぶりに{act}。先週より良い。
    """),
    details=_lines("""
        {things}と{things2}を比べると分かります。
        {act}には一時間、ほとんど待つだけ。
        {things2}は意外でした。
        次は{things2}から始めます。
    """),
    closers=_lines("""
        皆さんはどうですか。
        続きは明日。
        訂正歓迎です。
    """),
    bait=_lines("""
        【拡散希望】{things}の真実、消される前に読んで。
        信じられない。{place}{things}に何が起きたか、誰も報じない。
        {things}が好きな人、騙されています。
        {act}はもう終わりだと専門家は言えない。
    """),
    bait_tails=_lines("""
        続きはもっと衝撃です。
        目を覚まして。
        震えています。
    """),
    wordless=_lines("""
        見てください。
        やっと。
        言葉になりません。
    """),
    replies=_lines("""
        私の場合は{act}で変わりました。{fact}
        補足です。{fact}
        それは{things2}の方かもしれません。{fact}
    """),
    thin_replies=_lines("""
        わかります。
        すてき。
        保存しました。
    """),
    hostile_replies=_lines("""
        {things}のことを何も知らないですね。
        誰も聞いていません。
    """),
    quotes=_lines("""
        {things}に興味のある人はぜひ。{fact}
        半分賛成。{fact}
    """),
    alt=_lines("""
        {place}撮った{things}
        {things2}の写真
    """),
)

ARABIC = Phrases(
    openers=_lines("""
        قضيت الصباح في {act} {place}.
        سألني صديق عن {things} فكتبت ما أعرفه.
        أجمل ما في اليوم: {act}.
        {things} {place}، كما أحبها.
        تعلمت اليوم شيئا عن {things}.
    """),
    details=_lines("""
        بين {things} و{things2} لا أعرف ماذا أختار.
        {act} تحتاج ساعة أكثرها انتظار.
        في المرة القادمة أبدأ مع {things2}.
    """),
    closers=_lines("""
        وأنتم؟
        غدا أكتب المزيد.
        شكرا لمن ساعدني.
    """),
    bait=_lines("""
        لن تصدقوا ما يحدث مع {things}!
        طلبوا مني حذف هذا. {things} {place}. اقرأ قبل أن يختفي.
        من يحب {things} فهو جزء من المشكلة.
        الحقيقة التي يخفونها عن {act}.
    """),
    bait_tails=_lines("""
        الجزء الثاني صادم أكثر.
        استيقظوا.
        لا أحد يتكلم.
    """),
    wordless=_lines("""
        انظروا إلى هذا.
        أخيرا.
        بلا كلام.
    """),
    replies=_lines("""
        في تجربتي {act} غيرت كل شيء. {fact}
        أضيف: {fact}
        أظن أن السبب {things2}. {fact}
    """),
    thin_replies=_lines("""
        صحيح تماما.
        جميل!
        شكرا على المشاركة.
    """),
    hostile_replies=_lines("""
        لم يسألك أحد.
        واضح أنك لا تعرف شيئا عن {things}.
    """),
    quotes=_lines("""
        على كل مهتم بموضوع {things} أن يقرأ هذا. {fact}
        أتفق مع النصف. {fact}
    """),
    alt=_lines("""
        {things} {place}
        صورة قريبة: {things2}
    """),
)

PHRASES: dict[str, Phrases] = {"en": ENGLISH, "es": SPANISH, "ja": JAPANESE, "ar": ARABIC}
