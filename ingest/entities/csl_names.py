"""Whether a listed name is apparently a natural person's: a conservative rule over words."""

import polars as pl

# Words, also in the plural, or beginnings of words (`~`) that name organisations, not persons.
ORGANISATION = """
ab ag air alloy ao arm asia asset bank base bhd board boat brother bv bvi cable cargo chip cia
cjsc co coop corp data empire ent est firm fleet force fuel fund fz fzc fzco fze gas general
gmbh group grp guard hq hub inc incorporated int intl isp jsc kft kg kk lab laser lc lda
limited line llc llp lp ltd ltda mchj media metal mfg motor net new nv oao oil ojsc oo ooo oy
oyj pao part pbc pc phase pjsc plc port power press pte pty pump pvt real sa sae sal sarl sas
school sdn sea semi ship smart soft sonic sons source sp spa space spol sputnik srl sro star
state steel sti stock store tank test the tic tire tool tour train trust uab union unit ve
video volt water wave weapon work world yard zao ~academ ~acoust ~advanc ~aero ~affair ~agency
~agent ~agri ~airc ~airl ~airp ~aktsion ~alumin ~ammunition ~analy ~antenna ~apparatus
~arsenal ~artificial ~assembly ~associat ~astro ~atomic ~audio ~auto ~avia ~battery ~bearing
~bio ~brigade ~build ~bureau ~business ~capital ~catering ~center ~central ~centre ~ceramic
~chemi ~circuit ~clinic ~cloud ~college ~combine ~command ~commerc ~commission ~committee
~commun ~compan ~complex ~component ~compos ~comput ~concern ~conglomerate ~consortium
~construct ~consult ~contract ~control ~cooper ~corporation ~council ~crypto ~customs ~cyber
~defen ~department ~design ~develop ~device ~diesel ~digital ~directorate ~display ~distribut
~division ~drone ~dynamics ~ecolog ~economic ~education ~electr ~elektr ~emirate ~endeavo
~energ ~engine ~enterpris ~equip ~establish ~exchange ~exim ~expert ~explor ~export ~express
~fabric ~factor ~farm ~federal ~fiber ~field ~financ ~finance ~flight ~foreign ~forward
~foundation ~foundry ~freight ~frontier ~fusion ~future ~gazprom ~genomic ~global ~government
~health ~heavy ~helicopter ~hi-tech ~high-tech ~holding ~hospital ~huawei ~hydro ~imaging
~impex ~import ~industr ~informat ~infra ~innovat ~inspect ~institut ~instrument ~insurance
~integrat ~intellig ~inter ~invent ~invest ~joint ~kombinat ~komp ~konsern ~labor ~leasing
~liability ~logic ~logist ~machine ~maintenance ~makina ~manage ~manufact ~marine ~marit
~maritime ~market ~material ~measure ~mechan ~medic ~meteor ~metro ~micro ~militar ~mining
~minist ~missile ~mobile ~mother ~museum ~nano ~nation ~nauchn ~naval ~navig ~navy ~network
~neural ~nuclear ~obshch ~obyed ~ocean ~office ~online ~openlab ~operat ~optic ~optronic
~ordnance ~organi ~overseas ~pack ~partner ~petroch ~petrol ~petronas ~pharm ~photo ~physic
~pipe ~plant ~plast ~platform ~police ~polytech ~precision ~priborostr ~prison ~process
~procure ~produc ~project ~propul ~public ~quantum ~radar ~radio ~railway ~reactor ~refiner
~regiment ~regional ~rehabil ~repair ~republic ~research ~resourc ~robot ~rocket ~rubber
~sanayi ~satel ~science ~sector ~secur ~semic ~sensor ~service ~shipb ~shipp ~shipy ~silicon
~simul ~society ~solar ~solution ~special ~spectr ~standard ~station ~storage ~strategic
~structur ~studio ~subsidiar ~supercomput ~suppl ~support ~surgical ~survey ~syndicate ~synth
~system ~tactical ~tech ~tekhn ~tekn ~telecom ~telek ~telemet ~televis ~test ~textile ~ticar
~titan ~trad ~trans ~travel ~turbine ~turizm ~univers ~vehicle ~venture ~vessel ~vision
~warehouse ~weld ~wholesale ~wireless ~zavod
""".split()  # noqa: SIM905 -- words read better as a block

