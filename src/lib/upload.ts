/**
 * A file of a multipart request, read as it arrives and never held whole. A class, so that no JSON can pass for one.
 */
export class Upload {
  constructor(
    readonly fileName: string,
    /** Maximum size in bytes. */
    readonly limit: number,
    readonly stream: AsyncIterable<Uint8Array>,
  ) {}
}
