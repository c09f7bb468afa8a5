/** The help: the keys of the screen one is on, and the switch that turns single keys off. */
import { Kbd, Switch } from '@mantine/core'
import { useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import styles from './Help.module.css'
import { closeHelp, useHelpOpen } from './help-state.ts'
import { useShortcutSets, useSingleKeys } from './keys.ts'

const SHOWN: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'Page up',
  PageDown: 'Page down',
  Escape: 'Esc',
}

export function Help() {
  const open = useHelpOpen()
  const sets = useShortcutSets()
  const [singleKeys, setSingleKeys] = useSingleKeys()
  const session = useSession()
  return (
    <Dialog opened={open} onClose={closeHelp} title="Keys of this screen" size="lg">
      <div className={styles.sets}>
        {[...sets].reverse().map((set) => (
          <section key={set.title}>
            <h3 className={styles.title}>{set.title}</h3>
            <dl className={styles.list}>
              {set.shortcuts.map(({ keys, does }) => (
                <div key={does} className={styles.row}>
                  <dt className={styles.keys}>
                    {keys.map((key) => (
                      <KeyCap key={key} keys={key} />
                    ))}
                  </dt>
                  <dd className={styles.does}>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Switch
        className={styles.switch ?? ''}
        checked={singleKeys}
        onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        label="Shortcuts of a single letter or sign"
        description="Switch off when you dictate: speech input can press them by accident. Arrows and Enter go on working."
      />
      {session && <p className={styles.version}>Clearkeep {session.product.version}</p>}
    </Dialog>
  )
}

function KeyCap({ keys }: { readonly keys: string }) {
  return (
    <span className={styles.cap}>
      {keys.split(' ').map((key) => (
        <Kbd key={key}>
          {key
            .split('+')
            .map((part) => SHOWN[part] ?? part)
            .join(' + ') || '+'}
        </Kbd>
      ))}
    </span>
  )
}
