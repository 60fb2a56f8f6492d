import type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import type { WordsOf } from "./words.ts";

const person = { sid: null, access: "network" } as const;

/** Who may log in besides Vigil. The buttons that add one are the usual sets of rights. */
export const accountsWords = {
  title: "Accounts",
  help: "Who may log in besides Vigil. A digest user's password is random for each device, and kept sealed.",
  one: {
    title: "Account",
    fields: {
      name: {
        title: "Name",
        help: "A digest user logs in with it; of a Kerberos user or group it is what people call it.",
        form: 'One to sixteen characters, without ":" and quotes',
      },
      sid: {
        title: "Security identifier",
        help: "Of a Kerberos user or group: S-1-5-21-…",
        form: "S-1- and up to sixteen numbers, joined by dashes",
        none: "A digest user",
        fresh: "S-1-5-21-",
      },
      access: {
        title: "Logs in",
        choices: { local: "On the machine alone", network: "Over the network alone", any: "From either side" },
      },
      rights: {
        title: "Rights",
        help: "By task; the firmware's realms follow.",
        one: {
          title: "Right",
          choices: {
            reader: "Look at general settings and hardware",
            power: "Switch power, choose how it starts",
            helpdesk: "Screen, disk and serial line",
            events: "Event log and alerts",
            defense: "System Defense",
            agent: "Agent presence",
            auditor: "Audit log",
            administrator: "Everything",
          },
        },
        additions: {},
      },
    },
  },
  additions: {
    "Add reader": { ...person, name: "reader", rights: ["reader", "events"] },
    "Add help desk": { ...person, name: "helpdesk", rights: ["reader", "power", "helpdesk"] },
    "Add auditor": { ...person, name: "auditor", rights: ["auditor"] },
    "Add administrator": { ...person, name: "operator", rights: ["administrator"] },
  },
} as const satisfies WordsOf<ProfileSettings["accounts"]>;
