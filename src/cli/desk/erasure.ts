/** `clearkeep erasure`: requests of patients that their data be erased. */
import { writeFileSync } from 'node:fs'
import { Erasure, Erasures, type RecordErasure } from '../../api/erasure.ts'
import { EXIT, type Exit, type Output } from '../command.ts'
import { askArchive, askFile, day, type Flags, needed } from './asking.ts'

export async function listErasures(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const asked = { path: '/api/erasures', shape: Erasures, act: 'erasure.see' }
  const { erasures } = await askArchive(flags, asked, signal)
  for (const one of erasures) tell(one, out)
  if (erasures.length === 0) out.say('Nobody asked for erasure.')
  return EXIT.done
}

export async function recordErasure(patient: string, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const body: RecordErasure = {
    patient,
    studies: [...((flags['study'] as string[] | undefined) ?? [])],
    askedOn: needed(flags, 'askedOn', 'Say when it was asked for, with --asked-on YYYY-MM-DD.'),
    askedBy: needed(flags, 'by', 'Say who asked, and how, with --by.'),
    identity: needed(flags, 'identity', 'Say how it was made sure who asked, with --identity.'),
  }
  tell(await askArchive(flags, { path: '/api/erasures', shape: Erasure, act: 'erasure.record', body }, signal), out)
  return EXIT.done
}

export async function answerErasure(id: number, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const body = { reason: (flags['reason'] as string | undefined) ?? '' }
  const asked = { path: `/api/erasures/${id}/answer`, shape: Erasure, act: 'erasure.answer', body }
  tell(await askArchive(flags, asked, signal), out)
  return EXIT.done
}

export async function letter(id: number, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const form = flags['pdf'] === true ? 'letter.pdf' : 'letter'
  const text = await askFile(flags, { path: `/api/erasures/${id}/${form}`, act: 'erasure.see' }, signal)
  const file = (flags['out'] as string | undefined) ?? `erasure-${id}.${flags['pdf'] === true ? 'pdf' : 'txt'}`
  writeFileSync(file, text, { flag: 'wx' })
  out.say(`The letter is in ${file}.`)
  out.record({ erasure: id, file })
  return EXIT.done
}

function tell(erasure: Erasure, out: Output): void {
  out.record(erasure)
  const { id, state, patient, askedOn, answerBy, answered, studies } = erasure
  const by = answered === null ? `to be answered by ${answerBy}` : `answered ${day(answered.at)} by ${answered.by}`
  out.print(`${id}  ${state}  patient ${patient.id}  asked ${askedOn}  ${by}`)
  for (const { study, outcome, until, articles, rules, why } of studies) {
    const law = [...rules.map(({ source }) => source), ...articles.map((one) => `GDPR Art. ${one}`)].join(', ')
    out.print(
      `    ${study}  ${outcome}${until === '' ? '' : ` until ${until}`}: ${why}${law === '' ? '' : ` (${law})`}`,
    )
  }
}
