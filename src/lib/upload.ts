/** A file of a multipart request: read as it arrives, never held. */
export interface Upload {
  readonly fileName: string;
  /** Most bytes that it may have. */
  readonly limit: number;
  readonly stream: AsyncIterable<Uint8Array>;
}
