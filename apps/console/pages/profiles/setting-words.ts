import type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import { accountsWords } from "./account-words.ts";
import { networkWords } from "./network-words.ts";
import { remoteAccessWords } from "./remote-access-words.ts";
import type { Words, WordsOf } from "./words.ts";

const general = {
  title: "General",
  help: "The firmware's name on the network, and how it shows itself there.",
  fields: {
    hostNameRule: {
      title: "Host name",
      help: "{uuid8}, {serial} and {uuid} stand for the device's own. Sixty-three characters at most are kept.",
      form: "Letters, digits, dashes, and the words in braces",
    },
    domainName: {
      title: "Domain",
      help: "What follows the host name in DNS, e.g. corp.example.com.",
      form: "Letters, digits, dots, dashes and underscores",
    },
    answersPing: { title: "Answers ping", help: "ICMP, also while the machine is off." },
    answersRmcpPing: {
      title: "Answers the discovery ping",
      help: "On port 623: how older tools find devices. It tells anybody that the machine has AMT.",
    },
    idleMinutes: {
      title: "Idle minutes until it sleeps",
      help: "Without traffic, in power policies in which the firmware may sleep. 0 leaves it to the firmware.",
    },
    powerPolicy: {
      title: "Awake when",
      help: "In which states of the machine the firmware can be reached.",
      choices: { leave: "As it is", on: "The machine is on", always: "Always, also while it sleeps or is off" },
    },
  },
} as const satisfies WordsOf<ProfileSettings["general"]>;

const adminPassword = {
  title: "Admin password",
  help: "With what Vigil itself logs in.",
  fields: {
    kind: {
      title: "Kind",
      help: "Random: each device its own, which nobody sees. Fixed: whoever learns it holds every device of the profile.",
      choices: { random: "Random for each device", fixed: "Fixed, the same for all (discouraged)" },
    },
    rotateDays: { title: "Replaced after days", help: "Maintenance replaces one that is older. 0: never by age." },
  },
} as const satisfies WordsOf<ProfileSettings["adminPassword"]>;

const otp = {
  title: "One-time password",
  help: "Whether a device must name the one-time password that its agent was given when it asks to be set up. It is no admin password.",
  choices: { required: "Required", optional: "Checked when it is given", off: "Not asked for" },
} as const satisfies WordsOf<ProfileSettings["otp"]>;

const tls = {
  title: "TLS",
  help: "How the way to the device is encrypted.",
  fields: {
    mode: {
      title: "On the network",
      help: "Server: the device shows a certificate. Mutual: Vigil shows one as well, and nobody else gets in.",
      choices: { off: "Off: in the clear", server: "Server", mutual: "Mutual" },
    },
    oldestTls: {
      title: "Oldest version",
      help: "Releases before 11.0 speak nothing newer than 1.0: keep such devices in a profile of their own.",
      choices: { "TLSv1.2": "TLS 1.2", "TLSv1.1": "TLS 1.1", TLSv1: "TLS 1.0" },
    },
    isPlainPortOpen: { title: "Plain port stays open", help: "16992 beside 16993. From release 18 on there is none." },
    local: {
      title: "Towards its own system",
      help: "For programs on the machine itself that talk to the firmware.",
      choices: { off: "Off", server: "Server" },
    },
    trustedNames: {
      title: "Managers' names",
      help: "With mutual TLS: whose certificates are let in. None: any below a trusted root.",
      one: { title: "Name", form: "Letters, digits, dots, dashes and underscores" },
      additions: { "Add name": "" },
    },
    trustedRoots: {
      title: "More trusted roots",
      help: "With mutual TLS: roots of other managers, as PEM. Vigil's own is always there.",
      one: { title: "Root certificate" },
      additions: { "Add root": "" },
    },
  },
} as const satisfies WordsOf<ProfileSettings["tls"]>;

const kerberos = {
  title: "Kerberos",
  help: "Logins with tickets of an Active Directory domain.",
  fields: {
    isOn: { title: "Kerberos is on" },
    realm: {
      title: "Realm",
      help: "In capitals, e.g. EXAMPLE.COM.",
      form: "Letters, digits, dots, dashes and underscores",
    },
    organizationalUnit: {
      title: "Organizational unit",
      help: "Where the devices' computer objects go, e.g. OU=AMT,DC=example,DC=com.",
    },
    rotateDays: {
      title: "Key replaced after days",
      help: "The computer object's password, and with it the device's key.",
    },
    toleranceMinutes: { title: "Clocks may differ by minutes", help: "Tickets from clocks further apart are refused." },
  },
} as const satisfies WordsOf<ProfileSettings["kerberos"]>;

const features = {
  title: "Features",
  help: "Ways to the machine's screen, disk and serial line.",
  fields: {
    serial: { title: "Serial line", help: "A text console over the network (SOL)." },
    disk: { title: "Disk redirection", help: "The machine starts from an image of ours (IDER, USB-R)." },
    screen: { title: "Screen, keyboard and mouse", help: "KVM. Release 6.0 and later." },
    consent: {
      title: "The user is asked",
      help: "Six digits on the machine's screen. In client control mode always for everything.",
      choices: { none: "For nothing", screen: "Before the screen is seen", all: "Before any of these" },
    },
    screenIdleMinutes: { title: "Idle screen session ends after minutes", help: "0: never." },
    webPage: { title: "The firmware's own web page", help: "Shows itself to whoever knows a password." },
  },
} as const satisfies WordsOf<ProfileSettings["features"]>;

const audit = {
  title: "Audit log",
  help: "What the device itself writes down of who changed it.",
  fields: {
    isOn: { title: "The audit log is on", help: "There is none in client control mode." },
    events: {
      title: "It records",
      choices: { firmware: "What firmware always records", security: "Also security settings", all: "Everything" },
    },
  },
} as const satisfies WordsOf<ProfileSettings["audit"]>;

const defense = {
  title: "System Defense",
  help: "Packet filters of the network port, below the operating system.",
  fields: {
    standing: {
      title: "Standing policy",
      help: "In force unless an operator isolates the device.",
      choices: { none: "None", count: "Counts packets, stops none" },
    },
  },
} as const satisfies WordsOf<ProfileSettings["defense"]>;

const alerts = {
  title: "Alerts",
  help: "Where the device sends its alerts by itself.",
  fields: {
    destination: {
      title: "Destination",
      help: "e.g. http://vigil.example.com:9972/events",
      form: "An address that begins with http:// or https://",
      none: "Nowhere",
      fresh: "http://",
    },
    events: {
      title: "It sends",
      choices: { all: "All alerts", platform: "Those of the hardware", none: "None" },
    },
  },
} as const satisfies WordsOf<ProfileSettings["alerts"]>;

/** Words for every section of a profile, in the order of the form. */
const sectionWords = {
  general,
  adminPassword,
  otp,
  tls,
  accounts: accountsWords,
  kerberos,
  network: networkWords,
  features,
  remoteAccess: remoteAccessWords,
  audit,
  defense,
  alerts,
} as const satisfies { readonly [Section in keyof ProfileSettings]: WordsOf<ProfileSettings[Section]> };

export const settingsWords: Words & { readonly fields: Readonly<Record<string, Words>> } = {
  title: "Profile",
  fields: sectionWords,
};
