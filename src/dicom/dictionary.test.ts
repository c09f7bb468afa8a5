import { existsSync, readdirSync, readFileSync } from 'node:fs'
import dcmjs from 'dcmjs'
import { describe, expect, it } from 'vitest'
import { corpus, corpusDir } from '../../test/support/corpus.ts'
import { generateTables } from '../../tools/generate-tables.ts'
import { type Tag, tag, tagText } from './data-set.ts'
import {
  implicitVr,
  isStorageSopClass,
  lookUp,
  registeredUid,
  registeredUids,
  T,
  tagOf,
  UIDS,
  uidName,
} from './dictionary.ts'
import { isUid } from './uid.ts'

describe('the dictionary', () => {
  it('knows attributes by tag and by keyword', () => {
    expect(lookUp(T.PatientName)).toEqual({
      keyword: 'PatientName',
      name: "Patient's Name",
      vr: 'PN',
      vrs: ['PN'],
      vm: '1',
      retired: false,
    })
    expect(tagText(T.PatientID)).toBe('00100020')
    expect(tagOf('StudyInstanceUID')).toBe(T.StudyInstanceUID)
    expect(tagOf('NoSuchThing')).toBeUndefined()
  })

  it('knows repeating groups (PS3.5 section 7.6)', () => {
    expect(lookUp(tag(0x60043000))?.keyword).toBe('OverlayData')
    expect(lookUp(tag(0x501e3000))?.keyword).toBe('CurveData')
    expect(lookUp(tag(0x00203145))?.keyword).toBe('SourceImageIDs')
    expect(lookUp(tag(0x60053000)), 'odd groups are private').toBeUndefined()
    expect(T.OverlayData).toBe(0x60003000)
  })

  it('knows group lengths, and private creators but not private elements (PS3.5 sections 7.2 and 7.8.1)', () => {
    expect(lookUp(tag(0x00100000))).toMatchObject({ keyword: 'GenericGroupLength', vr: 'UL', retired: true })
    expect(lookUp(tag(0x00020000))).toMatchObject({ keyword: 'FileMetaInformationGroupLength', retired: false })
    expect(lookUp(tag(0x00090010))).toMatchObject({ keyword: 'PrivateCreator', vr: 'LO' })
    expect(lookUp(tag(0x000900ff))?.vr).toBe('LO')
    expect(lookUp(tag(0x00090100))).toBeUndefined()
    expect(lookUp(tag(0x00091001))).toBeUndefined()
  })

  it('knows the elements of commands and of the file meta group', () => {
    expect(lookUp(T.AffectedSOPClassUID)).toMatchObject({ vr: 'UI', name: 'Affected SOP Class UID' })
    expect(lookUp(T.TransferSyntaxUID)?.vr).toBe('UI')
    expect(lookUp(tag(0xfffee000))).toMatchObject({ keyword: 'Item', vrs: [] })
  })

  it('gives the VR implicit syntaxes are read with (PS3.5 section A.1)', () => {
    expect(implicitVr(T.PixelData)).toBe('OW')
    expect(implicitVr(T.SmallestImagePixelValue)).toBe('US')
    expect(implicitVr(T.SmallestImagePixelValue, true)).toBe('SS')
    expect(implicitVr(T.LUTData)).toBe('OW')
    expect(implicitVr(T.Rows, true)).toBe('US')
    expect(implicitVr(tag(0x00091001))).toBe('UN')
  })
})

describe('the registry of UIDs', () => {
  it('knows storage SOP classes, retired ones too', () => {
    expect(isStorageSopClass(UIDS.CTImageStorage)).toBe(true)
    expect(isStorageSopClass('1.2.840.10008.5.1.4.1.1.5')).toBe(true)
    expect(isStorageSopClass(UIDS.LabelMapSegmentationStorage)).toBe(true)
    expect(isStorageSopClass(UIDS.HangingProtocolStorage)).toBe(true)
    expect(isStorageSopClass(UIDS.Verification)).toBe(false)
    expect(isStorageSopClass(UIDS.MediaStorageDirectoryStorage), 'a DICOMDIR is not sent').toBe(false)
    expect(isStorageSopClass('1.2.3')).toBe(false)
  })

  it('names transfer syntaxes, services and well-known instances', () => {
    expect(uidName(UIDS.HTJ2KLosslessRPCL)).toMatch(/RPCL/)
    expect(uidName(UIDS.JPEGXLLossless)).toBe('JPEG XL Lossless')
    expect(uidName('1.2.840.10008.3.1.1.1')).toBe('DICOM Application Context Name')
    expect(uidName('1.2.3')).toBeUndefined()
  })

  it('has valid UIDs only', () => {
    for (const kind of ['syntax', 'storage', 'class', 'meta', 'other'] as const)
      for (const { uid } of registeredUids(kind)) expect(isUid(uid), uid).toBe(true)
  })

  it.skipIf(corpusDir() === undefined)('knows every SOP class and transfer syntax the corpus holds', () => {
    const unknown = corpus()
      .flatMap(({ sopClass, transferSyntax }) => [sopClass, transferSyntax])
      .filter((uid) => uid.startsWith('1.2.840.10008.') && registeredUid(uid) === undefined)
    expect([...new Set(unknown)]).toEqual([])
  })
})

interface Foreign {
  readonly tag: Tag
  readonly vr: string
  readonly keyword: string
  readonly vm: string
}

/** How other dictionaries write a choice of VRs. */
const CHOICES: Readonly<Record<string, string>> = {
  ox: 'OB/OW',
  px: 'OB/OW',
  xs: 'US/SS',
  lt: 'US/SS/OW',
  up: 'UL',
  na: '',
}

