import { Readable } from "node:stream";
import { Busboy, type BusboyFileStream } from "@fastify/busboy";
import { RequestError } from "../lib/errors.ts";
import { Upload } from "../lib/upload.ts";

/**
 * Multipart requests with one file (https://github.com/jaydenseric/graphql-multipart-request-spec). The file is a
 * stream: it is not held in memory.
 */

export interface MultipartLimits {
  /** Most bytes of `operations`, and of `map`. */
  readonly fields: number;
  /** Most bytes of the file. */
  readonly file: number;
}

/** The request does not follow the multipart specification; the message says why. */
export class MultipartError extends Error {
  override readonly name = "MultipartError";
}

/**
 * Reads a request up to the start of its file.
 *
 * @returns `operations` as text, the path of the file in `operations`, the file, and a function that discards the
 *   rest of the body
 * @throws MultipartError
 */
export function readMultipart(
  request: Request,
  limits: MultipartLimits,
): Promise<{ operations: string; path: readonly string[]; upload: Upload; discard: () => void }> {
  const type = request.headers.get("content-type") ?? "";
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>();
    let file: BusboyFileStream | undefined;
    const source = Readable.from((request.body ?? []) as AsyncIterable<Uint8Array>, { objectMode: false });
    // Reads the rest of the body and drops it, at most as much as a file may have, so that the client reads the
    // answer.
    const discard = () => {
      let size = 0;
      source.unpipe();
      source.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > limits.file) source.destroy();
      });
      source.resume();
    };
    const fail = (message: string) => {
      // After the promise was resolved, only the reader of the file can report the error.
      file?.destroy(new Error(message));
      discard();
      reject(new MultipartError(message));
    };
    let parser: ReturnType<typeof Busboy>;
    try {
      parser = Busboy({
        headers: { "content-type": type },
        limits: { fieldSize: limits.fields, fields: 2, files: 1, parts: 3 },
      });
    } catch {
      return reject(new MultipartError("the content-type has no boundary"));
    }
    parser.on("field", (name: string, value: string, _nameCut: boolean, valueCut: boolean) => {
      if (valueCut) fail(`the field ${name} is longer than ${limits.fields} bytes`);
      fields.set(name, value);
    });
    parser.on("file", (name: string, stream: BusboyFileStream, fileName: string | undefined) => {
      file = stream;
      // Without an error listener, an error before or after the file is read would end the process.
      stream.on("error", () => {});
      const operations = fields.get("operations");
      const path = pathOf(fields.get("map"), name);
      if (operations === undefined || path === null) {
        return fail(
          'send the fields operations and map, such as {"0":["variables.input.file"]}, before the file',
        );
      }
      const upload = new Upload(fileName || "upload.csv", limits.file, bytesOf(stream));
      resolve({ operations, path, upload, discard });
    });
    parser.on("finish", () => {
      if (!file) fail("the request has no file");
    });
    parser.on("error", () => fail("the request is not a well-formed multipart body"));
    source.on("error", (error) => {
      fail("the connection ended before the end of the request");
      parser.destroy(error);
    });
    source.pipe(parser);
  });
}

/** The bytes of a file. An error while reading is reported as a bad request. */
async function* bytesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch {
    throw new RequestError("BAD_REQUEST", "The connection ended before the end of the file.", {
      status: 400,
    });
  }
}

/** The path in `operations` that `map` gives for this part, split at its dots; null if `map` is not valid. */
function pathOf(map: string | undefined, name: string): string[] | null {
  try {
    const places: unknown = JSON.parse(map ?? "");
    const [path, ...more] = (places as Record<string, string[]>)[name] ?? [];
    if (typeof path !== "string" || more.length > 0) return null;
    const parts = path.split(".");
    return parts[0] === "variables" && parts.every((part) => /^[A-Za-z][A-Za-z0-9]*$/.test(part))
      ? parts
      : null;
  } catch {
    return null;
  }
}

/**
 * Sets the file at its path in the variables.
 *
 * @throws MultipartError when the value there is not null
 */
export function placeUpload(params: object, path: readonly string[], upload: Upload): void {
  let holder = params as Record<string, unknown>;
  for (const part of path.slice(0, -1)) {
    const next = Object.hasOwn(holder, part) ? holder[part] : undefined;
    if (typeof next !== "object" || next === null || Array.isArray(next)) {
      throw new MultipartError(`operations has no place ${path.join(".")} for the file`);
    }
    holder = next as Record<string, unknown>;
  }
  const last = path.at(-1) ?? "";
  if (!Object.hasOwn(holder, last) || holder[last] !== null) {
    throw new MultipartError(`operations must have null at ${path.join(".")}, where the file belongs`);
  }
  holder[last] = upload;
}
