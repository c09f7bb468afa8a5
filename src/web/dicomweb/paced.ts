/**
 * A request body that must come at some pace. An upload may take hours, so it has no deadline; one that drips to hold a
 * place is given up. Only the time spent waiting for the sender counts, not the time it waits for us.
 */
import type { Readable } from 'node:stream'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'

const GRACE_SECONDS = 60
const BYTES_A_SECOND = 512

export async function* paced(body: Readable): AsyncGenerator<Bytes, void> {
  // Who stops reading half way still answers: the socket must outlive the body.
  const iterator: AsyncIterator<Buffer> = body.iterator({ destroyOnReturn: false })
  let waited = 0
  let came = 0
  try {
    for (;;) {
      const asked = performance.now()
      const { value, done } = await iterator.next()
      if (done === true) return
      waited += (performance.now() - asked) / 1000
      came += value.length
      if (waited > GRACE_SECONDS && came < waited * BYTES_A_SECOND) throw new ArchiveError('TOO_SLOW')
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}
