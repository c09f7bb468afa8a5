import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kindness } from './modalities.ts'
import { normalise, regionsOfBodyPart, type SeriesWords, type StudyWords } from './normalise.ts'
import { kinship, laneOf, REGION_ORDER, REGIONS } from './regions.ts'
import { contrastIn, regionsIn, sideIn } from './words.ts'

const series = (facts: Partial<SeriesWords> = {}): SeriesWords => ({
  modality: 'CT',
  description: '',
  bodyPart: '',
  laterality: '',
  protocol: '',
  regionCodes: [],
  contrastAgent: '',
  ...facts,
})
const study = (facts: Partial<StudyWords> = {}): StudyWords => ({
  description: '',
  modalities: ['CT'],
  procedures: [],
  series: [series()],
  ...facts,
})

describe('regions in what people write', () => {
  it.each([
    ['CT Chest with contrast', ['chest']],
    ['CT-Thorax/Abdomen/Becken mit KM', ['chest', 'abdomen', 'pelvis']],
    ['CT CAP', ['chest', 'abdomen', 'pelvis']],
    ['TDM abdomino-pelvien', ['abdomen', 'pelvis']],
    ['Rx rodilla derecha', ['knee']],
    ['Kniegelenk links in 2 Ebenen', ['knee']],
    ['Handgelenk re. 2 Eb.', ['wrist']],
    ['Hand links', ['hand']],
    ['RMN encefalo', ['brain']],
    ['CT head and brain', ['brain']],
    ['МРТ головного мозга', ['brain']],
    ['Маммография двусторонняя', ['breast']],
    ['胸部CT単純', ['chest']],
    ['頸椎MRI', ['cervical spine']],
    ['Rachis lombaire F+P', ['lumbar spine']],
    ['MR lumbar spine', ['lumbar spine']],
    ['US Abdomen', ['abdomen']],
    ['Sonographie der Schilddrüse', ['thyroid']],
    ['Echocardiography', ['heart']],
    ['Pied gauche face et profil', ['foot']],
    ['XR SHOULDER RT 3V', ['shoulder']],
    ['follow-up', []],
    ['', []],
  ])('%s: %j', (text, regions) => {
    expect(regionsIn(text)).toEqual(regions)
  })

  it.each(REGION_ORDER.flatMap((region) => REGIONS[region].words.map((word) => [word, region] as const)))(
    'understands %s as %s or something that holds it',
    (word, region) => {
      const found = regionsIn(word)
      expect(found.some((one) => ['same', 'part', 'contains'].includes(kinship(region, one)))).toBe(true)
    },
  )

  it('says the same whatever the case, and never fails', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 64 }), (text) => {
        expect(Array.isArray(regionsIn(text))).toBe(true)
        if (text.toLowerCase().toUpperCase() === text.toUpperCase())
          expect(regionsIn(text.toLowerCase().normalize('NFD'))).toEqual(regionsIn(text.toLowerCase()))
      }),
    )
  })

  it.each([
    ['CHEST', ['chest']],
    ['CHESTABDPELVIS', ['chest', 'abdomen', 'pelvis']],
    ['Whole Body', ['whole body']],
    ['LSSPINE', ['lumbar spine']],
    ['thorax', ['chest']],
    ['膝', ['knee']],
    ['PHANTOM', []],
  ])('body part %s: %j', (text, regions) => {
    expect([...regionsOfBodyPart(text)].sort()).toEqual([...regions].sort())
  })
})

describe('sides and contrast in what people write', () => {
  it.each([
    ['Left wrist, two views', 'left'],
    ['XR KNEE RT', 'right'],
    ['Knie beidseits', 'both'],
    ['R and L hand', 'both'],
    ['Cheville droite', 'right'],
    ['左膝', 'left'],
    ['правой стопы', 'right'],
    ['Knee AP', undefined],
  ])('%s: %s', (text, side) => {
    expect(sideIn(text)).toBe(side)
  })

  it.each([
    ['CT Chest with contrast', 'with'],
    ['CT Abd w/o contrast', 'without'],
    ['CT head without contrast', 'without'],
    ['MRI brain with and without contrast', 'with'],
    ['CT Thorax nativ', 'without'],
    ['TDM thoracique sans injection', 'without'],
    ['CT Abdomen mit KM', 'with'],
    ['胸部CT造影', 'with'],
    ['Chest PA', undefined],
  ])('%s: %s', (text, contrast) => {
    expect(contrastIn(text)).toBe(contrast)
  })
})

