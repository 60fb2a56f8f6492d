import type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import type { WordsOf } from "./words.ts";

export const remoteAccessWords = {
  title: "Remote access",
  help: "From outside the device calls a server, and is reached through that tunnel.",
  fields: {
    servers: {
      title: "Servers",
      help: "Called in this order.",
      one: {
        title: "Server",
        fields: {
          host: { title: "Host", help: "Name or address.", form: "Letters, digits, dots, colons and dashes" },
          port: { title: "Port" },
          certificateName: {
            title: "Certificate's name",
            help: "What its certificate is made out to, when the host is an address.",
          },
          username: { title: "User name", help: "With which the device logs in there." },
          rootPem: { title: "Root", help: "Of the server's certificate, as PEM.", none: "None", fresh: "" },
        },
      },
      additions: { "Add server": { host: "", port: 4433, certificateName: "", username: "amt", rootPem: null } },
    },
    policies: {
      title: "When it calls",
      help: "Each trigger once.",
      one: {
        title: "Policy",
        fields: {
          trigger: {
            title: "Trigger",
            choices: { userInitiated: "The user asks for help", alert: "An alert", periodic: "By the clock" },
          },
          lifetimeSeconds: { title: "Tunnel lasts seconds", help: "Without traffic. 0: until the device closes it." },
          everySeconds: { title: "Every seconds", help: "By the clock alone." },
        },
      },
      additions: {
        "Add by the clock": { trigger: "periodic", lifetimeSeconds: 0, everySeconds: 3_600 },
        "Add on user's request": { trigger: "userInitiated", lifetimeSeconds: 0, everySeconds: 0 },
        "Add on alert": { trigger: "alert", lifetimeSeconds: 0, everySeconds: 0 },
      },
    },
    homeDomains: {
      title: "Home domains",
      help: "Where DHCP gives one of these, the device is at home and does not call.",
      one: { title: "Domain", form: "Letters, digits, dots, dashes and underscores" },
      additions: { "Add domain": "" },
    },
  },
} as const satisfies WordsOf<ProfileSettings["remoteAccess"]>;
