/** What is measured in the study of the active picture: named, told what it counts as, kept and signed. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { StudyRow } from '../../../api/studies.ts'
import { nameIn, ROLES, type RoleName, SITES, type SiteName } from '../../../findings/codes.ts'
import { asRequestError } from '../../http/client.ts'
import { useShortcuts } from '../../shell/keys.ts'
import { formatDate } from '../../words/dates.ts'
import type { FrameSet } from '../model/frame-sets.ts'
import { useBook } from './book.ts'
import type { Lesion, Placed } from './drawing.ts'
import { placedOf } from './findings.ts'
import styles from './MeasurePanel.module.css'
import { measuredWords } from './words.ts'

export interface MeasurePanelProps {
  readonly study: StudyRow
  readonly set: FrameSet
  readonly onShow: (index: number) => void
}

const KINDS: Readonly<Record<Placed['kind'], string>> = {
  length: 'Length',
  bidirectional: 'Two axes',
  angle: 'Angle',
  cobb: 'Cobb angle',
  ellipse: 'Ellipse',
  freehand: 'Outline',
  probe: 'Point',
  arrow: 'Arrow',
}

const ROLE_WORDS: Readonly<Record<RoleName, string>> = { target: 'Target', nonTarget: 'Non-target', new: 'New' }

export function MeasurePanel({ study, set, onShow }: MeasurePanelProps) {
  const { state, dispatch, reports, error, isChanged, save, saving, failure } = useBook()
  const here = state.all.filter(({ place }) => place.study === study.study)
  const maySave = reports?.maySave ?? false
  const changed = isChanged(study.study)
  const known = knownLesions(reports?.reports ?? [], state.all, study.study)
  const others = (reports?.reports ?? []).filter((report) => report.study === study.study && !report.own)
  const signed = reports?.reports.findLast((report) => report.study === study.study && report.own)?.signed
  const problem = failure ? asRequestError(failure).problem : undefined
  useShortcuts('Keep measurements', [
    { keys: ['Ctrl+s'], does: 'Keep what is measured', run: () => changed && maySave && save(study.study, false) },
  ])
  const describe = (id: number, lesion: Partial<Lesion>) => dispatch({ type: 'describe', id, lesion })

  return (
    <div className={styles.panel}>
      <h2>Measurements</h2>
      <p className={styles.note}>
        {formatDate(study.studyDate) || 'No date'} · {study.description || study.modalities.join(' ')}
      </p>
      {error ? (
        <p className={styles.bad} role="alert">
          What was kept before could not be read: {asRequestError(error).problem.fact}
        </p>
      ) : null}
      {here.length === 0 && (
        <p className={styles.note}>Nothing is measured here yet. Choose a tool, draw, and it stands in this list.</p>
      )}
      <ol className={styles.list}>
        {here.map((one) => {
          const index = set.frames.findIndex(
            ({ object, frame }) => object.sop === one.place.instance && frame === (one.place.frame ?? 1),
          )
          return (
            <li key={one.id} className={styles.item} data-finding={one.lesion.name} data-tracking={one.lesion.uid}>
              <div className={styles.row}>
                <input
                  className={styles.name}
                  aria-label={`Name of ${one.lesion.name}`}
                  value={one.lesion.name}
                  maxLength={64}
                  onChange={({ currentTarget: { value } }) => describe(one.id, { name: value })}
                  onBlur={({ currentTarget: { value } }) => value.trim() === '' && describe(one.id, { name: 'L' })}
                />
                <span className={styles.kind}>{KINDS[one.kind]}</span>
                <button
                  type="button"
                  disabled={index < 0}
                  onClick={() => {
                    onShow(index)
                    dispatch({ type: 'select', id: one.id })
                  }}
                >
                  {index < 0 ? 'Elsewhere' : `Image ${index + 1}`}
                </button>
              </div>
              {one.kept && one.kept.measured.length > 0 && (
                <div className={styles.words}>{measuredWords(one.kept.measured).join(' · ')}</div>
              )}
              <div className={styles.row}>
                <select
                  aria-label={`Site of ${one.lesion.name}`}
                  value={nameIn(SITES, one.lesion.site) ?? ''}
                  onChange={({ currentTarget: { value } }) =>
                    describe(one.id, { site: value === '' ? undefined : SITES[value as SiteName] })
                  }
                >
                  <option value="">Where?</option>
                  {Object.entries(SITES).map(([name, { meaning }]) => (
                    <option key={name} value={name}>
                      {meaning}
                    </option>
                  ))}
                </select>
                <select
                  aria-label={`What ${one.lesion.name} counts as`}
                  value={nameIn(ROLES, one.lesion.role) ?? ''}
                  onChange={({ currentTarget: { value } }) =>
                    describe(one.id, { role: value === '' ? undefined : ROLES[value as RoleName] })
                  }
                >
                  <option value="">Not followed</option>
                  {(Object.keys(ROLES) as RoleName[]).map((name) => (
                    <option key={name} value={name}>
                      {ROLE_WORDS[name]}
                    </option>
                  ))}
                </select>
              </div>
              {known.length > 0 && (
                <select
                  aria-label={`${one.lesion.name} is the same lesion as`}
                  value={known.some(({ uid }) => uid === one.lesion.uid) ? one.lesion.uid : ''}
                  onChange={({ currentTarget: { value } }) => {
                    const same = known.find(({ uid }) => uid === value)
                    if (same) {
                      const { uid, name, site, role } = same
                      describe(one.id, { uid, name, site, role })
                    }
                  }}
                >
                  <option value="">The same lesion as…</option>
                  {known.map(({ uid, name, says }) => (
                    <option key={uid} value={uid}>
                      {name} · {says}
                    </option>
                  ))}
                </select>
              )}
              {one.kind === 'arrow' && (
                <input
                  aria-label={`Words of ${one.lesion.name}`}
                  placeholder="Words"
                  value={one.lesion.comment}
                  maxLength={1000}
                  onChange={({ currentTarget: { value } }) => describe(one.id, { comment: value })}
                />
              )}
            </li>
          )
        })}
      </ol>
      <div className={styles.ways}>
        <Button
          size="sm"
          disabled={!changed || !maySave || saving === 'saving'}
          onClick={() => save(study.study, false)}
        >
          Keep
        </Button>
        <Button
          size="sm"
          variant="default"
          disabled={!maySave || saving === 'saving' || here.length === 0}
          onClick={() => save(study.study, true)}
        >
          Keep and sign
        </Button>
      </div>
      <p className={styles.note} role="status" data-kept={!changed}>
        {saving === 'saving'
          ? 'Keeping…'
          : changed
            ? 'Not kept yet.'
            : here.length > 0
              ? `Kept as a structured report${signed ? `, signed by ${signed.name}` : ''}.`
              : ''}
        {reports && !maySave && ' Your role may measure, and not keep.'}
      </p>
      {problem && (
        <p className={styles.bad} role="alert">
          {problem.fact} {problem.remedy}
        </p>
      )}
      {others.map((report) => (
        <section key={report.instance} className={styles.other} data-other={report.instance}>
          <h3>{report.maker || 'Another maker'}</h3>
          <ul>
            {report.findings.map((finding, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they have no name of their own
              <li key={at}>
                {finding.trackingId}: {measuredWords(finding.measured).join(' · ') || finding.comment || 'marked'}
              </li>
            ))}
          </ul>
        </section>
      ))}
      <p>
        <Link to="/v/$study/trends" params={{ study: study.study }}>
          Lesions over time
        </Link>
      </p>
    </div>
  )
}

interface Known extends Lesion {
  readonly says: string
}

/** Lesions of the patient in other studies, each once, as they were measured last. */
function knownLesions(
  reports: NonNullable<ReturnType<typeof useBook>['reports']>['reports'],
  drawn: readonly Placed[],
  study: string,
): readonly Known[] {
  const found = new Map<string, Known>()
  for (const report of reports) {
    if (report.study === study) continue
    for (const finding of report.findings) {
      const lesion = placedOf(finding, report.study)?.lesion
      if (lesion && lesion.uid !== '')
        found.set(lesion.uid, {
          ...lesion,
          says: [measuredWords(finding.measured)[0] ?? '', formatDate(report.studyDate)].filter(Boolean).join(', '),
        })
    }
  }
  for (const { lesion, place } of drawn)
    if (place.study !== study && !found.has(lesion.uid)) found.set(lesion.uid, { ...lesion, says: 'drawn beside it' })
  return [...found.values()]
}
