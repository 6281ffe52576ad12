### Beth a ddywedir wrth aelodau, mewn Cymraeg clir. Welsh, kept message by message beside en-GB.ftl.
###
### For translators: names of groups, rules and bodies are put in as they are, so no wording may ask for a mutation of a
### variable. The words `appeal`, `reply` and `acknowledge` are what the bot understands and stay in English.
### A change here has to be read by somebody who reads Welsh well.

## Words that stand in other parts

post-message = neges
post-nickname = enw
post-title = teitl
post-topic = pwnc

step-warning = rhybudd ysgrifenedig
step-suspension = gwaharddiad dros dro
step-expulsion = diarddeliad

handler-admin-team = y tîm gweinyddu
handler-named-officer = y swyddog sy’n gyfrifol am faterion o’r fath
handler-secretary = yr Ysgrifennydd
handler-alternate = swyddog arall y gellir ymddiried ynddo
handler-executive = y Pwyllgor Gwaith

matter-post = eich { $post } ar { $when } (grŵp: { $group })
matter-warning = eich rhybudd ysgrifenedig (grŵp: { $group })
matter-suspension = eich gwaharddiad dros dro (grŵp: { $group })
matter-expulsion = eich diarddeliad (grŵp: { $group })

strikes =
    { $strikes ->
        [0] Does gennych chi ddim un tramgwydd.
        [one] Mae gennych chi 1 tramgwydd.
        [two] Mae gennych chi 2 dramgwydd.
        [few] Mae gennych chi 3 thramgwydd.
        [many] Mae gennych chi 6 thramgwydd.
       *[other] Mae gennych chi { $strikes } tramgwydd.
    }

## Parts of many letters

dateline-case = Achos { $reference }, { $date }.
dateline-sanction = Cosb { $reference }, { $date }.
dateline-report = Adroddiad { $reference }, { $date }.
dateline-file = Cyfeirnod { $reference }, { $date }.
dateline-none = { $date }.
post-said = Testun eich { $post }:
text-erased = Mae’r testun wedi’i ddileu o’n cofnodion.
text-unknown = Nid yw’r testun gennym: ni chawsom ef, neu mae wedi’i ddileu.
rule = Y rheol yw “{ $title }”: { $text }
rule-versioned = Y rheol yw “{ $title }” (fersiwn { $version }): { $text }
moderator-says = Geiriau’r cymedrolwr:
officers-say = Geiriau’r swyddogion:
executive-says = Geiriau’r Pwyllgor Gwaith:
counts =
    Mae hyn yn dramgwydd. { $total }
    { $months ->
        [one] Mae tramgwydd yn cyfrif am 1 mis.
        [two] Mae tramgwydd yn cyfrif am 2 fis.
       *[other] Mae tramgwydd yn cyfrif am { $months } mis.
    }
    Y cam nesaf posibl yw: { $next }.
counts-not = Nid yw hyn yn dramgwydd. { $total }
counts-not-yet =
    Nid yw hyn yn dramgwydd nawr. Dylai cymedrolwr edrych erbyn { $due }. Yna bydd yn dod yn ôl, neu bydd yn aros i
    lawr a gall fod yn dramgwydd. { $total }
strike-cancelled = Nid yw’r tramgwydd yn cyfrif mwyach. { $total }
total = { $total }
appeal-case =
    Ydych chi’n meddwl bod hyn yn anghywir? Atebwch yma gyda: appeal { $reference } a dywedwch pam. Bydd cymedrolwr yn
    penderfynu. Os na fydd yn cytuno, gallwch ofyn i’r Pwyllgor Gwaith. Mae gennych chi tan { $until }.
appeal-next =
    Gallwch ofyn i’r Pwyllgor Gwaith. Atebwch yma gyda: appeal { $reference } a dywedwch pam. Mae gennych chi tan
    { $until }.