describe('what a study is of', () => {
  it('takes coded regions first, and adds what the description names beside them', () => {
    const of = study({
      description: 'Thorax/Abdomen',
      series: [series({ bodyPart: 'HEAD', regionCodes: ['51185008'] })],
    })
    expect(normalise(of).regions).toEqual(['chest', 'abdomen'])
  })

  it.each([
    ['816094009', ['chest']],
    ['T-D3000', ['chest']], // as it was coded until 2019
    ['416775004', ['chest', 'abdomen', 'pelvis']],
    ['297172009', ['thoracic spine', 'lumbar spine']],
    ['774007', ['head', 'neck']],
    ['113681', []], // a phantom
  ])('reads the region code %s as %j', (code, regions) => {
    expect(normalise(study({ series: [series({ regionCodes: [code] })] })).regions).toEqual(regions)
  })

  it('takes procedure codes before body parts', () => {
    const procedures = [{ scheme: 'LN', value: '24627-2', meaning: 'CT Chest' }]
    expect(normalise(study({ procedures, series: [series({ bodyPart: 'ABDOMEN' })] })).regions).toEqual(['chest'])
  })

  it('believes a description rather than a preset nobody changed', () => {
    const preset = [series({ bodyPart: 'ABDOMEN' })]
    expect(normalise(study({ description: 'CT Chest', series: preset })).regions).toEqual(['chest'])
    expect(normalise(study({ description: 'CT Liver', series: preset })).regions).toEqual(['liver'])
    expect(normalise(study({ description: 'Follow-up', series: preset })).regions).toEqual(['abdomen'])
  })

  it('asks series and protocols when nothing else tells', () => {
    expect(normalise(study({ series: [series({ description: 'ax', protocol: 'Neurokranium' })] })).regions).toEqual([
      'brain',
    ])
  })

  it('gives sides to regions that have two', () => {
    expect(normalise(study({ description: 'Left chest' })).side).toBeUndefined()
    expect(normalise(study({ description: 'Left knee' })).side).toBe('left')
    const both = [series({ bodyPart: 'BREAST', laterality: 'R' }), series({ bodyPart: 'BREAST', laterality: 'L' })]
    expect(normalise(study({ series: both })).side).toBe('both')
  })

  it('is no other examination for the reports that came with it', () => {
    expect(normalise(study({ modalities: ['CT', 'SR', 'KO'] }))).toMatchObject({ families: ['CT'], reports: true })
    expect(normalise(study({ modalities: ['CR'] })).families).toEqual(normalise(study({ modalities: ['DX'] })).families)
  })
})

describe('the regions', () => {
  it('lie beside each other whichever one asks from, and within what holds them', () => {
    const turned = {
      same: 'same',
      contains: 'part',
      part: 'contains',
      sibling: 'sibling',
      beside: 'beside',
      apart: 'apart',
    }
    for (const here of REGION_ORDER)
      for (const there of REGION_ORDER) expect(kinship(there, here)).toBe(turned[kinship(here, there)])
    expect(kinship('brain', 'head')).toBe('contains')
    expect(kinship('chest', 'abdomen')).toBe('beside')
    expect(kinship('chest', 'knee')).toBe('apart')
    expect(laneOf('brain')).toBe('head')
  })

  it('compares examinations of two kinds the same both ways', () => {
    expect(kindness(['CT'], ['CT', 'PT'])).toBe(1)
    expect(kindness(['CT'], ['XR'])).toBe(kindness(['XR'], ['CT']))
    expect(kindness([], ['CT'])).toBe(0)
  })
})
