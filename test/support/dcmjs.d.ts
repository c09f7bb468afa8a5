/** What the tests use of dcmjs, which has no types of its own: the independent dictionary and reader. */
declare module 'dcmjs' {
  interface NamedElement {
    readonly tag?: string
    readonly vr: string
    readonly name: string
    readonly vm: string
  }
  const dcmjs: {
    readonly data: {
      readonly DicomMetaDictionary: { readonly nameMap: Readonly<Record<string, NamedElement>> }
      readonly DicomMessage: {
        readonly readFile: (file: ArrayBufferLike) => { readonly dict: Readonly<Record<string, unknown>> }
      }
    }
  }
  export default dcmjs
}
