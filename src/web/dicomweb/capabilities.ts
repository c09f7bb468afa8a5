/**
 * Retrieve Capabilities (PS3.18 section 8.9): what the resource under an address is and takes, written from the table of
 * routes. WADL is what the standard asks for; the same as JSON for programs that read no XML.
 */
import type { FastifyReply } from 'fastify'
import { ArchiveError } from '../../base/errors.ts'
import { covers } from '../media-types.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { addressOf, ROOT } from './addresses.ts'
import { acceptedBy } from './wado.ts'

const WADL = 'application/vnd.sun.wadl+xml'
const JSON_TYPE = 'application/json'
/** W3C member submission of 2009-08-31. */
const NAMESPACE = 'http://wadl.dev.java.net/2009/02'

interface Resource {
  /** Below the root, with parameters in braces: `studies/{study}`. */
  readonly path: string
  readonly methods: readonly {
    readonly name: string
    readonly says: string
    /** Media types of bodies sent here. */
    readonly takes: readonly string[]
    readonly gives: readonly string[]
  }[]
}

/** @param routes  what is described */
export function capabilityRoutes(routes: readonly Route[]): readonly Route[] {
  return [ROOT, `${ROOT}/*`, '/wado'].map((url) =>
    route({
      method: 'OPTIONS',
      url,
      act: 'account',
      says: 'Says what this resource, or everything under the root, is and takes.',
      answers: [
        { status: 200, says: 'The capabilities.', types: [WADL, JSON_TYPE] },
        { status: 404, says: 'There is no such resource.' },
      ],
      handle: (ask, reply) => answer(routes, ask, reply),
    }),
  )
}

async function answer(routes: readonly Route[], ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const path = ask.request.url.replace(/[?].*$/, '').replace(/(?<=.)\/$/, '')
  const named = routes.filter(({ url }) => path === ROOT || leadsTo(url, path))
  if (named.length === 0) throw new ArchiveError('NOT_FOUND', { what: 'such resource' })
  const base = path === '/wado' ? addressOf(ask.request).slice(0, -ROOT.length) : addressOf(ask.request)
  const resources = resourcesOf(named)
  const methods = new Set(resources.flatMap((one) => one.methods.map(({ name }) => name)))
  if (methods.has('GET')) methods.add('HEAD')
  reply.headers({ allow: [...methods, 'OPTIONS'].join(', '), vary: 'accept, origin' })
  const type = [WADL, JSON_TYPE]
    .map((offer) => ({ offer, at: acceptedBy(ask).findIndex((range) => covers(range, offer)) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0]?.offer
  if (type === undefined) throw new ArchiveError('NOT_ACCEPTABLE', { accept: 'that', offer: `${WADL}, ${JSON_TYPE}` })
  const text = type === WADL ? wadl(base, resources) : JSON.stringify({ base, resources })
  return reply.type(type).send(Buffer.from(text))
}

/** Does the pattern of a route, `:study` and a last `*` in it, take in the path? */
function leadsTo(url: string, path: string): boolean {
  const [pattern, given] = [url.split('/'), path.split('/')]
  const open = pattern.at(-1) === '*'
  if (open ? given.length < pattern.length : given.length !== pattern.length) return false
  return pattern.every((step, at) => step === '*' || step === given[at] || (step.startsWith(':') && given[at] !== ''))
}

function resourcesOf(routes: readonly Route[]): readonly Resource[] {
  const resources = new Map<string, Resource['methods'][number][]>()
  for (const { method, url, says, streams = [], answers } of routes) {
    const path = url
      .replace(`${ROOT}/`, '')
      .replace(/^\//, '')
      .replace(/:(\w+)/g, '{$1}')
      .replace(/\*$/, '{path}')
    const gives = [...new Set(answers.filter(({ status }) => status < 300).flatMap(({ types = [] }) => types))]
    resources.set(path, [...(resources.get(path) ?? []), { name: method, says, takes: streams, gives }])
  }
  return [...resources].map(([path, methods]) => ({ path, methods }))
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const xml = (text: string) => text.replace(/[&<>"]/g, (sign) => SIGNS[sign] ?? sign)

function wadl(base: string, resources: readonly Resource[]): string {
  const types = (list: readonly string[]) => list.map((type) => `<representation mediaType="${xml(type)}"/>`).join('')
  const methods = (list: Resource['methods']) =>
    list.map(
      ({ name, says, takes, gives }) =>
        `    <method name="${name}"><doc>${xml(says)}</doc>${takes.length === 0 ? '' : `<request>${types(takes)}</request>`}<response status="200">${types(gives)}</response></method>`,
    )
  const parameters = (path: string) =>
    [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `    <param name="${name}" style="template" required="true"/>`)
  const each = resources.map(({ path, methods: list }) =>
    [`  <resource path="${xml(path)}">`, ...parameters(path), ...methods(list), '  </resource>'].join('\n'),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<application xmlns="${NAMESPACE}"><resources base="${xml(base)}/">`,
    ...each,
    '</resources></application>',
    '',
  ].join('\n')
}
