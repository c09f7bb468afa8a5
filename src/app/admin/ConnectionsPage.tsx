/** How the archive does, who may call it, who was refused, and what came of each call. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callersQuery, statusQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Page, Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { Associations } from './Associations.tsx'
import { AuditRepositories } from './AuditRepositories.tsx'
import styles from './ConnectionsPage.module.css'
import { DeviceWizard } from './DeviceWizard.tsx'
import { RefusedCallers } from './RefusedCallers.tsx'
import { StatusCards } from './StatusCards.tsx'

export function ConnectionsPage() {
  const status = useQuery(statusQuery)
  const session = useSession()
  const allows = mayDo(session, 'devices.manage')
  const callers = useQuery({ ...callersQuery, enabled: allows })
  const [connecting, setConnecting] = useState<{ given?: { aet: string; host: string } }>()
  const product = session?.product
  const facts: readonly (readonly [string, string])[] = [
    ['AE title', product?.aeTitle ?? ''],
    ['Host', location.hostname],
    ['DICOM port', String(product?.dicomPort ?? '')],
    ['DICOMweb', `${location.origin}/dicom-web`],
  ]
  return (
    <Page title="Connections" about="What a modality, a workstation or another archive needs to reach this one.">
      {status.error ? (
        <ErrorState error={status.error} what="the state of the archive" onRetry={() => void status.refetch()} />
      ) : (
        <StatusCards status={status.data} />
      )}
      <Section title="This archive’s address">
        <dl className={styles.address}>
          {facts.map(([name, value]) => (
            <div key={name} className={styles.fact}>
              <dt className={styles.dim}>{name}</dt>
              <dd className={styles.value}>
                <code>{value}</code>
                <CopyButton compact text={value} />
              </dd>
            </div>
          ))}
        </dl>
      </Section>
      {!allows ? (
        <Section title="Callers and devices">
          <EmptyState small icon="lock" title="Administrators see and allow callers here" />
        </Section>
      ) : callers.error ? (
        <ErrorState error={callers.error} what="the callers" onRetry={() => void callers.refetch()} />
      ) : callers.data === undefined ? (
        <SkeletonRows rows={4} />
      ) : (
        <>
          <Section title="Refused callers">
            <RefusedCallers refused={callers.data.refused} />
          </Section>
          <Section
            title="Devices that may call"
            actions={
              <Button size="xs" variant="default" onClick={() => setConnecting({})}>
                Connect a device
              </Button>
            }
          >
            {callers.data.devices.length === 0 ? (
              <EmptyState small icon="plug" title="No device is listed yet">
                Let one call: it appears among the refused callers, and one click allows it.
              </EmptyState>
            ) : (
              <div className={table.frame}>
                <table className={table.table}>
                  <thead>
                    <tr>
                      <th scope="col">AE title</th>
                      <th scope="col">Host</th>
                      <th scope="col">Listed by</th>
                      <th scope="col">
                        <span className="hidden-visually">Echo</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {callers.data.devices.map((device) => (
                      <tr key={`${device.aet} ${device.host}`}>
                        <td>
                          <code>{device.aet}</code>
                        </td>
                        <td>{device.host ? <code>{device.host}</code> : 'any'}</td>
                        <td>{device.from === 'configuration' ? 'Configuration' : 'An administrator here'}</td>
                        <td className={table.actions}>
                          <Button
                            size="xs"
                            variant="default"
                            onClick={() => setConnecting({ given: device })}
                            aria-label={`Echo ${device.aet}`}
                          >
                            Echo
                          </Button>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </Section>
        </>
      )}
      {status.data !== undefined && status.data.log.repositories.length > 0 && (
        <Section title="Audit repositories">
          <AuditRepositories repositories={status.data.log.repositories} />
        </Section>
      )}
      <Associations />
      <Dialog
        opened={connecting !== undefined}
        onClose={() => setConnecting(undefined)}
        title={connecting?.given === undefined ? 'Connect a device' : `Echo ${connecting.given.aet}`}
        size="lg"
      >
        {connecting && <DeviceWizard {...connecting} />}
      </Dialog>
    </Page>
  )
}