# Places start names of organisations, hardly ever of persons.
PLACES = """
africa america anhui arab armenia asia baltic beijing belarus bengbu changchun changsha
chengdu china chinese chongqing crimea dalian dongguan dubai east european fujian gansu
guangdong guangxi guangzhou guizhou hainan hangzhou harbin hebei hefei heilongjiang henan
hubei hunan india iran iraq islamabad jiangsu jiangxi jilin karachi kazan kong korea japan
france italia sweden denmark chile cuba lebanon liban nederland germany kunming kyrgyz lahore
lanzhou liaoning london luoyang macau malaysia middle mongolia moscow nanjing nantong ningbo
north northern novosibirsk omsk pacific pakistan persian petersburg qingdao russia russian
shaanxi shandong shanghai shanxi shenyang shenzhen sichuan siberia singapore south southern
suzhou taiwan tajik tehran tianjin tomsk turkish ukraine ural uzbek volga west western wuhan
wuxi xiamen xinjiang xizang yangtze yunnan zhejiang zhengzhou zhuhai
""".split()  # noqa: SIM905 -- words read better as a block

WHOLE = [w for w in ORGANISATION if not w.startswith("~")] + PLACES
STARTS = [w[1:] for w in ORGANISATION if w.startswith("~")]
LEGAL_FORM = r"(?:^|[^\p{L}.])(?:\p{Lu}\.){1,3}\p{Lu}\.?$"
OUTSIDE = r"[^\p{L}'’ʼ`-]"  # noqa: RUF001 -- apostrophes as listed
FORMS = rf"(?:{'|'.join(WHOLE)})s?(?:$|{OUTSIDE})"
WORD = rf"(?i)(?:^|{OUTSIDE})(?:{FORMS}|(?:{'|'.join(STARTS)}))"
# Five or six capitals at the end may be a family name.
ACRONYM = r"(?:^|[^\p{L}.])(?:\p{Lu}{2,4}(?:$|[^\p{L}])|\p{Lu}{5,6}[^\p{L}])"
ALIAS = r"(?i)\b(?:ltd|llc|o?jsc|ooo|inc|company|corporation|institute|plant|factory|group)\b"
NAME_WORD = r"(?:['’]?(?:\p{Ll}{1,4}[-'’])?\p{Lu}[\p{L}.'’ʼ`-]*|[\p{Ll}'’]{1,4})"  # noqa: RUF001 -- apostrophes as listed
PERSON = rf"^{NAME_WORD}(?: {NAME_WORD}){{1,5}}$"


def is_apparent_person(name: pl.Expr, aliases: pl.Expr) -> pl.Expr:
    """True for two to six capitalised words without organisation word, number or acronym.

    A name in capitals throughout is judged by its words alone. One word, a number, an
    ampersand, an acronym, or an organisation's legal form among the aliases speak for an
    organisation: such a row is kept.
    """
    bare = name.str.replace_all(r"\([^)]*\)|,? (?:Jr|Sr|II|III)\.?$", "").str.replace_all(
        ",", ""
    )
    plain = bare.str.replace_all(r"\s+", " ").str.strip_chars()
    is_shouted = plain == plain.str.to_uppercase()
    signs = (
        name.str.contains(WORD),
        name.str.contains(LEGAL_FORM),
        plain.str.contains(ACRONYM) & ~is_shouted,
        aliases.fill_null("").str.contains(ALIAS),
    )
    return (plain.str.contains(PERSON) & ~pl.any_horizontal(signs)).fill_null(value=False)
