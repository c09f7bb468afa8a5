/**
 * The bytes of one data set between the socket, which pushes, and whoever takes them, who pulls.
 *
 * Nothing is copied or joined: what was pushed is what is taken. It does not bound itself; it tells how much it took in
 * and gave out, and `exchange.ts` stops the socket. One taker only, once.
 */
import type { Bytes } from '../../base/bytes.ts'

/** What a piece costs beside its bytes, so that a flood of tiny pieces is seen as what it is. */
export const PIECE_OVERHEAD = 256 // bytes

export const costOf = (piece: Bytes): number => piece.length + PIECE_OVERHEAD

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined }

export class ByteQueue implements AsyncIterable<Bytes> {
  #pieces: Bytes[] = []
  #next = 0 // index of the first piece not taken
  #ended = false
  #failure: Error | undefined
  #discarding = false
  #received = 0
  #taker: { resolve(result: IteratorResult<Bytes, undefined>): void; reject(error: Error): void } | undefined
  #settled: (() => void)[] = []
  readonly #onTaken: (cost: number) => void

  /** @param onTaken  called with the cost of what left the queue, taken or thrown away */
  constructor(onTaken: (cost: number) => void) {
    this.#onTaken = onTaken
  }

  /** Bytes pushed so far. */
  get received(): number {
    return this.#received
  }

  get isComplete(): boolean {
    return this.#ended || this.#failure !== undefined
  }

  push(piece: Bytes): void {
    this.#received += piece.length
    if (this.#discarding) {
      this.#onTaken(costOf(piece))
      return
    }
    const taker = this.#taker
    if (taker === undefined) {
      this.#pieces.push(piece)
      return
    }
    this.#taker = undefined
    this.#onTaken(costOf(piece))
    taker.resolve({ done: false, value: piece })
  }

  end(): void {
    this.#ended = true
    this.#taker?.resolve(DONE)
    this.#settle()
  }

  /** What is in the queue is lost: a data set that will never be whole is of no use. */
  fail(error: Error): void {
    if (this.isComplete) return
    this.#failure = error
    this.#throwAway()
    this.#taker?.reject(error)
    this.#settle()
  }

  /** Throws away what is there and what will come. */
  discard(): void {
    this.#discarding = true
    this.#throwAway()
  }

  /** Resolves when the last byte has come, or never will. */
  complete(): Promise<void> {
    return this.isComplete ? Promise.resolve() : new Promise((resolve) => this.#settled.push(resolve))
  }

  [Symbol.asyncIterator](): AsyncIterator<Bytes, undefined> {
    return {
      next: () => this.#take(),
      return: () => {
        this.discard()
        return Promise.resolve(DONE)
      },
    }
  }

  #take(): Promise<IteratorResult<Bytes, undefined>> {
    const piece = this.#pieces[this.#next]
    if (piece !== undefined) {
      this.#next += 1
      if (this.#next === this.#pieces.length) {
        this.#pieces = []
        this.#next = 0
      }
      this.#onTaken(costOf(piece))
      return Promise.resolve({ done: false, value: piece })
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#ended || this.#discarding) return Promise.resolve(DONE)
    return new Promise((resolve, reject) => {
      this.#taker = { resolve, reject }
    })
  }

  #throwAway(): void {
    let cost = 0
    for (let index = this.#next; index < this.#pieces.length; index += 1) cost += costOf(this.#pieces[index] as Bytes)
    this.#pieces = []
    this.#next = 0
    if (cost > 0) this.#onTaken(cost)
  }

  #settle(): void {
    this.#taker = undefined
    for (const resolve of this.#settled.splice(0)) resolve()
  }
}
