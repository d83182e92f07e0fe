import type { IncomingMessage } from "node:http";

/** GraphiQL, with the API key of the demo filled in for those who are meant to have it. */
export interface GraphiqlOptions {
  readonly key: string;
  readonly query: string;
  /** The configured address that the server listens on (HOST). */
  readonly host: string;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;
const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;

/** Addresses that stand for all interfaces of the machine, and are no host name. */
const ANY = new Set(["0.0.0.0", "::", ""]);

/**
 * Options of the GraphiQL page for a request. The key is filled in only if the request was sent to a loopback name
 * from this machine, or to the configured HOST. Any other host name could belong to an attacker (DNS rebinding), and
 * a client can send any Host header.
 */
export const graphiqlFor =
  ({ key, query, host }: GraphiqlOptions) =>
  (request: Request, context: object | undefined) => {
    const { req } = (context ?? {}) as { readonly req?: IncomingMessage };
    const name = new URL(request.url, "http://localhost").hostname;
    const trusted = LOOPBACK.test(name)
      ? isLocal(req)
      : !ANY.has(host) && (name === host || name === `[${host}]`);
    return {
      title: "Rolograph",
      defaultQuery: query,
      headers: JSON.stringify(
        { Authorization: `Bearer ${trusted ? key : "<the API key that the server printed>"}` },
        null,
        2,
      ),
    };
  };

/**
 * Whether a request comes from this machine without a proxy. A request without a connection (`fetch` in tests) does.
 */
function isLocal(req: IncomingMessage | undefined): boolean {
  if (!req) return true;
  const { "x-forwarded-for": forwardedFor, forwarded } = req.headers;
  if (forwardedFor !== undefined || forwarded !== undefined) return false;
  return LOOPBACK_ADDRESS.test(req.socket.remoteAddress ?? "");
}
