/**
 * Courses of patients whose right prior was decided by hand: for measuring the choice of priors, not for making it.
 *
 * A course lists what a patient had, by examination; `right` are the earlier studies a reader would ask for first, by
 * their place in the list. Examinations are written as different houses write them (their own words, abbreviations and
 * languages, copied from no table of the product), with headers as faulty as they come: body part given, missing, or a
 * preset that was never changed. Every label was set while the course was written and read once more afterwards.
 */

interface Examination {
  readonly modality: string
  /** As BodyPartExamined has it. */
  readonly part: string
  readonly side?: 'R' | 'L'
  /** English, German, French, Spanish, Japanese or Russian; what a house writes. */
  readonly titles: readonly string[]
}

const EXAMINATIONS = {
  'CT chest': {
    modality: 'CT',
    part: 'CHEST',
    titles: [
      'CT CHEST W CONTRAST',
      'CT Thorax mit KM',
      'TDM thoracique avec injection',
      'TC tórax con contraste',
      '胸部造影CT',
      'КТ органов грудной клетки с контрастом',
    ],
  },
  'CT chest plain': {
    modality: 'CT',
    part: 'CHEST',
    titles: [
      'CT CHEST WO CONTRAST',
      'CT Thorax nativ',
      'Scanner du thorax sans injection',
      'TAC de tórax sin contraste',
      '胸部単純CT',
      'КТ грудной клетки без контраста',
    ],
  },
  'CT CAP': {
    modality: 'CT',
    part: 'CHEST',
    titles: [
      'CT CAP W',
      'CT Thorax/Abdomen/Becken mit KM',
      'TDM thoraco-abdomino-pelvien injecté',
      'TC tórax-abdomen-pelvis con contraste',
      '胸腹部骨盤造影CT',
      'КТ грудной клетки, брюшной полости и таза',
    ],
  },
  'CT abdomen': {
    modality: 'CT',
    part: 'ABDOMEN',
    titles: [
      'CT ABD/PELVIS W IV CONTRAST',
      'CT Abdomen u. Becken portalvenös',
      'TDM abdomino-pelvien',
      'TC abdomen y pelvis',
      '腹部骨盤造影CT',
      'КТ брюшной полости и таза',
    ],
  },
  'chest film': {
    modality: 'CR',
    part: 'CHEST',
    titles: [
      'XR CHEST 2V',
      'Röntgen Thorax pa/seitl.',
      'Radio pulmonaire face',
      'Rx tórax PA',
      '胸部正面',
      'Рентгенография ОГК',
    ],
  },
  'CT head': {
    modality: 'CT',
    part: 'HEAD',
    titles: ['CT HEAD WO', 'CCT nativ Schädel', 'TDM cérébrale', 'TC craneal', '頭部CT', 'КТ головы'],
  },
  'MR brain': {
    modality: 'MR',
    part: 'BRAIN',
    titles: ['MRI BRAIN W/WO', 'MRT Gehirn', 'IRM encéphalique', 'RM cerebral', '脳MRI', 'МРТ головного мозга'],
  },
  'MR pituitary': {
    modality: 'MR',
    part: 'HEAD',
    titles: [
      'MRI PITUITARY',
      'MRT Hypophyse/Gehirn',
      'IRM encéphale hypophyse',
      'RM cerebral silla turca',
      '下垂体 脳MRI',
      'МРТ гипофиза, головной мозг',
    ],
  },
  'MR lumbar': {
    modality: 'MR',
    part: 'LSPINE',
    titles: ['MRI L-SPINE', 'MRT LWS', 'IRM rachis lombaire', 'RM columna lumbar', '腰椎MRI', 'МРТ поясничного отдела'],
  },
  'lumbar film': {
    modality: 'DX',
    part: 'LSPINE',
    titles: [
      'XR LUMBAR SPINE 3V',
      'LWS in 2 Ebenen',
      'Rx rachis lombaire F/P',
      'Rx columna lumbar AP y lat',
      '腰椎2方向',
      'Рентген поясничного отдела',
    ],
  },
  'MR cervical': {
    modality: 'MR',
    part: 'CSPINE',
    titles: [
      'MRI C-SPINE WO',
      'MRT HWS',
      'IRM rachis cervical',
      'RM columna cervical',
      '頸椎MRI',
      'МРТ шейного отдела',
    ],
  },
  mammogram: {
    modality: 'MG',
    part: 'BREAST',
    titles: [
      'MAMMO SCREENING BILAT',
      'Mammographie bds.',
      'Mammographie bilatérale',
      'Mamografía bilateral',
      'マンモグラフィ',
      'Маммография',
    ],
  },
  'breast US': {
    modality: 'US',
    part: 'BREAST',
    titles: [
      'US BREAST LT LIMITED',
      'Mammasonographie links',
      'Echo sein gauche',
      'Eco mama izquierda',
      '左乳房エコー',
      'УЗИ молочной железы слева',
    ],
  },
  'MR breast': {
    modality: 'MR',
    part: 'BREAST',
    titles: [
      'MRI BREAST BILAT W',
      'MRT Mamma bds.',
      'IRM mammaire des deux seins',
      'RM de mama bilateral',
      '乳房造影MRI',
      'МРТ молочных желез',
    ],
  },
  'US abdomen': {
    modality: 'US',
    part: 'ABDOMEN',
    titles: [
      'US ABD COMPLETE',
      'Sono Abdomen',
      'Echographie abdominale',
      'Ecografía abdominal',
      '腹部エコー',
      'УЗИ брюшной полости',
    ],
  },
  'US thyroid': {
    modality: 'US',
    part: 'THYROID',
    titles: [
      'US THYROID',
      'Schilddrüsensonographie',
      'Echo thyroïde',
      'Eco tiroides',
      '甲状腺エコー',
      'УЗИ щитовидной железы',
    ],
  },
  'MR liver': {
    modality: 'MR',
    part: 'LIVER',
    titles: ['MRI LIVER W', 'MRT Leber Primovist', 'IRM du foie', 'RM hígado', '肝臓MRI', 'МРТ печени'],
  },
  'CT kidney': {
    modality: 'CT',
    part: 'KIDNEY',
    titles: ['CT RENAL STONE PROTOCOL', 'CT Nieren nativ', 'Uroscanner reins', 'TC renal', '腎臓CT', 'КТ почек'],
  },
  'right knee film': {
    modality: 'DX',
    part: 'KNEE',
    side: 'R',
    titles: [
      'XR KNEE RT 3V',
      'Knie rechts 2 Eb.',
      'Genou droit F/P',
      'Rx rodilla derecha',
      '右膝2方向',
      'Рентген правого коленного сустава',
    ],
  },
  'left knee film': {
    modality: 'DX',
    part: 'KNEE',
    side: 'L',
    titles: [
      'XR KNEE LT 3V',
      'Knie links 2 Eb.',
      'Genou gauche F/P',
      'Rx rodilla izquierda',
      '左膝2方向',
      'Рентген левого коленного сустава',
    ],
  },
  'right knee MR': {
    modality: 'MR',
    part: 'KNEE',
    side: 'R',
    titles: [
      'MRI RT KNEE WO',
      'MRT Kniegelenk rechts',
      'IRM genou droit',
      'RM rodilla derecha',
      '右膝MRI',
      'МРТ правого колена',
    ],
  },
  'left wrist film': {
    modality: 'DX',
    part: 'WRIST',
    side: 'L',
    titles: [
      'XR WRIST LT 3V',
      'Handgelenk links',
      'Poignet gauche',
      'Rx muñeca izquierda',
      '左手関節',
      'Рентген левого лучезапястного сустава',
    ],
  },
  'right wrist film': {
    modality: 'DX',
    part: 'WRIST',
    side: 'R',
    titles: [
      'XR WRIST RT 3V',
      'Handgelenk rechts',
      'Poignet droit',
      'Rx muñeca derecha',
      '右手関節',
      'Рентген правого лучезапястного сустава',
    ],
  },
  'left hand film': {
    modality: 'DX',
    part: 'HAND',
    side: 'L',
    titles: ['XR HAND LT', 'Hand links dp', 'Main gauche F', 'Rx mano izquierda', '左手指', 'Рентген левой кисти'],
  },
  'right hip film': {
    modality: 'DX',
    part: 'HIP',
    side: 'R',
    titles: [
      'XR HIP RT',
      'Hüftgelenk rechts',
      'Hanche droite',
      'Rx cadera derecha',
      '右股関節',
      'Рентген правого тазобедренного сустава',
    ],
  },
  'pelvis film': {
    modality: 'DX',
    part: 'PELVIS',
    titles: ['XR PELVIS AP', 'Beckenübersicht', 'Bassin de face', 'Rx pelvis AP', '骨盤正面', 'Рентген таза'],
  },
  'right ankle film': {
    modality: 'DX',
    part: 'ANKLE',
    side: 'R',
    titles: [
      'XR ANKLE RT',
      'OSG rechts',
      'Cheville droite',
      'Rx tobillo derecho',
      '右足関節',
      'Рентген правого голеностопа',
    ],
  },
  'right shoulder MR': {
    modality: 'MR',
    part: 'SHOULDER',
    side: 'R',
    titles: [
      'MRI SHOULDER RT',
      'MRT Schulter rechts',
      'IRM épaule droite',
      'RM hombro derecho',
      '右肩MRI',
      'МРТ правого плечевого сустава',
    ],
  },
  'right shoulder film': {
    modality: 'DX',
    part: 'SHOULDER',
    side: 'R',
    titles: [
      'XR SHOULDER RT 2V',
      'Schulter rechts',
      'Épaule droite',
      'Rx hombro derecho',
      '右肩正面',
      'Рентген правого плечевого сустава',
    ],
  },
  'PET CT': {
    modality: 'PT',
    part: 'WHOLEBODY',
    titles: [
      'PET/CT SKULL BASE TO MID THIGH',
      'PET-CT Ganzkörper',
      'TEP corps entier',
      'PET-TC cuerpo entero',
      '全身PET',
      'ПЭТ/КТ всего тела',
    ],
  },
  echo: {
    modality: 'US',
    part: 'HEART',
    titles: [
      'ECHO TTE',
      'Echokardiographie Herz',
      'Echocardiographie',
      'Ecocardiograma corazón',
      '心エコー',
      'ЭхоКГ сердца',
    ],
  },
  'CT sinus': {
    modality: 'CT',
    part: 'HEAD',
    titles: ['CT SINUSES', 'CT NNH', 'TDM sinus', 'TC senos paranasales', '副鼻腔CT', 'КТ пазух носа'],
  },
  'MR prostate': {
    modality: 'MR',
    part: 'PROSTATE',
    titles: [
      'MRI PROSTATE MP',
      'MRT Prostata',
      'IRM prostate',
      'RM próstata',
      '前立腺MRI',
      'МРТ предстательной железы',
    ],
  },
} as const satisfies Readonly<Record<string, Examination>>

