/**
 * Bytes set aside until an object is made of them: the parts of a STOW-RS request that come apart from the attributes.
 *
 * Few bytes wait in memory; more go into a spool file that no record will ever name, so that a crash leaves nothing but
 * what the next start sweeps away.
 */
import type { ByteRange, ByteStream, Bytes } from '../base/bytes.ts'
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { Inbox, Spool } from '../vault/inbox/inbox.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, Held } from './archive.ts'
import type { IntakeOptions } from './intake.ts'
import { onDisk, type Space } from './space.ts'

/** What a held part gives at once when it is read back, and is written at once. */
const PIECE = 512 * 1024

export interface HoldingParts {
  readonly inbox: Pick<Inbox, 'spool'>
  readonly space: Space
  readonly acts: Acts
  readonly options: Pick<IntakeOptions, 'gatherBytes' | 'memoryBytes'>
}

export function openHolding({ inbox, space, acts, options }: HoldingParts): Pick<Archive, 'hold'> {
  /** Bytes of all held parts that are in memory. */
  let gathered = 0

  return {
    hold: async (context: Context, bytes: ByteStream): Promise<Held> => {
      await admit(acts, context, 'store')
      let parts: Bytes[] = []
      let inMemory = 0
      let length = 0
      let spool: Spool | undefined
      let released = false

      const forget = (): void => {
        gathered -= inMemory
        space.release(inMemory)
        inMemory = 0
        parts = []
      }
      const flush = async (): Promise<void> => {
        await onDisk(spool?.append(parts))
        forget()
      }
      const release = async (): Promise<void> => {
        if (released) return
        released = true
        forget()
        await spool?.abandon()
      }

      try {
        for await (const chunk of bytes) {
          context.signal.throwIfAborted()
          if (chunk.length === 0) continue
          await space.claim(chunk.length)
          inMemory += chunk.length
          gathered += chunk.length
          length += chunk.length
          parts.push(chunk)
          if (spool === undefined && length <= options.gatherBytes && gathered <= options.memoryBytes / 2) continue
          spool ??= await onDisk(inbox.spool())
          if (inMemory >= PIECE) await flush()
        }
        if (spool !== undefined && inMemory > 0) await flush()
      } catch (thrown) {
        await release()
        throw thrown
      }

      async function* read({ start, end }: ByteRange = { start: 0, end: length }): ByteStream {
        if (released) throw new ArchiveError('DEFECT', { what: 'held bytes read after their release' })
        if (spool !== undefined) {
          for (let at = start; at < end; at += PIECE)
            yield await spool.read({ start: at, end: Math.min(end, at + PIECE) })
          return
        }
        let at = 0
        for (const part of parts) {
          const [from, to] = [Math.max(start - at, 0), Math.min(end - at, part.length)]
          if (from < to) yield part.subarray(from, to)
          at += part.length
        }
      }
      return { length, read, release }
    },
  }
}
