/** One hand at a time in a study's object: sealing adds to it, and its copies are made equal. */
export type StudyLock = <T>(study: string, work: () => Promise<T>) => Promise<T>

export function studyLocks(): StudyLock {
  const lines = new Map<string, Promise<unknown>>()
  return (study, work) => {
    const mine = (lines.get(study) ?? Promise.resolve()).then(work)
    const settled = mine.then(
      () => {},
      () => {},
    )
    lines.set(study, settled)
    void settled.then(() => {
      if (lines.get(study) === settled) lines.delete(study)
    })
    return mine
  }
}
