/** Filters for viewing: what is done to the picture on the screen, never to what is kept or measured. */
import { isProcessing, ORIGINAL, type Recipe } from '../../../pixels/filters.ts'
import { formatNumber } from '../../words/numbers.ts'
import styles from './EnhancePanel.module.css'
import { RECIPES, sameRecipe } from './recipes.ts'

export interface EnhancePanelProps {
  readonly recipe: Recipe
  readonly onRecipe: (recipe: Recipe) => void
  readonly modality: string
  readonly filterable: boolean
  /** The lossy mark of the picture; '' when it is lossless. */
  readonly lossy: string
  readonly failed: boolean
  readonly onHold: (held: boolean) => void
}

const NOISE: readonly (readonly [value: Recipe['denoise'], says: string])[] = [
  ['none', 'As it is'],
  ['median', 'Median 3 × 3'],
  ['bilateral', 'Bilateral'],
]

export function EnhancePanel({ recipe, onRecipe, modality, filterable, lossy, failed, onHold }: EnhancePanelProps) {
  if (!filterable)
    return (
      <div className={styles.panel}>
        <h2>Enhance</h2>
        <p className={styles.note}>
          There are no filters for {modality} images: they are looked at as their maker processed them. Window, invert
          and size work as ever.
        </p>
      </div>
    )
  return (
    <div className={styles.panel}>
      <h2>Enhance</h2>
      <p className={styles.note}>
        For viewing only: what is kept stays as it came, and all numbers are of the original.
      </p>
      <fieldset className={styles.presets}>
        <legend className="hidden-visually">Ready-made</legend>
        {RECIPES.map(([says, ready]) => (
          <button key={says} type="button" aria-pressed={sameRecipe(recipe, ready)} onClick={() => onRecipe(ready)}>
            {says}
          </button>
        ))}
      </fieldset>
      <Slider
        says="Sharpen"
        value={recipe.sharpen}
        most={3}
        step={0.1}
        onChange={(sharpen) => onRecipe({ ...recipe, sharpen })}
      />
      <Slider
        says="Width of edges"
        unit=" px"
        value={recipe.radius}
        least={0.5}
        most={5}
        step={0.5}
        onChange={(radius) => onRecipe({ ...recipe, radius })}
      />
      <Slider
        says="Local contrast (CLAHE)"
        value={recipe.contrast}
        most={4}
        step={0.2}
        onChange={(contrast) => onRecipe({ ...recipe, contrast })}
      />
      <label className={styles.field}>
        <span>Noise</span>
        <select
          value={recipe.denoise}
          onChange={({ currentTarget: { value } }) =>
            onRecipe({ ...recipe, denoise: NOISE.find(([one]) => one === value)?.[0] ?? 'none' })
          }
        >
          {NOISE.map(([value, says]) => (
            <option key={value} value={value}>
              {says}
            </option>
          ))}
        </select>
      </label>
      <div className={styles.ways}>
        <button
          type="button"
          className={styles.way}
          disabled={!isProcessing(recipe)}
          onPointerDown={() => onHold(true)}
          onPointerUp={() => onHold(false)}
          onPointerLeave={() => onHold(false)}
          onKeyDown={({ key }) => (key === ' ' || key === 'Enter') && onHold(true)}
          onKeyUp={() => onHold(false)}
          onBlur={() => onHold(false)}
        >
          Hold: original (O)
        </button>
        <button
          type="button"
          className={styles.way}
          disabled={!isProcessing(recipe)}
          onClick={() => onRecipe(ORIGINAL)}
        >
          Original
        </button>
      </div>
      {lossy !== '' && (
        <p className={styles.warning} role="note">
          {lossy}: what the compression left behind shows more when sharpened.
        </p>
      )}
      {failed && (
        <p className={styles.warning} role="alert">
          This image could not be filtered; the original is shown.
        </p>
      )}
    </div>
  )
}

interface SliderProps {
  readonly says: string
  readonly value: number
  readonly least?: number
  readonly most: number
  readonly step: number
  readonly unit?: string
  readonly onChange: (value: number) => void
}

function Slider({ says, value, least = 0, most, step, unit = '', onChange }: SliderProps) {
  return (
    <label className={styles.field}>
      <span>{says}</span>
      <input
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
      <output>{value === 0 ? 'off' : `${formatNumber(value, 1)}${unit}`}</output>
    </label>
  )
}
