/** Something that is on for as long as a key is held: letting go, or leaving the window, ends it. */
import { useEffect, useState } from 'react'

export function useHeld(key: string): readonly [held: boolean, hold: () => void, release: () => void] {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (!held) return
    const release = () => setHeld(false)
    const up = (event: KeyboardEvent) => event.key.toLowerCase() === key && release()
    window.addEventListener('keyup', up)
    window.addEventListener('blur', release)
    return () => {
      window.removeEventListener('keyup', up)
      window.removeEventListener('blur', release)
    }
  }, [held, key])
  return [held, () => setHeld(true), () => setHeld(false)]
}
