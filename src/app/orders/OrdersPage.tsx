/** The worklist of the modalities: what was ordered, and what has become of it. */
import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { OrderRow } from '../../api/workflow.ts'
import { ordersQuery } from '../http/queries.ts'
import { Mark, type Tone } from '../ui/Mark.tsx'
import { PatientName } from '../ui/PatientName.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatDate, formatTime } from '../words/dates.ts'
import styles from './Orders.module.css'

const STATES: Readonly<Record<OrderRow['status'], readonly [words: string, tone: Tone]>> = {
  scheduled: ['Scheduled', 'plain'],
  started: ['Started', 'accent'],
  completed: ['Completed', 'good'],
  discontinued: ['Discontinued', 'warn'],
  cancelled: ['Cancelled', 'plain'],
}

export function OrdersPage() {
  const [open, setOpen] = useState(true)
  const orders = useQuery(ordersQuery(open))
  return (
    <Page
      title="Orders"
      about="What modalities are told when they ask for their worklist, and what has become of it. Orders come by HL7."
      actions={
        <SegmentedControl
          aria-label="Which orders"
          value={open ? 'open' : 'all'}
          onChange={(value) => setOpen(value === 'open')}
          data={[
            { value: 'open', label: 'To be done' },
            { value: 'all', label: 'All' },
          ]}
        />
      }
    >
      {orders.error ? (
        <ErrorState error={orders.error} what="the orders" onRetry={() => void orders.refetch()} />
      ) : orders.data === undefined ? (
        <SkeletonRows rows={6} height={56} />
      ) : orders.data.orders.length === 0 ? (
        <EmptyState icon="list" title={open ? 'Nothing is to be done' : 'No orders yet'}>
          Orders come by HL7 (ORM^O01, OMI^O23), once hl7.port is set in the configuration.
        </EmptyState>
      ) : (
        <OrderTable orders={orders.data.orders} />
      )}
    </Page>
  )
}

function OrderTable({ orders }: { readonly orders: readonly OrderRow[] }) {
  return (
    <div className={table.frame}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Patient</th>
            <th scope="col">What</th>
            <th scope="col">Where</th>
            <th scope="col">State</th>
            <th scope="col">Accession</th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <tr key={order.key}>
              <td className={styles.when}>
                {order.date === '' ? 'No date' : formatDate(order.date)}
                {order.time !== '' && <span className={styles.dim}>{formatTime(order.time)}</span>}
              </td>
              <td>
                <PatientName value={order.patient.name} />
                <span className={styles.dim}>
                  {[order.patient.id, order.patient.birthDate && formatDate(order.patient.birthDate)]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </td>
              <td>
                {order.description || 'Without a description'}
                {order.reason && <span className={styles.dim}>{order.reason}</span>}
              </td>
              <td>
                {order.modality || '–'}
                {order.stationAet && <span className={styles.dim}>{order.stationAet}</span>}
              </td>
              <td>
                <Mark tone={STATES[order.status][1]}>{STATES[order.status][0]}</Mark>
                {order.priority === 'STAT' && <span className={styles.dim}>Urgent</span>}
              </td>
              <td>
                {order.accession === '' ? (
                  '–'
                ) : (
                  <Link
                    to="/"
                    search={{ q: order.accession }}
                    className={styles.number}
                    aria-label={`Images of ${order.accession}`}
                  >
                    {order.accession}
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
