/** The worklist's state: what the address asks for, the rows that came, and whether newer ones wait. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { StudyRow } from '../../api/studies.ts'
import { newestQuery, type WorklistFilter, worklistQuery } from '../http/queries.ts'
import { readDateFilter } from './date-filter.ts'

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

export function useWorklist(): WorklistState {
  const search: WorklistSearch = useSearch({ from: '/shell/' })
  const navigate = useNavigate({ from: '/' })
  const filter = useMemo((): WorklistFilter => {
    const { from, to } = readDateFilter(search.date, new Date())
    return { q: (search.q ?? '').trim(), modality: search.modality, from, to }
  }, [search])

  const list = useInfiniteQuery({ ...worklistQuery(filter), placeholderData: (before) => before })
  const newest = useQuery({ ...newestQuery(filter), enabled: list.isSuccess })
  const studies = useMemo(() => list.data?.pages.flatMap((page) => page.studies), [list.data])
  const waiting = useMemo(() => {
    if (!studies || !newest.data) return 0
    const known = new Set(studies.map(({ study }) => study))
    return newest.data.studies.filter(({ study }) => !known.has(study)).length
  }, [studies, newest.data])

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
