/**
 * SYNTHETIC, burned into every picture: whoever sees it, wherever it is copied to, knows that no person was there.
 * Five by seven points a letter, as devices have drawn them for fifty years.
 */
const LETTERS: Readonly<Record<string, readonly string[]>> = {
  A: ['.###.', '#...#', '#...#', '#####', '#...#', '#...#', '#...#'],
  C: ['.###.', '#...#', '#....', '#....', '#....', '#...#', '.###.'],
  D: ['####.', '#...#', '#...#', '#...#', '#...#', '#...#', '####.'],
  E: ['#####', '#....', '#....', '####.', '#....', '#....', '#####'],
  H: ['#...#', '#...#', '#...#', '#####', '#...#', '#...#', '#...#'],
  I: ['#####', '..#..', '..#..', '..#..', '..#..', '..#..', '#####'],
  L: ['#....', '#....', '#....', '#....', '#....', '#....', '#####'],
  M: ['#...#', '##.##', '#.#.#', '#.#.#', '#...#', '#...#', '#...#'],
  N: ['#...#', '##..#', '##..#', '#.#.#', '#..##', '#..##', '#...#'],
  O: ['.###.', '#...#', '#...#', '#...#', '#...#', '#...#', '.###.'],
  P: ['####.', '#...#', '#...#', '####.', '#....', '#....', '#....'],
  R: ['####.', '#...#', '#...#', '####.', '#.#..', '#..#.', '#...#'],
  S: ['.####', '#....', '#....', '.###.', '....#', '....#', '####.'],
  T: ['#####', '..#..', '..#..', '..#..', '..#..', '..#..', '..#..'],
  Y: ['#...#', '#...#', '.#.#.', '..#..', '..#..', '..#..', '..#..'],
  '0': ['.###.', '#...#', '#..##', '#.#.#', '##..#', '#...#', '.###.'],
  '1': ['..#..', '.##..', '..#..', '..#..', '..#..', '..#..', '#####'],
  '2': ['.###.', '#...#', '....#', '...#.', '..#..', '.#...', '#####'],
  '3': ['####.', '....#', '....#', '.###.', '....#', '....#', '####.'],
  '4': ['...#.', '..##.', '.#.#.', '#..#.', '#####', '...#.', '...#.'],
  '5': ['#####', '#....', '####.', '....#', '....#', '#...#', '.###.'],
  '6': ['.###.', '#....', '#....', '####.', '#...#', '#...#', '.###.'],
  '7': ['#####', '....#', '...#.', '..#..', '..#..', '.#...', '.#...'],
  '8': ['.###.', '#...#', '#...#', '.###.', '#...#', '#...#', '.###.'],
  '9': ['.###.', '#...#', '#...#', '.####', '....#', '....#', '.###.'],
}

export const WORD = 'SYNTHETIC'

/** How wide `text` is, in points. */
export const widthOf = (text: string, size: number): number => (text.length * 6 - 1) * size

/**
 * Calls back for every point of the text.
 *
 * @param size  points a dot is wide and high
 */
export function letter(
  text: string,
  left: number,
  top: number,
  size: number,
  dot: (x: number, y: number) => void,
): void {
  for (let at = 0; at < text.length; at += 1) {
    const rows = LETTERS[text[at] ?? ''] ?? []
    for (const [row, dots] of rows.entries())
      for (let column = 0; column < 5; column += 1)
        if (dots[column] === '#')
          for (let within = 0; within < size * size; within += 1)
            dot(left + (at * 6 + column) * size + (within % size), top + row * size + Math.floor(within / size))
  }
}

/** Where the word stands: in the middle at the foot of the picture, or where the picture has room for it. */
export interface Place {
  readonly size: number
  /** Of the middle of the word, as a share of the width. */
  readonly across: number
  /** Of its top, as a share of the height. */
  readonly down: number
}

/** Burns the word into values of any kind. */
export function burnIn(
  values: { [at: number]: number },
  columns: number,
  rows: number,
  value: number,
  { size, across, down }: Place,
): void {
  const left = Math.round(columns * across - widthOf(WORD, size) / 2)
  letter(WORD, left, Math.round(rows * down), size, (x, y) => {
    if (x >= 0 && x < columns && y >= 0 && y < rows) values[y * columns + x] = value
  })
}
