"""Words by which one matter is asked about and told: "who built it", "erected by", "construction".

One line a matter: its name, then the words that speak of it in that language, without accents. A
"*" stands for any ending; "+" joins words that only count together. Hand-written for the things
that are asked of buildings, firms, ships, books and people; opposites never share a line.
"""

from __future__ import annotations

KIN_WORDS: dict[str, str] = {
    "en": """
        build build* built construct* erect* put+up went+up go+up goes+up
        design design* architect* plans drawn drew blueprint* draughts*
        open open* inaugurat*
        found found founded founder* establish* set+up start* create* creat* institut*
        begin begin* began begun start* broke+out break+out commenc*
        end end ends ended ending finish* complet* conclu*
        close close closes closed closing closure shut shuts
        film film* movie* picture*
        sign sign signs signed signing signature* signator*
        siege siege* besieg*
        lead headm* headteacher* principal*
        lead lead* led head heads headed director* direct* manag* run runs chair* govern* charge
        lead chief
        own own owns owned owner* ownership belong* proprietor* proprietress property propert*
        hold hold* held holder* posses*
        write write* wrote written writing author* penned words+by text+by
        compose compos* music+by wrote written
        paint paint* mural* artist
        win win wins winner* winning won victor* victory award* first+place triumph*
        cost cost* price* priced expen* spend* spent paid pay pays fare* fee fees charge* worth bill
        pay pay pays paid payment* fund* financ* cost* sponsor* given gave gift* donat* footed
        earn earn* salary salaries pay paid wage* makes takes+home
        repair repair* mend* fix* restor* renovat* refurbish*
        destroy destroy* destruct* ruin* wreck* ravag* demolish* demoli*
        burn burn* burnt fire fires blaze* flame* ablaze alight
        fell fell felled felling cut+down
        empty empt* drain*
        survive surviv* made+it+through came+through
        crash crash* derail* collision* collid* accident* wreck*
        flood flood* inundat* under+water with+water submerg*
        die die* died death* dead perish* kill* victim* killed fatal* lives+lost
        live live lives lived living inhabit* resid* population people home+to
        people people person* inhabitant* resident* population souls citizens
        house house* home homes dwelling* cottage*
        job job* post posts position* employ* workplace*
        work work works worked worker* employ* staff
        ship ship* vessel* boat* schooner* trawler* yacht* ferr* steamer* barge*
        captain captain* skipper* master command*
        command command* captain* skipper* master
        crew crew* hands sailor*
        player player* musician*
        inspect inspect* check* examin*
        deliver deliver* arriv* supplied
        plant plant* sown sow
        represent represent* counsel lawyer*
        prison prison* jail* gaol* behind+bars imprison* cell
        convict convict* guilty found+guilty
        sentence sentence* condemn* imprison*
        lawyer lawyer* counsel defend* defence attorney*
        fine fine fined fines penalt* sanction*
        stair stair* step steps
        species species kind kinds
        organise organis* organiz* coordinat* arrang*
        return return* came+home came+back come+home back+in back+home
        leave leave* left depart* set+off set+out
        arrive arriv* came+in reach* land*
        ripen ripen* matur* aged
        last last lasts lasted long duration lasting
        long long length lengthy
        length length long
        see see* seen saw observ* spot* sight* record*
        high high height tall rise rises rising elevation altitude
        deep deep depth
        wide wide width broad breadth across
        heavy heavy weigh* weight
        fast fast speed quick*
        large large size big area extent
        far far distance away
        old old age aged
        hot hot warm temperature degrees
        vote vote* poll* elect* ballot*
        turnout turnout turned+out took+part voted
        recall recall* withdr* call+back called+back
        sell sell* sold sale*
        buy buy* bought purchas* acquir*
        make make makes made maker* manufactur* produc* fashioned
        carve carv* sculpt* chisel* cast modell* made make maker
        go go goes run runs running comes come calls+at sails departs leaves operates
        invent invent*
        discover discover* found finder
        publish publish* issued appear* came+out come+out release* printed
        release release* came+out come+out appear* published issued
        record record* taped
        marry marr* wedd*
        spouse wife husband spouse
        birth born birth
        appoint appoint* named becomes become became takes+over take+over
        chair chair* head heads preside* president
        resign resign* step+down steps+down stepping+down
        lose lose* lost shed sheds go+at to+go cut cuts
        forfeit forfeit* surrender* lose*
        teach teach* taught teacher* lessons
        pupil pupil* student* children
        attend attend* enrol* roll goes+to go+to
        visitor visitor* guest* visits visited
        carry carry carries carried seat* room+for hold holds capacity
        cause cause* because due+to reason* led+to brought+about triggered sparked
        ignite start* began begin* set+ablaze ablaze set+alight alight set+fire spark* ignit* cause*
        train train trains railway* rail
        street street* road* lane
        measure measur* came+to
        protect protect* listed
        serve serve* serving
        stand stand stands stood standing located lies situated
        lie lie lies located situated stands
        locate located situated lies stands site
        site site sites place places location
        hang hang* hung home+to
        play play* played perform*
        sing sing* sang sung singer*
        light light lights lit lighting lamp* lighthouse*
        donate donat* gave given gift*
        rent rent* lease* tenan*
        licence licen* permit* permission
        employ employ* work* staff hire*
        train_up train trained training apprentic*
        grow grow* grew grown cultivat* plant*
        keep keep* kept keeper*
        injure injur* hurt wound*
        strike strike* struck walkout
        name name named names called
        charge charge* cost* fee fees price* toll
        lend lend* lent loan* borrow*
        frequent often frequen* times every
        sea sea coast shore
        """,
    "de": """
        build bau baus baut baute bauten bauen gebaut baujahr erbau* erricht* bauwerk baukosten
        build bauzeit neubau
        design entw* architekt* gestalt* plan* zeichn*
        open eroff* offn* einweih* eingeweiht geoff* aufgemacht
        found grund* gegrund* stift* ins+leben
        lead leit* fuhrt gefuhrt fuhrung* chef* vorsitz* direktor* betreu*
        own eigentum* besitz* gehor* inhaber*
        write schrieb* geschrieb* verfass* autor* schreib*
        win gewinn* gewann* gewonn* sieg*
        cost kost* preis* teuer beliefen ausgegeben *kosten ausgab*
        pay zahl* bezahl* gezahlt kost*
        earn verdien* gehalt* lohn*
        repair reparier* instand* saniert* renovier* ausgebess* restaur* erneuer*
        burn brand* brann* feuer gebrannt
        die starb* gestorb* umgekommen kamen+um umkommen um tot* tote* verend* ums+leben erstick*
        live wohn* einwohner* leb* bewohner*
        people einwohner* bewohner* mensch* person*
        ship schiff* kutter* boot* dampfer*
        captain kapitan*
        high hoch hohe* hoher
        long lang lange* dauer*
        deep tief*
        wide breit*
        heavy schwer gewicht* wiegt wiegen wog
        old alt alter
        fit passen passt platz fasst finden+platz platze*
        frequent oft haufig*
        length lange laenge lang
        close schliess* geschloss* schloss zu
        begin begin* begann* anfang* fangt
        sell verkauf*
        buy kauf* gekauft erwarb erworben
        trainer trainer* coach*
        birth gebor* geburt*
        cause ursach* wegen
        fine geldstrafe* strafe* busse* bussgeld*
        keep hute* pfleg* betreu*
        convert umbau* umgebaut
        """,
    "es": """
        build constru* edific* levant* erig*
        design disen* arquitect* proyect* traz*
        open abr* abier* inaugur* apertura*
        found fund* creo crea creada creado crear creador* creacion
        lead dirig* direct* jefe* encarg* preside*
        own dueno* duena* propiet* posee* pertenec*
        write escrib* escrit* autor*
        win gano gana ganar ganado ganador* vencedor* vencio victoria*
        cost cost* precio* vale valio valer gasto* gastaron
        pay pag*
        repair repar* restaur* arregl*
        work funcion* moler* muele* march*
        fine multa* sancion*
        die muri* muert* fallec*
        live viv* habitant*
        people vecin* habitante* poblacion* persona*
        high alt* mide*
        measure mide* long* alt*
        long largo larga dur*
        length longitud* largo larga
        frequent frecuen* menudo veces
        weigh pes*
        discover descubr* hallo halla* encontr*
        burn ardi* quem* incendi* fuego
        paint pint* cuadro*
        teach ensen* profesor* maestr*
        begin empez* comenz* comienz* empiez* inici*
        close cerr* cierr*
        birth nac*
        """,
    "fr": """
        build construi* construct* bati* bat edifi* erig* eleve*
        design conc* dessin* architecte* plan plans
        open ouv* inaugur*
        found fond* cree* crea* creer creation*
        lead dirig* direct* preside* tient
        own proprietaire* possede* appart*
        write ecri* auteur* redig*
        win gagn* vainqueur* remport*
        cost cout* prix tarif*
        pay pay* paie*
        repair repar* restaur* renov*
        destroy detrui* ravag* aneanti*
        die mort* meur* dece*
        live habit* vit vivent
        people habitant* population* personnes ames
        keep gard*
        high haut*
        long long longue longs longues dur*
        length longueur* long longue portee*
        frequent souvent frequen* fois
        birth ne nee nes naissance* jour
        discover decouv* trouv*
        burn brul* incendi* feu
        paint pein* peint* tableau*
        teach enseign* professeur* instit*
        begin commenc* debut*
        close ferm*
        fine amende*
        """,
    "ro": """
        build constru* ridicat* zidit* cladit*
        design proiect* arhitect*
        open deschis* deschid* inaugur*
        found fond* infiint* intemei*
        lead conduc* condus* director* sef*
        own detin* proprietar* propriet* apartin* este+al este+a
        write scri* autor*
        win castig*
        cost cost* pret*
        repair repar* refacut* restaur*
        live locui* locuitor* trai*
        people locuitor* oameni persoane populati*
        frequent des ori
        length lung* lungime*
        birth nasc* nastere
        """,
    "ru": """
        build постро* строи* возве* сооруж*
        design проект* архитектор* спроект*
        open откры*
        found основ* создан* создал* учред*
        create создал* создан* создат* вывел* написал*
        lead руковод* директор* возглав* начальн* заведу*
        own владе* принадлеж* хозя* собствен*
        write напис* автор* пис*
        win выигр* побед* победит*
        cost стои* цена цены цене ценой обош* израсход* потрач* затрат*
        pay плат* заплат*
        repair ремонт* почин* отремонт*
        people жител* человек люд* населени*
        live живет живут жил жили жител* населен*
        die умер* погиб* смерт*
        high высот* высок*
        long длит* долго дольше
        length длин* протяж*
        frequent часто раз
        weigh вес веса весит весил*
        birth родил* рожд*
        begin нача* начин*
        close закры*
        burn сгор* горе* пожар* огонь огне* поджог* уничтож*
        discover откры* обнаруж* наш*
        paint написа* распис* художник*
        item предмет* экспонат*
        serve служ* смотрител*
        """,
    "el": """
        build χτισ* κτισ* ανεγερ* κατασκευα* οικοδομ*
        design σχεδι* αρχιτεκτ*
        open ανοι* εγκαινι*
        found ιδρυ*
        lead διευθ* υπευθυν* επικεφαλης διοικ*
        own ιδιοκτη* ανηκ*
        write εγραψ* συγγραφ* γραφ*
        win κερδ* νικησ* νικητ*
        cost κοστ* τιμη*
        repair επισκευ*
        live ζουν ζει κατοικ* ειμαστε
        people κατοικ* ατομα ανθρωπο* πληθυσμ*
        have εχει εχουν διαθετ*
        book βιβλι* τομ*
        high υψ* ψηλ*
        long διαρκ*
        length μηκος μακρ*
        frequent συχν* φορες
        """,
    "tr": """
        build yapıl* yapt* insa insaat* kurul*
        open acıl* actı* hizmete
        found kurul* kurdu kurucu*
        design tasarla* mimar*
        own sahib* sahip* ait
        lead yonet* mudur* baskan*
        write yazd* yazar*
        win kazan*
        cost fiyat* ucret* maliyet* mal+oldu tutt* harca* vermis*
        spend harca* vermis* verdi* tutt* mal+oldu
        high yuksek*
        long uzun sur* surer
        length uzun*
        frequent sık*
        live yasıyor* yasayan* yasar nufus*
        people nufus* kisi* sakin* insanlar*
        repair onar* tamir*
        """,
    "vi": """
        build xây dựng
        open mở khánh khai
        found thành+lập lập
        lead đứng+đầu giám+đốc quản+lý phụ+trách
        own chủ sở+hữu
        write viết tác+giả
        cost giá tiền tốn
        long dài
        high cao
        live sống dân
        people người dân
        since từ
        have có
        """,
    "zh": """
        build 建 修建 建造 建成 建于 建立
        found 成立 创办 创立 建立 建于 创始 始建
        design 设计
        open 开放 开业 启用 通车 开幕
        lead 厂长 校长 馆长 负责 领导 主管 院长 局长
        own 拥有 所有 主人
        write 写 作者 著
        cost 花费 造价 价格 票价 多少钱
        long 全长 多长 长度
        high 高 高度 坝高
        deep 深
        wide 宽
        heavy 重
        people 员工 工人 职工 人口 居民
        yield 出产 生产 产量
        """,
    "ar": """
        build بنى بني بناء بناها بنيت شيد* انشا* انشئ* تشييد
        open افتتح* فتح* افتتاح*
        found اسس* تاسس* تاسيس
        design صمم* تصميم مهندس* معماري*
        lead مدير* يدير* تدير* رئيس* يراس
        own مالك* يملك* تملك* صاحب*
        write كتب كتبت كتبه مؤلف* الفه الفها
        cost كلف* سعر* ثمن* تكلف*
        live سكان* يسكن* يعيش*
        people سكان* شخص* نسمة
        long طول*
        high ارتفاع* يرتفع*
        """,
    "hi": """
        build बना* बनी बने बनवा* निर्मा*
        open खुल* खोल* उद्घाटन
        found स्थाप*
        design नक्शा डिज़ाइन रूपरेखा
        lead प्रमुख निदेशक चलात* प्रबंधक
        own मालिक स्वामी
        write लिख* लेखक
        cost लागत कीमत मूल्य खर्च दाम
        long लंबा* लम्बा* लंबी लंबाई
        high ऊँचा* ऊंचा* ऊँची ऊँचाई
        live रहत* आबादी
        people लोग* निवासी* आबादी जनसंख्या
        """,
    "th": """
        build สร้าง ก่อสร้าง
        open เปิด
        found ก่อตั้ง
        design ออกแบบ
        lead ผู้อำนวยการ หัวหน้า ผู้จัดการ
        own เจ้าของ
        cost ราคา ค่า
        long ยาว
        high สูง
        """,
}
