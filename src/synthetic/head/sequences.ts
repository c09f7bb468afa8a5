/**
 * What a scanner makes of the tissues: signals by the equations of spin echo and inversion recovery from each tissue's
 * constants at 1.5 tesla, so that the contrasts agree with each other as they do in life.
 */
import { exp } from '../arithmetic.ts'
import { TISSUES, type Tissue } from './anatomy.ts'

interface Constants {
  readonly protons: number
  readonly t1: number // ms
  readonly t2: number // ms
  readonly diffusion: number // 1e-3 mm²/s
}

const CONSTANTS: Readonly<Record<Tissue, Constants>> = {
  air: { protons: 0, t1: 1000, t2: 100, diffusion: 0 },
  fat: { protons: 0.85, t1: 290, t2: 90, diffusion: 0.1 },
  muscle: { protons: 0.75, t1: 950, t2: 42, diffusion: 1.4 },
  bone: { protons: 0.06, t1: 600, t2: 12, diffusion: 0.1 },
  marrow: { protons: 0.5, t1: 380, t2: 70, diffusion: 0.2 },
  fluid: { protons: 1, t1: 4200, t2: 1600, diffusion: 3 },
  grey: { protons: 0.83, t1: 1120, t2: 97, diffusion: 0.85 },
  white: { protons: 0.7, t1: 680, t2: 76, diffusion: 0.72 },
  nucleus: { protons: 0.79, t1: 980, t2: 88, diffusion: 0.8 },
  iron: { protons: 0.74, t1: 800, t2: 64, diffusion: 0.78 },
  lesion: { protons: 0.93, t1: 1500, t2: 210, diffusion: 1.15 },
}

export interface Sequence {
  readonly name: string
  readonly repetition: number // ms
  readonly echo: number // ms
  readonly inversion?: number // ms
  /** s/mm² */
  readonly b?: number
  /** Fat is suppressed, as echo planar imaging must. */
  readonly withoutFat?: boolean
  /** Not a picture of signals but a map of diffusion. */
  readonly map?: boolean
  /** Deviation of the noise in each channel, as a share of white matter's signal. */
  readonly noise: number
}

/** Signal of each tissue, in the order of `TISSUES`; white matter of a T2 image has about 0.19. */
export function signals({
  repetition,
  echo,
  inversion,
  b = 0,
  withoutFat = false,
  map = false,
}: Sequence): Float32Array {
  return Float32Array.from(TISSUES, (tissue) => {
    const { protons, t1, t2, diffusion } = CONSTANTS[tissue]
    if (map) return diffusion * (protons > 0.3 && tissue !== 'fat' ? 1 : 0)
    if (withoutFat && (tissue === 'fat' || tissue === 'marrow')) return 0.008
    const recovered =
      inversion === undefined
        ? 1 - exp(-repetition / t1)
        : Math.abs(1 - 2 * exp(-inversion / t1) + exp(-repetition / t1))
    return protons * recovered * exp(-echo / t2) * exp((-b * diffusion) / 1000)
  })
}
