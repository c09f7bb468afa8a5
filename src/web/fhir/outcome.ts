/** Failures under `/fhir` as OperationOutcome (FHIR R4 2.28): the same fact and remedy as everywhere. */
import type { ArchiveError } from '../../base/errors.ts'

export const FHIR_JSON = 'application/fhir+json; charset=utf-8'

export const isFhir = (url: string): boolean => /^\/fhir(\/|\?|$)/.test(url)

/** FHIR issue-type codes by our statuses. */
const ISSUES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'login',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-supported',
  406: 'not-supported',
  415: 'not-supported',
  429: 'throttled',
  503: 'transient',
  507: 'no-store',
}

export const operationOutcome = (error: ArchiveError, request: string) => ({
  resourceType: 'OperationOutcome',
  issue: [
    {
      severity: 'error',
      code: ISSUES[error.http] ?? (error.http < 500 ? 'processing' : 'exception'),
      details: { coding: [{ system: 'urn:clearkeep:errors', code: error.code }], text: error.fact },
      diagnostics: `${error.remedy} (request ${request})`,
    },
  ],
})