appeal-sanction =
    Ydych chi’n meddwl bod hyn yn anghywir? Atebwch yma gyda: appeal { $reference } a dywedwch pam. Mae gennych chi tan
    { $until }. Y Pwyllgor Gwaith sy’n penderfynu. Ni fydd neb a gymerodd ran yn y penderfyniad hwn yn ei glywed.
    { $days ->
        [one] Byddwch yn cael ateb o fewn 1 diwrnod.
        [two] Byddwch yn cael ateb o fewn 2 ddiwrnod.
       *[other] Byddwch yn cael ateb o fewn { $days } diwrnod.
    }
answer-due = Byddwch yn cael ateb erbyn { $due }.
external =
    Mae’r penderfyniad hwn yn derfynol o fewn y grŵp { $group }. Os ydych chi’n dal i feddwl ei fod yn anghywir, gallwch
    ysgrifennu at y corff hwn: { $body }.
signature = Y tîm gweinyddu, { $group }. Cwestiynau: { $contact }.

## Posts

heading-removed = Tynnwyd eich { $post } i lawr
removed-by-filter =
    Rydym wedi tynnu i lawr { $matter }. Ein hidlydd geiriau wnaeth hyn ohono’i hun. Nid oes neb wedi edrych eto.
removed-by-moderator = Mae cymedrolwr wedi tynnu i lawr { $matter }.

never-seen =
    Ni welodd neb arall hyn. Ataliodd y gwasanaeth sgwrsio’r neges wrth i chi ei hanfon.

heading-hidden = Mae eich { $post } o’r golwg am y tro
hidden-by-filter =
    Rydym wedi tynnu i lawr { $matter }. Ein hidlydd geiriau wnaeth hyn ohono’i hun. Bydd cymedrolwr yn edrych.
hidden-by-moderator = Mae cymedrolwr wedi tynnu i lawr { $matter } er mwyn edrych yn fanylach.

quoted =
    Rydym wedi tynnu i lawr { $matter }, am fod dyfyniad yno o eiriau sy’n torri rheol. Wnaethoch chi ddim o’i le wrth
    ddyfynnu. Ein hidlydd geiriau wnaeth hyn ohono’i hun. Nid oes neb wedi edrych eto.
carried-by-filter =
    Rydym wedi tynnu i lawr { $matter }, am fod geiriau yno o neges sydd wedi’i thynnu i lawr. Wnaethoch chi ddim o’i le
    wrth ei hateb neu ei dyfynnu. Ein bot wnaeth hyn ohono’i hun. Nid oes neb wedi edrych eto.
carried-by-moderator =
    Mae cymedrolwr wedi tynnu i lawr { $matter }, am fod geiriau yno o neges sydd wedi’i thynnu i lawr. Wnaethoch chi
    ddim o’i le wrth ei hateb neu ei dyfynnu.

heading-confirmed = Ni fydd eich { $post } yn dod yn ôl
confirmed = Mae cymedrolwr wedi edrych ar { $matter }. Ni fydd yn dod yn ôl.

heading-strike-voided = Mae tramgwydd wedi’i ddileu
strike-voided = Mae cymedrolwr wedi edrych eto ar { $matter }. Ni fydd yn dod yn ôl.

heading-restored = Mae eich { $post } yn ôl
restored =
    Mae cymedrolwr wedi edrych ar { $matter }. Nid yw’n torri’r rheolau, ac mae yn ei lle eto. Mae’n ddrwg gennym am y
    drafferth.
restored-along =
    Roeddem wedi tynnu { $matter } oherwydd ei fod yn cario geiriau post arall. Mae’r post hwnnw’n cael ei ganiatáu wedi’r
    cyfan, felly mae’ch un chi yn ei le eto hefyd. Mae’n ddrwg gennym am y drafferth.

## Appeals

