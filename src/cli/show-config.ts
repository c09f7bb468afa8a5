/** `clearkeep config`: each option, its value, where it came from and what it means. Secrets are not shown. */
import { type Loaded, OPTIONS, type OptionKey } from '../config.ts'
import { EXIT, type Exit, type Output } from './command.ts'

export async function showConfig({ settings }: Loaded, out: Output): Promise<Exit> {
  const secret = (key: OptionKey) => (OPTIONS[key] as { secret?: boolean }).secret === true
  const shown = settings.map(({ key, value, from }) => ({
    key,
    value: secret(key) && value !== '' ? '(secret)' : value,
    from,
    meaning: OPTIONS[key].meaning,
  }))
  const width = Math.max(...shown.map(({ key, value }) => `${key} = ${JSON.stringify(value)}`.length))
  for (const { key, value, from, meaning } of shown) {
    out.record({ key, value, from, meaning })
    out.print(`${`${key} = ${JSON.stringify(value)}`.padEnd(width)}  # ${from}. ${meaning}`)
  }
  return EXIT.done
}
