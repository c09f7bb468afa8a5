/**
 * Follows what arrives for a list that is shown: asks which of the studies that received objects match its filter, at
 * most every two seconds, and keeps the answer beside the list until that is fetched anew.
 */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { StudyRow } from '../../api/studies.ts'
import { Worklist } from '../../api/studies.ts'
import { ask } from '../http/client.ts'
import { useArrivals } from '../http/events.ts'
import { type WorklistFilter, worklistPath } from '../http/queries.ts'
import { type Newcomers, NONE, withArrivals } from './newcomers.ts'

const PAUSE_MS = 2000
const AT_ONCE = 50

export interface Shown {
  readonly filter: WorklistFilter
  readonly studies: readonly StudyRow[] | undefined
  readonly whole: boolean
  /** When the list was fetched. */
  readonly asOf: number
}

/** @param onLost  called when more arrived than can be followed */
export function useArriving(shown: Shown, onLost: () => void): Newcomers {
  const [newcomers, setNewcomers] = useState(NONE)
  const pending = useRef(new Set<string>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const looking = useRef(false)
  const latest = useRef({ shown, onLost })
  useEffect(() => {
    latest.current = { shown, onLost }
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: a list fetched anew, or another one, has no newcomers
  useEffect(() => setNewcomers(NONE), [shown.filter, shown.asOf])
  useEffect(() => () => clearTimeout(timer.current), [])

  const look = useCallback(async () => {
    looking.current = true
    const { filter, asOf } = latest.current.shown
    const studies = [...pending.current].slice(0, AT_ONCE)
    for (const study of studies) pending.current.delete(study)
    try {
      const { studies: rows } = await ask(worklistPath(filter, undefined, AT_ONCE, studies), Worklist)
      const now = latest.current.shown
      if (now.filter === filter && now.asOf === asOf)
        setNewcomers((before) => withArrivals(before, now.studies ?? [], rows, now.whole))
      // The list was fetched anew meanwhile, perhaps before they came: look again.
      else for (const study of studies) pending.current.add(study)
    } catch {
      // The list itself says when the archive cannot be reached.
    }
    timer.current = setTimeout(() => {
      looking.current = false
      if (pending.current.size > 0) void look()
    }, PAUSE_MS)
  }, [])

  useArrivals((happened) => {
    if (happened === 'anew' || happened.more) latest.current.onLost()
    if (happened === 'anew' || latest.current.shown.studies === undefined) return
    for (const { study } of happened.studies) pending.current.add(study)
    if (!looking.current && pending.current.size > 0) void look()
  })
  return newcomers
}
