/**
 * Regions of the body as readers tell them apart when they look for an earlier study: what lies within what, what lies
 * beside what, which come in pairs, and what senders call them.
 *
 * A new word is a new entry here; `words.ts` says how words are matched. Body parts are the defined terms of PS3.16
 * Annex L (Body Part Examined, without spaces), codes are SNOMED CT as CID 4031 lists them, and
 * SNOMED RT as it did before, which old images still have; one of several regions stands with each.
 */

export type Region =
  | 'head'
  | 'brain'
  | 'face'
  | 'orbit'
  | 'jaw'
  | 'neck'
  | 'thyroid'
  | 'chest'
  | 'heart'
  | 'breast'
  | 'abdomen'
  | 'liver'
  | 'kidney'
  | 'pelvis'
  | 'prostate'
  | 'uterus'
  | 'scrotum'
  | 'spine'
  | 'cervical spine'
  | 'thoracic spine'
  | 'lumbar spine'
  | 'shoulder'
  | 'clavicle'
  | 'upper arm'
  | 'elbow'
  | 'forearm'
  | 'wrist'
  | 'hand'
  | 'hip'
  | 'thigh'
  | 'knee'
  | 'lower leg'
  | 'ankle'
  | 'foot'
  | 'whole body'

export interface RegionFacts {
  /** The region this one is a part of: an image of that shows this too. */
  readonly within?: Region
  /** Images of one often show some of the other. */
  readonly beside?: readonly Region[]
  readonly paired?: true
  readonly bodyParts: readonly string[]
  readonly codes: readonly string[]
  /** Lower case; as written, `words.ts` folds them. */
  readonly words: readonly string[]
}

/** Commas between, on as many lines as it takes. */
const list = (text: string): readonly string[] => text.split(',').map((one) => one.trim())

