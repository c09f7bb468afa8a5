/** What the screens ask the archive, with the keys under which the answers are kept. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { AccessReport } from '../../api/access.ts'
import { Associations, Callers, Status } from '../../api/admin.ts'
import { CompletenessReport, DestructionAnswer, IntegrityReport, Subjects } from '../../api/answers.ts'
import { Audit } from '../../api/audit.ts'
import { Demo } from '../../api/demo.ts'
import { Dispositions } from '../../api/dispositions.ts'
import { Erasures } from '../../api/erasure.ts'
import { Holds } from '../../api/holds.ts'
import { IdentityReviews, Person } from '../../api/identity.ts'
import { Reductions, ToldFacts } from '../../api/known.ts'
import { Lookouts, Warnings } from '../../api/lookouts.ts'
import { Measurements } from '../../api/measurements.ts'
import { PriorRulesPage } from '../../api/prior-rules.ts'
import { Priors, Timeline } from '../../api/record.ts'
import { Redactions } from '../../api/redactions.ts'
import { Rejections } from '../../api/rejections.ts'
import { StudyReports } from '../../api/reports.ts'
import { Emergencies, Restrictions, Reviews } from '../../api/restrictions.ts'
import { DueStudies, RetentionCalendar, SiteRules, StudyRetention } from '../../api/retention.ts'
import { RoutingPage, StuckObjects } from '../../api/routing.ts'
import { Accounts, OwnSessions, SecondFactor, Tokens } from '../../api/session.ts'
import { Growth, Storage } from '../../api/storage.ts'
import { Conflicts, StudyInstances, StudyPage, Versions, Worklist } from '../../api/studies.ts'
import { Message, Messages, Orders, Wholeness } from '../../api/workflow.ts'
import { ask } from './client.ts'

export interface WorklistFilter {
  readonly q: string
  readonly modality?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export function worklistPath(
  filter: WorklistFilter,
  cursor: string | undefined,
  limit: number,
  studies: readonly string[] = [],
): string {
  const search = new URLSearchParams({ limit: String(limit) })
  if (filter.q) search.set('q', filter.q)
  if (filter.modality) search.set('modality', filter.modality)
  if (filter.from) search.set('from', filter.from)
  if (filter.to) search.set('to', filter.to)
  if (studies.length > 0) search.set('studies', studies.join(','))
  if (cursor) search.set('cursor', cursor)
  return `/api/studies?${search}`
}

const PAGE = 100

export const worklistQuery = (filter: WorklistFilter) =>
  infiniteQueryOptions({
    queryKey: ['studies', filter],
    queryFn: ({ pageParam, signal }) => ask(worklistPath(filter, pageParam, PAGE), Worklist, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })

/** The first rows again, to learn whether something new came; the list itself does not move under the pointer. */
export const newestQuery = (filter: WorklistFilter, live: boolean) =>
  queryOptions({
    queryKey: ['newest', filter],
    queryFn: ({ signal }) => ask(worklistPath(filter, undefined, 20), Worklist, { signal }),
    // Told what this process receives, we still ask now and then: another may have received too.
    refetchInterval: live ? 60_000 : 15_000,
  })

export const studyQuery = (study: string) =>
  queryOptions({
    queryKey: ['study', study],
    queryFn: ({ signal }) => ask(`/api/studies/${study}`, StudyPage, { signal }),
  })

/** Asked once: each look at a patient's record is an entry of the log. */
const ONCE = { refetchOnWindowFocus: false, refetchOnReconnect: false, staleTime: 60_000 } as const

export const timelineQuery = (patient: string) =>
  queryOptions({
    queryKey: ['timeline', patient],
    queryFn: ({ signal }) => ask(`/api/patients/${patient}/timeline`, Timeline, { signal }),
    ...ONCE,
  })

export const priorsQuery = (study: string) =>
  queryOptions({
    queryKey: ['study', study, 'priors'],
    queryFn: ({ signal }) => ask(`/api/studies/${study}/priors`, Priors, { signal }),
    ...ONCE,
  })

