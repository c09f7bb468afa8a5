import { expect, it } from 'vitest'
import type { DicomJson } from '../../dicom/json.ts'
import { availabilityOf, instancesOf } from './notice-data.ts'

const ui = (value: string) => ({ vr: 'UI', Value: [value] }) as const
const object = (instance: string) => ({ '00081150': ui('1.2.840.10008.5.1.4.1.1.2'), '00081155': ui(instance) })
const STEP: DicomJson = {
  '00400340': {
    vr: 'SQ',
    Value: [{ '0020000E': ui('1.2.3'), '00081140': { vr: 'SQ', Value: [object('1.2.3.1'), object('1.2.3.2')] } }],
  },
}

it('names the step, its study, and of each instance whether and where it is to be had (PS3.4 Table R.3.2-1)', () => {
  expect(instancesOf(STEP)).toEqual(['1.2.3.1', '1.2.3.2'])
  expect(availabilityOf('1.9', '1.2', STEP, new Set(['1.2.3.1']), 'CLEARKEEP')).toEqual({
    '00081111': {
      vr: 'SQ',
      Value: [{ '00081150': ui('1.2.840.10008.3.1.2.3.3'), '00081155': ui('1.9'), '00404019': { vr: 'SQ' } }],
    },
    '0020000D': ui('1.2'),
    '00081115': {
      vr: 'SQ',
      Value: [
        {
          '0020000E': ui('1.2.3'),
          '00081199': {
            vr: 'SQ',
            Value: [
              {
                ...object('1.2.3.1'),
                '00080056': { vr: 'CS', Value: ['ONLINE'] },
                '00080054': { vr: 'AE', Value: ['CLEARKEEP'] },
              },
              {
                ...object('1.2.3.2'),
                '00080056': { vr: 'CS', Value: ['UNAVAILABLE'] },
                '00080054': { vr: 'AE', Value: ['CLEARKEEP'] },
              },
            ],
          },
        },
      ],
    },
  })
})
