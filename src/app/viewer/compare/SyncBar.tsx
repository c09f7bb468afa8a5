/** What the two panes do together, and by what their slices are held to be the same place. */
import { useSyncExternalStore } from 'react'
import { useShortcuts } from '../../shell/keys.ts'
import { formatNumber } from '../../words/numbers.ts'
import styles from './Compare.module.css'
import type { Link } from './link.ts'

const KINDS = [
  ['scroll', 'Scroll'],
  ['zoom', 'Size'],
  ['window', 'Window'],
] as const

export function SyncBar({ link }: { readonly link: Link }) {
  const sync = useSyncExternalStore(link.subscribe, link.sync)
  const all = sync.scroll && sync.zoom && sync.window
  useShortcuts('Both panes', [
    {
      keys: ['y'],
      does: 'Together: on and off',
      run: () => link.set({ scroll: !all, zoom: !all, window: !all }),
    },
    { keys: ['Shift+s'], does: 'These two slices are the same place', run: link.linkHere },
  ])
  return (
    <fieldset className={styles.sync}>
      <legend className="hidden-visually">Together</legend>
      <span aria-hidden="true">Together:</span>
      {KINDS.map(([kind, says]) => (
        <label key={kind}>
          <input type="checkbox" checked={sync[kind]} onChange={() => link.set({ [kind]: !sync[kind] })} /> {says}
        </label>
      ))}
      <output
        className={styles.chip}
        data-link={sync.scroll && sync.comparable ? (sync.offset === 0 ? 'table' : 'slice') : 'none'}
      >
        {!sync.comparable
          ? 'No common places: each scrolls alone'
          : !sync.scroll
            ? 'Not linked'
            : sync.offset === 0
              ? 'By table position, not registered'
              : `Linked at slice (offset ${formatNumber(sync.offset, 1)} mm)`}
      </output>
      {sync.scroll && sync.offset !== 0 && (
        <button type="button" className={styles.small} onClick={link.unlink}>
          Table position
        </button>
      )}
    </fieldset>
  )
}
