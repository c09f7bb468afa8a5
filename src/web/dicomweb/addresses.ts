/**
 * Addresses of DICOMweb resources, as answers name them.
 */
import type { FastifyRequest } from 'fastify'
import type { Uid } from '../../dicom/uid.ts'
import { headerOf, schemeOf } from '../authenticate.ts'

export const ROOT = '/dicom-web'

/**
 * The root as the asker reached it: `http://HOST/dicom-web`. The Host header goes only into answers to whoever sent it;
 * one that is no host is left out.
 */
export function addressOf(request: FastifyRequest): string {
  const host = headerOf(request, 'host')
  return /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i.test(host) ? `${schemeOf(request)}://${host}${ROOT}` : ROOT
}

export function pathOf({ study, series, instance }: { study: Uid; series?: Uid; instance?: Uid }): string {
  return [`/studies/${study}`, series && `/series/${series}`, instance && `/instances/${instance}`].join('')
}
