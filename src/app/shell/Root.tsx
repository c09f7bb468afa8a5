import { Outlet } from '@tanstack/react-router'
import { EmergencyBanner } from '../restricted/EmergencyBanner.tsx'
import { Gate } from './Gate.tsx'
import { Help } from './Help.tsx'
import { useShortcutListener } from './keys.ts'

/** The root of every screen: the gate, the shortcuts and their help. */
export function Root() {
  useShortcutListener()
  return (
    <>
      <Gate>
        {() => (
          <>
            <Outlet />
            <EmergencyBanner />
          </>
        )}
      </Gate>
      <Help />
    </>
  )
}
