import { Link } from '@tanstack/react-router'
import type { InstanceRow } from '../../api/studies.ts'
import { originalPath } from '../http/queries.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Icon } from '../ui/icons.tsx'
import { Mark } from '../ui/Mark.tsx'
import { formatMoment } from '../words/dates.ts'
import { formatBytes } from '../words/numbers.ts'
import { sourceInWords } from '../words/source.ts'
import styles from './ObjectsTable.module.css'

/** One object: what it is, how it is written, where it came from, and its received bytes to take away. */
export interface ObjectRowProps {
  readonly study: string
  readonly object: InstanceRow
  readonly onReject?: (object: InstanceRow) => void
}

export function ObjectRow({ study, object, onReject }: ObjectRowProps) {
  const isImage = object.rows > 0 && object.columns > 0
  return (
    <tr>
      <td className={styles.number}>{object.number ?? '–'}</td>
      <td>
        {isImage ? (
          <Link
            to="/v/$study"
            params={{ study }}
            search={{ series: object.series, image: object.instance }}
            className={styles.kind}
          >
            {object.sopClassName || object.sopClass}
          </Link>
        ) : (
          object.sopClassName || object.sopClass
        )}
        <code className={styles.uid}>{object.instance}</code>
      </td>
      <td>{object.transferSyntaxName || object.transferSyntax}</td>
      <td className={styles.number}>
        {isImage && `${object.columns} × ${object.rows}${object.frames > 1 ? ` × ${object.frames}` : ''}`}
      </td>
      <td className={styles.number}>{formatBytes(object.bytes)}</td>
      <td>
        <span className={styles.digest}>
          <code title={object.ds}>{object.ds.replace(/^sha256:/, '').slice(0, 12)}…</code>
          <CopyButton compact text={object.ds} />
        </span>
      </td>
      <td className={styles.received}>
        {formatMoment(object.receivedAt)}
        <span className={styles.dim}>
          {sourceInWords(object.source)}
          {object.origin === 'assembled' && ', in parts'}
        </span>
      </td>
      <td>
        <span className={styles.marks}>
          {!object.current && <Mark tone="warn">Not current</Mark>}
          {object.version > 1 && <Mark tone="warn">Version {object.version}</Mark>}
          {object.leniencies.map((leniency) => (
            <Mark key={leniency}>{leniency}</Mark>
          ))}
        </span>
      </td>
      <td>
        <a
          className={styles.download}
          href={originalPath(study, object.series, object.instance, object.version)}
          download={`${object.instance}.dcm`}
          aria-label={`Download the original of object ${object.number ?? object.instance}`}
          title="The received bytes, unchanged"
        >
          <Icon name="download" />
        </a>
      </td>
      {onReject && (
        <td>
          <button
            type="button"
            className={styles.reject}
            onClick={() => onReject(object)}
            aria-label={`Reject object ${object.number ?? object.instance}`}
            title="Take it out of sight; it is kept"
          >
            <Icon name="hidden" />
          </button>
        </td>
      )}
    </tr>
  )
}
