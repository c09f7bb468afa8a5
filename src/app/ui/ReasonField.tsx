/** Why somebody does something that the log keeps: not empty, and where the dialog begins. */
import { Textarea } from '@mantine/core'

export interface ReasonFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly label?: string
  readonly description?: string
  /** Characters, as the route takes them. */
  readonly most: number
}

export function ReasonField({
  value,
  onChange,
  label = 'Reason',
  description = 'It is kept in the audit log.',
  most,
}: ReasonFieldProps) {
  return (
    <Textarea
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={most}
      autosize
      minRows={2}
      required
      withAsterisk={false}
      data-autofocus
    />
  )
}
