import { useEffect, useState } from 'react'
import type { Voi } from '../model/voi.ts'
import styles from './Toolbar.module.css'

export interface WindowFieldsProps {
  readonly voi: Voi | undefined
  readonly onChange: (voi: Voi) => void
}

/** Width and centre as numbers: they follow the drag, and can be typed. */
export function WindowFields({ voi, onChange }: WindowFieldsProps) {
  return (
    <span className={styles.fields}>
      <Field
        label="W"
        says="Window width"
        value={voi?.width}
        onChange={(width) => voi && width >= (voi.shape === 'LINEAR' ? 1 : 0.001) && onChange(windowed(voi, { width }))}
      />
      <Field
        label="L"
        says="Window level (centre)"
        value={voi?.center}
        onChange={(center) => voi && onChange(windowed(voi, { center }))}
      />
    </span>
  )
}

export interface RateFieldProps {
  readonly rate: number
  readonly disabled: boolean
  readonly onChange: (rate: number) => void
}

/** How fast a clip plays. */
export function RateField({ rate, disabled, onChange }: RateFieldProps) {
  return (
    <span className={styles.fields}>
      <Field
        label="fps"
        says="Images a second"
        value={disabled ? undefined : rate}
        onChange={(typed) => typed > 0 && onChange(typed)}
      />
    </span>
  )
}

/** Typing a number leaves a table for a window. */
function windowed({ table: _, ...voi }: Voi, change: Partial<Voi>): Voi {
  return { ...voi, shape: voi.shape === 'TABLE' ? 'LINEAR' : voi.shape, ...change }
}

interface FieldProps {
  readonly label: string
  readonly says: string
  readonly value: number | undefined
  readonly onChange: (value: number) => void
}

function Field({ label, says, value, onChange }: FieldProps) {
  const shown = value === undefined ? '' : String(value)
  const [text, setText] = useState(shown)
  useEffect(() => setText(shown), [shown])

  function commit() {
    const typed = Number(text)
    if (text.trim() !== '' && Number.isFinite(typed) && typed !== value) onChange(typed)
    else setText(shown)
  }
  return (
    <label>
      <span aria-hidden="true">{label}</span>
      <input
        aria-label={says}
        inputMode="decimal"
        value={text}
        disabled={value === undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit()
          if (event.key === 'Escape') setText(shown)
        }}
      />
    </label>
  )
}