type Kind = keyof typeof EXAMINATIONS

export interface Course {
  readonly says: string
  /** Months before the current study, and what was made. */
  readonly before: readonly (readonly [months: number, kind: Kind])[]
  readonly current: Kind
  readonly right: readonly number[]
}

export const COURSES: readonly Course[] = [
  {
    says: 'a nodule is followed by CT; a film was made last week',
    current: 'CT chest',
    before: [
      [60, 'chest film'],
      [12, 'CT chest'],
      [6, 'CT chest'],
      [0.3, 'chest film'],
    ],
    right: [2],
  },
  {
    says: 'staging: the last CAP, not the knee in between',
    current: 'CT CAP',
    before: [
      [9, 'CT CAP'],
      [3, 'CT CAP'],
      [1, 'right knee film'],
      [0.5, 'chest film'],
    ],
    right: [1],
  },
  {
    says: 'chest CT after staging: the staging shows the chest',
    current: 'CT chest',
    before: [
      [14, 'CT CAP'],
      [4, 'CT CAP'],
      [2, 'MR brain'],
      [1, 'CT head'],
    ],
    right: [1],
  },
  {
    says: 'a plain chest CT beside the last plain one',
    current: 'CT chest plain',
    before: [
      [24, 'CT chest plain'],
      [12, 'CT chest plain'],
      [2, 'US abdomen'],
      [1, 'echo'],
    ],
    right: [1],
  },
  {
    says: 'bedside film beside the film of yesterday, not the CT',
    current: 'chest film',
    before: [
      [6, 'CT chest'],
      [0.1, 'chest film'],
      [0.05, 'CT head'],
    ],
    right: [1],
  },
  {
    says: 'a film after long: the old film rather than a recent abdomen',
    current: 'chest film',
    before: [
      [70, 'chest film'],
      [3, 'CT abdomen'],
      [1, 'MR lumbar'],
    ],
    right: [0],
  },
  {
    says: 'multiple sclerosis: the last brain MR, not the spine',
    current: 'MR brain',
    before: [
      [24, 'MR brain'],
      [12, 'MR brain'],
      [11, 'MR cervical'],
      [2, 'CT sinus'],
    ],
    right: [1],
  },
  {
    says: 'brain MR after a stroke CT',
    current: 'MR brain',
    before: [
      [20, 'lumbar film'],
      [0.2, 'CT head'],
      [0.1, 'chest film'],
    ],
    right: [1],
  },
  {
    says: 'head CT beside the head CT, with a newer chest',
    current: 'CT head',
    before: [
      [5, 'CT head'],
      [1, 'CT chest'],
      [0.2, 'chest film'],
    ],
    right: [0],
  },
  {
    says: 'pituitary beside pituitary',
    current: 'MR pituitary',
    before: [
      [30, 'MR pituitary'],
      [12, 'MR pituitary'],
      [6, 'MR lumbar'],
      [3, 'chest film'],
    ],
    right: [1],
  },
  {
    says: 'back pain: the MR of years ago rather than the recent hip',
    current: 'MR lumbar',
    before: [
      [48, 'MR lumbar'],
      [4, 'right hip film'],
      [1, 'US abdomen'],
    ],
    right: [0],
  },
  {
    says: 'a first lumbar MR beside the film of the same spine',
    current: 'MR lumbar',
    before: [
      [2, 'lumbar film'],
      [1, 'MR cervical'],
      [0.5, 'right knee film'],
    ],
    right: [0],
  },
  {
    says: 'cervical MR, not lumbar',
    current: 'MR cervical',
    before: [
      [30, 'MR cervical'],
      [2, 'MR lumbar'],
      [1, 'CT head'],
    ],
    right: [0],
  },
  {
    says: 'screening round beside the last round, not the ultrasound',
    current: 'mammogram',
    before: [
      [48, 'mammogram'],
      [24, 'mammogram'],
      [23, 'breast US'],
      [5, 'US abdomen'],
    ],
    right: [1],
  },
  {
    says: 'breast MR beside breast MR',
    current: 'MR breast',
    before: [
      [13, 'MR breast'],
      [6, 'mammogram'],
      [2, 'chest film'],
    ],
    right: [0],
  },
  {
    says: 'first breast MR beside the mammogram',
    current: 'MR breast',
    before: [
      [1, 'mammogram'],
      [0.5, 'chest film'],
      [0.4, 'US thyroid'],
    ],
    right: [0],
  },
  {
    says: 'abdominal US beside US, not heart',
    current: 'US abdomen',
    before: [
      [20, 'US abdomen'],
      [3, 'echo'],
      [1, 'US thyroid'],
    ],
    right: [0],
  },
  {
    says: 'thyroid US beside thyroid US',
    current: 'US thyroid',
    before: [
      [36, 'US thyroid'],
      [12, 'US thyroid'],
      [4, 'US abdomen'],
      [1, 'breast US'],
    ],
    right: [1],
  },
  {
    says: 'liver MR beside liver MR, newer CT abdomen',
    current: 'MR liver',
    before: [
      [12, 'MR liver'],
      [8, 'CT abdomen'],
      [1, 'MR lumbar'],
    ],
    right: [0],
  },
  {
    says: 'first liver MR beside the abdominal CT that found it',
    current: 'MR liver',
    before: [
      [14, 'chest film'],
      [0.7, 'CT abdomen'],
      [0.3, 'MR lumbar'],
    ],
    right: [1],
  },
  {
    says: 'renal stones: the last kidney CT',
    current: 'CT kidney',
    before: [
      [40, 'CT kidney'],
      [10, 'CT kidney'],
      [2, 'CT head'],
    ],
    right: [1],
  },
  {
    says: 'abdomen CT beside abdomen CT, chest newer',
    current: 'CT abdomen',
    before: [
      [18, 'CT abdomen'],
      [3, 'CT chest'],
      [1, 'chest film'],
    ],
    right: [0],
  },
  {
    says: 'abdomen CT beside the CAP that holds it',
    current: 'CT abdomen',
    before: [
      [12, 'CT CAP'],
      [3, 'MR prostate'],
      [1, 'chest film'],
    ],
    right: [0],
  },
  {
    says: 'right knee, not the newer left',
    current: 'right knee film',
    before: [
      [30, 'right knee film'],
      [2, 'left knee film'],
      [1, 'chest film'],
    ],
    right: [0],
  },
  {
    says: 'left knee, not the newer right',
    current: 'left knee film',
    before: [
      [28, 'left knee film'],
      [14, 'right knee film'],
      [1, 'right knee MR'],
    ],
    right: [0],
  },
  {
    says: 'first MR of the right knee beside its film',
    current: 'right knee MR',
    before: [
      [1, 'right knee film'],
      [0.6, 'left knee film'],
      [0.3, 'chest film'],
    ],
    right: [0],
  },
  {
    says: 'MR of the right knee beside its MR',
    current: 'right knee MR',
    before: [
      [26, 'right knee MR'],
      [3, 'right knee film'],
      [1, 'right hip film'],
    ],
    right: [0],
  },
  {
    says: 'a healing left wrist',
    current: 'left wrist film',
    before: [
      [2, 'left wrist film'],
      [0.7, 'left wrist film'],
      [0.3, 'right wrist film'],
    ],
    right: [1],
  },
  {
    says: 'wrist beside wrist, not the newer hand',
    current: 'left wrist film',
    before: [
      [8, 'left wrist film'],
      [3, 'left hand film'],
      [1, 'chest film'],
    ],
    right: [0],
  },
  {
    says: 'hand beside the wrist when there is no hand',
    current: 'left hand film',
    before: [
      [2, 'left wrist film'],
      [1, 'right wrist film'],
      [0.5, 'right ankle film'],
    ],
    right: [0],
  },
  {
    says: 'hip beside hip, pelvis newer',
    current: 'right hip film',
    before: [
      [9, 'right hip film'],
      [2, 'pelvis film'],
      [1, 'lumbar film'],
    ],
    right: [0],
  },
  {
    says: 'ankle beside ankle, knee newer',
    current: 'right ankle film',
    before: [
      [15, 'right ankle film'],
      [1, 'right knee film'],
    ],
    right: [0],
  },
  {
    says: 'shoulder MR beside the shoulder film',
    current: 'right shoulder MR',
    before: [
      [1, 'right shoulder film'],
      [0.5, 'MR cervical'],
      [0.2, 'chest film'],
    ],
    right: [0],
  },
  {
    says: 'PET beside PET, CAP newer',
    current: 'PET CT',
    before: [
      [9, 'PET CT'],
      [2, 'CT CAP'],
      [1, 'MR brain'],
    ],
    right: [0],
  },
  {
    says: 'heart beside heart',
    current: 'echo',
    before: [
      [24, 'echo'],
      [6, 'US abdomen'],
      [2, 'chest film'],
    ],
    right: [0],
  },
  {
    says: 'sinus beside sinus, brain newer',
    current: 'CT sinus',
    before: [
      [20, 'CT sinus'],
      [3, 'MR brain'],
      [1, 'chest film'],
    ],
    right: [0],
  },
  {
    says: 'prostate beside prostate',
    current: 'MR prostate',
    before: [
      [18, 'MR prostate'],
      [4, 'CT abdomen'],
      [1, 'MR lumbar'],
    ],
    right: [0],
  },
  {
    says: 'the last of many',
    current: 'CT CAP',
    before: [
      [30, 'CT CAP'],
      [24, 'CT CAP'],
      [18, 'CT CAP'],
      [12, 'CT CAP'],
      [6, 'CT CAP'],
    ],
    right: [4],
  },
  {
    says: 'the film of last month',
    current: 'chest film',
    before: [
      [24, 'chest film'],
      [12, 'chest film'],
      [1, 'chest film'],
    ],
    right: [2],
  },
  {
    says: 'the newest is right here, as it often is',
    current: 'MR brain',
    before: [
      [20, 'chest film'],
      [12, 'MR brain'],
      [6, 'MR brain'],
    ],
    right: [2],
  },
]

