/**
 * `/metrics`: figures for Prometheus. A scraper logs in with an API token as everybody does, unless `metrics.open` says that
 * whoever reaches the port may read them; they name nobody.
 */
import { type Route, route } from './routes.ts'

export interface WebMeter {
  /** May they be read without a login? */
  readonly open: boolean
  answered(method: string, route: string, status: number, seconds: number): void
  text(): Promise<string>
}

export function metricsRoutes(meter: WebMeter): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/metrics',
      act: meter.open ? 'anyone' : 'status.see',
      says: 'Figures in the Prometheus text format.',
      answers: [{ status: 200, says: 'The figures.', types: ['text/plain'] }],
      handle: async (_ask, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(await meter.text()),
    }),
  ]
}
