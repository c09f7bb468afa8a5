/**
 * Windows and tables: which one an image begins with, which ones are offered, and how dragging changes them (PS3.3 C.11.2).
 *
 * Windows are in the units of the modality LUT's output (CT: Hounsfield units), for every modality; `window-units.ts` brings
 * those there that were written for stored values.
 */
import type { Lut } from '../../../pixels/lut.ts'
import { shade } from '../../../pixels/windowing.ts'
import type { FrameFacts, StoredWindow, VoiShape } from './image.ts'

export interface Voi {
  readonly center: number
  readonly width: number
  readonly shape: VoiShape | 'TABLE'
  /** Of shape TABLE; centre and width then tell the values it is made for. */
  readonly table?: Lut
}

/** A VOI LUT of the object (PS3.3 C.11.2.1.1), by its explanation. */
export interface VoiTable {
  readonly says: string
  readonly table: Lut
}

export interface Preset extends Voi {
  readonly says: string
}

/** The smallest and largest value of a frame, after the rescale. */
export interface ValueRange {
  readonly least: number
  readonly greatest: number
}

/** What radiologists set on CT again and again; keys 1 to 6 after the object's own windows. */
export const CT_PRESETS: readonly Preset[] = [
  { says: 'Soft tissue', width: 400, center: 40, shape: 'LINEAR' },
  { says: 'Lung', width: 1500, center: -600, shape: 'LINEAR' },
  { says: 'Bone', width: 2000, center: 400, shape: 'LINEAR' },
  { says: 'Brain', width: 80, center: 40, shape: 'LINEAR' },
  { says: 'Liver', width: 150, center: 60, shape: 'LINEAR' },
  { says: 'Mediastinum', width: 350, center: 50, shape: 'LINEAR' },
]

/** The whole range of values. */
export function fullWindow({ least, greatest }: ValueRange): Voi {
  // A linear window maps c - 0.5 - (w - 1) / 2 to black and c - 0.5 + (w - 1) / 2 to white.
  return { center: (least + greatest) / 2 + 0.5, width: Math.max(1, greatest - least + 1), shape: 'LINEAR' }
}

/** The window a frame begins with: its own first one, its first table, or the whole range. */
export function firstWindow(facts: Pick<FrameFacts, 'windows'>, tables: readonly VoiTable[], range: ValueRange): Voi {
  const [own] = facts.windows
  const [first] = tables
  return own ? plain(own) : first ? throughTable(first) : fullWindow(range)
}

function throughTable({ table }: VoiTable): Voi {
  const width = table.entries.length
  return { center: table.first + width / 2, width, shape: 'TABLE', table }
}

/** The shade of a value, 0 black to 1 white. */
export function shadeOf({ center, width, shape, table }: Voi): (value: number) => number {
  if (shape === 'TABLE' && table) {
    const { first, entries, bits } = table
    const last = entries.length - 1
    return (value) => (entries[Math.max(0, Math.min(last, Math.trunc(value) - first))] ?? 0) / (2 ** bits - 1)
  }
  const window = { center, width, function: shape === 'TABLE' ? 'LINEAR' : shape, explanation: '' } as const
  return (value) => shade(value, window)
}

/** All windows offered for a frame, each once; number keys choose them in this order. */
export function presetsFor(
  facts: Pick<FrameFacts, 'windows'>,
  tables: readonly VoiTable[],
  modality: string,
  range: ValueRange | undefined,
): readonly Preset[] {
  const own = facts.windows.map((window, at) => ({
    ...plain(window),
    says: window.says || (facts.windows.length > 1 ? `As sent, ${at + 1}` : 'As sent'),
  }))
  const all = [
    ...own,
    ...tables.map((one, at) => ({ ...throughTable(one), says: one.says || `Table ${at + 1}` })),
    ...(modality === 'CT' ? CT_PRESETS : []),
    ...(range ? [{ ...fullWindow(range), says: 'Full range' }] : []),
  ]
  return all.filter((one, at) => all.findIndex((other) => sameVoi(one, other)) === at).slice(0, 9)
}

export function sameVoi(a: Voi, b: Voi): boolean {
  return a.center === b.center && a.width === b.width && a.shape === b.shape && a.table === b.table
}

/**
 * Dragging: right widens, up brightens by lowering the centre (IHE BIR 4.16.4.2.2.5.4). The step follows the width, so
 * that 500 pixels are a window's width whether it is 80 or 40,000 wide.
 */
export function dragged({ table: _, ...from }: Voi, right: number, down: number): Voi {
  // A table has no width to drag: its place is taken by the window over the same values.
  const voi: Voi = from.shape === 'TABLE' ? { ...from, shape: 'LINEAR' } : from
  const step = Math.max(voi.width, 1) / 500
  const width = voi.width + right * step
  return tidied({
    ...voi,
    width: Math.max(voi.shape === 'LINEAR' ? 1 : 0.001, width),
    center: voi.center + down * step,
  })
}

/** Whole numbers while the window is wide; what one reads is what is applied. */
export function tidied(voi: Voi): Voi {
  const digits = voi.width >= 10 ? 0 : 3
  const round = (value: number) => Number(value.toFixed(digits))
  return { ...voi, width: round(voi.width), center: round(voi.center) }
}

/** The values shown black and white; between them lies the ramp (or most of the sigmoid). */
export function edges({ center, width, shape }: Voi): { readonly lower: number; readonly upper: number } {
  if (shape !== 'LINEAR') return { lower: center - width / 2, upper: center + width / 2 }
  return { lower: center - 0.5 - (width - 1) / 2, upper: center - 0.5 + (width - 1) / 2 }
}

const plain = ({ center, width, shape }: StoredWindow): Voi => ({ center, width, shape })
