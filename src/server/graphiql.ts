import type { IncomingMessage } from "node:http";

/** GraphiQL with the demo key filled in: for whoever sits at this machine, and nobody else. */
export interface GraphiqlOptions {
  readonly key: string;
  readonly query: string;
  /** The address that the server listens on, as it is configured. */
  readonly host: string;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;
const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;

/** Addresses that mean all of a machine's, and so no name of it. */
const ANY = new Set(["0.0.0.0", "::", ""]);

/**
 * What the page is filled with. A name that leads here is in the power of whoever owns it (DNS rebinding), and a Host
 * header in that of whoever sends it: the key is given to the names of this machine when they are used on this
 * machine, and to the one name that the operator has set.
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

/** Whether a request comes from this machine, and not through a proxy on it; one without a connection does. */
function isLocal(req: IncomingMessage | undefined): boolean {
  if (!req) return true;
  const { "x-forwarded-for": forwardedFor, forwarded } = req.headers;
  if (forwardedFor !== undefined || forwarded !== undefined) return false;
  return LOOPBACK_ADDRESS.test(req.socket.remoteAddress ?? "");
}
