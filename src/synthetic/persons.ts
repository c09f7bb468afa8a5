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
  fracture: {
    id: 'SYN-0002',
    name: 'Testwrist^Calcula',
    born: '20100127',
    sex: 'F',
    height: 1.58,
    weight: 49,
  },
  brain: {
    id: 'SYN-0003',
    name: 'Gousei^Nou=合成^脳=ごうせい^のう',
    born: '19810930',
    sex: 'F',
    height: 1.6,
    weight: 54,
  },
  breast: {
    id: 'SYN-0004',
    name: 'Вымышленная^Маммола',
    born: '19640708',
    sex: 'F',
    height: 1.69,
    weight: 72,
  },
  heart: {
    id: 'SYN-0005',
    name: 'اصطناعي^قلب',
    born: '19550119',
    sex: 'M',
    height: 1.75,
    weight: 81,
  },
} as const satisfies Readonly<Record<string, Person>>
