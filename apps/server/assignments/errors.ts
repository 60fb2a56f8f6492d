import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with rules, entries, and what they give to a device. */
export const assignmentsErrors = {
  "assignments.rules.stale": {
    side: "caller",
    title: "Somebody else has changed the rules in the meantime",
    next: "Load them again, look at what has changed, and make your change anew",
    runbook: true,
  },
  "assignments.rule.refused": {
    side: "caller",
    title: "A rule makes no sense",
    next: "Mend what the message names; nothing was stored",
    runbook: true,
  },
  "assignments.rule.unknown": {
    side: "caller",
    title: "There is no such rule",
    next: "List the rules: vigil assignment rules",
    runbook: true,
  },
  "assignments.entry.unknown": {
    side: "caller",
    title: "There is no such entry",
    next: "List the entries: vigil assignment entries",
    runbook: true,
  },
  "assignments.facts.too-many": {
    side: "caller",
    title: "A device can have 64 facts at most",
    next: "Take some back: set them to null",
    runbook: true,
  },
  "assignments.profile.unknown": {
    side: "caller",
    title: "A rule or an entry gives a profile that there is not",
    next: "Make that profile, or change the rule; then provision the device again",
    runbook: true,
  },
  "assignments.host-name.invalid": {
    side: "caller",
    title: "What the rules make of the device is no host name",
    next: "See why with `vigil assignment explain DEVICE`, and mend the rule that the message names",
    runbook: true,
  },
  "assignments.host-name.taken": {
    side: "caller",
    title: "Another device has that host name",
    next: "Give one of the two another name, or release the name of the one that is gone: vigil assignment release DEVICE",
    runbook: true,
  },
  "assignments.webhook.secret-missing": {
    side: "caller",
    title: "A rule asks a webhook, and the secret to sign the question with has not been set",
    next: "Set it on the Assignment page, or with `vigil assignment secret RULE`",
    runbook: true,
  },
  "assignments.webhook.unreachable": {
    side: "network",
    title: "A rule's webhook could not be reached",
    next: "See whether it runs and whether this server reaches it; devices are tried again by themselves",
    runbook: true,
  },
  "assignments.webhook.timeout": {
    side: "network",
    title: "A rule's webhook did not answer in time",
    next: "See why it is slow, or allow it more time; devices are tried again by themselves",
    runbook: true,
  },
  "assignments.webhook.status": {
    side: "network",
    title: "A rule's webhook refused to answer",
    next: "Look into its own log; `status` in the details is what it said",
    runbook: true,
  },
  "assignments.webhook.answer": {
    side: "network",
    title: "A rule's webhook answered something that is no outcome",
    next: "Mend the webhook: it answers JSON with profile, hostName, domainName or organizationalUnit, or {}",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(assignmentsErrors);
