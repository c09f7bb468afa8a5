import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Bytes, lend } from '../../base/bytes.ts'
import type { UpperLayer } from '../upper-layer/association.ts'
import { openPduReader } from '../upper-layer/pdu-reader.ts'
import { COMMAND_FIELD } from './commands.ts'
import { Sender } from './sender.ts'

/** A connection whose system looks at what it was given as late as it may: when it says that it has left. */
function slowLayer() {
  const wire: Bytes[] = []
  const waiting: { readonly parts: readonly Bytes[]; readonly left: (() => void) | undefined }[] = []
  const drain = () => {
    for (const { parts, left } of waiting.splice(0)) {
      wire.push(Buffer.concat(parts))
      left?.()
    }
  }
  const layer = {
    send(parts: readonly Bytes[], left?: () => void) {
      waiting.push({ parts: [...parts], left })
      return waiting.length < 3
    },
    async drained() {
      await setImmediate()
      drain()
    },
    abort() {},
  }
  return { layer: layer as unknown as UpperLayer, wire, drain }
}

it('gives lent memory back when the last of it has left, and never before', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ length: fc.integer({ min: 0, max: 4000 }), lent: fc.boolean() }), { maxLength: 12 }),
      fc.integer({ min: 2, max: 3000 }).map((size) => size & ~1),
      async (pieces, size) => {
        const { layer, wire, drain } = slowLayer()
        let out = 0
        const whole: Bytes[] = []
        async function* dataSet() {
          for (const [index, { length, lent }] of pieces.entries()) {
            const piece = new Uint8Array(length).fill(index + 1)
            whole.push(piece.slice())
            if (lent) out += 1
            // What is given back too early would go out as 0xff.
            yield lent
              ? lend(piece, () => {
                  piece.fill(0xff)
                  out -= 1
                })
              : piece
          }
        }
        await new Sender(layer, size).send(1, { commandField: COMMAND_FIELD['C-STORE-RQ'] }, dataSet())
        drain()
        const reader = openPduReader({ maxPdu: 0, maxControlPdu: 1024 })
        const data = reader
          .push(Buffer.concat(wire))
          .flatMap((one) => (one.kind === 'data' && !one.command ? [one.bytes] : []))
        expect(Buffer.concat(data).equals(Buffer.concat(whole))).toBe(true)
        expect(out).toBe(0)
      },
    ),
  )
})
