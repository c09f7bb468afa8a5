import { type Checkpoint, parseCheckpoint } from '../../proof/checkpoint.ts'
import type { Note } from '../../proof/note.ts'

/** A checkpoint from elsewhere than the log's own last one. */
export interface KeptCheckpoint extends Checkpoint {
  /** Where it was kept: the name of its file. */
  readonly where: string
  readonly text: string
  readonly note: Note
}

/** @throws {ArchiveError} `PROOF_INVALID` */
export const keptCheckpoint = (where: string, text: string): KeptCheckpoint => ({
  where,
  text,
  ...parseCheckpoint(text),
})
