import type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import type { WordsOf } from "./words.ts";

type Network = ProfileSettings["network"];
type Ieee8021x = Exclude<Network["wired8021x"], null>;

const fresh8021x: Ieee8021x = {
  protocol: "peapMschapV2",
  username: "",
  domain: "",
  roamingIdentity: "",
  serverName: "",
  rootPem: null,
};

const ieee8021xFields = {
  protocol: {
    title: "Protocol",
    choices: {
      tls: "EAP-TLS, with a certificate",
      ttlsMschapV2: "TTLS, MSCHAPv2",
      peapMschapV2: "PEAP, MSCHAPv2",
      eapGtc: "GTC",
      fastMschapV2: "FAST, MSCHAPv2",
      fastGtc: "FAST, GTC",
      fastTls: "FAST, TLS",
    },
  },
  username: { title: "User name" },
  domain: { title: "Domain" },
  roamingIdentity: { title: "Roaming identity", help: "What the outer request names; empty: none." },
  serverName: {
    title: "Server's name",
    help: "What the authentication server's certificate must be made out to. Empty: any.",
  },
  rootPem: {
    title: "Server's root",
    help: "The root of that certificate, as PEM.",
    none: "None",
    fresh: "",
  },
} as const satisfies WordsOf<Ieee8021x>["fields"];

export const networkWords = {
  title: "Network and Wi-Fi",
  help: "The wired port, 802.1X, and the networks that the firmware joins by itself.",
  fields: {
    wired: {
      title: "Wired address",
      help: "A fixed address comes from an assignment rule.",
      choices: { leave: "As it is", dhcp: "By DHCP" },
    },
    wired8021x: {
      title: "802.1X on the wired port",
      help: "How the firmware gets past a switch port that asks for a login.",
      none: "Off",
      fresh: fresh8021x,
      fields: ieee8021xFields,
    },
    isDynamicDnsOn: { title: "Registers its name in DNS", help: "The firmware's own dynamic update." },
    wifi: {
      title: "Wireless port",
      help: "When the firmware uses it.",
      choices: { off: "Never", on: "While the machine is on", always: "Always" },
    },
    isWifiSyncOn: {
      title: "Takes over the system's networks",
      help: "Those that the operating system joins become the firmware's, too.",
    },
    wifiProfiles: {
      title: "Wi-Fi networks",
      help: "In order of preference.",
      one: {
        title: "Wi-Fi network",
        fields: {
          name: { title: "Name", help: "What to call it; its secret lies under this name.", form: "No slash" },
          ssid: { title: "SSID" },
          authentication: {
            title: "Authentication",
            choices: {
              wpaPsk: "WPA, passphrase",
              wpa2Psk: "WPA2, passphrase",
              wpa3Sae: "WPA3, passphrase",
              wpa8021x: "WPA, 802.1X",
              wpa28021x: "WPA2, 802.1X",
            },
          },
          encryption: { title: "Encryption", choices: { tkip: "TKIP", ccmp: "CCMP" } },
          ieee8021x: {
            title: "802.1X",
            help: "For the authentications with 802.1X.",
            none: "Off",
            fresh: fresh8021x,
            fields: ieee8021xFields,
          },
        },
      },
      additions: {
        "Add network with passphrase": {
          name: "office",
          ssid: "",
          authentication: "wpa2Psk",
          encryption: "ccmp",
          ieee8021x: null,
        },
        "Add network with 802.1X": {
          name: "enterprise",
          ssid: "",
          authentication: "wpa28021x",
          encryption: "ccmp",
          ieee8021x: fresh8021x,
        },
      },
    },
  },
} as const satisfies WordsOf<Network>;
