/**
 * Draws with Cornerstone3D on the graphics processor.
 *
 * Cornerstone is given finished frames and told window, inversion and camera for each drawing: it neither loads nor
 * caches nor keeps a state of its own that ours could differ from. Every picture lies in the plane of the screen in
 * units of its own pixels, so that at zoom 1 its pixels fall on those of the screen exactly; where the slice lies in the
 * patient is our model's affair.
 */
import { Enums, init, metaData, RenderingEngine, type StackViewport, type Types, utilities } from '@cornerstonejs/core'
import type { ShownFrame } from '../frames/frame-source.ts'
import { type Area, place, type View } from '../model/view.ts'
import type { Voi } from '../model/voi.ts'
import { isMonochrome1 } from './canvas-surface.ts'
import { isSmooth, pictureOf, type Scene, type Surface } from './surface.ts'
import { transferPoints } from './transfer.ts'

const { MetadataModules, Events, InterpolationType, ViewportType, VOILUTFunctionType } = Enums

const frames = new Map<string, ShownFrame>()
let nextImage = 1
let nextSurface = 1
let ready = false

function start(): void {
  if (ready) return
  // A surface is one viewport: more contexts each would be idle, and browsers take the oldest away beyond sixteen.
  init({ rendering: { webGlContextCount: 1 }, debug: { statsOverlay: false } })
  metaData.addProvider((type: string, imageId: string) => describe(type, frames.get(imageId)), 10_000)
  ready = true
}

/** What Cornerstone asks of an image, answered from the frame. */
function describe(type: string, frame: ShownFrame | undefined): object | undefined {
  if (!frame) return undefined
  const { image } = frame
  if (type === MetadataModules.IMAGE_PLANE)
    return {
      rows: image.rows,
      columns: image.columns,
      rowPixelSpacing: image.aspect,
      columnPixelSpacing: 1,
      imagePositionPatient: [0, 0, 0],
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
      rowCosines: [1, 0, 0],
      columnCosines: [0, 1, 0],
      usingDefaultValues: false,
    }
  if (type === MetadataModules.IMAGE_PIXEL)
    return {
      ...image,
      pixelRepresentation: image.signed ? 1 : 0,
      samplesPerPixel: frame.pixels.kind === 'rgb' ? 3 : 1,
      // Inversion is ours to say, with each drawing.
      photometricInterpretation: frame.pixels.kind === 'rgb' ? 'RGB' : 'MONOCHROME2',
    }
  return type === MetadataModules.GENERAL_SERIES ? { modality: 'OT' } : undefined
}

export function openCornerstoneSurface(element: HTMLDivElement): Surface {
  start()
  const id = `surface-${nextSurface++}`
  const engine = new RenderingEngine(id)
  engine.enableElement({ viewportId: id, type: ViewportType.STACK, element, defaultOptions: { background: [0, 0, 0] } })
  const viewport = engine.getViewport(id) as StackViewport
  // One for all drawings: its points are changed, so the graphics processor keeps one table.
  const transfer = utilities.createLinearRGBTransferFunction({ lower: 0, upper: 1 })
  const images = new Map<ShownFrame, Types.IImage>()
  let shown: ShownFrame | undefined
  let drawn: (() => void) | undefined
  const onRendered = () => {
    const call = drawn
    drawn = undefined
    call?.()
  }
  element.addEventListener(Events.IMAGE_RENDERED, onRendered)

  /** Cornerstone's image of a frame; only the last few are kept, the frames themselves are the store's. */
  function imageOf(frame: ShownFrame): Types.IImage {
    const known = images.get(frame)
    if (known) return known
    const imageId = `clearkeep:${nextImage++}`
    frames.set(imageId, frame)
    const image = makeImage(imageId, frame)
    images.set(frame, image)
    for (const [old, { imageId: oldId }] of images) {
      if (images.size <= 8) break
      images.delete(old)
      frames.delete(oldId)
    }
    return image
  }

  return {
    kind: 'gpu',
    draw(scene: Scene, onDrawn) {
      const { voi, invert, view } = scene
      const frame = pictureOf(scene)
      if (shown !== frame) viewport.renderImageObject(imageOf(frame))
      shown = frame
      const area = areaOf(viewport)
      const { zoom } = place(view, frame.image, area)
      viewport.setProperties({
        interpolationType: isSmooth(zoom) ? InterpolationType.LINEAR : InterpolationType.NEAREST,
      })
      const points = transferPoints(
        frame.pixels.kind === 'rgb' ? PLAIN : voi,
        invert !== isMonochrome1(frame.image.photometricInterpretation),
      )
      transfer.setNodes(
        points.map(({ x, shade }) => ({ x, r: shade, g: shade, b: shade, midpoint: 0.5, sharpness: 0 })),
      )
      const { actor } = viewport.getDefaultActor()
      ;(actor as Types.ImageActor).getProperty().setRGBTransferFunction(0, transfer)
      viewport.setCamera(cameraOf(view, frame, area))
      drawn = onDrawn
      viewport.render()
    },
    clear() {
      drawn = undefined
      engine.fillCanvasWithBackgroundColor(viewport.canvas, [0, 0, 0])
    },
    resize() {
      engine.resize(true, false)
      return areaOf(viewport)
    },
    close() {
      element.removeEventListener(Events.IMAGE_RENDERED, onRendered)
      for (const { imageId } of images.values()) frames.delete(imageId)
      engine.destroy()
    },
  }
}

