import { Button } from "@mantine/core";
import { Fragment, useState } from "react";
import { countOf } from "../ages.ts";

/** Lines that are laid out at once; an answer longer than that is rare. Chosen. */
const linesAtOnce = 2_000;

/** XML as it was indented, its parts told apart by colour. */
export function Xml({ text, label }: { readonly text: string; readonly label: string }) {
  const lines = text.split("\n");
  const [shown, setShown] = useState(linesAtOnce);
  return (
    <>
      <pre className="xml" tabIndex={0} role="region" aria-label={label}>
        {lines.slice(0, shown).map((line, index) => (
          <Line key={index} text={line} />
        ))}
      </pre>
      {lines.length > shown ? (
        <Button variant="default" m="sm" onClick={() => setShown(lines.length)}>
          Show all {countOf(lines.length)} lines
        </Button>
      ) : null}
    </>
  );
}

function Line({ text }: { readonly text: string }) {
  const parts = [...text.matchAll(/<\/?[^\s>]+|\s[\w:.-]+="[^"]*"|\/?>|[^<>]+|./g)];
  return (
    <>
      {parts.map(([part], index) => (
        <Part key={index} text={part} />
      ))}
      {"\n"}
    </>
  );
}

function Part({ text }: { readonly text: string }) {
  const [, name, value] = /^(\s[\w:.-]+=)("[^"]*")$/.exec(text) ?? [];
  if (name !== undefined) {
    return (
      <Fragment>
        <span className="xml-attribute">{name}</span>
        <span className="xml-value">{value}</span>
      </Fragment>
    );
  }
  const [, open = "", prefix = "", tag = ""] = /^(<\/?)([^:>]*:)?([^>]*)$/.exec(text) ?? [];
  if (open === "") return /^\/?>$/.test(text) ? <span className="xml-mark">{text}</span> : text;
  return (
    <Fragment>
      <span className="xml-mark">
        {open}
        {prefix}
      </span>
      <span className="xml-tag">{tag}</span>
    </Fragment>
  );
}
