/** Every screen and its address. What an address holds beyond the path is checked here, so a mistyped link still opens. */
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router'
import { z } from 'zod'
import { NotFound } from './shell/NotFound.tsx'
import { Root } from './shell/Root.tsx'
import { ShellLayout } from './shell/ShellLayout.tsx'
import { WorklistPage } from './worklist/WorklistPage.tsx'

/** Search values arrive as JSON: `?q=123` is a number until it is told to be a text. */
const text = z
  .union([z.string(), z.number(), z.boolean()])
  .transform((value) => String(value))
  .optional()
  .catch(undefined)

const WorklistSearch = z.object({ q: text, modality: text, date: text })
export type WorklistSearch = z.infer<typeof WorklistSearch>

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values).optional().catch(undefined)
const ViewerSearch = z.object({
  series: text,
  image: text,
  prior: text,
  layout: oneOf(['1x1', '1x2', '2x1', '2x2', 'mpr']),
})

const TimelineSearch = z.object({
  lanes: oneOf(['region', 'modality']),
  zoom: oneOf(['all', 'years', 'months', 'days']),
  view: oneOf(['list', 'timeline']),
  at: text,
  a: text,
  b: text,
  only: text,
  kind: text,
  reports: oneOf(['yes']),
})

const AuditSearch = z.object({ who: text, patient: text, type: text, purpose: oneOf(['BTG']), from: text, to: text })
const LookoutsSearch = z.object({ save: oneOf(['yes']), who: text, patient: text, type: text, purpose: oneOf(['BTG']) })

const root = createRootRouteWithContext()({ component: Root, notFoundComponent: NotFound })

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: ShellLayout })

const worklist = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: WorklistPage,
  validateSearch: WorklistSearch,
})
const upload = createRoute({
  getParentRoute: () => shell,
  path: '/upload',
  component: lazyRouteComponent(() => import('./upload/UploadPage.tsx'), 'UploadPage'),
})
const study = createRoute({
  getParentRoute: () => shell,
  path: '/s/$study',
  component: lazyRouteComponent(() => import('./study/StudyPage.tsx'), 'StudyPage'),
})
const timeline = createRoute({
  getParentRoute: () => shell,
  path: '/p/$patient',
  component: lazyRouteComponent(() => import('./timeline/TimelinePage.tsx'), 'TimelinePage'),
  validateSearch: TimelineSearch,
})
const connections = createRoute({
  getParentRoute: () => shell,
  path: '/admin/connections',
  component: lazyRouteComponent(() => import('./admin/ConnectionsPage.tsx'), 'ConnectionsPage'),
})
const conflicts = createRoute({
  getParentRoute: () => shell,
  path: '/admin/conflicts',
  component: lazyRouteComponent(() => import('./admin/ConflictsPage.tsx'), 'ConflictsPage'),
})
const rejected = createRoute({
  getParentRoute: () => shell,
  path: '/rejected',
  component: lazyRouteComponent(() => import('./rejections/RejectionsPage.tsx'), 'RejectionsPage'),
})
const orders = createRoute({
  getParentRoute: () => shell,
  path: '/orders',
  component: lazyRouteComponent(() => import('./orders/OrdersPage.tsx'), 'OrdersPage'),
})
const messages = createRoute({
  getParentRoute: () => shell,
  path: '/admin/messages',
  component: lazyRouteComponent(() => import('./messages/MessagesPage.tsx'), 'MessagesPage'),
})
const accounts = createRoute({
  getParentRoute: () => shell,
  path: '/admin/accounts',
  component: lazyRouteComponent(() => import('./admin/AccountsPage.tsx'), 'AccountsPage'),
})
const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/AccountPage.tsx'), 'AccountPage'),
})

const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  component: lazyRouteComponent(() => import('./audit/AuditPage.tsx'), 'AuditPage'),
  validateSearch: AuditSearch,
})

const lookouts = createRoute({
  getParentRoute: () => shell,
  path: '/audit/lookouts',
  component: lazyRouteComponent(() => import('./audit/LookoutsPage.tsx'), 'LookoutsPage'),
  validateSearch: LookoutsSearch,
})

