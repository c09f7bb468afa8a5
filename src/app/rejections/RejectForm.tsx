/** Takes objects out of sight: what, for which of the reasons this person may give, and why. */
import { Button, Checkbox, Radio, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Rejection, type RejectStudy } from '../../api/rejections.ts'
import type { InstanceRow, SeriesRow } from '../../api/studies.ts'
import { ask } from '../http/client.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { InlineError } from '../ui/states.tsx'
import { counted } from '../words/numbers.ts'
import { type GivenCode, REASONS, type RejectionCode } from './rejection-words.ts'

export interface RejectFormProps {
  readonly study: string
  readonly series: readonly SeriesRow[]
  /** Only this object; without one, the person chooses series. */
  readonly object?: InstanceRow | undefined
  /** Reasons this person may give. */
  readonly may: readonly RejectionCode[]
  readonly onRejected: () => void
}

export function RejectForm({ study, series, object, may, onRejected }: RejectFormProps) {
  const reasons = may.filter((one) => one !== 'destroyed')
  const [code, setCode] = useState<string>(reasons[0] ?? '')
  const [reason, setReason] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(series.map((one) => one.series))
  const reject = useMutation({
    mutationFn: (body: RejectStudy) => ask(`/api/studies/${study}/rejections`, Rejection, { method: 'POST', body }),
    onSuccess: onRejected,
  })
  const isReason = (value: string): value is GivenCode => value !== 'destroyed' && Object.hasOwn(REASONS, value)
  const count = series.filter((one) => chosen.includes(one.series)).reduce((sum, one) => sum + one.instances, 0)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!isReason(code)) return
        const all = chosen.length === series.length
        reject.mutate({
          code,
          reason,
          ...(object !== undefined ? { instances: [object.instance] } : all ? {} : { series: [...chosen] }),
        })
      }}
    >
      <Stack>
        <Text>
          Nothing is deleted: it is kept as it was received, and not shown any more, here or to other systems. A
          rejection note says so, and whoever may give the reason may take it back.
        </Text>
        {object === undefined ? (
          <Checkbox.Group label="What" value={[...chosen]} onChange={setChosen}>
            <Stack gap="xs" mt="xs">
              {series.map((one) => (
                <Checkbox
                  key={one.series}
                  value={one.series}
                  label={[one.number, one.modality, one.description, counted(one.instances, 'object')]
                    .filter((part) => part !== null && part !== '')
                    .join(' · ')}
                />
              ))}
            </Stack>
          </Checkbox.Group>
        ) : (
          <Text fw={600}>
            {object.sopClassName} {object.number ?? ''}
          </Text>
        )}
        <Radio.Group label="Because of" value={code} onChange={setCode}>
          <Stack gap="xs" mt="xs">
            {reasons.map((one) => (
              <Radio key={one} value={one} label={REASONS[one].label} description={REASONS[one].about} />
            ))}
          </Stack>
        </Radio.Group>
        <ReasonField
          label="What is wrong with it"
          description="It stands in the rejection note and in the audit log."
          value={reason}
          onChange={setReason}
          most={1000}
        />
        <InlineError error={reject.error} />
        <Button
          type="submit"
          color="red"
          loading={reject.isPending}
          disabled={reason.trim() === '' || (object === undefined && count === 0)}
        >
          Reject {object === undefined ? counted(count, 'object') : 'this object'}
        </Button>
      </Stack>
    </form>
  )
}
