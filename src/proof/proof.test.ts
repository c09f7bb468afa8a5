import { createPrivateKey, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bytes, concat, fromHex, toHex } from '../base/bytes.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { checkpointText, parseCheckpoint } from './checkpoint.ts'
import { leafHash, rootOf, verifyConsistency } from './merkle.ts'
import {
  cosignedText,
  joinCosignature,
  keyText,
  noteText,
  parseKey,
  parseNote,
  SIGNATURE_TYPE,
  signersOf,
  type VerifierKey,
  verifierKey,
} from './note.ts'
import { sha256 } from './sha256.ts'
import { encodeBundle } from './tiles.ts'
import { parseTlogProof, tlogProofText } from './tlog-proof.ts'
import { isWitnessKey, type Policy, verifyProof } from './verify.ts'

const utf8 = new TextEncoder()

/** A signer from its 32-byte seed, by `node:crypto`. */
function signer(seed: Bytes) {
  const der = concat([fromHex('302e020100300506032b657004220420'), seed]) // PKCS #8 of RFC 8410
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  const publicKey = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')
  return {
    publicKey: new Uint8Array(publicKey),
    sign: (text: string) => new Uint8Array(sign(null, utf8.encode(text), key)),
  }
}

// --- the log of the compliance specification, 4.8 -------------------------------------------

const LEAVES = [
  '{"a":"sys:archive","n":0,"t":"log.open","ts":"2026-11-24T00:00:00.000Z","v":1,"x":{"prev":null,"sw":"0.1.0"}}',
  '{"a":"ae:CT1","n":1,"s":"4177f0821281f6d627936d2b0eb9553b064a626d84e13b518bed8e06c188ca79","t":"obj.ingest","ts":"2026-11-24T00:00:01.000Z","v":1,"x":{"alg":"sha256","d":"0d06b8363d2f2c4741555d064ab71684aa8913c21ca835f068eea4fe3de96ec5","len":16}}',
  '{"a":"u:7f3c","b":"1bce3aced4116c2a93b099bde010f89d59daf16536049ca6fe0d0b7b8dd178b3","n":2,"s":"4177f0821281f6d627936d2b0eb9553b064a626d84e13b518bed8e06c188ca79","t":"obj.read","ts":"2026-11-24T00:00:02.000Z","v":1}',
].map((leaf) => utf8.encode(leaf))
const ORIGIN = 'archive.example.org/log/2026'
const KEY_TEXT = `${ORIGIN}+9c115f74+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4`
const KEY = parseKey(KEY_TEXT)
const CHECKPOINT = `${ORIGIN}
3
B6hRW3tIp0iEYBBkY4TJR63XnR/xsCwwmZKYswBH3rU=

— ${ORIGIN} nBFfdMSRqaSy2C2YwsnJhRIRqfuqcgmnQwBznK7aQ4ku9mfhACM8mbIEnotI49LI2CMDa2zcEr9bJ/THNCkFsA0xzgE=
`
const INCLUSION = ['M1nydmm4Qnx08gjB+gwD6cM61nCOx0rCJtUnpg59o8g=', 'AhkxbJXKLGGFjIPsg6YJdYxiG1NlsSpay6fKk5LVGmM='].map(
  (text) => fromBase64(text) as Bytes,
)
const PROOF = tlogProofText({ index: 1, hashes: INCLUSION, checkpoint: CHECKPOINT })
const POLICY: Policy = { logs: [KEY], witnesses: [], quorum: 0 }
const failed = (leaf: Bytes, proof: string, policy = POLICY) =>
  verifyProof(leaf, proof, policy).find(({ passed }) => !passed)

