/** Modality and date beside the search box; both live in the address. */
import { NativeSelect, TextInput } from '@mantine/core'
import { isoDate } from '../words/dates.ts'
import { NAMED_RANGES, readDateFilter, writeDateFilter } from './date-filter.ts'
import styles from './FilterBar.module.css'
import { MODALITIES } from './modalities.ts'
import type { WorklistState } from './use-worklist.ts'

export function FilterBar({ list }: { readonly list: WorklistState }) {
  const { search, change } = list
  const custom = search.date !== undefined && !(search.date in NAMED_RANGES)
  const range = readDateFilter(search.date, new Date())

  return (
    <section className={styles.bar} aria-label="Filters">
      <NativeSelect
        aria-label="Modality"
        value={search.modality ?? ''}
        onChange={(event) => change({ modality: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: 'Any modality' },
          ...Object.entries(MODALITIES).map(([value, says]) => ({ value, label: `${value} · ${says}` })),
        ]}
      />
      <NativeSelect
        aria-label="Study date"
        value={custom ? 'custom' : (search.date ?? '')}
        onChange={({ currentTarget: { value } }) =>
          change({ date: value === 'custom' ? writeDateFilter(startOf(range)) : value || undefined })
        }
        data={[
          { value: '', label: 'Any date' },
          ...Object.entries(NAMED_RANGES).map(([value, { says }]) => ({ value, label: says })),
          { value: 'custom', label: 'From – to…' },
        ]}
      />
      {custom && (
        <div className={styles.days}>
          <TextInput
            type="date"
            aria-label="From"
            value={isoDate(range.from ?? '') ?? ''}
            onChange={({ currentTarget: { value } }) =>
              change({ date: writeDateFilter({ ...range, from: value.replaceAll('-', '') }) })
            }
          />
          <span aria-hidden="true">–</span>
          <TextInput
            type="date"
            aria-label="To"
            value={isoDate(range.to ?? '') ?? ''}
            onChange={({ currentTarget: { value } }) =>
              change({ date: writeDateFilter({ ...range, to: value.replaceAll('-', '') }) })
            }
          />
        </div>
      )}
    </section>
  )
}

const startOf = (range: { from?: string; to?: string }) => ({ from: range.from ?? `${new Date().getFullYear()}0101` })
