/** Whose law, what kind of institution, and what becomes of the rules that count now. */
import { MultiSelect, Radio, Select, Stack } from '@mantine/core'
import type { SiteRules } from '../../api/retention.ts'
import { institutionName, jurisdictionName, withWholes } from './rule-words.ts'

export interface Choice {
  readonly jurisdictions: readonly string[]
  readonly institution: string
  readonly instead: boolean
}

export interface RuleChoiceProps {
  readonly rules: Pick<SiteRules, 'shipped' | 'institutions' | 'adoptions'>
  readonly value: Choice
  readonly onChange: (choice: Choice) => void
}

export function RuleChoice({ rules: { shipped, institutions, adoptions }, value, onChange }: RuleChoiceProps) {
  const sets = shipped.map(({ set }) => set)
  const inForce = adoptions.some(({ state }) => state === 'in force')
  return (
    <Stack>
      <MultiSelect
        label="Jurisdictions"
        description="Whose law the archive is under. A part takes its whole with it."
        placeholder={value.jurisdictions.length === 0 ? 'None: everything is kept without end' : ''}
        data={sets.map((set) => ({ value: set, label: jurisdictionName(set) }))}
        value={[...value.jurisdictions]}
        onChange={(chosen) => {
          const added = chosen.some((set) => !value.jurisdictions.includes(set))
          onChange({ ...value, jurisdictions: added ? withWholes(chosen, sets) : chosen })
        }}
        searchable
        clearable
        nothingFoundMessage="No rules for that"
      />
      <Select
        label="Institution"
        data={institutions.map((kind) => ({ value: kind, label: institutionName(kind) }))}
        value={value.institution}
        onChange={(kind) => onChange({ ...value, institution: kind ?? '' })}
        allowDeselect={false}
      />
      {inForce && (
        <Radio.Group
          label="What counts now"
          value={value.instead ? 'instead' : 'beside'}
          onChange={(how) => onChange({ ...value, instead: how === 'instead' })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="beside" label="goes on counting: the longest wins, no date becomes earlier" />
            <Radio value="instead" label="is replaced: dates may become earlier, so it takes three people" />
          </Stack>
        </Radio.Group>
      )}
    </Stack>
  )
}
