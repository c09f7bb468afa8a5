/** Stands on every screen while an emergency lasts: nobody forgets that they look where they usually may not. */
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from '../http/client.ts'
import { emergenciesQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Icon } from '../ui/icons.tsx'
import { formatMoment } from '../words/dates.ts'
import styles from './Restricted.module.css'
import { patientInWords } from './restricted-words.ts'

export function EmergencyBanner() {
  const session = useSession()
  const queries = useQueryClient()
  const { data } = useQuery({ ...emergenciesQuery, enabled: mayDo(session, 'emergency') })
  const end = useMutation({
    mutationFn: (id: number) => request(`/api/emergencies/${id}/end`, { method: 'POST' }),
    // What was opened leaves memory with it.
    onSuccess: () => queries.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' }),
  })
  const [emergency] = data?.emergencies ?? []
  if (emergency === undefined) return null
  return (
    <aside className={styles.banner} aria-label="Emergency access">
      <Icon name="conflict" size={16} />
      <span role="status">
        Emergency access to patient {patientInWords(emergency.patient)} until {formatMoment(emergency.until)}. What you
        open is recorded and will be looked at.
      </span>
      <Button
        size="compact-sm"
        variant="white"
        color="red"
        loading={end.isPending}
        onClick={() => end.mutate(emergency.id)}
      >
        End it now
      </Button>
    </aside>
  )
}