const ComplianceSearch = z.object({ hold: text, erase: text })

const compliance = createRoute({
  getParentRoute: () => shell,
  path: '/compliance',
  component: lazyRouteComponent(() => import('./compliance/CompliancePage.tsx'), 'CompliancePage'),
  validateSearch: ComplianceSearch,
})

const access = createRoute({
  getParentRoute: () => shell,
  path: '/access/$patient',
  component: lazyRouteComponent(() => import('./access/AccessPage.tsx'), 'AccessPage'),
})

const questions = createRoute({
  getParentRoute: () => shell,
  path: '/questions',
  component: lazyRouteComponent(() => import('./questions/QuestionsPage.tsx'), 'QuestionsPage'),
  validateSearch: z.object({ q: text }),
})
const integrity = createRoute({
  getParentRoute: () => shell,
  path: '/integrity/$study',
  component: lazyRouteComponent(() => import('./questions/IntegrityPage.tsx'), 'IntegrityPage'),
})
const destruction = createRoute({
  getParentRoute: () => shell,
  path: '/destruction/$study',
  component: lazyRouteComponent(() => import('./questions/DestructionPage.tsx'), 'DestructionPage'),
})
const complete = createRoute({
  getParentRoute: () => shell,
  path: '/complete/$patient',
  component: lazyRouteComponent(() => import('./questions/CompletenessPage.tsx'), 'PatientCompletenessPage'),
})
const completeTime = createRoute({
  getParentRoute: () => shell,
  path: '/complete',
  component: lazyRouteComponent(() => import('./questions/CompletenessPage.tsx'), 'PeriodCompletenessPage'),
  validateSearch: z.object({ from: text, to: text }),
})

const routing = createRoute({
  getParentRoute: () => shell,
  path: '/routing',
  component: lazyRouteComponent(() => import('./routing/RoutingPage.tsx'), 'RoutingPage'),
})
const priorRules = createRoute({
  getParentRoute: () => shell,
  path: '/prior-rules',
  component: lazyRouteComponent(() => import('./priors/PriorRulesPage.tsx'), 'PriorRulesPage'),
})
const persons = createRoute({
  getParentRoute: () => shell,
  path: '/persons',
  component: lazyRouteComponent(() => import('./persons/PersonsPage.tsx'), 'PersonsPage'),
})
const onePerson = createRoute({
  getParentRoute: () => shell,
  path: '/persons/$patient',
  component: lazyRouteComponent(() => import('./persons/PersonPage.tsx'), 'PersonPage'),
})
const restricted = createRoute({
  getParentRoute: () => shell,
  path: '/restricted',
  component: lazyRouteComponent(() => import('./restricted/RestrictedPage.tsx'), 'RestrictedPage'),
})
const emergency = createRoute({
  getParentRoute: () => shell,
  path: '/emergency',
  component: lazyRouteComponent(() => import('./restricted/EmergencyPage.tsx'), 'EmergencyPage'),
})

const storage = createRoute({
  getParentRoute: () => shell,
  path: '/storage',
  component: lazyRouteComponent(() => import('./storage/StoragePage.tsx'), 'StoragePage'),
})

const trends = createRoute({
  getParentRoute: () => shell,
  path: '/v/$study/trends',
  component: lazyRouteComponent(() => import('./viewer/trends/TrendsPage.tsx'), 'TrendsPage'),
})

const viewer = createRoute({
  getParentRoute: () => root,
  path: '/v/$study',
  component: lazyRouteComponent(() => import('./viewer/ViewerPage.tsx'), 'ViewerPage'),
  pendingComponent: Outlet,
  validateSearch: ViewerSearch,
})

export const router = createRouter({
  routeTree: root.addChildren([
    shell.addChildren([
      worklist,
      upload,
      study,
      timeline,
      trends,
      connections,
      conflicts,
      orders,
      messages,
      routing,
      priorRules,
      persons,
      onePerson,
      rejected,
      access,
      questions,
      integrity,
      destruction,
      complete,
      completeTime,
      compliance,
      restricted,
      emergency,
      storage,
      audit,
      lookouts,
      accounts,
      account,
    ]),
    viewer,
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