export interface Labelled {
  readonly says: string
  readonly current: WrittenStudy
  readonly others: readonly WrittenStudy[]
  readonly right: ReadonlySet<string>
}

export interface WrittenStudy {
  readonly study: string
  readonly date: string
  readonly modality: string
  readonly description: string
  readonly bodyPart: string
  readonly laterality: string
}

const NOW = Date.UTC(2024, 5, 14)
const HOUSES = 6

/**
 * Every course as every house writes it, then as mixtures: a patient who was at several houses, headers incomplete.
 *
 * @param random  from 0 to 1
 */
export function* labelledCourses(random: () => number, mixtures: number): Generator<Labelled> {
  for (const course of COURSES) {
    for (let house = 0; house < HOUSES; house += 1)
      yield written(
        course,
        () => house,
        () => 'given',
      )
    for (let n = 0; n < mixtures; n += 1)
      yield written(
        course,
        () => Math.floor(random() * HOUSES),
        () => (random() < 0.4 ? 'missing' : random() < 0.1 ? 'preset' : 'given'),
      )
  }
}

function written(course: Course, house: () => number, header: () => 'given' | 'missing' | 'preset'): Labelled {
  const one = (kind: Kind, months: number, study: string): WrittenStudy => {
    const examination: Examination = EXAMINATIONS[kind]
    const state = header()
    return {
      study,
      date: new Date(NOW - months * 30.44 * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''),
      modality: examination.modality,
      description: examination.titles[house()] ?? '',
      // A preset nobody changed: the machine's favourite.
      bodyPart: state === 'given' ? examination.part : state === 'preset' ? 'ABDOMEN' : '',
      laterality: state === 'given' ? (examination.side ?? '') : '',
    }
  }
  return {
    says: course.says,
    current: one(course.current, 0, 'now'),
    others: course.before.map(([months, kind], at) => one(kind, months, `1.${at}`)),
    right: new Set(course.right.map((at) => `1.${at}`)),
  }
}