heading-appeal-received = Mae eich apêl wedi cyrraedd
appeal-received-moderator =
    Gofynnoch chi i ni edrych eto ar { $matter }. Bydd cymedrolwr yn darllen eich geiriau ac yn eich ateb yma.
appeal-received-same-moderator =
    Gofynnoch chi i ni edrych eto ar { $matter }. Bydd cymedrolwr yn darllen eich geiriau ac yn eich ateb yma. Yr un
    cymedrolwr a benderfynodd o’r blaen fydd hwn, gan na all neb arall ei chlywed. Os na fydd yn cytuno, gallwch ofyn
    i’r Pwyllgor Gwaith.
appeal-received-executive =
    Gofynnoch chi i ni edrych eto ar { $matter }. Bydd y Pwyllgor Gwaith yn darllen eich geiriau ac yn eich ateb yma. Ni
    fydd neb a gymerodd ran yn y penderfyniad yn ei chlywed.

heading-appeal-accepted = Derbyniwyd eich apêl
appeal-accepted =
    Mae cymedrolwr wedi darllen eich apêl am { $matter }. Roeddech chi’n iawn, ac rydym wedi gosod y testun yn ôl.

heading-appeal-dismissed = Gwrthodwyd eich apêl
appeal-dismissed = Mae cymedrolwr wedi darllen eich apêl am { $matter }. Ni fydd yn dod yn ôl.
appeal-dismissed-same-moderator =
    Mae cymedrolwr wedi darllen eich apêl am { $matter }. Ni fydd yn dod yn ôl. Yr un cymedrolwr a benderfynodd o’r
    blaen oedd hwn, gan na allai neb arall ei chlywed.

heading-executive-asked = Mae eich apêl yn mynd at y Pwyllgor Gwaith
executive-asked =
    Gofynnoch chi i’r Pwyllgor Gwaith edrych ar { $matter }. Mae eu penderfyniad yn derfynol o fewn y grŵp { $group }.
    Rydym wedi cofnodi eich cais ar eu cyfer.
appeal-escalated =
    Gofynnoch chi i ni edrych eto ar { $matter }. Dylech fod wedi cael ateb erbyn { $was-due }. Mae’n ddrwg gennym na
    chawsoch chi un. Mae eich apêl wedi mynd at y Pwyllgor Gwaith ohoni’i hun. Does dim rhaid i chi wneud dim.

heading-appeal-progress = Mae eich apêl yn dal ar agor
appeal-progress =
    Ar { $lodged } gofynnoch chi i ni edrych eto ar { $matter }. Nid yw’r Pwyllgor Gwaith wedi penderfynu eto. Dylent
    ateb erbyn { $due }. Os na fyddant wedi ateb, byddwn yn ysgrifennu atoch eto ar { $again }.
appeal-progress-late =
    Ar { $lodged } gofynnoch chi i ni edrych eto ar { $matter }. Dylai’r Pwyllgor Gwaith fod wedi ateb erbyn { $due }.
    Mae’n ddrwg gennym nad ydynt wedi gwneud. Mae’r Pwyllgor a’r Ysgrifennydd wedi cael gwybod. Os na fyddant wedi ateb
    cyn hynny, byddwn yn ysgrifennu atoch eto ar { $again }.

heading-appeal-beyond = Mae eich apêl yn mynd y tu allan i’r grŵp
appeal-beyond =
    Gofynnoch chi i ni edrych eto ar { $matter }. Mae gan bawb ar y Pwyllgor Gwaith ran yn y mater, neu maent wedi
    penderfynu arno o’r blaen, felly ni all neb yn y grŵp { $group } glywed eich apêl. Y corff hwn fydd yn delio â hi:
    { $body }. Bydd swyddog yn ei hanfon ymlaen. Gallwch chi ysgrifennu atynt eich hun hefyd.

heading-appeal-allowed = Caniatawyd eich apêl
appeal-allowed =
    Mae’r Pwyllgor Gwaith wedi clywed eich apêl am { $matter }. Roeddech chi’n iawn, ac mae’n ddrwg gennym.
