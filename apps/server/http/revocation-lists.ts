import type { FastifyInstance } from "fastify";

/** A revocation list as it is sent. */
export interface ServedList {
  /** DER. */
  readonly der: Uint8Array;
  readonly number: number;
  readonly nextUpdate: Date;
}

/** Chosen: what was just revoked is to be known soon, and a fleet of clients must not ask for every handshake. */
const cachedSeconds = 300;

/**
 * Serves the revocation lists of the devices' authorities to anybody: they are signed, and who checks a certificate has no login.
 * @param listOf undefined when there is no such authority
 */
export function addRevocationLists(
  app: FastifyInstance,
  listOf: (authority: string) => Promise<ServedList | undefined>,
): void {
  app.get("/pki/crl/:file", async (request, reply) => {
    const authority = /^\/pki\/crl\/([0-9a-f-]{36})\.crl$/.exec(request.url)?.[1];
    const list = authority === undefined ? undefined : await listOf(authority);
    if (list === undefined) return reply.status(404).type("text/plain").send("There is no such revocation list.\n");
    const etag = `"${authority}-${list.number}"`;
    void reply.headers({
      etag,
      "cache-control": `public, max-age=${cachedSeconds}`,
      expires: list.nextUpdate.toUTCString(),
    });
    if (request.headers["if-none-match"]?.includes(etag) === true) return reply.status(304).send();
    // @source RFC 5280, 4.2.1.13; RFC 2585, 4.2
    return reply.type("application/pkix-crl").send(Buffer.from(list.der));
  });
}
