import { useQuery } from "@tanstack/react-query";
import type { DeviceHellos as Hellos } from "@vigil/api/resources/provisioning.ts";
import { countOf, durationOf, momentOf } from "../ages.ts";
import { Facts } from "../parts/facts.tsx";
import { Age, useNow } from "../parts/now.tsx";
import { deviceProvisioningQuery } from "../queries.ts";
import { useServer } from "../server.ts";

/** When and from where the device has said hello, what it believes, and until when it will say hello again. */
export function DeviceHellos({ uuid }: { readonly uuid: string }) {
  const { data } = useQuery(deviceProvisioningQuery(useServer(), uuid));
  if (data === undefined) return null;
  const { hellos } = data;
  return (
    <section className="panel" aria-label="Hellos">
      <h2>Hellos</h2>
      <div className="padded form">
        {hellos === null ? <p className="dim">It has never said hello.</p> : <Said hellos={hellos} />}
      </div>
    </section>
  );
}

function Said({ hellos }: { readonly hellos: Hellos }) {
  const { firstAt, lastAt, count, addresses, hashes, window } = hellos;
  const ours = hashes.filter(({ certificate }) => certificate !== null);
  return (
    <>
      {window === null ? null : <Window window={window} />}
      <Facts
        facts={[
          ["First", <Age key="first" at={firstAt} />],
          [
            "Last",
            <span key="last">
              <Age at={lastAt} /> <span className="dim">{countOf(count)} in all</span>
            </span>,
          ],
          [
            "From",
            <ul key="from">
              {addresses.map((one) => (
                <li key={one.address}>
                  <span className="mono">{one.address}</span>{" "}
                  <span className="dim">
                    {countOf(one.count)} times, last <Age at={one.lastAt} />
                  </span>
                </li>
              ))}
            </ul>,
          ],
          [
            "Roots offered",
            hashes.length === 0 ? null : (
              <details key="roots">
                <summary>
                  {hashes.length}
                  {ours.length === 0
                    ? ", none of a setup certificate here"
                    : `, of ${ours.map(({ certificate }) => certificate).join(", ")}`}
                </summary>
                <ul>
                  {hashes.map(({ algorithm, hash, certificate }) => (
                    <li key={hash} className="mono wrap">
                      {algorithm} {hash} {certificate === null ? null : <strong>{certificate}</strong>}
                    </li>
                  ))}
                </ul>
              </details>
            ),
          ],
        ]}
      />
    </>
  );
}

function Window({ window: { closesAt, isOpen, reopening } }: { readonly window: NonNullable<Hellos["window"]> }) {
  const leftMs = Date.parse(closesAt) - useNow();
  return (
    <div className="held" role="status">
      <p>
        <strong title={momentOf(closesAt)}>
          {isOpen && leftMs > 0
            ? `Hello window closes in ${durationOf(leftMs)}.`
            : "The hello window has closed: the device says hello no more by itself."}
        </strong>
      </p>
      <p>To open it again:</p>
      <ul className="bullets">
        {reopening.map(({ by, action, hours }) => (
          <li key={by}>
            {action}. <span className="dim">It then says hello for {hours} h.</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** How long the device still says hello, in one cell. */
export function HelloLeft({ closesAt }: { readonly closesAt: string | null }) {
  const now = useNow();
  if (closesAt === null) return <span className="dim">—</span>;
  const leftMs = Date.parse(closesAt) - now;
  return (
    <time dateTime={closesAt} title={`Hello window: ${momentOf(closesAt)}`} className={leftMs <= 0 ? "warn" : ""}>
      {leftMs <= 0 ? "closed" : durationOf(leftMs)}
    </time>
  );
}
