import type { IncomingMessage } from "node:http";

/** The client address of a request, from the context that Yoga gives to plugins; null without a connection. */
export type AddressOf = (context: object | undefined) => string | null;

/**
 * Returns the function that finds client addresses.
 *
 * @param trustedProxies number of proxies in front of the server. Each appends to X-Forwarded-For the address of the
 *   connection that it accepted, so that the entry this many places from the right is the client's. Entries further
 *   left were sent by the client and may be forged. With 0 the header is ignored.
 */
export const addressFinder =
  (trustedProxies: number): AddressOf =>
  (context) => {
    const { req } = (context ?? {}) as { readonly req?: IncomingMessage };
    if (!req) return null;
    const forwarded =
      trustedProxies > 0
        ? [req.headers["x-forwarded-for"] ?? []].flat().join(",").split(",").at(-trustedProxies)?.trim()
        : undefined;
    return networkOf(forwarded || (req.socket.remoteAddress ?? ""));
  };

/**
 * The part of an address that identifies a client: an IPv4 address, or the /64 prefix of an IPv6 address, since a
 * client can use any address of its /64.
 */
function networkOf(address: string): string {
  const [, ipv4] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(address) ?? [];
  if (ipv4 !== undefined) return ipv4;
  const [head = "", tail = ""] = address.replace(/^\[|\](?::\d+)?$|%.*$/g, "").split("::");
  const groups = (text: string) => text.split(":").filter(Boolean);
  const missing = Math.max(0, 8 - groups(head).length - groups(tail).length);
  return [...groups(head), ...Array<string>(missing).fill("0"), ...groups(tail)].slice(0, 4).join(":");
}
