import { Type, type Static } from "typebox";
import { Moment } from "./common.ts";

const Text = Type.String();
const Texts = Type.Array(Text);
const OrNull = <S extends Parameters<typeof Type.Array>[0]>(schema: S) => Type.Union([schema, Type.Null()]);

/** Parts that not every release has. */
export const networkParts = ["wifi", "wired8021x", "proxies", "remoteAccess", "defense"] as const;
export type NetworkPart = (typeof networkParts)[number];

/** States of the machine in which a port can be the firmware's. */
export const linkStates = ["onMains", "sleepingOnMains", "onBattery", "sleepingOnBattery"] as const;

/** How the firmware proves itself to a guarded network. Texts that are not set are empty; a password is never shown. */
const Guard = Type.Object({
  protocol: Text,
  username: Text,
  domain: Text,
  roamingIdentity: Text,
  serverName: Text,
  matchesNameBySuffix: Type.Boolean(),
  /** The firmware's names of its own certificate and of the server's root. */
  certificateIds: Texts,
});
export type NetworkGuard = Static<typeof Guard>;

const Port = Type.Object({
  kind: Type.Union([Type.Literal("wired"), Type.Literal("wireless")]),
  mac: Text,
  isLinkUp: Type.Boolean(),
  usesDhcp: Type.Boolean(),
  /** It has the host's own static address. */
  sharesStaticAddress: Type.Boolean(),
  /** Empty when unknown, as all below. */
  address: Text,
  netmask: Text,
  gateway: Text,
  dnsServers: Texts,
  /** 0 for none. */
  vlan: Type.Integer(),
  linkStates: Type.Array(Type.Enum(linkStates)),
});
export type NetworkPort = Static<typeof Port>;

const Wifi = Type.Object({
  /** When the firmware uses the port: "disabled" …; a number for what we do not know. */
  port: Text,
  profiles: Type.Array(
    Type.Object({
      name: Text,
      ssid: Text,
      /** The lowest is tried first. */
      priority: Type.Integer(),
      authentication: Text,
      encryption: Text,
      guard: OrNull(Guard),
    }),
  ),
  /** Whether networks of the machine's users become the firmware's. */
  hostProfiles: Text,
  /** Null where the release does not say. */
  sharesWithBios: OrNull(Type.Boolean()),
});

const RemoteAccess = Type.Object({
  /** Inside these domains the device does not call; none means that it is always inside. */
  homeDomains: Texts,
  /** In a call now; null where the release does not say. */
  isConnected: OrNull(Type.Boolean()),
  /** Who at the machine may have it call. */
  userCalls: Text,
  servers: Type.Array(
    Type.Object({
      name: Text,
      host: Text,
      port: Type.Integer(),
      certificateName: Text,
      /** With which it logs in; null when it does so with a certificate. */
      username: OrNull(Text),
    }),
  ),
  policies: Type.Array(
    Type.Object({
      name: Text,
      trigger: Text,
      /** 0 is without limit. */
      lifetimeSeconds: Type.Integer(),
      everySeconds: OrNull(Type.Integer()),
      /** "03:15" of the device's clock. */
      dailyAt: OrNull(Text),
      /** Names of the servers that are called, the first one first. */
      servers: Texts,
    }),
  ),
});

const Defense = Type.Object({
  mostPolicies: Type.Integer(),
  mostFilters: Type.Integer(),
  filters: Type.Array(
    Type.Object({
      handle: Type.Integer(),
      name: Text,
      direction: Text,
      action: Text,
      isReported: Type.Boolean(),
      packetsPerSecond: OrNull(Type.Integer()),
      /** Of a policy in force: what it has matched, and since when. Null for any other. */
      matched: OrNull(Type.Object({ packets: Type.Integer(), hasMatched: Type.Boolean(), since: OrNull(Moment) })),
    }),
  ),
  policies: Type.Array(
    Type.Object({
      name: Text,
      precedence: Type.Integer(),
      filterHandles: Type.Array(Type.Integer()),
      dropsOtherTransmit: Type.Boolean(),
      dropsOtherReceive: Type.Boolean(),
      isInForce: Type.Boolean(),
      /** How long it stays in force; 0 is without limit. */
      minutesInForce: Type.Integer(),
    }),
  ),
});

/** How a device is on the network, and what it does there, by its firmware's own word. */
export const DeviceNetwork = Type.Object({
  hostName: Text,
  domainName: Text,
  ports: Type.Array(Port),
  /** Null when the machine has no wireless port, or the release none of it: `lacks` says which. */
  wifi: OrNull(Wifi),
  /** Null when it is off. */
  wired8021x: OrNull(Guard),
  proxies: Type.Array(Type.Object({ host: Text, port: Type.Integer(), networkDomain: Text })),
  remoteAccess: OrNull(RemoteAccess),
  defense: OrNull(Defense),
  /** What this release has none of. */
  lacks: Type.Array(Type.Enum(networkParts)),
});
export type DeviceNetwork = Static<typeof DeviceNetwork>;
