/** The part of npm `fhir` that tests use; the package has no types that ours take. */
declare module 'fhir' {
  export class Fhir {
    validate(
      resource: object,
      options?: { readonly errorOnUnexpected?: boolean },
    ): {
      readonly valid: boolean
      readonly messages: readonly { readonly severity: string; readonly location: string; readonly message: string }[]
    }
  }
}