heading-appeal-varied = Caniatawyd eich apêl yn rhannol
appeal-varied = Mae’r Pwyllgor Gwaith wedi clywed eich apêl am { $matter }. Maent yn cytuno â chi yn rhannol.
appeal-dismissed-final =
    Mae’r Pwyllgor Gwaith wedi clywed eich apêl am { $matter }. Nid ydynt yn cytuno â chi. Mae’r penderfyniad yn sefyll.
appeal-not-heard =
    Ni chlywodd y Pwyllgor Gwaith eich apêl am { $matter }, am iddi ddod yn rhy hwyr. Mae’r penderfyniad yn sefyll.
minute = Mae’r penderfyniad yn eu cofnodion fel { $minute }.
post-back = Rydym wedi gosod eich neges yn ôl.
remedy-void-warning = Nid yw’r rhybudd ysgrifenedig yn cyfrif mwyach.
remedy-void-suspension = Nid yw’r gwaharddiad dros dro yn cyfrif mwyach.
remedy-void-expulsion = Nid yw’r diarddeliad yn cyfrif mwyach.
remedy-reduced = Y gosb oedd: { $was }. Y gosb nawr yw: { $now }.
remedy-lifted = Gallwch ddod yn ôl nawr.
varied-shortened = Bydd eich gwaharddiad dros dro nawr yn dod i ben ar { $until }.
varied-no-strike = Ni fydd eich neges yn dod yn ôl. Nid yw’n dramgwydd mwyach.

## Sanctions

heading-side-invited = Rydym am glywed eich ochr chi
side-warning =
    Mae swyddogion y grŵp { $group } yn ystyried anfon rhybudd ysgrifenedig atoch. Nid oes dim wedi’i benderfynu eto.
side-suspension =
    { $days ->
        [one] Mae swyddogion y grŵp { $group } yn ystyried eich gwahardd am 1 diwrnod.
        [two] Mae swyddogion y grŵp { $group } yn ystyried eich gwahardd am 2 ddiwrnod.
       *[other] Mae swyddogion y grŵp { $group } yn ystyried eich gwahardd am { $days } diwrnod.
    }
    Nid oes dim wedi’i benderfynu eto.
side-expulsion =
    Mae swyddogion y grŵp { $group } yn ystyried eich diarddel am byth. Nid oes dim wedi’i benderfynu eto.
side-reply =
    Dywedwch eich ochr chi wrthym. Atebwch yma gyda: reply { $reference } a’ch geiriau. Mae gennych chi tan { $until }.
side-companion =
    Gall rhywun rydych chi’n ymddiried ynddo eich helpu, neu ysgrifennu ar eich rhan. Dywedwch wrthym pwy.
side-next =
    Wedyn bydd y swyddogion yn penderfynu, gyda’ch geiriau neu hebddynt.
    { $quorum ->
        [one] Rhaid i 1 ohonynt gytuno.
       *[other] Rhaid i o leiaf { $quorum } ohonynt gytuno.
    }
    Ni fydd neb sydd â rhan yn y mater yn penderfynu. Gallant ddewis cam ysgafnach, neu ddim cam. Ni allant ddewis cam
    trymach. Byddwn yn ysgrifennu atoch y naill ffordd neu’r llall.

why-first = Pam y cam hwn: dyma’r cam cyntaf. Nid oes rhybudd cynharach yn dal i gyfrif yn eich erbyn.
why-after-warning =
    Pam y cam hwn: cawsoch chi rybudd ysgrifenedig ar { $served }. Mae’n cyfrif tan ddiwedd { $until }, a daeth hyn ar ei
    ôl.
why-after-suspension =
    Pam y cam hwn: roeddech chi wedi’ch gwahardd tan { $ended }. Gall torri rheol eto erbyn diwedd { $until } arwain at
    eich diarddel.
