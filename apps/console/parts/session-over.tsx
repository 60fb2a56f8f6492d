import { Button, Group, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ErrorReport } from "@vigil/api/resources/common.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { momentOf } from "../ages.ts";
import { meQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { ConsentDialog } from "./consent-dialog.tsx";
import { Empty } from "./empty.tsx";
import { Code, ReportedFailure } from "./failure.tsx";
import { Age } from "./now.tsx";

interface OverProps {
  readonly device: Pick<Device, "uuid" | "hostName" | "address">;
  /** What the session was of, as a sentence has it: "the screen". */
  readonly noun: string;
  /** Absent: it was ended from here. */
  readonly error: ErrorReport | null;
  readonly onAgain: () => void;
  /** Ends whoever has it now. */
  readonly onTakeOver: () => void;
}

/** A session that is over, or did not come about: why, and what can be done. */
export function SessionOver({ device, noun, error, onAgain, onTakeOver }: OverProps) {
  if (error === null) {
    return (
      <Empty title="The session is over">
        <Button variant="default" onClick={onAgain}>
          Open {noun} again
        </Button>
      </Empty>
    );
  }
  if (error.code === "sessions.busy") {
    return <Busy noun={noun} error={error} onAgain={onAgain} onTakeOver={onTakeOver} />;
  }
  if (error.code === "amt.consent.needed") return <NoConsent device={device} error={error} onAgain={onAgain} />;
  return <ReportedFailure report={error} onRetry={onAgain} />;
}

/** Its user is asked at once, and the session opened when they have agreed. */
function NoConsent({
  device,
  error,
  onAgain,
}: Pick<OverProps, "device" | "onAgain"> & { readonly error: ErrorReport }) {
  const [isAsking, setIsAsking] = useState(true);
  return (
    <>
      <ReportedFailure report={error} onRetry={() => setIsAsking(true)} />
      <ConsentDialog
        device={isAsking ? device : undefined}
        onClose={(isGiven) => {
          setIsAsking(false);
          if (isGiven) onAgain();
        }}
      />
    </>
  );
}

function Busy({ noun, error, onAgain, onTakeOver }: Omit<OverProps, "device"> & { readonly error: ErrorReport }) {
  const [isAsking, setIsAsking] = useState(true);
  const { data: me } = useQuery(meQuery(useServer()));
  const actor = textIn(error, "by") ?? "Somebody else";
  // One's own other window, most of the time.
  const isOwn = actor === me?.name;
  const by = isOwn ? "You" : actor;
  const has = isOwn ? "have" : "has";
  const since = textIn(error, "since");
  return (
    <>
      <div role="alert" className="failure">
        <div>
          <p className="failure-title">
            {by} {has} {noun} {isOwn ? "in another window" : ""}
            {since === undefined ? null : (
              <>
                , opened <Age at={since} />
              </>
            )}
          </p>
          <p>{error.next}.</p>
          <Code report={error} />
        </div>
        <Group gap={8} wrap="nowrap">
          <Button variant="default" onClick={onAgain}>
            Try again
          </Button>
          <Button onClick={() => setIsAsking(true)}>Take over…</Button>
        </Group>
      </div>
      <Modal
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Take ${noun} over`}
        className="session-dialog"
      >
        <p>
          <strong>{by}</strong> {has} {noun} of this device{isOwn ? " in another window" : ""}
          {since === undefined ? "" : ` since ${momentOf(since)}`}. One session at a time is all that a device has.
        </p>
        <p>
          {isOwn
            ? "If you take it over, the other window's session ends at once."
            : "If you take it over, theirs ends at once and tells them that it was you. What they were doing stays as it is."}
        </p>
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" data-autofocus onClick={() => setIsAsking(false)}>
            {isOwn ? "Leave it there" : "Leave it to them"}
          </Button>
          <Button color="red" onClick={onTakeOver}>
            Take {noun} over
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function textIn({ details }: ErrorReport, name: string): string | undefined {
  const value = details[name];
  return typeof value === "string" ? value : undefined;
}
