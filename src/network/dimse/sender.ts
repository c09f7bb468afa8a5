/**
 * The way out of an association: messages, one whole after the other (PS3.8 Annex E.1 forbids to interleave them), at the
 * pace the peer takes them.
 */
import { type ByteStream, type Bytes, giveBack } from '../../base/bytes.ts'
import type { UpperLayer } from '../upper-layer/association.ts'
import type { CommandSet } from './commands.ts'
import { commandPdus, DataSetFragmenter } from './fragments.ts'

export class Sender {
  readonly #layer: UpperLayer
  readonly #size: number
  /** Settles, and never rejects, when the data set now being sent has left. */
  #sending: Promise<void> | undefined

  /** @param size  bytes of a message in one PDU, see `fragmentSize` */
  constructor(layer: UpperLayer, size: number) {
    this.#layer = layer
    this.#size = size
  }

  /**
   * Resolves when the message has left and the peer takes more. A command alone leaves at once, in one write.
   *
   * @throws {ArchiveError} `NET_ABORTED` when the association has ended; and whatever the data set throws, after which
   *   the association is aborted
   */
  async send(contextId: number, command: CommandSet, dataSet?: ByteStream): Promise<void> {
    while (this.#sending !== undefined) await this.#sending
    const pdus = commandPdus(contextId, command, this.#size)
    if (dataSet === undefined) {
      // A peer that takes no answers gets no more of its requests performed.
      if (!this.#layer.send(pdus)) await this.#layer.drained()
      return
    }
    const sent = this.#sendDataSet(pdus, new DataSetFragmenter(contextId, this.#size), dataSet)
    const settled = sent.then(
      () => undefined,
      () => undefined,
    )
    this.#sending = settled
    try {
      await sent
    } finally {
      if (this.#sending === settled) this.#sending = undefined
    }
  }

  /**
   * The command goes out with the first of the data set: most objects' first PDU needs no write of its own. Lent memory is
   * given back when the last of it has left.
   */
  async #sendDataSet(command: readonly Bytes[], fragmenter: DataSetFragmenter, dataSet: ByteStream): Promise<void> {
    let pdus = [...command]
    let under: Bytes[] = [] // pieces of which something has still to be sent
    const write = async (): Promise<void> => {
      const through = under.filter((piece) => !fragmenter.holds(piece))
      under = under.filter((piece) => fragmenter.holds(piece))
      const goOn = this.#layer.send(pdus, () => through.forEach(giveBack))
      pdus = []
      if (!goOn) await this.#layer.drained()
    }
    try {
      for await (const piece of dataSet) {
        under.push(piece)
        const complete = fragmenter.push(piece)
        if (complete.length === 0) continue
        pdus.push(...complete)
        await write()
      }
      pdus.push(...fragmenter.end())
      await write()
    } catch (thrown) {
      // A message that stops half way cannot be taken back (PS3.7 has no means to); only the association can end.
      this.#layer.abort('the object to send could not be read')
      throw thrown
    }
  }
}