why-milder = Pam y cam hwn: mae’r rheolau yn caniatáu’r cam hwn: { $ladder }. Dewisodd y swyddogion rywbeth ysgafnach.
grounds = Mae’n seiliedig ar hyn:
ground = Achos { $reference }: { $matter }. { $rule }
sign-off = Cymeradwywyd gan y tîm gweinyddu ({ $signed } o { $of }) ar { $date }.

heading-warning = Rhybudd ysgrifenedig
warning-nature =
    Rhybudd ysgrifenedig gan y grŵp { $group } yw hwn. Torrodd yr hyn a ysgrifennoch chi ein rheolau.
warning-change = Peidiwch â gwneud hyn eto, a chadwch at y rheolau hyn o heddiw ymlaen.
warning-live =
    { $months ->
        [one] Mae’r rhybudd hwn yn cyfrif am 1 mis o’r diwrnod y byddwch yn ei gael.
        [two] Mae’r rhybudd hwn yn cyfrif am 2 fis o’r diwrnod y byddwch yn ei gael.
       *[other] Mae’r rhybudd hwn yn cyfrif am { $months } mis o’r diwrnod y byddwch yn ei gael.
    }
warning-next =
    { $days ->
        [one] Os torrwch chi reol eto yn yr amser hwnnw, gallwch gael eich gwahardd am 1 diwrnod.
        [two] Os torrwch chi reol eto yn yr amser hwnnw, gallwch gael eich gwahardd am 2 ddiwrnod.
       *[other] Os torrwch chi reol eto yn yr amser hwnnw, gallwch gael eich gwahardd am { $days } diwrnod.
    }

heading-suspended = Rydych chi wedi’ch gwahardd dros dro
suspended =
    Rydych chi wedi’ch gwahardd o’r grŵp { $group } o { $from } tan { $until }. Ni allwch gymryd rhan yma yn yr amser
    hwnnw.
suspended-return =
    Ar ôl hynny gallwch ddod yn ôl. Does dim rhaid i chi ofyn. Byddwn yn ysgrifennu atoch ar y diwrnod.
suspended-next =
    { $months ->
        [one] Os torrwch chi reol o fewn 1 mis wedyn, gallwch gael eich diarddel.
        [two] Os torrwch chi reol o fewn 2 fis wedyn, gallwch gael eich diarddel.
       *[other] Os torrwch chi reol o fewn { $months } mis wedyn, gallwch gael eich diarddel.
    }

heading-expelled = Rydych chi wedi’ch diarddel
expelled = Rydych chi wedi’ch diarddel o’r grŵp { $group }, o { $from } ymlaen ac am byth.

heading-not-carried-out = Rydych chi yn y grŵp o hyd
not-carried-out =
    Ar { $told } fe wnaethom roi gwybod i chi am gosb: { $step } ({ $reference }). Nid yw wedi’i rhoi ar waith: nid ydych
    wedi’ch rhoi allan o’r grŵp { $group }, a gallwch barhau i gymryd rhan.
not-carried-out-next =
    Mae’r penderfyniad ei hun yn sefyll ar gofnod, ac mae’r swyddogion yn edrych ar yr hyn a aeth o’i le. Byddwn yn
    ysgrifennu atoch eto cyn i ddim gael ei wneud. Does dim rhaid i chi wneud dim.

heading-sanction-declined = Does dim mwy yn dilyn
sanction-declined =
    Bu swyddogion y grŵp { $group } yn ystyried cosb i chi: { $step }. Ni ddaw dim ohono. Does dim rhaid i chi wneud dim.

heading-suspension-ended = Croeso yn ôl
suspension-ended =
    Mae eich gwaharddiad o’r grŵp { $group } wedi dod i ben. Gallwch ddod yn ôl nawr, ac rydym yn falch o’ch cael.
