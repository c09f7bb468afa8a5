/** The few icons the app uses, drawn on a 24-unit grid with one stroke. They carry no meaning alone: a word or a label is always beside them. */
const PATHS = {
  list: 'M4 6h16M4 12h16M4 18h10',
  upload: 'M12 16V5M7 10l5-5 5 5M5 19h14',
  download: 'M12 5v11M7 11l5 5 5-5M5 20h14',
  plug: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5.5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  conflict: 'M12 4 2.5 20h19zM12 10v4M12 17v.5',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 21 21',
  close: 'M6 6l12 12M18 6 6 18',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  help: 'M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 2M12 17.5v.3M12 21.5a9.5 9.5 0 1 0 0-19 9.5 9.5 0 0 0 0 19z',
  refresh: 'M20 12a8 8 0 1 1-2.5-5.8M20 3v4h-4',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  back: 'M14 6l-6 6 6 6',
  forward: 'M10 6l6 6-6 6',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.1',
  document: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2',
  message: 'M4 5h16v11H10l-5 4v-4H4zM8 9h8M8 12h5',
  wave: 'M3 12h4l2-6 4 12 3-8 1.5 2H21',
  menu: 'M4 7h16M4 12h16M4 17h16',
  contrast: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 3v18',
  invert: 'M4 4h16v16H4zM12 4v16M12 8h8M12 12h8M12 16h8',
  hand: 'M8 12V6.5a1.5 1.5 0 0 1 3 0V11M11 11V5a1.5 1.5 0 0 1 3 0v6M14 11V6.5a1.5 1.5 0 0 1 3 0V14a7 7 0 0 1-7 7c-2.5 0-4-1-5.5-3.5L3 14.5a1.5 1.5 0 0 1 2.5-1.600L8 15z',
  zoom: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 21 21M10.5 7.5v6M7.5 10.5h6',
  layers: 'M12 3 3 8l9 5 9-5zM3 12.5l9 5 9-5M3 17l9 5 9-5',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  one: 'M4 4h16v16H4zM9 9.5 11.5 8v8M15 10v.1M15 14v.1',
  reset: 'M4 12a8 8 0 1 0 2.5-5.800M4 3v4h4',
  info: 'M12 21.5a9.5 9.5 0 1 0 0-19 9.5 9.5 0 0 0 0 19zM12 11v6M12 7.3v.2',
  rotate: 'M19 12a7 7 0 1 1-2.2-5.100M19 3v4.5h-4.5',
  flip: 'M12 3v18M9 7 3 17h6zM15 7l6 10h-6z',
  play: 'M7 5v14l12-7z',
  stop: 'M7 6h3.5v12H7zM13.5 6H17v12h-3.5z',
  length: 'M5 19 19 5M3 17l4 4M17 3l4 4M9.5 12.5l2 2M12.5 9.5l2 2',
  angle: 'M19 5 5 19h15M11 13a8.5 8.5 0 0 1 3 6',
  axes: 'M5 19 19 5M8 8l8 8',
  cobb: 'M4 8l16-4M4 16l16 4',
  outline: 'M8 5c5-3 11 0 11 5 0 6-5 10-9 9S4 15 4.500 11C5 8 6 6 8 5z',
  point: 'M12 3v6M12 15v6M3 12h6M15 12h6',
  arrow: 'M19 19 6 6M6 12V6h6',
  ellipse: 'M12 18c5 0 9-2.700 9-6s-4-6-9-6-9 2.700-9 6 4 6 9 6zM12 11.5v1',
  region: 'M4 4h4M4 4v4M20 4h-4M20 4v4M4 20h4M4 20v-4M20 20h-4M20 20v-4M12 15a3 3 0 1 0 0-6zM12 9v6',
  lens: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 21 21M8 10.5a2.5 2.5 0 0 1 2.5-2.5',
  hidden: 'M3 12s3.5-6 9-6 9 6 9 6-3.500 6-9 6-9-6-9-6zM4.500 4.500l15 15',
  remove: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5',
  ruler: 'M3 8h18v8H3zM7 8v4M11 8v3M15 8v4M19 8v3',
  enhance: 'M5 19 14 10M16 4v4M14 6h4M20 12v3M18.5 13.5h3M8 4v3M6.500 5.500h3',
  grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  star: 'M12 4l2.500 5.200 5.500.700-4 3.900 1 5.700-5-2.800-5 2.800 1-5.700-4-3.900 5.500-.700z',
  open: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
