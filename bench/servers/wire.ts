/** What a client of PostgreSQL says, read off the wire: the messages of protocol 3 that make statements. */

/** A statement as it was sent. */
export interface Sent {
  readonly text: string;
  /** The name it was prepared under; empty where it has none. */
  readonly name: string;
  /** Values as the client spelled them; bytes where it sent them in binary. */
  readonly values: readonly (string | Buffer | null)[];
}

export interface Listener {
  /** A statement that is being executed, transaction control included. */
  readonly statement: (sent: Sent) => void;
  /** The settings that a connection begins with, such as `options`. */
  readonly start?: (settings: ReadonlyMap<string, string>) => void;
}

const ENCRYPTION_REQUEST = 80_877_103;

/**
 * A reader for one connection, to be given the bytes in their order as they come. A statement that is prepared once
 * and then only bound is told with its text each time.
 */
export function readFrontend({ statement, start }: Listener): (chunk: Buffer) => void {
  const prepared = new Map<string, string>();
  const portals = new Map<string, Sent>();
  const read = (type: string, body: Body) => {
    switch (type) {
      case "Q":
        return statement({ text: body.text(), name: "", values: [] });
      case "P":
        return void prepared.set(body.text(), body.text());
      case "B": {
        const [portal, name] = [body.text(), body.text()];
        const text = prepared.get(name) ?? "";
        return void portals.set(portal, { text, name, values: body.values() });
      }
      case "E": {
        const sent = portals.get(body.text());
        if (sent) statement(sent);
      }
    }
  };
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (;;) {
      // The first messages have no type.
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = rest.readInt32BE(head) + head;
      if (rest.length < length) return;
      const body = new Body(rest.subarray(head + 4, length));
      if (started) read(String.fromCharCode(rest[0] ?? 0), body);
      // A request for encryption comes before the start-up proper, and is no start.
      else if (body.number() !== ENCRYPTION_REQUEST) {
        started = true;
        start?.(body.settings());
      }
      rest = rest.subarray(length);
    }
  };
}

/** A message's body, read from the beginning to the end. */
class Body {
  #at = 0;

  constructor(readonly bytes: Buffer) {}

  /** Where the next so many bytes are, which then count as read. */
  #skip(bytes: number): number {
    this.#at += bytes;
    return this.#at - bytes;
  }

  #short = () => this.bytes.readInt16BE(this.#skip(2));
  number = () => this.bytes.readInt32BE(this.#skip(4));

  text(): string {
    const end = this.bytes.indexOf(0, this.#at);
    const text = this.bytes.toString("utf8", this.#at, end);
    this.#at = end + 1;
    return text;
  }

  settings(): Map<string, string> {
    const settings = new Map<string, string>();
    for (let name = this.text(); name !== ""; name = this.text()) settings.set(name, this.text());
    return settings;
  }

  /** Of Bind: the formats, of which one may stand for all, and then the values. */
  values(): (string | Buffer | null)[] {
    const formats = Array.from({ length: this.#short() }, this.#short);
    return Array.from({ length: this.#short() }, (_, at) => {
      const length = this.number();
      if (length < 0) return null;
      const from = this.#skip(length);
      const value = this.bytes.subarray(from, from + length);
      const format = formats.length === 1 ? formats[0] : formats[at];
      return format === 1 ? Buffer.from(value) : value.toString("utf8");
    });
  }
}
