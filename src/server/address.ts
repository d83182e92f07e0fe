import type { IncomingMessage } from "node:http";

/** Finds the address that a request comes from, of what Yoga hands to plugins; null where there is no connection. */
export type AddressOf = (context: object | undefined) => string | null;

/**
 * Makes the finder of addresses.
 *
 * @param trustedProxies how many proxies stand in front, each of which appends to X-Forwarded-For the address that it
 *   has the request from. With 0 the header is not read: anybody could write it. What stands left of the entries of
 *   one's own proxies is the caller's own word, and is not read either.
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
 * One caller's share of the internet: an IPv4 address, or the /64 of IPv6 out of which a caller may take any address.
 */
function networkOf(address: string): string {
  const [, ipv4] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(address) ?? [];
  if (ipv4 !== undefined) return ipv4;
  const [head = "", tail = ""] = address.replace(/^\[|\](?::\d+)?$|%.*$/g, "").split("::");
  const groups = (text: string) => text.split(":").filter(Boolean);
  const missing = Math.max(0, 8 - groups(head).length - groups(tail).length);
  return [...groups(head), ...Array<string>(missing).fill("0"), ...groups(tail)].slice(0, 4).join(":");
}
