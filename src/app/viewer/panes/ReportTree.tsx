import type { ReportNode } from '../model/report.ts'
import styles from './Pane.module.css'

/** A structured report as nested lists. */
export function ReportTree({ nodes }: { readonly nodes: readonly ReportNode[] }) {
  if (nodes.length === 0) return null
  return (
    <ul className={styles.tree}>
      {nodes.map((node, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: content items have no name of their own
        <li key={at}>
          {node.concept && <span className={styles.concept}>{node.concept}: </span>}
          <span dir="auto">{node.value}</span>
          <ReportTree nodes={node.children} />
        </li>
      ))}
    </ul>
  )
}
