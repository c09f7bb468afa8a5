/** Emergency access: one restricted patient, for a while, with a reason that somebody reads afterwards. */
import { Button, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type BreakGlass, Emergency } from '../../api/restrictions.ts'
import { ask } from '../http/client.ts'
import { emergenciesQuery } from '../http/queries.ts'
import { Page } from '../ui/page.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { InlineError } from '../ui/states.tsx'
import styles from './Restricted.module.css'
import { CAUSES } from './restricted-words.ts'

const TIMES = [15, 60, 120, 240] as const
const SHORTEST_REASON = 15

export function EmergencyPage() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [draft, setDraft] = useState({ patientId: '', issuer: '', reason: '' })
  const [cause, setCause] = useState<Emergency['cause']>('emergency')
  const [minutes, setMinutes] = useState(60)
  const begin = useMutation({
    mutationFn: (body: BreakGlass) => ask('/api/emergencies', Emergency, { method: 'POST', body }),
    onSuccess: async ({ patient }) => {
      await queries.invalidateQueries({ queryKey: emergenciesQuery.queryKey })
      await queries.invalidateQueries({ queryKey: ['studies'] })
      await navigate({ to: '/p/$patient', params: { patient: patient.key } })
    },
  })
  return (
    <Page
      title="Emergency access"
      about="Opens the images of one restricted patient for you alone. The privacy officer is told at once, everything you open is recorded as an emergency, and your reason is read afterwards."
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          begin.mutate({
            patientId: draft.patientId,
            ...(draft.issuer.trim() !== '' && { issuer: draft.issuer }),
            cause,
            reason: draft.reason.trim(),
            minutes,
          })
        }}
      >
        <Stack>
          <TextInput
            label="Patient ID"
            description="As on the wristband or in the record."
            maxLength={64}
            required
            withAsterisk={false}
            autoFocus
            value={draft.patientId}
            onChange={(event) => setDraft({ ...draft, patientId: event.currentTarget.value })}
          />
          <TextInput
            label="Issuer of the ID (optional)"
            maxLength={64}
            value={draft.issuer}
            onChange={(event) => setDraft({ ...draft, issuer: event.currentTarget.value })}
          />
          <NativeSelect
            label="Cause"
            value={cause}
            onChange={(event) => setCause(event.currentTarget.value as Emergency['cause'])}
            data={Object.entries(CAUSES).map(([value, label]) => ({ value, label }))}
          />
          <NativeSelect
            label="For"
            value={String(minutes)}
            onChange={(event) => setMinutes(Number(event.currentTarget.value))}
            data={TIMES.map((time) => ({
              value: String(time),
              label: time < 60 ? `${time} minutes` : time === 60 ? '1 hour' : `${time / 60} hours`,
            }))}
          />
          <ReasonField
            description={`Why you need the images now, in ${SHORTEST_REASON} characters or more. It is kept in the audit log.`}
            value={draft.reason}
            onChange={(reason) => setDraft({ ...draft, reason })}
            most={2000}
          />
          <InlineError error={begin.error} />
          <Button
            type="submit"
            color="red"
            loading={begin.isPending}
            disabled={draft.patientId.trim() === '' || draft.reason.trim().length < SHORTEST_REASON}
          >
            Open in an emergency
          </Button>
        </Stack>
      </form>
    </Page>
  )
}
