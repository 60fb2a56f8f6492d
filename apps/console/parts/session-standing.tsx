import type { Device } from "@vigil/api/resources/devices.ts";
import type { Phase } from "../sessions/worker-session.ts";
import { SessionOpening } from "./session-opening.tsx";
import { SessionOver } from "./session-over.tsx";

interface StandingProps {
  readonly device: Device;
  /** What the session is of, as a sentence has it: "the screen". */
  readonly noun: string;
  readonly phase: Phase;
  readonly onCancel: () => void;
  /** Opens it again. @param takeOver ends whoever has it now */
  readonly onOpen: (takeOver: boolean) => void;
}

/** A session that is being opened, has lost its connection, or is over; nothing while there is none, or it is open. */
export function SessionStanding({ device, noun, phase, onCancel, onOpen }: StandingProps) {
  if (phase.name === "opening") return <SessionOpening noun={noun} onCancel={onCancel} />;
  if (phase.name === "open" && phase.isBroken) {
    return (
      <p role="status" className="warning">
        <strong>The connection to the server is lost, and sought again.</strong> What is typed waits here, and what the
        device says waits there, for some ten seconds.
      </p>
    );
  }
  if (phase.name !== "over") return null;
  return (
    <SessionOver
      device={device}
      noun={noun}
      error={phase.error}
      onAgain={() => onOpen(false)}
      onTakeOver={() => onOpen(true)}
    />
  );
}
