import { Button, CopyButton, SegmentedControl } from "@mantine/core";
import { IconAlertTriangleFilled, IconCheck, IconCircleCheckFilled, IconCopy } from "@tabler/icons-react";
import type { Explored, ModelClass } from "@vigil/api/resources/explorer.ts";
import { countOf, durationOf } from "../../ages.ts";
import { Empty } from "../../parts/empty.tsx";
import { Age } from "../../parts/now.tsx";
import { Xml } from "../../parts/xml.tsx";
import { InstanceTable } from "./instance-table.tsx";
import { Instances, membersOf } from "./instances.tsx";
import { isRecord, returnValue, type Reference } from "./values.ts";

interface AnswerProps {
  readonly answer: Explored;
  readonly classes: ReadonlyMap<string, ModelClass>;
  readonly view: "pretty" | "raw";
  readonly onView: (view: "pretty" | "raw") => void;
  readonly onReference: (to: Reference) => void;
}

/** What the device said: read with the model, or as it came. */
export function Answer({ answer, classes, view, onView, onReference }: AnswerProps) {
  const { value, xml } = answer;
  return (
    <section className="explorer-answer" aria-label="Answer">
      <header className="explorer-bar explorer-answer-head">
        <Verdict answer={answer} />
        <span className="dim explorer-age">
          {answer.tookMs < 1_000 ? `${answer.tookMs} ms` : durationOf(answer.tookMs)} · <Age at={answer.at} />
        </span>
        <SegmentedControl
          aria-label="View"
          value={view}
          onChange={onView}
          data={[
            { value: "pretty", label: "Pretty" },
            { value: "raw", label: "Raw" },
          ]}
        />
        <CopyButton value={view === "raw" ? xml : JSON.stringify(value, null, 2)}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            >
              {copied ? "Copied" : view === "raw" ? "Copy XML" : "Copy JSON"}
            </Button>
          )}
        </CopyButton>
      </header>
      {view === "raw" ? <Xml key={answer.at} text={xml} label="Answer as XML" /> : null}
      {view === "pretty" ? <Pretty answer={answer} classes={classes} onReference={onReference} /> : null}
    </section>
  );
}

/** How it went, by shape and word. */
function Verdict({ answer: { value, action, class: name } }: { readonly answer: Explored }) {
  const code = isRecord(value) && typeof value["ReturnValue"] === "number" ? value["ReturnValue"] : 0;
  const count = Array.isArray(value) ? `${countOf(value.length)} ${value.length === 1 ? "instance" : "instances"}` : "";
  return (
    <span className="state clip" data-tone={code === 0 ? "good" : "bad"}>
      {code === 0 ? <IconCircleCheckFilled size={14} aria-hidden /> : <IconAlertTriangleFilled size={14} aria-hidden />}
      <span className="clip">
        <strong>{code === 0 ? (count === "" ? "answered" : count) : `ReturnValue ${code}`}</strong>{" "}
        <span className="dim mono">{action === "Get" || action === "Pull" ? name : `${name}.${action}`}</span>
      </span>
    </span>
  );
}

function Pretty({ answer, classes, onReference }: Pick<AnswerProps, "answer" | "classes" | "onReference">) {
  const { value, class: name, action, unknown, unreadable } = answer;
  if (Array.isArray(value) && value.length === 0) {
    return <Empty title="No instances">This device has nothing of {name} to show.</Empty>;
  }
  if (Array.isArray(value)) {
    const values: readonly unknown[] = value;
    return <Instances key={answer.at} answer={answer} values={values} classes={classes} onReference={onReference} />;
  }
  if (!isRecord(value)) return <Empty title="An answer without content" />;
  const definition = classes.get(name);
  const results = definition?.methods.find((one) => one.name === action)?.output;
  const members =
    results === undefined
      ? membersOf(definition)
      : new Map([...results, returnValue].map((one) => [one.name, one] as const));
  return (
    <div className="explorer-scroll" role="region" aria-label="Values" tabIndex={0}>
      <InstanceTable
        label={`${name} ${action}`}
        value={value}
        members={members}
        unknown={unknown}
        unreadable={unreadable}
        onReference={onReference}
      />
    </div>
  );
}
