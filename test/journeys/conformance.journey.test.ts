/**
 * The conformance statement is true: DCMTK proposes every SOP class of PS3.6, and every transfer syntax for one class of
 * each service, to the archive as a user starts it, and what is accepted is what `docs/conformance.md` says.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registeredUids } from '../../src/dicom/dictionary.ts'
import { TRANSFER_SYNTAXES } from '../../src/dicom/transfer-syntaxes.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const IMPLICIT = '1.2.840.10008.1.2'

interface Proposal {
  readonly abstractSyntax: string
  readonly transferSyntax: string
}
interface Answer extends Proposal {
  readonly accepted: boolean
  /** As DCMTK prints it: what the requestor may be. */
  readonly role: string
}

interface Section {
  readonly classes: readonly string[]
  readonly syntaxes: readonly string[]
  readonly provided: boolean
}

/** The sections of `4.2.3 Association acceptance`, by service. */
function stated(): ReadonlyMap<string, Section> {
  const acceptance = readFileSync('docs/conformance.md', 'utf8').split('#### 4.2.3')[1]?.split('#### 4.2.4')[0] ?? ''
  const uids = (text: string): string[] => [...text.matchAll(/^\| .* \| ([\d.]+) \|/gm)].map(([, uid = '']) => uid)
  return new Map(
    acceptance
      .split(/^#### /m)
      .slice(1)
      .map((section) => {
        const [title = ''] = section.split('\n')
        const [classes = '', syntaxes = ''] = section.split('Transfer syntaxes,')
        return [
          title,
          { classes: uids(classes), syntaxes: uids(syntaxes), provided: syntaxes.includes('Roles: SCP; SCU too') },
        ]
      }),
  )
}

describe.skipIf(!hasDcmtk())('the conformance statement', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-conformance-'))
  const sections = stated()
  let server: RunningServer
  let accept = ''
  beforeAll(async () => {
    writeFileSync(join(folder, 'one.dcm'), syntheticInstance({ seed: 1, rows: 8, columns: 8 }).bytes)
    server = await startServer()
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** One association of DCMTK's for every 128 of them, each in a presentation context of its own, with both roles. */
  async function propose(proposals: readonly Proposal[]): Promise<Answer[]> {
    const answers: Answer[] = []
    for (let from = 0; from < proposals.length; from += 128) {
      const some = proposals.slice(from, from + 128)
      const syntaxes = [...new Set(some.map(({ transferSyntax }) => transferSyntax))]
      const classes = [...new Set(some.map(({ abstractSyntax }) => abstractSyntax))]
      const lines = [
        '[[TransferSyntaxes]]',
        ...syntaxes.flatMap((uid, at) => [`[T${at}]`, `TransferSyntax1 = ${uid}`]),
        '[[PresentationContexts]]',
        '[CONTEXTS]',
        ...some.map(
          ({ abstractSyntax, transferSyntax }, at) =>
            `PresentationContext${at + 1} = ${abstractSyntax}\\T${syntaxes.indexOf(transferSyntax)}`,
        ),
        '[[SCPSCURoleSelection]]',
        '[ROLES]',
        ...classes.map((uid, at) => `Role${at + 1} = ${uid}\\BOTH`),
        '[[Profiles]]',
        '[PROFILE]',
        'PresentationContexts = CONTEXTS',
        'SCPSCURoleSelection = ROLES',
      ]
      const config = join(folder, 'contexts.cfg')
      writeFileSync(config, `${lines.join('\n')}\n`)
      const where = ['127.0.0.1', String(server.dicomPort), join(folder, 'one.dcm')]
      const { said } = await run('storescu', '--debug', '--config-file', config, 'PROFILE', ...where)
      accept = said.split('BEGIN A-ASSOCIATE-AC')[1]?.split('END A-ASSOCIATE-AC')[0] ?? ''
      const contexts = accept.split('Context ID:').slice(1)
      expect(contexts.length, said.slice(0, 500)).toBe(some.length)
      contexts.forEach((context, at) => {
        const [, id, result] = /^\s*(\d+) \((.*)\)/.exec(context) ?? []
        expect(Number(id)).toBe(2 * at + 1)
        answers.push({
          ...(some[at] as Proposal),
          accepted: result === 'Accepted',
          role: /Accepted SCP\/SCU Role: (.*)/.exec(context)?.[1] ?? '',
        })
      })
    }
    return answers
  }

  it('names the SOP classes of PS3.6 that are accepted, and no others', async () => {
    const all = [...registeredUids('storage'), ...registeredUids('class'), ...registeredUids('meta')]
    const answers = await propose(all.map(({ uid }) => ({ abstractSyntax: uid, transferSyntax: IMPLICIT })))
    const accepted = answers.filter(({ accepted }) => accepted).map(({ abstractSyntax }) => abstractSyntax)
    expect(accepted.toSorted()).toEqual([...sections.values()].flatMap(({ classes }) => classes).toSorted())
    expect(accepted.length).toBeGreaterThan(200)
    expect(all.length - accepted.length).toBeGreaterThan(50)
  })

  it('names the roles', async () => {
    for (const [service, { classes, provided }] of sections) {
      const answers = await propose(classes.map((uid) => ({ abstractSyntax: uid, transferSyntax: IMPLICIT })))
      const role = provided ? 'SCP/SCU' : 'SCU'
      expect(
        answers.filter((answer) => answer.role !== role),
        service,
      ).toEqual([])
    }
  })

  it('names the transfer syntaxes of each service', async () => {
    const all = TRANSFER_SYNTAXES.map(({ uid }) => uid as string)
    for (const [service, { classes, syntaxes }] of sections) {
      const ends = [classes[0], classes.at(-1)].map((uid) => uid ?? '')
      for (const abstractSyntax of new Set(ends)) {
        const answers = await propose(all.map((transferSyntax) => ({ abstractSyntax, transferSyntax })))
        const accepted = answers.filter(({ accepted }) => accepted).map(({ transferSyntax }) => transferSyntax)
        expect(accepted, service).toEqual(syntaxes)
      }
    }
  })

  it('names the implementation and the maximum PDU length', () => {
    const text = readFileSync('docs/conformance.md', 'utf8')
    const value = (name: string): string => new RegExp(`Their ${name}:\\s*(\\S+)`).exec(accept)?.[1] ?? 'not said'
    expect(text).toContain(`| implementation class UID | ${value('Implementation Class UID')} |`)
    expect(text).toContain(`| implementation version name | ${value('Implementation Version Name')} |`)
    expect(text).toContain(`| maximum PDU length received | ${value('Max PDU Receive Size')} bytes`)
  })
})