describe('the log of the compliance specification, 4.8', () => {
  it('has the digests and signature printed there', () => {
    const hashes = LEAVES.map(leafHash)
    expect(hashes.map(toHex)[1]).toBe('836308fd86b5d7c876adfdcb8065c94bc20b03b32b648c386ac3d6a499803427')
    expect(toHex(rootOf(hashes.slice(0, 2)))).toBe('c16df37117807d770696c85a3329ae16e9309ad77981d25ec5bb3550cc594ada')
    expect(toHex(rootOf(hashes))).toBe('07a8515b7b48a748846010646384c947add79d1ff1b02c30999298b30047deb5')
    expect(toHex(sha256(encodeBundle(LEAVES)))).toBe('342f0c699d8f2160cadc2f15fb56339445969bb56146dd5a14ce311f9f50d150')
    expect(keyText(KEY)).toBe(KEY_TEXT)
    const seed = Uint8Array.from({ length: 32 }, (_, at) => at)
    const { publicKey, sign: signs } = signer(seed)
    const key = verifierKey(ORIGIN, SIGNATURE_TYPE.ed25519, publicKey)
    expect(keyText(key)).toBe(KEY_TEXT)
    const text = checkpointText({ origin: ORIGIN, size: 3, root: rootOf(hashes) })
    expect(noteText({ text, signatures: [{ name: ORIGIN, id: key.id, bytes: signs(text) }] })).toBe(CHECKPOINT)
    const [old, root] = [rootOf(hashes.slice(0, 2)), rootOf(hashes)]
    expect(verifyConsistency(2, 3, [INCLUSION[1] as Bytes], old, root)).toBe(true)
  })

  it('has its proof, which says step by step what was checked', () => {
    expect(verifyProof(LEAVES[1] as Bytes, PROOF, POLICY)).toEqual([
      { what: 'form', passed: true, fact: `leaf 1 of 3 in ${ORIGIN}` },
      { what: 'signature', passed: true, fact: `signed by ${ORIGIN}` },
      { what: 'inclusion', passed: true, fact: 'the leaf is in the tree the checkpoint signs' },
    ])
  })
})

describe('a proof fails', () => {
  const leaf = LEAVES[1] as Bytes
  it('at the inclusion, with another leaf or place', () => {
    expect(failed(LEAVES[2] as Bytes, PROOF)?.what).toBe('inclusion')
    expect(failed(leaf, PROOF.replace('index 1', 'index 0'))?.what).toBe('inclusion')
  })
  it('at the signature, with another size, root or key', () => {
    expect(failed(leaf, PROOF.replace('\n3\n', '\n2\n'))).toMatchObject({ what: 'signature' })
    expect(failed(leaf, PROOF.replace('B6hR', 'C6hR'))?.what).toBe('signature')
    const other = verifierKey(ORIGIN, SIGNATURE_TYPE.ed25519, signer(new Uint8Array(32)).publicKey)
    expect(failed(leaf, PROOF, { ...POLICY, logs: [other] })).toEqual({
      what: 'signature',
      passed: false,
      fact: `not signed by a known key of ${ORIGIN}`,
    })
  })
  it('at the form, when it is not one', () => {
    for (const text of ['', 'c2sp.org/tlog-proof@v1\nindex 01\n\n', PROOF.slice(1), PROOF.replace('index', 'Index')])
      expect(failed(leaf, text)?.what, text).toBe('form')
    expect(failed(leaf, PROOF.replace('M1ny', 'M1n'))?.fact).toContain('not a hash')
  })
})

