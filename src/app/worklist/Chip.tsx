import { CloseButton } from '@mantine/core'
import styles from './Chip.module.css'

export interface ChipProps {
  readonly says: string
  readonly undo: string
  readonly onUndo: () => void
}

/** How a word of the box was taken, and a button to take it back. */
export function Chip({ says, undo, onUndo }: ChipProps) {
  return (
    <span className={styles.chip}>
      {says}
      <CloseButton size="sm" aria-label={undo} title={undo} onClick={onUndo} />
    </span>
  )
}
