/**
 * A device is connected step by step: called with an echo, what both sides agreed on, let in, and what is to be typed at its
 * side. Nothing is asked twice; each step can be left out.
 */
import { Button, Checkbox, Group, NumberInput, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type EchoDevice, Echoed } from '../../api/admin.ts'
import { ask, request } from '../http/client.ts'
import { callersQuery } from '../http/queries.ts'
import { useSession } from '../http/session.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { InlineError } from '../ui/states.tsx'
import styles from './DeviceWizard.module.css'

const DICOM_PORT = 104

export function DeviceWizard({ given }: { readonly given?: { readonly aet: string; readonly host: string } }) {
  const [aet, setAet] = useState(given?.aet ?? '')
  const [host, setHost] = useState(given?.host ?? '')
  const [port, setPort] = useState<number | string>(DICOM_PORT)
  const [tls, setTls] = useState(false)
  const queries = useQueryClient()
  const device: EchoDevice = { aet: aet.trim(), host: host.trim(), port: Number(port), tls }
  const isNamed = device.aet !== '' && device.host !== ''
  const echo = useMutation({
    mutationFn: () => ask('/api/devices/echo', Echoed, { method: 'POST', body: device }),
  })
  const allow = useMutation({
    mutationFn: () => request('/api/callers/allow', { method: 'POST', body: { aet: device.aet, host: device.host } }),
    onSettled: () => queries.invalidateQueries({ queryKey: callersQuery.queryKey }),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        echo.mutate()
      }}
    >
      <Stack>
        <Group grow align="flex-start">
          <TextInput
            label="AE title"
            value={aet}
            onChange={(event) => setAet(event.currentTarget.value)}
            maxLength={16}
            autoComplete="off"
            required
            withAsterisk={false}
            data-autofocus
          />
          <TextInput
            label="Host"
            value={host}
            onChange={(event) => setHost(event.currentTarget.value)}
            autoComplete="off"
            required
            withAsterisk={false}
          />
          <NumberInput
            label="Port"
            value={port}
            onChange={setPort}
            min={1}
            max={65_535}
            allowDecimal={false}
            hideControls
          />
        </Group>
        <Checkbox label="By TLS" checked={tls} onChange={(event) => setTls(event.currentTarget.checked)} />
        <Group>
          <Button type="submit" variant="default" loading={echo.isPending} disabled={!isNamed || !Number(port)}>
            Echo
          </Button>
          <Button onClick={() => allow.mutate()} loading={allow.isPending} disabled={!isNamed}>
            Let it call
          </Button>
        </Group>
        <InlineError error={echo.error ?? allow.error} />
        <div role="status">
          {echo.data !== undefined && <Answer aet={device.aet} echoed={echo.data} />}
          {allow.isSuccess && (
            <p className={styles.line}>
              {device.aet} may call from {device.host}.
            </p>
          )}
        </div>
        <OurSide />
      </Stack>
    </form>
  )
}

function Answer({ aet, echoed }: { readonly aet: string; readonly echoed: Echoed }) {
  if (!echoed.answered)
    return (
      <div className={styles.answer} data-good={false}>
        <p className={styles.line}>{echoed.fact}</p>
        <p className={styles.dim}>{echoed.remedy}</p>
      </div>
    )
  const { milliseconds, implementation, maxPdu, services } = echoed
  const agreed = services.filter((service) => service !== 'echo')
  return (
    <div className={styles.answer} data-good={true}>
      <p className={styles.line}>
        {aet} answers in {milliseconds} ms{implementation && ` as ${implementation}`}.
      </p>
      <p className={styles.dim}>
        {agreed.length === 0 ? 'It agreed to nothing but the echo' : `It ${agreed.join(', ')}`};{' '}
        {maxPdu === 0 ? 'PDUs of any length' : `PDUs of ${maxPdu} bytes`}.
      </p>
    </div>
  )
}

/** What has to be typed at the device. */
function OurSide() {
  const product = useSession()?.product
  const facts: readonly (readonly [string, string])[] = [
    ['AE title', product?.aeTitle ?? ''],
    ['Host', location.hostname],
    ['Port', String(product?.dicomPort ?? '')],
  ]
  return (
    <fieldset className={styles.ours}>
      <legend>To be typed at the device</legend>
      {facts.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <span className={styles.dim}>{name}</span>
          <span className={styles.value}>
            <code>{value}</code>
            <CopyButton compact text={value} />
          </span>
        </div>
      ))}
    </fieldset>
  )
}