describe('cosignatures', () => {
  const witness = signer(new Uint8Array(32).fill(7))
  const key = verifierKey('witness.example.org/w1', SIGNATURE_TYPE.cosignature, witness.publicKey)
  const seen = 1_790_000_000
  const cosign = (checkpoint: string, by: VerifierKey = key) => {
    const note = parseNote(checkpoint)
    const bytes = joinCosignature(seen, witness.sign(cosignedText(note.text, seen)))
    return noteText({ ...note, signatures: [...note.signatures, { name: by.name, id: by.id, bytes }] })
  }
  const proof = tlogProofText({ index: 1, hashes: INCLUSION, checkpoint: cosign(CHECKPOINT) })
  const policy: Policy = { logs: [KEY], witnesses: [key], quorum: 1 }

  it('count towards a quorum and tell their time', () => {
    expect(isWitnessKey(parseKey(keyText(key)))).toBe(true)
    expect(verifyProof(LEAVES[1] as Bytes, proof, policy)).toContainEqual({
      what: 'witnesses',
      passed: true,
      fact: '1 of 1 needed: witness.example.org/w1 at 2026-09-21T14:13:20.000Z',
    })
    expect(failed(LEAVES[1] as Bytes, PROOF, policy)).toEqual({
      what: 'witnesses',
      passed: false,
      fact: '0 of 1 needed',
    })
  })

  it('of keys nobody knows are passed over, of known keys must be good', () => {
    expect(failed(LEAVES[1] as Bytes, proof, POLICY)).toBeUndefined()
    const forged = verifierKey('witness.example.org/w2', SIGNATURE_TYPE.cosignature, KEY.key)
    const note = parseNote(cosign(CHECKPOINT, forged))
    expect(() => signersOf(note, [KEY, forged])).toThrow('the signature of witness.example.org/w2 is wrong')
    expect(signersOf(note, [KEY]).length).toBe(1)
  })
})

describe('texts', () => {
  it('are signed as in the first C2SP signed-note specification', () => {
    const note = parseNote(`This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`)
    const key = parseKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
    expect(signersOf(note, [key])).toEqual([{ key }])
  })

  it('of the C2SP signed-note and tlog-cosignature specifications are read and written alike', () => {
    const poem = `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`
    expect(parseNote(poem).text).toContain('\n\ned è subito sera.\n')
    expect(noteText(parseNote(poem))).toBe(poem)
    const cosigned = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`
    expect(parseCheckpoint(cosigned)).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163 })
    expect(noteText(parseCheckpoint(cosigned).note)).toBe(cosigned)
  })

  it('are read back as written', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const proof = fc.record(
      {
        index: fc.nat(),
        hashes: fc.array(hash, { maxLength: 63 }),
        checkpoint: fc.constant(CHECKPOINT),
        extra: fc.uint8Array({ minLength: 1 }),
      },
      { requiredKeys: ['index', 'hashes', 'checkpoint'] },
    )
    fc.assert(
      fc.property(proof, (one) => {
        expect(tlogProofText(parseTlogProof(tlogProofText(one)))).toBe(tlogProofText(one))
      }),
    )
  })

  it('that are not notes, keys or checkpoints are refused, never misread', () => {
    fc.assert(
      fc.property(fc.nat(CHECKPOINT.length - 1), fc.string({ minLength: 1, maxLength: 3 }), (at, inserted) => {
        const changed = CHECKPOINT.slice(0, at) + inserted + CHECKPOINT.slice(at)
        let signers = 0
        try {
          signers = signersOf(parseCheckpoint(changed).note, [KEY]).length
        } catch {}
        expect(signers === 0 || parseCheckpoint(changed).note.text === parseNote(CHECKPOINT).text).toBe(true)
      }),
      { numRuns: 60 },
    )
    for (const text of [
      '',
      'a',
      `${ORIGIN}+9c115f75+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4`,
      KEY_TEXT.slice(0, -4),
    ])
      expect(() => parseKey(text), text).toThrow('not valid')
    for (const [from, to] of [
      ['\n3\n', '\n03\n'],
      ['\n3\n', '\n-3\n'],
      ['B6hR', 'B6h'],
      [ORIGIN, ''],
      ['— ', '- '],
      ['rU=\n\n', 'rU=\n'],
    ])
      expect(() => parseCheckpoint(CHECKPOINT.replaceAll(from as string, to as string)), `${from}`).toThrow('not valid')
    expect(toBase64(parseCheckpoint(CHECKPOINT).root)).toBe('B6hRW3tIp0iEYBBkY4TJR63XnR/xsCwwmZKYswBH3rU=')
  })
})