/** From head to foot: the order of lanes. */
export const REGIONS: Readonly<Record<Region, RegionFacts>> = {
  head: {
    beside: ['neck'],
    bodyParts: list('HEAD, SKULL, SCALP, HEADNECK'),
    codes: list('69536005, 89546000, 774007, T-D1100, T-11100, T-D1000'),
    words: list(`
      head, skull, cranial, kopf, schädel, crâne, tête, cráneo, cranio, crânio, cabeza, testa, cabeça, hoofd,
      schedel, głowa, głowy, czaszk, голова, головы, череп, 頭部, 头部, 头颅
    `),
  },
  brain: {
    within: 'head',
    bodyParts: list('BRAIN, CEREBELLUM, CIRCLEOFWILLIS, IAC, HYPOTHALAMUS, PITUITARY'),
    codes: list('12738006'),
    words: list(`
      brain, cerebr, encephal, pituitary, stroke, hirn, gehirn, neurocranium, neurokranium, cerveau, encéphal,
      cerebro, encéfalo, cérebro, cervello, encefalo, hersenen, mózg, головного мозга, головной мозг, 脳, 颅脑, 脑
    `),
  },
  face: {
    within: 'head',
    bodyParts: list('FACE, NOSE, CHEEK, ZYGOMA, SINUS, PARANASALSINUS, EAR'),
    codes: list('89545001, 2095001, 91397008, T-11196, T-22000, 59066005'),
    words: list(`
      facial, sinus, sinuses, paranasal, nasal, temporal bone, nnh, nasennebenhöhlen, gesicht, felsenbein,
      sinusien, massif facial, senos paranasales, seni paranasali, пазух, 副鼻腔, 鼻窦
    `),
  },
  orbit: {
    within: 'head',
    bodyParts: list('ORBIT, EYE, EYELID, CORNEA, SCLERA'),
    codes: list('363654007, 81745001, 371398005, T-D14AE, T-AA000, T-D0801'),
    words: list(`
      orbit, orbits, orbita, orbite, eye, eyes, fundus, retina, auge, augen, œil, ojo, occhio, olho, глаз, орбит,
      眼窩, 眼眶
    `),
  },
  jaw: {
    within: 'head',
    bodyParts: list('JAW, MANDIBLE, MAXILLA, TMJ, MOUTH, TONGUE, TOOTH'),
    codes: list('91609006, 70925003, 53620006, 661005, T-D1213, T-11180, T-11170, T-15290'),
    words: list(`
      jaw, mandib, maxilla, tmj, dental, teeth, orthopantomo, opg, opt, kiefer, unterkiefer, zahn, zähne,
      mâchoire, dentaire, челюст, 顎, 下颌
    `),
  },
  neck: {
    beside: ['head', 'chest', 'cervical spine'],
    bodyParts: list(`
      NECK, LARYNX, PHARYNX, CAROTID, SUBMANDIBULAR, PAROTID, HEADNECK, NECKCHEST, NECKCHESTABDOMEN,
      NECKCHESTABDPELV
    `),
    codes: list(`
      45048000, 69105007, 4596009, 774007, 417437006, 416152001, 416319003, T-D1600, T-24100, T-D1000, R-FAB52,
      R-FAB53, R-FAB54
    `),
    words: list(`
      neck, carotid, larynx, pharynx, soft tissue neck, hals, karotis, carotis, cou, carotide, cuello, collo,
      pescoço, szyja, szyi, шеи, шея, сонн, 頸部, 颈部, 頸動脈
    `),
  },
  thyroid: {
    within: 'neck',
    bodyParts: list('THYROID, PARATHYROID'),
    codes: list('69748006'),
    words: list('thyroid, schilddrüse, thyroïde, tiroid, tiróide, schildklier, tarczyc, щитовидн, 甲状腺'),
  },
  chest: {
    beside: ['neck', 'abdomen', 'heart', 'breast', 'thoracic spine', 'shoulder', 'clavicle'],
    bodyParts: list(`
      CHEST, LUNG, THORAX, MEDIASTINUM, BRONCHUS, RIB, RIBS, STERNUM, TRACHEA, ESOPHAGUS, CHESTABDOMEN,
      CHESTABDPELVIS, NECKCHEST, NECKCHESTABDOMEN, NECKCHESTABDPELV
    `),
    codes: list(`
      51185008, 39607008, 72410000, 816094009, 113197003, 56873002, 416550000, 416775004, 417437006, 416152001,
      416319003, T-D3000, T-D3300, T-11300, T-11210, R-FAB52, R-FAB53, R-FAB54, R-FAB55, R-FAB56
    `),
    words: list(`
      chest, thorax, thorac, lung, lungs, pulmon, hrct, cxr, ribs, sternum, mediastin, cap, tap, ctpa, brustkorb,
      lunge, poumon, thorac, tórax, torace, borstkas, longen, klatk, płuc, грудной клетки, грудная клетка, огк,
      легких, легкие, лёгких, флюорогра, 胸部, 肺
    `),
  },
  heart: {
    beside: ['chest'],
    bodyParts: list('HEART, CORONARYARTERY, AORTA'),
    codes: list('80891009, 41801008, T-32000'),
    words: list(`
      heart, cardiac, cardio, echocardio, echocardiography, tte, tee, coronar, myocard, herz, koronar, cœur,
      cardiaque, cardíac, corazón, cuore, coração, hart, serc, сердц, коронар, 心臓, 心脏, 冠動脈, 心エコー
    `),
  },
  breast: {
    beside: ['chest'],
    paired: true,
    bodyParts: list('BREAST, AXILLA'),
    codes: list('76752008, T-04000'),
    words: list(`
      breast, mammo, mammograph, mamma, mammae, brust, mammographie, sein, seins, mama, mamas, mamografía,
      mammella, borsten, piersi, mammografi, маммогр, молочн, 乳房, 乳腺, マンモ
    `),
  },
  abdomen: {
    beside: ['chest', 'pelvis', 'lumbar spine'],
    bodyParts: list(`
      ABDOMEN, STOMACH, PANCREAS, SPLEEN, COLON, DUODENUM, JEJUNUM, ILEUM, ADRENAL, ABDOMENPELVIS, CHESTABDOMEN,
      CHESTABDPELVIS, NECKCHESTABDOMEN, NECKCHESTABDPELV
    `),
    codes: list(`
      818981001, 113345001, 15776009, 78961009, 71854001, 69695003, 818982008, 416949008, 416550000, 416775004,
      416152001, 416319003, T-D4000, T-59300, T-57000, R-FAB53, R-FAB54, R-FAB55, R-FAB56, R-FAB57
    `),
    words: list(`
      abdomen, abdominal, abdo, kub, pancrea, spleen, colon, bowel, mrcp, cap, tap, bauch, oberbauch,
      oberbauchsonographie, pankreas, ventre, addome, addominal, buik, brzuch, brzusz, jamy brzusznej, брюшн,
      живот, 腹部, 膵
    `),
  },
  liver: {
    within: 'abdomen',
    bodyParts: list('LIVER, GALLBLADDER, BILEDUCT'),
    codes: list('10200004, 28231008, 303270005, T-63000, T-60610'),
    words: list('liver, hepat, gallbladder, leber, foie, hígado, fegato, fígado, lever, wątrob, печени, печень, 肝'),
  },
  kidney: {
    within: 'abdomen',
    bodyParts: list('KIDNEY, URETER'),
    codes: list('64033007, 431491007, 87953007, T-73000'),
    words: list(`
      kidney, kidneys, renal, urogra, niere, nieren, rein, reins, rénal, riñon, riñón, reni, rene, rim, rins,
      nieren, nerek, почек, почки, 腎, 肾
    `),
  },
  pelvis: {
    beside: ['abdomen', 'hip', 'lumbar spine'],
    bodyParts: list(`
      PELVIS, BLADDER, RECTUM, ILIUM, OVARY, ABDOMENPELVIS, CHESTABDPELVIS, NECKCHESTABDPELV, SACRUM, SSPINE,
      COCCYX
    `),
    codes: list(`
      12921003, 89837001, 816092008, 416949008, 818982008, 416775004, 416319003, 54735007, 39723000, T-D6000,
      T-74000, T-11AD0, T-15680, R-FAB54, R-FAB56, R-FAB57
    `),
    words: list(`
      pelvis, pelvic, bladder, rectum, sacrum, sacroiliac, cap, tap, abdopelvis, becken, beckenübersicht, bassin,
      pelvien, abdomino pelvien, bacino, pelvi, pélvico, bekken, miednic, таза, таз, 骨盤, 骨盆
    `),
  },
  prostate: {
    within: 'pelvis',
    bodyParts: list('PROSTATE'),
    codes: list('41216001, T-92000, T-9200B'),
    words: list('prostat, próstata, простат, предстательн, 前立腺, 前列腺'),
  },
  uterus: {
    within: 'pelvis',
    bodyParts: list('UTERUS, CERVIX, VAGINA'),
    codes: list('35039007, 110639002, T-88920'),
    words: list('uterus, uterine, transvaginal, gebärmutter, utérus, útero, utero, macic, матк, 子宮, 子宫'),
  },
  scrotum: {
    within: 'pelvis',
    paired: true,
    bodyParts: list('SCROTUM, TESTIS, PENIS'),
    codes: list('20233005, 40689003'),
    words: list('scrot, testis, testic, hoden, мошон, 陰嚢, 阴囊'),
  },
  spine: {
    bodyParts: list('SPINE, BACK'),
    codes: list('421060004, T-D04FF'),
    words: list(`
      spine, spinal, wirbelsäule, rachis, columna, colonna, coluna, wervelkolom, kręgosłup, позвоночник, 脊椎, 脊柱
    `),
  },
  'cervical spine': {
    within: 'spine',
    beside: ['neck', 'thoracic spine'],
    bodyParts: list('CSPINE, CTSPINE'),
    codes: list('122494005, 297171002, T-11501, T-D00F7'),
    words: list(`
      cervical spine, c spine, cspine, spine cervical, hws, halswirbelsäule, rachis cervical, columna cervical,
      rachide cervicale, coluna cervical, cwk, шейного отдела, 頸椎, 颈椎
    `),
  },
  'thoracic spine': {
    within: 'spine',
    beside: ['chest', 'cervical spine', 'lumbar spine'],
    bodyParts: list('TSPINE, CTSPINE, TLSPINE'),
    codes: list('122495006, 297171002, 297172009, T-11502, T-D00F7, T-D00F8'),
    words: list(`
      thoracic spine, t spine, tspine, dorsal spine, spine thoracic, bws, brustwirbelsäule, rachis dorsal, rachis
      thoracique, columna dorsal, rachide dorsale, coluna dorsal, грудного отдела, 胸椎
    `),
  },
  'lumbar spine': {
    within: 'spine',
    beside: ['abdomen', 'pelvis', 'thoracic spine'],
    bodyParts: list('LSPINE, LSSPINE, TLSPINE'),
    codes: list('122496007, 297172009, 297173004, T-11503, T-D00F8, T-D00F9'),
    words: list(`
      lumbar, lumbar spine, l spine, lspine, lumbosacral, lws, lendenwirbelsäule, rachis lombaire, lombaire,
      columna lumbar, lombare, coluna lombar, lwk, поясничн, 腰椎
    `),
  },
  shoulder: {
    beside: ['clavicle', 'upper arm', 'chest'],
    paired: true,
    bodyParts: list('SHOULDER, SCAPULA'),
    codes: list('16982005, 79601000, T-D2220, T-12280, T-15420'),
    words: list(`
      shoulder, scapula, schulter, épaule, hombro, spalla, ombro, schouder, bark, barku, плечевого сустава,
      плечевой сустав, 肩
    `),
  },
  clavicle: {
    beside: ['shoulder', 'chest'],
    paired: true,
    bodyParts: list('CLAVICLE'),
    codes: list('51299004, T-12310'),
    words: list('clavic, schlüsselbein, klavikula, clavícula, ключиц, 鎖骨, 锁骨'),
  },
  'upper arm': {
    beside: ['shoulder', 'elbow'],
    paired: true,
    bodyParts: list('ARM, UPPERARM, HUMERUS'),
    codes: list('40983000, 85050009, T-D8200, T-12410'),
    words: list('humerus, upper arm, oberarm, humérus, húmero, omero, bovenarm, плечевой кости, 上腕, 肱骨'),
  },
  elbow: {
    beside: ['upper arm', 'forearm'],
    paired: true,
    bodyParts: list('ELBOW'),
    codes: list('16953009, 127949000, T-15430'),
    words: list('elbow, ellenbogen, ellbogen, coude, codo, gomito, cotovelo, elleboog, łokie, локтев, 肘'),
  },
  forearm: {
    beside: ['elbow', 'wrist'],
    paired: true,
    bodyParts: list('FOREARM, RADIUS, ULNA, RADIUSULNA'),
    codes: list('14975008, T-D8500'),
    words: list(`
      forearm, radius, ulna, unterarm, avant bras, antebrazo, avambraccio, antebraço, onderarm, przedrami,
      предплечь, 前腕, 前臂
    `),
  },
  wrist: {
    beside: ['forearm', 'hand'],
    paired: true,
    bodyParts: list('WRIST, CARPUS'),
    codes: list('74670003, 8205005, T-15460'),
    words: list(`
      wrist, carpal, scaphoid, handgelenk, kahnbein, poignet, muñeca, polso, punho, pols, nadgarst, лучезапястн,
      запясть, 手関節, 手首, 腕关节
    `),
  },
  hand: {
    beside: ['wrist'],
    paired: true,
    bodyParts: list('HAND, FINGER, THUMB, FINGERS'),
    codes: list('85562004, 7569003, 76505004, T-D8700, T-D8800, T-D8810'),
    words: list(`
      hand, hands, finger, fingers, thumb, hände, daumen, main droite, main gauche, mains, doigt, pouce, mano,
      dedo, dito, mão, vinger, dłoń, ręki, кисти, кисть, 手指, 手部
    `),
  },
  hip: {
    beside: ['pelvis', 'thigh'],
    paired: true,
    bodyParts: list('HIP'),
    codes: list('24136001, 29836001, T-15710'),
    words: list(`
      hip, hips, hüfte, hüftgelenk, hüft, hanche, cadera, anca, quadril, heup, biodr, тазобедренн, 股関節, 髋
    `),
  },
  thigh: {
    beside: ['hip', 'knee'],
    paired: true,
    bodyParts: list('THIGH, FEMUR, UPPERLEG'),
    codes: list('68367000, 71341001, T-D9100, T-12710'),
    words: list(`
      thigh, femur, oberschenkel, cuisse, fémur, muslo, fémur, coscia, femore, coxa, bovenbeen, uda, бедра,
      бедренной кости, 大腿, 股骨
    `),
  },
  knee: {
    beside: ['thigh', 'lower leg'],
    paired: true,
    bodyParts: list('KNEE, PATELLA'),
    codes: list('72696002, 49076000, 64234005, T-D9200, T-12730'),
    words: list(`
      knee, knees, patella, knie, kniegelenk, genou, genoux, rodilla, ginocchio, joelho, kolan, коленн, колена, 膝
    `),
  },
  'lower leg': {
    beside: ['knee', 'ankle'],
    paired: true,
    bodyParts: list('LEG, LOWERLEG, TIBIA, FIBULA, TIBIAFIBULA, CALF'),
    codes: list('30021000, 12611008, 87342007, T-D9400, T-12750'),
    words: list(`
      tibia, fibula, lower leg, tib fib, calf, unterschenkel, jambe, pierna, gamba, perna, onderbeen, podudz,
      голени, голень, 下腿, 小腿
    `),
  },
  ankle: {
    beside: ['lower leg', 'foot'],
    paired: true,
    bodyParts: list('ANKLE'),
    codes: list('70258002, 344001, T-15750'),
    words: list(`
      ankle, sprunggelenk, osg, cheville, tobillo, caviglia, tornozelo, enkel, skokow, голеностоп, 足関節, 踝
    `),
  },
  foot: {
    beside: ['ankle'],
    paired: true,
    bodyParts: list('FOOT, TOE, CALCANEUS, TOES, HEEL'),
    codes: list('56459004, 29707007, 80144004, T-D9700, T-D9800, T-12770'),
    words: list(`
      foot, feet, toe, toes, calcan, fuß, füße, vorfuß, zehe, pied, pieds, orteil, pie, pies, piede, pé, pés,
      voet, stopy, stopa, стопы, стопа, 足部
    `),
  },
  'whole body': {
    bodyParts: list('WHOLEBODY, BODY'),
    codes: list('38266002, T-D0010'),
    words: list(`
      whole body, wholebody, total body, skull base to mid thigh, eyes to thighs, skeletal survey, bone scan, pan
      ct, polytrauma, ganzkörper, skelettszintigraphie, corps entier, cuerpo entero, corpo intero, corpo inteiro,
      всего тела, 全身
    `),
  },
}

export const REGION_ORDER = Object.keys(REGIONS) as readonly Region[]

/** Where a region lies in the tree: itself, what it is a part of, and so on. */
function chain(region: Region): readonly Region[] {
  const { within } = REGIONS[region]
  return within === undefined ? [region] : [region, ...chain(within)]
}

/** The widest region it is part of: the lane it is shown in. */
export const laneOf = (region: Region): Region => chain(region).at(-1) ?? region

export type Kinship = 'same' | 'contains' | 'part' | 'sibling' | 'beside' | 'apart'

/** What an image of `there` has to do with one of `here`. */
export function kinship(here: Region, there: Region): Kinship {
  if (here === there) return 'same'
  if (there === 'whole body' || chain(here).includes(there)) return 'contains'
  if (here === 'whole body' || chain(there).includes(here)) return 'part'
  if (laneOf(here) === laneOf(there)) return 'sibling'
  return isBeside(here, there) || isBeside(there, here) ? 'beside' : 'apart'
}

const isBeside = (here: Region, there: Region): boolean =>
  chain(here).some((one) => chain(there).some((other) => REGIONS[one].beside?.includes(other) === true))
