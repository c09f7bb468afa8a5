/** The parts of the WebAssembly codec packages we use; they bring no types of their own. */
declare module '@cornerstonejs/codec-openjph/wasmjs' {
  const make: (options: { locateFile: () => string }) => Promise<{ HTJ2KDecoder: new () => never }>
  export default make
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const make: (options: { locateFile: () => string }) => Promise<{ J2KDecoder: new () => never }>
  export default make
}
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const make: (options: { locateFile: () => string }) => Promise<{ JpegLSDecoder: new () => never }>
  export default make
}
declare module '*?url' {
  const address: string
  export default address
}
