/** The decoders of the cornerstone packages, which have no types of their own: Emscripten modules made by a factory. */
interface CornerstoneFrameInfo {
  readonly width: number
  readonly height: number
  readonly bitsPerSample: number
  readonly componentCount: number
  readonly isSigned?: boolean
}

interface CornerstoneDecoder {
  /** A view on the module's memory to put the codestream into. */
  getEncodedBuffer(length: number): Uint8Array
  decode(): void
  /** A view on the module's memory: copy it before anything else is done. */
  getDecodedBuffer(): Uint8Array
  getFrameInfo(): CornerstoneFrameInfo
  delete(): void
}

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  interface Charls {
    readonly JpegLSDecoder: new () => CornerstoneDecoder & { getInterleaveMode(): number }
  }
  export default function factory(options?: object): Promise<Charls>
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  interface OpenJpeg {
    readonly J2KDecoder: new () => CornerstoneDecoder & { getColorSpace(): number }
  }
  export default function factory(options?: object): Promise<OpenJpeg>
}

declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  interface OpenJpegEncoder {
    /** A view on the module's memory to put the samples into. */
    getDecodedBuffer(frame: {
      readonly width: number
      readonly height: number
      readonly bitsPerSample: number
      readonly componentCount: number
      readonly isSigned: boolean
      readonly isUsingColorTransform: boolean
    }): Uint8Array
    setQuality(lossless: boolean, quality: number): void
    setDecompositions(count: number): void
    encode(): void
    /** A view on the module's memory: copy it before anything else is done. */
    getEncodedBuffer(): Uint8Array
    delete(): void
  }
  interface OpenJpegWithEncoder {
    readonly J2KEncoder: new () => OpenJpegEncoder
  }
  export default function factory(options?: object): Promise<OpenJpegWithEncoder>
}

declare module '@cornerstonejs/codec-openjph/wasmjs' {
  interface OpenJphEncoder {
    /** A view on the module's memory to put the samples into. */
    getDecodedBuffer(frame: {
      readonly width: number
      readonly height: number
      readonly bitsPerSample: number
      readonly componentCount: number
      readonly isSigned: boolean
      readonly isUsingColorTransform: boolean
    }): Uint8Array
    setQuality(lossless: boolean, quality: number): void
    setDecompositions(count: number): void
    /** 2: resolution, position, component, layer. */
    setProgressionOrder(order: number): void
    setTLMMarker(on: boolean): void
    setTilePartDivisionsAtResolutions(on: boolean): void
    setBlockDimensions(size: { readonly width: number; readonly height: number }): void
    encode(): void
    /** A view on the module's memory: copy it before anything else is done. */
    getEncodedBuffer(): Uint8Array
    delete(): void
  }
  interface OpenJph {
    readonly HTJ2KDecoder: new () => CornerstoneDecoder & { getLastErrorMessage(): string }
    readonly HTJ2KEncoder: new () => OpenJphEncoder
  }
  export default function factory(options?: object): Promise<OpenJph>
}
