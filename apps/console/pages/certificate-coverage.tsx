import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { CertificateCoverage } from "@vigil/api/resources/setup-certificates.ts";
import { countOf, devicesOf } from "../ages.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { coverageQuery } from "../queries.ts";
import { useServer } from "../server.ts";

type Gap = CertificateCoverage["gaps"][number];

const gapTexts: Readonly<Record<Gap["obstacle"], string>> = {
  "no-hello": "have not said which roots they know",
  "no-roots": "know no root at all",
  "expired-roots": "only know expired roots",
  "other-roots": "know none of these roots",
  name: "are in another domain",
  release: "have firmware that cannot use the certificate",
  dates: "would accept one that is not valid now",
};

/** Where the answer is not known for sure. */
const doubtTexts: Partial<Readonly<Record<Gap["obstacle"], string>>> = {
  name: "may be in another domain",
  release: "may have firmware that cannot use the certificate",
};

/** Which certificate sets up how many devices, and why none does for the rest. */
export function CoveragePanel() {
  const { data, error, refetch } = useQuery(coverageQuery(useServer()));
  return (
    <section className="panel">
      <h2>Coverage of the fleet</h2>
      {data === undefined ? (
        error === null ? (
          <Waiting rows={3} />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : data.devices === 0 ? (
        <Empty title="No devices yet">They appear with their first hello.</Empty>
      ) : (
        <Report coverage={data} />
      )}
    </section>
  );
}

function Report({ coverage }: { readonly coverage: CertificateCoverage }) {
  const { devices, covered, uncertain, uncovered, releases, gaps } = coverage;
  return (
    <>
      <div className="figures" role="group" aria-label="Coverage">
        {(
          [
            ["Devices", devices, "plain"],
            ["Covered", covered, "plain"],
            ["May be covered", uncertain, "plain"],
            ["Not covered", uncovered, uncovered > 0 ? "bad" : "plain"],
          ] as const
        ).map(([title, count, tone]) => (
          <div key={title} className="figure" data-tone={tone}>
            <span className="figure-value">{countOf(count)}</span>
            <span className="figure-title">{title}</span>
          </div>
        ))}
      </div>
      {gaps.length === 0 ? null : (
        <ul className="gaps" aria-label="Not surely covered">
          {gaps.map((gap) => (
            <GapLine key={`${gap.answer} ${gap.obstacle}`} gap={gap} />
          ))}
        </ul>
      )}
      <PlainTable
        label="Coverage by release"
        rows={releases}
        keyOf={({ release }) => release ?? "unknown"}
        columns={[
          { title: "Release", cell: ({ release }) => (release === null ? "Not told yet" : `${release}.x`) },
          { title: "Devices", width: "120px", isNumber: true, cell: (one) => countOf(one.devices) },
          { title: "Covered", width: "120px", isNumber: true, cell: (one) => countOf(one.covered) },
          { title: "May be", width: "120px", isNumber: true, cell: (one) => countOf(one.uncertain) },
          { title: "Not covered", width: "120px", isNumber: true, cell: (one) => countOf(one.uncovered) },
        ]}
      />
    </>
  );
}

function GapLine({ gap }: { readonly gap: Gap }) {
  const { obstacle, answer, devices, examples, found, expected, next } = gap;
  return (
    <li data-tone={answer === "no" ? "bad" : "warn"}>
      <strong>
        {devicesOf(devices)} {(answer === "unknown" ? doubtTexts[obstacle] : undefined) ?? gapTexts[obstacle]}
      </strong>
      <span className="side">
        <span className="dim">Certificate</span> {found}
      </span>
      <span className="side">
        <span className="dim">Device</span> {expected}
      </span>
      <span>{next}.</span>
      <span className="dim">
        For example{" "}
        {examples.map((uuid, index) => (
          <span key={uuid}>
            {index === 0 ? "" : ", "}
            <Link to="/devices/$id" params={{ id: uuid }} search={{ tab: "setup" }} className="mono">
              {uuid.slice(0, 8)}
            </Link>
          </span>
        ))}
      </span>
    </li>
  );
}
