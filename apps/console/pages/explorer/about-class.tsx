import { IconKey } from "@tabler/icons-react";
import type { ModelClass, ModelMember } from "@vigil/api/resources/explorer.ts";

/** What a class holds, while nothing has been asked. */
export function AboutClass({
  definition,
  lacking,
}: {
  readonly definition: ModelClass;
  readonly lacking: readonly string[];
}) {
  const { name, properties, methods } = definition;
  return (
    <section className="explorer-scroll" aria-label={`About ${name}`} tabIndex={0}>
      <table className="explorer-instance explorer-about" aria-label={`Properties of ${name}`}>
        <thead>
          <tr>
            <th scope="col">Property</th>
            <th scope="col">Type</th>
            <th scope="col">Notes</th>
          </tr>
        </thead>
        <tbody>
          {properties.map((one) => (
            <tr key={one.name} data-lacking={lacking.includes(`${name}.${one.name}`)}>
              <th scope="row">
                <span className="explorer-property">
                  {one.name}
                  {one.isKey === true ? <IconKey size={12} aria-label="key" /> : null}
                </span>
              </th>
              <td className="mono">{typeOf(one)}</td>
              <td className="dim">{notesOf(one, lacking.includes(`${name}.${one.name}`))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {methods.length === 0 ? null : (
        <p className="dim padded">
          Methods: <span className="mono">{methods.map((one) => one.name).join(", ")}</span>
        </p>
      )}
    </section>
  );
}

function typeOf({ type, of, isList }: ModelMember): string {
  const base = of === undefined ? type : `${type} ${of}`;
  return isList === true ? `${base}[]` : base;
}

function notesOf({ values, isReadonly, isSecret, since, until }: ModelMember, isLacking: boolean): string {
  const parts = [
    isLacking ? "not in this device's release" : "",
    since === undefined ? "" : `since ${since}`,
    until === undefined ? "" : `until ${until}`,
    isSecret === true ? "secret" : "",
    isReadonly === true ? "read only" : "",
    values === undefined ? "" : values.map(([word, number]) => `${number} ${word}`).join(", "),
  ];
  return parts.filter((one) => one !== "").join(" · ");
}
