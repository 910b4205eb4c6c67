"""Common English words of five letters and more: one that stands in no paper is still no typing error."""

from __future__ import annotations

from rag.retrieval.words import word_set

COMMON = word_set(
    """
    ability absolute accept access accident account achieve across action active actual adult advice afraid afternoon
    agree ahead alive allow alone along already although always amount ancient angry animal announce annoying answer
    anybody anyone anything anyway anywhere apart appear apple apply argue arrive article artist aside asleep assume
    attack attempt author autumn available average avoid aware awful basic beach beautiful beauty become begin begun
    behave behind being belief believe belong beside better beyond birth black blame blind block blood board boring
    borrow bother bottle bottom brain branch brave bread break breakfast breath bridge brief bright bring broad broke
    broken brother brought brown budget build building built bullet bunch business button cannot capital capture careful
    carry catch cause center central centre certain chain chair chance change chapter charge cheap cheat check cheese
    chicken chief child children choice choose chose chosen church circle citizen clarify class clean clear clever click
    climb clock close clothes cloud coach coast coffee college color colour column comes comfort comment common company
    complain complete computer concern confuse confused confusing connect consider contact content continue control
    convince cookie correct count country couple courage course court cousin cover crazy create crime criticize cross
    crowd culture curious current customer cycle daily damage dance danger daughter death decade decide decision deeper
    degree delay demand depend deserve despite detail develop device dinner direct dirty disagree discover discuss
    disease distance doctor dollar double doubt dozen dream dress drink drive driver early earth easier easily eaten
    effort eight eighth eleven else email emotion empty enemy energy enjoy enough enter entire equal error escape
    especially essay evening event everybody everyone everything everywhere evidence exactly exam example excellent
    except exchange excite excuse exercise exist expect expensive expert explain express extra fails failure faith false
    familiar family famous fancy farmer father fault favor favorite favour favourite feature feeling fellow female fever
    field fifth fifty fight figure final finally finger finish first flight floor flower focus follow food football
    forever forget forgot form former forty forward fourth frame free fresh friend front fruit funny future garden
    general gentle genuine girl glass going golden government grade grand grass great green ground group guess guest
    guide happen happy hardly heard heart heavy height hello helpful herself himself history hobby holiday homework
    honest honey horse hospital hotel house human hundred hungry hurry husband ideal imagine impact important impossible
    improve indeed inside instead intend interest interesting invite island itself joke journal journey judge juice
    kitchen knife knowledge known label lady language large laser later latest laugh lawyer learn leave
    lecture legal lesson letter level library light likely listen literally little lived local london lonely loose lose
    losing lovely lover lower lucky lunch machine magic major maker manage manner market marry master match matter maybe
    meaning meant measure medical meeting member mental merely message method middle midnight might million mind minute
    mirror missing mistake modern moment money month morning mother mouth movie music myself naked nasty nation nature
    nearby nearly neither nervous never newer night ninth nobody noise noisy normal north notes nothing notice nowhere
    number obvious obviously ocean offer office officer often older online opinion orange order ordinary other ought
    outside overall owner pages paint panic paper paragraph pardon parent paris partly partner party patient pause peace
    people perfect perhaps period person phone phrase piano picture piece pilot place plain planet plant plate player
    please plenty pocket point police policy polite popular possible potato power practice precise prefer pregnant
    prepare present president press pretty price pride print prison private prize probably problem professor program
    promise proof proper proud prove public publish purple purpose quarter queen query question quick quickly quiet
    quite quote radio raise rapid rather reach react reader ready really reason recent recipe recommend record refer
    regular relax remember remind repeat replace reply report request rescue reset respect restaurant result return
    rhyme right river robot rough round route royal rules sadly safety salad salary sauce scale scared scene schedule
    school science screen search season second secret section senior sense sentence serious serve seven seventh several
    shall shape share sharp sheet shirt shock shoes shoot shore short shout shown sight silence silly silver similar
    simple simpler simplest simply since sister sixth sleep slide slight slow slowly small smart smell smile smoke snake
    social soldier solve somebody someone something sometimes somewhere sorry sound source south space spare speak
    special speech speed spell spend spent spoke spoken sport spread spring square stage stair stand start state
    statement station stick still stock stomach stone stood store storm story straight strange street strong student
    study stuff stupid style subject sudden sugar suggest summer super supper supply support suppose surely surprise
    sweet swing
    table talent taste taught taxes teach teacher television tenth terrible thank theme themselves there these thick
    thief thing think third thirty thought thousand threat three throat throw thumb ticket tiger tight tired title today
    together tomorrow tongue tonight topic total touch tough toward tower trade traffic train translate travel treat
    trick tried trouble truck truly trust truth twelve twenty twice under understand unless until upset urban useful
    useless usual usually vague value verse video village violet visit vocabulary voice waste watch water weather
    website wedding weekend weight weird welcome western wheel where whether white whole whose wife window winter wish
    within without woman women wonder wooden word world worried worry worse worst worth would wrong wrote yellow
    yesterday young yours yourself youth zebra
    """
)

SLIPS = {
    "adn": "and", "beacuse": "because", "becuase": "because", "hte": "the", "hwat": "what", "hwy": "why",
    "taht": "that", "teh": "the", "thsi": "this", "waht": "what", "wat": "what", "wehn": "when", "wehre": "where",
    "whcih": "which", "whihc": "which", "whre": "where", "whta": "what", "wich": "which", "wihch": "which",
}  # fmt: skip
"""Slips of the words that ask, and what was meant: too short for comparing with all words."""
