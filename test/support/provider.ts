import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { pino } from "pino";
import type { OidcConfig, VerifyToken } from "../../src/auth/token.ts";
import { createServer as createGateway } from "../../src/server/server.ts";
import { type Answer, read } from "./client.ts";
import { testDatabase } from "./database.ts";

/** An identity provider on 127.0.0.1, with its own signing keys. */

interface Key {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export interface TokenOptions {
  /** The algorithm of the key that signs the token; RS256 by default. */
  readonly alg?: string;
  /** Seconds from now; an hour by default, null for none. */
  readonly expires?: number | null;
}

export class Provider {
  readonly keys: Key[] = [];
  readonly audience = "rolograph-test";
  /** The paths of the requests, in order. */
  readonly requests: string[] = [];
  /** While true, all answers are 500. */
  down = false;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(({ url = "" }, response) => {
      this.requests.push(url);
      const document = url.endsWith("/openid-configuration")
        ? { issuer: this.issuer, jwks_uri: `${this.issuer}/keys` }
        : { keys: this.keys.map(({ jwk }) => jwk) };
      response
        .writeHead(this.down ? 500 : 200, { "content-type": "application/json" })
        .end(JSON.stringify(document));
    });
  }

  static async start(...algorithms: string[]): Promise<Provider> {
    const provider = new Provider();
    await new Promise<void>((resolve) => provider.#server.listen(0, "127.0.0.1", resolve));
    for (const alg of ["RS256", ...algorithms]) await provider.addKey(alg);
    return provider;
  }

  async addKey(alg: string): Promise<Key> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const kid = `${alg}-${this.keys.length}`;
    const key = { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
    this.keys.push(key);
    return key;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get config(): OidcConfig {
    return { issuer: this.issuer, audience: this.audience, jwksUrl: null };
  }

  /** A valid token, except for the given claims. */
  async token(
    claims: Readonly<Record<string, unknown>>,
    { alg = "RS256", expires = 3600 }: TokenOptions = {},
    key: Key | undefined = this.keys.findLast((each) => each.alg === alg),
  ): Promise<string> {
    if (!key) throw new Error(`there is no key for ${alg}`);
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: this.issuer,
      aud: this.audience,
      iat: now,
      ...(expires !== null && { exp: now + expires }),
      ...claims,
    })
      .setProtectedHeader({ alg, kid: key.kid })
      .sign(key.privateKey);
  }

  /** Links a user of the gateway to a new subject of the provider. */
  async knows(userId: string): Promise<string> {
    const { prisma } = await testDatabase();
    const subject = `subject-${userId}`;
    await prisma.userIdentity.create({ data: { issuer: this.issuer, subject, userId } });
    return subject;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A gateway that accepts a provider's tokens. */
export async function gatewayOf(verifyToken: VerifyToken) {
  const gateway = createGateway({
    database: await testDatabase(),
    logger: pino({ level: "silent" }),
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 2_097_152,
    graphiql: null,
    verifyToken,
  });
  return async (
    token: string,
    query: string,
    headers: Record<string, string> = {},
  ): Promise<Answer<Record<string, never>>> =>
    read(
      await gateway.fetch("http://test/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
        body: JSON.stringify({ query }),
      }),
    );
}
