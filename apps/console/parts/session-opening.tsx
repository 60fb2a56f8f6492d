import { Button } from "@mantine/core";

/** The device has been asked for a session. */
export function SessionOpening({ noun, onCancel }: { readonly noun: string; readonly onCancel: () => void }) {
  return (
    <div role="status" className="session-opening">
      <p>
        <strong>Asking the device for {noun}…</strong>
      </p>
      <p className="dim">It logs in and answers within seconds; a device that wants consent first says so.</p>
      <Button variant="default" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