export const priorRulesQuery = queryOptions({
  queryKey: ['prior-rules'],
  queryFn: ({ signal }) => ask('/api/priors/rules', PriorRulesPage, { signal }),
})

export const measurementsQuery = (study: string) =>
  queryOptions({
    queryKey: ['study', study, 'measurements'],
    queryFn: ({ signal }) => ask(`/api/studies/${study}/measurements`, Measurements, { signal }),
    ...ONCE,
  })

export const instancesQuery = (study: string) =>
  queryOptions({
    queryKey: ['study', study, 'instances'],
    queryFn: ({ signal }) => ask(`/api/studies/${study}/instances`, StudyInstances, { signal }),
  })

export const versionsQuery = (study: string, series: string, instance: string) =>
  queryOptions({
    queryKey: ['study', study, 'versions', instance],
    queryFn: ({ signal }) => ask(`/api/instances/${study}/${series}/${instance}/versions`, Versions, { signal }),
  })

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => ask('/api/status', Status, { signal }),
  refetchInterval: 15_000,
})

export const associationsQuery = queryOptions({
  queryKey: ['associations'],
  queryFn: ({ signal }) => ask('/api/associations', Associations, { signal }),
  refetchInterval: 5000,
})

export const callersQuery = queryOptions({
  queryKey: ['callers'],
  queryFn: ({ signal }) => ask('/api/callers', Callers, { signal }),
  refetchInterval: 10_000,
})

/** How far the synthetic patients are; asked often only while they are being brought in. */
export const demoQuery = queryOptions({
  queryKey: ['demo'],
  queryFn: ({ signal }) => ask('/api/demo', Demo, { signal }),
  refetchInterval: (query) => (query.state.data?.state === 'running' ? 500 : false),
})

export const retentionQuery = (study: string) =>
  queryOptions({
    queryKey: ['study', study, 'retention'],
    queryFn: ({ signal }) => ask(`/api/studies/${study}/retention`, StudyRetention, { signal }),
  })

export const accessQuery = (patient: string) =>
  queryOptions({
    queryKey: ['access', patient],
    queryFn: ({ signal }) => ask(`/api/patients/${patient}/access`, AccessReport, { signal }),
    ...ONCE,
  })

export const subjectsQuery = (words: string) =>
  queryOptions({
    queryKey: ['questions', words],
    queryFn: ({ signal }) => ask(`/api/questions?${new URLSearchParams({ q: words })}`, Subjects, { signal }),
    ...ONCE,
  })

export const integrityQuery = (study: string) =>
  queryOptions({
    queryKey: ['integrity', study],
    queryFn: ({ signal }) => ask(`/api/studies/${study}/integrity`, IntegrityReport, { signal }),
    ...ONCE,
  })

export const destructionQuery = (study: string) =>
  queryOptions({
    queryKey: ['destruction', study],
    queryFn: ({ signal }) => ask(`/api/studies/${study}/destruction`, DestructionAnswer, { signal }),
    ...ONCE,
  })

export const completenessQuery = (path: string) =>
  queryOptions({
    queryKey: ['completeness', path],
    queryFn: ({ signal }) => ask(path, CompletenessReport, { signal }),
    ...ONCE,
  })

export const holdsQuery = queryOptions({
  queryKey: ['holds'],
  queryFn: ({ signal }) => ask('/api/holds', Holds, { signal }),
})

/** Of a study, a patient or a trial, what people said. */
export type About = { readonly study: string } | { readonly patient: string } | { readonly trial: string }

export const factsQuery = (about: About) =>
  queryOptions({
    queryKey: ['retention', 'facts', about],
    queryFn: ({ signal }) => ask(`/api/retention/facts?${new URLSearchParams({ ...about })}`, ToldFacts, { signal }),
    ...ONCE,
  })

export const reductionsQuery = queryOptions({
  queryKey: ['retention', 'reductions'],
  queryFn: ({ signal }) => ask('/api/retention/reductions', Reductions, { signal }),
})

export const erasuresQuery = queryOptions({
  queryKey: ['erasures'],
  queryFn: ({ signal }) => ask('/api/erasures', Erasures, { signal }),
})