suspension-ended-late = Dylai fod wedi dod i ben ar { $due }. Mae’n ddrwg gennym iddo gymryd mwy o amser.
suspension-ended-next =
    Cadwch at ein rheolau, os gwelwch yn dda. Os torrwch chi un erbyn diwedd { $until }, gallwch gael eich diarddel.

heading-interim-muted = Ni allwch ysgrifennu am y tro
interim-muted =
    Ni allwch ysgrifennu yn y grŵp { $group } tan { $until }. Mae hyn er mwyn cadw pethau’n dawel tra byddwn yn edrych.
    Nid yw’n dramgwydd, ac nid oes dim wedi’i benderfynu.
interim-review = Bydd swyddog arall yn edrych ar hyn. Gall ddod i ben yn gynt.

heading-interim-ended = Gallwch ysgrifennu eto
interim-ended = Gallwch ysgrifennu yn y grŵp { $group } eto. Nid oedd hyn yn dramgwydd.
interim-ended-early = Rydym wedi edrych ac wedi dod â hyn i ben yn gynnar.

heading-corrected = Gwnaethom gamgymeriad
corrected-appeal =
    Roedd eich apêl yn y grŵp { $group } yn iawn. Roedd yr hyn a wnaethom yn gamgymeriad, ac mae’n ddrwg gennym.
corrected-review =
    Rydym wedi edrych eto ar yr hyn a wnaethom yn y grŵp { $group }. Roedd yn gamgymeriad, ac mae’n ddrwg gennym.
corrected-identity =
    Fe’ch cymerwyd am rywun arall yn y grŵp { $group }. Ein camgymeriad ni oedd hynny, ac mae’n ddrwg gennym.

## Reports

heading-report-received = Mae eich adroddiad wedi cyrraedd
report-received =
    Diolch am ddweud wrthym. Yn delio â’ch adroddiad nawr: { $handler }. Byddwch yn cael ateb erbyn { $due }. Os na
    chewch chi un, bydd yn mynd ymhellach ohono’i hun.
report-private = Ni fyddwn yn dweud wrth y sawl yr ysgrifennoch chi amdano mai chi oedd.

heading-report-answered = Mae ateb i’ch adroddiad
report-answered = Rydym wedi edrych ar eich adroddiad yn y grŵp { $group }. Daw’r ateb hwn gan { $handler }.
report-outcome-acted = Rydym wedi gweithredu. Nid ydym yn dweud sut, gan mai mater i rywun arall yw hynny.
report-outcome-no-breach = Yn ein barn ni, ni thorrwyd unrhyw reol.
report-outcome-advice = Rhoesom gyngor i’r rhai dan sylw.
report-outcome-mediated = Mae’r rhai dan sylw wedi dod i gytundeb.
report-outcome-referred = Rydym wedi ei drosglwyddo i gorff y tu allan i’r grŵp.
report-next =
    Ydych chi’n anfodlon? Atebwch yma gyda: appeal { $reference } a dywedwch pam. Yna bydd { $next } yn delio â’ch
    adroddiad.
report-external = Ydych chi’n anfodlon? Gallwch ysgrifennu at y corff hwn: { $next }.

heading-report-escalated = Mae eich adroddiad yn mynd ymhellach
report-late = Dylech fod wedi cael ateb erbyn { $was-due }. Mae’n ddrwg gennym na chawsoch chi un.
report-beyond =
    Nid oes neb ar ôl yn y grŵp { $group } a allai ddelio â’ch adroddiad heb fod â rhan ynddo. Gallwch ysgrifennu at y
    corff hwn: { $next }.
report-escalated = Yn delio â’ch adroddiad nawr: { $handler }. Byddwch yn cael ateb erbyn { $due }.

## Rules and records

heading-rules = Croeso i’r grŵp { $group }
rules-intro = Dyma’r rheolau rydym yn cadw atynt yma. Darllenwch nhw, os gwelwch yn dda.
welcome-rule = { $title }: { $text }
rules-acknowledge = Atebwch yma gyda: acknowledge. Yna byddwn yn gwybod eich bod wedi’u darllen.