/** Why ours stands where another dictionary differs. What no longer differs must go from this list: a test says so. */
const EXPLAINED: Readonly<Record<string, string>> = {
  '00089007': 'Frame Type has four or five values in the present edition',
  '00140023': 'DICONDE: ST has one value',
  '00140024': 'DICONDE: ST has one value',
  '00140025': 'DICONDE: ST has one value',
  '00140028': 'DICONDE: ST has one value',
  '00140042': 'DICONDE: ST has one value',
  '00140044': 'DICONDE: ST has one value',
  '00140045': 'DICONDE: ST has one value',
  '001440A0': 'DICONDE: one to n in the present edition',
  '001440A1': 'DICONDE: one to n in the present edition',
  '001440A2': 'DICONDE: one to n in the present edition',
  '00189323': 'Exposure Modulation Type has one to n values in the present edition',
  '00221642': 'keyword NumberOfBscansPerFrame in the present edition',
  '00281200': 'Gray Lookup Table Data: one OW, or n US or SS',
  '00283006': 'LUT Data: one OW, or n US',
  '0040A803': 'a slip in the keyword of dcmjs',
  '00620009': 'Segment Algorithm Name has one to n values in the present edition',
  '00660040': 'OL in the present edition',
  '00660041': 'OL in the present edition',
  '00660042': 'OL in the present edition',
  '00660043': 'OL in the present edition',
  '006862F0': 'replaced by a code sequence under the same tag',
  '00701305': 'keyword Plane in the present edition',
  '00701306': 'keyword PlaneNormal in the present edition',
  '0070150C': 'UL in the present edition',
  '00760034': 'a sequence, as its name says',
  '00800010': 'OF has one value',
  '00800011': 'OF has one value',
  '300A0131': 'keyword as printed in the present edition',
  '300A0782': 'a retired attribute that PS3.6 prints without a name',
  '40101029': 'a slip in the keyword of dcmjs',
}

interface Difference {
  readonly at: string
  readonly what: string
}

function differences(foreign: readonly Foreign[]): Difference[] {
  return foreign.flatMap(({ tag, vr, keyword, vm }) => {
    const ours = lookUp(tag)
    const at = tagText(tag)
    if (ours === undefined) return [{ at, what: `${keyword} is unknown to us` }]
    const theirs = `${CHOICES[vr] ?? vr} ${vm} ${keyword.replace(/^(RETIRED|ACR_NEMA)_/, '')}`
    const own = `${ours.vrs.join('/')} ${ours.vm} ${ours.keyword}`
    return own === theirs ? [] : [{ at, what: `ours ${own}, theirs ${theirs}` }]
  })
}

const unexplained = (found: readonly Difference[]): Difference[] => found.filter(({ at }) => !(at in EXPLAINED))

const DCMTK = '/usr/share'
const dcmtkDictionary = (existsSync(DCMTK) ? readdirSync(DCMTK) : [])
  .filter((name) => /^libdcmtk\d*$/.test(name))
  .map((name) => `${DCMTK}/${name}/dicom.dic`)
  .find((path) => existsSync(path))

/** dcmjs keeps its dictionary by name, ranges under their first tag. */
const ofDcmjs: readonly Foreign[] = Object.values(dcmjs.data.DicomMetaDictionary.nameMap).flatMap((row): Foreign[] => {
  const digits = /^\(([0-9A-F]{4}),([0-9A-F]{4})\)$/.exec(row.tag ?? '')
  return digits === null
    ? []
    : [{ tag: tag(Number.parseInt(`${digits[1]}${digits[2]}`, 16)), vr: row.vr, keyword: row.name, vm: row.vm }]
})

/** A line of DCMTK's file; of a range such as (6000-60FF,0010) the first tag stands for all. */
const ofDcmtk: readonly Foreign[] = (dcmtkDictionary === undefined ? '' : readFileSync(dcmtkDictionary, 'latin1'))
  .split('\n')
  .flatMap((line): Foreign[] => {
    const [at = '', vr = '', keyword = '', vm = ''] = line.split('\t')
    const digits = /^\(([0-9A-Fa-f]{4})(?:-[0-9A-Fa-f]{4})?,([0-9A-Fa-f]{4})(?:-[0-9A-Fa-f]{4})?\)$/.exec(at)
    return digits === null ? [] : [{ tag: tag(Number.parseInt(`${digits[1]}${digits[2]}`, 16)), vr, keyword, vm }]
  })

describe('compared with independent dictionaries', () => {
  it('is that of dcmjs, but for differences explained', () => {
    expect(ofDcmjs.length).toBeGreaterThan(5000)
    expect(unexplained(differences(ofDcmjs))).toEqual([])
  })

  it.skipIf(dcmtkDictionary === undefined)('is that of DCMTK, but for differences explained', () => {
    expect(ofDcmtk.length).toBeGreaterThan(4800)
    expect(unexplained(differences(ofDcmtk))).toEqual([])
  })

  it.skipIf(dcmtkDictionary === undefined)('has an explanation for real differences only', () => {
    const real = new Set(differences([...ofDcmjs, ...ofDcmtk]).map(({ at }) => at))
    expect(Object.keys(EXPLAINED).filter((at) => !real.has(at))).toEqual([])
  })
})

describe('the generated tables', () => {
  const made = generateTables()

  it.skipIf(made === undefined)('are what the generator makes of its sources', () => {
    for (const [path, text] of made ?? []) expect(readFileSync(path, 'utf8') === text, `${path} is stale`).toBe(true)
  })
})