/** Colours are shown as they are. */
const PLAIN: Voi = { center: 128, width: 256, shape: 'LINEAR' }

/** The size it is drawn at next: the canvas itself takes it only then, when a drawing is under way. */
const areaOf = ({ sWidth, sHeight }: StackViewport): Area => ({ width: sWidth, height: sHeight })

/** Looks straight at the picture so that it lies as the view says. */
function cameraOf(view: View, { image }: ShownFrame, area: Area): Types.ICamera {
  const { zoom, centre } = place(view, image, area)
  const [rightX, rightY] = onPicture(view, [1, 0])
  const [downX, downY] = onPicture(view, [0, 1])
  const offX = (area.width / 2 - centre[0]) / zoom
  const offY = (area.height / 2 - centre[1]) / zoom
  // Pixels have their centres at whole numbers: the middle of n of them is (n - 1) / 2.
  const focalX = (image.columns - 1) / 2 + rightX * offX + downX * offY
  const focalY = ((image.rows - 1) / 2) * image.aspect + rightY * offX + downY * offY
  const towards = view.flipped ? 1 : -1
  return {
    parallelProjection: true,
    parallelScale: area.height / 2 / zoom,
    focalPoint: [focalX, focalY, 0],
    position: [focalX, focalY, towards * 1000],
    viewPlaneNormal: [0, 0, towards],
    viewUp: [-downX, -downY, 0],
  }
}

/** A direction on the screen as a direction on the picture: the turns undone, then the flip. */
function onPicture({ quarter, flipped }: View, [x, y]: readonly [number, number]): readonly [number, number] {
  let [px, py] = [x, y]
  for (let turn = 0; turn < quarter; turn++) [px, py] = [py, -px]
  return [flipped ? -px : px, py]
}

function makeImage(imageId: string, { image, pixels }: ShownFrame): Types.IImage {
  const isColour = pixels.kind === 'rgb'
  const range = isColour ? { least: 0, greatest: 255 } : pixels
  const components = isColour ? 3 : 1
  return {
    imageId,
    rows: image.rows,
    columns: image.columns,
    width: image.columns,
    height: image.rows,
    color: isColour,
    rgba: false,
    numberOfComponents: components,
    columnPixelSpacing: 1,
    rowPixelSpacing: image.aspect,
    slope: 1,
    intercept: 0,
    invert: false,
    minPixelValue: range.least,
    maxPixelValue: range.greatest,
    windowCenter: 128,
    windowWidth: 256,
    voiLUTFunction: VOILUTFunctionType.LINEAR,
    sizeInBytes: pixels.data.byteLength,
    dataType: pixels.data.constructor.name as Types.IImage['dataType'],
    getPixelData: () => pixels.data,
    getCanvas: () => document.createElement('canvas'),
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      width: image.columns,
      height: image.rows,
      scalarData: pixels.data,
      numberOfComponents: components,
    }),
  }
}