export const rulesQuery = queryOptions({
  queryKey: ['retention', 'rules'],
  queryFn: ({ signal }) => ask('/api/retention/rules', SiteRules, { signal }),
})

/** What if: rules other than the site's, beside them or instead. */
export interface OtherRules {
  readonly jurisdictions?: string
  readonly institution?: string
  readonly instead?: string
}

export const calendarQuery = (rules: OtherRules) =>
  queryOptions({
    queryKey: ['retention', 'calendar', rules],
    queryFn: ({ signal }) =>
      ask(`/api/retention/calendar?${new URLSearchParams({ ...rules })}`, RetentionCalendar, { signal }),
    ...ONCE,
  })

export const dueQuery = (span: { readonly from?: string; readonly until: string }) =>
  queryOptions({
    queryKey: ['retention', 'due', span],
    queryFn: ({ signal }) => ask(`/api/retention/due?${new URLSearchParams({ ...span })}`, DueStudies, { signal }),
    ...ONCE,
  })

export const storageQuery = queryOptions({
  queryKey: ['storage'],
  queryFn: ({ signal }) => ask('/api/storage', Storage, { signal }),
  refetchInterval: 10_000,
})

export const growthQuery = queryOptions({
  queryKey: ['growth'],
  queryFn: ({ signal }) => ask('/api/storage/growth', Growth, { signal }),
})

export const dispositionsQuery = queryOptions({
  queryKey: ['dispositions'],
  queryFn: ({ signal }) => ask('/api/dispositions', Dispositions, { signal }),
})

/** Of a study, or the newest of all. */
export const rejectionsQuery = (study?: string) =>
  queryOptions({
    queryKey: ['rejections', study ?? ''],
    queryFn: ({ signal }) =>
      ask(study === undefined ? '/api/rejections' : `/api/studies/${study}/rejections`, Rejections, { signal }),
  })

export const messagesQuery = (attention: boolean) =>
  infiniteQueryOptions({
    queryKey: ['messages', attention],
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({ attention: String(attention) })
      if (pageParam !== undefined) search.set('before', String(pageParam))
      return ask(`/api/messages?${search}`, Messages, { signal })
    },
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    ...ONCE,
  })

export const messageQuery = (id: number) =>
  queryOptions({
    queryKey: ['messages', 'one', id],
    queryFn: ({ signal }) => ask(`/api/messages/${id}`, Message, { signal }),
    ...ONCE,
  })

export const routingQuery = queryOptions({
  queryKey: ['routing'],
  queryFn: ({ signal }) => ask('/api/routing', RoutingPage, { signal }),
  refetchInterval: 5000,
})

export const stuckQuery = (destination: string) =>
  queryOptions({
    queryKey: ['routing', 'stuck', destination],
    queryFn: ({ signal }) =>
      ask(`/api/routing/destinations/${encodeURIComponent(destination)}/stuck`, StuckObjects, { signal }),
  })

export const identityQuery = (patient: string) =>
  queryOptions({
    queryKey: ['identity', patient],
    queryFn: ({ signal }) => ask(`/api/patients/${patient}/identity`, Person, { signal }),
    ...ONCE,
  })

export const identityReviewsQuery = (open: boolean) =>
  queryOptions({
    queryKey: ['identity', 'reviews', open],
    queryFn: ({ signal }) => ask(`/api/identity/reviews?open=${open}`, IdentityReviews, { signal }),
    ...ONCE,
  })

/** Studies of patients that these words find. */
export const patientsQuery = (q: string) =>
  queryOptions({
    queryKey: ['patients', q],
    queryFn: ({ signal }) => ask(worklistPath({ q }, undefined, 100), Worklist, { signal }),
    ...ONCE,
  })

export const ordersQuery = (open: boolean) =>
  queryOptions({
    queryKey: ['orders', open],
    queryFn: ({ signal }) => ask(`/api/orders?open=${open}`, Orders, { signal }),
    ...ONCE,
  })

