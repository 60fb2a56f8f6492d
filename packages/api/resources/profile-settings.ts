import { Type, type Static, type TSchema } from "typebox";

// What a profile says, section by section. No secret stands here: a passphrase or password is set by its own route, under the name that
// `secretsOf` in profile-secrets.ts gives it, and is never read back.

const closed = { additionalProperties: false } as const;

function oneOf<const Names extends string[]>(...names: Names) {
  return Type.Enum<Names>([...names]);
}

function list<S extends TSchema>(one: S, most: number) {
  return Type.Array(one, { maxItems: most });
}

const Name = Type.String({ minLength: 1, maxLength: 32, pattern: "^[^/\\u0000-\\u001f\\u007f]+$" });
const Domain = Type.String({ maxLength: 191, pattern: "^[A-Za-z0-9._-]*$" });
const Host = Type.String({ minLength: 1, maxLength: 255, pattern: "^[A-Za-z0-9.:_-]+$" });
const CertificatePem = Type.String({ minLength: 1, maxLength: 8_192 });

/** The firmware's name on the network and how it shows itself there. @source protocols B.2 */
export const General = Type.Object(
  {
    /** `{uuid8}`, `{serial}` and `{uuid}` stand for the device's own; an assignment rule may give another name. */
    hostNameRule: Type.String({ minLength: 1, maxLength: 63, pattern: "^[A-Za-z0-9{}-]+$" }),
    domainName: Domain,
    answersPing: Type.Boolean(),
    /** The discovery ping on UDP and TCP 623. */
    answersRmcpPing: Type.Boolean(),
    /** Minutes without traffic until the firmware sleeps, in power policies in which it may; 0 is the firmware's own choice. */
    idleMinutes: Type.Integer({ minimum: 0, maximum: 65_535 }),
    /** In which states of the machine the firmware is awake; "leave" lets it be. @source protocols B.4 */
    powerPolicy: oneOf("leave", "on", "always"),
  },
  closed,
);

/** The admin's password. "fixed" is discouraged: whoever learns it holds every device of the profile. */
export const AdminPassword = Type.Object(
  {
    kind: oneOf("random", "fixed"),
    /** Days after which maintenance replaces it; 0 is never. */
    rotateDays: Type.Integer({ minimum: 0, maximum: 3_650 }),
  },
  closed,
);

/** TLS on 16993 and towards the machine's own operating system. */
export const Tls = Type.Object(
  {
    mode: oneOf("off", "server", "mutual"),
    /** The oldest version that devices of this profile may be spoken to with. Below TLSv1.2 also their old ciphers and signatures are. */
    oldestTls: oneOf("TLSv1.2", "TLSv1.1", "TLSv1"),
    /** Whether plain 16992 stays open beside it. */
    isPlainPortOpen: Type.Boolean(),
    /** Towards the machine itself. */
    local: oneOf("off", "server"),
    /** With "mutual": whose names a manager's certificate may bear; none means any below the trusted roots. @source protocols B.12 */
    trustedNames: list(Domain, 4),
    /** With "mutual": roots besides Vigil's own. */
    trustedRoots: list(CertificatePem, 4),
  },
  closed,
);

export type OldestTls = Static<typeof Tls>["oldestTls"];

/** What an account may do, by task; firmware's realms follow. @source protocols B.11 */
export const accountRights = [
  "reader",
  "power",
  "helpdesk",
  "events",
  "defense",
  "agent",
  "auditor",
  "administrator",
] as const;

/** Who may log in besides Vigil. A digest user's password is random for each device. */
export const Account = Type.Object(
  {
    /** A digest user's name; of a Kerberos one what a person calls it. */
    name: Type.String({ minLength: 1, maxLength: 16, pattern: '^[^\\u0000-\\u001f\\u007f:"]+$' }),
    /** Of a Kerberos user or group, S-1-5-21-…; null for a digest user. */
    sid: Type.Union([Type.String({ pattern: "^S-1-[0-9]{1,14}(-[0-9]{1,10}){1,15}$" }), Type.Null()]),
    access: oneOf("local", "network", "any"),
    rights: list(oneOf(...accountRights), accountRights.length),
  },
  closed,
);

export const Kerberos = Type.Object(
  {
    isOn: Type.Boolean(),
    /** e.g. "EXAMPLE.COM" */
    realm: Domain,
    /** Where the computer objects go, e.g. "OU=AMT,DC=example,DC=com". */
    organizationalUnit: Type.String({ maxLength: 512 }),
    /** Days after which a computer object's password is replaced. */
    rotateDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
    /** How far clocks may be apart. */
    toleranceMinutes: Type.Integer({ minimum: 1, maximum: 60 }),
  },
  closed,
);

export const eapProtocols = [
  "tls",
  "ttlsMschapV2",
  "peapMschapV2",
  "eapGtc",
  "fastMschapV2",
  "fastGtc",
  "fastTls",
] as const;

