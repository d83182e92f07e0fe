/** A file of a multipart request: read as it arrives, never held. A class, so that no JSON can pass for one. */
export class Upload {
  constructor(
    readonly fileName: string,
    /** Most bytes that it may have. */
    readonly limit: number,
    readonly stream: AsyncIterable<Uint8Array>,
  ) {}
}
