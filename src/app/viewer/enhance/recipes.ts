/** Recipes offered by name, how they are told, and for which pictures there are none. */
import { isProcessing, ORIGINAL, type Recipe } from '../../../pixels/filters.ts'
import { formatNumber } from '../../words/numbers.ts'

export const RECIPES: readonly (readonly [says: string, recipe: Recipe])[] = [
  ['Original', ORIGINAL],
  ['Bone detail', { denoise: 'none', contrast: 0, sharpen: 1.2, radius: 1 }],
  ['Lung lines', { denoise: 'none', contrast: 1.6, sharpen: 0.6, radius: 1.5 }],
  ['Soft tissue', { denoise: 'bilateral', contrast: 1.4, sharpen: 0, radius: 1.5 }],
  ['Less noise', { denoise: 'bilateral', contrast: 0, sharpen: 0, radius: 1.5 }],
  ['Specks away', { denoise: 'median', contrast: 0, sharpen: 0, radius: 1.5 }],
]

/** What was done, for the mark on the picture; '' for nothing. */
export function recipeWords({ denoise, contrast, sharpen, radius }: Recipe): string {
  return [
    denoise === 'none' ? '' : denoise === 'median' ? 'median 3 × 3' : 'bilateral',
    contrast > 0 ? `local contrast ${formatNumber(contrast, 1)}` : '',
    sharpen > 0 ? `sharpened ${formatNumber(sharpen, 1)} at ${formatNumber(radius, 1)} px` : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}

export const sameRecipe = (a: Recipe, b: Recipe): boolean =>
  isProcessing(a) === isProcessing(b) && (!isProcessing(a) || recipeWords(a) === recipeWords(b))

/**
 * Mammograms are read as the manufacturer processed them, and the grey levels of PET and nuclear medicine are amounts:
 * nobody's filter belongs between them and the eye.
 */
export const isFilterable = (modality: string): boolean => !['MG', 'PT', 'NM'].includes(modality)
