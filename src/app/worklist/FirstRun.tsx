/** An archive with nothing in it: the ways to fill it, with what must be typed ready to copy. */
import { useNavigate } from '@tanstack/react-router'
import { mayDo, useSession } from '../http/session.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { DropZone } from '../upload/DropZone.tsx'
import { Demonstration } from './Demonstration.tsx'
import styles from './FirstRun.module.css'

export function FirstRun() {
  const navigate = useNavigate()
  const session = useSession()
  const product = session?.product
  const host = location.hostname
  const aet = product?.aeTitle ?? 'CLEARKEEP'
  const port = product?.dicomPort ?? 11112
  return (
    <div className={styles.page}>
      <h2 className={styles.title}>No studies yet. Ways to begin:</h2>
      <div className={styles.ways}>
        <DropZone onAdded={() => void navigate({ to: '/upload' })}>
          <p className={styles.text}>from this computer, by the browser</p>
        </DropZone>
        <section className={styles.way}>
          <h3 className={styles.name}>From a modality or another archive</h3>
          <p className={styles.text}>Enter this as a DICOM destination:</p>
          <dl className={styles.facts}>
            <Fact name="AE title" value={aet} />
            <Fact name="Host" value={host} />
            <Fact name="Port" value={String(port)} />
          </dl>
          <Command text={`storescu -aec ${aet} ${host} ${port} image.dcm`} />
        </section>
        <section className={styles.way}>
          <h3 className={styles.name}>From folders on this machine</h3>
          <p className={styles.text}>Folders, media, ZIP and TAR; it may be stopped and run again.</p>
          <Command text={`clearkeep import --server ${location.origin} FOLDER`} />
        </section>
        {mayDo(session, 'store') && <Demonstration />}
      </div>
    </div>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
        <CopyButton compact text={value} />
      </dd>
    </div>
  )
}

function Command({ text }: { readonly text: string }) {
  return (
    <div className={styles.command}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a line that scrolls must be reachable by keyboard */}
      <code tabIndex={0}>{text}</code>
      <CopyButton compact text={text} />
    </div>
  )
}
