/** Where files and folders can be dropped or chosen; choosing is the way without a pointer. */
import { Button } from '@mantine/core'
import { type DragEvent, type ReactNode, useRef, useState } from 'react'
import { Icon } from '../ui/icons.tsx'
import styles from './DropZone.module.css'
import { filesOfChoice, filesOfDrop } from './dropped.ts'
import { enqueue, type NamedFile } from './uploads.ts'

export interface DropZoneProps {
  readonly children?: ReactNode
  readonly onAdded?: () => void
}

export function DropZone({ children, onAdded }: DropZoneProps) {
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)

  function add(found: readonly NamedFile[]) {
    if (found.length === 0) return
    enqueue(found)
    onAdded?.()
  }

  async function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    add(await filesOfDrop(event.dataTransfer))
  }

  return (
    <section
      aria-label="Add images"
      className={styles.zone}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <Icon name="upload" size={30} />
      <p className={styles.call}>Drop DICOM files or folders here</p>
      {children}
      <div className={styles.ways}>
        <Button onClick={() => files.current?.click()}>Choose files</Button>
        <Button variant="default" onClick={() => folder.current?.click()}>
          Choose a folder or CD
        </Button>
      </div>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label="Files"
        onChange={(event) => {
          add(filesOfChoice(event.currentTarget.files ?? new DataTransfer().files))
          event.currentTarget.value = ''
        }}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label="Folder"
        {...{ webkitdirectory: '' }}
        onChange={(event) => {
          add(filesOfChoice(event.currentTarget.files ?? new DataTransfer().files))
          event.currentTarget.value = ''
        }}
      />
    </section>
  )
}
