/** The one search box. On the worklist it narrows the list as one types; elsewhere Enter leads there. */
import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Icon } from '../ui/icons.tsx'
import styles from './SearchBox.module.css'

const QUIET_MS = 200

export function SearchBox() {
  const navigate = useNavigate()
  const location = useLocation()
  const onWorklist = location.pathname === '/'
  const inAddress = onWorklist ? String((location.search as { q?: unknown }).q ?? '') : ''
  const [text, setText] = useState(inAddress)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const sent = useRef(inAddress)

  // The address changes from elsewhere too: back, a chip taken away, a link.
  useEffect(() => {
    if (inAddress === sent.current) return
    sent.current = inAddress
    setText(inAddress)
  }, [inAddress])
  useEffect(() => () => clearTimeout(timer.current), [])

  function search(next: string, leave: boolean): void {
    clearTimeout(timer.current)
    if (!onWorklist && !leave) return
    sent.current = next
    void navigate({
      to: '/',
      search: (now) => ({ ...(onWorklist ? now : {}), q: next || undefined }),
      replace: onWorklist,
    })
  }

  function type(next: string): void {
    setText(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => search(next, false), QUIET_MS)
  }

  return (
    <search className={styles.box}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          search(text, true)
          document.getElementById('worklist')?.focus()
        }}
      >
        <TextInput
          id="search"
          name="q"
          type="text"
          enterKeyHint="search"
          autoComplete="off"
          spellCheck={false}
          aria-label="Search studies"
          placeholder="Name, number, accession, “ct chest 2023”…"
          value={text}
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && text !== '') {
              event.stopPropagation()
              setText('')
              search('', false)
            } else if (event.key === 'ArrowDown' && onWorklist) {
              event.preventDefault()
              search(text, false)
              document.getElementById('worklist')?.focus()
            }
          }}
          leftSection={<Icon name="search" />}
          rightSection={
            text === '' ? (
              <Kbd aria-hidden="true">/</Kbd>
            ) : (
              <CloseButton
                aria-label="Clear the search"
                onClick={() => {
                  setText('')
                  search('', false)
                  document.getElementById('search')?.focus()
                }}
              />
            )
          }
        />
      </form>
    </search>
  )
}
