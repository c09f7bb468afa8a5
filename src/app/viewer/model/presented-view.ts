/** What a presentation state gives a pane, and how its turn and part become a view and a view becomes them. */
import type { Presentation } from '../../../pixels/presentation.ts'
import { type Area, FIT, type Picture, type Turn, type View } from './view.ts'
import type { Voi } from './voi.ts'

/** A frame as a state shows it. */
export interface Presented {
  /** Undefined for colour. */
  readonly voi: Voi | undefined
  readonly invert: boolean
  readonly presentation: Presentation
  /** Said beside the picture when the state cannot be followed in full. */
  readonly note: string
}

/** A view turns after it flips, a state flips after it turns: R^q F = F R^-q. */
const turnOf = ({ rotation, flipped }: Presentation): Turn => {
  const quarters = rotation / 90
  return { flipped, quarter: ((flipped ? 4 - quarters : quarters) % 4) as Turn['quarter'] }
}

export function viewOf(presentation: Presentation, picture: Picture, pane: Area): View {
  const turn = turnOf(presentation)
  const { area } = presentation
  const isWhole =
    area === undefined ||
    (area.left === 0 && area.top === 0 && area.right === picture.columns && area.bottom === picture.rows)
  if (isWhole && area?.magnification === undefined) return { ...FIT, ...turn }
  const { left, top, right, bottom, magnification } = area ?? {
    left: 0,
    top: 0,
    right: picture.columns,
    bottom: picture.rows,
    magnification: undefined,
  }
  const [across, down] = [right - left, (bottom - top) * picture.aspect]
  const [wide, high] = turn.quarter % 2 === 0 ? [across, down] : [down, across]
  const zoom = magnification ?? Math.min(pane.width / wide, pane.height / high)
  // The middle of what is shown comes to lie in the middle of the pane.
  const x = ((left + right - picture.columns) / 2) * zoom * (turn.flipped ? -1 : 1)
  const y = ((top + bottom - picture.rows) / 2) * zoom * picture.aspect
  const [panX, panY] =
    turn.quarter === 1 ? [-y, x] : turn.quarter === 2 ? [-x, -y] : turn.quarter === 3 ? [y, -x] : [x, y]
  return { ...turn, zoom, pan: [0 - panX, 0 - panY] }
}

/** What a state says of how a view is turned. */
export const turnedAs = ({ quarter, flipped }: Turn): Pick<Presentation, 'rotation' | 'flipped'> => ({
  rotation: (((flipped ? 4 - quarter : quarter) % 4) * 90) as Presentation['rotation'],
  flipped,
})
