import type { Answer, CertificateCheck, DeviceVerdict } from "@vigil/api/resources/setup-certificates.ts";

const tones = { pass: "good", warn: "warn", fail: "bad", yes: "good", unknown: "warn", no: "bad" } as const;

const checkTitles: Readonly<Record<string, string>> = {
  readable: "Readable",
  key: "Key",
  order: "Order",
  complete: "Complete chain",
  length: "Length",
  authorities: "Authorities",
  signatures: "Signatures",
  keys: "Keys",
  purpose: "Purpose",
  name: "Name",
  dates: "Validity",
  root: "Root",
  depth: "Depth",
  usage: "Rights",
  releases: "Releases",
  size: "Size",
  constraints: "Names",
};

const reasonTitles = { root: "Root", name: "Name", release: "Release", dates: "Validity" } as const;
const answerTexts = { yes: "Accepts it", unknown: "May accept it", no: "Refuses it" } as const;

/** Every rule, one below the other, the broken ones first: what was found; and, where something is wrong, what is expected and what to do. */
export function Checks({ checks }: { readonly checks: readonly CertificateCheck[] }) {
  return (
    <ul className="checks" aria-label="Checks">
      {checks.toSorted(worstFirst).map(({ id, verdict, found, expected, next, code }) => (
        <li key={id} data-tone={tones[verdict]}>
          <span className={tones[verdict]}>{verdict}</span>
          <span>{checkTitles[id] ?? id}</span>
          <span className="wrap">
            {found}
            {verdict === "pass" ? null : <span className="dim check-more">Expected: {expected}</span>}
            {next === "" ? null : <span className="check-more">{next}.</span>}
            {code === null ? null : (
              <code className="code" title={`Runbook: docs/runbooks/${code}.md`}>
                {code}
              </code>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

const ranks = { fail: 0, warn: 1, pass: 2 } as const;

function worstFirst(one: CertificateCheck, other: CertificateCheck): number {
  return ranks[one.verdict] - ranks[other.verdict];
}

/** What a device would say to a certificate, in two words. */
export function AnswerMark({ answer }: { readonly answer: Answer }) {
  return <span className={tones[answer]}>{answerTexts[answer]}</span>;
}

/** Both sides of every reason, one below the other. */
export function Reasons({ verdict }: { readonly verdict: DeviceVerdict }) {
  return (
    <ul className="checks" aria-label="Reasons">
      {verdict.reasons.map(({ id, answer, found, expected, next }) => (
        <li key={id} data-tone={tones[answer]}>
          <span className={tones[answer]}>{answer}</span>
          <span>{reasonTitles[id]}</span>
          <span className="wrap">
            <span className="side">
              <span className="dim">Certificate</span> {found}
            </span>
            <span className="side">
              <span className="dim">Device</span> {expected}
            </span>
            {next === "" ? null : <span className="check-more">{next}.</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
