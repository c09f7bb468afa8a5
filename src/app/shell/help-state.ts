/** Whether the help is open; anything may open it. */
import { useSyncExternalStore } from 'react'

let open = false
const listeners = new Set<() => void>()

function set(next: boolean): void {
  open = next
  for (const call of listeners) call()
}

export const openHelp = () => set(true)
export const closeHelp = () => set(false)

export function useHelpOpen(): boolean {
  return useSyncExternalStore(
    (call) => {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    () => open,
  )
}
