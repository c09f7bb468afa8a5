/** People with roles, for tests that ask the archive itself. */
import type { Context, Role } from '../../src/base/context.ts'

export const person = (name: string, ...roles: Role[]): Context => ({
  principal: {
    kind: 'user',
    id: `u:${Buffer.from(name.padEnd(8)).toString('hex')}`,
    name,
    roles,
    authMethod: 'password',
  },
  client: { address: '127.0.0.1' },
  now: () => new Date(),
  signal: new AbortController().signal,
  signature: 'password',
})
