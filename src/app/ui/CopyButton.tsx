import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { Icon } from './icons.tsx'

export interface CopyButtonProps {
  readonly text: string
  readonly label?: string
  readonly compact?: boolean
}

/** Copies a text and says so. Where the page may not reach the clipboard (plain http), it copies by selection. */
export function CopyButton({ text, label = 'Copy', compact = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <Button
      variant="default"
      size={compact ? 'compact-xs' : 'sm'}
      leftSection={<Icon name={copied ? 'check' : 'copy'} size={compact ? 13 : 16} />}
      onClick={async () => setCopied(await copy(text))}
    >
      <span aria-live="polite">{copied ? 'Copied' : label}</span>
    </Button>
  )
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'hidden-visually'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