/** 802.1X. Its password is the secret `8021x/<name>`; `wired` is the wired port's. @source protocols B.6 */
export const Ieee8021x = Type.Object(
  {
    protocol: oneOf(...eapProtocols),
    username: Type.String({ maxLength: 128 }),
    domain: Type.String({ maxLength: 255 }),
    roamingIdentity: Type.String({ maxLength: 80 }),
    /** What the authentication server's certificate must be made out to; empty: any. */
    serverName: Type.String({ maxLength: 255 }),
    /** The root of the authentication server's certificate. */
    rootPem: Type.Union([CertificatePem, Type.Null()]),
  },
  closed,
);

/** Its passphrase is the secret `wifi/<name>`. */
export const WifiProfile = Type.Object(
  {
    name: Name,
    ssid: Type.String({ minLength: 1, maxLength: 32 }),
    authentication: oneOf("wpaPsk", "wpa2Psk", "wpa3Sae", "wpa8021x", "wpa28021x"),
    encryption: oneOf("tkip", "ccmp"),
    ieee8021x: Type.Union([Ieee8021x, Type.Null()]),
  },
  closed,
);

export const Network = Type.Object(
  {
    /** "leave": addressing is not Vigil's. A static address comes from an assignment rule. */
    wired: oneOf("leave", "dhcp"),
    /** Null: 802.1X is off on the wired port. */
    wired8021x: Type.Union([Ieee8021x, Type.Null()]),
    /** The firmware registers its own name in DNS. */
    isDynamicDnsOn: Type.Boolean(),
    /** When the firmware uses the wireless port. */
    wifi: oneOf("off", "on", "always"),
    /** The firmware takes over the profiles that the operating system uses. */
    isWifiSyncOn: Type.Boolean(),
    /** In order of preference. */
    wifiProfiles: list(WifiProfile, 8),
  },
  closed,
);

/** Ways to the machine's screen, disk and serial line. @source protocols B.7, B.8 */
export const Features = Type.Object(
  {
    serial: Type.Boolean(),
    disk: Type.Boolean(),
    screen: Type.Boolean(),
    /** For what the machine's user is asked. */
    consent: oneOf("none", "screen", "all"),
    /** Minutes until an idle screen session ends; 0 is never. */
    screenIdleMinutes: Type.Integer({ minimum: 0, maximum: 255 }),
    webPage: Type.Boolean(),
  },
  closed,
);

/** A server that the device calls from outside. Its password is the secret `server/<host>`. @source protocols B.13 */
export const PresenceServer = Type.Object(
  {
    host: Host,
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    /** What its certificate is made out to, when `host` is an address. */
    certificateName: Type.String({ maxLength: 255 }),
    username: Type.String({ minLength: 1, maxLength: 16 }),
    rootPem: Type.Union([CertificatePem, Type.Null()]),
  },
  closed,
);

export const RemoteAccess = Type.Object(
  {
    servers: list(PresenceServer, 4),
    /** Each trigger once; they call the servers in order. */
    policies: list(
      Type.Object(
        {
          trigger: oneOf("userInitiated", "alert", "periodic"),
          lifetimeSeconds: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
          /** With "periodic". */
          everySeconds: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
        },
        closed,
      ),
      3,
    ),
    /** Domains inside which the device does not call. */
    homeDomains: list(Domain, 5),
  },
  closed,
);

/** What the device's own audit log records. @source protocols B.10 */
export const AuditPolicy = Type.Object(
  {
    isOn: Type.Boolean(),
    events: oneOf("firmware", "security", "all"),
  },
  closed,
);

/** Which System Defense policy is in force unless an operator isolates the device. @source protocols B.14 */
export const Defense = Type.Object({ standing: oneOf("none", "count") }, closed);

/** Where the device sends its alerts. @source protocols B.17 */
export const Alerts = Type.Object(
  {
    /** e.g. "http://vigil.example.com:9972/events"; null: none. */
    destination: Type.Union([Type.String({ maxLength: 255, pattern: "^https?://[^\\s]+$" }), Type.Null()]),
    events: oneOf("all", "platform", "none"),
  },
  closed,
);

export const ProfileSettings = Type.Object(
  {
    general: General,
    adminPassword: AdminPassword,
    /** Whether a device must name the one-time password that its agent was given. It is no admin password. */
    otp: oneOf("required", "optional", "off"),
    tls: Tls,
    accounts: list(Account, 15),
    kerberos: Kerberos,
    network: Network,
    features: Features,
    remoteAccess: RemoteAccess,
    audit: AuditPolicy,
    defense: Defense,
    alerts: Alerts,
  },
  closed,
);
export type ProfileSettings = Static<typeof ProfileSettings>;
export type ProfileSection = keyof ProfileSettings;
