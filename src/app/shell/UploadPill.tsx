import { Link } from '@tanstack/react-router'
import { useUploads } from '../upload/uploads.ts'
import styles from './UploadPill.module.css'

/** Uploads under way, seen from every screen. */
export function UploadPill() {
  const { active, bytes, sentBytes } = useUploads()
  if (!active) return null
  return (
    <Link to="/upload" className={styles.pill}>
      Sending {bytes === 0 ? 0 : Math.floor((100 * sentBytes) / bytes)} %
    </Link>
  )
}
