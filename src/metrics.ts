/**
 * What is measured, in one table, and where it is taken. Rooms call plain functions given to them; none knows of metrics.
 * No label holds anything received: doors, outcomes, codes of the table of errors, addresses as routes have them.
 */
import type { Archive, GroupFigures } from './archive/archive.ts'
import type { Context } from './base/context.ts'
import { asArchiveError } from './base/errors.ts'
import { type Metrics, openMetrics } from './base/metrics.ts'
import type { AssociationSummary } from './network/summary.ts'

const LATENCY = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256]

export interface Meters {
  readonly metrics: Metrics
  /** Of each group the journal takes or refuses. */
  readonly group: (figures: GroupFigures) => void
  /** The archive with its way in timed. */
  metered(archive: Archive): Archive
  readonly associationEnded: (summary: AssociationSummary) => void
  readonly answered: (method: string, route: string, status: number, seconds: number) => void
  /** What is asked when somebody reads the figures. */
  watch(archive: Archive, context: Context, open: () => number): void
}

export function openMeters(version: string): Meters {
  const metrics = openMetrics()
  metrics.gauge('clearkeep_info', 'What runs here.', () => [[{ version, node: process.versions.node }, 1]])
  const objects = metrics.counter('clearkeep_objects_total', 'Objects that came, by door and what became of them.')
  const bytes = metrics.counter('clearkeep_received_bytes_total', 'Bytes of objects kept, by door.')
  const intake = metrics.histogram('clearkeep_intake_seconds', 'From first byte to answer, by door.', LATENCY)
  const errors = metrics.counter('clearkeep_errors_total', 'Refusals and failures by code of docs/errors.md.')
  const sync = metrics.histogram('clearkeep_journal_sync_seconds', 'A group of records made durable.', LATENCY)
  const index = metrics.histogram('clearkeep_index_seconds', 'A group brought into the index.', LATENCY)
  const size = metrics.histogram('clearkeep_group_items', 'Objects and events made durable by one sync.', SIZES)
  const failed = metrics.counter('clearkeep_groups_failed_total', 'Groups that could not be made durable.')
  const associations = metrics.counter('clearkeep_associations_total', 'Associations that ended, and how.')
  const operations = metrics.counter('clearkeep_dimse_operations_total', 'DIMSE operations by what became of them.')
  const requests = metrics.counter('clearkeep_http_requests_total', 'HTTP requests by route and status.')
  const answers = metrics.histogram(
    'clearkeep_http_seconds',
    'HTTP requests, from head to the end of the answer.',
    LATENCY,
  )
  processFigures(metrics)

  return {
    metrics,
    group: ({ items, syncSeconds, indexSeconds, durable }) => {
      if (!durable) return failed.add({})
      size.observe({}, items)
      sync.observe({}, syncSeconds)
      index.observe({}, indexSeconds)
    },
    metered: (archive) => ({
      ...archive,
      receive: async (context, arrival) => {
        const began = performance.now()
        const { door } = arrival
        let length = 0
        const counted = (async function* () {
          for await (const piece of arrival.bytes) {
            length += piece.length
            yield piece
          }
        })()
        try {
          const receipt = await archive.receive(context, { ...arrival, bytes: counted })
          objects.add({ door, outcome: receipt.outcome })
          bytes.add({ door }, length)
          return receipt
        } catch (thrown) {
          objects.add({ door, outcome: 'refused' })
          errors.add({ code: asArchiveError(thrown).code })
          throw thrown
        } finally {
          intake.observe({ door }, (performance.now() - began) / 1000)
        }
      },
    }),
    associationEnded: ({ state, counts }) => {
      associations.add({ ended: kindOfEnd(state) })
      for (const [outcome, times] of Object.entries(counts)) if (times > 0) operations.add({ outcome }, times)
    },
    answered: (method, route, status, seconds) => {
      requests.add({ method, route, status: String(status) })
      answers.observe({ route }, seconds)
    },
    watch: (archive, context, open) => {
      metrics.gauge('clearkeep_associations_open', 'Associations open now.', open)
      // Read once for all the figures of one answer.
      let seen: { readonly at: number; readonly status: ReturnType<Archive['status']> } | undefined
      const status = () => {
        if (seen === undefined || performance.now() - seen.at > 1000)
          seen = { at: performance.now(), status: archive.status(context) }
        return seen.status
      }
      metrics.gauge('clearkeep_studies', 'Studies in the index.', async () => (await status()).studies)
      metrics.gauge('clearkeep_instances', 'Instances in the index.', async () => (await status()).instances)
      metrics.gauge('clearkeep_stored_bytes', 'Bytes received and kept.', async () => (await status()).bytes)
      metrics.gauge(
        'clearkeep_inbox_bytes',
        'Bytes of journal and spool files.',
        async () => (await status()).inboxBytes,
      )
      metrics.gauge('clearkeep_inbox_oldest_seconds', 'Age of the oldest object in the inbox.', async () => {
        const { oldest } = await status()
        return oldest === '' ? 0 : Math.max(0, (Date.now() - Date.parse(oldest)) / 1000)
      })
      metrics.gauge('clearkeep_free_bytes', 'Free space where the data lie.', async () => (await status()).freeBytes)
      metrics.gauge('clearkeep_accepting', 'Does it take objects?', async () => ((await status()).accepting ? 1 : 0))
      metrics.gauge('clearkeep_journal_damage', 'Damaged places found at start.', async () => (await status()).damage)
      const fixity = async () => (await status()).fixity
      metrics.gauge(
        'clearkeep_fixity_damaged_files',
        'Files of the vault that no copy has in good state.',
        async () => (await fixity()).damaged,
      )
      metrics.gauge(
        'clearkeep_fixity_harmed_instances',
        'Instances that do not come back as they were received.',
        async () => (await fixity()).harmed,
      )
      metrics.total(
        'clearkeep_fixity_mended_files_total',
        'Files written again from a good copy.',
        async () => (await fixity()).mended,
      )
      metrics.gauge(
        'clearkeep_fixity_age_seconds',
        'How long ago everything that is kept was last read again; 0: never.',
        async () => {
          const { ended } = await fixity()
          return ended === '' ? 0 : Math.max(0, (Date.now() - Date.parse(ended)) / 1000)
        },
      )
      const copies = async () => (await status()).copies
      metrics.gauge('clearkeep_copy_good', 'Is a place the vault is kept in there, writable and complete?', async () =>
        (await copies()).map(({ state }, at) => [{ copy: copyLabel(at) }, state === 'good' ? 1 : 0]),
      )
      metrics.gauge('clearkeep_copy_behind_studies', 'Studies a mirror is known to lack.', async () =>
        (await copies()).map(({ behind }, at) => [{ copy: copyLabel(at) }, behind]),
      )
      metrics.gauge('clearkeep_log_alarm', 'Has the audit log stopped signing?', async () =>
        (await status()).log.alarm === '' ? 0 : 1,
      )
      metrics.gauge(
        'clearkeep_log_stamp_problem',
        'Was the audit log not stamped with the time last time?',
        async () => (((await status()).log.stamps?.problem ?? '') === '' ? 0 : 1),
      )
      const witnesses = async () => (await status()).log.witnesses
      metrics.gauge('clearkeep_log_witness_leaves', 'Leaves a witness has cosigned.', async () =>
        (await witnesses()).map(({ name, size }) => [{ witness: name }, size]),
      )
      metrics.gauge('clearkeep_log_witness_problem', 'Did a witness not cosign last time?', async () =>
        (await witnesses()).map(({ name, problem }) => [{ witness: name }, problem === '' ? 0 : 1]),
      )
      metrics.gauge('clearkeep_log_witness_refused', 'Does a witness refuse the audit log?', async () =>
        (await witnesses()).map(({ name, refused }) => [{ witness: name }, refused ? 1 : 0]),
      )
      const repositories = async () => (await status()).log.repositories
      metrics.gauge('clearkeep_audit_repository_told', 'Leaves an audit repository has been told of.', async () =>
        (await repositories()).map(({ name, told }) => [{ repository: name }, told]),
      )
      metrics.gauge('clearkeep_audit_repository_waiting', 'Leaves that wait for an audit repository.', async () =>
        (await repositories()).map(({ name, waiting }) => [{ repository: name }, waiting]),
      )
      metrics.gauge('clearkeep_audit_repository_problem', 'Can an audit repository not be told?', async () =>
        (await repositories()).map(({ name, problem }) => [{ repository: name }, problem === '' ? 0 : 1]),
      )
    },
  }
}

/** `vault`, `mirror-1`, `mirror-2` …, in the order of `vault.mirrors`. */
const copyLabel = (at: number): string => (at === 0 ? 'vault' : `mirror-${at}`)

/** `released`, `aborted`, `rejected`, `failed`: the summary's words hold names of peers. */
function kindOfEnd(state: string): string {
  return ['released', 'rejected', 'aborted'].find((kind) => state.startsWith(kind)) ?? 'failed'
}

function processFigures(metrics: Metrics): void {
  let before = performance.eventLoopUtilization()
  metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  metrics.total('process_cpu_seconds_total', 'CPU, all threads.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  metrics.gauge('process_start_time_seconds', 'When it was started.', () => Date.now() / 1000 - process.uptime())
  metrics.gauge('clearkeep_event_loop_utilization', 'Share of time the main loop was busy since the last read.', () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  })
}