heading-erasure = Eich cais am eich cofnod
erasure-erased =
    Gofynnoch chi i ni ddileu’r hyn rydym yn ei gadw amdanoch yn y grŵp { $group }. Rydym wedi gwneud hynny.
    Mae adroddiadau a wnaethoch chi yn ffeiliau ar wahân: maent yn aros nes i’w hamser ddod i ben, ac mae my-record yn eu
    dangos.
erasure-partly =
    Gofynnoch chi i ni ddileu’r hyn rydym yn ei gadw amdanoch yn y grŵp { $group }. Rydym wedi dileu’r hyn y gallem.
    Rhaid i ni gadw’r gweddill tan { $until }.
erasure-kept =
    Gofynnoch chi i ni ddileu’r hyn rydym yn ei gadw amdanoch yn y grŵp { $group }. Ni allwn wneud hynny eto. Rhaid i ni
    ei gadw tan { $until }.
erasure-kept-files = Rydym yn cadw { $files } tan { $until } o leiaf: { $why }.
kept-held = mae’n rhaid i ni ddal gafael ar hyn am y tro
kept-under-appeal = mae apêl am hyn yn dal ar agor
kept-in-force = mae’r gosb mewn grym
kept-sanction-counts = gall y gosb gyfrif o hyd, neu gellir apelio yn ei herbyn
kept-strike-counts = mae’r tramgwydd yn dal i gyfrif
kept-rests-on-it = mae cosb yn seiliedig ar hyn
kept-open = mae rhywbeth yma heb ei orffen eto
erasure-complaint = Ydych chi’n anfodlon? Gallwch gwyno wrth y Comisiynydd Gwybodaeth, yn ico.org.uk.

heading-purged = Rydym wedi dileu cofnod amdanoch
purged =
    { $months ->
        [one] Agorwyd y cofnod hwn yn y grŵp { $group } ar { $opened }. Rydym yn cadw cofnodion am 1 mis.
        [two] Agorwyd y cofnod hwn yn y grŵp { $group } ar { $opened }. Rydym yn cadw cofnodion am 2 fis.
       *[other] Agorwyd y cofnod hwn yn y grŵp { $group } ar { $opened }. Rydym yn cadw cofnodion am { $months } mis.
    }
    Yna byddwn yn eu dileu. Mae’r un hwn wedi mynd nawr.

heading-linked = Mae dau gyfrif yn cael eu trin fel rhai un person
linked = Yn y grŵp { $group }, mae’r cyfrif hwn a chyfrif arall nawr yn cael eu trin fel rhai un person.
linked-account = Dyma’r cyfrif arall:
linked-means =
    Mae tramgwyddau ar y naill gyfrif a’r llall nawr yn cyfrif gyda’i gilydd. Felly hefyd rybuddion, a’r hyn sy’n eu
    dilyn. Mae swyddog sydd â dau gyfrif yn llofnodi unwaith.
linked-object =
    Ydy hyn yn anghywir? Atebwch yma gyda: correct { $reference } a dywedwch pam. Bydd yr Ysgrifennydd yn edrych arno.

heading-unlinked = Mae dau gyfrif yn rhai dau berson eto
unlinked = Yn y grŵp { $group }, nid yw’r cyfrif hwn a chyfrif arall yn cael eu trin fel rhai un person mwyach.
unlinked-means =
    Nid yw tramgwyddau ar y naill yn cyfrif i’r llall mwyach. Mae’r hyn a oedd yn seiliedig ar y ddau yn cael ei dynnu’n
    ôl.

heading-readmitted = Gallwch ddod yn ôl
readmitted = Cawsoch eich diarddel o’r grŵp { $group }. Mae hynny ar ben nawr. Gallwch ddod yn ôl.
