/** From a part's image to something that can be drawn. */
import type { CapsuleImage } from '../../api/capsule.ts'
import { unpackValues } from '../../pixels/packed-values.ts'
import { fullWindow, type Modality, renderGrey, type Voi } from '../../pixels/windowing.ts'

export interface Drawn {
  readonly image: CapsuleImage
  /** Of grey images; pictures have none. */
  readonly values: Int32Array | Float32Array | undefined
  readonly picture: HTMLImageElement | undefined
}

export interface ShownWindow {
  readonly center: number
  readonly width: number
}

export async function decode(image: CapsuleImage): Promise<Drawn> {
  if (image.kind === 'none') return { image, values: undefined, picture: undefined }
  if (image.kind === 'picture') {
    const picture = new Image()
    picture.src = image.file
    await picture.decode()
    return { image, values: undefined, picture }
  }
  const packed = Uint8Array.from(atob(image.data), (letter) => letter.charCodeAt(0))
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const bytes = new Uint8Array(await new Response(inflated).arrayBuffer())
  return { image, values: unpackValues({ kind: image.values, bytes }, image.columns), picture: undefined }
}

type Grey = Extract<CapsuleImage, { kind: 'values' }>

const modalityOf = ({ slope, intercept }: Grey): Modality => ({ kind: 'rescale', slope, intercept })

/** What an image is first shown by: its own window; undefined when it brings a table. */
export function firstWindow({ image, values }: Drawn): ShownWindow | undefined {
  if (image.kind !== 'values' || values === undefined) return undefined
  const [own] = image.windows
  if (own !== undefined) return own
  return image.table === null ? fullWindow(values, modalityOf(image)) : undefined
}

/** Onto a canvas of the image's own size. */
export function paint(
  { image, values, picture }: Drawn,
  window: ShownWindow | undefined,
  inverted: boolean,
  onto: HTMLCanvasElement,
): void {
  onto.width = image.columns
  onto.height = image.rows
  const context = onto.getContext('2d')
  if (context === null) return
  if (picture !== undefined) {
    context.filter = inverted ? 'invert(1)' : 'none'
    context.drawImage(picture, 0, 0, image.columns, image.rows)
    return
  }
  if (image.kind !== 'values' || values === undefined) return
  const grey = renderGrey(
    values,
    { photometricInterpretation: image.inverted === inverted ? 'MONOCHROME2' : 'MONOCHROME1' },
    modalityOf(image),
    voiOf(image, window),
  )
  const pixels = context.createImageData(image.columns, image.rows)
  const colours = new Uint32Array(pixels.data.buffer)
  for (let at = 0; at < grey.length; at += 1) colours[at] = 0xff00_0000 | ((grey[at] ?? 0) * 0x01_0101)
  context.putImageData(pixels, 0, 0)
}

function voiOf({ windows, table }: Grey, window: ShownWindow | undefined): Voi | undefined {
  if (window !== undefined) {
    const shape = windows[0]?.function ?? 'LINEAR_EXACT'
    return { kind: 'window', window: { ...window, function: shape, explanation: '' } }
  }
  if (table === null) return undefined
  return { kind: 'table', table: { first: table.first, bits: table.bits, entries: Uint16Array.from(table.entries) } }
}

/** The value under a point, as the modality means it. */
export function valueAt({ image, values }: Drawn, column: number, row: number): string {
  if (image.kind !== 'values' || values === undefined) return ''
  if (column < 0 || row < 0 || column >= image.columns || row >= image.rows) return ''
  const value = (values[row * image.columns + column] ?? 0) * image.slope + image.intercept
  return `${Math.round(value * 100) / 100}${image.unit === '' ? '' : ` ${image.unit}`}`
}
