/** A store of frames for as long as what uses it is shown. */
import { useEffect, useState } from 'react'
import { type FrameStore, openFrameStore } from './frames/frame-store.ts'

export function useFrameStore(): FrameStore | undefined {
  const [store, setStore] = useState<FrameStore>()
  useEffect(() => {
    const opened = openFrameStore()
    setStore(opened)
    return () => opened.close()
  }, [])
  return store
}
