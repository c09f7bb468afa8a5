/**
 * One pane: the picture of a set, its facts in the corners, its tools.
 *
 * The facts always belong to the picture that stands there: both change together when the next frame is drawn. The
 * element tells its state by data attributes, which tests and scripts can wait on.
 */
import { useEffect, useMemo, useReducer, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import type { StudyRow } from '../../../api/studies.ts'
import { Ghosts } from '../compare/Ghosts.tsx'
import type { Joint } from '../compare/link.ts'
import { EnhancePanel } from '../enhance/EnhancePanel.tsx'
import { isFilterable, recipeWords } from '../enhance/recipes.ts'
import { useEnhanced } from '../enhance/use-enhanced.ts'
import type { FrameStore } from '../frames/frame-store.ts'
import { MeasurePanel } from '../measure/MeasurePanel.tsx'
import { lossyMark } from '../model/corners.ts'
import type { FrameSet } from '../model/frame-sets.ts'
import { isMarked } from '../model/key-objects.ts'
import type { Presented } from '../model/presented-view.ts'
import { planeOfFrame } from '../model/slice-plane.ts'
import { zoomOf } from '../model/view.ts'
import { presetsFor } from '../model/voi.ts'
import { devicePixelsPerMm } from '../surface/screen.ts'
import type { Scene } from '../surface/surface.ts'
import type { Instances } from '../viewer-queries.ts'
import { DocumentCard } from './DocumentCard.tsx'
import { FrameErrorCard } from './FrameErrorCard.tsx'
import { type Tool, useGestures } from './gestures.ts'
import { KeepPanel } from './KeepPanel.tsx'
import { Lens } from './Lens.tsx'
import { LiveText } from './LiveText.tsx'
import markStyles from './Measurements.module.css'
import { Measurements } from './Measurements.tsx'
import { Overlay } from './Overlay.tsx'
import styles from './Pane.module.css'
import { firstIndex, opened, reducePane, voiOf } from './pane-state.ts'
import { ReferenceLine } from './ReferenceLine.tsx'
import { SavedMarks } from './SavedMarks.tsx'
import { type Stage, useStage } from './stage.ts'
import { Toolbar } from './Toolbar.tsx'
import { useCine } from './use-cine.ts'
import { useFrame } from './use-frame.ts'
import { useHeld } from './use-held.ts'
import { useLinked } from './use-linked.ts'
import { useMarks } from './use-marks.ts'
import { usePaneActions } from './use-pane-actions.ts'
import { usePaneKeys } from './use-pane-keys.ts'
import { usePresented, useSavedView } from './use-saved-view.ts'
import { useSurface } from './use-surface.ts'

export interface PaneProps {
  readonly set: FrameSet
  readonly store: FrameStore
  readonly study: StudyRow
  readonly instances: Instances
  readonly startAt: number | undefined
  /** Beside another pane: it takes keys while it is the active one, and does what the other does. */
  readonly linked?: LinkedSide | undefined
}

export interface LinkedSide {
  readonly joint: Joint
  /** Names it among its neighbours: `a`, `b`, or the number of a tile. */
  readonly name: string
  /** What it is called to those who cannot see it. */
  readonly label: string
  readonly active: boolean
  readonly onActive: () => void
}

export function Pane({ set, store, study, instances, startAt, linked }: PaneProps) {
  const [state, dispatch] = useReducer(reducePane, undefined, () => opened(set, startAt))
  if (state.set !== set) dispatch({ type: 'open', set, index: startAt ?? firstIndex(set) })

  const surfaceElement = useRef<HTMLDivElement>(null)
  const element = useRef<HTMLElement>(null)
  const [tool, setTool] = useState<Tool>('scroll')
  const [overlays, setOverlays] = useState(true)
  const { frame, loading, error, retry } = useFrame(store, state)

  const stage = useStage()
  const active = linked?.active ?? true
  const name = linked?.name ?? 'alone'

  const { voi: ownVoi, range, invert, view, recipe } = state
  const presented = useSavedView(state, frame)
  const voi = useMemo(
    () => frame && voiOf({ voi: ownVoi ?? presented?.voi, range }, frame),
    [frame, ownVoi, presented, range],
  )
  const [original, holdOriginal, releaseOriginal] = useHeld('o')
  const enhanced = useEnhanced(frame, recipe, voi)
  const processed = original ? undefined : enhanced.shown
  const waits = set.savedView !== undefined && state.home === undefined
  const next = useMemo(
    // A saved view stands only as it was saved: it waits until that is known.
    (): Scene | undefined => (frame && voi && !waits ? { frame, processed, voi, invert, view } : undefined),
    [frame, processed, voi, invert, view, waits],
  )
  // While a filter works, what was drawn last stays: the picture does not flicker between the two.
  const last = useRef(next)
  const stays = enhanced.pending && !original && last.current && set.frames.includes(last.current.frame.ref)
  const scene = stays ? last.current : next
  useEffect(() => {
    last.current = scene
  })
  const { area, drawn, kind } = useSurface(surfaceElement, scene)
  usePresented(presented, frame, area, dispatch)
  if (frame && !range && frame.pixels.kind === 'values' && frame.facts.windows.length === 0)
    dispatch({ type: 'range', range: frame.pixels })

  const presets = useMemo(
    () =>
      frame?.pixels.kind === 'values'
        ? presetsFor(frame.facts, frame.tables, frame.ref.object.modality, range ?? frame.pixels)
        : [],
    [frame, range],
  )
  const act = useLinked({
    joint: linked?.joint,
    state,
    dispatch,
    picture: frame?.image,
    area,
    spacing: frame?.facts.spacing[1],
  })
  const actions = usePaneActions({ dispatch: act, picture: frame?.image, area, presets, voi })
  const cine = useCine(set, state.index, !loading && drawn?.frame === frame, () =>
    act(state.index + 1 < set.frames.length ? { type: 'by', delta: 1 } : { type: 'go', index: 0 }),
  )
  const zoom = drawn ? zoomOf(drawn.view, drawn.frame.image, area) : undefined
  const marks = useMarks({ element, drawn, area, setVoi: actions.setVoi })
  useGestures(element, {
    tool,
    voi,
    images: set.frames.length,
    actions: { ...actions, mark: marks.mark, hover: marks.hover },
  })
  const plane = useMemo(() => drawn && planeOfFrame(drawn.frame.ref, drawn.frame.facts), [drawn])
  useEffect(() => stage.planes.show(name, plane, active), [stage.planes, name, plane, active])
  useEffect(() => () => stage.planes.show(name, undefined, false), [stage.planes, name])
  useEffect(() => stage.pair.show(name, set), [stage.pair, name, set])
  useEffect(() => () => stage.pair.show(name, undefined), [stage.pair, name])

  function trueSize() {
    const width = frame?.facts.spacing[1]
    if (width) act({ type: 'view', change: (view) => ({ ...view, zoom: width * devicePixelsPerMm(), pan: [0, 0] }) })
  }
  const toggleEnhance = () => stage.setPanel(stage.panel === 'enhance' ? undefined : 'enhance')
  const toggleMeasure = () => stage.setPanel(stage.panel === 'measure' ? undefined : 'measure')
  const toggleKeep = () => stage.setPanel(stage.panel === 'keep' ? undefined : 'keep')
  const markKeyImage = () => drawn && stage.marks.toggle(drawn.frame.ref)
  usePaneKeys({
    toggleKeep,
    markKeyImage,
    active,
    toggleEnhance,
    toggleMeasure,
    holdOriginal,
    trueSize,
    tool,
    marks,
    actions,
    presets,
    count: set.frames.length,
    setTool,
    cine,
    toggleOverlays: () => setOverlays(!overlays),
  })

  const document = set.document
  const status = error
    ? 'error'
    : document
      ? 'document'
      : !loading && !enhanced.pending && drawn && drawn === scene
        ? 'shown'
        : 'loading'
  const picture = drawn && !error && !document ? drawn : undefined
  const modality = (frame ?? drawn?.frame)?.ref.object.modality ?? ''
  const lossy = drawn ? lossyMark(drawn.frame.ref.object.json, drawn.frame.ref.object.transferSyntax) : ''
  const keyImage = picture ? keyImageWords(stage, picture) : ''
  const tools = (
    <Toolbar
      disabled={document !== undefined}
      tool={tool}
      onTool={setTool}
      actions={actions}
      presets={presets}
      voi={frame?.pixels.kind === 'values' ? voi : undefined}
      invert={invert}
      overlays={overlays}
      onOverlays={() => setOverlays(!overlays)}
      onRemove={marks.remove}
      cine={set.frames.length > 1 ? cine : undefined}
      onTrueSize={frame?.facts.spacing.length === 2 ? trueSize : undefined}
      enhancing={stage.panel === 'enhance'}
      onEnhance={toggleEnhance}
      listing={stage.panel === 'measure'}
      onList={toggleMeasure}
      marked={keyImage !== ''}
      onMark={markKeyImage}
      keeping={stage.panel === 'keep'}
      onKeep={toggleKeep}
    />
  )
  return (
    <div className={styles.pane} data-linked={linked !== undefined}>
      {active && stage.tools && createPortal(tools, stage.tools)}
      {active &&
        stage.side &&
        stage.panel === 'enhance' &&
        createPortal(
          <EnhancePanel
            recipe={recipe}
            onRecipe={actions.enhance}
            modality={modality}
            filterable={isFilterable(modality) && document === undefined}
            lossy={lossy}
            failed={enhanced.failed}
            onHold={(held) => (held ? holdOriginal() : releaseOriginal())}
          />,
          stage.side,
        )}
      {active &&
        stage.side &&
        stage.panel === 'measure' &&
        createPortal(
          <MeasurePanel study={study} set={set} onShow={(index) => act({ type: 'go', index })} />,
          stage.side,
        )}
      {active &&
        stage.side &&
        stage.panel === 'keep' &&
        createPortal(
          <KeepPanel
            study={study}
            set={set}
            drawn={picture}
            area={area}
            onShow={(index) => act({ type: 'go', index })}
          />,
          stage.side,
        )}
      <section
        ref={element}
        className={styles.viewport}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture takes keys and pointers
        tabIndex={0}
        aria-label={linked?.label ?? 'Image'}
        onFocus={linked?.onActive}
        onPointerDown={linked?.onActive}
        data-viewport=""
        data-side={linked?.name}
        data-active={active}
        data-processed={drawn?.processed ? recipeWords(recipe) : ''}
        data-position={drawn?.frame.facts.position.join('\\')}
        data-state={status}
        data-tool={tool}
        data-image-index={drawn ? set.frames.indexOf(drawn.frame.ref) : undefined}
        data-image-count={set.frames.length}
        data-sop={drawn?.frame.ref.object.sop}
        data-frame={drawn?.frame.ref.frame}
        data-window-width={drawn?.voi.width}
        data-window-center={drawn?.voi.center}
        data-voi-function={drawn?.voi.shape}
        data-invert={drawn?.invert}
        data-zoom={zoom}
        data-renderer={kind}
      >
        <div ref={surfaceElement} className={styles.surface} />
        {picture && (
          <Overlay
            drawn={picture}
            zoom={zoom ?? 1}
            index={state.index}
            set={set}
            loading={loading}
            facts={overlays}
            processed={picture.processed ? recipeWords(recipe) : ''}
            keyImage={keyImage}
            savedView={savedViewWords(set, presented)}
            probe={marks.probe}
          />
        )}
        {picture && presented && (
          <SavedMarks presentation={presented.presentation} drawn={picture} area={area} marks={overlays} />
        )}
        {picture && <ReferenceLine pane={name} drawn={picture} area={area} />}
        {picture && linked && overlays && (
          <Ghosts pane={name} study={study.study} drawn={picture} area={area} place={marks.place} />
        )}
        {picture && <Measurements drawn={picture} area={area} {...marks.drawing} />}
        {picture && marks.region && <div className={markStyles.region} style={marks.region} data-region="" />}
        {picture && tool === 'lens' && <Lens drawn={picture} zoom={zoom ?? 1} {...marks.glass} />}
        {status === 'loading' && !drawn && (
          <p className={styles.waiting} role="status">
            Loading image {state.index + 1} of {set.frames.length}…
          </p>
        )}
        {error !== undefined && <FrameErrorCard error={error} state={state} onRetry={retry} />}
        {document && <DocumentCard object={document} study={study} instances={instances} />}
      </section>
      <p className="hidden-visually" role="status">
        {marks.says}
      </p>
      <LiveText drawn={drawn} index={state.index} count={set.frames.length} error={error} />
    </div>
  )
}

function keyImageWords({ keyImages, marks }: Stage, { frame: { ref } }: Scene): string {
  if (isMarked(keyImages, ref)) return '★ key image'
  return marks.all.includes(ref) ? '☆ marked, not kept yet' : ''
}

function savedViewWords({ savedView }: FrameSet, presented: Presented | undefined): string {
  if (!savedView) return ''
  const { name, creator, lacking } = savedView
  const not = [...lacking.map((one) => `${one} not shown`), presented?.note ?? ''].filter(Boolean)
  return [`Saved view: ${name}`, creator, ...not].filter(Boolean).join(' · ')
}
