/**
 * Keyboard shortcuts: each screen lists its own, one listener serves them, and the help shows what is listed.
 *
 * A shortcut is a key (`j`, `ArrowDown`, `Shift+P`) or two in a row (`g w`). Shortcuts made of printing keys alone can be
 * switched off, as WCAG 2.2 (2.1.4) asks; arrows, Enter and the like go on working. None fires while one types or while
 * a dialog is open.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react'

export interface Shortcut {
  readonly keys: readonly string[]
  /** What it does, for the help. */
  readonly does: string
  readonly run: (event: KeyboardEvent) => void
}

export interface ShortcutSet {
  readonly title: string
  readonly shortcuts: readonly Shortcut[]
}

const SETTING = 'clearkeep.single-keys'
const SECOND_KEY_WITHIN_MS = 1200

let sets: readonly ShortcutSet[] = []
let enabled = readSetting()
let first: { readonly key: string; readonly at: number } | undefined
const listeners = new Set<() => void>()

/** Lists a screen's shortcuts for as long as it is shown. `run` may change between renders. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  const signature = shortcuts.map(({ keys, does }) => `${keys.join()} ${does}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for the list; `latest` holds the functions
  useEffect(() => {
    if (latest.current.length === 0) return
    const set: ShortcutSet = {
      title,
      shortcuts: latest.current.map(({ keys, does }, at) => ({
        keys,
        does,
        run: (event) => latest.current[at]?.run(event),
      })),
    }
    change([...sets, set])
    return () => change(sets.filter((other) => other !== set))
  }, [title, signature])
}

export function useShortcutSets(): readonly ShortcutSet[] {
  return useSyncExternalStore(subscribe, () => sets)
}

export function useSingleKeys(): readonly [boolean, (on: boolean) => void] {
  return [useSyncExternalStore(subscribe, () => enabled), setSingleKeys]
}

function setSingleKeys(on: boolean): void {
  enabled = on
  try {
    localStorage.setItem(SETTING, on ? 'on' : 'off')
  } catch {
    // Storage may be forbidden; the setting then lasts as long as the page.
  }
  for (const call of listeners) call()
}

/** The one listener; mounted once, by the root. */
export function useShortcutListener(): void {
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || isTyping(event.target)) return
  const key = keyName(event)
  if (key === undefined) return
  const pair = first && event.timeStamp - first.at < SECOND_KEY_WITHIN_MS ? `${first.key} ${key}` : undefined
  first = undefined
  const found = (pair && find(pair)) || find(key)
  if (found) {
    // Enter and Space belong to the button or link that has the focus.
    if ((key === 'Enter' || key === 'Space') && isControl(event.target)) return
    event.preventDefault()
    found.run(event)
  } else if (startsPair(key)) first = { key, at: event.timeStamp }
}

function find(keys: string): Shortcut | undefined {
  if (!enabled && isSingleKey(keys)) return undefined
  for (const set of [...sets].reverse())
    for (const shortcut of set.shortcuts) if (shortcut.keys.includes(keys)) return shortcut
  return undefined
}

const startsPair = (key: string) =>
  enabled && sets.some((set) => set.shortcuts.some(({ keys }) => keys.some((name) => name.startsWith(`${key} `))))

/** A shortcut of printing keys alone; these are what speech input types by accident. */
export function isSingleKey(keys: string): boolean {
  return keys.split(' ').every((key) => /^(Shift\+)?.$/u.test(key))
}

/** The name of a key with its modifiers; printing keys stand for themselves, so `?` needs no Shift. */
export function keyName(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): string | undefined {
  if (['Shift', 'Control', 'Alt', 'Meta', 'Dead', 'Process'].includes(event.key)) return undefined
  const printing = [...event.key].length === 1 && event.key !== ' '
  const name = event.key === ' ' ? 'Space' : printing && /\p{L}/u.test(event.key) ? event.key.toLowerCase() : event.key
  const letter = printing && /\p{L}/u.test(event.key)
  const shift = event.shiftKey && (!printing || letter) ? 'Shift+' : ''
  return `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift}${name}`
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('[role="dialog"], [role="menu"], [role="listbox"]')) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range'].includes(target.type)
  return target.isContentEditable || ['TEXTAREA', 'SELECT'].includes(target.tagName)
}

const isControl = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('a, button, [role="button"], summary') !== null

function readSetting(): boolean {
  try {
    return localStorage.getItem(SETTING) !== 'off'
  } catch {
    return true
  }
}

function change(next: readonly ShortcutSet[]): void {
  sets = next
  for (const call of listeners) call()
}

function subscribe(call: () => void): () => void {
  listeners.add(call)
  return () => listeners.delete(call)
}
