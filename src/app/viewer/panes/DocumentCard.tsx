/** An object without an image: what it is, what can be read of it here, and its original to take away. */
import { Button } from '@mantine/core'
import type { StudyRow } from '../../../api/studies.ts'
import { originalPath } from '../../http/queries.ts'
import { Icon } from '../../ui/icons.tsx'
import { formatDate, formatTime } from '../../words/dates.ts'
import { formatBytes } from '../../words/numbers.ts'
import { isVideo } from '../frames/syntaxes.ts'
import { item, text } from '../model/dicom-json.ts'
import type { ObjectFacts } from '../model/image.ts'
import { readReport } from '../model/report.ts'
import type { Instances } from '../viewer-queries.ts'
import styles from './Pane.module.css'
import { ReportTree } from './ReportTree.tsx'

export interface DocumentCardProps {
  readonly object: ObjectFacts
  readonly study: StudyRow
  readonly instances: Instances
}

export function DocumentCard({ object, instances }: DocumentCardProps) {
  const { json } = object
  const row = instances.find(({ instance }) => instance === object.sop)
  const kind = row?.sopClassName ?? object.modality
  const title =
    text(item(json, '0040A043'), '00080104') ||
    text(json, '00420010') ||
    text(json, '00700080') ||
    text(json, '0008103E')
  const when = [formatDate(text(json, '00080023') || text(json, '00080020')), formatTime(text(json, '00080033'))]
  const report = readReport(json)
  return (
    <div className={styles.card} onPointerDown={(event) => event.stopPropagation()}>
      <article className={styles.paper}>
        <h2 className={styles.heading}>
          <Icon name={object.modality === 'ECG' ? 'wave' : 'document'} size={22} />
          {title || kind}
        </h2>
        <p className={styles.text}>{[kind, ...when, row && formatBytes(row.bytes)].filter(Boolean).join(' · ')}</p>
        {report.length === 0 && (
          <p className={styles.text}>
            {isVideo(object.transferSyntax)
              ? 'A moving picture; this viewer does not play it. The original is kept as it came.'
              : 'This object holds no image to show. It is kept as it came.'}
          </p>
        )}
        <ReportTree nodes={report} />
        <div className={styles.ways}>
          <Button
            component="a"
            variant="default"
            href={originalPath(object.study, object.series, object.sop)}
            download={`${object.sop}.dcm`}
            leftSection={<Icon name="download" size={16} />}
          >
            Download the original
          </Button>
        </div>
      </article>
    </div>
  )
}
