/** The persons there are not. Names say so in their own scripts: "synthetic", "made up", "phantom". */
import type { Person } from './modules.ts'

export const PERSONS = {
  nodule: {
    id: 'SYN-0001',
    name: 'Phantom^Nodula',
    born: '19480314',
    sex: 'F',
    height: 1.66,
    weight: 68,
  },
} as const satisfies Readonly<Record<string, Person>>
