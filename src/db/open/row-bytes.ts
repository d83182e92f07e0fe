import type pg from "pg";
import { answerTooLarge, MAX_ANSWER } from "../../lib/answer-size.ts";

/** The driver's private methods that receive rows, which its types omit. */
interface Receiver {
  _handleDataRow(row: { readonly length: number }): void;
  _getActiveQuery(): { _canceledDueToError: Error | false; _result: { rows: unknown[] } } | null;
}

/**
 * A client that fails a statement whose rows exceed MAX_ANSWER bytes. Bytes are counted as rows arrive, so that
 * memory is bounded; the connection can be used again. The driver fails a statement in the same way if it cannot
 * parse a row.
 */
export function boundedClient(Client: typeof pg.Client): typeof pg.Client {
  const { _handleDataRow: receive } = Client.prototype as unknown as Receiver;
  class BoundedClient extends Client {
    #query: object | null = null;
    #bytes = 0;

    _handleDataRow(row: { readonly length: number }): void {
      const query = (this as unknown as Receiver)._getActiveQuery();
      if (query !== this.#query) {
        this.#query = query;
        this.#bytes = 0;
      }
      this.#bytes += row.length;
      if (query && this.#bytes > MAX_ANSWER) {
        query._canceledDueToError = answerTooLarge();
        query._result.rows = [];
      } else receive.call(this as unknown as Receiver, row);
    }
  }
  return BoundedClient;
}
