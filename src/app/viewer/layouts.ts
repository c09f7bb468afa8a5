/** How many pictures of a study stand side by side (IHE BIR 4.16.4.2.2.5.2), or three planes through one series. */
export const LAYOUTS = ['1x1', '1x2', '2x1', '2x2', 'mpr'] as const
export type Layout = (typeof LAYOUTS)[number]

/** Rows and columns; the name is written rows first, as hanging protocols are. */
export const gridOf = (layout: Layout): { readonly rows: number; readonly columns: number } => {
  if (layout === 'mpr') return { rows: 1, columns: 1 }
  const [rows = 1, columns = 1] = layout.split('x').map(Number)
  return { rows, columns }
}

export const layoutWords: Readonly<Record<Layout, string>> = {
  '1x1': 'One picture',
  '1x2': 'Two side by side',
  '2x1': 'Two, one above the other',
  '2x2': 'Four',
  mpr: 'Three planes',
}

/** Short, for a button. */
export const layoutSign = (layout: Layout): string => (layout === 'mpr' ? 'MPR' : layout.replace('x', ' × '))