export const reportsQuery = (study: string) =>
  queryOptions({
    queryKey: ['study', study, 'reports'],
    queryFn: ({ signal }) => ask(`/api/studies/${study}/reports`, StudyReports, { signal }),
    ...ONCE,
  })

export const wholenessQuery = (study: string) =>
  queryOptions({
    queryKey: ['study', study, 'wholeness'],
    queryFn: ({ signal }) => ask(`/api/studies/${study}/wholeness`, Wholeness, { signal }),
  })

export const lookoutsQuery = queryOptions({
  queryKey: ['lookouts', 'all'],
  queryFn: ({ signal }) => ask('/api/lookouts', Lookouts, { signal }),
})

export const warningsQuery = ({ mine, waiting }: { readonly mine: boolean; readonly waiting: boolean }) =>
  infiniteQueryOptions({
    queryKey: ['lookouts', 'warnings', mine, waiting],
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({ mine: mine ? 'yes' : 'no', waiting: waiting ? 'yes' : 'no' })
      if (pageParam !== undefined) search.set('before', String(pageParam))
      return ask(`/api/lookouts/warnings?${search}`, Warnings, { signal })
    },
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 30_000,
  })

/** How many wait for whoever is logged in: asked now and then by the rail. */
export const waitingWarningsQuery = queryOptions({
  queryKey: ['lookouts', 'waiting'],
  queryFn: async ({ signal }) => (await ask('/api/lookouts/warnings?limit=1', Warnings, { signal })).waiting,
  refetchInterval: 60_000,
})

export const redactionsQuery = queryOptions({
  queryKey: ['redactions'],
  queryFn: ({ signal }) => ask('/api/redactions', Redactions, { signal }),
})

export const restrictionsQuery = queryOptions({
  queryKey: ['restrictions'],
  queryFn: ({ signal }) => ask('/api/restrictions', Restrictions, { signal }),
})

/** Asked again now and then: what comes is to be looked at soon. */
export const reviewsQuery = (waiting: boolean) =>
  queryOptions({
    queryKey: ['reviews', waiting],
    queryFn: ({ signal }) => ask(`/api/reviews?waiting=${waiting ? 'yes' : 'no'}`, Reviews, { signal }),
    refetchInterval: 30_000,
  })

/** One's own that last; over by time they go by themselves. */
export const emergenciesQuery = queryOptions({
  queryKey: ['emergencies'],
  queryFn: ({ signal }) => ask('/api/emergencies', Emergencies, { signal }),
  refetchInterval: 60_000,
})

export const conflictsQuery = queryOptions({
  queryKey: ['conflicts'],
  queryFn: ({ signal }) => ask('/api/conflicts', Conflicts, { signal }),
})

export interface AuditQuestion {
  readonly who?: string | undefined
  readonly patient?: string | undefined
  readonly type?: string | undefined
  readonly purpose?: 'BTG' | undefined
  readonly from?: string | undefined
  readonly until?: string | undefined
}

export function auditPath(path: string, asked: object): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) search.set(name, String(value))
  return `${path}?${search}`
}

/** Asked once and not again by itself: each question is an entry of the log it asks about. */
export const auditQuery = (question: AuditQuestion) =>
  infiniteQueryOptions({
    queryKey: ['audit', question],
    queryFn: ({ pageParam, signal }) =>
      ask(auditPath('/api/audit', { ...question, limit: PAGE, before: pageParam }), Audit, { signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })

export const ownSessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => ask('/api/sessions', OwnSessions, { signal }),
})

export const secondFactorQuery = queryOptions({
  queryKey: ['second-factor'],
  queryFn: ({ signal }) => ask('/api/account/second-factor', SecondFactor, { signal }),
})

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => ask('/api/tokens', Tokens, { signal }),
})

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: ({ signal }) => ask('/api/accounts', Accounts, { signal }),
})

/** The received bytes of an instance, or of one of its versions. */
export function originalPath(study: string, series: string, instance: string, version?: number): string {
  const path = `/api/instances/${study}/${series}/${instance}/original`
  return version === undefined ? path : `${path}?version=${version}`
}
