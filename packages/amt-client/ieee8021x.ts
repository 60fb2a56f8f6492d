import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import type { authenticationProtocols } from "@vigil/model/value-maps.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";

export type Ieee8021xProtocol = keyof typeof authenticationProtocols;

/** How the firmware proves itself to a guarded network, wired or wireless. */
export interface Ieee8021x {
  readonly protocol: Ieee8021xProtocol;
  /** At most 128 characters; so are domain and roaming identity. */
  readonly username?: string;
  /** Never read back. */
  readonly password?: string;
  readonly domain?: string;
  /** What is said in the clear instead of the name. */
  readonly roamingIdentity?: string;
  /** The name that the server's certificate must have, whole or as its end. */
  readonly serverName?: string;
  readonly matchesNameBySuffix?: boolean;
  /** Of the device's own certificate, with "tls" and "fastTls". */
  readonly certificateId?: string;
  /** Of the trusted root that the server's certificate comes from. */
  readonly rootId?: string;
}

/** What guards a network, as firmware shows it. */
export interface StoredGuard {
  /** undefined when it is of a kind that we do not know. */
  readonly settings: Ieee8021x | undefined;
  /** Of the device's own certificate and of the server's root, as far as they are set. */
  readonly certificateIds: readonly string[];
}

/** The values that all three classes of such settings have in common. @source protocols B.6; the comparison's numbers UNVERIFIED */
export function ieee8021xValues(settings: Ieee8021x) {
  const { protocol, username, password, domain, roamingIdentity, serverName } = settings;
  return {
    AuthenticationProtocol: protocol,
    Username: username,
    ...(password === undefined ? {} : { Password: password }),
    Domain: domain,
    RoamingIdentity: roamingIdentity,
    ServerCertificateName: serverName,
    ...(serverName === undefined
      ? {}
      : { ServerCertificateNameComparison: settings.matchesNameBySuffix === true ? bySuffix : whole }),
  };
}

interface Shown {
  readonly AuthenticationProtocol?: Ieee8021xProtocol | number | undefined;
  readonly Username?: string | undefined;
  readonly Domain?: string | undefined;
  readonly RoamingIdentity?: string | undefined;
  readonly ServerCertificateName?: string | undefined;
  readonly ServerCertificateNameComparison?: number | undefined;
}

/** The settings that values stand for, as far as firmware shows them; undefined when there are none that we know. */
export function ieee8021xOf(shown: Shown): Ieee8021x | undefined {
  const { AuthenticationProtocol: protocol, Username, Domain, RoamingIdentity, ServerCertificateName: name } = shown;
  if (typeof protocol !== "string") return undefined;
  return {
    protocol,
    ...given("username", Username),
    ...given("domain", Domain),
    ...given("roamingIdentity", RoamingIdentity),
    ...given("serverName", name),
    ...(shown.ServerCertificateNameComparison === bySuffix ? { matchesNameBySuffix: true } : {}),
  };
}

/** Refers to a certificate in the device's store. */
export function certificateAt(id: string): EndpointReference {
  return referenceTo(AMT_PublicKeyCertificate, { InstanceID: id });
}

const whole = 1;
const bySuffix = 2;

function given<N extends string>(name: N, value: string | undefined): Partial<Record<N, string>> {
  // The name that was given is the only one.
  return value === undefined || value === "" ? {} : ({ [name]: value } as Partial<Record<N, string>>);
}
