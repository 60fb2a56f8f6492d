/** One login: made for one request, and closed when its answer has been looked at or will not come. */
export interface Negotiation extends AsyncDisposable {
  /** A Kerberos token with an AP-REQ. @source RFC 4121, 4.1 */
  readonly token: Uint8Array;
  /**
   * Looks at the device's proof, a Kerberos token with an AP-REP.
   * @throws amt.kerberos.unproven when the device could not read the ticket
   */
  prove(reply: Uint8Array): Promise<void>;
}

/**
 * Makes tokens for a service name, e.g. "HTTP/desk-1.example.test:16993", in the name of whoever holds a ticket.
 * @throws amt.kerberos.ticket-missing, amt.kerberos.kdc-unreachable, amt.kerberos.service-unknown, amt.kerberos.library,
 *   amt.kerberos.failed; the signal's reason
 */
export type Negotiator = (serviceName: string, signal: AbortSignal) => Promise<Negotiation>;
