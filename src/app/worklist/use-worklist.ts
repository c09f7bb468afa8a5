/** The worklist's state: what the address asks for, the rows that came, and whether newer ones wait. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import type { StudyRow } from '../../api/studies.ts'
import { useLive } from '../http/events.ts'
import { newestQuery, type WorklistFilter, worklistQuery } from '../http/queries.ts'
import { readDateFilter } from './date-filter.ts'
import { useArriving } from './use-arriving.ts'

export interface WorklistSearch {
  readonly q?: string | undefined
  readonly modality?: string | undefined
  readonly date?: string | undefined
}

export interface WorklistState {
  readonly search: WorklistSearch
  readonly filtered: boolean
  readonly studies: readonly StudyRow[] | undefined
  readonly error: unknown
  readonly fetching: boolean
  readonly asOf: number // milliseconds since 1970; 0 before the first answer
  readonly more: (() => void) | undefined
  /** Studies that came since the list was fetched. */
  readonly waiting: number
  readonly refresh: () => void
  readonly change: (change: Partial<WorklistSearch>) => void
}

/** Is a person inside the list: scrolled, pointing, or with the keyboard? */
function isBeingRead(): boolean {
  const grid = document.getElementById('worklist')
  if (grid === null) return false
  return grid.scrollTop > 0 || grid.matches(':hover') || grid.contains(document.activeElement)
}

export function useWorklist(): WorklistState {
  const search: WorklistSearch = useSearch({ from: '/shell/' })
  const navigate = useNavigate({ from: '/' })
  const filter = useMemo((): WorklistFilter => {
    const { from, to } = readDateFilter(search.date, new Date())
    return { q: (search.q ?? '').trim(), modality: search.modality, from, to }
  }, [search])

  const list = useInfiniteQuery({ ...worklistQuery(filter), placeholderData: (before) => before })
  const newest = useQuery({ ...newestQuery(filter, useLive()), enabled: list.isSuccess })
  const fetched = useMemo(() => list.data?.pages.flatMap((page) => page.studies), [list.data])
  const newcomers = useArriving(
    { filter, studies: fetched, whole: !list.hasNextPage, asOf: list.dataUpdatedAt },
    () => void newest.refetch(),
  )
  const studies = useMemo(
    () => fetched?.map((row) => newcomers.changed.get(row.study) ?? row),
    [fetched, newcomers.changed],
  )
  const waiting = useMemo(() => {
    const all = new Set(newcomers.waiting)
    if (newest.dataUpdatedAt > list.dataUpdatedAt)
      for (const { study } of newest.data?.studies ?? [])
        if (!fetched?.some((row) => row.study === study)) all.add(study)
    return all.size
  }, [fetched, newcomers.waiting, newest.data, newest.dataUpdatedAt, list.dataUpdatedAt])

  // Who reads at the top with hands off the list sees it grow; whoever is inside it is asked first.
  const { refetch } = list
  useEffect(() => {
    if (waiting > 0 && !isBeingRead()) void refetch()
  }, [waiting, refetch])

  const change = (next: Partial<WorklistSearch>) =>
    void navigate({ search: (now) => ({ ...now, ...next }), replace: true })
  return {
    search,
    filtered: filter.q !== '' || Boolean(filter.modality ?? filter.from ?? filter.to),
    studies,
    error: list.error,
    fetching: list.isFetching,
    asOf: list.dataUpdatedAt,
    more: list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined,
    waiting,
    refresh: () => void list.refetch(),
    change,
  }
}
