/** Numbers, sizes and lists of modalities in words. */

/** `612 MB`: powers of ten, as disks are sold and as the storage screens count. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

const GROUPED = new Intl.NumberFormat('en')

export function formatCount(count: number): string {
  return GROUPED.format(count)
}

/** `1 image`, `612 images`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** At most three decimals and no tail of zeros: spacing, slice location, window values. */
export function formatNumber(value: number, decimals = 3): string {
  return String(Number(value.toFixed(decimals)))
}

/** `40 s`, `3 min`, `2 h`: how long something takes still, no more exactly than it is known. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}
